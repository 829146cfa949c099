//! `Table`: all that one instance of BGP knows, of all families and neighbours.
//!
//! A call does what it is asked and leaves the rest: paths change at once, `decide` finds the best
//! of all that changed, readers of the journals follow when they want. What concerns a whole table
//! (a session that ended, a policy that changed) is a `Sweep`, done in slices by `work`, so that no
//! call takes long.

mod changes;
mod family;
mod flapping;
mod import;
mod inspect;
mod peers;
mod pending;
mod receive;
mod surroundings;
mod sweep;
mod telling;
#[cfg(test)]
mod tests;
mod validated;
mod walk;
mod watching;

use std::collections::{BTreeMap, VecDeque};

pub use changes::{RouteGroup, RouteNews};
pub use family::{FamilyTable, Grounds, Outcome, Said, Standing};
pub use flapping::Flapping;
pub use import::Checks;
pub use inspect::{Key, PathView};
pub use peers::{FamilyCounts, FamilyRules, Peer};
pub use receive::{Fault, Message, Received};
pub use surroundings::Surroundings;
pub use sweep::{Action, Sweep};
pub use walk::{PathFilter, PathRow, State, Walk};
pub use watching::{Named, Seen, SeenAll};

use super::attributes::{SetId, Store, with_rest};
use super::decision::Rules;
use super::family::Family;
use super::journal::Reader;
use super::keyed::Keyed;
use super::nets::{Net4, Net6, Opaque};
use super::out::Group;
use super::peer::{PeerId, Relation};
use super::policy::Policies;
use super::records::Mirror;
use super::update::Parser;
use super::validation::Rpki;
use crate::addr::{Ip, Net};

/// Who we are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Our AS; inside a confederation that of our member.
    pub asn: u32,
    /// Our BGP identifier.
    pub router_id: u32,
    /// Our cluster (RFC 4456 7).
    pub cluster_id: u32,
    /// The AS of our confederation; 0 without.
    pub confederation: u32,
    /// Paths with an AS_SET are taken (against RFC 9774).
    pub takes_sets: bool,
}

/// The tables of one instance.
#[derive(Debug)]
pub struct Table {
    /// Who we are.
    pub identity: Identity,
    /// What is left to choice.
    pub rules: Rules,
    /// Every set of attributes.
    pub store: Store,
    /// IPv4 unicast.
    pub v4: FamilyTable<Net4>,
    /// IPv6 unicast.
    pub v6: FamilyTable<Net6>,
    /// Families that are carried only, by their codes.
    pub others: BTreeMap<u32, FamilyTable<Opaque>>,
    peers: Vec<Option<Peer>>,
    surroundings: Surroundings,
    pub(crate) summaries: Vec<Net>,
    pub(crate) standings: Vec<Standing>,
    sweeps: VecDeque<Sweep>,
    pub(crate) groups: Vec<Group>,
    /// The policies that neighbours are judged by.
    pub policies: Policies,
    pub(crate) rpki: Rpki,
    parser: Parser,
    /// The messages of sessions, for whoever records them.
    pub mirror: Mirror,
    keyed: Keyed,
    begun: Option<u64>,
}

/// Do something with the table of a family, whichever type it has; what is not held does nothing.
macro_rules! with_family {
    ($self:ident, $family:expr, $table:ident => $done:expr) => {
        match $family {
            $crate::bgp::family::Family::IPV4 => {
                let $table = &mut $self.v4;
                Some($done)
            }
            $crate::bgp::family::Family::IPV6 => {
                let $table = &mut $self.v6;
                Some($done)
            }
            other => match $self.others.get_mut(&other.code()) {
                Some($table) => Some($done),
                None => None,
            },
        }
    };
}
pub(crate) use with_family;

/// Look at the table of a family, whichever type it has; what is not held gives nothing.
macro_rules! with_table {
    ($self:ident, $family:expr, $table:ident => $done:expr) => {
        match $family {
            $crate::bgp::family::Family::IPV4 => {
                let $table = &$self.v4;
                Some($done)
            }
            $crate::bgp::family::Family::IPV6 => {
                let $table = &$self.v6;
                Some($done)
            }
            other => match $self.others.get(&other.code()) {
                Some($table) => Some($done),
                None => None,
            },
        }
    };
}
pub(crate) use with_table;

impl Table {
    /// Without neighbours; `key` as of `Keyed`.
    #[must_use]
    pub fn new(identity: Identity, rules: Rules, key: u64) -> Self {
        let keyed = Keyed::new(key);
        let ourselves = Standing {
            relation: Relation::Internal,
            router_id: identity.router_id,
            address: Ip::V4(0),
        };
        Self {
            identity,
            rules,
            store: Store::new(key),
            v4: FamilyTable::new(Family::IPV4, keyed),
            v6: FamilyTable::new(Family::IPV6, keyed),
            others: BTreeMap::new(),
            peers: vec![None],
            surroundings: Surroundings::default(),
            summaries: Vec::new(),
            standings: vec![ourselves],
            sweeps: VecDeque::new(),
            groups: Vec::new(),
            policies: Policies::default(),
            rpki: Rpki::default(),
            parser: Parser::default(),
            mirror: Mirror::default(),
            keyed,
            begun: None,
        }
    }

    /// Have a table for a family, also one that is carried only.
    pub fn add_family(&mut self, family: Family) {
        if family != Family::IPV4 && family != Family::IPV6 {
            let made = || FamilyTable::new(family, self.keyed);
            self.others.entry(family.code()).or_insert_with(made);
        }
    }

