//! The link state database of an instance, and who is around it.
//!
//! The life of an LSA: `receive_update` finds it newer than what is there, installs it and puts it
//! on the retransmission lists of those who need it (`flooding`); `outgoing` packs it; their
//! acknowledgments take it off the lists. A newer instance takes its place, or it reaches MaxAge
//! (`ageing`), is flooded once more, and goes when it is on no list and nobody exchanges databases.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::interface::{Interface, InterfaceSettings, Neighbor, NeighborSettings, State};
use super::intern;
use super::keyed::Keyed;
use super::lists::Paced;
use super::lsa::{self, Header, LsaChange, LsaKey, Reach, Version};
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

/// The link state database of one instance, with the lists of its neighbours.
#[derive(Debug)]
pub struct Database {
    pub(super) is: Settings,
    /// Sorted; version 2.
    addresses: Vec<u32>,
    pub(super) store: Store,
    pub(super) interfaces: Vec<Interface>,
    /// Where a neighbour is: its interface and its place there.
    places: HashMap<u32, (usize, usize), Keyed>,
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

    // ---- who is around

    /// The addresses of our interfaces: a network-LSA of version 2 that one of them names is ours.
    pub fn set_addresses(&mut self, mut addresses: Vec<u32>) {
        addresses.sort_unstable();
        self.addresses = addresses;
    }

    /// Whether an LSA is self-originated (RFC 2328 13.4).
    #[must_use]
    pub fn is_own(&self, key: LsaKey) -> bool {
        let is_ours = || self.addresses.binary_search(&key.id).is_ok();
        key.router == self.is.router_id
            || (self.is.version == Version::V2 && key.kind == 2 && is_ours())
    }

    /// Set or change an interface.
    pub fn set_interface(&mut self, number: u32, is: InterfaceSettings) {
        match self.interfaces.iter_mut().find(|interface| interface.number == number) {
            Some(interface) => interface.is = is,
            None => self.interfaces.push(Interface {
                number,
                is,
                neighbors: Vec::new(),
                queue: Paced::default(),
                acks: Vec::new(),
                acks_due: NEVER,
            }),
        }
    }

    /// Forget an interface with its neighbours; false if it was not there.
    pub fn remove_interface(&mut self, number: u32) -> bool {
        let Some(at) = self.interfaces.iter().position(|one| one.number == number) else {
            return false;
        };
        let neighbors: Vec<u32> =
            self.interfaces[at].neighbors.iter().map(|neighbor| neighbor.number).collect();
        neighbors.into_iter().for_each(|neighbor| {
            self.remove_neighbor(neighbor);
        });
        self.interfaces.remove(at);
        self.place_neighbors();
        true
    }

    fn place_neighbors(&mut self) {
        self.places.clear();
        for (i, interface) in self.interfaces.iter().enumerate() {
            for (n, neighbor) in interface.neighbors.iter().enumerate() {
                self.places.insert(neighbor.number, (i, n));
            }
        }
    }

    pub(super) fn place(&self, neighbor: u32) -> Option<(usize, usize)> {
        self.places.get(&neighbor).copied()
    }

    pub(super) fn at(&self, place: (usize, usize)) -> Option<(&Interface, &Neighbor)> {
        let interface = self.interfaces.get(place.0)?;
        Some((interface, interface.neighbors.get(place.1)?))
    }

    pub(super) fn at_mut(&mut self, place: (usize, usize)) -> Option<&mut Neighbor> {
        self.interfaces.get_mut(place.0)?.neighbors.get_mut(place.1)
    }

    pub(super) fn neighbor_at(&self, number: u32) -> Option<(&Interface, &Neighbor)> {
        self.at(self.place(number)?)
    }

    pub(super) fn neighbor_mut(&mut self, number: u32) -> Option<&mut Neighbor> {
        self.at_mut(self.place(number)?)
    }

