//! A batch of changes while it goes on.

use super::{Entry, Family, Groups, HashMap, Held, Ip, Key, Net, Store, Turnover};
use crate::rib::since::Since;

/// Marks the number of an entry as one of IPv6.
const IS_V6: u32 = 1 << 31;

/// What was taught is kept from batch to batch as far as this.
const TAUGHT: usize = 1 << 16;

/// What an operation makes of a group. It holds until a number means something else.
pub type Taught = HashMap<(u32, u32), u32>;

/// A prefix that the batch moved: where it was and since when it had what it had.
#[derive(Debug)]
pub struct Touched {
    entry: u32,
    pub before: u32,
    pub since: Since,
}

/// What is known of the batch that goes on.
#[derive(Debug, Default)]
pub struct Batch {
    pub touched: Vec<Touched>,
    /// Groups before and after, each different pair once, and for each touched prefix which.
    pub pairs: Vec<(u32, u32)>,
    pub codes: Vec<u32>,
}

/// The same operation on many prefixes, or another one on each; likewise their instants.
#[derive(Debug)]
pub struct Moves {
    /// The prefixes.
    pub nets: Vec<Net>,
    /// One operation for all, or one for each prefix.
    pub operations: Vec<u32>,
    /// One instant for all, or one for each prefix; for candidates that are new to the prefix.
    pub since: Vec<u64>,
    /// How many are done.
    pub done: usize,
}

/// Why `Store::run` came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// All moves are done.
    Done,
    /// It is not known what an operation makes of a group: `Store::teach` it and run on.
    Unknown {
        /// The group.
        group: u32,
        /// The operation.
        operation: u32,
    },
    /// There are 2**31 - 2 prefixes of a family, and no number is left.
    Full,
}

fn one_or_each<T: Copy>(values: &[T], at: usize) -> Option<T> {
    if let [only] = values { Some(*only) } else { values.get(at).copied() }
}

impl Store {
    /// Say what an operation makes of a group; false where there is no such group.
    pub fn teach(&mut self, group: u32, operation: u32, after: u32) -> bool {
        let is_known = self.groups.has(after);
        if is_known {
            self.taught.insert((group, operation), after);
        }
        is_known
    }

    /// Move prefixes, from the first that is not done, as far as it is known what to do.
    pub fn run(&mut self, moves: &mut Moves) -> Stop {
        while let Some(&net) = moves.nets.get(moves.done) {
            let Some(operation) = one_or_each(&moves.operations, moves.done) else { break };
            let since = one_or_each(&moves.since, moves.done).unwrap_or(0);
            let before = self.get(net);
            let Some(&after) = self.taught.get(&(before, operation)) else {
                return Stop::Unknown { group: before, operation };
            };
            if after != before {
                let Store { v4, v6, groups, batch, .. } = self;
                let is_done = match net.ip() {
                    Ip::V4(key) => batch.step(v4, 0, (key, net.len()), (after, since), groups),
                    Ip::V6(key) => batch.step(v6, 1, (key, net.len()), (after, since), groups),
                };
                if !is_done {
                    return Stop::Full;
                }
                self.len += usize::from(before == 0);
                self.len -= usize::from(after == 0);
            }
            moves.done += 1;
        }
        Stop::Done
    }

    /// Take groups without members out of the index; tells what came and went.
    pub fn commit(&mut self) -> Turnover {
        self.groups.commit()
    }

    /// Mark groups until the batch is finished, see [`Store::concerns`].
    pub fn mark(&mut self, groups: &[u32]) {
        self.groups.mark(groups);
    }

    /// The groups that are marked.
    #[must_use]
    pub fn marked(&self) -> &[u32] {
        self.groups.marked()
    }

    /// Number of prefixes that the batch moved, and of those in marked groups.
    #[must_use]
    pub fn concerned(&self) -> u64 {
        let marked = self.groups.marked().iter().map(|&group| u64::from(self.groups.count(group)));
        self.batch.touched.len() as u64 + marked.sum::<u64>()
    }

    /// Whether the batch moved a prefix around the address, or one is in a marked group; of those
    /// of at least this length.
    #[must_use]
    pub fn concerns(&self, ip: Ip, at_least: u8) -> bool {
        match ip {
            Ip::V4(key) => self.concerns_in(&self.v4, key, at_least),
            Ip::V6(key) => self.concerns_in(&self.v6, key, at_least),
        }
    }

