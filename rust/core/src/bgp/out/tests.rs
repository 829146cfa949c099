//! Whatever happens in whatever order: who fetches all ends with what the rules say of Loc-RIB.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{ExportRules, PrivateAs, Told};
use crate::addr::Ip;
use crate::bgp::attributes::{Draft, codes};
use crate::bgp::decision::Rules;
use crate::bgp::family::Family;
use crate::bgp::nets::{Net4, Net6, NetKey, Opaque};
use crate::bgp::paths::Path;
use crate::bgp::peer::{FamilySession, PeerId, PeerSettings, Relation, SessionOptions};
use crate::bgp::table::{FamilyRules, FamilyTable, Identity, Key, Table};
use crate::bgp::update::Parser;

const EVPN: Family = Family { afi: 25, safi: 70 };
const PEERS: PeerId = 5;
const NETS: u8 = 14;

/// What can happen.
#[derive(Clone, Copy, Debug)]
enum Step {
    Announce(PeerId, u8, u8),
    Withdraw(PeerId, u8),
    Originate(u8, u8),
    Retract(u8),
    Join(PeerId, u8),
    Leave(PeerId),
    Fetch(PeerId, usize),
    Again(PeerId, bool),
    Differently(PeerId, u8),
    Detach(PeerId),
    Unreachable(u8, bool),
    Trim,
}

fn step() -> impl Strategy<Value = Step> {
    let (peer, net, kind) = (1..=PEERS, 0..NETS, 0_u8..12);
    prop_oneof![
        8 => (peer.clone(), net.clone(), kind.clone()).prop_map(|(a, b, c)| Step::Announce(a, b, c)),
        4 => (peer.clone(), net.clone()).prop_map(|(a, b)| Step::Withdraw(a, b)),
        1 => (net.clone(), kind.clone()).prop_map(|(a, b)| Step::Originate(a, b)),
        1 => net.prop_map(Step::Retract),
        3 => (peer.clone(), kind.clone()).prop_map(|(a, b)| Step::Join(a, b)),
        1 => peer.clone().prop_map(Step::Leave),
        6 => (peer.clone(), 60_usize..9000).prop_map(|(a, b)| Step::Fetch(a, b)),
        2 => (peer.clone(), any::<bool>()).prop_map(|(a, b)| Step::Again(a, b)),
        2 => (peer.clone(), kind.clone()).prop_map(|(a, b)| Step::Differently(a, b)),
        1 => peer.prop_map(Step::Detach),
        1 => (kind, any::<bool>()).prop_map(|(a, b)| Step::Unreachable(a, b)),
        2 => Just(Step::Trim),
    ]
}

fn relation(peer: PeerId) -> Relation {
    match peer {
        1 | 2 => Relation::External,
        3 => Relation::Internal,
        4 => Relation::Client,
        _ => Relation::Confederation,
    }
}

fn asn(peer: PeerId) -> u32 {
    if relation(peer).is_internal() { 65_000 } else { 70_000 + u32::from(peer) }
}

/// One who is told, as far as it knows.
struct Receiver {
    options: SessionOptions,
    relation: Relation,
    hop: Vec<u8>,
    knows: BTreeMap<Vec<u8>, Vec<u8>>,
    stale: Option<BTreeSet<Vec<u8>>>,
    ends: usize,
}

impl Receiver {
    fn take(&mut self, mut octets: &[u8], family: Family, longest: usize) {
        while !octets.is_empty() {
            let length = usize::from(u16::from_be_bytes([octets[16], octets[17]]));
            assert!(octets[..16] == [0xff; 16] && length <= longest, "{length}");
            let (message, rest) = octets.split_at(length);
            octets = rest;
            match (message[18], &message[19..]) {
                (2, body) => self.update(body, family),
                (5, &[high, low, subtype, safi]) => {
                    assert_eq!(Family { afi: u16::from_be_bytes([high, low]), safi }, family);
                    assert_eq!(self.ends, 1, "RFC 7313 4: not before the End-of-RIB");
                    if subtype == 1 {
                        self.stale = Some(self.knows.keys().cloned().collect());
                    } else {
                        let gone = self.stale.take().expect("it began");
                        assert_eq!(subtype, 2);
                        self.knows.retain(|net, _| !gone.contains(net));
                    }
                }
                other => panic!("{other:?}"),
            }
        }
    }

