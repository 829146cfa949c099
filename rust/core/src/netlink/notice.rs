//! What others do to the table: notifications of routes and nexthop objects.

use super::dump::route;
use super::format::Format;
use super::wire::{self, Malformed, Message, attributes, messages, u32_at};
use crate::addr::Net;

const NHA_ID: u16 = 1;

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
    Nexthop {
        /// Its number.
        id: u32,
        /// Whether it is there now.
        is_there: bool,
    },
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
    let (head, rest) = message.body.split_first_chunk::<8>().ok_or(cut)?;
    if head[2] != format.protocol {
        return Ok(None);
    }
    for attribute in attributes(rest) {
        let (kind, payload) = attribute?;
        if kind == NHA_ID {
            let id = u32_at(payload, 0).ok_or(cut)?;
            return Ok(Some(Notice::Nexthop { id, is_there: message.kind == wire::NEW_NEXTHOP }));
        }
    }
    Ok(None)
}
