//! Neighbours that are told: every message is whole, as short as agreed and without a fault, and who
//! has fetched all knows what the table says that it is told, prefix by prefix.

use std::collections::{BTreeMap, BTreeSet};

use fingerpost_core::bgp::attributes::{Draft, codes};
use fingerpost_core::bgp::family::Family;
use fingerpost_core::bgp::nets::{Entry, NetKey, Opaque};
use fingerpost_core::bgp::out::{ExportRules, PrivateAs};
use fingerpost_core::bgp::peer::{FamilySession, PeerId, Relation, Role, SessionOptions};
use fingerpost_core::bgp::table::{FamilyTable, Key, Table};
use fingerpost_core::bgp::update::Parser;
use fingerpost_core::bgp::update::nlri::Nlri;

/// What the default is said by, where it is told in place of the best path.
pub const DEFAULT: u32 = 7;
const TOLD: [Family; 4] =
    [Family::IPV4, Family::IPV6, Family { afi: 25, safi: 70 }, Family { afi: 1, safi: 128 }];
const ROLES: [Option<Role>; 4] =
    [None, Some(Role::Provider), Some(Role::Customer), Some(Role::RouteServer)];

/// A family to tell, by two bits.
pub fn family(bits: u8) -> Family {
    TOLD[usize::from(bits & 3)]
}

/// A route by its identifier and its name.
type Name = (u32, Vec<u8>);

/// One who is told, as far as it knows.
pub struct Listener {
    relation: Relation,
    as4: bool,
    longest: u16,
    families: BTreeMap<u32, Heard>,
}

/// What was heard of a family.
struct Heard {
    paths: u8,
    extended: bool,
    advertisement: u64,
    /// Routes as they stood in messages, and their canonical bytes.
    knows: BTreeMap<Name, (Vec<u8>, Vec<u8>)>,
    stale: Option<BTreeSet<Name>>,
    ends: usize,
}

impl Listener {
    /// A neighbour that was told nothing yet.
    pub fn new(peer: PeerId, relation: Relation) -> Self {
        let (as4, longest) = (peer != 1, if peer == 1 { 65_535 } else { 4096 });
        Self { relation, as4, longest, families: BTreeMap::new() }
    }

    /// Tell it a family from now on, by rules that bits choose.
    pub fn join(&mut self, table: &mut Table, peer: PeerId, family: Family, bits: [u8; 2]) {
        let heard = Heard {
            paths: if bits[0] & 0x0c == 0x0c { 2 } else { 0 },
            extended: bits[1] & 0x40 != 0,
            advertisement: if bits[1] & 0x80 != 0 { 5_000_000_000 } else { 0 },
            knows: BTreeMap::new(),
            stale: None,
            ends: 0,
        };
        let long = [&[0x20, 1][..], &[peer as u8; 14]].concat();
        let hop = match family {
            Family::IPV4 if !heard.extended => vec![10, 0, 1, peer as u8],
            Family::IPV6 if heard.extended => [&long[..], &[0xfe, 0x80], &[1; 14]].concat(),
            _ => long,
        };
        self.families.insert(family.code(), heard);
        let rules = self.rules(family, bits);
        table.tell(peer, rules, hop);
    }

    /// Tell it a family by other rules, if it is told it.
    pub fn differ(&mut self, table: &mut Table, peer: PeerId, family: Family, bits: [u8; 2]) {
        if self.families.contains_key(&family.code()) {
            let rules = self.rules(family, bits);
            table.tell_differently(peer, rules);
        }
    }

    fn rules(&mut self, family: Family, [first, second]: [u8; 2]) -> ExportRules {
        let Self { relation, as4, longest, .. } = *self;
        let is = |bit: u8| second & bit != 0;
        let heard = self.heard(family);
        ExportRules {
            family,
            relation,
            local_asn: 65_000,
            behind_asn: if is(1) { 65_009 } else { 0 },
            asn: if is(2) { 7 } else { 0 },
            role: ROLES[usize::from(first >> 6)],
            policy: i32::from(first & 7) - 1,
            own_only: first & 0x38 == 0x38,
            next_hop_self: is(4),
            reflects_as_self: is(0x40),
            next_hop_unchanged: is(8),
            overrides_as: is(2),
            private_as: match first & 0x30 {
                0 => PrivateAs::Kept,
                0x10 => PrivateAs::Removed,
                0x20 => PrivateAs::RemovedAll,
                _ => PrivateAs::Replaced,
            },
            sends_communities: !is(0x10),
            aigp: is(0x20),
            takes_long_lived: first & 8 != 0,
            default_preference: 0,
            as4,
            longest,
            extended_next_hop: heard.extended,
            hop_length: 0,
            paths: heard.paths,
            default_route: if is(0x20) { DEFAULT } else { 0 },
            advertisement: heard.advertisement,
        }
    }

    /// Tell it a family no more.
    pub fn leave(&mut self, table: &mut Table, peer: PeerId, family: Family) {
        table.tell_no_more(peer, Some(family));
        self.families.remove(&family.code());
    }

