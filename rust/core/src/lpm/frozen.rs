//! A compiled table on its own: made for one column of answers, written to a file, mapped again.
//!
//! An image from a file is not believed. Before the first lookup every reachable cell is checked:
//! references stay inside the arena and at the depth of one byte a node, run counts agree with
//! the marks, and answers are below the number of slots. Lookups can then trust it blindly.

use std::sync::Arc;

use super::Snapshot;
use super::block::{self, DIRECT_WORDS, Form, HEAD, REACH};
use super::cell;
use super::engine::Engine;
use super::image::{Image, Top, load, tail_words};
use super::key::Key;
use super::rib::Rib;
use super::words::Words;

/// Where the parts of an image begin and how it is to be read.
pub struct Parts {
    /// How its nodes are compiled.
    pub form: Form,
    /// Bytes that its top takes: 1 to 3.
    pub top: u8,
    /// First-byte cells, large top, arena.
    pub words: [Words; 3],
}

/// Why an image from a file is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageError {
    /// The top is none of 1, 2 and, for IPv6, 3 bytes.
    Top(u8),
    /// A part has not the length that the top asks for.
    Length,
    /// A cell refers outside the arena, or to a node at another depth.
    Reference(u32),
    /// The run counts of a node contradict its marks.
    Runs(u32),
    /// An answer is not below the number of slots.
    Slot(u32),
    /// The mask of a tail is not that of a prefix.
    Mask(u32),
}

impl std::fmt::Display for ImageError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ImageError::Top(top) => write!(f, "no top of {top} bytes"),
            ImageError::Length => write!(f, "a part is shorter or longer than its top asks for"),
            ImageError::Reference(cell) => write!(f, "cell {cell:#010x} refers to no node"),
            ImageError::Runs(at) => write!(f, "the node at word {at} has run counts that disagree"),
            ImageError::Slot(slot) => write!(f, "answer {slot} has no value"),
            ImageError::Mask(at) => write!(f, "the tail at word {at} has a mask with gaps"),
        }
    }
}

/// Compile a truth on its own, with each slot replaced by `leaf[slot]`.
pub fn compile<K: Key>(rib: &Rib<K>, form: Form, leaf: &[u32]) -> Arc<Image> {
    let mut rib = rib.clone();
    rib.map_slots(|slot| leaf.get(slot as usize).copied().unwrap_or(0));
    Engine::with_rib(rib, form).into_image()
}

impl Snapshot {
    /// An image of each family, checked, as a table of `slots` answers (0, no match, included).
    ///
    /// # Errors
    /// The first fault that is found.
    pub fn from_parts(v4: Parts, v6: Parts, slots: u32) -> Result<Snapshot, ImageError> {
        let v4 = checked::<u32>(v4, slots)?;
        let v6 = checked::<u128>(v6, slots)?;
        Ok(Snapshot::alone(Arc::new(v4), Arc::new(v6)))
    }
}

impl Image {
    /// How its nodes are compiled.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Bytes that its top takes.
    pub fn top_bytes(&self) -> u8 {
        self.top.depth() as u8
    }

    /// The parts as they are written to a file: first-byte cells, large top, arena.
    pub fn parts(&self) -> [&Words; 3] {
        [&self.root, &self.wide, &self.arena]
    }
}

fn checked<K: Key>(parts: Parts, slots: u32) -> Result<Image, ImageError> {
    let top = match parts.top {
        1 => Top::One,
        2 => Top::Two,
        3 if K::BITS == 128 => Top::Three,
        other => return Err(ImageError::Top(other)),
    };
    let [root, wide, arena] = parts.words;
    let fits = root.len() == top.cells().0 / 2
        && wide.len() == top.cells().1 / 2
        && (REACH..cell::OFFSET_LIMIT).contains(&arena.len())
        && (K::BITS == 32 || parts.form == Form::Compact);
    if !fits {
        return Err(ImageError::Length);
    }
    let image = Image { form: parts.form, top, root, wide, arena };
    Check::<K>::new(&image, slots).run()?;
    Ok(image)
}

