//! Any LSAs in any order: nothing panics, no run depends on those before it, nothing is left over.

use std::collections::BTreeMap;

use super::table::Bits;
use super::{Calculator, Extent, Kind, Options, Rule, Told};
use crate::addr::{Ip, Net, parse_net};
use crate::dice::Dice;
use crate::ospf::lsa::{LsaKey, Version};

const KINDS: [&[u16]; 2] =
    [&[1, 2, 3, 4, 5, 7], &[0x2001, 0x2002, 0x2003, 0x2004, 0x4005, 0x2007, 0x2009]];

/// The body of an LSA, in words, with few ids and small numbers, so that they meet; links cost
/// at least so much.
fn words(dice: &mut Dice, kind: u16, least: u32) -> Vec<u32> {
    let mut few = || dice.below(4) as u32;
    let mut words = Vec::new();
    match kind {
        1 => {
            let count = few() + 2;
            words.push(few() << 25 | few() << 24 | count);
            for _ in 0..count {
                words.extend([few(), few(), ((few() + 1) << 24) | (few() * few() + least)]);
            }
        }
        0x2001 => {
            words.push(few() << 25 | few() << 24 | few().min(1) << 4 | 3);
            for _ in 0..few() + 2 {
                words.extend([((few() + 1) << 24) | (few() * few() + least), few(), few(), few()]);
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
fn lsa(dice: &mut Dice, version: Version, least: u32) -> (LsaKey, Vec<u8>) {
    let kinds = KINDS[usize::from(version == Version::V3)];
    let kind = kinds[dice.below(2 + kinds.len() as u64) as usize % kinds.len()];
    let (id, router) = (dice.below(4) as u32, dice.below(4) as u32);
    let mut bytes = vec![0; 20];
    bytes[2..4].copy_from_slice(&kind.to_be_bytes());
    bytes[4..8].copy_from_slice(&id.to_be_bytes());
    bytes[8..12].copy_from_slice(&router.to_be_bytes());
    bytes.extend(words(dice, kind, least).into_iter().flat_map(u32::to_be_bytes));
    let at = 20 + dice.below(bytes.len() as u64 - 20) as usize;
    match dice.below(10) {
        0 => bytes[at] = dice.roll() as u8,
        1 => bytes.truncate(at),
        _ => {}
    }
    (LsaKey { kind, id, router }, bytes)
}

/// What a calculator was told, from which another one can be made.
struct World {
    version: Version,
    areas: BTreeMap<u32, (Kind, bool)>,
    ranges: BTreeMap<u32, Vec<Net>>,
    /// Decides which interfaces and addresses are known.
    known: u64,
    options: Options,
    lsas: BTreeMap<(u32, LsaKey), Vec<u8>>,
}

impl World {
    fn new(version: Version) -> World {
        let options = Options {
            is_area_border: false,
            rfc1583: false,
            is_provider_edge: false,
            maximum_paths: 3,
        };
        let (areas, ranges, lsas) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        World { version, areas, ranges, known: 0, options, lsas }
    }

    /// Change areas and options, and tell of it.
    fn resettle<K: Bits>(&mut self, dice: &mut Dice, calculator: &mut Calculator<K>) {
        let area = 1 + dice.below(3) as u32;
        if dice.below(6) == 0 {
            calculator.remove_area(area);
            self.areas.remove(&area);
            self.ranges.remove(&area);
            self.lsas.retain(|(scope, _), _| *scope != area);
        } else {
            let kind = [Kind::Normal, Kind::Stub, Kind::Nssa][dice.below(3) as usize];
            self.areas.insert(area, (kind, dice.below(2) == 0));
            let net = if K::BITS == 32 { "0.0.0.0/24" } else { "1000::/20" };
            let ranges = if dice.below(2) == 0 { vec![parse(net)] } else { Vec::new() };
            self.ranges.insert(area, ranges);
        }
        self.known = dice.roll();
        self.options = Options {
            is_area_border: dice.below(3) > 0,
            rfc1583: dice.below(2) == 0,
            is_provider_edge: dice.below(4) == 0,
            maximum_paths: 1 + dice.below(3) as usize,
        };
        self.describe(calculator);
    }

    fn describe<K: Bits>(&self, calculator: &mut Calculator<K>) {
        for (&area, &(kind, imports_summaries)) in &self.areas {
            calculator.set_area(area, area - 1, kind, imports_summaries);
            calculator.set_ranges(area, &self.ranges[&area]);
            let is_known = |n: &u32| self.known >> ((n + area) % 63) & 3 > 0;
            let hop = |n: u32| ([1, 2, 4][n as usize % 3], n / 3 % 4, n / 12, 2 + n % 2);
            calculator.set_first_hops(area, (0..48).filter(is_known).map(hop).collect());
            let all = (0..8).filter(|n| is_known(&(n + 50)));
            let address = |n: u32| ((2 + n / 4, n % 4), Ip::V4(77 + n));
            calculator.set_addresses(area, all.map(address).collect());
        }
        calculator.set_options(self.options);
    }

    /// What comes out if all is said at once.
    fn at_once<K: Bits>(&self) -> Calculator<K> {
        let mut fresh = Calculator::new(self.version, 1);
        self.describe(&mut fresh);
        for ((scope, key), lsa) in &self.lsas {
            fresh.apply_bytes(*scope, *key, Some(lsa));
        }
        fresh.run();
        fresh
    }
}

fn everything<K: Bits>(calculator: &Calculator<K>) -> Vec<(Net, Told)> {
    calculator.routes_in(parse(if K::BITS == 32 { "0.0.0.0/0" } else { "::/0" }))
}

/// Say and unsay things; the result is that of saying them at once, and what is told adds up to it.
fn storm<K: Bits>(version: Version, seed: u64, rounds: usize) {
    let mut dice = Dice(seed);
    let mut calculator = Calculator::<K>::new(version, 1);
    let mut world = World::new(version);
    let mut heard: BTreeMap<Net, Told> = BTreeMap::new();
    let mut extents = Vec::new();
    for round in 0..rounds {
        if round % 40 < 3 {
            world.resettle(&mut dice, &mut calculator);
        }
        let (key, bytes) = lsa(&mut dice, version, seed as u32 % 2);
        let is_of_as = key.kind == 5 || key.kind == 0x4005;
        let scope = if is_of_as { 0 } else { 1 + dice.below(3) as u32 };
        if dice.below(4) > 0 {
            calculator.apply_bytes(scope, key, Some(&bytes));
            if scope == 0 || world.areas.contains_key(&scope) {
                world.lsas.insert((scope, key), bytes);
            }
        } else {
            calculator.apply_bytes(scope, key, None);
            world.lsas.remove(&(scope, key));
        }
        if dice.below(3) > 0 {
            continue;
        }
        let result = calculator.run();
        extents.push(result.extent);
        for net in result.withdrawn {
            assert!(heard.remove(&net).is_some(), "{net:?} was not there");
        }
        for (told, nets) in result.announced {
            for net in nets {
                assert_ne!(heard.insert(net, told.clone()), Some(told.clone()), "{net:?} anew");
            }
        }
        let now = everything(&calculator);
        assert!(heard.iter().map(|(&net, told)| (net, told.clone())).eq(now.iter().cloned()));
        let mut fresh = world.at_once::<K>();
        assert_eq!(now, everything(&fresh), "seed {seed}, round {round}, {:?}", result.extent);
        for &area in world.areas.keys() {
            assert_eq!(calculator.routers(area), fresh.routers(area), "seed {seed}, round {round}");
        }
        for (net, told) in now {
            let ways = calculator.candidates(net);
            assert_eq!(ways.first().map(|way| way.rule), Some(Rule::Used), "{net:?}");
            assert_eq!(ways[0].told.path, told.path);
        }
    }
    for extent in [Extent::Nothing, Extent::Prefixes, Extent::Partial, Extent::Whole] {
        assert!(extents.contains(&extent), "{extent:?} never was");
    }
    assert!(
        seed.is_multiple_of(2) || extents.contains(&Extent::Incremental),
        "no tree changed in part"
    );
    for (scope, key) in world.lsas.into_keys() {
        calculator.apply_bytes(scope, key, None);
    }
    calculator.run();
    assert_eq!(calculator.len(), 0);
    assert_eq!(calculator.table.prefixes.len(), calculator.table.free_count());
    assert!(calculator.record_of.is_empty());
    assert_eq!(calculator.graph.len(), world.areas.len());
}

fn parse(text: &str) -> Net {
    parse_net(text.as_bytes()).expect("a prefix")
}

#[test]
fn version_2_comes_to_the_same_whatever_came_before() {
    (0..8).for_each(|seed| storm::<u32>(Version::V2, seed, 3000));
}

#[test]
fn version_3_comes_to_the_same_whatever_came_before() {
    (10..18).for_each(|seed| storm::<u128>(Version::V3, seed, 3000));
    storm::<u32>(Version::V3, 20, 3000);
}
