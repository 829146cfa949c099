//! What the kernel says to a request: it is done, or why not (RFC 3549 2.3.2.2).
//!
//! An error carries a negative number, the header of the request, and, since the socket asks for
//! it, the kernel's own words (`NLMSGERR_ATTR_MSG`).

use super::wire::{self, HEADER, Malformed, Message, attributes, u32_at};

const HAS_ATTRIBUTES: u16 = 0x200;
const IS_CAPPED: u16 = 0x100;
const WORDS: u16 = 1;

/// The end of a request or of a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    /// A message was carried out (`errno` 0) or refused; with the kernel's words, if it has any.
    Ended {
        /// The errno, positive, or 0.
        errno: u16,
        /// What the kernel says about it.
        words: &'a str,
    },
    /// A dump is over.
    Done {
        /// The errno, positive, or 0.
        errno: u16,
    },
    /// One item of a dump, or a notification.
    Item,
}

/// What kind of answer a message is.
///
/// # Errors
/// `Malformed` where an error has no number.
pub fn answer<'a>(message: &Message<'a>) -> Result<Answer<'a>, Malformed> {
    match message.kind {
        wire::ERROR => Ok(Answer::Ended { errno: errno(message)?, words: words(message) }),
        wire::DONE if message.body.is_empty() => Ok(Answer::Done { errno: 0 }),
        wire::DONE => Ok(Answer::Done { errno: errno(message)? }),
        _ => Ok(Answer::Item),
    }
}

fn errno(message: &Message<'_>) -> Result<u16, Malformed> {
    let number = u32_at(message.body, 0).ok_or(Malformed { what: "errno", offset: HEADER })?;
    Ok(u16::try_from((number as i32).unsigned_abs()).unwrap_or(u16::MAX))
}

fn words<'a>(message: &Message<'a>) -> &'a str {
    if message.flags & HAS_ATTRIBUTES == 0 {
        return "";
    }
    let asked = u32_at(message.body, 4).unwrap_or(0) as usize;
    let echoed = if message.flags & IS_CAPPED == 0 { asked } else { HEADER };
    let start = echoed.next_multiple_of(4).saturating_add(4);
    let rest = message.body.get(start..).unwrap_or(&[]);
    let text = attributes(rest).flatten().find(|(kind, _)| *kind == WORDS);
    text.and_then(|(_, text)| std::str::from_utf8(text).ok())
        .map_or("", |text| text.trim_end_matches('\0'))
}
