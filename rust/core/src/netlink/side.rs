//! One family of the ledger: entries in order, and which of them differ.

use std::collections::BTreeMap;
use std::ops::Bound::{Excluded, Unbounded};

use super::key::Key;
use super::ledger::{Refused, Uses};
use super::{NONE, OTHER};

/// From how many differences on the whole table is walked instead of looking each one up.
const MANY: usize = 4096;

/// What is wanted for a prefix and what the kernel has, as numbers of ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub want: u32,
    pub held: u32,
}

impl Entry {
    /// Whether nothing is to be done.
    pub fn is_settled(self) -> bool {
        self.want == self.held || self.want == OTHER
    }

    pub fn is_empty(self) -> bool {
        self.want == NONE && self.held == NONE
    }
}

/// One change that is on its way to the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<K> {
    pub key: K,
    pub before: u32,
    pub after: u32,
}

/// First the routes that are to be, then those that are to go: what replaces comes before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// What comes and what changes.
    Puts,
    /// What goes.
    Drops,
}

impl Phase {
    fn has(self, entry: Entry) -> bool {
        !entry.is_settled() && (entry.want == NONE) == (self == Phase::Drops)
    }
}

/// Where a walk stands.
pub enum Walk<K> {
    /// Through the whole table, after this key; with what is due in the other phase so far.
    All(Option<K>, Vec<K>),
    /// Through these, ascending.
    Each(std::vec::IntoIter<K>),
}

pub struct Side<K> {
    pub entries: BTreeMap<K, Entry>,
    pub refused: BTreeMap<K, Refused>,
    pub dirty: Vec<K>,
    /// So much differs that nobody has noted what.
    pub is_scattered: bool,
}

impl<K> Default for Side<K> {
    fn default() -> Self {
        Side {
            entries: BTreeMap::new(),
            refused: BTreeMap::new(),
            dirty: Vec::new(),
            is_scattered: false,
        }
    }
}

impl<K: Key> Side<K> {
    /// Change what is wanted for a prefix.
    pub fn want(&mut self, key: K, way: u32, uses: &mut Uses) {
        let none = Entry { want: NONE, held: NONE };
        let entry = if way == NONE {
            let Some(entry) = self.entries.get_mut(&key) else { return };
            entry
        } else {
            self.entries.entry(key).or_insert(none)
        };
        if entry.want == way {
            return;
        }
        uses.wants(entry.want, way);
        entry.want = way;
        if entry.is_empty() {
            self.entries.remove(&key);
        } else if !entry.is_settled() {
            self.dirty.push(key);
        }
        if !self.refused.is_empty() {
            self.refused.remove(&key);
        }
    }

    /// The same for the first of these, as long as they are in order: much less for each, where
    /// `count` is a large share of all. Gives how many that were.
    pub fn want_in_order(
        &mut self,
        keys: impl Iterator<Item = K>,
        count: usize,
        way: u32,
        uses: &mut Uses,
    ) -> usize {
        if count < MANY || count < self.entries.len() / 8 {
            return 0;
        }
        let mut known = self.entries.iter_mut().peekable();
        let (mut fresh, mut last, mut taken) = (Vec::new(), None, 0);
        let (mut is_empty, mut differs) = (false, false);
        let (mut before, mut times) = (NONE, 0); // what the last ones wanted, and how many of them
        for key in keys {
            if last >= Some(key) {
                break;
            }
            (last, taken) = (Some(key), taken + 1);
            while known.next_if(|(other, _)| **other < key).is_some() {}
            let Some((_, entry)) = known.next_if(|(other, _)| **other == key) else {
                fresh.push((key, Entry { want: way, held: NONE }));
                continue;
            };
            if entry.want == way {
                continue;
            }
            if entry.want != before {
                uses.wants_times(times, before, way);
                (before, times) = (entry.want, 0);
            }
            times += 1;
            entry.want = way;
            is_empty |= entry.is_empty();
            differs |= !entry.is_settled();
            if !self.refused.is_empty() {
                self.refused.remove(&key);
            }
        }
        uses.wants_times(times, before, way);
        if way != NONE && !fresh.is_empty() {
            uses.wants_times(fresh.len() as u64, NONE, way);
            self.entries.append(&mut fresh.into_iter().collect());
            differs = true;
        }
        self.is_scattered |= differs;
        if is_empty {
            self.tidy();
        }
        taken
    }

    /// Change what the kernel is known to have.
    pub fn hold(&mut self, key: K, way: u32, uses: &mut Uses) {
        let none = Entry { want: NONE, held: NONE };
        let entry = self.entries.entry(key).or_insert(none);
        uses.holds(entry.held, way);
        entry.held = way;
        if entry.is_empty() || (entry.want == OTHER && way == NONE) {
            uses.wants(entry.want, NONE);
            self.entries.remove(&key);
        } else if !entry.is_settled() {
            self.dirty.push(key);
        }
    }

