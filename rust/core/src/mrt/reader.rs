//! A cursor that cannot read past its end and knows where it stands.

use super::DecodeError;
use super::error::Found;
use crate::addr::{Ip, Net};

/// A bounded view of bytes that come from offset `base` of the file.
#[derive(Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    base: u64,
    section: &'static str,
}

impl<'a> Reader<'a> {
    /// Read `bytes`, which stand at `base` in the file and are laid out by `section`.
    pub const fn new(bytes: &'a [u8], base: u64, section: &'static str) -> Self {
        Reader { bytes, base, section }
    }

    /// The same bytes, laid out by another section.
    pub const fn under(self, section: &'static str) -> Self {
        Reader { section, ..self }
    }

    /// How many bytes are unread.
    pub const fn left(&self) -> usize {
        self.bytes.len()
    }

    pub const fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The unread bytes.
    pub const fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// An error about `field` at the current offset.
    pub fn error(&self, field: &'static str, found: u64, expected: &'static str) -> DecodeError {
        let found = Found::Value(found);
        DecodeError { offset: self.base, field, found, expected, section: self.section }
    }

    /// An error about `field`, for which too few bytes are left.
    pub fn cut(&self, field: &'static str, expected: &'static str) -> DecodeError {
        let found = Found::BytesLeft(self.bytes.len() as u64);
        DecodeError { offset: self.base, field, found, expected, section: self.section }
    }

    /// The next `n` bytes, or an error that says how many were left.
    pub fn take(&mut self, n: usize, field: &'static str) -> Result<&'a [u8], DecodeError> {
        let Some((taken, rest)) = self.bytes.split_at_checked(n) else {
            return Err(self.error(field, n as u64, "no more bytes than are left"));
        };
        self.bytes = rest;
        self.base += n as u64;
        Ok(taken)
    }

    /// A reader over the next `n` bytes.
    pub fn part(&mut self, n: usize, field: &'static str) -> Result<Reader<'a>, DecodeError> {
        let base = self.base;
        Ok(Reader { bytes: self.take(n, field)?, base, section: self.section })
    }

    fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], DecodeError> {
        let Some((taken, rest)) = self.bytes.split_first_chunk::<N>() else {
            return Err(self.cut(field, "more"));
        };
        self.bytes = rest;
        self.base += N as u64;
        Ok(*taken)
    }

    pub fn u8(&mut self, field: &'static str) -> Result<u8, DecodeError> {
        self.array::<1>(field).map(|[b]| b)
    }

    pub fn u16(&mut self, field: &'static str) -> Result<u16, DecodeError> {
        self.array(field).map(u16::from_be_bytes)
    }

    pub fn u32(&mut self, field: &'static str) -> Result<u32, DecodeError> {
        self.array(field).map(u32::from_be_bytes)
    }

    pub fn ip4(&mut self, field: &'static str) -> Result<Ip, DecodeError> {
        self.u32(field).map(Ip::V4)
    }

    pub fn ip6(&mut self, field: &'static str) -> Result<Ip, DecodeError> {
        self.array(field).map(|b| Ip::V6(u128::from_be_bytes(b)))
    }

    /// A length and as many bytes as it needs (RFC 4271 4.3): host bits are cleared.
    pub fn nlri(&mut self, v6: bool) -> Result<Net, DecodeError> {
        let here = self.clone();
        let len = self.u8("prefix length")?;
        let too_long = match v6 {
            true if len > 128 => Some("at most 128"),
            false if len > 32 => Some("at most 32"),
            _ => None,
        };
        if let Some(expected) = too_long {
            return Err(here.error("prefix length", len.into(), expected));
        }
        let bytes = self.take(usize::from(len).div_ceil(8), "prefix")?;
        let mut padded = [0; 16];
        padded[..bytes.len()].copy_from_slice(bytes); // at most 16: len is at most 128
        let ip = if v6 {
            Ip::V6(u128::from_be_bytes(padded))
        } else {
            let [a, b, c, d, ..] = padded;
            Ip::V4(u32::from_be_bytes([a, b, c, d]))
        };
        self.net(ip, len)
    }

    /// The prefix of `len` bits that holds `ip`.
    pub fn net(&self, ip: Ip, len: u8) -> Result<Net, DecodeError> {
        Net::new(ip, len)
            .ok_or_else(|| self.error("prefix length", len.into(), "at most the address width"))
    }
}
