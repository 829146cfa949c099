//! Text to addresses, strictly.

use super::{Ip, Net};

/// Why a text is not an address or prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// Not an address in either family.
    Address,
    /// The part after the slash is not a decimal length of the family.
    Length,
}

/// Parse an address without zone.
pub fn parse_ip(text: &[u8]) -> Result<Ip, ParseError> {
    let s = std::str::from_utf8(text).map_err(|_| ParseError::Address)?;
    match s.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(a)) => Ok(Ip::V4(u32::from(a))),
        Ok(std::net::IpAddr::V6(a)) => Ok(Ip::V6(u128::from(a))),
        Err(_) => Err(ParseError::Address),
    }
}

/// Parse `address/length`; a bare address is a prefix of full length. Host bits are cleared.
pub fn parse_net(text: &[u8]) -> Result<Net, ParseError> {
    let (ip, len) = match text.iter().position(|&b| b == b'/') {
        None => {
            let ip = parse_ip(text)?;
            (ip, ip.bits())
        }
        Some(at) => {
            let digits = &text[at + 1..];
            let plain = matches!(digits.len(), 1..=3) && digits.iter().all(u8::is_ascii_digit);
            if !plain || (digits.len() > 1 && digits[0] == b'0') {
                return Err(ParseError::Length);
            }
            let len = digits.iter().fold(0u16, |n, d| n * 10 + u16::from(d - b'0'));
            (parse_ip(&text[..at])?, u8::try_from(len).map_err(|_| ParseError::Length)?)
        }
    };
    Net::new(ip, len).ok_or(ParseError::Length)
}
