//! The one way in which decoding fails.

use std::fmt;

/// Bytes that are not what RFC 6396 (or the RFC named) says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// Byte offset in the (decompressed) file.
    pub offset: u64,
    /// The field at that offset.
    pub field: &'static str,
    /// What stands there.
    pub found: u64,
    /// What would be right.
    pub expected: &'static str,
    /// RFC and section.
    pub section: &'static str,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DecodeError { offset, field, found, expected, section } = self;
        write!(f, "offset {offset}: {field} is {found}, expected {expected} ({section})")
    }
}

impl std::error::Error for DecodeError {}
