//! `Payloads`: the VRPs of one family, sorted by prefix, each with the nearest that covers it.

use super::Bits;

/// The end of a chain.
const NONE: u32 = u32::MAX;

/// One validated ROA payload (RFC 6811 2): an AS that may originate a prefix, and what is inside it
/// up to a length. Ordered by prefix, wider before narrower.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Payload<B> {
    /// The first address; no bits beyond the length.
    pub bits: B,
    /// How many bits of it count.
    pub len: u8,
    /// The longest prefix of it that may be originated.
    pub max: u8,
    /// Who may; 0 is nobody (RFC 6483 4).
    pub asn: u32,
}

impl<B: Bits> Payload<B> {
    /// None: `max` is less than the length, or more than an address has.
    #[must_use]
    pub fn new(bits: B, len: u8, max: u8, asn: u32) -> Option<Self> {
        (len <= max && max <= B::WIDTH).then(|| Self { bits: bits.masked(len), len, max, asn })
    }

    #[inline]
    fn covers(&self, bits: B, len: u8) -> bool {
        self.len <= len && bits.masked(self.len) == self.bits
    }

    #[inline]
    fn is_at(&self, other: &Self) -> bool {
        self.len == other.len && self.bits == other.bits
    }
}

/// The VRPs of one family.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payloads<B> {
    sorted: Vec<Payload<B>>,
    /// Beside each: the last one of the nearest prefix that covers its own.
    wider: Vec<u32>,
}

impl<B: Bits> Payloads<B> {
    /// Of payloads in any order; each counts once.
    #[must_use]
    pub fn new(mut all: Vec<Payload<B>>) -> Self {
        all.sort_unstable();
        all.dedup();
        Self::sorted(all)
    }

    /// Of payloads that are sorted, each once.
    pub(super) fn sorted(sorted: Vec<Payload<B>>) -> Self {
        let mut wider = Vec::with_capacity(sorted.len());
        let mut open: Vec<u32> = Vec::new();
        for (at, one) in (0_u32..).zip(&sorted) {
            let above = loop {
                let Some(&last) = open.last() else { break NONE };
                match sorted.get(last as usize) {
                    Some(held) if held.is_at(one) => {
                        open.pop();
                    }
                    Some(held) if held.covers(one.bits, one.len) => break last,
                    _ => {
                        open.pop();
                    }
                }
            };
            wider.push(above);
            open.push(at);
        }
        Self { sorted, wider }
    }

    /// All, in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Payload<B>] {
        &self.sorted
    }

    /// Those whose prefix covers this one, narrowest first.
    #[inline]
    pub fn covering(&self, bits: B, len: u8) -> Covering<'_, B> {
        let past = self.sorted.partition_point(|one| (one.bits, one.len) <= (bits, len));
        let at = past.checked_sub(1).and_then(|at| u32::try_from(at).ok()).unwrap_or(NONE);
        Covering { of: self, bits, len, at }
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.sorted.capacity() * size_of::<Payload<B>>() + self.wider.capacity() * 4
    }
}

/// A walk up from a prefix.
#[derive(Clone, Debug)]
pub struct Covering<'a, B> {
    of: &'a Payloads<B>,
    bits: B,
    len: u8,
    at: u32,
}

impl<'a, B: Bits> Iterator for Covering<'a, B> {
    type Item = &'a Payload<B>;

    #[inline]
    fn next(&mut self) -> Option<&'a Payload<B>> {
        loop {
            let at = self.at as usize;
            let one = self.of.sorted.get(at)?;
            let wider = self.of.wider.get(at).copied().unwrap_or(NONE);
            if !one.covers(self.bits, self.len) {
                self.at = wider;
                continue;
            }
            let before = at.checked_sub(1).and_then(|at| self.of.sorted.get(at));
            let is_more = before.is_some_and(|before| before.is_at(one));
            self.at = if is_more { self.at.wrapping_sub(1) } else { wider };
            return Some(one);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Payload, Payloads};
    use proptest::prelude::*;

    type Four = (u32, u8, u8, u32);

    fn made((bits, len, more, asn): Four) -> Payload<u32> {
        // a few bits at the top, so that prefixes lie in one another
        Payload::new(bits << 26, len, len.saturating_add(more).min(32), asn).unwrap()
    }

    fn payload() -> impl Strategy<Value = Four> {
        (0..64_u32, 0..=8_u8, 0..4_u8, 0..4_u32)
    }

    proptest! {
        #[test]
        fn a_walk_finds_what_covers_narrowest_first(
            given in prop::collection::vec(payload(), 0..60),
            asked in prop::collection::vec((0..64_u32, 0..=10_u8), 1..40),
        ) {
            let all: Vec<_> = given.into_iter().map(made).collect();
            let held = Payloads::new(all.clone());
            for (bits, len) in asked {
                let bits = (bits << 26) & crate::addr::mask4(len);
                let mut wanted: Vec<_> = all
                    .iter()
                    .filter(|one| one.len <= len && bits & crate::addr::mask4(one.len) == one.bits)
                    .copied()
                    .collect();
                wanted.sort_unstable_by(|a, b| b.cmp(a));
                wanted.dedup();
                let found: Vec<_> = held.covering(bits, len).copied().collect();
                prop_assert_eq!(found, wanted);
            }
        }
    }

    #[test]
    fn lengths_that_cannot_be_are_refused() {
        assert_eq!(Payload::new(0_u32, 24, 23, 1), None);
        assert_eq!(Payload::new(0_u32, 24, 33, 1), None);
        assert_eq!(Payload::new(0x0a00_0001_u32, 8, 8, 1).unwrap().bits, 0x0a00_0000);
    }
}
