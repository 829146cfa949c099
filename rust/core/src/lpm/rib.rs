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

use super::bits::{Bits, Ones};
use super::cell;
use super::key::Key;

/// The root's index; it is never freed.
pub const ROOT: u32 = 0;
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
    fn new(parent: u32, byte: u8, depth: u8, first: u8) -> Node {
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

    #[inline]
    fn kid(&self, byte: u8) -> Option<Kid> {
        let at = usize::from(byte);
        self.children.has(at).then(|| Kid::unpack(self.kids[self.children.rank(at)]))
    }

    fn set_kid(&mut self, byte: u8, kid: Kid) {
        let at = usize::from(byte);
        let rank = self.children.rank(at);
        if self.children.has(at) {
            self.kids[rank] = kid.pack();
        } else {
            self.children.set(at);
            self.kids.insert(rank, kid.pack());
        }
    }

    fn drop_kid(&mut self, byte: u8) {
        let at = usize::from(byte);
        self.kids.remove(self.children.rank(at));
        self.children.clear(at);
    }

    /// What hangs below this node, with its byte, in order.
    #[cfg(test)]
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
        let (wide, single) = words.split_at(4); // positions below 256 cover more than one byte
        for (word, &bits) in wide.iter().enumerate() {
            for (bit, &slot) in Ones(bits).zip(&mut slots) {
                let (first, count) = span(word * 64 + bit);
                cells[first..first + count].fill(slot);
            }
        }
        for (part, &bits) in cells.as_chunks_mut::<64>().0.iter_mut().zip(single) {
            for (bit, &slot) in Ones(bits).zip(&mut slots) {
                part[bit & 63] = slot;
            }
        }
    }

    /// The longest prefix of this node that covers `byte`: its bits in this node and its slot.
    fn best(&self, byte: u8, at_most: u8) -> Option<(u8, u32)> {
        (1..=at_most).rev().find_map(|bits| {
            let position = position(byte, bits);
            self.prefixes.has(position).then(|| (bits, self.slots[self.prefixes.rank(position)]))
        })
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
        let inner: usize =
            self.nodes.iter().map(|n| (n.slots.capacity() + n.kids.capacity()) * 4).sum();
        inner
            + self.nodes.capacity() * size_of::<Node>()
            + self.leaves.capacity() * size_of::<Leaf<K>>()
            + (self.free_nodes.capacity() + self.free_leaves.capacity()) * 4
    }

    fn touch(&mut self, at: u32) {
        let node = &mut self.nodes[at as usize];
        if !node.dirty {
            node.dirty = true;
            self.changes.dirty.push((node.depth, at));
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
        let node = &mut self.nodes[at as usize];
        let position = position(byte, bits);
        let rank = node.prefixes.rank(position);
        if node.prefixes.has(position) {
            return Some(node.slots[rank]);
        }
        node.prefixes.set(position);
        node.slots.insert(rank, slot);
        self.len += 1;
        None
    }

    /// Give a leaf a node of its own, because it is no longer alone; gives the node.
    fn unfold(&mut self, above: u32, byte: u8, leaf: u32) -> u32 {
        let depth = self.node(above).depth + 1;
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
                let node = &mut self.nodes[at as usize];
                let position = position(byte, len - 8 * depth as u8);
                if !node.prefixes.has(position) {
                    return None;
                }
                let slot = node.slots.remove(node.prefixes.rank(position));
                node.prefixes.clear(position);
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
            let (above, byte) = (node.parent, node.byte);
            match (node.slots.len(), node.kids.len()) {
                (0, 0) => {
                    self.nodes[above as usize].drop_kid(byte);
                }
                (1, 0) => {
                    let position = node.prefixes.iter().next().unwrap_or(1);
                    let (bits, inner) = unposition(position);
                    let len = 8 * node.depth + bits;
                    let key = self.path(at).with_byte(node.depth(), inner);
                    let slot = node.slots[0];
                    let leaf = self.new_leaf(key, len, slot);
                    self.nodes[above as usize].set_kid(byte, Kid::Leaf(leaf));
                }
                (0, 1) => match node.kid_at(0) {
                    Kid::Node(_) => return,
                    kid @ Kid::Leaf(_) => self.nodes[above as usize].set_kid(byte, kid),
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
            key = key.with_byte(node.depth() - 1, node.byte);
            at = node.parent;
        }
        key
    }

    fn new_node(&mut self, parent: u32, byte: u8, depth: u8) -> u32 {
        let first = if depth == 1 { byte } else { self.node(parent).first };
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
        for node in &mut self.nodes {
            node.slots.iter_mut().for_each(|slot| *slot = map(*slot));
        }
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

// Questions.
impl<K: Key> Rib<K> {
    /// The slot of exactly this prefix.
    pub fn get(&self, key: K, len: u8) -> Option<u32> {
        if len == 0 {
            return Some(self.node(ROOT).inherited).filter(|&slot| slot != 0);
        }
        let mut node = self.node(ROOT);
        loop {
            let depth = node.depth();
            let byte = key.byte(depth);
            if usize::from(len) <= 8 * (depth + 1) {
                let position = position(byte, len - 8 * depth as u8);
                return node
                    .prefixes
                    .has(position)
                    .then(|| node.slots[node.prefixes.rank(position)]);
            }
            match node.kid(byte)? {
                Kid::Node(below) => node = self.node(below),
                Kid::Leaf(leaf) => {
                    let leaf = self.leaf(leaf);
                    return (leaf.key == key && leaf.len == len).then_some(leaf.slot);
                }
            }
        }
    }

    /// Every prefix that covers the given one, itself included, shortest first: (length, slot).
    pub fn covering(&self, key: K, len: u8) -> Vec<(u8, u32)> {
        let mut found = Vec::new();
        let mut node = self.node(ROOT);
        if node.inherited != 0 {
            found.push((0, node.inherited));
        }
        loop {
            let depth = node.depth();
            let base = 8 * depth as u8;
            if len <= base {
                return found;
            }
            let byte = key.byte(depth);
            for bits in 1..=(len - base).min(8) {
                let position = position(byte, bits);
                if node.prefixes.has(position) {
                    found.push((base + bits, node.slots[node.prefixes.rank(position)]));
                }
            }
            if usize::from(len) <= 8 * (depth + 1) {
                return found;
            }
            match node.kid(byte) {
                None => return found,
                Some(Kid::Node(below)) => node = self.node(below),
                Some(Kid::Leaf(leaf)) => {
                    let leaf = self.leaf(leaf);
                    if leaf.len <= len && key.masked(leaf.len) == leaf.key {
                        found.push((leaf.len, leaf.slot));
                    }
                    return found;
                }
            }
        }
    }

    /// The longest prefix that covers the given one: (length, slot).
    pub fn longest(&self, key: K, len: u8) -> Option<(u8, u32)> {
        let mut node = self.node(ROOT);
        let mut best = (node.inherited != 0).then_some((0, node.inherited));
        loop {
            let base = 8 * node.depth() as u8;
            if len <= base {
                return best;
            }
            let byte = key.byte(node.depth());
            let here = node.best(byte, (len - base).min(8));
            best = here.map(|(bits, slot)| (base + bits, slot)).or(best);
            if len - base <= 8 {
                return best;
            }
            match node.kid(byte) {
                None => return best,
                Some(Kid::Node(below)) => node = self.node(below),
                Some(Kid::Leaf(leaf)) => {
                    let leaf = self.leaf(leaf);
                    let covers = leaf.len <= len && key.masked(leaf.len) == leaf.key;
                    return if covers { Some((leaf.len, leaf.slot)) } else { best };
                }
            }
        }
    }
}

/// A prefix of the truth: key, length, slot.
pub type Entry<K> = (K, u8, u32);

/// Which prefixes a walk visits.
struct Walk<K> {
    /// Only prefixes inside this one.
    within: (K, u8),
    /// Only prefixes that come later than this one.
    after: Option<(K, u8)>,
    /// At most this many.
    limit: usize,
}

// In order: by network address, then by length.
impl<K: Key> Rib<K> {
    /// Up to `limit` prefixes inside `within` (itself included) that come later than `after`.
    pub fn walk(&self, within: (K, u8), after: Option<(K, u8)>, limit: usize) -> Vec<Entry<K>> {
        let mut found = Vec::new();
        let root = self.node(ROOT).inherited;
        if within.1 == 0 && after.is_none() && root != 0 && limit > 0 {
            found.push((K::default(), 0, root));
        }
        let walk = Walk { within, after, limit };
        self.visit(ROOT, K::default(), &walk, &mut found);
        found
    }

    fn visit(&self, at: u32, path: K, walk: &Walk<K>, found: &mut Vec<Entry<K>>) {
        let node = self.node(at);
        let depth = node.depth();
        let base = 8 * depth as u8;
        // a prefix comes before what hangs below its first byte, and that before later bytes
        let mut entries: Vec<(usize, u8, u32)> =
            Vec::with_capacity(node.slots.len() + node.kids.len());
        entries.extend(node.prefixes.iter().zip(&node.slots).map(|(position, &slot)| {
            let (bits, byte) = unposition(position);
            (usize::from(byte), bits, slot)
        }));
        entries.extend(node.children.iter().zip(&node.kids).map(|(byte, &kid)| (byte, 9, kid)));
        entries.sort_unstable_by_key(|&(byte, bits, _)| (byte, bits));
        for (byte, bits, what) in entries {
            if found.len() >= walk.limit {
                return;
            }
            let key = path.with_byte(depth, byte as u8);
            if bits <= 8 {
                walk.meet((key, base + bits, what), found);
                continue;
            }
            match Kid::unpack(what) {
                Kid::Leaf(leaf) => {
                    let leaf = self.leaf(leaf);
                    walk.meet((leaf.key, leaf.len, leaf.slot), found);
                }
                Kid::Node(below) if walk.enters(key, base + 8) => {
                    self.visit(below, key, walk, found);
                }
                Kid::Node(_) => (),
            }
        }
    }
}

impl<K: Key> Walk<K> {
    fn meet(&self, (key, len, slot): Entry<K>, found: &mut Vec<Entry<K>>) {
        let (network, width) = self.within;
        let is_inside = len >= width && key.masked(width) == network;
        if is_inside && self.after.is_none_or(|after| (key, len) > after) {
            found.push((key, len, slot));
        }
    }

    /// Whether the node of the first `len` bits of `key` may hold anything to visit.
    fn enters(&self, key: K, len: u8) -> bool {
        let (network, width) = self.within;
        let common = len.min(width);
        let is_near = key.masked(common) == network.masked(common);
        is_near && self.after.is_none_or(|(after, _)| key >= after.masked(len))
    }
}
