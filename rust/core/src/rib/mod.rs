//! What a routing table holds: for each prefix its group of candidates and since when it has them.
//!
//! The rules are elsewhere. A candidate is a number, and so is an operation ("this path comes",
//! "that source goes"). What an operation makes of a group is asked once for each different case
//! and then done to every prefix that is in it (`Moves`, `Store::teach`). In the same way the
//! outcome is told: as pairs of groups before and after, of which the caller says what they mean.
//!
//! The life of a batch: `run` moves prefixes from group to group; `commit` takes groups without
//! members out of the index; `pairs`, then `changes`, give what became of the prefixes; `finish`
//! lets go of what was there before.

mod batch;
mod by_hash;
mod changes;
mod family;
mod groups;
mod since;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

pub use changes::{Changes, Kind};
pub use groups::Turnover;

use batch::{Batch, Taught};
pub use batch::{Moves, Stop};
use family::{Entry, Family};
use groups::Groups;

use crate::addr::{Ip, Net};
use crate::lpm::Key;

/// A prefix with the number of its group.
pub type Held = (Net, u32);

/// The prefixes of both families and their groups.
#[derive(Debug, Default)]
pub struct Store {
    v4: Family<u32>,
    v6: Family<u128>,
    groups: Groups,
    taught: Taught,
    batch: Batch,
    len: usize,
}

/// An address of either family as a number, and back.
trait OfIp: Key {
    fn ip(self) -> Ip;
}

impl OfIp for u32 {
    fn ip(self) -> Ip {
        Ip::V4(self)
    }
}

impl OfIp for u128 {
    fn ip(self) -> Ip {
        Ip::V6(self)
    }
}

impl<K: OfIp> Entry<K> {
    fn net(&self) -> Option<Net> {
        Net::new(self.key.ip(), self.len)
    }

    fn held(&self) -> Option<Held> {
        (self.group != 0).then_some((self.net()?, self.group))
    }
}

impl<K: OfIp> Family<K> {
    fn walk(&self, within: (K, u8), after: Option<(K, u8)>, limit: usize) -> Vec<Held> {
        self.inside(within, after, limit).filter_map(Entry::held).collect()
    }
}

impl Store {
    /// Number of prefixes that have a candidate.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether no prefix has a candidate.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Number of groups that have members, as of the last commit.
    #[must_use]
    pub fn group_count(&self) -> usize {
        self.groups.len()
    }

    /// How many candidates a source has.
    #[must_use]
    pub fn count_of_source(&self, source: u32) -> u64 {
        self.groups.of_source(source)
    }

    /// Bytes of memory held: by the prefixes of each family, by groups and paths.
    #[must_use]
    pub fn memory(&self) -> (usize, usize, usize) {
        (self.v4.memory(), self.v6.memory(), self.groups.memory())
    }

    /// Make a path known under a number that no other has; `hash` is that of what it says.
    pub fn set_path(&mut self, path: u32, source: u32, hash: u64) {
        if self.groups.set_path(path, source, hash) {
            self.taught.clear();
        }
    }

    /// Forget a path that is in no group; its number may be given to another.
    pub fn drop_path(&mut self, path: u32) {
        self.groups.drop_path(path);
    }

    /// The paths whose hash this is.
    #[must_use]
    pub fn paths_like(&self, hash: u64) -> Vec<u32> {
        self.groups.paths_like(hash).collect()
    }

    /// The group of these paths, in this order; `None` for a path that is not known.
    pub fn group(&mut self, paths: &[u32]) -> Option<u32> {
        self.groups.intern(paths)
    }

    /// The paths of a group.
    #[must_use]
    pub fn paths(&self, group: u32) -> Vec<u32> {
        self.groups.paths(group).collect()
    }

    /// Every group that has members, ascending.
    #[must_use]
    pub fn groups(&self) -> Vec<u32> {
        self.groups.with_members().collect()
    }

    /// The groups that a path is in, in no order that means anything.
    #[must_use]
    pub fn groups_of(&self, path: u32) -> &[u32] {
        self.groups.groups_of(path)
    }

    /// Number of prefixes in a group.
    #[must_use]
    pub fn count(&self, group: u32) -> u32 {
        self.groups.count(group)
    }

    /// The group of a prefix; 0 where it has no candidate.
    #[must_use]
    pub fn get(&self, net: Net) -> u32 {
        match net.ip() {
            Ip::V4(key) => self.v4.find(key, net.len()).map_or(0, |at| self.v4.entry(at).group),
            Ip::V6(key) => self.v6.find(key, net.len()).map_or(0, |at| self.v6.entry(at).group),
        }
    }

    /// Since when a prefix has a path; `None` where it has not.
    #[must_use]
    pub fn since(&self, net: Net, path: u32) -> Option<u64> {
        match net.ip() {
            Ip::V4(key) => self.since_in(&self.v4, key, net.len(), path),
            Ip::V6(key) => self.since_in(&self.v6, key, net.len(), path),
        }
    }

    fn since_in<K: Key>(&self, family: &Family<K>, key: K, len: u8, path: u32) -> Option<u64> {
        let entry = family.entry(family.find(key, len)?);
        let place = self.groups.place(entry.group, path)?;
        Some(family.since(entry).get(Some(place)))
    }

    /// Every prefix around the given one that has a candidate, itself included, shortest first.
    #[must_use]
    pub fn covering(&self, net: Net) -> Vec<Held> {
        match net.ip() {
            Ip::V4(key) => self.v4.covering(key, net.len()).filter_map(Entry::held).collect(),
            Ip::V6(key) => self.v6.covering(key, net.len()).filter_map(Entry::held).collect(),
        }
    }

    /// Up to `limit` prefixes inside `within` that have a candidate, in order, from the one next
    /// after `after`.
    #[must_use]
    pub fn walk(&self, within: Net, after: Option<Net>, limit: usize) -> Vec<Held> {
        let after = after.map(|net| (net.ip(), net.len()));
        match (within.ip(), after) {
            (Ip::V4(key), None) => self.v4.walk((key, within.len()), None, limit),
            (Ip::V4(key), Some((Ip::V4(after), len))) => {
                self.v4.walk((key, within.len()), Some((after, len)), limit)
            }
            (Ip::V4(_), Some((Ip::V6(_), _))) => Vec::new(),
            (Ip::V6(key), Some((Ip::V6(after), len))) => {
                self.v6.walk((key, within.len()), Some((after, len)), limit)
            }
            (Ip::V6(key), _) => self.v6.walk((key, within.len()), None, limit),
        }
    }

    /// The prefixes of these groups, in order.
    #[must_use]
    pub fn members(&self, groups: &[u32]) -> Vec<Held> {
        let mut found: Vec<Held> = Vec::new();
        for &group in groups {
            let heads = [0, 1].map(|family| self.groups.head(group, family));
            found.extend(self.v4.members(heads[0]).filter_map(Entry::held));
            found.extend(self.v6.members(heads[1]).filter_map(Entry::held));
        }
        found.sort_unstable();
        found
    }
}
