//! What the database holds: the LSAs by scope and key, how old each is, which are about to go, and
//! what the calculation of routes has not been told.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};
use std::sync::Arc;

use super::keyed::Keyed;
use super::lsa::{self, Header, LsaChange, LsaKey, MAX_AGE};

/// Nanoseconds of a second.
pub const SECOND: i64 = 1_000_000_000;
/// An instant that never was.
pub const NEVER: i64 = i64::MIN;

/// Scope and key.
pub type Name = (u32, LsaKey);

/// An LSA of the database.
#[derive(Debug)]
pub struct Entry {
    /// Without age.
    pub lsa: Arc<[u8]>,
    pub scope: u32,
    pub key: LsaKey,
    pub sequence: i32,
    pub checksum: u16,
    /// When its age was 0.
    pub born: i64,
    /// When it was installed; `NEVER` if it is of our own making.
    pub arrived: i64,
    /// When it was last queued to be sent.
    pub sent: i64,
    /// Of this instance: no other has it.
    pub serial: u32,
    /// On how many retransmission lists it is.
    pub held: u32,
    /// MaxAge and flooded: it goes as soon as nobody holds it (RFC 2328 14).
    pub is_dying: bool,
    /// The calculation of routes knows of it.
    pub is_told: bool,
}

impl Entry {
    /// Its age in seconds.
    pub fn age(&self, now: i64) -> u16 {
        let age = now.saturating_sub(self.born) / SECOND;
        age.clamp(0, MAX_AGE.into()) as u16
    }

    /// Its header as of `now`, without the options, which say nothing about what is newer.
    pub fn header(&self, now: i64) -> Header {
        Header {
            age: self.age(now),
            options: 0,
            key: self.key,
            sequence: self.sequence,
            checksum: self.checksum,
            length: self.lsa.len() as u16,
        }
    }

    /// Its bytes, up to `len` of them, with an age.
    pub fn write(&self, out: &mut Vec<u8>, len: usize, age: u16) {
        let from = out.len();
        out.extend_from_slice(self.lsa.get(..len).unwrap_or(&self.lsa));
        if let Some(field) = out.get_mut(from..from + 2) {
            field.copy_from_slice(&age.to_be_bytes());
        }
    }

    fn dies_at(&self) -> i64 {
        self.born.saturating_add(i64::from(MAX_AGE) * SECOND)
    }
}

/// The LSAs. A slot is a place that an LSA keeps while its instances come and go.
#[derive(Debug, Default)]
pub struct Store {
    slots: Vec<Option<Entry>>,
    free: Vec<u32>,
    index: HashMap<Name, u32, Keyed>,
    /// When instances reach MaxAge: with slot and serial; those of instances gone are passed over.
    ages: BinaryHeap<Reverse<(i64, u32, u32)>>,
    /// Slots of what is dying.
    dying: BTreeSet<u32>,
    changes: BTreeSet<Name>,
    /// How many LSAs each scope has, and the sum of their checksums.
    sums: BTreeMap<u32, (usize, u32)>,
    serial: u32,
}

impl Store {
    pub fn len(&self) -> usize {
        self.index.len()
    }

    pub fn slot(&self, scope: u32, key: LsaKey) -> Option<u32> {
        self.index.get(&(scope, key)).copied()
    }

    pub fn get(&self, slot: u32) -> Option<&Entry> {
        self.slots.get(slot as usize)?.as_ref()
    }

    pub fn get_mut(&mut self, slot: u32) -> Option<&mut Entry> {
        self.slots.get_mut(slot as usize)?.as_mut()
    }

    pub fn find(&self, scope: u32, key: LsaKey) -> Option<&Entry> {
        self.get(self.slot(scope, key)?)
    }

    /// How many LSAs a scope has, and the sum of their checksums modulo 2^32.
    pub fn sum(&self, scope: u32) -> (usize, u32) {
        self.sums.get(&scope).copied().unwrap_or_default()
    }

    fn count(&mut self, scope: u32, before: Option<u16>, after: Option<u16>) {
        let (count, sum) = self.sums.entry(scope).or_default();
        *count = *count + usize::from(after.is_some()) - usize::from(before.is_some());
        *sum = sum.wrapping_add(after.unwrap_or(0).into());
        *sum = sum.wrapping_sub(before.unwrap_or(0).into());
        if *count == 0 {
            self.sums.remove(&scope);
        }
    }

