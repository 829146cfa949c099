//! What neighbours are told: Adj-RIBs-Out of groups that are told the same.
//!
//! A `Group` is for neighbours whose export rules (`export`) are equal. It follows the journal of
//! its family at the pace of its fastest member: what changed is worked out once, packed once
//! (`pack`), and stands in its `log` until each member has fetched it. So state is compressed while
//! nobody can take more, and 200 neighbours cost as much as one, but for copying. Who joins later
//! gets a `Dump` of what the others were told, then the log. Who lags too far behind gets a group
//! of his own, and harms nobody.

mod dump;
mod explained;
mod export;
mod group;
mod log;
mod pack;
mod several;
#[cfg(test)]
mod tests;

pub use explained::Explained;
pub(crate) use export::prepended;
pub use export::{ExportRules, PrivateAs, Refusal, Told, is_private};
pub use group::{Context, Group};
pub(crate) use log::{Audience, Block};
pub(crate) use pack::Packer;
