//! `Address`, `Prefix` and `Interface`.

mod address;
mod interface;
mod numbers;
mod prefix;

pub use address::Address;
pub use interface::Interface;
pub use numbers::object;
pub use prefix::Prefix;
