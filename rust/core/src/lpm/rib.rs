//! The truth: every prefix with its slot, in a trie of eight-bit strides.
//!
//! A node at depth `d` stands for the first `8 d` bits of an address. It holds the prefixes of
//! length `8 d + 1 ..= 8 d + 8` in one bitmap of 512 positions: a prefix that adds the `l` bits
//! `v` stands at `2^l + v`, so ascending positions are ascending lengths, and within a length
//! ascending addresses. A second bitmap says below which of the 256 bytes something longer
//! hangs: another node, or a lone prefix (a leaf), which spares sparse tables the chain of
//! nodes down to it. Which of the two it is depends on the content alone, never on history.
//!
//! Slots are numbers that the caller gives; 0 means "no match" and is never stored.

use super::cell;
use super::key::Key;
use super::node::{Kid, Node};

/// The root's index; it is never freed.
pub const ROOT: u32 = 0;

/// A prefix that hangs alone below a byte of a node.
#[derive(Clone, Copy, Debug)]
pub struct Leaf<K> {
    pub key: K,
    pub slot: u32,
    /// As in [`Node`].
    pub inherited: u32,
    /// As in [`Node`].
    pub cell: u32,
    pub len: u8,
}

/// What an operation changed that the compiled image must follow.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// Nodes to compile anew, with their depths; where the node is not `dirty` any more, it is done.
    pub dirty: Vec<(u8, u32)>,
    /// Cells of nodes and leaves that are gone.
    pub retired: Vec<u32>,
}

#[derive(Clone, Debug)]
pub struct Rib<K> {
    nodes: Vec<Node>,
    free_nodes: Vec<u32>,
    leaves: Vec<Leaf<K>>,
    free_leaves: Vec<u32>,
    len: usize,
    /// What happened since the image was last brought up to date.
    pub changes: Changes,
}

impl<K: Key> Default for Rib<K> {
    fn default() -> Self {
        Rib {
            nodes: vec![Node::new(ROOT, 0, 0, 0)],
            free_nodes: Vec::new(),
            leaves: Vec::new(),
            free_leaves: Vec::new(),
            len: 0,
            changes: Changes::default(),
        }
    }
}

impl<K: Key> Rib<K> {
    /// Number of prefixes.
    pub fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub fn node(&self, at: u32) -> &Node {
        &self.nodes[at as usize]
    }

