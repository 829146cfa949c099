//! Paths: what one neighbour says about one prefix, before and after the import policy.

use super::attributes::SetId;
use super::peer::PeerId;

/// The number of a path in its family.
pub type PathIx = u32;

/// No path.
pub const NO_PATH: PathIx = u32::MAX;

/// One path. The paths of a prefix are a list by `next`, in no order that means anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path {
    /// The next path to the same prefix, or `NO_PATH`; of one that is free: the next free one.
    pub next: PathIx,
    /// The attributes as they came: the Adj-RIB-In before policy.
    pub received: SetId,
    /// The attributes after the import policy; 0 where it was refused.
    pub imported: SetId,
    /// The path identifier that it came with (RFC 7911); 0 without.
    pub path_id: u32,
    /// When it came, in seconds of the table's time.
    pub since: u32,
    /// Who said it; 0 is ourselves.
    pub peer: PeerId,
    /// Of `flags`.
    pub flags: u16,
}

/// What else is known of a path.
pub mod flags {
    /// Its session ended and its neighbour restarts (RFC 4724 4.2), or refreshes (RFC 7313 4).
    pub const STALE: u16 = 1 << 0;
    /// Stale for longer than that (RFC 9494 4.2).
    pub const LONG_LIVED_STALE: u16 = 1 << 1;
    /// Refused: our AS stands in its path (RFC 4271 9.1.2).
    pub const AS_LOOP: u16 = 1 << 2;
    /// Refused: we are its originator, or our cluster is in its list (RFC 4456 8).
    pub const CLUSTER_LOOP: u16 = 1 << 3;
    /// Refused: its first AS is not that of the neighbour.
    pub const FIRST_AS: u16 = 1 << 4;
    /// Refused: a leak by its ONLY_TO_CUSTOMER (RFC 9234 5).
    pub const LEAK: u16 = 1 << 5;
    /// Refused by the import policy.
    pub const POLICY: u16 = 1 << 6;
    /// Refused: there is no import policy for an external neighbour (RFC 8212).
    pub const NO_POLICY: u16 = 1 << 7;
    /// Suppressed: it flaps (RFC 2439).
    pub const DAMPED: u16 = 1 << 8;
    /// Used beside the best one: equal by multipath.
    pub const MULTIPATH: u16 = 1 << 9;
    /// Refused: its path has an AS_SET (RFC 9774).
    pub const AS_SET: u16 = 1 << 10;
    /// Refused: a prefix more than the limit of its neighbour.
    pub const LIMIT: u16 = 1 << 11;
    /// Not judged yet: a policy in Python is asked.
    pub const UNDECIDED: u16 = 1 << 12;
    /// Refused: its next hop is ourselves, or on no link where it has to be (RFC 4271 6.3).
    pub const NEXT_HOP: u16 = 1 << 13;

    /// Changed since its prefix was decided.
    pub const CHANGED: u16 = 1 << 14;
    /// Said by a telling of even number: those of the one before are swept away in slices.
    pub const EVEN_SESSION: u16 = 1 << 15;

    /// Any of these: it takes no part in the choice.
    pub const REFUSED: u16 = AS_LOOP
        | CLUSTER_LOOP
        | FIRST_AS
        | LEAK
        | POLICY
        | NO_POLICY
        | DAMPED
        | AS_SET
        | LIMIT
        | UNDECIDED
        | NEXT_HOP;
}

/// Every path of a family by number.
#[derive(Debug)]
pub struct Paths {
    all: Vec<Path>,
    free: PathIx,
    count: usize,
}

impl Default for Paths {
    fn default() -> Self {
        Self { all: Vec::new(), free: NO_PATH, count: 0 }
    }
}

impl Paths {
    /// Hold a path; gives its number.
    pub fn add(&mut self, path: Path) -> PathIx {
        self.count += 1;
        let at = self.free;
        match self.all.get_mut(at as usize) {
            Some(place) => {
                self.free = place.next;
                *place = path;
                at
            }
            None => {
                self.all.push(path);
                (self.all.len() - 1) as PathIx
            }
        }
    }

    /// Let go of a path that no list holds any more.
    pub fn remove(&mut self, at: PathIx) {
        if let Some(place) = self.all.get_mut(at as usize) {
            place.next = self.free;
            self.free = at;
            self.count = self.count.saturating_sub(1);
        }
    }

    /// The path of a number.
    #[inline]
    #[must_use]
    pub fn get(&self, at: PathIx) -> Option<&Path> {
        self.all.get(at as usize)
    }

    /// The path of a number, to change it.
    #[inline]
    pub fn get_mut(&mut self, at: PathIx) -> Option<&mut Path> {
        self.all.get_mut(at as usize)
    }

    /// The paths of a list that begins with `first`.
    pub fn list(&self, first: PathIx) -> impl Iterator<Item = (PathIx, &Path)> {
        let mut at = first;
        std::iter::from_fn(move || {
            let found = (at, self.get(at)?);
            at = found.1.next;
            Some(found)
        })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Bytes of memory held.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.all.capacity() * size_of::<Path>()
    }
}

#[cfg(test)]
mod tests {
    use super::{NO_PATH, Path, Paths};

    #[test]
    fn numbers_are_used_again_and_lists_stay_whole() {
        let path = Path {
            next: NO_PATH,
            received: 1,
            imported: 1,
            path_id: 0,
            since: 0,
            peer: 1,
            flags: 0,
        };
        let mut paths = Paths::default();
        let one = paths.add(path);
        let two = paths.add(Path { next: one, ..path });
        assert_eq!(paths.list(two).map(|(at, _)| at).collect::<Vec<_>>(), [two, one]);
        assert_eq!(paths.list(NO_PATH).count(), 0);
        paths.remove(one);
        assert_eq!((paths.add(path), paths.len()), (one, 2));
        assert_eq!(size_of::<Path>(), 24);
    }
}
