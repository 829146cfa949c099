//! Damping of routes that flap (RFC 2439, with the thresholds of RFC 7196).
//!
//! A path has a penalty that grows when it is withdrawn or changes, and halves each half life. Above
//! one threshold the path is not used; when it has come down to another it is used again. Who is due
//! stands in lists by the second (4.4.4), so that nobody is looked for. The record of a path stays
//! while it is withdrawn, and goes when its penalty is less than half of what it is used again by.
//!
//! Unlike RFC 2439 there is one half life for paths that are there and that are not (as everybody
//! has it), and what goes with a session is not punished (4.8.5 leaves that open).
//! `fingerpost/bgp/damping.py` tells the same of one path.

use std::collections::BTreeMap;

use super::index::Index;
use super::keyed::Keyed;
use super::nets::NetKey;
use super::peer::PeerId;

/// Records of one neighbour in one family; who has more is not damped for those.
const MOST: usize = 1 << 18;
/// One, in numbers with 32 binary digits behind the point.
const ONE: u64 = 1 << 32;

/// How hard paths are punished (RFC 2439 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Above this a path is suppressed.
    pub suppress: u32,
    /// At this or below it is used again.
    pub reuse: u32,
    /// For a withdrawal.
    pub withdrawal: u32,
    /// For coming again.
    pub readvertisement: u32,
    /// For other attributes.
    pub change: u32,
    half_life: u32,
    /// What is left of a penalty after a second.
    factor: u64,
    /// The most, from which it takes the longest time of suppression to come down.
    ceiling: u32,
}

