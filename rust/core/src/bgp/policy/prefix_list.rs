//! `PrefixList`: the first entry that means a prefix decides, however many there are.
//!
//! Addresses are cut where entries begin and end. Prefixes that begin in one such part lie inside of
//! the same entries, so there the length alone decides; parts side by side for which it does so
//! alike are one. A look is a short search among parts.

use std::collections::HashMap;

use crate::addr::{Ip, Net};

/// One line: prefixes inside of one, with lengths in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrefixEntry {
    /// What they are inside of.
    pub net: Net,
    /// The least length.
    pub least: u8,
    /// The greatest length.
    pub most: u8,
    /// Whether they are let through.
    pub permits: bool,
}

/// Fewer parts are searched as a whole.
const PAGED: usize = 64;
const LENGTHS: usize = 129;
/// For each length twice the place of the entry that decides, and one more if it refuses.
type Deciders = [u64; LENGTHS];
/// Nobody decides, so it is refused.
const NONE: u64 = u64::MAX;

/// The lengths that are permitted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Lengths {
    zero: bool,
    /// Bit n: n + 1 is.
    others: u128,
}

impl Lengths {
    fn of(deciders: &Deciders) -> Self {
        let mut found = Self::default();
        for (length, _) in (0_u8..).zip(deciders).filter(|(_, one)| *one % 2 == 0) {
            match length.checked_sub(1) {
                Some(bit) => found.others |= 1 << bit,
                None => found.zero = true,
            }
        }
        found
    }

    const fn has(self, length: u8) -> bool {
        match length.checked_sub(1) {
            Some(bit) => bit < 128 && self.others >> bit & 1 == 1,
            None => self.zero,
        }
    }
}

/// Where parts begin, rising, and the number of the lengths of each; there are none before the first.
#[derive(Clone, Debug, Default)]
struct Parts<A> {
    starts: Vec<A>,
    kinds: Vec<u32>,
}

impl<A: Copy + Ord> Parts<A> {
    /// The number of the lengths of the part that an address is in; it begins between two places.
    #[inline]
    fn kind(&self, address: A, from: usize, to: usize) -> usize {
        let some = self.starts.get(from..to).unwrap_or_default();
        let behind = from + some.partition_point(|start| *start <= address);
        let kind = behind.checked_sub(1).and_then(|at| self.kinds.get(at));
        kind.map_or(0, |&kind| kind as usize)
    }
}

/// A list, cut into parts.
#[derive(Clone, Debug, Default)]
pub struct PrefixList {
    v4: Parts<u32>,
    v6: Parts<u128>,
    /// By number; the first has none.
    lengths: Vec<Lengths>,
    /// Where the parts of each value of the first 16 bits begin, of IPv4; empty: there are few.
    pages: Vec<u32>,
}

impl PrefixList {
    /// With entries in order.
    #[must_use]
    pub fn new(entries: &[PrefixEntry]) -> Self {
        let mut kinds = Kinds::default();
        let v4 = cut(entries, 32, &mut kinds);
        let v6 = cut(entries, 128, &mut kinds);
        let starts: Vec<u32> = v4.starts.iter().map(|&start| start as u32).collect();
        let pages = if starts.len() < PAGED { Vec::new() } else { pages(&starts) };
        Self { v4: Parts { starts, kinds: v4.kinds }, v6, lengths: kinds.lengths, pages }
    }

    /// Whether the entry that decides about a prefix permits it.
    #[must_use]
    pub fn permits(&self, net: Net) -> bool {
        let kind = match net.ip() {
            Ip::V4(address) => {
                let page = (address >> 16) as usize;
                let (from, to) = match self.pages.get(page..page + 2) {
                    Some(&[from, to]) => (from as usize, to as usize),
                    _ => (0, self.v4.starts.len()),
                };
                self.v4.kind(address, from, to)
            }
            Ip::V6(address) => self.v6.kind(address, 0, self.v6.starts.len()),
        };
        self.lengths.get(kind).is_some_and(|lengths| lengths.has(net.len()))
    }
}

/// Lengths by number, each once.
struct Kinds {
    lengths: Vec<Lengths>,
    numbers: HashMap<Lengths, u32>,
}

impl Default for Kinds {
    fn default() -> Self {
        let none = Lengths::default();
        Self { lengths: vec![none], numbers: [(none, 0)].into() }
    }
}

impl Kinds {
    fn number(&mut self, of: Lengths) -> u32 {
        let Self { lengths, numbers } = self;
        *numbers.entry(of).or_insert_with(|| {
            lengths.push(of);
            lengths.len() as u32 - 1
        })
    }
}

/// An entry's prefix that goes on where we are.
struct Open {
    last: u128,
    deciders: Deciders,
    kind: u32,
}

/// Cut the addresses of a family by its entries.
fn cut(entries: &[PrefixEntry], width: u8, kinds: &mut Kinds) -> Parts<u128> {
    let placed = (0_u64..).zip(entries);
    let mut sorted: Vec<_> = placed.filter(|(_, one)| width_of(one.net) == width).collect();
    sorted.sort_by_key(|(place, one)| (first_of(one.net), one.net.len(), *place));
    let mut parts = Parts::default();
    let mut open: Vec<Open> = Vec::new();
    for run in sorted.chunk_by(|(_, one), (_, next)| one.net == next.net) {
        let Some((_, PrefixEntry { net, .. })) = run.first() else { continue };
        let first = first_of(*net);
        close(&mut open, &mut parts, Some(first), width);
        let mut deciders = open.last().map_or([NONE; LENGTHS], |around| around.deciders);
        for (place, one) in run {
            let least = usize::from(one.least.max(net.len()));
            let most = usize::from(one.most.min(width));
            let decides = place << 1 | u64::from(!one.permits);
            for held in deciders.get_mut(least..=most).unwrap_or_default() {
                *held = decides.min(*held);
            }
        }
        let kind = kinds.number(Lengths::of(&deciders));
        parts.put(first, kind);
        let last = first | u128::MAX.checked_shr((128 - width + net.len()).into()).unwrap_or(0);
        open.push(Open { last, deciders, kind });
    }
    close(&mut open, &mut parts, None, width);
    parts
}

/// Go on behind the prefixes that end before an address.
fn close(open: &mut Vec<Open>, parts: &mut Parts<u128>, before: Option<u128>, width: u8) {
    while let Some(one) = open.pop_if(|one| before.is_none_or(|before| one.last < before)) {
        let behind = one.last.checked_add(1).filter(|one| width == 128 || one >> width == 0);
        if let Some(start) = behind {
            parts.put(start, open.last().map_or(0, |around| around.kind));
        }
    }
}

impl Parts<u128> {
    /// Another part begins.
    fn put(&mut self, start: u128, kind: u32) {
        if self.starts.last() == Some(&start) {
            self.starts.pop();
            self.kinds.pop();
        }
        if self.kinds.last().copied().unwrap_or(0) != kind {
            self.starts.push(start);
            self.kinds.push(kind);
        }
    }
}

fn width_of(net: Net) -> u8 {
    if matches!(net.ip(), Ip::V4(_)) { 32 } else { 128 }
}

fn first_of(net: Net) -> u128 {
    match net.ip() {
        Ip::V4(address) => address.into(),
        Ip::V6(address) => address,
    }
}

fn pages(starts: &[u32]) -> Vec<u32> {
    let mut pages = vec![0; 0x1_0001];
    for start in starts {
        if let Some(count) = pages.get_mut((start >> 16) as usize + 1) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for count in &mut pages {
        sum += *count;
        *count = sum;
    }
    pages
}
