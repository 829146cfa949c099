//! The 32-bit cell of a compiled table: an answer, or where to go on.
//!
//! ```text
//!  31 30 29                                        0
//! +--+--+--+---------------------------------------+
//! | 0|                 slot (0: no match)          |   answer
//! +--+--+--+---------------------------------------+
//! | 1| 0|        offset of a node, in words         |   go on with the next byte
//! +--+--+--+---------------------------------------+
//! | 1| 1|        offset of a tail, in words         |   compare with one lone prefix
//! +--+--+--+---------------------------------------+
//! ```

/// Set where the cell refers to a node or a tail.
pub const REF: u32 = 1 << 31;
/// Set, with [`REF`], where the cell refers to a tail.
pub const TAIL: u32 = 1 << 30;
/// Offsets stay below this many words, so that twice an offset is a positive `i32`.
pub const OFFSET_LIMIT: usize = 1 << 29;
/// Slots stay below this.
pub const SLOT_LIMIT: u32 = REF;
/// A node or leaf that the image does not know yet (a reference that is never made).
pub const STALE: u32 = u32::MAX;

/// The word offset of a reference.
#[inline]
pub const fn offset(cell: u32) -> usize {
    (cell & !(REF | TAIL)) as usize
}

/// Whether the cell refers to something.
#[inline]
pub const fn is_ref(cell: u32) -> bool {
    cell & REF != 0
}

/// Whether the cell refers to a tail.
#[inline]
pub const fn is_tail(cell: u32) -> bool {
    cell >= REF | TAIL
}
