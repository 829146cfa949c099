//! Whatever neighbours send in whatever pieces, whenever their sessions end and by whatever rules
//! they are told: each one's counts are those of its paths, the best path of a prefix is one of its
//! own that may be used, who has fetched all knows what it is told (`bgp_told`), and when all have
//! gone nothing is left of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use fingerpost_core::addr::{Ip, Net};
use fingerpost_core::bgp::attributes::{Draft, codes};
use fingerpost_core::bgp::damping::Terms;
use fingerpost_core::bgp::decision::Rules;
use fingerpost_core::bgp::family::Family;
use fingerpost_core::bgp::nets::{Net4, Net6, NetKey, Opaque};
use fingerpost_core::bgp::paths::flags;
use fingerpost_core::bgp::peer::{PeerId, PeerSettings};
use fingerpost_core::bgp::policy::{
    self, Ask, Change, Number, Outcome, PrefixEntry, PrefixList, Program, Sort, Statement, Term,
};
use fingerpost_core::bgp::table::{
    Action, FamilyRules, FamilyTable, Identity, Key, Surroundings, Table,
};

use super::bgp_station::{self, Station};
use super::bgp_told::{self, DEFAULT, Listener};
use super::bgp_update::{relation, session};

const PEERS: PeerId = 4;
const US: u32 = 65_000;

/// Steps of three bytes: what, who, how much; then what it names.
pub fn check(data: &[u8]) {
    let mut lab = Lab::new();
    let mut rest = data;
    while let Some((&[what, who, much], more)) = rest.split_first_chunk::<3>() {
        rest = lab.step(what, who, much, more);
        lab.follow_next_hops();
        lab.table.decide();
        lab.station.read(&mut lab.table, usize::from(much) * 16);
        lab.look();
    }
    lab.end();
}

