//! What is wanted and what the kernel has, for every prefix of both families.

use super::key::{Either, Key, Key4, Key6};
use super::side::{Entry, Side};
use super::sync::BATCH;
use super::{NONE, OTHER, Way};
use crate::addr::{Ip, Net};

/// Why the kernel did not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The errno.
    pub errno: u16,
    /// The number of the kernel's words, see [`Ledger::words`].
    pub words: u16,
}

/// What the ledger says of one prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// The way that is wanted, `NONE`, or `OTHER`: whatever there is.
    pub want: u32,
    /// The way that the kernel has, `NONE`, or `OTHER`: something unknown.
    pub held: u32,
    /// Why they differ, where the kernel refused.
    pub refused: Option<Refused>,
}

/// What a comparison with the kernel found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drift {
    /// Held, and as the ledger had it.
    pub kept: u64,
    /// The ledger had it, the kernel has not.
    pub missing: u64,
    /// The kernel has it, in another way.
    pub changed: u64,
    /// The kernel has it, the ledger had not.
    pub strange: u64,
}

/// How often a way is wanted and held.
#[derive(Clone, Copy, Default)]
pub struct Use {
    pub want: u64,
    pub held: u64,
}

/// How often each way is used, and totals.
#[derive(Default)]
pub struct Uses {
    ways: Vec<Use>,
    /// Ways that were used and, when it was put here, were not any more.
    idle: Vec<u32>,
    pub total: Use,
    /// How many routes are let be until somebody says what is wanted.
    pub spared: u64,
}

impl Uses {
    pub fn wants(&mut self, before: u32, after: u32) {
        self.wants_times(1, before, after);
    }

    /// So many want another way.
    pub fn wants_times(&mut self, times: u64, before: u32, after: u32) {
        self.count(before, |uses| uses.want = uses.want.wrapping_sub(times));
        self.count(after, |uses| uses.want = uses.want.wrapping_add(times));
        let spared = |way| if way == OTHER { times } else { 0 };
        self.spared = self.spared.wrapping_sub(spared(before)).wrapping_add(spared(after));
        let ways = |way| if way != NONE && way != OTHER { times } else { 0 };
        self.total.want = self.total.want.wrapping_sub(ways(before)).wrapping_add(ways(after));
    }

    pub fn holds(&mut self, before: u32, after: u32) {
        self.count(before, |uses| uses.held = uses.held.wrapping_sub(1));
        self.count(after, |uses| uses.held = uses.held.wrapping_add(1));
        let is_there = |way| u64::from(way != NONE);
        self.total.held =
            self.total.held.wrapping_sub(is_there(before)).wrapping_add(is_there(after));
    }

    /// None of a way's routes is held any more.
    fn release(&mut self, way: u32, held: u64) {
        self.count(way, |uses| uses.held = 0);
        self.total.held = self.total.held.wrapping_sub(held);
    }

    fn count(&mut self, way: u32, change: impl FnOnce(&mut Use)) {
        if way != NONE
            && let Some(uses) = self.ways.get_mut(way as usize)
        {
            change(uses);
            if uses.want == 0 && uses.held == 0 {
                self.idle.push(way);
            }
        }
    }

    pub fn of(&self, way: u32) -> Use {
        self.ways.get(way as usize).copied().unwrap_or_default()
    }
}

/// The ledger. Ways are numbers from 1 on that `set_way` made known.
pub struct Ledger {
    pub(super) v4: Side<Key4>,
    pub(super) v6: Side<Key6>,
    pub(super) ways: Vec<Option<Way>>,
    pub(super) uses: Uses,
    /// How many messages a call.
    pub(super) batch: usize,
    words: Vec<Box<str>>,
}

impl Default for Ledger {
    fn default() -> Self {
        Ledger {
            v4: Side::default(),
            v6: Side::default(),
            ways: Vec::new(),
            uses: Uses::default(),
            batch: BATCH,
            words: Vec::new(),
        }
    }
}

/// How often many prefixes may begin to be in order anew: each time the table is walked.
const RUNS: usize = 4;
/// How many different words of the kernel are kept.
const MAX_WORDS: usize = 1000;

macro_rules! of_family {
    ($ledger:expr, $net:expr, $side:ident, $key:ident, $body:expr) => {
        match Either::from($net) {
            Either::V4($key) => {
                let $side = &mut $ledger.v4;
                $body
            }
            Either::V6($key) => {
                let $side = &mut $ledger.v6;
                $body
            }
        }
    };
}

impl Ledger {
    /// Say what a way is; `false` where the number is `NONE` or too high to be one.
    pub fn set_way(&mut self, number: u32, way: Option<Way>) -> bool {
        const MOST: usize = 1 << 24;
        let at = number as usize;
        if number == NONE || at >= MOST {
            return false;
        }
        if at >= self.ways.len() {
            self.ways.resize(at + 1, None);
            self.uses.ways.resize(at + 1, Use::default());
        }
        if let Some(place) = self.ways.get_mut(at) {
            *place = way;
        }
        true
    }

    /// Whether a number stands for a way that is known.
    #[must_use]
    pub fn has_way(&self, number: u32) -> bool {
        self.ways.get(number as usize).is_some_and(Option::is_some)
    }

    /// From now on this way is wanted for the prefix; `NONE`: no route.
    pub fn want(&mut self, net: Net, way: u32) {
        of_family!(self, net, side, key, side.want(key, way, &mut self.uses));
    }

