//! The native part of `fingerpost.ospf`.

mod calculator;
mod database;
mod received;

pub use calculator::{Calculated, RouteCalculator};
pub use database::LinkStateDatabase;
pub use received::UpdateReceived;
