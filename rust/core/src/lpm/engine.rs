//! From the truth to the compiled image, node by node, while readers read.
//!
//! The life of a change: `Rib` records which nodes it touched. `publish` takes them from the root
//! downwards. A node is compiled into fresh words (run-length form) or its differing cells are
//! stored one by one (direct form); then a single store in the cell above makes the new node the
//! one that readers find. A node below whose inherited match changed is compiled on the way.
//! Words that fell out of use are handed to the caller, who keeps them until no reader is left.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::block::{self, DIRECT_WORDS, Form, HEAD, REACH, Runs};
use super::cell;
use super::image::{GLOBAL_UNICAST, Image, Top, tail, tail_words};
use super::key::Key;
use super::node::Kid;
use super::rib::{Leaf, ROOT, Rib};
use super::words::Words;

/// Prefixes from which a table gets the next larger top. Tests cross them with small tables.
const TWO_FROM: usize = if cfg!(test) { 64 } else { 4_096 };
const THREE_FROM: usize = if cfg!(test) { 512 } else { 32_768 };

/// Changed nodes that are on their way into the cache while one is compiled.
const AHEAD: usize = 6;

/// Words of an arena that are out of use.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    generation: u32,
    offset: u32,
    words: u32,
}

/// The tables of one family: the truth and its compiled image.
pub struct Engine<K> {
    pub rib: Rib<K>,
    form: Form,
    image: Arc<Image>,
    /// Arena words handed out so far.
    used: usize,
    /// Offsets of unused blocks, by size in words.
    free: Vec<Vec<u32>>,
    /// Counts the arenas; a block of an earlier one is worth nothing.
    generation: u32,
    retired: Vec<Block>,
}

impl<K: Key> Engine<K> {
    /// No prefixes.
    pub fn new(form: Form) -> Self {
        Self::with_rib(Rib::default(), form)
    }

    /// Compile `rib`.
    pub fn with_rib(rib: Rib<K>, form: Form) -> Self {
        let mut engine = Engine {
            rib,
            form,
            image: Arc::new(Image::empty(form, Top::One, 0)),
            used: 0,
            free: Vec::new(),
            generation: 0,
            retired: Vec::new(),
        };
        engine.rebuild();
        engine
    }

    /// The image; readers who got an earlier one see the table as it was.
    pub fn image(&self) -> &Arc<Image> {
        &self.image
    }

    /// The image alone, without room to grow.
    pub fn into_image(self) -> Arc<Image> {
        let old = &self.image;
        if old.arena.len() == self.used + REACH {
            return self.image;
        }
        let arena = Words::zeroed(self.used + REACH);
        arena.copy_from(&old.arena, self.used);
        Arc::new(Image {
            form: old.form,
            top: old.top,
            root: copied(&old.root),
            wide: copied(&old.wide),
            arena,
        })
    }

    fn fitting_top(&self) -> Top {
        match self.rib.len() {
            n if n >= THREE_FROM && K::BITS == 128 => Top::Three,
            n if n >= TWO_FROM => Top::Two,
            _ => Top::One,
        }
    }

    /// Compile everything into a fresh image: after a bulk load, a growth, or to get rid of gaps.
    pub fn rebuild(&mut self) {
        self.rib.forget_image(); // and what was retired: it lies in the arena that goes
        let guess = match self.form {
            Form::Compact => self.rib.len() * 3 / 4,
            Form::Fast => self.rib.len() * 4,
        };
        self.image = Arc::new(Image::empty(self.form, self.fitting_top(), guess.max(16)));
        self.used = 0;
        self.free.clear();
        self.generation = self.generation.wrapping_add(1);
        self.retired.clear();
        self.refresh(ROOT);
    }

