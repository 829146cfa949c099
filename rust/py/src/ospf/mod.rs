//! The native part of `fingerpost.ospf`.

mod database;
mod received;

pub use database::LinkStateDatabase;
pub use received::UpdateReceived;
