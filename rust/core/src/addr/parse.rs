//! Text to addresses and prefixes, strictly: RFC 4291 2.2 and 2.3, RFC 4007 11 for zones.

use super::parse4::{parse4, stray};
use super::parse6::parse6;
use super::reason::{ParseError, Reason};
use super::{Ip, Net, mask4};

/// An address as written: with the zone and the length, where there are any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written<'a> {
    /// The address, host bits kept.
    pub ip: Ip,
    /// What follows `%`, never empty.
    pub zone: Option<&'a str>,
    /// What follows the slash, as a length.
    pub len: Option<u8>,
}

/// Parse an address without zone.
#[inline]
pub fn parse_ip(text: &[u8]) -> Result<Ip, ParseError> {
    if is_dotted(text) {
        return parse4(text, 0).map(Ip::V4);
    }
    match parse_zoned(text)? {
        (ip, None) => Ok(ip),
        (_, Some(_)) => Err(Reason::ZoneForbidden.at(find(text, b'%').unwrap_or(0))),
    }
}

/// Parse an address that may carry a zone, `fe80::1%eth0`.
pub fn parse_zoned(text: &[u8]) -> Result<(Ip, Option<&str>), ParseError> {
    if is_dotted(text) {
        return Ok((Ip::V4(parse4(text, 0)?), None));
    }
    let percent = find(text, b'%');
    let address = text.get(..percent.unwrap_or(text.len())).unwrap_or(text);
    if !address.contains(&b':') {
        return Err(no_address(address));
    }
    let ip = Ip::V6(parse6(address)?);
    match percent {
        None => Ok((ip, None)),
        Some(at) => Ok((ip, Some(zone(text.get(at + 1..).unwrap_or(&[]), at + 1)?))),
    }
}

/// Parse `address/length`; a bare address is a prefix of full length. Host bits are cleared.
#[inline]
pub fn parse_net(text: &[u8]) -> Result<Net, ParseError> {
    let written = parse_written(text)?;
    if written.zone.is_some() {
        return Err(Reason::ZoneForbidden.at(find(text, b'%').unwrap_or(0)));
    }
    let len = written.len.unwrap_or(written.ip.bits());
    Net::new(written.ip, len).ok_or(Reason::LengthTooLarge.at(text.len()))
}

/// Parse `address`, `address/length` or `address/netmask`, keeping all that was written.
#[inline]
pub fn parse_written(text: &[u8]) -> Result<Written<'_>, ParseError> {
    let Some(slash) = find(text, b'/') else {
        let (ip, zone) = parse_zoned(text)?;
        return Ok(Written { ip, zone, len: None });
    };
    let (ip, zone) = parse_zoned(text.get(..slash).unwrap_or(text))?;
    let len = parse_len(text.get(slash + 1..).unwrap_or(&[]), ip, slash + 1)?;
    Ok(Written { ip, zone, len: Some(len) })
}

/// Parse a length for an address of this family, or an IPv4 netmask; offsets count from `base`.
pub fn parse_len(text: &[u8], ip: Ip, base: usize) -> Result<u8, ParseError> {
    let len = match *text {
        [] => return Err(Reason::LengthMissing.at(base)),
        [a] if a.is_ascii_digit() => u16::from(a - b'0'),
        [b'0', ref rest @ ..] if rest.iter().all(u8::is_ascii_digit) => {
            return Err(Reason::LengthLeadingZero.at(base));
        }
        [a, b] if a.is_ascii_digit() && b.is_ascii_digit() => {
            u16::from(a - b'0') * 10 + u16::from(b - b'0')
        }
        [a, b, c] if text.iter().all(u8::is_ascii_digit) => {
            u16::from(a - b'0') * 100 + u16::from(b - b'0') * 10 + u16::from(c - b'0')
        }
        _ if text.iter().all(u8::is_ascii_digit) => return Err(Reason::LengthTooLarge.at(base)),
        _ => return len_of_mask(text, ip, base),
    };
    match u8::try_from(len) {
        Ok(len) if len <= ip.bits() => Ok(len),
        _ => Err(Reason::LengthTooLarge.at(base)),
    }
}

/// The length that a dotted netmask stands for.
fn len_of_mask(text: &[u8], ip: Ip, base: usize) -> Result<u8, ParseError> {
    if !text.contains(&b'.') && !text.contains(&b':') {
        let odd = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(0);
        return Err(Reason::LengthNotDecimal.at(base + odd));
    }
    if matches!(ip, Ip::V6(_)) {
        return Err(Reason::MaskOnIpv6.at(base));
    }
    let mask = parse4(text, base)?;
    let ones = mask.leading_ones() as u8;
    if mask == mask4(ones) {
        Ok(ones)
    } else if !mask == mask4(mask.leading_zeros() as u8) {
        Err(Reason::MaskIsHostmask.at(base))
    } else {
        Err(Reason::MaskNotContiguous.at(base))
    }
}

/// Whether the text can only be IPv4: a dot within its first four bytes and no colon before it.
fn is_dotted(text: &[u8]) -> bool {
    text.iter().take(4).find(|byte| !byte.is_ascii_digit()) == Some(&b'.')
}

fn find(text: &[u8], byte: u8) -> Option<usize> {
    text.iter().position(|&b| b == byte)
}

fn zone(text: &[u8], base: usize) -> Result<&str, ParseError> {
    if text.is_empty() {
        return Err(Reason::ZoneEmpty.at(base));
    }
    let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '%' | '/');
    let text = std::str::from_utf8(text)
        .map_err(|error| Reason::ZoneCharacter.at(base + error.valid_up_to()))?;
    match text.find(odd) {
        Some(at) => Err(Reason::ZoneCharacter.at(base + at)),
        None => Ok(text),
    }
}

/// Say what a text without a colon is, that does not start like dotted decimal.
#[cold]
fn no_address(text: &[u8]) -> ParseError {
    if text.contains(&b'.') {
        return match parse4(text, 0) {
            Err(error) => error,
            Ok(_) => Reason::NotAnAddress.at(0),
        };
    }
    match text.iter().position(|&b| !b.is_ascii_hexdigit()) {
        None if text.is_empty() => Reason::Empty.at(0),
        Some(at) if text[at].is_ascii_whitespace() || matches!(text[at], b'/' | b'[' | b']') => {
            stray(text[at], false).at(at)
        }
        _ => Reason::NotAnAddress.at(0),
    }
}
