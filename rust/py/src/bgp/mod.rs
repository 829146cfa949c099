//! The native part of `fingerpost.bgp`.

mod received;
mod table;

pub use received::BgpReceived;
pub use table::BgpTable;
