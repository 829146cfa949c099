//! Any bytes, in any order: nothing panics, and what is left at the end is what was there at first.

use super::{Calculator4, Calculator6, Kind, Options};
use crate::addr::{Net, parse_net};
use crate::dice::Dice;
use crate::ospf::lsa::{LsaKey, Version};

const KINDS: [&[u16]; 2] =
    [&[1, 2, 3, 4, 5, 7], &[0x2001, 0x2002, 0x2003, 0x2004, 0x4005, 0x2007, 0x2009]];

/// The body of an LSA, in words, with few ids and small numbers, so that they meet.
fn words(dice: &mut Dice, kind: u16) -> Vec<u32> {
    let mut few = || dice.below(4) as u32;
    let mut words = Vec::new();
    match kind {
        1 => {
            let count = few() + 2;
            words.push(few() << 25 | few() << 24 | count);
            for _ in 0..count {
                words.extend([few(), few(), ((few() + 1) << 24) | (few() * few())]);
            }
        }
        0x2001 => {
            words.push(few() << 25 | few() << 24 | few().min(1) << 4 | 3);
            for _ in 0..few() + 2 {
                words.extend([((few() + 1) << 24) | (few() * few()), few(), few(), few()]);
            }
        }
        2 | 0x2002 => words.extend([u32::MAX << (24 + few()), few(), few(), few()]),
        3 | 4 => words.extend([u32::MAX << (24 + few()), few()]),
        5 | 7 => {
            words.extend([u32::MAX << (24 + few()), few() << 31 | few(), few() & few(), few()]);
        }
        0x2003 => words.extend([few(), (few() * 20) << 24, few() << 28, 0, 0]),
        0x2004 => words.extend([0, few(), few()]),
        0x2009 => {
            words.extend([(2 << 16) | (0x2001 + few() / 2), few(), few()]);
            words.extend([32 << 24 | few(), few() << 28, 64 << 24 | few(), few() << 28, 0]);
        }
        _ => words.extend([few() << 24 | few(), (few() * 20) << 24, few() << 28, 0, 0, 0, few()]),
    }
    words
}

/// An LSA; of some a byte is wrong, or the end is missing.
fn lsa(dice: &mut Dice, version: Version) -> (LsaKey, Vec<u8>) {
    let kinds = KINDS[usize::from(version == Version::V3)];
    let kind = kinds[dice.below(2 + kinds.len() as u64) as usize % kinds.len()];
    let (id, router) = (dice.below(4) as u32, dice.below(4) as u32);
    let mut bytes = vec![0; 20];
    bytes[2..4].copy_from_slice(&kind.to_be_bytes());
    bytes[4..8].copy_from_slice(&id.to_be_bytes());
    bytes[8..12].copy_from_slice(&router.to_be_bytes());
    bytes.extend(words(dice, kind).into_iter().flat_map(u32::to_be_bytes));
    let at = 20 + dice.below(bytes.len() as u64 - 20) as usize;
    match dice.below(10) {
        0 => bytes[at] = dice.roll() as u8,
        1 => bytes.truncate(at),
        _ => {}
    }
    (LsaKey { kind, id, router }, bytes)
}

macro_rules! storm {
    ($calculator:ty, $version:expr, $seed:expr) => {
        let mut dice = Dice($seed);
        let mut calculator = <$calculator>::new($version, 1);
        let mut told = 0;
        let mut held: Vec<(u32, LsaKey)> = Vec::new();
        for round in 0..6000 {
            if round % 50 == 0 {
                let kind = [Kind::Normal, Kind::Stub, Kind::Nssa][dice.below(3) as usize];
                let area = 1 + dice.below(3) as u32;
                calculator.set_area(area, area - 1, kind, dice.below(2) == 0);
                let links = (0..4).map(|id| (1 + (id % 2) as u8, id, id, 7 + id)).collect();
                calculator.set_first_hops(area, links);
                calculator.set_options(Options {
                    is_area_border: dice.below(2) == 0,
                    rfc1583: dice.below(2) == 0,
                    is_provider_edge: dice.below(4) == 0,
                    maximum_paths: 3,
                });
                if dice.below(9) == 0 {
                    calculator.remove_area(1 + dice.below(3) as u32);
                }
            }
            let (key, bytes) = lsa(&mut dice, $version);
            let is_of_as = key.kind == 5 || key.kind == 0x4005;
            let scope = if is_of_as { 0 } else { 1 + dice.below(3) as u32 };
            held.push((scope, key));
            let said = (dice.below(4) > 0).then_some(bytes.as_slice());
            calculator.apply_bytes(scope, key, said);
            if dice.below(3) == 0 {
                told += calculator.run().announced.len();
                told += calculator.routers(scope).len();
                told += calculator.path(scope, dice.below(5) as u32).len();
                for net in ["0.0.0.0/0", "::/0"] {
                    for (net, _) in calculator.routes_in(parse(net)) {
                        assert!(!calculator.candidates(net).is_empty());
                    }
                }
            }
        }
        for (scope, key) in held {
            calculator.apply_bytes(scope, key, None);
        }
        assert!(told > 1000, "too little was reached: {told}");
        let last = calculator.run();
        assert_eq!((calculator.len(), last.announced.len()), (0, 0));
        assert_eq!(calculator.table.prefixes.len(), calculator.table.free_count());
        assert!(calculator.record_of.is_empty());
        let roots = calculator.areas.iter().filter(|area| area.is_there()).count();
        assert_eq!(calculator.graph.len(), roots);
    };
}

fn parse(text: &str) -> Net {
    parse_net(text.as_bytes()).expect("a prefix")
}

#[test]
fn any_lsas_of_version_2_come_and_go_without_a_trace() {
    for seed in 0..4 {
        storm!(Calculator4, Version::V2, seed);
    }
}

#[test]
fn any_lsas_of_version_3_come_and_go_without_a_trace() {
    for seed in 10..14 {
        storm!(Calculator6, Version::V3, seed);
    }
    storm!(Calculator4, Version::V3, 20);
}
