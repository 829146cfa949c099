//! OSPF where it repeats: the link state database with its flooding, and the calculation of routes.
//!
//! Both versions in one; only formats and the numbers of types differ (`lsa`).

mod ageing;
pub mod calculation;
pub mod checksum;
mod database;
mod exchange;
mod flooding;
mod inspection;
mod interface;
mod intern;
mod keyed;
mod lists;
pub mod lsa;
mod neighborhood;
mod outgoing;
mod primitives;
mod store;

pub use database::{Damaged, Database, Settings};
pub use exchange::Fault;
pub use flooding::{Outcome, Received};
pub use inspection::Sizes;
pub use interface::{InterfaceSettings, NeighborSettings, Role, State};
pub use outgoing::{ACKNOWLEDGMENT, Outgoing, UPDATE};
