//! One table for both families: slots, batches, readers.
//!
//! A writer stages changes in the truth (`put`, `drop`), which gives each prefix its slot, fills
//! in what the slots stand for, and then calls `publish`. Readers hold a `Snapshot` for long work
//! or call `find` for one address. They never wait for a compilation, only for a pointer swap.
//! A slot that lost its prefix is given out again when no reader can hold it any more.

use std::sync::{Arc, PoisonError, RwLock};

use super::block::Form;
use super::engine::{Block, Engine};
use super::epoch::{Limbo, Token};
use super::image::Image;
use super::{Lookup, cell, frozen};
use crate::addr::{Ip, Net};

/// What readers see of a table; both families at once.
#[derive(Clone)]
pub struct Snapshot {
    v4: Arc<Image>,
    v6: Arc<Image>,
    token: Token,
}

impl Snapshot {
    /// The slot of the longest match; 0 where none matches.
    #[inline]
    pub fn find(&self, ip: Ip) -> u32 {
        match ip {
            Ip::V4(address) => self.v4.find(address),
            Ip::V6(address) => self.v6.find(address),
        }
    }

    /// Images that nobody writes.
    pub(super) fn alone(v4: Arc<Image>, v6: Arc<Image>) -> Snapshot {
        Snapshot { v4, v6, token: Token::default() }
    }

    /// Bytes of the compiled images.
    pub fn memory(&self) -> (usize, usize) {
        (self.v4.memory(), self.v6.memory())
    }

    /// The image of IPv4 and of IPv6.
    pub fn images(&self) -> (&Image, &Image) {
        (&self.v4, &self.v6)
    }
}

impl Lookup for Snapshot {
    fn lookup4(&self, addrs: &[u32], out: &mut [u32]) {
        self.v4.lookup4(addrs, out);
    }

    fn lookup6(&self, addrs: &[[u8; 16]], out: &mut [u32]) {
        self.v6.lookup6(addrs, out);
    }
}

/// The door for readers: cheap to share between threads.
pub struct Readers(RwLock<Snapshot>);

impl Readers {
    /// One lookup in the table as it is now, under a lock that the writer takes only for a swap.
    #[inline]
    pub fn find(&self, ip: Ip) -> u32 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).find(ip)
    }

    /// The table as it is now, for long work. Single cells may still change to later answers.
    pub fn snapshot(&self) -> Snapshot {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

enum Gone {
    V4(Block),
    V6(Block),
    Slot(u32),
}

/// Both families, their slots, and what waits for readers to leave.
pub struct Table {
    v4: Engine<u32>,
    v6: Engine<u128>,
    readers: Arc<Readers>,
    limbo: Limbo<Gone>,
    free_slots: Vec<u32>,
    /// The first slot that was never given out.
    next_slot: u32,
    form: Form,
}

/// Where a prefix was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its slot, above 0.
    pub slot: u32,
    /// Whether the prefix is new in the table.
    pub is_new: bool,
}

impl Table {
    /// No prefixes.
    #[must_use]
    pub fn new(form: Form) -> Table {
        let (v4, v6) = (Engine::new(form), Engine::new(Form::Compact));
        Self::assemble(v4, v6, form, 1)
    }

    fn assemble(v4: Engine<u32>, v6: Engine<u128>, form: Form, next_slot: u32) -> Table {
        let limbo = Limbo::default();
        let snapshot =
            Snapshot { v4: v4.image().clone(), v6: v6.image().clone(), token: limbo.token() };
        let readers = Arc::new(Readers(RwLock::new(snapshot)));
        Table { v4, v6, readers, limbo, free_slots: Vec::new(), next_slot, form }
    }

    /// Where readers ask.
    #[must_use]
    pub fn readers(&self) -> Arc<Readers> {
        self.readers.clone()
    }

    /// How IPv4 nodes are compiled.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// Number of IPv4 and of IPv6 prefixes.
    #[must_use]
    pub fn lens(&self) -> (usize, usize) {
        (self.v4.rib.len(), self.v6.rib.len())
    }

    /// One more than the highest slot ever given out.
    #[must_use]
    pub fn slots(&self) -> u32 {
        self.next_slot
    }