    /// Set or change a neighbour; false if there is no such interface. One below Exchange has
    /// nothing on its lists.
    pub fn set_neighbor(&mut self, number: u32, interface: u32, is: NeighborSettings) -> bool {
        let Some(at) = self.interfaces.iter().position(|one| one.number == interface) else {
            return false;
        };
        if self.place(number).is_some_and(|(i, _)| i != at) {
            self.remove_neighbor(number);
        }
        if self.place(number).is_none() {
            self.interfaces[at].neighbors.push(Neighbor::new(number));
            self.place_neighbors();
        }
        let Some(neighbor) = self.neighbor_mut(number) else { return false };
        let (before, after) = (neighbor.is_exchanging(), is.state);
        neighbor.is = is;
        let is_exchanging = neighbor.is_exchanging();
        self.exchanging = self.exchanging + usize::from(is_exchanging) - usize::from(before);
        if after == State::Below {
            self.clear_neighbor(number);
        }
        if before && !is_exchanging {
            self.sweep();
        }
        true
    }

    /// Forget a neighbour; false if it was not there.
    pub fn remove_neighbor(&mut self, number: u32) -> bool {
        let Some((i, n)) = self.place(number) else { return false };
        self.clear_neighbor(number);
        let was_exchanging = self.interfaces[i].neighbors.remove(n).is_exchanging();
        self.exchanging -= usize::from(was_exchanging);
        self.place_neighbors();
        if was_exchanging {
            self.sweep();
        }
        true
    }

    /// Empty a neighbour's lists and queues; false if it was not there.
    pub fn clear_neighbor(&mut self, number: u32) -> bool {
        let Some(neighbor) = self.neighbor_mut(number) else { return false };
        neighbor.summary = std::collections::VecDeque::new();
        neighbor.requests.clear();
        neighbor.acks.clear();
        neighbor.queue.clear();
        for slot in neighbor.unacknowledged.take_all() {
            self.release(slot);
        }
        true
    }

    /// What is said about a neighbour, and on which interface it is.
    #[must_use]
    pub fn neighbor(&self, number: u32) -> Option<(u32, NeighborSettings)> {
        let (interface, neighbor) = self.neighbor_at(number)?;
        Some((interface.number, neighbor.is))
    }

    /// The neighbours of an interface, in the order in which they came.
    #[must_use]
    pub fn neighbors(&self, interface: u32) -> Option<Vec<u32>> {
        let interface = self.interfaces.iter().find(|one| one.number == interface)?;
        Some(interface.neighbors.iter().map(|neighbor| neighbor.number).collect())
    }

    /// What is said about an interface.
    #[must_use]
    pub fn interface(&self, number: u32) -> Option<InterfaceSettings> {
        self.interfaces.iter().find(|one| one.number == number).map(|one| one.is)
    }

    /// The interfaces on which LSAs of a scope are flooded, in the order in which they came.
    #[must_use]
    pub fn interfaces(&self, scope: u32) -> Vec<u32> {
        let carrying = self.interfaces.iter().filter(|one| one.carries(scope));
        carrying.map(|interface| interface.number).collect()
    }

    /// Whether a neighbour is in Exchange or Loading.
    #[must_use]
    pub fn is_exchanging(&self) -> bool {
        self.exchanging > 0
    }

    /// The scope of LSAs of a type on an interface; `None` for a type that is not known.
    #[must_use]
    pub fn scope_of(&self, is: &InterfaceSettings, kind: u16) -> Option<u32> {
        Some(match self.is.version.reach(kind)? {
            Reach::Link => is.link,
            Reach::Area => is.area,
            Reach::As => 0,
        })
    }

    /// Whether LSAs of a type, of this scope, are taken on an interface (RFC 2328 13, step 3;
    /// RFC 5340 4.5.1; RFC 3101 2.2).
    #[must_use]
    pub fn takes(&self, is: &InterfaceSettings, scope: u32, kind: u16) -> bool {
        (scope != 0 || is.takes_as_scope) && (!matches!(kind, 7 | 0x2007) || is.takes_type_7)
    }

    // ---- what is held

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

    fn sweep(&mut self) {
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

    // ---- who looks

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
            Some(scope) => self.store.iter().filter(|(_, entry)| entry.scope == scope).count(),
        }
    }

    /// The sum of the checksums of a scope's LSAs, modulo 2^32.
    #[must_use]
    pub fn checksum(&self, scope: u32) -> u32 {
        let of_scope = self.store.iter().filter(|(_, entry)| entry.scope == scope);
        of_scope.fold(0, |sum: u32, (_, entry)| sum.wrapping_add(entry.checksum.into()))
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