    /// All slots in use, in order, with what is there.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &Entry)> {
        (0..).zip(&self.slots).filter_map(|(slot, entry)| Some((slot, entry.as_ref()?)))
    }

    /// Put an instance in the place of the one before. Its slot, and whether it says something new
    /// (RFC 2328 13.2).
    pub fn install(
        &mut self,
        scope: u32,
        header: &Header,
        lsa: Arc<[u8]>,
        now: i64,
        arrived: i64,
    ) -> (u32, bool) {
        self.serial = self.serial.wrapping_add(1);
        let mut entry = Entry {
            lsa,
            scope,
            key: header.key,
            sequence: header.sequence,
            checksum: header.checksum,
            born: now.saturating_sub(i64::from(header.age) * SECOND),
            arrived,
            sent: NEVER,
            serial: self.serial,
            held: 0,
            is_dying: header.is_max_age(),
            is_told: false,
        };
        let (dies_at, is_dying) = (entry.dies_at(), entry.is_dying);
        let found = self.slot(scope, header.key);
        let (slot, is_changed) = match found.and_then(|at| Some((at, self.get_mut(at)?))) {
            Some((slot, before)) => {
                entry.is_told = before.is_told;
                entry.held = before.held;
                let is_changed = match (before.age(now) >= MAX_AGE, entry.is_dying) {
                    (true, true) => false,
                    (false, false) => !lsa::is_same_content(&before.lsa, &entry.lsa),
                    _ => true,
                };
                let checksum = std::mem::replace(before, entry).checksum;
                self.count(scope, Some(checksum), Some(header.checksum));
                (slot, is_changed)
            }
            None => (self.insert(entry), true),
        };
        if is_dying {
            self.dying.insert(slot);
        } else {
            self.dying.remove(&slot);
            self.wake(dies_at, slot);
        }
        if is_changed {
            self.changes.insert((scope, header.key));
        }
        self.pass_over();
        (slot, is_changed)
    }

    fn insert(&mut self, mut entry: Entry) -> u32 {
        let (name, checksum) = ((entry.scope, entry.key), entry.checksum);
        entry.is_told = self.changes.contains(&name); // one before it went, which was not yet told
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                self.slots.push(None);
                (self.slots.len() - 1) as u32
            }
        };
        if let Some(place) = self.slots.get_mut(slot as usize) {
            *place = Some(entry);
        }
        self.index.insert(name, slot);
        self.count(name.0, None, Some(checksum));
        slot
    }

    fn wake(&mut self, at: i64, slot: u32) {
        self.ages.push(Reverse((at, slot, self.serial)));
        if self.ages.len() > 64 + 4 * self.index.len() {
            let ages = std::mem::take(&mut self.ages).into_vec();
            let is_live = |&Reverse((_, slot, serial)): &_| self.lives(slot, serial);
            self.ages = ages.into_iter().filter(is_live).collect();
        }
    }

    /// Whether an instance is there and not dying.
    fn lives(&self, slot: u32, serial: u32) -> bool {
        self.get(slot).is_some_and(|entry| entry.serial == serial && !entry.is_dying)
    }

    /// What comes first in `ages` is live: so nobody is woken for nothing.
    fn pass_over(&mut self) {
        while let Some(&Reverse((_, slot, serial))) = self.ages.peek()
            && !self.lives(slot, serial)
        {
            self.ages.pop();
        }
    }

    /// When the next LSA reaches MaxAge.
    pub fn next_death(&self) -> Option<i64> {
        self.ages.peek().map(|&Reverse((at, ..))| at)
    }

    /// An LSA that has reached MaxAge by itself and is dying from now on; ask until there is none.
    pub fn take_dead(&mut self, now: i64) -> Option<u32> {
        let &Reverse((_, slot, _)) = self.ages.peek().filter(|&&Reverse((at, ..))| at <= now)?;
        self.kill(slot, now).then_some(slot)
    }

    /// Make an LSA MaxAge; false if it is dying already.
    pub fn kill(&mut self, slot: u32, now: i64) -> bool {
        let Some(entry) = self.get_mut(slot).filter(|entry| !entry.is_dying) else { return false };
        entry.is_dying = true;
        entry.born = entry.born.min(now.saturating_sub(i64::from(MAX_AGE) * SECOND));
        let name = (entry.scope, entry.key);
        self.changes.insert(name);
        self.dying.insert(slot);
        self.pass_over();
        true
    }

    /// What is dying and on no list.
    pub fn unheld(&self) -> Vec<u32> {
        let is_unheld = |&slot: &u32| self.get(slot).is_some_and(|entry| entry.held == 0);
        self.dying.iter().copied().filter(is_unheld).collect()
    }

    /// Take an LSA out.
    pub fn remove(&mut self, slot: u32) -> Option<Entry> {
        let entry = self.slots.get_mut(slot as usize)?.take()?;
        let name = (entry.scope, entry.key);
        self.index.remove(&name);
        self.count(name.0, Some(entry.checksum), None);
        self.dying.remove(&slot);
        self.free.push(slot);
        if entry.is_told {
            self.changes.insert(name);
        } else {
            self.changes.remove(&name);
        }
        self.pass_over();
        Some(entry)
    }

    pub fn has_changes(&self) -> bool {
        !self.changes.is_empty()
    }

    pub fn take_changes(&mut self) -> Vec<LsaChange> {
        let changes = std::mem::take(&mut self.changes);
        let told = |(scope, key)| {
            let found = self.slot(scope, key).and_then(|slot| self.get_mut(slot));
            let lsa = found.and_then(|entry| {
                entry.is_told = !entry.is_dying;
                entry.is_told.then(|| Arc::clone(&entry.lsa))
            });
            LsaChange { scope, key, lsa }
        };
        changes.into_iter().map(told).collect()
    }
}
