//! Any bytes are an address exactly where Rust's standard library says so, and what parses prints
//! as text that parses to the same.

use std::net::IpAddr;
use std::str::from_utf8;

use fingerpost_core::addr::{Ip, Net, parse_ip, parse_net, parse_written, parse_zoned};

fn standard(text: &[u8]) -> Option<IpAddr> {
    from_utf8(text).ok()?.parse().ok()
}

fn number(address: IpAddr) -> Ip {
    match address {
        IpAddr::V4(a) => Ip::V4(a.into()),
        IpAddr::V6(a) => Ip::V6(a.into()),
    }
}

pub fn check(data: &[u8]) {
    let theirs = standard(data);
    match parse_ip(data) {
        Ok(ip) => {
            assert_eq!(Some(ip), theirs.map(number));
            assert_eq!(Some(ip.text().to_string()), theirs.map(|address| address.to_string()));
            assert_eq!(parse_ip(ip.text().as_bytes()), Ok(ip));
            assert_eq!(parse_zoned(data), Ok((ip, None)));
            assert_eq!(parse_net(data).ok(), Net::new(ip, ip.bits()));
        }
        Err(error) => {
            assert_eq!(theirs, None, "refused: {error}");
            assert!(error.at <= data.len());
        }
    }
    check_zone(data);
    check_length(data);
}

fn check_zone(data: &[u8]) {
    match parse_zoned(data) {
        Ok((ip, Some(zone))) => {
            let again = format!("{ip}%{zone}");
            assert_eq!(parse_zoned(again.as_bytes()), Ok((ip, Some(zone))));
            assert!(parse_ip(data).is_err() && parse_net(data).is_err());
        }
        Ok((ip, None)) => assert_eq!(parse_ip(data), Ok(ip)),
        Err(error) => assert!(error.at <= data.len()),
    }
}

fn check_length(data: &[u8]) {
    match parse_net(data) {
        Ok(net) => {
            assert!(net.len() <= net.ip().bits());
            assert_eq!(net.ip().masked(net.len()), net.ip());
            assert_eq!(parse_net(net.to_string().as_bytes()), Ok(net));
            let written = parse_written(data).map(|w| Net::new(w.ip, w.len.unwrap_or(w.ip.bits())));
            assert_eq!(written, Ok(Some(net)));
        }
        Err(error) => assert!(error.at <= data.len()),
    }
}
