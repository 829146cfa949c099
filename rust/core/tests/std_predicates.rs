//! Holds the recorded answers of Rust's standard library, with which the Python predicates are
//! compared, against the library of the compiler that runs: the predicates that are stable.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const RECORDED: &str = include_str!("../../../tests/peers/classification.tsv");

/// The letters that classification.py gives to the stable predicates of one family.
fn stable_v4(a: Ipv4Addr) -> Vec<(char, bool)> {
    vec![
        ('a', a.is_broadcast()),
        ('d', a.is_documentation()),
        ('l', a.is_link_local()),
        ('m', a.is_multicast()),
        ('o', a.is_loopback()),
        ('p', a.is_private()),
        ('z', a.is_unspecified()),
    ]
}

fn stable_v6(a: Ipv6Addr) -> Vec<(char, bool)> {
    vec![
        ('4', a.to_ipv4_mapped().is_some()),
        ('L', a.is_unicast_link_local()),
        ('m', a.is_multicast()),
        ('o', a.is_loopback()),
        ('q', a.is_unique_local()),
        ('z', a.is_unspecified()),
    ]
}

#[test]
fn the_record_is_what_the_standard_library_answers() {
    let mut lines = RECORDED.lines();
    let head: Vec<&str> = lines.next().expect("a head line").split('\t').collect();
    let column = head.iter().position(|name| name.starts_with("rust-")).expect("a Rust column");
    let mut compared = 0;
    for line in lines {
        let fields: Vec<&str> = line.split('\t').collect();
        let answers = match fields[0].parse().expect("an address") {
            IpAddr::V4(a) => stable_v4(a),
            IpAddr::V6(a) => stable_v6(a),
        };
        for (letter, holds) in answers {
            assert_eq!(fields[column].contains(letter), holds, "{letter} of {}", fields[0]);
        }
        compared += 1;
    }
    assert!(compared > 500, "only {compared} addresses in the record");
}