    /// Fetch up to so many octets; false if there are none.
    pub fn fetch(&mut self, table: &mut Table, peer: PeerId, room: usize, now: u64) -> bool {
        let octets = table.outgoing(peer, room, now);
        assert!(octets.len() <= room);
        let mut rest = &octets[..];
        while !rest.is_empty() {
            let length = usize::from(u16::from_be_bytes([rest[16], rest[17]]));
            assert!(rest[..16] == [0xff; 16] && (19..=usize::from(self.longest)).contains(&length));
            let (message, after) = rest.split_at(length);
            rest = after;
            match (message[18], &message[19..]) {
                (2, body) => self.update(body),
                (5, &[high, low, subtype, safi]) => {
                    self.mark(Family { afi: u16::from_be_bytes([high, low]), safi }, subtype);
                }
                other => panic!("{other:?}"),
            }
        }
        !octets.is_empty()
    }

    fn heard(&mut self, family: Family) -> &mut Heard {
        self.families.get_mut(&family.code()).expect("it is told this family")
    }

    /// All is told again from here on, or has been (RFC 7313 4).
    fn mark(&mut self, family: Family, subtype: u8) {
        let heard = self.heard(family);
        assert_eq!(heard.ends, 1, "RFC 7313 4: not before the End-of-RIB");
        if subtype == 1 {
            heard.stale = Some(heard.knows.keys().cloned().collect());
            return;
        }
        assert_eq!(subtype, 2);
        let gone = heard.stale.take().expect("it began");
        heard.knows.retain(|name, _| !gone.contains(name));
    }

    fn options(&self) -> SessionOptions {
        let family = |(&code, heard): (&u32, &Heard)| FamilySession {
            family: Family::of(code),
            path_ids_in: heard.paths > 0,
            path_ids_out: false,
            extended_next_hop: heard.extended,
            local_next_hop: vec![],
        };
        SessionOptions {
            as4: self.as4,
            longest_out: 4096,
            longest_in: self.longest,
            families: self.families.iter().map(family).collect(),
            scope: 0,
        }
    }

    fn update(&mut self, body: &[u8]) {
        let session = self.options();
        let relation = match self.relation {
            Relation::Client => Relation::Internal,
            other => other,
        };
        let mut parser = Parser::default();
        let is_whole = parser.read(body, &session, relation);
        assert!(is_whole && parser.faults.is_empty(), "{:?} in {body:02x?}", parser.faults);
        if let Some(ended) = parser.end_of_rib(body) {
            self.heard(ended).ends += 1;
            return;
        }
        for one in parser.unreach(body, &session) {
            for (name, _) in each(one.nlri) {
                self.heard(one.nlri.family).knows.remove(&name);
            }
        }
        for one in parser.reach(body, &session).into_iter().flatten() {
            let bytes = comparable(parser.canonical(body, one.is_multi, 0)).1;
            let heard = self.heard(one.nlri.family);
            for (name, octets) in each(one.nlri) {
                if let Some(stale) = &mut heard.stale {
                    stale.remove(&name);
                }
                heard.knows.insert(name, (octets, bytes.clone()));
            }
        }
    }

    /// Everything has been fetched: what it knows is what it is told.
    pub fn look(&self, table: &mut Table, peer: PeerId) {
        for (&code, heard) in &self.families {
            let family = Family::of(code);
            assert_eq!(heard.ends, 1, "{peer} {family:?}: RFC 4724 2, once");
            assert_eq!(heard.stale, None, "{peer} {family:?}: a refresh that began has ended");
            assert_eq!(table.told_counts(peer, family).1, 0, "{peer} {family:?}");
            let places = match family {
                Family::IPV4 => places(&table.v4, Key::V4),
                Family::IPV6 => places(&table.v6, Key::V6),
                _ => places(table.others.get(&code).expect("it is told"), Key::Opaque),
            };
            let mut wanted = BTreeMap::new();
            for (key, name) in places {
                let each = table.told_each(peer, family, &key).expect("it is told the family");
                for one in each {
                    let Ok(bytes) = one.said else { continue };
                    let (rest, bytes) = comparable(&bytes);
                    let mut octets = Vec::new();
                    Opaque(name.clone().into()).write_with(family, &rest, &mut octets);
                    wanted.insert((one.id, name.clone()), (octets, bytes));
                }
            }
            assert_eq!(heard.knows, wanted, "{peer} {family:?}");
        }
    }
}

/// Keys and names of all that the table has of a family.
fn places<K: NetKey>(table: &FamilyTable<K>, key: fn(K) -> Key) -> Vec<(Key, Vec<u8>)> {
    let place = |(_, entry): (u32, &Entry<K>)| {
        let mut name = Vec::new();
        entry.key.write(&mut name);
        (key(entry.key.clone()), name)
    };
    table.nets.iter().map(place).collect()
}

/// Routes of NLRI: identifier and name, and the octets as far as they mean something.
fn each(nlri: Nlri<'_>) -> impl Iterator<Item = (Name, Vec<u8>)> {
    nlri.each_parted().map(move |(id, (key, rest))| {
        let mut octets = Vec::new();
        key.write_with(nlri.family, &rest, &mut octets);
        ((id, key.0.to_vec()), octets)
    })
}

/// Canonical bytes without what goes with a route and what only a link has of a next hop; the
/// former before it.
fn comparable(bytes: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut draft = Draft::of(bytes);
    let rest = draft.value(codes::MP_REACH_NLRI).unwrap_or_default().to_vec();
    draft.remove(codes::MP_REACH_NLRI);
    let hop = draft.value(codes::NEXT_HOP).unwrap_or_default().to_vec();
    if hop.len() == 36 {
        draft.set(codes::TRANSITIVE, codes::NEXT_HOP, hop[..32].to_vec());
    }
    (rest, draft.bytes())
}
