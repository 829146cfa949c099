//! Netlink messages and attributes (RFC 3549 2.2, 2.3): put together, and taken apart with bounds.
//!
//! ```text
//! u32 length, header included   u16 kind   u16 flags   u32 sequence   u32 port, then the body
//! u16 length, head included     u16 kind   payload, then bytes up to a multiple of four
//! ```

/// Bytes of a message's header.
pub const HEADER: usize = 16;

pub const ERROR: u16 = 2;
pub const DONE: u16 = 3;
pub const NEW_ROUTE: u16 = 24;
pub const DEL_ROUTE: u16 = 25;
pub const GET_ROUTE: u16 = 26;
pub const NEW_NEXTHOP: u16 = 104;
pub const DEL_NEXTHOP: u16 = 105;

pub const REQUEST: u16 = 0x1;
pub const ACK: u16 = 0x4;
pub const INTERRUPTED: u16 = 0x10;
pub const DUMP: u16 = 0x300;
pub const REPLACE: u16 = 0x100;
pub const EXCLUSIVE: u16 = 0x200;
pub const CREATE: u16 = 0x400;

/// Kinds of attributes may carry two flags in their highest bits.
const KIND: u16 = 0x3fff;

/// Bytes that are no netlink: what was being read, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// What does not fit.
    pub what: &'static str,
    /// Its offset in the bytes that were being read.
    pub offset: usize,
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at offset {} does not fit into what the kernel sent", self.what, self.offset)
    }
}

impl std::error::Error for Malformed {}

/// One message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// `RTM_...` or `NLMSG_...`.
    pub kind: u16,
    /// `NLM_F_...`.
    pub flags: u16,
    /// What the request had that is answered.
    pub sequence: u32,
    /// Whose request led to it.
    pub port: u32,
    /// All after the header.
    pub body: &'a [u8],
}

/// The native number of two bytes at `at`.
pub fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|four| u16::from_ne_bytes(*four))
}

/// The native number of four bytes at `at`.
pub fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_ne_bytes(*four))
}

/// The messages of one datagram; ends after the first that does not fit.
pub fn messages(datagram: &[u8]) -> impl Iterator<Item = Result<Message<'_>, Malformed>> {
    pieces(datagram, "message", HEADER, |rest| u32_at(rest, 0).map(|length| length as usize)).map(
        |piece| {
            let piece = piece?;
            let number = |at| u16_at(piece, at).unwrap_or(0);
            let long = |at| u32_at(piece, at).unwrap_or(0);
            let body = piece.get(HEADER..).unwrap_or(&[]);
            Ok(Message {
                kind: number(4),
                flags: number(6),
                sequence: long(8),
                port: long(12),
                body,
            })
        },
    )
}

/// The attributes in these bytes, kind and payload; ends after the first that does not fit.
pub fn attributes(bytes: &[u8]) -> impl Iterator<Item = Result<(u16, &[u8]), Malformed>> {
    pieces(bytes, "attribute", 4, |rest| u16_at(rest, 0).map(usize::from)).map(|piece| {
        let piece = piece?;
        Ok((u16_at(piece, 2).unwrap_or(0) & KIND, piece.get(4..).unwrap_or(&[])))
    })
}

/// Pieces that begin with their own length, each aligned to four bytes.
fn pieces<'a>(
    bytes: &'a [u8],
    what: &'static str,
    least: usize,
    length: impl Fn(&[u8]) -> Option<usize>,
) -> impl Iterator<Item = Result<&'a [u8], Malformed>> {
    let mut offset = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(offset..).filter(|rest| !rest.is_empty())?;
        let piece = length(rest).filter(|&length| length >= least).and_then(|n| rest.get(..n));
        let Some(piece) = piece else {
            let malformed = Malformed { what, offset };
            offset = bytes.len();
            return Some(Err(malformed));
        };
        offset = offset.saturating_add(piece.len().next_multiple_of(4));
        Some(Ok(piece))
    })
}

/// Messages being put together, one after another.
#[derive(Default)]
pub struct Builder {
    bytes: Vec<u8>,
    start: usize,
}

impl Builder {
    /// Begin a message; `close` ends it.
    pub fn open(&mut self, kind: u16, flags: u16, sequence: u32) {
        self.start = self.bytes.len();
        self.bytes.extend([0; 4]);
        self.bytes.extend(kind.to_ne_bytes());
        self.bytes.extend(flags.to_ne_bytes());
        self.bytes.extend(sequence.to_ne_bytes());
        self.bytes.extend([0; 4]);
    }

    /// Bytes of the body, as they are.
    pub fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// An attribute of at most 64 bytes, aligned.
    pub fn attribute(&mut self, kind: u16, payload: &[u8]) {
        debug_assert!(payload.len() <= 64);
        self.bytes.extend((4 + payload.len() as u16).to_ne_bytes());
        self.bytes.extend(kind.to_ne_bytes());
        self.bytes.extend_from_slice(payload);
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }

    /// End the message: its length is known now.
    pub fn close(&mut self) {
        let length = (self.bytes.len() - self.start) as u32;
        self.patch(0, &length.to_ne_bytes());
    }

    /// Add the last message once more; `patch` makes it another.
    pub fn repeat_last(&mut self) {
        let start = self.start;
        self.start = self.bytes.len();
        self.bytes.extend_from_within(start..);
    }

    /// Write over bytes of the last message, `at` from its beginning.
    pub fn patch(&mut self, at: usize, bytes: &[u8]) {
        let first = self.start.saturating_add(at);
        if let Some(place) = self.bytes.get_mut(first..first.saturating_add(bytes.len())) {
            place.copy_from_slice(bytes);
        }
    }

    /// All messages so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Start again without giving the memory back.
    pub fn clear(&mut self) {
        self.bytes.clear();
    }
}
