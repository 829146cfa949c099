//! The one way in which decoding fails.

use std::fmt;

/// What stands where something else was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// This value.
    Value(u64),
    /// Only so many bytes up to the end of the enclosing field.
    BytesLeft(u64),
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Found::Value(value) => write!(f, "{value}"),
            Found::BytesLeft(count) => write!(f, "with {count} bytes left"),
        }
    }
}

/// Bytes that are not what RFC 6396 (or the RFC named) says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    /// Byte offset in the (decompressed) file.
    pub offset: u64,
    /// The field at that offset.
    pub field: &'static str,
    /// What stands there.
    pub found: Found,
    /// What would be right.
    pub expected: &'static str,
    /// RFC and section.
    pub section: &'static str,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let DecodeError { offset, field, found, expected, section } = self;
        write!(f, "offset {offset}: {field} {found}: expected {expected} ({section})")
    }
}

impl std::error::Error for DecodeError {}