    /// Stage a prefix. `None` where the table has no slot left (2**31 - 1).
    pub fn put(&mut self, net: Net) -> Option<Placed> {
        let fresh = match self.free_slots.pop() {
            Some(slot) => slot,
            None if self.next_slot < cell::SLOT_LIMIT => {
                self.next_slot += 1;
                self.next_slot - 1
            }
            None => return None,
        };
        let held = match net.ip() {
            Ip::V4(key) => self.v4.rib.insert(key, net.len(), fresh),
            Ip::V6(key) => self.v6.rib.insert(key, net.len(), fresh),
        };
        if let Some(slot) = held {
            self.free_slots.push(fresh);
            return Some(Placed { slot, is_new: false });
        }
        Some(Placed { slot: fresh, is_new: true })
    }

    /// Stage the removal of a prefix; gives the slot that it held.
    pub fn drop(&mut self, net: Net) -> Option<u32> {
        let slot = match net.ip() {
            Ip::V4(key) => self.v4.rib.remove(key, net.len()),
            Ip::V6(key) => self.v6.rib.remove(key, net.len()),
        }?;
        self.limbo.retire(Gone::Slot(slot));
        Some(slot)
    }

    /// Whether somebody is in the midst of long work, on a snapshot.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        let current = self.readers.0.read().unwrap_or_else(PoisonError::into_inner);
        self.limbo.is_watched(&current.token)
    }

    /// Stage another slot for a prefix that has one: for another value that must not be seen under
    /// the old slot, by those who have met it already. `None` where there is no slot left.
    pub fn renew(&mut self, net: Net) -> Option<Placed> {
        self.drop(net);
        self.put(net)
    }

    /// Let readers see what was staged. Slots that come back to the table are told to `freed`.
    pub fn publish(&mut self, mut freed: impl FnMut(u32)) {
        self.v4.publish(|block| self.limbo.retire(Gone::V4(block)));
        self.v6.publish(|block| self.limbo.retire(Gone::V6(block)));
        if self.limbo.is_stirred() {
            self.limbo.advance();
        }
        {
            let mut current = self.readers.0.write().unwrap_or_else(PoisonError::into_inner);
            current.v4.clone_from(self.v4.image());
            current.v6.clone_from(self.v6.image());
            current.token = self.limbo.token();
        }
        let (v4, v6, free_slots) = (&mut self.v4, &mut self.v6, &mut self.free_slots);
        self.limbo.drain(|gone| match gone {
            Gone::V4(block) => v4.reuse(block),
            Gone::V6(block) => v6.reuse(block),
            Gone::Slot(slot) => {
                freed(slot);
                free_slots.push(slot);
            }
        });
    }

    /// Bytes of the truth of each family.
    #[must_use]
    pub fn memory(&self) -> (usize, usize) {
        (self.v4.rib.memory(), self.v6.rib.memory())
    }

    /// The slot of exactly this prefix.
    #[must_use]
    pub fn get(&self, net: Net) -> Option<u32> {
        match net.ip() {
            Ip::V4(key) => self.v4.rib.get(key, net.len()),
            Ip::V6(key) => self.v6.rib.get(key, net.len()),
        }
    }

    /// Every prefix that covers `net`, itself included, shortest first, with its slot.
    #[must_use]
    pub fn covering(&self, net: Net) -> Vec<(Net, u32)> {
        let found = match net.ip() {
            Ip::V4(key) => self.v4.rib.covering(key, net.len()),
            Ip::V6(key) => self.v6.rib.covering(key, net.len()),
        };
        let prefix = |(len, slot)| Net::new(net.ip(), len).map(|net| (net, slot));
        found.into_iter().filter_map(prefix).collect()
    }

    /// Up to `limit` prefixes inside `within` (itself included) in order, from the one that comes
    /// next after `after`, with their slots.
    #[must_use]
    pub fn walk(&self, within: Net, after: Option<Net>, limit: usize) -> Vec<(Net, u32)> {
        let prefix = |ip, len, slot| Net::new(ip, len).map(|net| (net, slot));
        match (within.ip(), after.map(|net| (net.ip(), net.len()))) {
            (Ip::V4(key), after) => {
                let after = match after {
                    Some((Ip::V4(key), len)) => Some((key, len)),
                    Some((Ip::V6(_), _)) => return Vec::new(),
                    None => None,
                };
                let found = self.v4.rib.walk((key, within.len()), after, limit);
                found
                    .into_iter()
                    .filter_map(|(k, len, slot)| prefix(Ip::V4(k), len, slot))
                    .collect()
            }
            (Ip::V6(key), after) => {
                let after = match after {
                    Some((Ip::V6(key), len)) => Some((key, len)),
                    _ => None,
                };
                let found = self.v6.rib.walk((key, within.len()), after, limit);
                found
                    .into_iter()
                    .filter_map(|(k, len, slot)| prefix(Ip::V6(k), len, slot))
                    .collect()
            }
        }
    }

    /// Every prefix of both families in order, with its slot.
    #[must_use]
    pub fn entries(&self) -> Vec<(Net, u32)> {
        let everything = [Ip::V4(0), Ip::V6(0)].map(|ip| Net::new(ip, 0));
        let families = everything.into_iter().flatten();
        families.flat_map(|within| self.walk(within, None, usize::MAX)).collect()
    }

    /// A table with the same prefixes in the same slots, which goes its own way from here.
    #[must_use]
    pub fn duplicate(&self, form: Form) -> Table {
        let v4 = Engine::with_rib(self.v4.rib.clone(), form);
        let v6 = Engine::with_rib(self.v6.rib.clone(), Form::Compact);
        let mut table = Self::assemble(v4, v6, form, self.next_slot);
        let held: std::collections::HashSet<u32> =
            self.entries().into_iter().map(|(_, slot)| slot).collect();
        table.free_slots = (1..self.next_slot).filter(|slot| !held.contains(slot)).collect();
        table
    }

    /// A table of its own for one kind of answer: `leaf[slot]` instead of `slot`. Neighbours with
    /// the same answer become one. Nothing that happens to this table reaches it.
    #[must_use]
    pub fn compile(&self, form: Form, leaf: &[u32]) -> Snapshot {
        Snapshot::alone(
            frozen::compile(&self.v4.rib, form, leaf),
            frozen::compile(&self.v6.rib, Form::Compact, leaf),
        )
    }

    /// The longest prefix that covers `net`, itself included, with its slot.
    #[must_use]
    pub fn longest(&self, net: Net) -> Option<(Net, u32)> {
        let (len, slot) = match net.ip() {
            Ip::V4(key) => self.v4.rib.longest(key, net.len()),
            Ip::V6(key) => self.v6.rib.longest(key, net.len()),
        }?;
        Some((Net::new(net.ip(), len)?, slot))
    }
}

