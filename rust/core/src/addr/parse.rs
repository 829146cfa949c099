//! Text to addresses and prefixes, strictly: RFC 4291 2.2 and 2.3, RFC 4007 11 for zones.

use super::parse4::{parse4, quick, stray};
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
    if let Some(address) = quick(text) {
        return Ok(Ip::V4(address));
    }
    match parse_zoned(text)? {
        (ip, None) => Ok(ip),
        (_, Some(_)) => Err(Reason::ZoneForbidden.at(find(text, b'%').unwrap_or(0))),
    }
}

/// Parse an address that may carry a zone, `fe80::1%eth0`.
pub fn parse_zoned(text: &[u8]) -> Result<(Ip, Option<&str>), ParseError> {
    if let Some(address) = quick(text) {
        return Ok((Ip::V4(address), None));
    }
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
    let Some(slash) = find_slash(text) else {
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

/// The slash before the length: within the last four bytes, else (a netmask) the first there is.
/// With two slashes the address or the length still holds one, and is refused for it.
fn find_slash(text: &[u8]) -> Option<usize> {
    let at = |back: usize| text.len().checked_sub(back).filter(|&at| text.get(at) == Some(&b'/'));
    at(3).or_else(|| at(2)).or_else(|| at(4)).or_else(|| find(text, b'/'))
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
    if text.contains(&b'.') && !text.first().is_some_and(u8::is_ascii_alphabetic) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::addr::text_with_len;
    use proptest::prelude::*;

    fn golden(text: &str) -> Option<Ip> {
        Some(match text.parse::<std::net::IpAddr>().ok()? {
            std::net::IpAddr::V4(a) => Ip::V4(u32::from(a)),
            std::net::IpAddr::V6(a) => Ip::V6(u128::from(a)),
        })
    }

    /// IPv6 texts near the rules: few groups or many, elisions, dotted ends, odd lengths.
    fn near_ipv6() -> impl Strategy<Value = String> {
        let group =
            prop_oneof![8 => "[0-9a-fA-F]{1,4}", 1 => "[0-9a-f]{5}", 2 => Just(String::new())];
        let dotted = prop_oneof![3 => Just(String::new()), 1 => ":?[0-9]{1,3}(\\.[0-9]{1,3}){3}"];
        (prop::collection::vec(group, 0..10), dotted)
            .prop_map(|(groups, end)| groups.join(":") + &end)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn any_text_is_taken_as_the_standard_library_takes_it(text in "[0-9a-f:.]{0,24}") {
            prop_assert_eq!(parse_ip(text.as_bytes()).ok(), golden(&text));
        }

        #[test]
        fn texts_near_ipv6_are_taken_as_the_standard_library_takes_them(text in near_ipv6()) {
            prop_assert_eq!(parse_ip(text.as_bytes()).ok(), golden(&text));
        }

        #[test]
        fn ipv6_prints_as_the_standard_library_prints_it(
            groups in prop::array::uniform8(prop_oneof![Just(0u16), Just(0xffff), any::<u16>()])
        ) {
            let address = std::net::Ipv6Addr::from(groups);
            let ip = Ip::V6(u128::from(address));
            prop_assert_eq!(&*ip.text(), address.to_string());
            prop_assert_eq!(parse_ip(ip.text().as_bytes()), Ok(ip));
        }

        #[test]
        fn ipv4_prints_as_the_standard_library_prints_it(address: u32) {
            let ip = Ip::V4(address);
            prop_assert_eq!(&*ip.text(), std::net::Ipv4Addr::from(address).to_string());
            prop_assert_eq!(parse_ip(ip.text().as_bytes()), Ok(ip));
        }

        #[test]
        fn prefixes_read_back_as_printed(address: u128, four: bool, len in 0u8..=128) {
            let ip = if four { Ip::V4(address as u32) } else { Ip::V6(address) };
            let len = len.min(ip.bits());
            let net = Net::new(ip, len).expect("the length is within the width");
            prop_assert_eq!(parse_net(net.text().as_bytes()), Ok(net));
            let text = text_with_len(ip, len);
            let written = Written { ip, zone: None, len: Some(len) };
            prop_assert_eq!(parse_written(text.as_bytes()), Ok(written));
            prop_assert_eq!(parse_net(text.as_bytes()), Ok(net));
        }

        #[test]
        fn every_netmask_gives_its_length(len in 0u8..=32) {
            let text = format!("10.20.30.40/{}", Ip::V4(mask4(len)));
            prop_assert_eq!(parse_net(text.as_bytes()).map(Net::len), Ok(len));
        }

        #[test]
        fn no_bytes_panic_and_every_refusal_points_into_the_text(
            text in prop::collection::vec(prop_oneof![any::<u8>(), Just(b':'), Just(b'/'), Just(b'%'),
                Just(b'.'), b'0'..=b'9'], 0..50)
        ) {
            if let Err(error) = parse_written(&text) {
                prop_assert!(error.at <= text.len());
            }
            let _ = parse_net(&text);
        }
    }

    #[test]
    fn every_reason_is_given_at_its_place() {
        let cases: &[(&str, Reason, usize)] = &[
            ("", Reason::Empty, 0),
            ("router.example", Reason::NotAnAddress, 0),
            ("192.0.2.1 ", Reason::Whitespace, 9),
            ("[2001:db8::1]", Reason::Brackets, 0),
            ("192.0.2.1:80", Reason::TrailingText, 9),
            ("192.0.2.x", Reason::UnexpectedCharacter, 8),
            ("2001:db8::g", Reason::UnexpectedCharacter, 10),
            ("192..2.1", Reason::OctetEmpty, 4),
            ("192.0.02.1", Reason::OctetLeadingZero, 6),
            ("192.0x0.2.1", Reason::OctetHexadecimal, 4),
            ("192.0.2.256", Reason::OctetTooLarge, 8),
            ("127.1", Reason::TooFewOctets, 5),
            ("192.0.2.1.5", Reason::TooManyOctets, 9),
            ("2001:0db80::1", Reason::GroupTooLong, 5),
            ("2001:db8:", Reason::StrayColon, 8),
            (":1::", Reason::StrayColon, 0),
            ("1::2::3", Reason::SecondElision, 4),
            (":::", Reason::SecondElision, 2),
            ("1:2:3:4::5:6:7:8", Reason::ElisionOfNothing, 16),
            ("1:2:3:4:5:6:7", Reason::TooFewGroups, 13),
            ("1:2:3:4:5:6:7:8:9", Reason::TooManyGroups, 16),
            ("1:2:3:4:5:6:7:192.0.2.1", Reason::TooManyGroups, 14),
            ("::192.0.2.1:5", Reason::EmbeddedIpv4NotLast, 11),
            ("192.0.2.1%eth0", Reason::ZoneOnIpv4, 9),
            ("fe80::1%", Reason::ZoneEmpty, 8),
            ("fe80::1%eth 0", Reason::ZoneCharacter, 11),
            ("fe80::%eth0/64", Reason::ZoneForbidden, 6),
            ("192.0.2.0/", Reason::LengthMissing, 10),
            ("192.0.2.0/x", Reason::LengthNotDecimal, 10),
            ("192.0.2.0/+8", Reason::LengthNotDecimal, 10),
            ("192.0.2.0/08", Reason::LengthLeadingZero, 10),
            ("192.0.2.0/33", Reason::LengthTooLarge, 10),
            ("2001:db8::/129", Reason::LengthTooLarge, 11),
            ("2001:db8::/1280", Reason::LengthTooLarge, 11),
            ("192.0.2.0/255.0.255.0", Reason::MaskNotContiguous, 10),
            ("192.0.2.0/0.0.0.255", Reason::MaskIsHostmask, 10),
            ("2001:db8::/ffff::", Reason::MaskOnIpv6, 11),
        ];
        for &(text, reason, at) in cases {
            assert_eq!(parse_net(text.as_bytes()), Err(reason.at(at)), "{text:?}");
        }
        let slash = Reason::SlashInAddress.at(9);
        assert_eq!(parse_ip(b"192.0.2.0/24"), Err(slash));
        for reason in Reason::ALL {
            let given = cases.iter().any(|case| case.1 == *reason);
            assert!(given || *reason == slash.reason, "{reason:?} is never given");
        }
    }

    #[test]
    fn a_zone_is_kept_with_the_address() {
        let address = Ip::V6(0xfe80 << 112 | 1);
        assert_eq!(parse_zoned(b"fe80::1%eth0"), Ok((address, Some("eth0"))));
        let written = Written { ip: address, zone: Some("eth0"), len: Some(64) };
        assert_eq!(parse_written(b"fe80::1%eth0/64"), Ok(written));
        assert_eq!(parse_ip(b"fe80::1%eth0"), Err(Reason::ZoneForbidden.at(7)));
    }
}
