//! The lists of a neighbour: what it has not acknowledged, and what is asked of it.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::keyed::Keyed;
use super::lsa::{HEADER, Header, LsaKey};
use super::store::NEVER;

/// The link state retransmission list (RFC 2328 10): slots of the database, each as long as the
/// instance that is there. In the order in which they are due.
#[derive(Debug, Default)]
pub struct Unacknowledged {
    waiting: HashMap<u32, Waiting, Keyed>,
    /// What is not waiting by the same turn is passed over.
    queue: VecDeque<Turn>,
    turn: u32,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    turn: u32,
    since: i64,
}

#[derive(Clone, Copy, Debug)]
struct Turn {
    due: i64,
    slot: u32,
    turn: u32,
}

impl Unacknowledged {
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    pub fn contains(&self, slot: u32) -> bool {
        !self.waiting.is_empty() && self.waiting.contains_key(&slot)
    }

    /// Put a slot on it; whether it was not.
    pub fn add(&mut self, slot: u32, now: i64, due: i64) -> bool {
        self.turn = self.turn.wrapping_add(1);
        let turn = self.turn;
        let is_new = self.waiting.insert(slot, Waiting { turn, since: now }).is_none();
        self.put(Turn { due, slot, turn });
        if !is_new {
            self.pass_over();
        }
        is_new
    }

    /// What is first is waiting: so `deadline` is true.
    fn pass_over(&mut self) {
        while let Some(first) = self.queue.front()
            && self.waiting.get(&first.slot).is_none_or(|it| it.turn != first.turn)
        {
            self.queue.pop_front();
        }
    }

    fn put(&mut self, turn: Turn) {
        if self.queue.len() > 64 + 2 * self.waiting.len() {
            let waiting = &self.waiting;
            self.queue.retain(|one| waiting.get(&one.slot).is_some_and(|it| it.turn == one.turn));
        }
        self.queue.push_back(turn);
    }

    /// Take a slot off; whether it was there.
    pub fn remove(&mut self, slot: u32) -> bool {
        let was_there = !self.waiting.is_empty() && self.waiting.remove(&slot).is_some();
        if was_there && self.waiting.is_empty() {
            *self = Unacknowledged { turn: self.turn, ..Unacknowledged::default() };
        } else if was_there {
            self.pass_over();
        }
        was_there
    }

    /// All that is on it, which it then is not.
    pub fn take_all(&mut self) -> Vec<u32> {
        let mut slots: Vec<u32> = std::mem::take(&mut self.waiting).into_keys().collect();
        self.queue = VecDeque::new();
        slots.sort_unstable();
        slots
    }

    /// When the first of it is due.
    pub fn deadline(&self) -> Option<i64> {
        self.queue.front().map(|first| first.due)
    }

    /// The first that is due; it is due again at `again`.
    pub fn take_due(&mut self, now: i64, again: i64) -> Option<u32> {
        let first = *self.queue.front().filter(|first| first.due <= now)?;
        self.queue.pop_front();
        self.put(Turn { due: again, ..first });
        self.pass_over();
        Some(first.slot)
    }

    /// Since when the oldest is on it.
    pub fn since(&self) -> Option<i64> {
        self.waiting.values().map(|it| it.since).min()
    }
}

/// The link state request list (RFC 2328 10), in the order of keys.
#[derive(Debug, Default)]
pub struct Requests {
    wanted: BTreeMap<LsaKey, Wanted>,
    /// How many of them the last requests asked for.
    asked: usize,
}

#[derive(Clone, Copy, Debug)]
struct Wanted {
    header: Header,
    raw: [u8; HEADER],
    is_asked: bool,
}

impl Requests {
    pub fn len(&self) -> usize {
        self.wanted.len()
    }

    /// What the neighbour has of an LSA.
    pub fn get(&self, key: LsaKey) -> Option<&Header> {
        self.wanted.get(&key).map(|wanted| &wanted.header)
    }

    /// The same as it came.
    pub fn raw(&self, key: LsaKey) -> Option<&[u8; HEADER]> {
        self.wanted.get(&key).map(|wanted| &wanted.raw)
    }

    pub fn add(&mut self, header: Header, raw: [u8; HEADER]) {
        self.remove(header.key);
        self.wanted.insert(header.key, Wanted { header, raw, is_asked: false });
    }

    pub fn remove(&mut self, key: LsaKey) {
        if let Some(wanted) = self.wanted.remove(&key) {
            self.asked -= usize::from(wanted.is_asked);
        }
    }

    pub fn clear(&mut self) {
        *self = Requests::default();
    }

    /// The first of them, which are asked for from now on.
    pub fn ask(&mut self, most: usize) -> impl Iterator<Item = LsaKey> {
        let asked = &mut self.asked;
        self.wanted.iter_mut().take(most).map(|(&key, wanted)| {
            *asked += usize::from(!wanted.is_asked);
            wanted.is_asked = true;
            key
        })
    }

    /// Whether something is left and nothing of it has been asked for.
    pub fn may_ask(&self) -> bool {
        self.asked == 0 && !self.wanted.is_empty()
    }
}

/// What waits to leave and when the next may: the first at once, others that come within `pace`
/// behind it together. What may wait leaves with the next that may not.
#[derive(Debug)]
pub struct Paced {
    queue: Vec<(u32, u32)>,
    /// When the first of it has to leave.
    due: i64,
    next: i64,
}