    /// Bring the image up to date with the truth. What fell out of use goes to `retire`.
    pub fn publish(&mut self, mut retire: impl FnMut(Block)) {
        if self.fitting_top() > self.image.top {
            self.rebuild();
        } else {
            let mut dirty = std::mem::take(&mut self.rib.changes.dirty);
            dirty.sort_unstable_by_key(|&(depth, _)| depth);
            for (place, &(_, at)) in dirty.iter().enumerate() {
                if let Some(&(_, soon)) = dirty.get(place + AHEAD) {
                    self.rib.prefetch(soon);
                }
                self.refresh(at);
            }
            dirty.clear();
            if self.rib.changes.dirty.is_empty() {
                self.rib.changes.dirty = dirty; // keep its memory
            }
            for gone in std::mem::take(&mut self.rib.changes.retired) {
                self.retire(gone);
            }
        }
        self.retired.drain(..).for_each(&mut retire);
    }

    /// Take words back that no reader can see any more.
    pub fn reuse(&mut self, block: Block) {
        if block.generation == self.generation {
            self.put_free(block.offset as usize, block.words as usize);
        }
    }

    // -- nodes ---------------------------------------------------------------------------------

    /// Whether the direct top holds this node's cells.
    fn is_in_top(&self, at: u32) -> bool {
        let depth = self.rib.node(at).depth();
        if depth == 0 {
            return true;
        }
        depth < self.image.top.depth()
            && (self.image.top != Top::Three
                || GLOBAL_UNICAST.contains(&self.rib.node(at).first_byte()))
    }

    fn refresh(&mut self, at: u32) {
        if !self.rib.node(at).dirty {
            return;
        }
        if self.is_in_top(at) {
            return self.paint(at);
        }
        let old = self.rib.node(at).cell;
        let new = self.compile(at);
        if new == old {
            return;
        }
        let (above, byte) = (self.rib.node(at).parent(), self.rib.node(at).byte());
        if self.is_in_top(above) {
            self.fill_top(above, byte, new);
            return;
        }
        let cell = self.rib.node(above).cell;
        let stored = cell != cell::STALE && cell::is_ref(cell);
        let at = match self.form {
            Form::Fast if stored => 2 * cell::offset(cell) + usize::from(byte),
            Form::Compact if stored && is_node(old) && is_node(new) => {
                block::run_of(&self.image.arena, cell::offset(cell), byte)
            }
            _ => {
                self.rib.node_mut(above).dirty = true;
                return self.refresh(above);
            }
        };
        self.image.arena.cells()[at].store(new, Ordering::Release);
    }

    /// Compile a node and what changed below it; gives its cell.
    fn compile(&mut self, at: u32) -> u32 {
        let mut cells = [0; 256];
        self.rib.node(at).paint(&mut cells);
        let depth = self.rib.node(at).depth();
        for (rank, byte) in self.rib.node(at).kid_bytes().enumerate() {
            let kid = self.rib.node(at).kid_at(rank);
            cells[byte] = self.compile_kid(kid, Some(depth), cells[byte]);
        }
        let old = self.rib.node(at).cell;
        let new = match self.form {
            Form::Compact => self.place_runs(&cells),
            Form::Fast => self.place_cells(&cells, old),
        };
        if new != old {
            self.retire(old);
        }
        let node = self.rib.node_mut(at);
        node.cell = new;
        node.dirty = false;
        new
    }

    fn compile_kid(&mut self, kid: Kid, depth: Option<usize>, inherited: u32) -> u32 {
        match kid {
            Kid::Node(at) => {
                let node = self.rib.node_mut(at);
                if !node.dirty && node.inherited == inherited && node.cell != cell::STALE {
                    return node.cell;
                }
                node.inherited = inherited;
                self.compile(at)
            }
            Kid::Leaf(at) => {
                let leaf = *self.rib.leaf(at);
                if leaf.cell != cell::STALE && leaf.inherited == inherited {
                    return leaf.cell;
                }
                self.retire(leaf.cell);
                let cell = self.place_leaf(&leaf, depth, inherited);
                let leaf = self.rib.leaf_mut(at);
                leaf.inherited = inherited;
                leaf.cell = cell;
                cell
            }
        }
    }

    fn place_runs(&mut self, cells: &[u32; 256]) -> u32 {
        let runs = Runs::encode(cells);
        if let Some(cell) = runs.uniform() {
            return cell;
        }
        let offset = self.allocate(runs.words());
        runs.write(&self.image.arena, offset);
        cell::REF | offset as u32
    }

