//! ASPA: who provides for whom, and what that says of an AS path.
//!
//! draft-ietf-sidrops-aspa-verification, sections "Hop Check Function" and "AS_PATH Verification".

use std::collections::BTreeMap;

use crate::bgp::attributes::as_path::{CONFED_SET, SET, Segments};

/// What an AS path is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum PathState {
    /// Every hop that has to be is one to a provider.
    Valid = 0,
    /// A hop cannot be.
    Invalid = 1,
    /// Somebody on the path says nothing.
    Unknown = 2,
}

/// Whence a path came, which says how it may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From a customer, a peer, a client of our route server, or a route server of ours.
    Upstream,
    /// From a provider.
    Downstream,
}

/// What the record of an AS says of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hop {
    NoAttestation,
    NotProvider,
    Provider,
}

/// Every customer with its providers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aspas {
    held: BTreeMap<u32, Box<[u32]>>,
}

impl Aspas {
    /// Of customers with their providers; the last of a customer counts.
    pub fn new(all: impl IntoIterator<Item = (u32, Vec<u32>)>) -> Self {
        let sorted = |mut providers: Vec<u32>| {
            providers.sort_unstable();
            providers.dedup();
            providers.into_boxed_slice()
        };
        Self { held: all.into_iter().map(|(asn, some)| (asn, sorted(some))).collect() }
    }

    /// How many customers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Whether a customer says that a provider is its.
    fn hop(&self, customer: u32, provider: u32) -> Hop {
        match self.held.get(&customer) {
            None => Hop::NoAttestation,
            Some(some) if some.binary_search(&provider).is_ok() => Hop::Provider,
            Some(_) => Hop::NotProvider,
        }
    }

    /// What a path is worth that came from `neighbor`; None: from a route server, whose AS does not
    /// stand in paths.
    #[must_use]
    pub fn verify(&self, path: &[u8], neighbor: Option<u32>, direction: Direction) -> PathState {
        let Some(path) = collapsed(path) else { return PathState::Invalid };
        let (Some(&last), count) = (path.last(), path.len()) else { return PathState::Invalid };
        if neighbor.is_some_and(|neighbor| neighbor != last) {
            return PathState::Invalid;
        }
        match direction {
            Direction::Upstream => self.upstream(&path),
            Direction::Downstream => {
                let up = |hop: fn(Hop) -> bool| {
                    let past = path.windows(2).position(|two| hop(self.pair(two)));
                    past.map_or(count, |at| at + 1)
                };
                let down = |hop: fn(Hop) -> bool| {
                    let mut back = path.windows(2).rev();
                    let past = back.position(|two| match two {
                        &[provider, customer] => hop(self.hop(customer, provider)),
                        _ => false,
                    });
                    past.map_or(count, |at| at + 1)
                };
                let is_not: fn(Hop) -> bool = |hop| hop == Hop::NotProvider;
                let is_not_sure: fn(Hop) -> bool = |hop| hop != Hop::Provider;
                if up(is_not) + down(is_not) < count {
                    PathState::Invalid
                } else if up(is_not_sure) + down(is_not_sure) < count {
                    PathState::Unknown
                } else {
                    PathState::Valid
                }
            }
        }
    }

    fn upstream(&self, path: &[u32]) -> PathState {
        let mut found = PathState::Valid;
        for two in path.windows(2) {
            match self.pair(two) {
                Hop::NotProvider => return PathState::Invalid,
                Hop::NoAttestation => found = PathState::Unknown,
                Hop::Provider => {}
            }
        }
        found
    }

    fn pair(&self, two: &[u32]) -> Hop {
        match two {
            &[customer, provider] => self.hop(customer, provider),
            _ => Hop::NoAttestation,
        }
    }
}

/// A path, the origin first, each AS once in a row; None: it has a set.
fn collapsed(path: &[u8]) -> Option<Vec<u32>> {
    let mut found = Vec::new();
    for segment in Segments(path) {
        if matches!(segment.kind, SET | CONFED_SET) {
            return None;
        }
        if !segment.is_confederation() {
            found.extend(segment.numbers());
        }
    }
    found.dedup();
    found.reverse();
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::{Aspas, Direction, PathState};

    fn path(numbers: &[u32]) -> Vec<u8> {
        let mut bytes = vec![2, numbers.len() as u8];
        bytes.extend(numbers.iter().flat_map(|one| one.to_be_bytes()));
        bytes
    }

    #[test]
    fn paths_go_up_and_then_down() {
        // 1 and 5 are customers of 2 and 4, those of 3
        let all = [(1, vec![2]), (2, vec![3]), (4, vec![3]), (5, vec![4]), (3, vec![0])];
        let aspas = Aspas::new(all);
        let verify = |numbers: &[u32], direction| {
            aspas.verify(&path(numbers), numbers.first().copied(), direction)
        };
        for (numbers, up, down) in [
            (&[1][..], PathState::Valid, PathState::Valid),
            (&[2, 1], PathState::Valid, PathState::Valid),
            (&[3, 2, 2, 1], PathState::Valid, PathState::Valid),
            (&[4, 3, 2, 1], PathState::Invalid, PathState::Valid),
            (&[5, 4, 3, 2, 1], PathState::Invalid, PathState::Valid),
            (&[3, 5, 1], PathState::Invalid, PathState::Invalid),
            (&[9, 2, 1], PathState::Invalid, PathState::Valid),
            (&[9, 8, 1], PathState::Invalid, PathState::Unknown),
            (&[7, 9, 8], PathState::Unknown, PathState::Unknown),
        ] {
            assert_eq!(verify(numbers, Direction::Upstream), up, "{numbers:?} up");
            assert_eq!(verify(numbers, Direction::Downstream), down, "{numbers:?} down");
        }
    }

    #[test]
    fn what_is_no_path_from_there_is_invalid() {
        let aspas = Aspas::default();
        let up = Direction::Upstream;
        assert_eq!(aspas.verify(&[], Some(1), up), PathState::Invalid);
        assert_eq!(aspas.verify(&path(&[2, 1]), Some(1), up), PathState::Invalid);
        assert_eq!(aspas.verify(&path(&[2, 1]), None, up), PathState::Unknown);
        assert_eq!(aspas.verify(&[1, 1, 0, 0, 0, 1], None, up), PathState::Invalid);
    }
}
