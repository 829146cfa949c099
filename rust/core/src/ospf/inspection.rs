//! What of the database is shown to those who look.

use super::database::Database;
use super::lsa::{self, LsaKey};
use super::store::{Entry, NEVER};

/// Sizes of a neighbour's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Headers that it shall hear of.
    pub summary: usize,
    /// LSAs that are asked of it.
    pub requests: usize,
    /// LSAs that it has not acknowledged.
    pub unacknowledged: usize,
}

impl Database {
    /// Whether an LSA is in the database.
    #[must_use]
    pub fn holds(&self, scope: u32, key: LsaKey) -> bool {
        self.store.slot(scope, key).is_some()
    }

    /// An LSA with its age.
    #[must_use]
    pub fn find(&self, scope: u32, key: LsaKey, now: i64) -> Option<Vec<u8>> {
        self.store.find(scope, key).map(|entry| aged(entry, now))
    }

    /// When an LSA was installed; `None` also for one of our own making.
    #[must_use]
    pub fn arrived(&self, scope: u32, key: LsaKey) -> Option<i64> {
        self.store.find(scope, key).map(|entry| entry.arrived).filter(|&at| at != NEVER)
    }

    /// When an LSA was last queued to be sent.
    #[must_use]
    pub fn sent(&self, scope: u32, key: LsaKey) -> Option<i64> {
        self.store.find(scope, key).map(|entry| entry.sent).filter(|&at| at != NEVER)
    }

    /// How many LSAs were refused for the limit.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// How many LSAs are held, of a scope or in all.
    #[must_use]
    pub fn count(&self, scope: Option<u32>) -> usize {
        match scope {
            None => self.store.len(),
            Some(scope) => self.store.sum(scope).0,
        }
    }

    /// The sum of the checksums of a scope's LSAs, modulo 2^32.
    #[must_use]
    pub fn checksum(&self, scope: u32) -> u32 {
        self.store.sum(scope).1
    }

    /// The LSAs of a scope and type, or of all, with their ages; by scope and key.
    #[must_use]
    pub fn entries(&self, now: i64, scope: Option<u32>, kind: Option<u16>) -> Vec<(u32, Vec<u8>)> {
        let is_asked = |entry: &&Entry| {
            scope.is_none_or(|scope| scope == entry.scope)
                && kind.is_none_or(|kind| kind == entry.key.kind)
        };
        let mut found: Vec<&Entry> =
            self.store.iter().map(|(_, entry)| entry).filter(is_asked).collect();
        found.sort_unstable_by_key(|entry| (entry.scope, entry.key));
        found.into_iter().map(|entry| (entry.scope, aged(entry, now))).collect()
    }

    /// Sizes of a neighbour's lists.
    #[must_use]
    pub fn sizes(&self, neighbor: u32) -> Option<Sizes> {
        self.neighbor_at(neighbor).map(|(_, neighbor)| Sizes {
            summary: neighbor.summary.len(),
            requests: neighbor.requests.len(),
            unacknowledged: neighbor.unacknowledged.len(),
        })
    }

    /// Since when the oldest LSA that a neighbour has not acknowledged waits.
    #[must_use]
    pub fn unacknowledged_since(&self, neighbor: u32) -> Option<i64> {
        self.neighbor_at(neighbor)?.1.unacknowledged.since()
    }
}

fn aged(entry: &Entry, now: i64) -> Vec<u8> {
    let mut lsa = Vec::with_capacity(entry.lsa.len());
    entry.write(&mut lsa, lsa::LONGEST, entry.age(now));
    lsa
}