impl Default for Paced {
    fn default() -> Paced {
        Paced { queue: Vec::new(), due: NEVER, next: NEVER }
    }
}

impl Paced {
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Put the instance of a slot behind the others; it has to leave at `due`.
    pub fn push(&mut self, slot: u32, serial: u32, due: i64) {
        self.due = if self.queue.is_empty() { due } else { self.due.min(due) };
        self.queue.push((slot, serial));
    }

    /// Leave only what `is_current` says.
    pub fn retain(&mut self, mut is_current: impl FnMut(u32, u32) -> bool) {
        self.queue.retain(|&(slot, serial)| is_current(slot, serial));
        self.queue.dedup();
    }

    pub fn deadline(&self) -> Option<i64> {
        (!self.queue.is_empty()).then_some(self.next.max(self.due))
    }

    /// All of it if it may leave now.
    pub fn take(&mut self, now: i64, pace: i64) -> Vec<(u32, u32)> {
        if self.deadline().is_none_or(|due| due > now) {
            return Vec::new();
        }
        self.next = now.saturating_add(pace);
        std::mem::take(&mut self.queue)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::dice::Dice;

    #[test]
    fn unacknowledged_slots_are_due_in_order_and_again() {
        let mut list = Unacknowledged::default();
        assert!(list.add(1, 0, 5) && list.add(2, 1, 6) && !list.add(1, 2, 7));
        assert_eq!((list.len(), list.deadline(), list.since()), (2, Some(6), Some(1)));
        assert_eq!(list.take_due(5, 99), None);
        assert_eq!(list.take_due(9, 14), Some(2));
        assert_eq!(list.take_due(9, 14), Some(1));
        assert_eq!((list.take_due(9, 14), list.deadline()), (None, Some(14)));
        assert!(list.remove(2) && !list.remove(2));
        assert_eq!((list.take_all(), list.deadline(), list.since()), (vec![1], None, None));
    }

    /// The same, by looking at everything.
    #[derive(Default)]
    struct Model(BTreeMap<u32, (i64, u64)>);

    #[test]
    fn unacknowledged_is_what_a_map_is() {
        let mut dice = Dice(7);
        let (mut list, mut model, mut turn) = (Unacknowledged::default(), Model::default(), 0);
        for now in 0..20_000 {
            turn += 1;
            let slot = dice.below(40) as u32;
            match dice.below(5) {
                0 | 1 => {
                    let is_new = model.0.insert(slot, (now + 100, turn)).is_none();
                    assert_eq!(list.add(slot, now, now + 100), is_new);
                }
                2 => assert_eq!(list.remove(slot), model.0.remove(&slot).is_some()),
                _ => {
                    let first = model.0.iter().min_by_key(|(_, due)| **due);
                    let due = first.filter(|(_, (due, _))| *due <= now).map(|(&slot, _)| slot);
                    assert_eq!(list.take_due(now, now + 100), due);
                    due.map(|slot| model.0.insert(slot, (now + 100, turn)));
                }
            }
            assert_eq!(list.len(), model.0.len());
            assert_eq!(list.contains(slot), model.0.contains_key(&slot));
            assert_eq!(list.deadline(), model.0.values().map(|&(due, _)| due).min());
            assert!(list.queue.len() <= 65 + 2 * 40, "what is passed over does not pile up");
        }
    }

    #[test]
    fn requests_go_out_in_order_until_all_came() {
        let key = |id| LsaKey { kind: 1, id, router: 1 };
        let header =
            |id| Header { age: 0, options: 0, key: key(id), sequence: 1, checksum: 1, length: 20 };
        let mut list = Requests::default();
        for id in [3, 1, 2] {
            list.add(header(id), [0; HEADER]);
        }
        assert!(list.may_ask());
        assert!(list.ask(2).eq([key(1), key(2)]));
        list.add(header(2), [1; HEADER]);
        assert_eq!((list.raw(key(2)), list.may_ask()), (Some(&[1; HEADER]), false));
        list.remove(key(1));
        assert!(list.may_ask(), "what came anew is asked for anew");
        assert!(list.ask(9).eq([key(2), key(3)]));
        list.clear();
        assert!(!list.may_ask() && list.len() == 0);
    }

    #[test]
    fn first_leaves_at_once_and_others_together() {
        let mut queue = Paced::default();
        queue.push(1, 1, 100);
        assert_eq!(queue.deadline(), Some(100));
        assert_eq!(queue.take(100, 20), [(1, 1)]);
        queue.push(2, 2, 105);
        queue.push(3, 3, 110);
        assert_eq!((queue.deadline(), queue.take(119, 20)), (Some(120), vec![]));
        queue.retain(|slot, _| slot == 3);
        assert_eq!(queue.take(120, 20), [(3, 3)]);
        assert_eq!(queue.deadline(), None);
    }

    #[test]
    fn what_may_wait_leaves_with_what_may_not() {
        let mut queue = Paced::default();
        queue.push(1, 1, 500);
        assert_eq!((queue.deadline(), queue.take(499, 20)), (Some(500), vec![]));
        queue.push(2, 2, 200);
        queue.push(3, 3, 700);
        assert_eq!(queue.deadline(), Some(200));
        assert_eq!(queue.take(200, 20), [(1, 1), (2, 2), (3, 3)]);
    }
}