    fn place_cells(&mut self, cells: &[u32; 256], old: u32) -> u32 {
        if cells.iter().all(|&cell| cell == cells[0]) {
            return cells[0];
        }
        let cell = if is_node(old) { old } else { cell::REF | self.allocate(DIRECT_WORDS) as u32 };
        let stored = &self.image.arena.cells()[2 * cell::offset(cell)..];
        for (stored, &cell) in stored.iter().zip(cells) {
            if stored.load(Ordering::Relaxed) != cell {
                stored.store(cell, Ordering::Release);
            }
        }
        cell
    }

    /// A lone prefix, below a node of `depth` if that is the node's cell alone. One that ends
    /// within the next byte becomes a node of runs: it takes hardly more room than a tail, and in
    /// bulk it comes with a step that neighbouring addresses take anyway. A direct node would take
    /// 128 words for it.
    fn place_leaf(&mut self, leaf: &Leaf<K>, depth: Option<usize>, inherited: u32) -> u32 {
        let near = depth.filter(|depth| usize::from(leaf.len) <= 8 * (depth + 2));
        let Some(depth) = near.filter(|_| self.form == Form::Compact) else {
            return self.place_tail(leaf.key, leaf.len, leaf.slot, inherited);
        };
        let free = 8 * (depth + 2) - usize::from(leaf.len);
        let first = usize::from(leaf.key.byte(depth + 1));
        let mut cells = [inherited; 256];
        cells[first..first + (1 << free)].fill(leaf.slot);
        self.place_runs(&cells)
    }

    fn place_tail(&mut self, key: K, len: u8, inside: u32, outside: u32) -> u32 {
        if inside == outside {
            return inside;
        }
        let (words, count) = tail(key, len, inside, outside);
        let offset = self.allocate(count);
        for (to, word) in self.image.arena.words()[offset..].iter().zip(&words[..count]) {
            to.store(*word, Ordering::Relaxed);
        }
        cell::REF | cell::TAIL | offset as u32
    }

    // -- the top -------------------------------------------------------------------------------

    fn paint(&mut self, at: u32) {
        let mut cells = [0; 256];
        self.rib.node(at).paint(&mut cells);
        let mut is_done = [false; 256];
        for (rank, byte) in self.rib.node(at).kid_bytes().enumerate() {
            let kid = self.rib.node(at).kid_at(rank);
            match kid {
                Kid::Node(below) if self.is_in_top(below) => {
                    is_done[byte] = true;
                    let node = self.rib.node_mut(below);
                    if node.dirty || node.inherited != cells[byte] || node.cell == cell::STALE {
                        node.inherited = cells[byte];
                        self.paint(below);
                    }
                }
                _ => {
                    // a cell of the top that stands for more than one byte cannot be a node
                    let depth = self.rib.node(at).depth();
                    let is_one = depth + 1 == self.entry_depth(depth, byte as u8);
                    cells[byte] = self.compile_kid(kid, is_one.then_some(depth), cells[byte]);
                }
            }
        }
        for byte in 0..=255 {
            if !is_done[usize::from(byte)] {
                self.fill_top(at, byte, cells[usize::from(byte)]);
            }
        }
        let node = self.rib.node_mut(at);
        node.cell = 0; // known, and no block
        node.dirty = false;
    }

    /// The depth at which a lookup goes on from the top, below a byte of a node in the top.
    fn entry_depth(&self, depth: usize, byte: u8) -> usize {
        let is_rest = depth == 0 && !GLOBAL_UNICAST.contains(&byte);
        if self.image.top == Top::Three && is_rest { 1 } else { self.image.top.depth() }
    }