    fn concerns_in<K: Key>(&self, family: &Family<K>, key: K, at_least: u8) -> bool {
        let mut around = family.covering(key, K::BITS);
        around.any(|entry| {
            entry.len >= at_least && (entry.is_touched || self.groups.is_marked(entry.group))
        })
    }

    /// The prefixes that the batch moved, with their groups after it (0: none), in its order.
    #[must_use]
    pub fn touched(&self) -> Vec<Held> {
        let numbers = self.batch.touched.iter().map(|touched| touched.entry);
        numbers.filter_map(|entry| self.net_and_group(entry)).collect()
    }

    /// The group of each prefix before the batch; 0 where it had no candidate.
    #[must_use]
    pub fn before(&self, nets: &[Net]) -> Vec<u32> {
        let mut groups: HashMap<Net, u32> = nets.iter().map(|&net| (net, self.get(net))).collect();
        for touched in &self.batch.touched {
            let group = self.net_of(touched).and_then(|net| groups.get_mut(&net));
            if let Some(group) = group {
                *group = touched.before;
            }
        }
        nets.iter().map(|net| groups.get(net).copied().unwrap_or(0)).collect()
    }

    fn net_and_group(&self, entry: u32) -> Option<Held> {
        if entry & IS_V6 == 0 {
            let entry = self.v4.entry(entry);
            Some((entry.net()?, entry.group))
        } else {
            let entry = self.v6.entry(entry & !IS_V6);
            Some((entry.net()?, entry.group))
        }
    }

    /// Group before and after of the prefixes that the batch moved, each different pair once.
    pub fn pairs(&mut self) -> Vec<(u32, u32)> {
        let mut code_of: HashMap<(u32, u32), u32> = HashMap::new();
        let mut pairs = Vec::new();
        let mut codes = Vec::with_capacity(self.batch.touched.len());
        for touched in &self.batch.touched {
            let after = self.now(touched).0;
            let pair = (touched.before, after);
            codes.push(*code_of.entry(pair).or_insert_with(|| {
                pairs.push(pair);
                pairs.len() as u32 - 1
            }));
        }
        self.batch.codes = codes;
        self.batch.pairs.clone_from(&pairs);
        pairs
    }

    /// Group and instants of a touched prefix as they are now.
    pub(super) fn now(&self, touched: &Touched) -> (u32, Since) {
        if touched.entry & IS_V6 == 0 {
            let entry = self.v4.entry(touched.entry);
            (entry.group, self.v4.since(entry))
        } else {
            let entry = self.v6.entry(touched.entry & !IS_V6);
            (entry.group, self.v6.since(entry))
        }
    }

    /// The prefix of a touched entry.
    pub(super) fn net_of(&self, touched: &Touched) -> Option<Net> {
        self.net_and_group(touched.entry).map(|held| held.0)
    }

    /// End the batch: prefixes without candidates go, and with them what was before.
    pub fn finish(&mut self) {
        for touched in std::mem::take(&mut self.batch.touched) {
            if touched.entry & IS_V6 == 0 {
                self.v4.close(touched.entry);
            } else {
                self.v6.close(touched.entry & !IS_V6);
            }
        }
        self.v4.settle();
        self.v6.settle();
        if self.groups.finish() || self.taught.len() > TAUGHT {
            self.taught = Taught::default();
        }
        self.batch = Batch::default();
    }
}

impl Batch {
    /// Put a prefix into a group; false where there is no number left for it.
    fn step<K: Key>(
        &mut self,
        family: &mut Family<K>,
        number: usize,
        (key, len): (K, u8),
        (after, since): (u32, u64),
        groups: &mut Groups,
    ) -> bool {
        let Some(at) = family.find(key, len).or_else(|| family.create(key, len)) else {
            return false;
        };
        let entry: &Entry<K> = family.entry(at);
        if !entry.is_touched {
            let mark = if number == 0 { 0 } else { IS_V6 };
            let (before, since) = (entry.group, family.since(entry));
            family.entry_mut(at).is_touched = true;
            self.touched.push(Touched { entry: at | mark, before, since });
        }
        family.relocate(at, number, after, since, groups);
        true
    }
}
