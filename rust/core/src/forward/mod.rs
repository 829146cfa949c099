//! The fast path of forwarding: the common case, on batches of frames in contiguous memory.
//!
//! A frame either leaves: its hop limit one lower, its checksum updated, its Ethernet addresses
//! those of the next hop, and the number of the port to send it from; or it is handed up,
//! untouched, with the first reason found. The complete algorithm, which is Python, takes what is
//! handed up. So nothing here has to be right about a packet that is out of the ordinary; it has
//! to notice that it is.
//!
//! The life of a batch of at most 256 frames (`engine`): read headers into columns, one set a
//! family (`parse`, `avx512`); look at addresses that need care (`special`); longest match of
//! all destinations, and of all sources where the reverse path counts (`lpm`); from the answers to
//! adjacencies (`resolve`, `flow`); rewrite in place (`engine`). Meanwhile the next batch is on its
//! way from memory.

#[cfg(target_arch = "x86_64")]
mod avx512;
mod counters;
mod engine;
mod family;
mod flow;
mod frames;
mod lanes;
mod parse;
mod reason;
mod resolve;
mod special;
mod tables;
#[cfg(test)]
mod tests;

pub use counters::{Counters, PortCounters, Traffic};
pub use engine::Forward;
pub use flow::{hash4, hash6};
pub use frames::{Frames, Outcome, Place};
pub use reason::Reason;
pub use tables::{Adjacency, Group, Port, Setup, Tables, TablesError};

/// Frames that go through all stages together.
pub const BATCH: usize = 256;
