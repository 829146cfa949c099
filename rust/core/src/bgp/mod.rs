//! BGP's tables (RFC 4271 3.2): received bytes in, bytes to send out, a prefix never alone.
//!
//! The life of an UPDATE: `update` reads it and judges it by RFC 7606; its attributes become a set
//! that is held once (`attributes`); `table` puts a path at each prefix, asks the import policy and
//! decides (`decision`); a prefix whose best path changed stands in the `journal`, which everybody
//! reads at his own pace: the groups of peers that are sent the same (`out`), and the routing table.
//!
//! Sessions, timers and everything rare are Python's. Nothing here reads a clock.

pub mod attributes;
pub mod damping;
pub mod decision;
pub mod family;
mod index;
pub mod journal;
pub mod keyed;
pub mod nets;
pub mod next_hops;
pub mod out;
pub mod paths;
pub mod peer;
pub mod policy;
pub mod records;
pub mod route_key;
pub mod table;
pub mod update;
pub mod validation;
pub mod watch;
