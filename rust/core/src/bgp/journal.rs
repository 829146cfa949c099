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
}
