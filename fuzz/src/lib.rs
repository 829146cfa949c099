//! The bodies of the fuzz targets: each takes any bytes and panics where its invariant breaks.
//!
//! They know nothing of libFuzzer, so the product's own tests run them too, on stable Rust.

pub mod address;
pub mod address_column;
pub mod bgp_session;
mod bgp_station;
mod bgp_told;
pub mod bgp_update;
pub mod calculation;
mod chunks;
pub mod forward;
pub mod image;
pub mod link_state;
pub mod mrt;
pub mod netlink;
pub mod prefixset;
pub mod prefixset_text;
pub mod table;
pub mod table_text;

/// A body.
pub type Check = fn(&[u8]);

/// Every target by name: the name of its binary, its seeds and its regressions.
pub const TARGETS: &[(&str, Check)] = &[
    ("address", address::check),
    ("address_column", address_column::check),
    ("bgp_session", bgp_session::check),
    ("bgp_update", bgp_update::check),
    ("calculation", calculation::check),
    ("forward", forward::check),
    ("image", image::check),
    ("link_state", link_state::check),
    ("mrt", mrt::check),
    ("netlink", netlink::check),
    ("prefixset", prefixset::check),
    ("prefixset_text", prefixset_text::check),
    ("table", table::check),
    ("table_text", table_text::check),
];
