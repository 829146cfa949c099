//! `Journal`: prefixes whose best path changed, in order, for readers that come at their own pace.
//!
//! It holds numbers of prefixes and not what changed: who reads late sees what is true then, and a
//! prefix that changed twice is as cheap as one that changed once. Every prefix in it counts as in
//! use: its number goes to nobody else until all readers are past it.

use std::collections::VecDeque;

use super::nets::NetIx;

/// Who reads. Numbers are not used again.
pub type Reader = u32;

/// The changes that some reader has not seen.
#[derive(Debug, Default)]
pub struct Journal {
    changed: VecDeque<NetIx>,
    /// How many were forgotten before the first of `changed`.
    before: u64,
    /// Each reader with the number of changes that it has seen.
    readers: Vec<(Reader, u64)>,
    next_reader: Reader,
}

impl Journal {
    /// A reader that has seen everything up to now.
    pub fn open(&mut self) -> Reader {
        self.next_reader += 1;
        self.readers.push((self.next_reader, self.end()));
        self.next_reader
    }

    /// A reader that has seen what another has.
    pub fn fork(&mut self, reader: Reader) -> Reader {
        let end = self.end();
        let seen = self.readers.iter().find(|(other, _)| *other == reader).map(|(_, seen)| *seen);
        self.next_reader += 1;
        self.readers.push((self.next_reader, seen.unwrap_or(end)));
        self.next_reader
    }

    /// A reader reads no more.
    pub fn close(&mut self, reader: Reader) {
        self.readers.retain(|(other, _)| *other != reader);
    }

    /// The best path of a prefix has changed; gives the place of the entry, modulo 2^32. None:
    /// nobody reads.
    #[inline]
    pub fn note(&mut self, net: NetIx) -> Option<u32> {
        if self.readers.is_empty() {
            return None;
        }
        self.changed.push_back(net);
        Some((self.end() - 1) as u32)
    }

    /// Up to `limit` changes that a reader has not seen; it has seen them from now on.
    pub fn read(&mut self, reader: Reader, limit: usize) -> Vec<NetIx> {
        let end = self.end();
        let before = self.before;
        let Some((_, seen)) = self.readers.iter_mut().find(|(other, _)| *other == reader) else {
            return Vec::new();
        };
        let first = (*seen - before) as usize;
        let found: Vec<NetIx> = self.changed.iter().skip(first).take(limit).copied().collect();
        *seen = (*seen + found.len() as u64).min(end);
        found
    }

    /// How many changes a reader has not seen.
    #[must_use]
    pub fn unread(&self, reader: Reader) -> usize {
        let seen = self.readers.iter().find(|(other, _)| *other == reader).map(|(_, seen)| *seen);
        seen.map_or(0, |seen| (self.end() - seen) as usize)
    }

    /// Forget what every reader has seen; gives those prefixes, each with the place of its entry.
    pub fn trim(&mut self) -> Vec<(NetIx, u32)> {
        let end = self.end();
        let seen = self.readers.iter().map(|(_, seen)| *seen).min().unwrap_or(end);
        let count = ((seen - self.before) as usize).min(self.changed.len());
        let places = (self.before..seen).map(|place| place as u32);
        self.before = seen;
        self.changed.drain(..count).zip(places).collect()
    }

    /// How many entries some reader has not seen.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changed.len()
    }

    /// Whether every reader has seen all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changed.is_empty()
    }

    /// Leave out entries of prefixes that come again further on: `is_last` tells of an entry, by
    /// its prefix and place, whether it is the last, and `moved` is told where it stands now.
    pub fn compact(
        &mut self,
        is_last: impl Fn(NetIx, u32) -> bool,
        mut moved: impl FnMut(NetIx, u32),
    ) {
        let old = std::mem::take(&mut self.changed);
        let end = self.before + old.len() as u64;
        let mut seen: Vec<_> = self.readers.iter_mut().map(|(_, seen)| seen).collect();
        seen.sort_unstable_by_key(|seen| **seen);
        let mut seen = seen.into_iter().peekable();
        for (place, net) in (self.before..end).zip(old) {
            let now = self.before + self.changed.len() as u64;
            while let Some(seen) = seen.next_if(|seen| **seen <= place) {
                *seen = now;
            }
            if is_last(net, place as u32) {
                self.changed.push_back(net);
                moved(net, now as u32);
            }
        }
        let now = self.before + self.changed.len() as u64;
        seen.for_each(|seen| *seen = now);
    }

    /// A place that every reader is past, modulo 2^32.
    #[must_use]
    pub const fn past(&self) -> u32 {
        (self.before as u32).wrapping_sub(1)
    }

    /// Whether the entry of a place, modulo 2^32, was seen by every reader.
    #[must_use]
    pub fn is_past(&self, place: u32) -> bool {
        place.wrapping_sub(self.before as u32) as usize >= self.changed.len()
    }

    fn end(&self) -> u64 {
        self.before + self.changed.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::Journal;
    use std::collections::BTreeMap;

    #[test]
    fn each_reader_goes_at_its_own_pace() {
        let mut journal = Journal::default();
        assert_eq!(journal.note(9), None);
        let slow = journal.open();
        let noted: Vec<_> = (0..5).filter_map(|net| journal.note(net)).collect();
        assert_eq!(noted, [0, 1, 2, 3, 4]);
        let late = journal.open();
        assert_eq!(journal.note(7), Some(5));
        assert_eq!(journal.read(late, 10), [7]);
        assert_eq!(journal.trim(), []);
        assert_eq!(journal.read(slow, 2), [0, 1]);
        assert_eq!(journal.trim(), [(0, 0), (1, 1)]);
        assert_eq!((journal.unread(slow), journal.unread(late)), (4, 0));
        assert_eq!(journal.read(slow, 10), [2, 3, 4, 7]);
        assert_eq!(journal.trim(), [(2, 2), (3, 3), (4, 4), (7, 5)]);
        assert_eq!(journal.note(1), Some(6));
        journal.close(slow);
        assert_eq!(journal.read(late, 10), [1]);
    }

    #[test]
    fn what_comes_again_is_left_out_and_everybody_reads_the_rest() {
        let mut journal = Journal::default();
        let slow = journal.open();
        let mut last = BTreeMap::new();
        let mut note = |journal: &mut Journal, net| {
            last.insert(net, journal.note(net));
        };
        (0..100).for_each(|at| note(&mut journal, at % 3));
        let quick = journal.open();
        (0..50).for_each(|at| note(&mut journal, at % 2));
        assert_eq!(journal.read(quick, 49).len(), 49);
        let mut moved = BTreeMap::new();
        journal.compact(
            |net, place| last.get(&net) == Some(&Some(place)),
            |net, place| {
                moved.insert(net, place);
            },
        );
        assert_eq!(moved, BTreeMap::from([(2, 0), (0, 1), (1, 2)]));
        assert_eq!((journal.read(quick, 9), journal.read(slow, 9)), (vec![1], vec![2, 0, 1]));
        assert_eq!(journal.trim(), [(2, 0), (0, 1), (1, 2)]);
        assert_eq!(journal.note(7), Some(3));
    }
}