    /// The kernel did not do it: it stays wanted, and is not due before there is a reason.
    pub fn refuse(&mut self, step: &Step<K>, refused: Refused, uses: &mut Uses) {
        self.hold(step.key, step.before, uses);
        self.dirty.pop_if(|key| *key == step.key);
        self.refused.insert(step.key, refused);
    }

    /// Begin to carry out what differs.
    pub fn walk(&mut self, phase: Phase) -> Walk<K> {
        let is_many = self.dirty.len() >= MANY && self.dirty.len() > self.entries.len() / 8;
        if is_many || self.is_scattered {
            return Walk::All(None, Vec::new());
        }
        let mut due = std::mem::take(&mut self.dirty);
        due.sort_unstable();
        due.dedup();
        due.retain(|key| {
            let Some(&entry) = self.entries.get(key) else { return false };
            if !entry.is_settled() && !phase.has(entry) {
                self.dirty.push(*key);
            }
            phase.has(entry) && !self.refused.contains_key(key)
        });
        Walk::Each(due.into_iter())
    }

    /// The next changes, at most `limit`; they count as done until `refuse` says otherwise.
    pub fn steps(
        &mut self,
        walk: &mut Walk<K>,
        phase: Phase,
        limit: usize,
        uses: &mut Uses,
        out: &mut Vec<Step<K>>,
    ) {
        out.clear();
        let mut done = |key: K, entry: &mut Entry| {
            let (before, after) = (entry.held, entry.want);
            uses.holds(before, after);
            entry.held = after;
            out.push(Step { key, before, after });
            out.len() < limit
        };
        match walk {
            Walk::Each(due) => {
                for key in due {
                    let Some(entry) = self.entries.get_mut(&key) else { continue };
                    let more = done(key, entry);
                    if entry.is_empty() {
                        self.entries.remove(&key);
                    }
                    if !more {
                        break;
                    }
                }
            }
            Walk::All(after, rest) => {
                let start = after.map_or(Unbounded, Excluded);
                for (key, entry) in self.entries.range_mut((start, Unbounded)) {
                    *after = Some(*key);
                    if entry.is_settled()
                        || (!self.refused.is_empty() && self.refused.contains_key(key))
                    {
                        continue;
                    }
                    if !phase.has(*entry) {
                        rest.push(*key);
                    } else if !done(*key, entry) {
                        break;
                    }
                }
            }
        }
    }

    /// A walk has come to its end: what is due now is what it passed over.
    pub fn walked(&mut self, walk: Walk<K>, phase: Phase) {
        if let Walk::All(_, rest) = walk {
            self.dirty = rest;
            self.is_scattered = false;
            if phase == Phase::Drops {
                self.tidy();
            }
        }
    }

    /// A walk ends before its end: what it did not come to is due still.
    pub fn leave(&mut self, walk: Walk<K>) {
        match walk {
            Walk::Each(rest) => self.dirty.extend(rest),
            Walk::All(..) => self.is_scattered = true,
        }
    }

    /// Let go of entries that nobody wants and the kernel has not.
    pub fn tidy(&mut self) {
        if self.entries.values().all(|entry| entry.is_empty()) {
            self.entries.clear();
            return;
        }
        let entries = std::mem::take(&mut self.entries);
        self.entries = entries.into_iter().filter(|(_, entry)| !entry.is_empty()).collect();
    }

    /// Whether every route of a way that the kernel has is to go.
    pub fn is_leaving(&self, way: u32) -> bool {
        self.entries.values().all(|entry| entry.held != way || entry.want == NONE)
    }

    /// How many changes are due, at most.
    pub fn due(&self) -> u64 {
        if self.is_scattered { u64::MAX } else { self.dirty.len() as u64 }
    }

    /// Forget everything.
    pub fn clear(&mut self) {
        *self = Side::default();
    }

    /// The kernel has none of a way's routes any more; gives how many it had.
    pub fn flushed(&mut self, way: u32, uses: &mut Uses) -> u64 {
        let mut count = 0;
        for entry in self.entries.values_mut().filter(|entry| entry.held == way) {
            uses.holds(way, NONE);
            entry.held = NONE;
            count += 1;
        }
        self.tidy();
        count
    }

    /// Try again what was refused.
    pub fn retry(&mut self) {
        self.dirty.extend(std::mem::take(&mut self.refused).into_keys());
    }

    /// What was left in peace so far may go now.
    pub fn sweep(&mut self, uses: &mut Uses) {
        for (key, entry) in self.entries.iter_mut().filter(|(_, entry)| entry.want == OTHER) {
            uses.wants(OTHER, NONE);
            entry.want = NONE;
            self.dirty.push(*key);
        }
    }
}
