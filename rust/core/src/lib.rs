//! The loops of fingerpost that run per packet, per prefix or per lookup.
//!
//! Nothing in this crate knows Python. `rust/py` converts; decisions stay in Python.

pub mod addr;
pub mod bgp;
pub mod bulk;
#[cfg(test)]
mod dice;
pub mod forward;
pub mod lpm;
pub mod mrt;
pub mod netlink;
pub mod ones;
pub mod ospf;
pub mod prefixset;
pub mod rib;
pub mod tcp;
pub mod text;