/// Go through two tables' entries, both in order, as one: each prefix with its slot in either.
///
/// # Errors
/// Those of `visit`, at the first one.
pub fn merge<E>(
    old: &[(Net, u32)],
    new: &[(Net, u32)],
    mut visit: impl FnMut(Net, Option<u32>, Option<u32>) -> Result<(), E>,
) -> Result<(), E> {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let (before, after) = (old.peek().copied(), new.peek().copied());
        let Some(&(net, _)) = [before, after].into_iter().flatten().min_by_key(|entry| entry.0)
        else {
            return Ok(());
        };
        let slot = |entry: Option<&(Net, u32)>| entry.filter(|e| e.0 == net).map(|e| e.1);
        let (before, after) = (slot(before), slot(after));
        if before.is_some() {
            old.next();
        }
        if after.is_some() {
            new.next();
        }
        visit(net, before, after)?;
    }
}

#[cfg(test)]
impl Table {
    /// Every word of the arenas is reachable, free or waiting.
    pub fn audit(&self) {
        let (mut v4, mut v6) = (0, 0);
        for gone in self.limbo.waiting() {
            match gone {
                Gone::V4(block) => v4 += self.v4.words_that_count(block),
                Gone::V6(block) => v6 += self.v6.words_that_count(block),
                Gone::Slot(_) => (),
            }
        }
        assert_eq!((self.v4.lost_words(v4), self.v6.lost_words(v6)), (0, 0));
    }
}