struct Check<'a, K> {
    image: &'a Image,
    slots: u32,
    /// By word offset: the depth at which a node was met, 0 for none.
    met: Vec<u8>,
    /// Nodes to look into.
    open: Vec<(usize, u8)>,
    key: std::marker::PhantomData<K>,
}

impl<'a, K: Key> Check<'a, K> {
    fn new(image: &'a Image, slots: u32) -> Self {
        let met = vec![0; image.arena.len()];
        Check { image, slots, met, open: Vec::new(), key: std::marker::PhantomData }
    }

    fn run(mut self) -> Result<(), ImageError> {
        let image = self.image;
        let depth = image.top.depth() as u8;
        image.wide.cells().iter().try_for_each(|cell| self.cell(load(cell), depth))?;
        image.root.cells().iter().try_for_each(|cell| self.cell(load(cell), 1))?;
        while let Some((offset, depth)) = self.open.pop() {
            let (first, count) = self.cells_of(offset)?;
            let cells = image.arena.cells().get(first..first + count);
            let cells = cells.ok_or(ImageError::Reference(offset as u32))?;
            cells.iter().try_for_each(|cell| self.cell(load(cell), depth + 1))?;
        }
        Ok(())
    }

    /// Check one cell that byte `depth` refines; a node is looked into later, once.
    fn cell(&mut self, cell: u32, depth: u8) -> Result<(), ImageError> {
        if !cell::is_ref(cell) {
            return if cell < self.slots { Ok(()) } else { Err(ImageError::Slot(cell)) };
        }
        let offset = cell::offset(cell);
        if offset + REACH > self.image.arena.len() {
            return Err(ImageError::Reference(cell));
        }
        if cell::is_tail(cell) {
            return self.tail(offset);
        }
        match self.met[offset] {
            0 if depth < K::BITS / 8 => {
                self.met[offset] = depth;
                self.open.push((offset, depth));
                Ok(())
            }
            met if met == depth => Ok(()),
            _ => Err(ImageError::Reference(cell)),
        }
    }

    /// Check a tail: its answers, and that its mask is a prefix's, since bulk lookups look at the
    /// low half of an address only where the mask fills the high half.
    fn tail(&self, offset: usize) -> Result<(), ImageError> {
        let words = &self.image.arena.words()[offset..];
        let word = |at: usize| words[at].load(std::sync::atomic::Ordering::Relaxed);
        let mask = match K::BITS {
            32 => u128::from(word(0) >> 32) << 96,
            _ => u128::from(word(1)) << 64 | u128::from(word(3)),
        };
        if mask.leading_ones() + mask.trailing_zeros() != 128 {
            return Err(ImageError::Mask(offset as u32));
        }
        let slots = word(tail_words::<K>() - 1);
        let worst = (slots as u32).max((slots >> 32) as u32);
        if worst < self.slots { Ok(()) } else { Err(ImageError::Slot(worst)) }
    }

    /// The first cell of a node and their number.
    fn cells_of(&self, offset: usize) -> Result<(usize, usize), ImageError> {
        if self.image.form == Form::Fast {
            return Ok((2 * offset, 2 * DIRECT_WORDS));
        }
        let mut runs = 0u64;
        for (word, head) in self.image.arena.words()[offset..offset + HEAD].iter().enumerate() {
            let head = head.load(std::sync::atomic::Ordering::Relaxed);
            let marks = head & block::MARK_BITS;
            let begins = word > 0 || marks & 1 == 1;
            if head >> 56 != runs & 0xff || !begins || (word == HEAD - 1 && marks >> 32 != 0) {
                return Err(ImageError::Runs(offset as u32));
            }
            runs += u64::from(marks.count_ones());
        }
        Ok((2 * (offset + HEAD), runs as usize))
    }
}