    fn update(&mut self, body: &[u8], family: Family) {
        let mut parser = Parser::default();
        assert!(parser.read(body, &self.options, self.relation), "{:?}", parser.faults);
        assert!(parser.faults.is_empty(), "{:?}", parser.faults);
        if let Some(ended) = parser.end_of_rib(body) {
            assert_eq!(ended, family);
            self.ends += 1;
            return;
        }
        let octets = |nlri: crate::bgp::update::nlri::Nlri<'_>| -> Vec<Vec<u8>> {
            let has_ids = self.options.families.iter().any(|one| one.path_ids_in);
            let named = |id: u32| if has_ids { id.to_be_bytes().to_vec() } else { Vec::new() };
            nlri.each_opaque().map(|(id, one)| [&named(id), &one.0[..]].concat()).collect()
        };
        for one in parser.unreach(body, &self.options) {
            for net in octets(one.nlri) {
                self.knows.remove(&net);
            }
        }
        for one in parser.reach(body, &self.options).into_iter().flatten() {
            let bytes = parser.canonical(body, one.is_multi, 0).to_vec();
            for net in octets(one.nlri) {
                if let Some(stale) = &mut self.stale {
                    stale.remove(&net);
                }
                self.knows.insert(net, bytes.clone());
            }
        }
    }
}

struct World {
    family: Family,
    /// How many paths everybody is told; 0: one, without identifiers.
    paths: u8,
    table: Table,
    receivers: BTreeMap<PeerId, Receiver>,
}

impl World {
    fn new(family: Family, paths: u8) -> Self {
        let identity = Identity { asn: 65_000, router_id: 1, cluster_id: 1, ..Identity::default() };
        let mut table = Table::new(identity, Rules::default(), 7);
        for peer in 1..=PEERS {
            let settings = PeerSettings {
                relation: relation(peer),
                asn: asn(peer),
                local_asn: 65_000,
                prepends: 0,
                address: Ip::V4(peer.into()),
                router_id: peer.into(),
                role: None,
                checks_first_as: false,
            };
            table.set_peer(peer, settings, [(family.code(), FamilyRules::default())].into());
            table.open_session(peer, options(family, true, true, 65_535));
        }
        Self { family, paths, table, receivers: BTreeMap::new() }
    }

    fn key(&self, net: u8) -> Key {
        match self.family {
            Family::IPV4 => Key::V4(Net4::new(u32::from(net) << 16, 24)),
            Family::IPV6 => Key::V6(Net6::new(u128::from(net) << 100, 40)),
            _ => {
                let length = if net == 3 { 200 } else { 8 };
                Key::Opaque(Opaque([&[2, length][..], &vec![net; length.into()]].concat().into()))
            }
        }
    }

    fn nlri(&self, net: u8) -> Vec<u8> {
        let mut octets = Vec::new();
        match self.key(net) {
            Key::V4(key) => key.write(&mut octets),
            Key::V6(key) => key.write(&mut octets),
            Key::Opaque(key) => key.write(&mut octets),
        }
        octets
    }

    fn hop(&self, kind: u8) -> Vec<u8> {
        match self.family {
            Family::IPV4 if kind != 4 => vec![10, 9, 0, kind],
            _ => [&[0x20, 1, 0x0d, 0xb8][..], &[kind; 12]].concat(),
        }
    }