struct Lab {
    table: Table,
    now: u64,
    listeners: BTreeMap<PeerId, Listener>,
    /// What we ever said ourselves.
    said: Vec<(Family, Vec<Key>)>,
    station: Station,
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
        let mut table = Table::new(identity, rules(), 1);
        for peer in 1..=PEERS {
            table.set_peer(peer, settings(peer, 0), families(peer, 0));
            table.open_session(peer, session(peer as u8 - 1));
        }
        bgp_station::watch(&mut table, 1..=PEERS);
        (1..).zip(programs()).for_each(|(number, program)| table.policies.set(number, program));
        Self {
            table,
            now: 0,
            listeners: BTreeMap::new(),
            said: Vec::new(),
            station: Station::default(),
        }
    }

    fn step<'a>(&mut self, what: u8, who: u8, much: u8, rest: &'a [u8]) -> &'a [u8] {
        let peer = PeerId::from(who) % PEERS + 1;
        let family = if who & 0x80 == 0 { Family::IPV4 } else { Family::IPV6 };
        if what >= 0xd0 {
            self.wait_or_move(what, much);
            return rest;
        }
        if what >= 0xa0 {
            let (&bits, rest) = rest.split_first_chunk::<2>().unwrap_or((&[0, 0], rest));
            self.tell(what % 8, who, much, bits);
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
                let short = (who & 4 == 0).then_some(u32::from(much) + u32::from(who >> 3));
                table.set_next_hop(&hop, short);
                table.sweep(family, None, Action::Refeed);
            }
            _ => {
                table.work(usize::from(much));
                table.decide();
                table.trim();
                bgp_station::walk(table, peer, u32::from(who));
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

    /// Something about what a neighbour is told.
    fn tell(&mut self, what: u8, who: u8, much: u8, bits: [u8; 2]) {
        let Self { table, now, listeners, said, .. } = self;
        let peer = PeerId::from(who) % PEERS + 1;
        let family = bgp_told::family(who >> 2);
        // of the same relation they are a group
        let place = if much & 4 == 0 { much } else { who % PEERS as u8 };
        let listener =
            listeners.entry(peer).or_insert_with(|| Listener::new(peer, relation(place)));
        match what {
            0 => listener.join(table, peer, family, bits),
            1 => listener.differ(table, peer, family, bits),
            2 if much & 1 == 0 => listener.leave(table, peer, family),
            2 => table.tell_again(peer, family, much & 2 != 0),
            3 => drop(listener.fetch(table, peer, 100 + usize::from(much) * 40, *now)),
            4 => {
                let key = |net: u8| match family {
                    Family::IPV4 => Key::V4(Net4::new(u32::from(net) << 20, net % 33)),
                    Family::IPV6 => Key::V6(Net6::new(u128::from(net) << 100, net % 65)),
                    Family { safi: 70, .. } => {
                        Key::Opaque(Opaque([&[2, 9][..], &[net; 9]].concat().into()))
                    }
                    _ => Key::Opaque(Opaque([&[112][..], &[net; 14]].concat().into())),
                };
                let keys: Vec<_> = bits.map(key).into();
                if much & 3 == 0 {
                    table.retract(family, keys, 0);
                } else {
                    said.push((family, keys.clone()));
                    table.originate(family, keys, &own(much), 0, *now);
                }
            }
            5 => {
                table.set_peer(peer, settings(peer, much & 1), families(peer, bits[0]));
                table.sweep(family, Some(peer), Action::Refeed);
            }
            6 if much & 1 == 0 => {
                let default_local_preference = 100 + u32::from(much & 2);
                let always_compares_med = much & 4 != 0;
                let rules = Rules { default_local_preference, always_compares_med, ..rules() };
                table.set_rules(rules);
            }
            6 => {
                let net = Net::new(Ip::V4(u32::from(bits[0]) << 24), bits[1] % 33);
                table.set_summaries(net.into_iter().filter(|_| much & 2 == 0).collect());
            }
            _ if much & 1 == 0 => {
                let attributes = own(bits[0]);
                let given = (much & 2 == 0).then_some(&attributes[..]);
                table.give(family, given, DEFAULT, *now);
            }
            _ => self.settle(),
        }
    }

    /// Everybody fetches all, and knows what it is told then.
    fn settle(&mut self) {
        let Self { table, now, listeners, .. } = self;
        loop {
            while table.work(usize::MAX) {}
            table.decide();
            let mut is_news = false;
            for (&peer, listener) in listeners.iter_mut() {
                for _ in 0..10_000 {
                    if !listener.fetch(table, peer, 66_000, *now) {
                        break;
                    }
                    is_news = true;
                }
            }
            match table.told_deadline() {
                Some(due) if due > *now => *now = due,
                _ if !is_news => break,
                _ => {}
            }
        }
        listeners.iter().for_each(|(&peer, listener)| listener.look(table, peer));
    }

    /// Most next hops can be reached, as soon as they are asked for.
    fn follow_next_hops(&mut self) {
        let (came, _) = self.table.store.next_hops.take_news();
        for hop in came {
            let last = hop.last().copied().unwrap_or(0);
            self.table.set_next_hop(&hop, (last & 0xf != 0xf).then_some(last.into()));
        }
    }

    fn restart(&mut self, peer: PeerId, keep: &[Family]) {
        self.table.tell_no_more(peer, None);
        self.listeners.remove(&peer);
        self.table.close_session(peer, keep);
        self.table.open_session(peer, session(peer as u8 - 1));
    }

    fn look(&self) {
        look(&self.table, &self.table.v4);
        look(&self.table, &self.table.v6);
        self.table.others.values().for_each(|table| look(&self.table, table));
    }

    fn end(mut self) {
        self.settle();
        self.look();
        for peer in 1..=PEERS {
            self.table.tell_no_more(peer, None);
            self.table.remove_peer(peer);
        }
        assert_eq!(self.table.groups().count(), 0);
        for family in self.table.families().collect::<Vec<_>>() {
            self.table.give(family, None, DEFAULT, self.now);
        }
        for (family, keys) in std::mem::take(&mut self.said) {
            self.table.retract(family, keys, 0);
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

fn rules() -> Rules {
    Rules { multipath_external: 2, multipath_relaxed: true, ..Rules::default() }
}

/// Canonical bytes of a route of ours; no next hop: that is ourselves.
fn own(bits: u8) -> Vec<u8> {
    let mut draft = Draft::default();
    draft.set(codes::TRANSITIVE, codes::ORIGIN, vec![bits >> 6 & 1]);
    draft.set(codes::TRANSITIVE, codes::AS_PATH, vec![]);
    draft.set(codes::TRANSITIVE, codes::NEXT_HOP, vec![]);
    if bits & 4 != 0 {
        draft.set(codes::OPTIONAL, codes::MED, vec![0, 0, 0, bits]);
    }
    if bits & 8 != 0 {
        let known = codes::OPTIONAL | codes::TRANSITIVE;
        draft.set(known, codes::COMMUNITIES, vec![0xff, 0xff, 0xff, bits >> 4]);
    }
    draft.bytes()
}

/// Policies by their numbers, from 1 on: of attributes, of prefixes, of metrics, and of room.
fn programs() -> [Program; 6] {
    let ten = PrefixEntry {
        net: Net::new(Ip::V4(0x0a00_0000), 8).expect("it is a prefix"),
        least: 8,
        most: 24,
        permits: true,
    };
    let many: Vec<u8> = (0..3000_u32).flat_map(u32::to_be_bytes).collect();
    let of = |terms, asks, actions, outcome| {
        Program::new(vec![Statement { place: 0, terms, asks, actions, outcome }], true, 1)
    };
    let (none, no_asks) = (Vec::new, Vec::new);
    [
        of(vec![Term::Origin(1)], no_asks(), vec![], Outcome::Reject),
        of(none(), vec![Ask::Prefix(Arc::new(PrefixList::new(&[ten])))], vec![], Outcome::Reject),
        of(
            none(),
            no_asks(),
            vec![policy::Action::Number(Number::Med, Change::ToMetric)],
            Outcome::Accept,
        ),
        of(
            vec![Term::Origin(3)],
            vec![Ask::Source(1)],
            vec![
                policy::Action::Prepend(vec![70_000; 3]),
                policy::Action::Number(Number::LocalPreference, Change::By(5, 100)),
                policy::Action::NextHop(vec![10, 0, 0, 77]),
            ],
            Outcome::Continue,
        ),
        of(
            vec![Term::PathLength(vec![(2, 5)])],
            no_asks(),
            vec![policy::Action::Add(Sort::Standard, many)],
            Outcome::Accept,
        ),
        of(
            none(),
            vec![Ask::Length(vec![(9, 20)])],
            vec![
                policy::Action::NextHopStays,
                policy::Action::RemoveAll,
                policy::Action::Origin(2),
            ],
            Outcome::Accept,
        ),
    ]
}

fn settings(peer: PeerId, more: u8) -> PeerSettings {
    PeerSettings {
        relation: relation(peer as u8 - 1),
        asn: US + u32::from(peer),
        local_asn: US,
        prepends: 0,
        address: Ip::V4(u32::from(peer)),
        router_id: u32::from(peer) + u32::from(more) * 4,
        role: None,
        checks_first_as: false,
    }
}

fn families(peer: PeerId, bits: u8) -> BTreeMap<u32, FamilyRules> {
    let rules = FamilyRules {
        blocks_above: 40,
        damping: peer.is_multiple_of(2).then(|| Terms::new(7, 60, 2_500, 700)),
        is_direct: peer == 1,
        import_policy: i32::from(bits & 7) % 7,
        ..FamilyRules::default()
    };
    let codes = session(peer as u8 - 1).families.into_iter().map(|one| one.family.code());
    codes.map(|code| (code, rules.clone())).collect()
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
            let is_given = path.peer == 0 && path.path_id == DEFAULT;
            let is_judged = path.flags & flags::REFUSED & !flags::DAMPED == 0 && !is_given;
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
