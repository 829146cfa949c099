//! A node of the truth: prefixes and kids as bitmaps with ranks.
//!
//! A prefix that adds the `l` bits `v` (1 to 8 of them) stands at position `2^l + v`, so ascending
//! positions are ascending lengths, and within a length ascending addresses.

use super::bits::{Bits, Ones};
use super::cell;

/// Marks a kid that is a leaf; the other bits index `Rib::leaves`.
const LEAF: u32 = 1 << 31;

/// What hangs below one byte of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kid {
    /// An inner node.
    Node(u32),
    /// A lone prefix.
    Leaf(u32),
}

impl Kid {
    fn pack(self) -> u32 {
        match self {
            Kid::Node(at) => at,
            Kid::Leaf(at) => at | LEAF,
        }
    }

    #[inline]
    fn unpack(packed: u32) -> Kid {
        if packed & LEAF == 0 { Kid::Node(packed) } else { Kid::Leaf(packed & !LEAF) }
    }
}

/// See the head of this file; `Rib` owns the nodes.
#[derive(Clone, Debug)]
pub struct Node {
    prefixes: Bits<8>,
    children: Bits<4>,
    slots: Vec<u32>,
    kids: Vec<u32>,
    parent: u32,
    /// Slot of the longest prefix that is shorter than this node's span (compiler's note).
    pub inherited: u32,
    /// The cell under which the compiled image knows this node (compiler's note).
    pub cell: u32,
    byte: u8,
    depth: u8,
    /// The first byte of every address below this node.
    first: u8,
    /// Whether the compiled image is behind (compiler's note).
    pub dirty: bool,
}

impl Node {
    /// A node without prefixes and kids.
    pub fn new(parent: u32, byte: u8, depth: u8, first: u8) -> Node {
        Node {
            prefixes: Bits::EMPTY,
            children: Bits::EMPTY,
            slots: Vec::new(),
            kids: Vec::new(),
            parent,
            inherited: 0,
            cell: cell::STALE,
            byte,
            depth,
            first,
            dirty: false,
        }
    }

    pub fn depth(&self) -> usize {
        self.depth.into()
    }

    pub fn parent(&self) -> u32 {
        self.parent
    }

    /// The byte of the parent below which this node hangs.
    pub fn byte(&self) -> u8 {
        self.byte
    }

    /// The first byte of every address below this node, which is not the root.
    pub fn first_byte(&self) -> u8 {
        self.first
    }

    /// What hangs below `byte`.
    #[inline]
    pub fn kid(&self, byte: u8) -> Option<Kid> {
        let at = usize::from(byte);
        self.children.has(at).then(|| Kid::unpack(self.kids[self.children.rank(at)]))
    }

    /// Hang `kid` below `byte`, in place of what hung there.
    pub fn set_kid(&mut self, byte: u8, kid: Kid) {
        let at = usize::from(byte);
        let rank = self.children.rank(at);
        if self.children.has(at) {
            self.kids[rank] = kid.pack();
        } else {
            self.children.set(at);
            self.kids.insert(rank, kid.pack());
        }
    }

    /// Take away what hangs below `byte`, where something does.
    pub fn drop_kid(&mut self, byte: u8) {
        let at = usize::from(byte);
        self.kids.remove(self.children.rank(at));
        self.children.clear(at);
    }

    /// What hangs below this node, with its byte, in order.
    pub fn kids(&self) -> impl Iterator<Item = (u8, Kid)> {
        self.children.iter().zip(&self.kids).map(|(byte, &kid)| (byte as u8, Kid::unpack(kid)))
    }

    /// Kid number `at` in byte order, with its byte.
    pub fn kid_at(&self, at: usize) -> Kid {
        Kid::unpack(self.kids[at])
    }

    /// The bytes below which something hangs.
    pub fn kid_bytes(&self) -> impl Iterator<Item = usize> + use<> {
        self.children.iter()
    }

