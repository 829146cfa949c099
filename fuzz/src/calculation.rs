//! Any LSAs in any order come to the routes that the last of them come to when all are said at once.
//!
//! The first byte says the version (bit 0: 3) and family (bit 1: IPv4 by version 3). Then LSAs: a
//! byte of scope (bits 0 and 1), whether it goes (2) and whether a run follows (3); two bytes of
//! length; the LSA. Area 0 is scope 1, area 1 is 2, area 2, an NSSA, is 3.

use std::collections::BTreeMap;

use fingerpost_core::addr::{Ip, Net};
use fingerpost_core::ospf::calculation::{Calculator4, Calculator6, Kind, Options, Rule};
use fingerpost_core::ospf::lsa::{Header, Version};

macro_rules! settled {
    ($calculator:ty, $version:expr) => {{
        let mut calculator = <$calculator>::new($version, 1);
        calculator.set_area(1, 0, Kind::Normal, true);
        calculator.set_area(2, 1, Kind::Normal, true);
        calculator.set_area(3, 2, Kind::Nssa, true);
        for scope in 1..4 {
            let links = (0..24).map(|n| ([1, 2, 4][n % 3], n as u32 / 3 % 4, n as u32 / 12, 2));
            calculator.set_first_hops(scope, links.collect());
        }
        calculator.set_options(Options {
            is_area_border: true,
            rfc1583: false,
            is_provider_edge: true,
            maximum_paths: 4,
        });
        calculator
    }};
}

macro_rules! check {
    ($calculator:ty, $version:expr, $all:expr, $data:expr) => {
        let mut calculator = settled!($calculator, $version);
        let mut held = BTreeMap::new();
        let mut rest = $data;
        while let Some(([what, high, low], tail)) = rest.split_first_chunk() {
            let len = usize::from(*high) << 8 | usize::from(*low);
            let (lsa, tail) = tail.split_at(len.min(tail.len()));
            rest = tail;
            let scope = u32::from(what & 3);
            if let Some(header) = Header::read($version, lsa) {
                let said = (what & 4 == 0).then_some(lsa);
                calculator.apply_bytes(scope, header.key, said);
                held.insert((scope, header.key), said);
            }
            if what & 8 != 0 {
                calculator.run();
            }
        }
        let last = calculator.run();
        assert!(last.announced.iter().all(|(told, nets)| told.path < 6 && !nets.is_empty()));
        let mut fresh = settled!($calculator, $version);
        for ((scope, key), said) in held {
            fresh.apply_bytes(scope, key, said);
        }
        fresh.run();
        let routes = calculator.routes_in($all);
        assert_eq!(routes, fresh.routes_in($all));
        assert_eq!(routes.len(), calculator.len());
        for (net, _) in routes {
            let ways = calculator.candidates(net);
            assert!(ways.iter().any(|way| way.rule == Rule::Used), "{net:?} rests on nothing");
        }
        for scope in 1..4 {
            for (router, _, path, ..) in calculator.routers(scope) {
                assert!(path == 1 || !calculator.path(scope, router).is_empty());
            }
        }
    };
}

/// Say, run, and say again.
pub fn check(data: &[u8]) {
    let Some((&first, data)) = data.split_first() else { return };
    let all = |ip| Net::new(ip, 0).expect("a length of 0 fits");
    match first & 3 {
        0 | 2 => {
            check!(Calculator4, Version::V2, all(Ip::V4(0)), data);
        }
        1 => {
            check!(Calculator6, Version::V3, all(Ip::V6(0)), data);
        }
        _ => {
            check!(Calculator4, Version::V3, all(Ip::V4(0)), data);
        }
    }
}
