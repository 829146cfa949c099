//! The native part of `fingerpost.bgp`.

mod inspect;
mod received;
mod table;
mod validation;
mod watched;

pub use inspect::BgpWalk;
pub use received::BgpReceived;
pub use table::BgpTable;
pub use validation::{AspaTable, VrpTable, VrpTelling};