    /// Have a node on its way into the cache, where the machine can.
    #[inline]
    pub fn prefetch(&self, at: u32) {
        #[cfg(target_arch = "x86_64")]
        if let Some(node) = self.nodes.get(at as usize) {
            use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
            let start = std::ptr::from_ref(node).cast::<i8>();
            for line in 0..size_of::<Node>().div_ceil(64) {
                // SAFETY: a prefetch reads nothing; the address lies in the node.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(start.wrapping_add(64 * line)) };
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        let _ = at;
    }

    #[inline]
    pub fn node_mut(&mut self, at: u32) -> &mut Node {
        &mut self.nodes[at as usize]
    }

    #[inline]
    pub fn leaf_mut(&mut self, at: u32) -> &mut Leaf<K> {
        &mut self.leaves[at as usize]
    }

    pub fn leaf(&self, at: u32) -> &Leaf<K> {
        &self.leaves[at as usize]
    }

    /// Bytes of memory held.
    pub fn memory(&self) -> usize {
        let inner: usize = self.nodes.iter().map(Node::memory).sum();
        inner
            + self.nodes.capacity() * size_of::<Node>()
            + self.leaves.capacity() * size_of::<Leaf<K>>()
            + (self.free_nodes.capacity() + self.free_leaves.capacity()) * 4
    }

    fn touch(&mut self, at: u32) {
        let node = &mut self.nodes[at as usize];
        if !node.dirty {
            node.dirty = true;
            self.changes.dirty.push((node.depth() as u8, at));
        }
    }

    /// Store `slot` for the prefix, unless it has one already, which is then given back.
    /// `key` has no bits beyond `len`.
    pub fn insert(&mut self, key: K, len: u8, slot: u32) -> Option<u32> {
        if len == 0 {
            let held = self.nodes[ROOT as usize].inherited;
            if held != 0 {
                return Some(held);
            }
            self.nodes[ROOT as usize].inherited = slot;
            self.touch(ROOT);
            self.len += 1;
            return None;
        }
        let mut at = ROOT;
        loop {
            let depth = self.node(at).depth();
            let byte = key.byte(depth);
            if usize::from(len) <= 8 * (depth + 1) {
                let held = self.insert_here(at, byte, len - 8 * depth as u8, slot);
                if held.is_none() {
                    self.touch(at);
                }
                return held;
            }
            match self.node(at).kid(byte) {
                Some(Kid::Node(below)) => at = below,
                Some(Kid::Leaf(leaf)) => {
                    let held = &self.leaves[leaf as usize];
                    if held.key == key && held.len == len {
                        return Some(held.slot);
                    }
                    at = self.unfold(at, byte, leaf);
                }
                None => {
                    let leaf = self.new_leaf(key, len, slot);
                    self.nodes[at as usize].set_kid(byte, Kid::Leaf(leaf));
                    self.len += 1;
                    self.touch(at);
                    return None;
                }
            }
        }
    }

    fn insert_here(&mut self, at: u32, byte: u8, bits: u8, slot: u32) -> Option<u32> {
        let held = self.node_mut(at).put(byte, bits, slot);
        self.len += usize::from(held.is_none());
        held
    }

    /// Give a leaf a node of its own, because it is no longer alone; gives the node.
    fn unfold(&mut self, above: u32, byte: u8, leaf: u32) -> u32 {
        let depth = self.node(above).depth() as u8 + 1;
        let node = self.new_node(above, byte, depth);
        self.nodes[above as usize].set_kid(byte, Kid::Node(node));
        self.touch(above);
        let held = self.leaves[leaf as usize];
        let inner = held.key.byte(depth.into());
        if usize::from(held.len) <= 8 * (usize::from(depth) + 1) {
            self.drop_leaf(leaf);
            self.insert_here(node, inner, held.len - 8 * depth, held.slot);
            self.len -= 1; // it moved, nothing came
        } else {
            self.nodes[node as usize].set_kid(inner, Kid::Leaf(leaf));
        }
        self.touch(node);
        node
    }

    /// Take the prefix out; gives its slot.
    pub fn remove(&mut self, key: K, len: u8) -> Option<u32> {
        if len == 0 {
            let old = std::mem::take(&mut self.nodes[ROOT as usize].inherited);
            if old == 0 {
                return None;
            }
            self.touch(ROOT);
            self.len -= 1;
            return Some(old);
        }
        let mut at = ROOT;
        loop {
            let depth = self.node(at).depth();
            let byte = key.byte(depth);
            if usize::from(len) <= 8 * (depth + 1) {
                let slot = self.node_mut(at).take(byte, len - 8 * depth as u8)?;
                self.len -= 1;
                self.touch(at);
                self.fold(at);
                return Some(slot);
            }
            match self.node(at).kid(byte)? {
                Kid::Node(below) => at = below,
                Kid::Leaf(leaf) => {
                    let held = self.leaves[leaf as usize];
                    if held.key != key || held.len != len {
                        return None;
                    }
                    self.drop_leaf(leaf);
                    self.nodes[at as usize].drop_kid(byte);
                    self.len -= 1;
                    self.touch(at);
                    self.fold(at);
                    return Some(held.slot);
                }
            }
        }
    }

    /// Undo nodes, from `at` upwards, that hold no more than one prefix.
    fn fold(&mut self, mut at: u32) {
        while at != ROOT {
            let node = self.node(at);
            let (above, byte) = (node.parent(), node.byte());
            match node.counts() {
                (0, 0) => {
                    self.nodes[above as usize].drop_kid(byte);
                }
                (1, 0) => {
                    let Some((inner, bits, slot)) = node.prefixes().next() else { return };
                    let len = 8 * node.depth() as u8 + bits;
                    let key = self.path(at).with_byte(node.depth(), inner);
                    let leaf = self.new_leaf(key, len, slot);
                    self.nodes[above as usize].set_kid(byte, Kid::Leaf(leaf));
                }
                (0, 1) => match node.kid_at(0) {
                    Kid::Node(_) => return,
                    Kid::Leaf(leaf) => {
                        // what it was compiled to may hold only below the node that goes
                        let held = &mut self.leaves[leaf as usize];
                        self.changes.retired.push(std::mem::replace(&mut held.cell, cell::STALE));
                        self.nodes[above as usize].set_kid(byte, Kid::Leaf(leaf));
                    }
                },
                _ => return,
            }
            self.drop_node(at);
            self.touch(above);
            at = above;
        }
    }

    /// The address bits that lead to a node.
    pub fn path(&self, mut at: u32) -> K {
        let mut key = K::default();
        while at != ROOT {
            let node = self.node(at);
            key = key.with_byte(node.depth() - 1, node.byte());
            at = node.parent();
        }
        key
    }

    fn new_node(&mut self, parent: u32, byte: u8, depth: u8) -> u32 {
        let first = if depth == 1 { byte } else { self.node(parent).first_byte() };
        let node = Node::new(parent, byte, depth, first);
        if let Some(at) = self.free_nodes.pop() {
            self.nodes[at as usize] = node;
            return at;
        }
        self.nodes.push(node);
        (self.nodes.len() - 1) as u32
    }

    fn drop_node(&mut self, at: u32) {
        self.changes.retired.push(self.node(at).cell);
        self.nodes[at as usize] = Node::new(ROOT, 0, 0, 0);
        self.free_nodes.push(at);
    }

    fn new_leaf(&mut self, key: K, len: u8, slot: u32) -> u32 {
        let leaf = Leaf { key, slot, inherited: 0, cell: cell::STALE, len };
        if let Some(at) = self.free_leaves.pop() {
            self.leaves[at as usize] = leaf;
            return at;
        }
        self.leaves.push(leaf);
        (self.leaves.len() - 1) as u32
    }

    fn drop_leaf(&mut self, at: u32) {
        self.changes.retired.push(self.leaves[at as usize].cell);
        self.free_leaves.push(at);
    }

    /// Replace every slot by what `map` says of it; the image is to be built anew afterwards.
    pub fn map_slots(&mut self, map: impl Fn(u32) -> u32) {
        self.nodes.iter_mut().for_each(|node| node.map_slots(&map));
        self.leaves.iter_mut().for_each(|leaf| leaf.slot = map(leaf.slot));
        let root = &mut self.nodes[ROOT as usize];
        if root.inherited != 0 {
            root.inherited = map(root.inherited);
        }
    }

    /// Forget what the compiled image was, so that the next compilation starts afresh.
    pub fn forget_image(&mut self) {
        for node in &mut self.nodes {
            node.cell = cell::STALE;
            node.dirty = false;
        }
        self.leaves.iter_mut().for_each(|leaf| leaf.cell = cell::STALE);
        self.changes = Changes::default();
        self.touch(ROOT);
    }
}
