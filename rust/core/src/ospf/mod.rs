//! OSPF where it repeats: the link state database with its flooding, and the calculation of routes.
//!
//! Both versions in one; only formats and the numbers of types differ (`lsa`).

pub mod checksum;
pub mod lsa;
