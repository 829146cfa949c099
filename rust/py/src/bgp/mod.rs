//! The native part of `fingerpost.bgp`.

mod inspect;
mod policy;
mod received;
mod records;
mod table;
mod validation;
mod watched;

pub use inspect::BgpWalk;
pub use policy::{BgpAsSet, BgpAutomaton, BgpPrefixList};
pub use received::BgpReceived;
pub use records::register;
pub use table::BgpTable;
pub use validation::{AspaTable, VrpTable, VrpTelling};