    /// The families that have a table.
    pub fn families(&self) -> impl Iterator<Item = Family> {
        let others = self.others.keys().map(|&code| Family::of(code));
        [Family::IPV4, Family::IPV6].into_iter().chain(others)
    }

    /// Say prefixes ourselves, with canonical bytes; `source` tells our sayings apart, as a path
    /// identifier does those of a neighbour. What is no prefix of the family is passed over.
    pub fn originate(
        &mut self,
        family: Family,
        keys: Vec<Key>,
        attributes: &[u8],
        source: u32,
        now: u64,
    ) {
        self.add_family(family);
        let since = self.since(now);
        let set = self.store.intern(attributes);
        let said = Said { peer: 0, path_id: source, received: set, imported: set, flags: 0, since };
        for key in keys {
            self.store.retain(set);
            self.store.retain(set);
            let store = &mut self.store;
            let taken = match (family, key) {
                (Family::IPV4, Key::V4(key)) => Some(self.v4.announce(key, said, store)),
                (Family::IPV6, Key::V6(key)) => Some(self.v6.announce(key, said, store)),
                (_, Key::Opaque(octets)) => {
                    let (key, rest) = Opaque::of(family, &octets.0);
                    let table = self.others.get_mut(&family.code());
                    table.map(|table| {
                        let own = store.intern(&with_rest(attributes, &rest));
                        store.retain(own);
                        store.release(set);
                        store.release(set);
                        table.announce(key, Said { received: own, imported: own, ..said }, store)
                    })
                }
                _ => None,
            };
            if taken.is_none() {
                self.store.release(set);
                self.store.release(set);
            }
        }
        self.store.release(set);
    }

    /// Say prefixes ourselves no more, as far as `source` said them.
    pub fn retract(&mut self, family: Family, keys: Vec<Key>, source: u32) {
        for key in keys {
            let store = &mut self.store;
            match (family, key) {
                (Family::IPV4, Key::V4(key)) => self.v4.withdraw(&key, 0, source, store),
                (Family::IPV6, Key::V6(key)) => self.v6.withdraw(&key, 0, source, store),
                (_, Key::Opaque(octets)) => {
                    let table = self.others.get_mut(&family.code());
                    let key = Opaque::of(family, &octets.0).0;
                    table.and_then(|table| table.withdraw(&key, 0, source, store))
                }
                _ => None,
            };
        }
    }

    /// Open a reader of the best paths of a family that is routed by.
    pub fn open_reader(&mut self, family: Family) -> Option<Reader> {
        with_family!(self, family, table => table.journal.open())
    }

    /// Up to `limit` changes of best paths that a reader has not seen.
    pub fn news(&mut self, family: Family, reader: Reader, limit: usize) -> RouteNews {
        match family {
            Family::IPV4 => self.v4.news(reader, limit, &self.store),
            Family::IPV6 => self.v6.news(reader, limit, &self.store),
            _ => RouteNews::default(),
        }
    }

    /// Decide all that something happened to.
    pub fn decide(&mut self) {
        let Self { rules, store, standings, v4, v6, others, .. } = self;
        let grounds = Grounds { rules, store, standings };
        v4.decide(&grounds);
        v6.decide(&grounds);
        others.values_mut().for_each(|one| one.decide(&grounds));
    }

    /// How each path to a prefix fared, in a family by its number.
    pub(crate) fn grounds(&self) -> Grounds<'_> {
        Grounds { rules: &self.rules, store: &self.store, standings: &self.standings }
    }

    /// Forget what everybody has seen, and attributes that nobody uses; gives their numbers, for
    /// whoever remembers something by them.
    pub fn trim(&mut self) -> Vec<SetId> {
        self.v4.trim();
        self.v6.trim();
        self.others.values_mut().for_each(FamilyTable::trim);
        let gone = self.store.sweep();
        for group in &mut self.groups {
            group.forget(&gone);
        }
        gone
    }

    /// Say how far a next hop is; what rests on it is decided anew, in slices.
    pub fn set_next_hop(&mut self, value: &[u8], metric: Option<u32>) {
        if let Some(id) = self.store.next_hops.set_metric(value, metric) {
            self.metrics_changed();
            for family in self.families().collect::<Vec<_>>() {
                self.sweep(family, None, Action::NextHop([id].into()));
            }
        }
    }

    /// The instant of a second of the table's time.
    pub(crate) fn instant(&self, second: u32) -> u64 {
        self.begun.unwrap_or(0).saturating_add(u64::from(second) * 1_000_000_000)
    }

    /// Seconds since the table's first instant.
    pub(crate) fn since(&mut self, now: u64) -> u32 {
        let begun = *self.begun.get_or_insert(now);
        u32::try_from(now.saturating_sub(begun) / 1_000_000_000).unwrap_or(u32::MAX)
    }

    /// Bytes of memory held, as far as one can know.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.store.memory()
            + self.v4.memory()
            + self.v6.memory()
            + self.others.values().map(FamilyTable::memory).sum::<usize>()
            + self.peers.iter().flatten().map(|one| one.pending.memory()).sum::<usize>()
            + self.policies.memory()
    }

    /// What the choice asks of a neighbour.
    #[must_use]
    pub fn standing(&self, peer: PeerId) -> Option<&Standing> {
        self.standings.get(usize::from(peer))
    }
}