impl Terms {
    /// With a half life and the longest time of suppression in seconds, none of them 0.
    #[must_use]
    pub fn new(half_life: u32, longest: u32, suppress: u32, reuse: u32) -> Self {
        let half_life = half_life.max(1);
        let (mut low, mut high) = (0, ONE - 1);
        while low < high {
            let middle = (low + high).div_ceil(2);
            if power(middle, half_life) <= ONE / 2 {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        let (withdrawal, readvertisement, change) = (1_000, 0, 500);
        let left = power(low, longest).max(1);
        let ceiling = u128::from(reuse) * u128::from(ONE) / u128::from(left);
        let ceiling = u32::try_from(ceiling).unwrap_or(u32::MAX);
        let factor = low;
        Self { suppress, reuse, withdrawal, readvertisement, change, half_life, factor, ceiling }
    }

    /// What is left of a penalty after some seconds.
    #[must_use]
    pub fn decayed(&self, penalty: u32, seconds: u32) -> u32 {
        ((u128::from(penalty) * u128::from(power(self.factor, seconds))) >> 32) as u32
    }

    /// How many seconds a penalty takes to come down to this.
    #[must_use]
    pub fn wait(&self, penalty: u32, target: u32) -> u32 {
        let (mut low, mut high) = (0, self.half_life.saturating_mul(33));
        while low < high {
            let middle = low + (high - low) / 2;
            if self.decayed(penalty, middle) <= target {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    /// The penalty at which a record is kept no more.
    const fn forget(&self) -> u32 {
        self.reuse / 2
    }
}

fn power(mut base: u64, mut exponent: u32) -> u64 {
    let times = |a: u64, b: u64| ((u128::from(a) * u128::from(b)) >> 32) as u64;
    let mut made = ONE;
    while exponent > 0 {
        if exponent & 1 == 1 {
            made = times(made, base);
        }
        base = times(base, base);
        exponent >>= 1;
    }
    made
}

/// What is known of a path that flaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merit {
    /// Its penalty at `at`.
    pub penalty: u32,
    /// In seconds of the table's time.
    pub at: u32,
    /// Whether it is suppressed.
    pub is_suppressed: bool,
}

impl Merit {
    /// After something that costs so much.
    #[must_use]
    pub fn after(self, cost: u32, terms: &Terms, now: u32) -> Self {
        let left = terms.decayed(self.penalty, now.saturating_sub(self.at));
        let penalty = left.saturating_add(cost).min(terms.ceiling);
        let is_suppressed =
            if self.is_suppressed { penalty > terms.reuse } else { penalty > terms.suppress };
        Self { penalty, at: now, is_suppressed }
    }

    /// When it is used again or forgotten.
    #[must_use]
    pub fn due(self, terms: &Terms) -> u32 {
        let target = if self.is_suppressed { terms.reuse } else { terms.forget() };
        self.at.saturating_add(terms.wait(self.penalty, target).max(1))
    }
}

#[derive(Clone, Debug)]
struct Record<K> {
    key: K,
    path_id: u32,
    peer: PeerId,
    merit: Merit,
    due: u32,
    /// The list that it stands in; one before `due` passes it on. Those that it stood in before do
    /// not count.
    listed: u32,
}

/// A path: its prefix, who said it, its path identifier.
pub type Place<K> = (K, PeerId, u32);

/// The paths of a family that flap.
#[derive(Debug)]
pub struct Damping<K> {
    keyed: Keyed,
    index: Index,
    records: Vec<Option<Record<K>>>,
    free: Vec<u32>,
    lists: BTreeMap<u32, Vec<u32>>,
    counts: BTreeMap<PeerId, usize>,
}

impl<K: NetKey> Damping<K> {
    /// Without any.
    #[must_use]
    pub fn new(keyed: Keyed) -> Self {
        Self {
            keyed,
            index: Index::default(),
            records: Vec::new(),
            free: Vec::new(),
            lists: BTreeMap::new(),
            counts: BTreeMap::new(),
        }
    }

    /// Something happened to a path that costs so much; gives whether it is suppressed now.
    pub fn count(
        &mut self,
        (key, peer, path_id): (&K, PeerId, u32),
        cost: u32,
        terms: &Terms,
        now: u32,
    ) -> bool {
        let Some(at) = self.find(key, peer, path_id).or_else(|| {
            let count = self.counts.get(&peer).copied().unwrap_or(0);
            (cost > 0 && count < MOST).then(|| self.add(key.clone(), peer, path_id, now))
        }) else {
            return false;
        };
        let Some(record) = self.record_mut(at) else { return false };
        record.merit = record.merit.after(cost, terms, now);
        record.due = record.merit.due(terms);
        let (merit, due) = (record.merit, record.due);
        if due < record.listed {
            record.listed = due;
            self.lists.entry(due).or_default().push(at);
        }
        merit.is_suppressed
    }

    /// What is known of a path.
    #[must_use]
    pub fn merit(&self, key: &K, peer: PeerId, path_id: u32) -> Option<Merit> {
        let at = self.find(key, peer, path_id)?;
        self.records.get(at as usize)?.as_ref().map(|record| record.merit)
    }

    /// The second at which something is due.
    #[must_use]
    pub fn next_due(&self) -> Option<u32> {
        self.lists.first_key_value().map(|(&due, _)| due)
    }

    /// Look at up to `budget` of those that are due (4.8.7); gives the paths that are used again.
    /// `terms` are those of a neighbour, None: its paths are not damped any more.
    pub fn pass(
        &mut self,
        now: u32,
        mut budget: usize,
        terms: impl Fn(PeerId) -> Option<Terms>,
    ) -> Vec<Place<K>> {
        let mut released = Vec::new();
        while budget > 0
            && let Some(mut entry) = self.lists.first_entry()
            && *entry.key() <= now
        {
            let slot = *entry.key();
            let Some(at) = entry.get_mut().pop() else {
                entry.remove();
                continue;
            };
            budget -= 1;
            self.look(at, slot, now, &terms, &mut released);
        }
        released
    }

    fn look(
        &mut self,
        at: u32,
        slot: u32,
        now: u32,
        terms: &impl Fn(PeerId) -> Option<Terms>,
        released: &mut Vec<Place<K>>,
    ) {
        let Some(record) = self.record_mut(at).filter(|record| record.listed == slot) else {
            return;
        };
        let terms = terms(record.peer);
        if let Some(terms) = terms
            && record.due <= now
        {
            let was_suppressed = record.merit.is_suppressed;
            record.merit = record.merit.after(0, &terms, now);
            record.due = record.merit.due(&terms);
            if was_suppressed && !record.merit.is_suppressed {
                released.push((record.key.clone(), record.peer, record.path_id));
            } else if !record.merit.is_suppressed && record.merit.penalty <= terms.forget() {
                self.remove(at);
                return;
            }
        }
        if terms.is_none() {
            if record.merit.is_suppressed {
                released.push((record.key.clone(), record.peer, record.path_id));
            }
            self.remove(at);
            return;
        }
        let due = record.due;
        record.listed = due;
        self.lists.entry(due).or_default().push(at);
    }

    /// Forget the paths of a neighbour.
    pub fn forget(&mut self, peer: PeerId) {
        for at in 0..self.records.len() as u32 {
            if self.record_mut(at).is_some_and(|record| record.peer == peer) {
                self.remove(at);
            }
        }
    }

    /// How many paths have a record.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether none has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory held, as far as one can know.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.records.capacity() * size_of::<Option<Record<K>>>()
            + self.index.memory()
            + self.free.capacity() * 4
            + self.lists.values().map(|list| list.capacity() * 4 + 48).sum::<usize>()
    }

    fn record_mut(&mut self, at: u32) -> Option<&mut Record<K>> {
        self.records.get_mut(at as usize)?.as_mut()
    }

    fn hash(&self, key: &K, peer: PeerId, path_id: u32) -> u64 {
        self.keyed.words(NetKey::hash(key, &self.keyed), u64::from(peer) << 32 | u64::from(path_id))
    }

    fn find(&self, key: &K, peer: PeerId, path_id: u32) -> Option<u32> {
        if self.is_empty() {
            return None;
        }
        self.index.find(self.hash(key, peer, path_id), |at| {
            self.records.get(at as usize).and_then(Option::as_ref).is_some_and(|record| {
                record.path_id == path_id && record.peer == peer && record.key == *key
            })
        })
    }

    fn add(&mut self, key: K, peer: PeerId, path_id: u32, now: u32) -> u32 {
        let hash = self.hash(&key, peer, path_id);
        let merit = Merit { penalty: 0, at: now, is_suppressed: false };
        let made = Some(Record { key, path_id, peer, merit, due: u32::MAX, listed: u32::MAX });
        let at = self.free.pop().unwrap_or(self.records.len() as u32);
        match self.records.get_mut(at as usize) {
            Some(place) => *place = made,
            None => self.records.push(made),
        }
        self.index.insert(hash, at);
        *self.counts.entry(peer).or_default() += 1;
        at
    }

    fn remove(&mut self, at: u32) {
        let Some(record) = self.records.get_mut(at as usize).and_then(Option::take) else { return };
        self.index.remove(self.hash(&record.key, record.peer, record.path_id), at);
        if let Some(count) = self.counts.get_mut(&record.peer) {
            *count = count.saturating_sub(1);
        }
        self.free.push(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bgp::nets::Net4;

    fn usual() -> Terms {
        Terms::new(900, 3_600, 6_000, 750)
    }

    #[test]
    fn a_penalty_halves_each_half_life() {
        let terms = usual();
        assert_eq!(terms.ceiling.abs_diff(12_000), 0, "RFC 2439 4.2: 750 * 2^(60 / 15)");
        for (seconds, left) in [(0, 8_000), (900, 4_000), (1_800, 2_000), (9_000, 7), (90_000, 0)] {
            assert!(terms.decayed(8_000, seconds).abs_diff(left) <= 1, "{seconds}");
        }
        assert!(terms.wait(12_000, 750).abs_diff(3_600) <= 2);
        assert_eq!((terms.wait(750, 750), terms.decayed(751, terms.wait(751, 750))), (0, 750));
        let quick = Terms::new(1, 1, 2, 1);
        assert_eq!((quick.decayed(8, 1), quick.wait(8, 0)), (4, 4));
    }

    #[test]
    fn who_flaps_is_suppressed_until_its_time_and_then_forgotten() {
        let terms = usual();
        let mut all = Damping::new(Keyed::new(1));
        let (one, other) = (Net4::new(1 << 24, 8), Net4::new(2 << 24, 8));
        let flaps = |all: &mut Damping<Net4>, net: &Net4, at| {
            all.count((net, 1, 0), terms.withdrawal, &terms, at)
        };
        let found: Vec<_> = (0..7).map(|at| flaps(&mut all, &one, at * 10)).collect();
        assert_eq!(found, [false, false, false, false, false, false, true], "7000 is above 6000");
        assert!(!flaps(&mut all, &other, 60));
        assert!(all.count((&one, 1, 0), 0, &terms, 600), "it comes back, and is not used");
        let due = all.merit(&one, 1, 0).map(|merit| merit.due(&terms)).unwrap_or_default();
        assert!((2_800..3_600).contains(&due), "{due}");
        let terms_of = |_: PeerId| Some(terms);
        let mut released = Vec::new();
        let mut now = 0;
        while let Some(next) = all.next_due().filter(|_| released.is_empty()) {
            now = next;
            released.extend(all.pass(now, usize::MAX, terms_of));
        }
        assert_eq!((released, now), (vec![(one, 1, 0)], due));
        while let Some(next) = all.next_due() {
            assert!(all.pass(next, 1, terms_of).is_empty());
        }
        assert_eq!((all.len(), all.counts.get(&1)), (0, Some(&0)));
    }

    #[test]
    fn lists_do_not_grow_by_flaps() {
        let terms = usual();
        let mut all = Damping::new(Keyed::new(1));
        let nets: Vec<_> = (0..50).map(|net| Net4::new(net << 8, 24)).collect();
        for now in 0..20_000 {
            let net = nets[now as usize % nets.len()];
            all.count((&net, 1, 0), terms.withdrawal, &terms, now);
            all.pass(now, usize::MAX, |_| Some(terms));
            let listed: usize = all.lists.values().map(Vec::len).sum();
            assert!(listed <= 3 * nets.len(), "{listed} at {now}");
        }
        all.forget(1);
        assert!(all.is_empty());
        while let Some(next) = all.next_due() {
            assert!(all.pass(next, usize::MAX, |_| None).is_empty());
        }
    }

    #[test]
    fn who_is_damped_no_more_is_used_at_its_time_at_the_latest() {
        let terms = usual();
        let mut all = Damping::new(Keyed::new(1));
        let one = Net4::new(1 << 24, 8);
        for at in 0..8 {
            all.count((&one, 1, 7), terms.withdrawal, &terms, at);
        }
        assert_eq!(all.pass(10_000, usize::MAX, |_| None), [(one, 1, 7)]);
        assert!(all.is_empty());
    }
}