    /// The same for many prefixes, fastest in order.
    pub fn want_many(&mut self, nets: &[Net], way: u32) {
        let mut rest = nets;
        for _ in 0..RUNS {
            let Some(first) = rest.first() else { return };
            let (keys, count, uses) = (rest.iter(), rest.len(), &mut self.uses);
            let taken = match first.ip() {
                Ip::V4(_) => {
                    self.v4.want_in_order(keys.map_while(|net| Key4::of(*net)), count, way, uses)
                }
                Ip::V6(_) => {
                    self.v6.want_in_order(keys.map_while(|net| Key6::of(*net)), count, way, uses)
                }
            };
            rest = rest.get(taken..).unwrap_or(&[]);
        }
        rest.iter().for_each(|&net| self.want(net, way));
    }

    /// The kernel has this way for the prefix, says somebody; `NONE`: no route.
    pub fn hold(&mut self, net: Net, way: u32) {
        of_family!(self, net, side, key, side.hold(key, way, &mut self.uses));
    }

    /// What is known of a prefix.
    #[must_use]
    pub fn state(&self, net: Net) -> Option<State> {
        match Either::from(net) {
            Either::V4(key) => state(&self.v4, key),
            Either::V6(key) => state(&self.v6, key),
        }
    }

    /// Try again, at the next sync, what the kernel refused.
    pub fn retry(&mut self) {
        self.v4.retry();
        self.v6.retry();
    }

    /// The same for one prefix.
    pub fn retry_one(&mut self, net: Net) {
        of_family!(self, net, side, key, {
            if side.refused.remove(&key).is_some() {
                side.dirty.push(key);
            }
        });
    }

    /// What was let be, because nobody said what is wanted, may go; gives how much that is.
    pub fn sweep(&mut self) -> u64 {
        let spared = self.uses.spared;
        if spared > 0 {
            self.v4.sweep(&mut self.uses);
            self.v6.sweep(&mut self.uses);
        }
        spared
    }

    /// How many prefixes want a way and how many have it.
    #[must_use]
    pub fn uses(&self, way: u32) -> (u64, u64) {
        let uses = self.uses.of(way);
        (uses.want, uses.held)
    }

    /// Ways that lost their last use since this was asked last, in order.
    pub fn take_idle(&mut self) -> Vec<u32> {
        let mut idle = std::mem::take(&mut self.uses.idle);
        idle.sort_unstable();
        idle.dedup();
        idle.retain(|&way| self.uses(way) == (0, 0));
        idle
    }

    /// Prefixes wanted, held, refused, let be.
    #[must_use]
    pub fn counts(&self) -> (u64, u64, u64, u64) {
        let refused = self.v4.refused.len() + self.v6.refused.len();
        (self.uses.total.want, self.uses.total.held, refused as u64, self.uses.spared)
    }

    /// Everything that the kernel refused, in order.
    pub fn refusals(&self) -> impl Iterator<Item = (Net, Refused)> {
        let four = self.v4.refused.iter().map(|(key, refused)| (key.net(), *refused));
        four.chain(self.v6.refused.iter().map(|(key, refused)| (key.net(), *refused)))
    }

    /// Everything wanted or held, in order.
    pub fn entries(&self) -> impl Iterator<Item = (Net, u32, u32)> {
        let row = |net, entry: &Entry| (net, entry.want, entry.held);
        let four = self.v4.entries.iter().map(move |(key, entry)| row(key.net(), entry));
        let all = four.chain(self.v6.entries.iter().map(move |(key, entry)| row(key.net(), entry)));
        all.filter(|row| row.1 != NONE || row.2 != NONE)
    }

    /// The kernel's words by number.
    #[must_use]
    pub fn words(&self, number: u16) -> &str {
        self.words.get(usize::from(number)).map_or("", |words| words)
    }

    /// The number of the kernel's words.
    pub(super) fn keep_words(&mut self, words: &str) -> u16 {
        if let Some(at) = self.words.iter().position(|known| **known == *words) {
            return at as u16;
        }
        if self.words.len() >= MAX_WORDS {
            return u16::MAX;
        }
        self.words.push(words.into());
        (self.words.len() - 1) as u16
    }

    /// Ways that nobody wants, of which the kernel has at least so many routes, all of which are to
    /// go: worth removing at once, where that can be done.
    #[must_use]
    pub fn leaving(&self, least: u64) -> Vec<u32> {
        let due = self.v4.due().saturating_add(self.v6.due());
        if due < least || self.uses.spared > 0 {
            return Vec::new();
        }
        let leaves = |way: u32| {
            let uses = self.uses.of(way);
            if uses.want > 0 || uses.held < least {
                return false;
            }
            self.uses.total.want == 0 || self.v4.is_leaving(way) && self.v6.is_leaving(way)
        };
        (1..self.ways.len() as u32).filter(|&way| leaves(way)).collect()
    }

    /// The kernel removed all routes of a way at once; gives how many.
    pub fn flushed(&mut self, way: u32) -> u64 {
        let (held, total) = (self.uses.of(way).held, self.uses.total);
        if total.want == 0 && self.uses.spared == 0 && total.held == held {
            self.v4.clear();
            self.v6.clear();
            self.uses.release(way, held);
            return held;
        }
        self.v4.flushed(way, &mut self.uses) + self.v6.flushed(way, &mut self.uses)
    }
}

fn state<K: Key>(side: &Side<K>, key: K) -> Option<State> {
    let refused = side.refused.get(&key).copied();
    let entry = side.entries.get(&key).filter(|entry| !entry.is_empty())?;
    Some(State { want: entry.want, held: entry.held, refused })
}