    /// Attributes of a kind, as they would stand in an UPDATE but for those of the next hop.
    fn attributes(&self, peer: PeerId, kind: u8) -> Draft<'static> {
        let mut draft = Draft::default();
        let known = codes::OPTIONAL | codes::TRANSITIVE;
        let mut path = Vec::new();
        if !relation(peer).is_internal() {
            path.extend([if peer == 5 { 3 } else { 2 }, 1]);
            path.extend(asn(peer).to_be_bytes());
        } else {
            draft.set(codes::TRANSITIVE, codes::LOCAL_PREF, vec![0, 0, 0, 100 + kind % 2]);
        }
        path.extend([2, 2, 0, 1, 0x11, kind, 0, 0, 0xfd, 0xe8 + kind % 3]);
        draft.set(codes::TRANSITIVE, codes::ORIGIN, vec![kind % 3]);
        draft.set(codes::TRANSITIVE, codes::AS_PATH, path);
        let communities = match kind {
            1 => 0xFFFF_FF01_u32,
            2 => 0xFFFF_FF02,
            3 => 0xFFFF_FF03,
            5 => 0xFFFF_0006,
            4 => 0xFFFF_029A,
            _ => 65_000 << 16 | u32::from(kind),
        };
        draft.set(known, codes::COMMUNITIES, communities.to_be_bytes().to_vec());
        match kind {
            6 => draft.set(codes::OPTIONAL, codes::MED, vec![0, 0, 0, kind]),
            7 => draft.set(known, codes::AGGREGATOR, vec![0, 1, 0x11, 0x70, 1, 2, 3, 4]),
            8 => draft.set(known, codes::LARGE_COMMUNITIES, vec![7; 12 * 336]),
            9 => draft.set(known, codes::LARGE_COMMUNITIES, vec![8; 12 * 322]),
            10 => draft.set(known | codes::PARTIAL, 99, vec![1, 2, 3]),
            _ => {}
        }
        draft
    }

    fn announce(&mut self, peer: PeerId, net: u8, kind: u8) {
        let (hop, nlri) = (self.hop(kind), self.nlri(net));
        let mut draft = self.attributes(peer, kind);
        let is_classic = self.family == Family::IPV4 && hop.len() == 4;
        if is_classic {
            draft.set(codes::TRANSITIVE, codes::NEXT_HOP, hop);
        } else {
            let mut value = self.family.afi.to_be_bytes().to_vec();
            value.extend([self.family.safi, hop.len() as u8]);
            value.extend(hop);
            value.push(0);
            value.extend(&nlri);
            draft.set(codes::OPTIONAL, codes::MP_REACH_NLRI, value);
        }
        let attributes = draft.bytes();
        let mut body = vec![0, 0];
        body.extend((attributes.len() as u16).to_be_bytes());
        body.extend(attributes);
        body.extend(if is_classic { nlri } else { Vec::new() });
        self.say(peer, &body);
    }

    fn withdraw(&mut self, peer: PeerId, net: u8) {
        let mut draft = Draft::default();
        let mut value = self.family.afi.to_be_bytes().to_vec();
        value.push(self.family.safi);
        value.extend(self.nlri(net));
        draft.set(codes::OPTIONAL, codes::MP_UNREACH_NLRI, value);
        let attributes = draft.bytes();
        let body = [&[0, 0], &(attributes.len() as u16).to_be_bytes()[..], &attributes].concat();
        self.say(peer, &body);
    }

    fn say(&mut self, peer: PeerId, body: &[u8]) {
        let mut message = vec![0xff; 16];
        message.extend((body.len() as u16 + 19).to_be_bytes());
        message.push(2);
        message.extend(body);
        let found = self.table.receive(peer, &message, 1, 10);
        assert!(found.reset.is_none() && found.faults.is_empty(), "{found:?}");
    }

    fn rules(&self, peer: PeerId, kind: u8) -> ExportRules {
        ExportRules {
            family: self.family,
            relation: relation(peer),
            local_asn: 65_000,
            behind_asn: if kind == 2 { 65_009 } else { 0 },
            asn: asn(peer),
            role: None,
            policy: if kind == 11 { -1 } else { 0 },
            own_only: false,
            next_hop_self: kind & 1 == 1,
            reflects_as_self: kind & 4 == 4,
            next_hop_unchanged: kind & 2 == 2,
            overrides_as: false,
            private_as: if kind == 6 { PrivateAs::RemovedAll } else { PrivateAs::Kept },
            sends_communities: kind != 7,
            aigp: false,
            takes_long_lived: kind == 8,
            default_preference: 100,
            // segments of a confederation cannot be told to those of two octets unchanged
            as4: kind != 9 || peer != 1,
            longest: if kind == 10 { 65_535 } else { 4096 },
            extended_next_hop: kind & 4 == 4,
            hop_length: 0,
            paths: self.paths,
            default_route: 0,
            advertisement: 0,
        }
    }

    fn own_hop(&self, peer: PeerId, kind: u8) -> Vec<u8> {
        let long = [&[0x20, 1][..], &[peer as u8; 14]].concat();
        match self.family {
            Family::IPV4 if kind != 5 => vec![10, 0, 0, peer as u8],
            Family::IPV6 if kind == 3 => [&long[..], &[0xfe, 0x80], &[peer as u8; 14]].concat(),
            _ => long,
        }
    }

    fn join(&mut self, peer: PeerId, kind: u8) {
        let (rules, hop) = (self.rules(peer, kind), self.own_hop(peer, kind));
        let relation = match rules.relation {
            Relation::Client => Relation::Internal,
            other => other,
        };
        let receiver = Receiver {
            options: with_ids(options(self.family, rules.as4, true, rules.longest), self.paths),
            relation,
            hop: hop.clone(),
            knows: BTreeMap::new(),
            stale: None,
            ends: 0,
        };
        self.table.tell(peer, rules, hop);
        self.receivers.insert(peer, receiver);
    }

    fn fetch(&mut self, peer: PeerId, room: usize) -> bool {
        let octets = self.table.outgoing(peer, room, 1);
        assert!(octets.len() <= room);
        if let Some(receiver) = self.receivers.get_mut(&peer) {
            let group = self.table.groups.iter().find(|one| one.peers().any(|one| one == peer));
            let longest = group.map_or(0, |one| one.rules.longest.into());
            receiver.take(&octets, self.family, longest);
        } else {
            assert!(octets.is_empty());
        }
        !octets.is_empty()
    }

    fn detach(&mut self, peer: PeerId) {
        let at = self.table.groups.iter().position(|one| one.peers().any(|one| one == peer));
        if let Some(at) = at {
            self.table.detach(at, peer);
        }
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Announce(peer, net, kind) => self.announce(peer, net, kind),
            Step::Withdraw(peer, net) => self.withdraw(peer, net),
            Step::Originate(net, kind) => {
                let mut draft = self.attributes(3, kind);
                draft.set(codes::TRANSITIVE, codes::NEXT_HOP, vec![]);
                let bytes = draft.bytes();
                self.table.originate(self.family, vec![self.key(net)], &bytes, 0, 1);
            }
            Step::Retract(net) => self.table.retract(self.family, vec![self.key(net)], 0),
            Step::Join(peer, kind) => self.join(peer, kind),
            Step::Leave(peer) => {
                self.table.tell_no_more(peer, None);
                self.receivers.remove(&peer);
            }
            Step::Fetch(peer, room) => drop(self.fetch(peer, room)),
            Step::Again(peer, is_marked) => self.table.tell_again(peer, self.family, is_marked),
            Step::Differently(peer, kind) if self.receivers.contains_key(&peer) => {
                let group = self.table.groups.iter().find(|one| one.peers().any(|one| one == peer));
                let held = group.expect("it is told").rules.clone();
                let (as4, longest) = (held.as4, held.longest);
                let rules = ExportRules { as4, longest, ..self.rules(peer, kind) };
                self.table.tell_differently(peer, rules);
            }
            Step::Differently(..) => {}
            Step::Detach(peer) => self.detach(peer),
            Step::Unreachable(kind, is_reached) => {
                self.table.set_next_hop(&self.hop(kind), is_reached.then_some(1));
            }
            Step::Trim => drop(self.table.trim()),
        }
        let (came, _) = self.table.store.next_hops.take_news();
        for hop in came {
            self.table.set_next_hop(&hop, Some(0));
        }
        while self.table.work(100) {}
        self.table.decide();
    }

    /// What a neighbour should know, worked out anew.
    fn wanted(&mut self, peer: PeerId) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let group = self.table.groups.iter().find(|one| one.peers().any(|one| one == peer));
        let rules = group.expect("it is told").rules.clone();
        let (mut wanted, mut counts) = (BTreeMap::new(), BTreeMap::new());
        for (net, id, told) in (0..NETS).flat_map(|net| self.chosen(net)).collect::<Vec<_>>() {
            let context = self.table.parts().context;
            let source = &context.standings[usize::from(told.source)];
            let set = context.store.get(told.set).expect("it is held");
            let may = rules.admit(told, set, source).and_then(|()| rules.fits(told, &context));
            if may.is_err() {
                continue;
            }
            let nlri = [id.as_slice(), &self.nlri(net)].concat();
            let context = self.table.parts().context;
            let Some(mut bytes) = rules.written(told, &context) else { continue };
            if !rules.packer().leaves_room(&bytes, nlri.len()) {
                assert_eq!(self.family, EVPN, "told of by `fits`");
                continue;
            }
            let count = counts.entry(net).or_insert(0);
            *count += 1;
            if *count > self.paths.max(1) || told.source == peer {
                continue; // one of its own has a place too
            }
            let hop = &self.receivers[&peer].hop;
            super::export::put_next_hop(&mut bytes, hop);
            let mut draft = Draft::of(&bytes);
            if hop.len() == 32 && draft.value(codes::NEXT_HOP) == Some(hop) {
                draft.set(codes::TRANSITIVE, codes::NEXT_HOP, [&hop[..], &[0; 4]].concat());
            }
            wanted.insert(nlri, draft.bytes());
        }
        wanted
    }

    /// The paths to a prefix that may be told, the best first, each with its identifier as octets.
    fn chosen(&self, net: u8) -> Vec<(u8, Vec<u8>, Told)> {
        if self.paths == 0 {
            return self.best(net).map(|told| (net, Vec::new(), told)).into_iter().collect();
        }
        fn of<K: NetKey>(world: &World, table: &FamilyTable<K>, key: &K) -> Vec<(u32, Told)> {
            let Some(net) = table.nets.find(key) else { return Vec::new() };
            let ranked = table.ranked(net, usize::MAX, &world.table.grounds());
            let best = table.nets.get(net).map(|entry| entry.best);
            assert_eq!(ranked.first().copied(), best.filter(|&best| best < u32::MAX - 1));
            let told = |at: u32| table.paths.get(at).map(|path| (at + 1, world.told_of(path)));
            ranked.into_iter().filter_map(told).collect()
        }
        let found = match self.key(net) {
            Key::V4(key) => of(self, &self.table.v4, &key),
            Key::V6(key) => of(self, &self.table.v6, &key),
            Key::Opaque(key) => {
                let table = self.table.others.get(&self.family.code());
                table.map(|table| of(self, table, &key)).unwrap_or_default()
            }
        };
        found.into_iter().map(|(id, told)| (net, id.to_be_bytes().to_vec(), told)).collect()
    }

    fn told_of(&self, path: &Path) -> Told {
        Told::of(path, &self.table.standings[usize::from(path.peer)])
    }

    fn best(&self, net: u8) -> Option<Told> {
        fn of<K: NetKey>(world: &World, table: &FamilyTable<K>, key: &K) -> Option<Told> {
            table.best(table.nets.find(key)?).map(|path| world.told_of(path))
        }
        match self.key(net) {
            Key::V4(key) => of(self, &self.table.v4, &key),
            Key::V6(key) => of(self, &self.table.v6, &key),
            Key::Opaque(key) => of(self, self.table.others.get(&self.family.code())?, &key),
        }
    }

    fn check(&mut self) {
        for peer in self.receivers.keys().copied().collect::<Vec<_>>() {
            while self.fetch(peer, 70_000) {}
            let wanted = self.wanted(peer);
            let receiver = &self.receivers[&peer];
            assert_eq!(receiver.knows, wanted, "neighbour {peer}");
            assert_eq!(receiver.ends, 1, "RFC 4724 2: once");
            assert_eq!(receiver.stale, None, "a refresh that began ended");
            for net in (0..NETS).filter(|_| self.paths == 0) {
                let told = self.table.told(peer, self.family, &self.key(net)).expect("it is told");
                let known = wanted.get(&self.nlri(net)).map(|bytes| Attributed::of(bytes));
                assert_eq!(told.ok().map(|bytes| Attributed::of(&bytes)), known);
            }
        }
    }
}