    /// The slot that each of the 256 bytes gets from this node's prefixes and what it inherits.
    #[inline]
    pub fn paint(&self, cells: &mut [u32; 256]) {
        cells.fill(self.inherited);
        let words = self.prefixes.words();
        let mut slots = self.slots.iter();
        for (position, &slot) in Ones(words[0]).zip(&mut slots) {
            let (first, count) = span(position); // one to five bits
            cells[first..first + count].fill(slot);
        }
        let fours = cells.as_chunks_mut::<4>().0; // six bits
        for (at, &slot) in Ones(words[1]).zip(&mut slots) {
            fours[at & 63] = [slot; 4];
        }
        let twos = cells.as_chunks_mut::<2>().0; // seven bits
        for (part, &bits) in twos.as_chunks_mut::<64>().0.iter_mut().zip(&words[2..4]) {
            for (at, &slot) in Ones(bits).zip(&mut slots) {
                part[at & 63] = [slot; 2];
            }
        }
        for (part, &bits) in cells.as_chunks_mut::<64>().0.iter_mut().zip(&words[4..]) {
            for (at, &slot) in Ones(bits).zip(&mut slots) {
                part[at & 63] = slot;
            }
        }
    }

    /// The longest prefix of this node that covers `byte`: its bits in this node and its slot.
    pub fn best(&self, byte: u8, at_most: u8) -> Option<(u8, u32)> {
        (1..=at_most).rev().find_map(|bits| Some((bits, self.get(byte, bits)?)))
    }

    /// The slot of the prefix that adds the first `bits` (1 to 8) of `byte`.
    #[inline]
    pub fn get(&self, byte: u8, bits: u8) -> Option<u32> {
        let position = position(byte, bits);
        self.prefixes.has(position).then(|| self.slots[self.prefixes.rank(position)])
    }

    /// Store `slot` for that prefix, unless it has one already, which is then given back.
    pub fn put(&mut self, byte: u8, bits: u8, slot: u32) -> Option<u32> {
        let position = position(byte, bits);
        let rank = self.prefixes.rank(position);
        if self.prefixes.has(position) {
            return Some(self.slots[rank]);
        }
        self.prefixes.set(position);
        self.slots.insert(rank, slot);
        None
    }

    /// Take that prefix out; gives its slot.
    pub fn take(&mut self, byte: u8, bits: u8) -> Option<u32> {
        let position = position(byte, bits);
        if !self.prefixes.has(position) {
            return None;
        }
        let slot = self.slots.remove(self.prefixes.rank(position));
        self.prefixes.clear(position);
        Some(slot)
    }

    /// The prefixes, shorter ones first: first byte, bits, slot.
    pub fn prefixes(&self) -> impl ExactSizeIterator<Item = (u8, u8, u32)> {
        let mut positions = self.prefixes.iter();
        self.slots.iter().map(move |&slot| {
            let (bits, byte) = unposition(positions.next().unwrap_or(1));
            (byte, bits, slot)
        })
    }

    /// Number of prefixes and of kids.
    pub fn counts(&self) -> (usize, usize) {
        (self.slots.len(), self.kids.len())
    }

    /// Bytes that the node holds beside itself.
    pub fn memory(&self) -> usize {
        (self.slots.capacity() + self.kids.capacity()) * 4
    }

    /// Replace every slot by what `map` says of it.
    pub fn map_slots(&mut self, map: impl Fn(u32) -> u32) {
        self.slots.iter_mut().for_each(|slot| *slot = map(*slot));
    }
}

/// The position of the prefix of `bits` (1 to 8) bits that covers `byte`.
#[inline]
fn position(byte: u8, bits: u8) -> usize {
    (0x100 | usize::from(byte)) >> (8 - bits)
}

/// The bits that a position adds and the first byte it covers.
fn unposition(position: usize) -> (u8, u8) {
    let bits = position.ilog2() as u8;
    (bits, ((position << (8 - bits)) & 0xff) as u8)
}

/// The first byte and the number of bytes that a position covers.
#[inline]
fn span(position: usize) -> (usize, usize) {
    let free = 8 - position.ilog2();
    ((position << free) & 0xff, 1 << free)
}
