//! What others do to the table: notifications of routes and nexthop objects.

use super::dump::route;
use super::format::Format;
use super::wire::{self, Malformed, Message, messages};
use crate::addr::Net;

/// Whose a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// It carries our protocol number.
    Ours,
    /// It carries another.
    Foreign,
}

/// Something happened that may concern us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A route came that has a prefix and our metric; it may have taken the place of ours.
    Came {
        /// Its prefix.
        net: Net,
        /// Whose it is.
        who: Who,
        /// Whether it took another's place.
        replaces: bool,
    },
    /// Such a route went.
    Went {
        /// Its prefix.
        net: Net,
        /// Whose it was.
        who: Who,
    },
    /// A nexthop object of ours was made, changed or removed.
    Nexthop,
}

/// What one datagram says, as far as it has our table and metric.
///
/// # Errors
/// `Malformed` where the bytes are no messages.
pub fn notices(datagram: &[u8], format: &Format) -> Result<Vec<Notice>, Malformed> {
    let mut out = Vec::new();
    for message in messages(datagram) {
        let message = message?;
        out.extend(match message.kind {
            wire::NEW_ROUTE | wire::DEL_ROUTE => of_route(&message, format)?,
            wire::NEW_NEXTHOP | wire::DEL_NEXTHOP => of_nexthop(&message, format)?,
            _ => None,
        });
    }
    Ok(out)
}

fn of_route(message: &Message<'_>, format: &Format) -> Result<Option<Notice>, Malformed> {
    let Some(found) = route(message)? else { return Ok(None) };
    if found.table != format.table || found.metric != format.metric || found.tos != 0 {
        return Ok(None);
    }
    let who = if found.protocol == format.protocol { Who::Ours } else { Who::Foreign };
    let net = found.net;
    let replaces = message.flags & wire::REPLACE != 0;
    Ok(Some(match message.kind {
        wire::NEW_ROUTE => Notice::Came { net, who, replaces },
        _ => Notice::Went { net, who },
    }))
}

fn of_nexthop(message: &Message<'_>, format: &Format) -> Result<Option<Notice>, Malformed> {
    let cut = Malformed { what: "nexthop object", offset: wire::HEADER };
    let [_, _, protocol, ..] = *message.body.first_chunk::<8>().ok_or(cut)?;
    Ok((protocol == format.protocol).then_some(Notice::Nexthop))
}
