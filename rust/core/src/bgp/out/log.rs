//! Messages that stand ready, and who is meant by each.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::bgp::peer::PeerId;

/// Who is told something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Every member.
    All,
    /// Every member but the one that said it.
    AllBut(PeerId),
    /// The one that says it now: what it was told before is withdrawn.
    Only(PeerId),
}

impl Audience {
    /// Whether a member is meant.
    #[must_use]
    pub fn means(self, peer: PeerId) -> bool {
        match self {
            Self::All => true,
            Self::AllBut(one) => one != peer,
            Self::Only(one) => one == peer,
        }
    }
}

/// A message of a block.
#[derive(Clone, Copy, Debug)]
pub struct Message {
    /// Where it ends in the octets of its block.
    pub end: u32,
    /// Where our next hop is to be put; 0: nowhere.
    pub hop_at: u32,
    /// Who is told.
    pub audience: Audience,
}

/// Messages that were packed at one time.
#[derive(Debug, Default)]
pub struct Block {
    /// Their octets, one after the other.
    pub octets: Vec<u8>,
    /// Each of them.
    pub messages: Vec<Message>,
}

/// How far a member has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The number of the block.
    pub block: u64,
    /// The message in it.
    pub message: usize,
}

/// Blocks in order, numbered on and on.
#[derive(Clone, Debug, Default)]
pub struct Log {
    blocks: VecDeque<Arc<Block>>,
    first: u64,
    /// Octets of all blocks before each, and of all there ever were.
    before: VecDeque<u64>,
    octets: u64,
}

impl Log {
    /// Put a block at the end; an empty one is left out.
    pub fn push(&mut self, block: Block) {
        if !block.messages.is_empty() {
            self.before.push_back(self.octets);
            self.octets += block.octets.len() as u64;
            self.blocks.push_back(Arc::new(block));
        }
    }

    /// Where the next block will stand.
    #[must_use]
    pub fn end(&self) -> Position {
        Position { block: self.first + self.blocks.len() as u64, message: 0 }
    }

    /// Whether nothing was forgotten.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.first == 0
    }

    /// How many octets stand behind a position, by whole blocks.
    #[must_use]
    pub fn behind(&self, position: Position) -> usize {
        let from = position.block.saturating_sub(self.first) as usize;
        self.before.get(from).map_or(0, |before| (self.octets - before) as usize)
    }

    /// Forget blocks before this one.
    pub fn trim(&mut self, block: u64) {
        while self.first < block && self.blocks.pop_front().is_some() {
            self.before.pop_front();
            self.first += 1;
        }
    }

    /// Copy messages for a member, those of blocks before `until`, whole ones up to `room` octets;
    /// `hop` is put where it belongs. Gives false if the next did not fit.
    pub fn copy(
        &self,
        position: &mut Position,
        until: u64,
        (peer, hop): (PeerId, &[u8]),
        room: usize,
        to: &mut Vec<u8>,
    ) -> bool {
        while position.block < until
            && let Some(block) = self.block(position.block)
        {
            while let Some(message) = block.messages.get(position.message) {
                let start = match position.message.checked_sub(1) {
                    Some(before) => block.messages.get(before).map_or(0, |one| one.end as usize),
                    None => 0,
                };
                let octets = block.octets.get(start..message.end as usize).unwrap_or_default();
                if message.audience.means(peer) {
                    if to.len() + octets.len() > room {
                        return false;
                    }
                    let at = to.len();
                    to.extend_from_slice(octets);
                    let hop_at = message.hop_at as usize;
                    let place = at + hop_at.saturating_sub(start);
                    if hop_at > 0
                        && let Some(place) = to.get_mut(place..place + hop.len())
                    {
                        place.copy_from_slice(hop);
                    }
                }
                position.message += 1;
            }
            *position = Position { block: position.block + 1, message: 0 };
        }
        true
    }

    fn block(&self, number: u64) -> Option<&Arc<Block>> {
        self.blocks.get(usize::try_from(number.checked_sub(self.first)?).ok()?)
    }
}
