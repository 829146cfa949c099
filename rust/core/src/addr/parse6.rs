//! The text forms of RFC 4291 2.2 to numbers: full, with one `::`, and with a dotted end.

use super::parse4::parse4;
use super::reason::{ParseError, Reason};

const BAD: u8 = 0xff;

/// The value of each hexadecimal digit, `BAD` elsewhere.
const HEX: [u8; 256] = {
    let mut table = [BAD; 256];
    let mut i = 0;
    while i < 16 {
        table[b"0123456789abcdef"[i] as usize] = i as u8;
        table[b"0123456789ABCDEF"[i] as usize] = i as u8;
        i += 1;
    }
    table
};

/// Parse a whole text as an IPv6 address without zone.
///
/// Groups are shifted into `value` as they come; `split` is their number before the `::`.
pub fn parse6(text: &[u8]) -> Result<u128, ParseError> {
    let (mut value, mut groups, mut split, mut at) = (0u128, 0u32, None, 0usize);
    if text.starts_with(b"::") {
        (split, at) = (Some(0), 2);
    } else if text.first() == Some(&b':') {
        return Err(Reason::StrayColon.at(0));
    }
    while at < text.len() {
        let start = at;
        let mut group = 0u32;
        while let Some(&byte) = text.get(at) {
            let digit = HEX[usize::from(byte)];
            if digit == BAD {
                break;
            }
            group = group << 4 | u32::from(digit);
            at += 1;
            if at - start > 4 {
                return Err(Reason::GroupTooLong.at(start));
            }
        }
        let next = text.get(at).copied();
        if next == Some(b'.') {
            let dotted = parse4(text.get(start..).unwrap_or(&[]), start)?;
            if groups > 6 {
                return Err(Reason::TooManyGroups.at(start));
            }
            (value, groups) = (value << 32 | u128::from(dotted), groups + 2);
            break;
        }
        if at == start {
            return Err(stray(next, split.is_some()).at(at));
        }
        if groups == 8 {
            return Err(Reason::TooManyGroups.at(start));
        }
        (value, groups) = (value << 16 | u128::from(group), groups + 1);
        match next {
            None => break,
            Some(b':') => at += 1,
            Some(_) => return Err(stray(next, false).at(at)),
        }
        match text.get(at) {
            None => return Err(Reason::StrayColon.at(at - 1)),
            Some(b':') if split.is_some() => return Err(Reason::SecondElision.at(at - 1)),
            Some(b':') => (split, at) = (Some(groups), at + 1),
            Some(_) => {}
        }
    }
    spread(value, groups, split, text.len())
}

/// Put the zero groups where the `::` stood.
fn spread(value: u128, groups: u32, split: Option<u32>, end: usize) -> Result<u128, ParseError> {
    match split {
        None if groups == 8 => Ok(value),
        None => Err(Reason::TooFewGroups.at(end)),
        Some(_) if groups == 8 => Err(Reason::ElisionOfNothing.at(end)),
        Some(head) => {
            let tail_bits = 16 * (groups - head);
            let tail = value & !(u128::MAX.checked_shl(tail_bits).unwrap_or(0));
            let head_shift = 128 - 16 * head;
            let high = (value >> tail_bits).checked_shl(head_shift).unwrap_or(0);
            Ok(high | tail)
        }
    }
}

/// What a byte where a group should start or end is doing there.
#[cold]
fn stray(byte: Option<u8>, elided: bool) -> Reason {
    match byte {
        Some(b':') if elided => Reason::SecondElision,
        Some(b':') | None => Reason::StrayColon,
        Some(b'/') => Reason::SlashInAddress,
        Some(b'[' | b']') => Reason::Brackets,
        Some(byte) if byte.is_ascii_whitespace() => Reason::Whitespace,
        Some(_) => Reason::UnexpectedCharacter,
    }
}
