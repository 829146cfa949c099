//! Prints `address<TAB>letters` for each address on standard input: the predicates of std's
//! `Ipv4Addr` and `Ipv6Addr` that are true of it. See classification.py for the letters.
#![feature(ip)]
use std::io::BufRead;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

fn v4(a: Ipv4Addr) -> Vec<(char, bool)> {
    vec![
        ('b', a.is_benchmarking()),
        ('a', a.is_broadcast()),
        ('d', a.is_documentation()),
        ('g', a.is_global()),
        ('l', a.is_link_local()),
        ('o', a.is_loopback()),
        ('m', a.is_multicast()),
        ('p', a.is_private()),
        ('r', a.is_reserved()),
        ('s', a.is_shared()),
        ('z', a.is_unspecified()),
    ]
}

fn v6(a: Ipv6Addr) -> Vec<(char, bool)> {
    vec![
        ('b', a.is_benchmarking()),
        ('d', a.is_documentation()),
        ('g', a.is_global()),
        ('4', a.is_ipv4_mapped()),
        ('o', a.is_loopback()),
        ('m', a.is_multicast()),
        ('u', a.is_unicast()),
        ('U', a.is_unicast_global()),
        ('L', a.is_unicast_link_local()),
        ('q', a.is_unique_local()),
        ('z', a.is_unspecified()),
        ('X', a.multicast_scope().is_some()),
    ]
}

fn main() {
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("readable input");
        let answers = match line.parse().expect("one address a line") {
            IpAddr::V4(a) => v4(a),
            IpAddr::V6(a) => v6(a),
        };
        let letters: String = answers.iter().filter(|(_, yes)| *yes).map(|(l, _)| l).collect();
        println!("{line}\t{letters}");
    }
}
