//! The link state database of an instance, and who is around it.
//!
//! The life of an LSA: `receive_update` finds it newer than what is there, installs it and puts it
//! on the retransmission lists of those who need it (`flooding`); `outgoing` packs it; their
//! acknowledgments take it off the lists. A newer instance takes its place, or it reaches MaxAge
//! (`ageing`), is flooded once more, and goes when it is on no list and nobody exchanges databases.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::interface::Interface;
use super::intern;
use super::keyed::Keyed;
use super::lsa::{self, Header, LsaChange, LsaKey, Version};
use super::store::{Entry, NEVER, Name, Store};

/// What holds for all of a database.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Formats and types.
    pub version: Version,
    /// Our router id.
    pub router_id: u32,
    /// So many LSAs of others are taken.
    pub limit: usize,
    /// MinLSArrival, in nanoseconds.
    pub min_arrival_ns: i64,
    /// Between two packets of what is flooded on an interface, in nanoseconds.
    pub pace_ns: i64,
}

/// An LSA has a length or checksum that is not its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damaged;

/// The link state database of one instance, with the lists of its neighbours.
#[derive(Debug)]
pub struct Database {
    pub(super) is: Settings,
    /// Sorted; version 2.
    pub(super) addresses: Vec<u32>,
    pub(super) store: Store,
    pub(super) interfaces: Vec<Interface>,
    /// Where a neighbour is: its interface and its place there.
    pub(super) places: HashMap<u32, (usize, usize), Keyed>,
    /// How many neighbours are in Exchange or Loading.
    pub(super) exchanging: usize,
    pub(super) refused: u64,
    flushed: BTreeSet<Name>,
}

impl Database {
    /// An empty one.
    #[must_use]
    pub fn new(is: Settings) -> Database {
        Database {
            is,
            addresses: Vec::new(),
            store: Store::default(),
            interfaces: Vec::new(),
            places: HashMap::default(),
            exchanging: 0,
            refused: 0,
            flushed: BTreeSet::new(),
        }
    }

    /// What holds for all of it.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.is
    }

    /// Install an instance: the one before leaves all retransmission lists. Whether it says
    /// something new; `None` if the database is full and it is not ours.
    ///
    /// # Errors
    /// `Damaged` if its length or checksum is wrong.
    pub fn install(
        &mut self,
        scope: u32,
        lsa: &[u8],
        now: i64,
        is_received: bool,
    ) -> Result<Option<bool>, Damaged> {
        let header = Header::read(self.is.version, lsa).ok_or(Damaged)?;
        let held = match intern::held(lsa) {
            Some(held) => held,
            None if lsa::is_sound(self.is.version, lsa) => intern::hold(lsa),
            None => return Err(Damaged),
        };
        if !self.has_room(scope, header.key) {
            self.refused += 1;
            return Ok(None);
        }
        Ok(Some(self.put(scope, &header, held, now, if is_received { now } else { NEVER }).1))
    }

    /// Whether an LSA may be installed as far as the limit is concerned.
    pub(super) fn has_room(&self, scope: u32, key: LsaKey) -> bool {
        self.store.len() < self.is.limit
            || self.store.slot(scope, key).is_some()
            || self.is_own(key)
    }

    pub(super) fn put(
        &mut self,
        scope: u32,
        header: &Header,
        lsa: Arc<[u8]>,
        now: i64,
        arrived: i64,
    ) -> (u32, bool) {
        if let Some(slot) = self.store.slot(scope, header.key) {
            self.drop_from_lists(slot);
        }
        self.store.install(scope, header, lsa, now, arrived)
    }

    fn drop_from_lists(&mut self, slot: u32) {
        let Some(entry) = self.store.get_mut(slot).filter(|entry| entry.held > 0) else { return };
        entry.held = 0;
        for neighbor in self.interfaces.iter_mut().flat_map(|one| &mut one.neighbors) {
            neighbor.unacknowledged.remove(slot);
        }
    }

    /// A slot has left one retransmission list.
    pub(super) fn release(&mut self, slot: u32) {
        if let Some(entry) = self.store.get_mut(slot) {
            entry.held = entry.held.saturating_sub(1);
        }
        self.settle(slot);
    }

    /// Take an LSA out that is dying and that nobody holds (RFC 2328 14).
    pub(super) fn settle(&mut self, slot: u32) {
        let is_over = |entry: &Entry| entry.is_dying && entry.held == 0;
        if self.exchanging == 0
            && self.store.get(slot).is_some_and(is_over)
            && let Some(entry) = self.store.remove(slot)
            && self.is_own(entry.key)
        {
            self.flushed.insert((entry.scope, entry.key));
        }
    }

    pub(super) fn sweep(&mut self) {
        if self.exchanging == 0 {
            self.store.unheld().into_iter().for_each(|slot| self.settle(slot));
        }
    }

    /// Take an LSA out, without flooding; false if it was not there.
    pub fn remove(&mut self, scope: u32, key: LsaKey) -> bool {
        let Some(slot) = self.store.slot(scope, key) else { return false };
        self.drop_from_lists(slot);
        self.store.remove(slot).is_some()
    }

    /// Take all LSAs of a scope out, without flooding; how many they were.
    pub fn remove_scope(&mut self, scope: u32) -> usize {
        let of_scope = self.store.iter().filter(|(_, entry)| entry.scope == scope);
        let keys: Vec<LsaKey> = of_scope.map(|(_, entry)| entry.key).collect();
        keys.iter().filter(|&&key| self.remove(scope, key)).count()
    }

    /// Whether `take_changes` has something to give.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        self.store.has_changes()
    }

    /// What has changed since it was last asked, by scope and key.
    pub fn take_changes(&mut self) -> Vec<LsaChange> {
        self.store.take_changes()
    }

    /// Our own LSAs that were MaxAge and are now gone (RFC 2328 12.1.6).
    pub fn take_flushed(&mut self) -> Vec<Name> {
        std::mem::take(&mut self.flushed).into_iter().collect()
    }
}