    /// Store `cell` wherever the top answers for `byte` of a node that it holds.
    fn fill_top(&self, at: u32, byte: u8, cell: u32) {
        let depth = self.rib.node(at).depth();
        let path = self.rib.path(at).with_byte(depth, byte);
        let index = |bytes: usize| {
            (0..bytes).fold(0, |index, depth| index << 8 | usize::from(path.byte(depth)))
        };
        let (words, first, count) = match self.image.top {
            Top::Two => (&self.image.wide, index(2), 1 << (8 * (1 - depth))),
            Top::Three if GLOBAL_UNICAST.contains(&path.byte(0)) => {
                (&self.image.wide, index(3) & 0x1f_ffff, 1 << (8 * (2 - depth)))
            }
            _ => (&self.image.root, usize::from(byte), 1),
        };
        for stored in &words.cells()[first..first + count] {
            if stored.load(Ordering::Relaxed) != cell {
                stored.store(cell, Ordering::Release);
            }
        }
    }

    // -- words ---------------------------------------------------------------------------------

    /// Words of what a cell refers to; 0 where it refers to nothing.
    fn words_of(&self, cell: u32) -> usize {
        if cell == cell::STALE || !cell::is_ref(cell) {
            0
        } else if cell::is_tail(cell) {
            tail_words::<K>()
        } else if self.form == Form::Fast {
            DIRECT_WORDS
        } else {
            let runs = block::run_of(&self.image.arena, cell::offset(cell), 255) + 1
                - 2 * (cell::offset(cell) + HEAD);
            HEAD + runs.div_ceil(2)
        }
    }

    fn retire(&mut self, cell: u32) {
        let words = self.words_of(cell) as u32;
        if words > 0 {
            let offset = cell::offset(cell) as u32;
            self.retired.push(Block { generation: self.generation, offset, words });
        }
    }

    fn put_free(&mut self, offset: usize, words: usize) {
        if self.free.len() <= words {
            self.free.resize_with(words + 1, Vec::new);
        }
        self.free[words].push(offset as u32);
    }

    fn allocate(&mut self, words: usize) -> usize {
        if let Some(offset) = self.free.get_mut(words).and_then(Vec::pop) {
            return offset as usize;
        }
        let room = self.image.arena.len() - REACH;
        if self.used + words > room {
            let larger = (words + 1..self.free.len()).find(|&size| !self.free[size].is_empty());
            if let Some((size, offset)) =
                larger.and_then(|size| Some((size, self.free[size].pop()? as usize)))
            {
                self.put_free(offset + words, size - words);
                return offset;
            }
            self.grow(words);
        }
        let offset = self.used;
        self.used += words;
        offset
    }

    /// Go on in a larger copy; readers of the present image keep it as it is.
    fn grow(&mut self, words: usize) {
        let room = self.used + self.used / 4 + words.max(512);
        assert!(room < cell::OFFSET_LIMIT, "a compiled table is limited to 4 GB");
        let old = &self.image;
        let arena = Words::zeroed(room + REACH);
        arena.copy_from(&old.arena, self.used);
        self.image = Arc::new(Image {
            form: self.form,
            top: old.top,
            root: copied(&old.root),
            wide: copied(&old.wide),
            arena,
        });
    }
}

fn copied(from: &Words) -> Words {
    let to = Words::zeroed(from.len());
    to.copy_from(from, from.len());
    to
}

fn is_node(cell: u32) -> bool {
    cell != cell::STALE && cell::is_ref(cell) && !cell::is_tail(cell)
}

#[cfg(test)]
impl<K: Key> Engine<K> {
    /// Words neither free, nor waiting, nor reachable: must be none.
    pub fn lost_words(&self, waiting: usize) -> isize {
        let free: usize = self.free.iter().enumerate().map(|(size, at)| size * at.len()).sum();
        let reachable = self.reachable(ROOT);
        self.used as isize - (free + waiting + reachable) as isize
    }

    /// Words of a waiting block, if it lies in the present arena.
    pub fn words_that_count(&self, block: &Block) -> usize {
        if block.generation == self.generation { block.words as usize } else { 0 }
    }

    fn reachable(&self, at: u32) -> usize {
        let node = self.rib.node(at);
        let own = self.words_of(node.cell);
        let below = node.kids().map(|(_, kid)| match kid {
            Kid::Node(at) => self.reachable(at),
            Kid::Leaf(at) => self.words_of(self.rib.leaf(at).cell),
        });
        own + below.sum::<usize>()
    }
}
