//! The native part of `fingerpost.bgp`.

mod received;
mod table;
mod watched;

pub use received::BgpReceived;
pub use table::BgpTable;
