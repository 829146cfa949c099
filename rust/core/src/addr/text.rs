//! Addresses and prefixes to text: dotted decimal, and the canonical form of RFC 5952.
//!
//! RFC 5952 section 5: only the well-known prefix `::ffff:0:0/96` prints its last 32 bits dotted;
//! the deprecated `::192.0.2.1` and the NAT64 prefix print in hexadecimal, as everywhere else.

use std::fmt;
use std::ops::Deref;

use super::{Ip, Net};

/// The longest text: `ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128`.
const LONGEST: usize = 43;

/// The text of an address or prefix, on the stack.
#[derive(Clone, Copy)]
pub struct Text {
    bytes: [u8; LONGEST],
    len: usize,
}

impl Text {
    const fn new() -> Text {
        Text { bytes: [0; LONGEST], len: 0 }
    }

    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
            self.len += 1;
        }
    }

    /// A number below 1000 without leading zeros.
    fn decimal(&mut self, n: u8) {
        if n >= 100 {
            self.push(b'0' + n / 100);
        }
        if n >= 10 {
            self.push(b'0' + n / 10 % 10);
        }
        self.push(b'0' + n % 10);
    }

    fn dotted(&mut self, address: u32) {
        let [a, b, c, d] = address.to_be_bytes();
        self.decimal(a);
        for octet in [b, c, d] {
            self.push(b'.');
            self.decimal(octet);
        }
    }

    /// RFC 5952 4.1: no leading zeros, 4.3: lower case.
    fn group(&mut self, group: u16) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut shift = 12 - (group.leading_zeros() as usize / 4 * 4).min(12);
        loop {
            self.push(DIGITS[usize::from(group >> shift) & 15]);
            if shift == 0 {
                return;
            }
            shift -= 4;
        }
    }

    fn groups(&mut self, groups: &[u16]) {
        for (i, &group) in groups.iter().enumerate() {
            if i > 0 {
                self.push(b':');
            }
            self.group(group);
        }
    }

    fn hexadecimal(&mut self, address: u128) {
        let groups: [u16; 8] = std::array::from_fn(|i| (address >> (112 - 16 * i)) as u16);
        if address >> 32 == 0xffff {
            for &byte in b"::ffff:" {
                self.push(byte);
            }
            self.dotted(address as u32);
            return;
        }
        let (start, len) = longest_zero_run(&groups);
        if len < 2 {
            // RFC 5952 4.2.2: a single zero group is not shortened
            return self.groups(&groups);
        }
        self.groups(&groups[..start]);
        self.push(b':');
        self.push(b':');
        self.groups(&groups[start + len..]);
    }

    fn ip(&mut self, ip: Ip) {
        match ip {
            Ip::V4(a) => self.dotted(a),
            Ip::V6(a) => self.hexadecimal(a),
        }
    }
}

/// Start and length of the longest run of zero groups; of equals the first (RFC 5952 4.2.3).
fn longest_zero_run(groups: &[u16; 8]) -> (usize, usize) {
    let (mut best, mut run) = ((0, 0), (0, 0));
    for (i, &group) in groups.iter().enumerate() {
        run = if group != 0 { (i + 1, 0) } else { (run.0, run.1 + 1) };
        if run.1 > best.1 {
            best = run;
        }
    }
    best
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        // only ASCII is ever pushed, and `len` never passes the array
        std::str::from_utf8(self.bytes.get(..self.len).unwrap_or(&[])).unwrap_or("")
    }
}

impl Ip {
    /// The canonical text (RFC 5952 for IPv6).
    #[must_use]
    pub fn text(self) -> Text {
        let mut text = Text::new();
        text.ip(self);
        text
    }
}

impl Net {
    /// The canonical text, `address/length`.
    #[must_use]
    pub fn text(self) -> Text {
        text_with_len(self.ip(), self.len())
    }
}

/// The text of an address with a length whose host bits may be set.
#[must_use]
pub fn text_with_len(ip: Ip, len: u8) -> Text {
    let mut text = ip.text();
    text.push(b'/');
    text.decimal(len);
    text
}

impl fmt::Display for Ip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text())
    }
}

impl fmt::Display for Net {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text())
    }
}
