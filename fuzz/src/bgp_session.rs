//! Whatever neighbours send in whatever pieces, and whenever their sessions end: each one's counts
//! are those of its paths, the best path of a prefix is one of its own that may be used, and when
//! all have gone nothing is left of them.

use std::collections::BTreeMap;

use fingerpost_core::addr::{Ip, Net};
use fingerpost_core::bgp::damping::Terms;
use fingerpost_core::bgp::decision::Rules;
use fingerpost_core::bgp::family::Family;
use fingerpost_core::bgp::nets::NetKey;
use fingerpost_core::bgp::paths::flags;
use fingerpost_core::bgp::peer::{PeerId, PeerSettings};
use fingerpost_core::bgp::table::{
    Action, FamilyRules, FamilyTable, Identity, Surroundings, Table,
};

use super::bgp_update::{relation, session};

const PEERS: PeerId = 4;
const US: u32 = 65_000;

/// Steps of three bytes: what, who, how much; then what it names.
pub fn check(data: &[u8]) {
    let mut lab = Lab::new();
    let mut rest = data;
    while let Some((&[what, who, much], more)) = rest.split_first_chunk::<3>() {
        rest = lab.step(what, who, much, more);
        lab.table.decide();
        lab.look();
    }
    lab.end();
}

struct Lab {
    table: Table,
    now: u64,
}

impl Lab {
    fn new() -> Self {
        let identity = Identity {
            asn: US,
            router_id: 9,
            cluster_id: 9,
            confederation: 64_000,
            takes_sets: false,
        };
        let rules = Rules { multipath_external: 2, multipath_relaxed: true, ..Rules::default() };
        let mut table = Table::new(identity, rules, 1);
        for peer in 1..=PEERS {
            let options = session(peer as u8 - 1);
            let damping = (peer % 2 == 0).then(|| Terms::new(7, 60, 2_500, 700));
            let is_direct = peer == 1;
            let rules =
                FamilyRules { blocks_above: 40, damping, is_direct, ..FamilyRules::default() };
            let codes = options.families.iter().map(|one| one.family.code());
            let families: BTreeMap<_, _> = codes.map(|code| (code, rules.clone())).collect();
            let settings = PeerSettings {
                relation: relation(peer as u8 - 1),
                asn: US + u32::from(peer),
                local_asn: US,
                prepends: 0,
                address: Ip::V4(u32::from(peer)),
                router_id: u32::from(peer),
                role: None,
                checks_first_as: false,
            };
            table.set_peer(peer, settings, families);
            table.open_session(peer, options);
        }
        Self { table, now: 0 }
    }

    fn step<'a>(&mut self, what: u8, who: u8, much: u8, rest: &'a [u8]) -> &'a [u8] {
        let peer = PeerId::from(who) % PEERS + 1;
        let family = if who & 0x80 == 0 { Family::IPV4 } else { Family::IPV6 };
        if what >= 0xd0 {
            self.wait_or_move(what, much);
            return rest;
        }
        let now = self.now;
        let table = &mut self.table;
        match what % 10 {
            0..=3 => {
                let (octets, rest) = rest.split_at(usize::from(much).min(rest.len()));
                let octets = if what & 0x10 == 0 { framed(octets) } else { octets.to_vec() };
                let mut got = table.receive(peer, &octets, now, 2);
                for _ in 0..=octets.len() {
                    if got.reset.is_some() {
                        self.restart(peer, &[]);
                        return rest;
                    }
                    if !got.is_more {
                        return rest;
                    }
                    got = self.table.receive(peer, &[], now, 2);
                }
                panic!("more messages than octets");
            }
            4 => self.restart(peer, if much & 1 == 0 { &[] } else { &[Family::IPV4] }),
            5 => table.begin_refresh(peer, family),
            6 => table.sweep(family, Some(peer), Action::DropStale),
            7 => table.sweep(family, Some(peer), Action::LongLived),
            8 => {
                let hop = [10, 0, 0, much];
                let short = (who & 4 == 0).then_some(u32::from(much));
                table.set_next_hop(&hop, short);
                table.sweep(family, None, Action::Refeed);
            }
            _ => {
                table.work(usize::from(much));
                table.decide();
                table.trim();
            }
        }
        rest
    }

    /// Time passes, paths that flapped are used again; or we are somewhere else.
    fn wait_or_move(&mut self, what: u8, much: u8) {
        if !what.is_multiple_of(4) {
            self.now += u64::from(much) * 1_000_000_000;
            while self.table.pass_time(self.now) {}
            assert!(self.table.next_deadline().is_none_or(|due| due > self.now));
            return;
        }
        let own = [Ip::V4(0x0a00_0000 | u32::from(much))].into();
        let networks = Net::new(Ip::V4(0x0a00_0000), 24 + much % 8).into_iter().collect();
        self.table.set_surroundings(Surroundings { own, networks });
    }

    fn restart(&mut self, peer: PeerId, keep: &[Family]) {
        self.table.close_session(peer, keep);
        self.table.open_session(peer, session(peer as u8 - 1));
    }

    fn look(&self) {
        look(&self.table, &self.table.v4);
        look(&self.table, &self.table.v6);
        self.table.others.values().for_each(|table| look(&self.table, table));
    }

    fn end(mut self) {
        for peer in 1..=PEERS {
            self.table.remove_peer(peer);
        }
        while self.table.work(usize::MAX) {}
        self.table.decide();
        self.table.trim();
        self.look();
        assert!(self.table.v4.damping.is_empty() && self.table.v6.damping.is_empty());
        assert!(self.table.v4.nets.is_empty() && self.table.v4.paths.is_empty());
        assert!(self.table.v6.nets.is_empty() && self.table.v6.paths.is_empty());
        assert!(self.table.others.values().all(|table| table.paths.is_empty()));
        assert!(self.table.store.is_empty(), "{:?}", self.table.store);
        assert_eq!(self.table.sweeps().count(), 0);
    }
}

/// An UPDATE around a body, so that most is not lost at the header.
fn framed(body: &[u8]) -> Vec<u8> {
    let length = (19 + body.len()) as u16;
    [&[0xff; 16][..], &length.to_be_bytes(), &[2], body].concat()
}

fn look<K: NetKey>(all: &Table, table: &FamilyTable<K>) {
    let mut counts = BTreeMap::<PeerId, (usize, usize)>::new();
    let mut total = 0;
    for (_, entry) in table.nets.iter() {
        let mut has_best = false;
        for (at, path) in table.paths.list(entry.first) {
            let is_accepted = path.flags & flags::REFUSED == 0;
            let count = counts.entry(path.peer).or_default();
            count.0 += 1;
            count.1 += usize::from(is_accepted);
            total += 1;
            has_best |= at == entry.best;
            assert!(at != entry.best || is_accepted, "{path:?}");
            assert!(path.flags & flags::CHANGED == 0, "{path:?} was not decided");
            assert!(all.store.get(path.received).is_some(), "{path:?}");
            let is_judged = path.flags & flags::REFUSED & !flags::DAMPED == 0;
            assert_eq!(all.store.get(path.imported).is_some(), is_judged, "{path:?}");
        }
        assert!(has_best || table.paths.get(entry.best).is_none(), "{entry:?}");
    }
    assert_eq!(table.paths.len(), total);
    for peer in 1..=PEERS {
        let held = all.peer_counts(peer, table.family);
        let counted = counts.get(&peer).copied().unwrap_or_default();
        assert_eq!((held.received, held.accepted), counted, "{peer} {:?}", table.family);
    }
}