/// Bytes without what only a link has of a next hop.
#[derive(Debug, PartialEq)]
struct Attributed(Vec<u8>);

impl Attributed {
    fn of(bytes: &[u8]) -> Self {
        let mut draft = Draft::of(bytes);
        let hop = draft.value(codes::NEXT_HOP).unwrap_or_default().to_vec();
        if hop.len() == 36 {
            draft.set(codes::TRANSITIVE, codes::NEXT_HOP, hop[..32].to_vec());
        }
        Self(draft.bytes())
    }
}

fn options(family: Family, as4: bool, extended: bool, longest: u16) -> SessionOptions {
    let family = FamilySession {
        family,
        path_ids_in: false,
        path_ids_out: false,
        extended_next_hop: extended,
        local_next_hop: vec![],
    };
    let (longest_out, longest_in) = (longest, longest);
    SessionOptions { as4, longest_out, longest_in, families: vec![family], scope: 0 }
}

fn with_ids(options: SessionOptions, paths: u8) -> SessionOptions {
    let of = |one: &FamilySession| FamilySession { path_ids_in: paths > 0, ..one.clone() };
    SessionOptions { families: options.families.iter().map(of).collect(), ..options }
}

fn run(family: Family, paths: u8, steps: &[Step]) {
    let mut world = World::new(family, paths);
    for &step in steps {
        world.step(step);
    }
    world.check();
    // nothing is held any more when all have gone
    for peer in 1..=PEERS {
        world.table.tell_no_more(peer, None);
        world.table.close_session(peer, &[]);
    }
    (0..NETS).for_each(|net| world.table.retract(family, vec![world.key(net)], 0));
    while world.table.work(100) {}
    world.table.decide();
    world.table.trim();
    world.table.trim();
    assert!(world.table.groups.is_empty());
    assert_eq!((world.table.store.len(), world.table.family_counts(family)), (0, (0, 0)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn who_fetches_all_knows_what_the_rules_say_of_ipv4(
        steps in prop::collection::vec(step(), 0..120),
    ) {
        run(Family::IPV4, 0, &steps);
    }

    #[test]
    fn who_fetches_all_knows_what_the_rules_say_of_ipv6(
        steps in prop::collection::vec(step(), 0..120),
    ) {
        run(Family::IPV6, 0, &steps);
    }

    #[test]
    fn who_is_told_several_paths_knows_the_best_of_them_by_their_identifiers(
        steps in prop::collection::vec(step(), 0..120),
        paths in 1_u8..4,
        family in prop::sample::select(vec![Family::IPV4, Family::IPV6, EVPN]),
    ) {
        run(family, paths, &steps);
    }

    #[test]
    fn who_fetches_all_knows_what_the_rules_say_of_families_that_are_carried(
        steps in prop::collection::vec(step(), 0..120),
    ) {
        run(EVPN, 0, &steps);
    }
}
