//! What others are shown of the tables: the messages that came and went (`mirror`), walks over
//! Adj-RIBs-In and the Loc-RIB as UPDATEs for BMP (`walk`), and as records of MRT (`dump`).
//!
//! Everything is given in slices, as octets that are ready to leave. Nothing here changes what is
//! chosen or told.

mod dump;
mod mirror;
mod packed;
#[cfg(test)]
mod tests;
mod walk;

pub use dump::{DumpOptions, DumpSlice};
pub use mirror::{Behind, Format, Heads, Mirror, Mirrored};
pub use packed::{Speech, updates};
pub use walk::{Framing, Slice, View};
