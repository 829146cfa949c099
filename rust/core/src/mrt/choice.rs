//! Which entry stands for a prefix that many peers announce.
//!
//! 1. Entries count by origin AS; the origin that most entries name wins.
//! 2. Of equal counts the origin that stands first in the file wins.
//! 3. Of the entries with that origin the first in the file wins.
//!
//! So one peer with a leaked or hijacked route does not decide what a prefix is. The entries of a
//! prefix are those of adjacent records: a dump is ordered by prefix.

use super::record::Entry;
use crate::addr::Net;

/// Origins that compete for one prefix; later ones are not candidates. Real prefixes have 1 or 2.
const MAX_ORIGINS: usize = 64;

/// The first entry of an origin, and how many entries name that origin.
struct Candidate {
    origin: Option<u32>,
    votes: u32,
    key: Vec<u8>,
}

/// The entries of one prefix, as far as they matter.
#[derive(Default)]
pub struct Election {
    net: Option<Net>,
    candidates: Vec<Candidate>,
    spare: Vec<Vec<u8>>, // buffers of earlier prefixes
    entries: u64,
}

/// Who won.
pub struct Winner<'a> {
    pub net: Net,
    /// What `vote` was given as key.
    pub key: &'a [u8],
    /// How many entries lost.
    pub losers: u64,
}

impl Election {
    /// The prefix that is being decided.
    pub const fn net(&self) -> Option<Net> {
        self.net
    }

    /// Count an entry of this prefix; `key` writes what the winner needs.
    pub fn vote(&mut self, entry: &Entry<'_>, origin: Option<u32>, key: impl FnOnce(&mut Vec<u8>)) {
        self.net = Some(entry.net);
        self.entries += 1;
        if let Some(known) = self.candidates.iter_mut().find(|known| known.origin == origin) {
            known.votes = known.votes.saturating_add(1);
        } else if self.candidates.len() < MAX_ORIGINS {
            let mut bytes = self.spare.pop().unwrap_or_default();
            bytes.clear();
            key(&mut bytes);
            self.candidates.push(Candidate { origin, votes: 1, key: bytes });
        }
    }

    /// The winner among the entries so far.
    pub fn winner(&self) -> Option<Winner<'_>> {
        let mut best: Option<&Candidate> = None;
        for candidate in &self.candidates {
            if best.is_none_or(|best| candidate.votes > best.votes) {
                best = Some(candidate);
            }
        }
        let (net, best) = (self.net?, best?);
        Some(Winner { net, key: &best.key, losers: self.entries - 1 })
    }

    /// Start with the next prefix.
    pub fn clear(&mut self) {
        self.net = None;
        self.entries = 0;
        self.spare.extend(self.candidates.drain(..).map(|candidate| candidate.key));
    }
}
