//! Dotted decimal to numbers: exactly four decimal octets, no octal, hexadecimal or short forms
//! (RFC 6943 3.1.1).
//!
//! `quick` reads all of a well-formed text at once, without a branch on its digits; whatever it
//! does not take goes to `careful`, which reads byte by byte and knows what to say.

use super::reason::{ParseError, Reason};

/// Parse a whole text as an IPv4 address; offsets in errors count from `base`.
pub fn parse4(text: &[u8], base: usize) -> Result<u32, ParseError> {
    match quick(text) {
        Some(address) => Ok(address),
        None => careful(text, base),
    }
}

const SHORTEST: usize = "0.0.0.0".len();
const LONGEST: usize = "255.255.255.255".len();

/// The text as one little-endian number, read by two loads that overlap; rest zero.
fn load(text: &[u8]) -> Option<u128> {
    if let (Some(head), Some(tail)) = (text.first_chunk::<8>(), text.last_chunk::<8>()) {
        let shift = 8 * (text.len() - 8);
        return Some(
            u128::from(u64::from_le_bytes(*head)) | u128::from(u64::from_le_bytes(*tail)) << shift,
        );
    }
    let (head, tail) = (text.first_chunk::<4>()?, text.last_chunk::<4>()?);
    let shift = 8 * (text.len() - 4);
    Some(u128::from(u32::from_le_bytes(*head)) | u128::from(u32::from_le_bytes(*tail)) << shift)
}

/// The high bit of each byte of `word` that is a dot.
const fn dots(word: u64) -> u64 {
    const LOW7: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let x = word ^ 0x2e2e_2e2e_2e2e_2e2e;
    !(((x & LOW7) + LOW7) | x | LOW7)
}

/// Take what is well formed; `None` says nothing about the reason.
#[inline]
pub fn quick(text: &[u8]) -> Option<u32> {
    if !(SHORTEST..=LONGEST).contains(&text.len()) {
        return None;
    }
    let bytes = load(text)?;
    let mut mask = u128::from(dots(bytes as u64)) | u128::from(dots((bytes >> 64) as u64)) << 64;
    if mask.count_ones() != 3 {
        return None;
    }
    let (mut address, mut start, mut wrong) = (0u32, 0u32, false);
    for octet in 0..4 {
        let end = if octet == 3 { text.len() as u32 } else { mask.trailing_zeros() / 8 };
        mask &= mask.wrapping_sub(1);
        let digits = end.wrapping_sub(start);
        if !(1..=3).contains(&digits) {
            return None;
        }
        // the digits move to the high bytes, the last one highest, and lose their ASCII offset
        let room = 32 - 8 * digits;
        let d = (((bytes >> (8 * start)) as u32) << room) ^ (0x3030_3030 << room);
        let value = ((d >> 8) & 0xff) * 100 + ((d >> 16) & 0xff) * 10 + (d >> 24);
        let not_decimal = (((d & 0x7f7f_7f7f) + 0x7676_7676) | d) & 0x8080_8080;
        let least = [0, 0, 10, 100][digits as usize & 3];
        wrong |= not_decimal != 0 || value > 255 || value < least;
        address = address << 8 | (value & 0xff);
        start = end + 1;
    }
    if wrong { None } else { Some(address) }
}

/// Byte by byte, with a reason for every refusal.
#[cold]
fn careful(text: &[u8], base: usize) -> Result<u32, ParseError> {
    let (mut address, mut octet, mut digits, mut octets) = (0u32, 0u32, 0u32, 0u32);
    for (i, &byte) in text.iter().enumerate() {
        match byte {
            b'0'..=b'9' => {
                if digits > 0 && octet == 0 {
                    return Err(Reason::OctetLeadingZero.at(base + i - 1));
                }
                octet = octet * 10 + u32::from(byte - b'0');
                digits += 1;
                if octet > 255 {
                    return Err(Reason::OctetTooLarge.at(base + i + 1 - digits as usize));
                }
            }
            b'.' if digits == 0 => return Err(Reason::OctetEmpty.at(base + i)),
            b'.' if octets == 3 => return Err(Reason::TooManyOctets.at(base + i)),
            b'.' => {
                (address, octet, digits, octets) = (address << 8 | octet, 0, 0, octets + 1);
            }
            b'x' | b'X' if digits == 1 && octet == 0 => {
                return Err(Reason::OctetHexadecimal.at(base + i - 1));
            }
            _ => {
                let whole = octets == 3 && digits > 0;
                let embedded = base > 0 && byte == b':';
                let reason =
                    if embedded { Reason::EmbeddedIpv4NotLast } else { stray(byte, whole) };
                return Err(reason.at(base + i));
            }
        }
    }
    let end = base + text.len();
    match (octets, digits) {
        (_, 0) if text.is_empty() => Err(Reason::Empty.at(end)),
        (_, 0) => Err(Reason::OctetEmpty.at(end)),
        (3, _) => Ok(address << 8 | octet),
        _ => Err(Reason::TooFewOctets.at(end)),
    }
}

/// What a byte that no IPv4 address has is doing there.
pub fn stray(byte: u8, after_whole_address: bool) -> Reason {
    match byte {
        b'%' => Reason::ZoneOnIpv4,
        b'/' => Reason::SlashInAddress,
        b'[' | b']' => Reason::Brackets,
        _ if byte.is_ascii_whitespace() => Reason::Whitespace,
        _ if after_whole_address => Reason::TrailingText,
        _ => Reason::UnexpectedCharacter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn quick_and_careful_agree(text in "[0-9.x:]{0,18}") {
            prop_assert_eq!(quick(text.as_bytes()), careful(text.as_bytes(), 0).ok());
        }

        #[test]
        fn quick_and_careful_agree_near_the_edges(o in prop::array::uniform4("[0-9]{0,4}")) {
            let text = o.join(".");
            prop_assert_eq!(quick(text.as_bytes()), careful(text.as_bytes(), 0).ok());
        }

        #[test]
        fn quick_takes_every_address(address: u32) {
            let text = std::net::Ipv4Addr::from(address).to_string();
            prop_assert_eq!(quick(text.as_bytes()), Some(address));
        }
    }
}
