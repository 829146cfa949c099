//! What people ask of a table: the paths to a prefix, and how each fared.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::family::{FamilyTable, Grounds};
use super::{Table, with_family, with_table};
use crate::bgp::attributes::SetId;
use crate::bgp::decision::Step;
use crate::bgp::family::Family;
use crate::bgp::nets::{Net4, Net6, NetIx, NetKey, Opaque};
use crate::bgp::out::Group;
use crate::bgp::paths::flags;
use crate::bgp::peer::PeerId;

/// A prefix as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// Of IPv4.
    V4(Net4),
    /// Of IPv6.
    V6(Net6),
    /// Of a family that is carried only.
    Opaque(Opaque),
}

/// A path as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathView {
    /// Who said it; 0 is ourselves.
    pub peer: PeerId,
    /// Its path identifier.
    pub path_id: u32,
    /// Canonical bytes as it came.
    pub received: Vec<u8>,
    /// Canonical bytes after the import policy; None if it was refused.
    pub imported: Option<Vec<u8>>,
    /// Of `flags`.
    pub flags: u16,
    /// In seconds of the table's time.
    pub since: u32,
    /// The cost of the way to its next hop; None where there is none.
    pub metric: Option<u32>,
    /// The step that took it away; None: it is the best, or used beside it.
    pub lost: Option<Step>,
    /// Whether it is the best.
    pub is_best: bool,
}

impl<K: NetKey> FamilyTable<K> {
    fn views(&self, net: NetIx, grounds: &Grounds<'_>) -> Vec<PathView> {
        let best = self.nets.get(net).map(|entry| entry.best);
        let explained = self.explain(net, grounds).into_iter();
        let view = |(at, lost): (u32, Option<Step>)| {
            let path = self.paths.get(at)?;
            let bytes = |set| grounds.store.get(set).map(|set| set.bytes().to_vec());
            let hop = grounds.store.get(path.imported).map(|set| set.next_hop);
            let hop = hop.and_then(|hop| grounds.store.next_hops.get(hop));
            Some(PathView {
                peer: path.peer,
                path_id: path.path_id,
                received: bytes(path.received).unwrap_or_default(),
                imported: bytes(path.imported),
                flags: path.flags,
                since: path.since,
                metric: hop.and_then(|hop| hop.metric),
                lost: lost.filter(|_| path.flags & flags::MULTIPATH == 0),
                is_best: best == Some(at),
            })
        };
        explained.filter_map(view).collect()
    }
}

impl Table {
    /// The paths to a prefix, in the order in which they are held.
    #[must_use]
    pub fn paths(&self, family: Family, key: &Key) -> Vec<PathView> {
        let grounds = self.grounds();
        let found = match key {
            Key::V4(key) => self.v4.nets.find(key).map(|net| self.v4.views(net, &grounds)),
            Key::V6(key) => self.v6.nets.find(key).map(|net| self.v6.views(net, &grounds)),
            Key::Opaque(octets) => self.others.get(&family.code()).and_then(|table| {
                let key = Opaque::of(family, &octets.0).0;
                table.nets.find(&key).map(|net| table.views(net, &grounds))
            }),
        };
        found.unwrap_or_default()
    }

    /// How many prefixes and how many paths a family has.
    pub fn family_counts(&mut self, family: Family) -> (usize, usize) {
        with_family!(self, family, table => (table.nets.len(), table.paths.len()))
            .unwrap_or_default()
    }

    /// The sets that are used most, with how often.
    #[must_use]
    pub fn common_sets(&self, limit: usize) -> Vec<(u32, SetId)> {
        let mut least = BinaryHeap::new();
        for (id, set) in self.store.iter() {
            let one = Reverse((set.uses(), Reverse(id)));
            if least.len() < limit {
                least.push(one);
            } else if least.peek().is_some_and(|last| one < *last) {
                least.pop();
                least.push(one);
            }
        }
        let sorted = least.into_sorted_vec().into_iter();
        sorted.map(|Reverse((uses, Reverse(id)))| (uses, id)).collect()
    }

    /// How much is held: by what it is for, things and octets.
    #[must_use]
    pub fn holdings(&self) -> Vec<(&'static str, usize, usize)> {
        let (mut prefixes, mut paths) = ((0, 0), (0, 0));
        for family in self.families().collect::<Vec<_>>() {
            let found = with_table!(self, family, table => {
                let (nets, held) = (&table.nets, &table.paths);
                ((nets.len(), nets.memory()), (held.len(), held.memory()))
            });
            let Some((of_nets, of_paths)) = found else { continue };
            prefixes = (prefixes.0 + of_nets.0, prefixes.1 + of_nets.1);
            paths = (paths.0 + of_paths.0, paths.1 + of_paths.1);
        }
        let hops = self.store.next_hops.memory();
        let sets = self.store.memory().saturating_sub(hops);
        vec![
            ("prefixes", prefixes.0, prefixes.1),
            ("paths", paths.0, paths.1),
            ("attribute sets", self.store.len(), sets),
            ("next hops", self.store.next_hops.count(), hops),
            ("told groups", self.groups.len(), self.groups.iter().map(Group::memory).sum()),
        ]
    }
}
