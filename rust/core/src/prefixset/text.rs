//! Sets as text: one prefix, address or range a line.

use std::fmt;

use super::{PrefixSet, Ranges};
use crate::addr::{Ip, ParseError, parse_ip, parse_net};

/// Why a line names no addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryError {
    /// Neither an address nor a prefix.
    Prefix(ParseError),
    /// One end of a range is not an address; offsets count from the end's own first byte.
    End(ParseError),
    /// The two ends of a range are of different families.
    Families,
    /// The last address of a range is below its first.
    Reversed,
}

impl fmt::Display for EntryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EntryError::Prefix(error) => write!(f, "is not a prefix: {error}"),
            EntryError::End(error) => write!(f, "is not a range of two addresses: {error}"),
            EntryError::Families => f.write_str("has ends of two families; write a range for each"),
            EntryError::Reversed => f.write_str("ends before it starts; write the lower end first"),
        }
    }
}

/// The ends of what a line names, both included; `None` for a blank line or a comment.
///
/// A line is `address`, `address/length` or `first-last`. A `#` starts a comment.
pub fn parse_entry(line: &[u8]) -> Result<Option<(Ip, Ip)>, EntryError> {
    let entry = line.split(|&byte| byte == b'#').next().unwrap_or_default().trim_ascii();
    if entry.is_empty() {
        return Ok(None);
    }
    let mut ends = entry.splitn(2, |&byte| byte == b'-').map(<[u8]>::trim_ascii);
    match (ends.next(), ends.next()) {
        (Some(first), Some(last)) => {
            let end = |text| parse_ip(text).map_err(EntryError::End);
            check_range(end(first)?, end(last)?).map(Some)
        }
        _ => match parse_net(entry) {
            Ok(net) => Ok(Some((net.ip(), net.last()))),
            Err(error) => Err(EntryError::Prefix(error)),
        },
    }
}

/// The pair itself, where it is a range: of one family, and not reversed.
pub fn check_range(first: Ip, last: Ip) -> Result<(Ip, Ip), EntryError> {
    if first.bits() != last.bits() {
        return Err(EntryError::Families);
    }
    if first > last {
        return Err(EntryError::Reversed);
    }
    Ok((first, last))
}

impl PrefixSet {
    /// The set that the lines of `text` name; else the number of the first bad line, from 1,
    /// the line and what is wrong with it.
    pub fn from_text(text: &[u8]) -> Result<PrefixSet, (usize, &[u8], EntryError)> {
        let mut ranges = Ranges::default();
        for (index, line) in text.split(|&b| b == b'\n').enumerate() {
            match parse_entry(line) {
                Ok(None) => {}
                Ok(Some((first, last))) => ranges.push(first, last),
                Err(error) => return Err((index + 1, line, error)),
            }
        }
        Ok(ranges.into_set())
    }
}
