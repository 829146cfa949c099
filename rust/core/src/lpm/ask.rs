//! Questions to the truth: one prefix, those that cover it, those inside it in order.

use super::key::Key;
use super::node::Kid;
use super::rib::{ROOT, Rib};

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
                return node.get(byte, len - 8 * depth as u8);
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
                found.extend(node.get(byte, bits).map(|slot| (base + bits, slot)));
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
        let prefixes = node.prefixes().map(|(byte, bits, slot)| (byte, bits, What::Slot(slot)));
        let kids = node.kids().map(|(byte, kid)| (byte, 9, What::Kid(kid)));
        let mut entries: Vec<_> = prefixes.chain(kids).collect();
        entries.sort_unstable_by_key(|&(byte, bits, _)| (byte, bits));
        for (byte, bits, what) in entries {
            if found.len() >= walk.limit {
                return;
            }
            let key = path.with_byte(depth, byte);
            match what {
                What::Slot(slot) => walk.meet((key, base + bits, slot), found),
                What::Kid(Kid::Leaf(leaf)) => {
                    let leaf = self.leaf(leaf);
                    walk.meet((leaf.key, leaf.len, leaf.slot), found);
                }
                What::Kid(Kid::Node(below)) if walk.enters(key, base + 8) => {
                    self.visit(below, key, walk, found);
                }
                What::Kid(Kid::Node(_)) => (),
            }
        }
    }
}

/// What stands in a node at one place of the order.
enum What {
    Slot(u32),
    Kid(Kid),
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
