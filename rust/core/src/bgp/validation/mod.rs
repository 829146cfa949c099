//! Who may originate what, and who may pass it on: what the RPKI says, as BGP asks it.
//!
//! A `VrpTable` is all validated ROA payloads (VRPs) of one moment, sorted, and never changes: what a
//! cache tells makes another (`Telling`), tables of several caches make one (`VrpTable::union`), and
//! what differs between two of them is a table too (`VrpTable::differing`), which says the prefixes
//! whose routes have to be judged again. `Aspas` says who provides for whom.
//!
//! `fingerpost/rpki` tells all of it in Python, line by line.

mod aspa;
mod bits;
mod knowledge;
mod payloads;
mod table;
mod telling;

pub use aspa::{Aspas, Direction, PathState};
pub use bits::Bits;
pub use knowledge::Rpki;
pub use payloads::{Payload, Payloads};
pub use table::{State, Vrp, VrpTable};
pub use telling::{Fault, Stopped, Telling};
