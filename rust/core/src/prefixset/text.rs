//! Sets as text: one prefix, address or range a line.

use std::fmt;

use super::PrefixSet;
use crate::addr::{Ip, Net, parse_ip, parse_net};

/// A line that names no addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryError {
    /// Neither `address`, `address/length` nor `first-last`.
    Syntax,
    /// The two ends of a range are of different families.
    Families,
    /// The last address of a range is below its first.
    Reversed,
}

impl fmt::Display for EntryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EntryError::Syntax => "is not address, address/length or first-last (without a zone)",
            EntryError::Families => "has ends of two families; write one range for each",
            EntryError::Reversed => "ends before it starts; write the lower address first",
        })
    }
}

/// The ends of what a line names, both included; `None` for a blank line or a comment.
/// A `#` starts a comment.
pub fn parse_entry(line: &[u8]) -> Result<Option<(Ip, Ip)>, EntryError> {
    let code = line.split(|&b| b == b'#').next().unwrap_or_default().trim_ascii();
    if code.is_empty() {
        return Ok(None);
    }
    if let Some(at) = code.iter().position(|&b| b == b'-') {
        let (first, last) = (code[..at].trim_ascii(), code[at + 1..].trim_ascii());
        let ends = (parse_ip(first), parse_ip(last));
        let (Ok(first), Ok(last)) = ends else {
            return Err(EntryError::Syntax);
        };
        return check_range(first, last).map(Some);
    }
    parse_net(code).map(|net| Some(ends(net))).map_err(|_| EntryError::Syntax)
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

/// The first and last address of a prefix.
#[must_use]
pub fn ends(net: Net) -> (Ip, Ip) {
    let last = match net.ip() {
        Ip::V4(a) => Ip::V4(a | !crate::addr::mask4(net.len())),
        Ip::V6(a) => Ip::V6(a | !crate::addr::mask6(net.len())),
    };
    (net.ip(), last)
}

impl PrefixSet {
    /// The set that the lines of `text` name; else the number of the first bad line, from 1,
    /// the line and what is wrong with it.
    pub fn from_text(text: &[u8]) -> Result<PrefixSet, (usize, &[u8], EntryError)> {
        let mut ranges = super::Ranges::default();
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
