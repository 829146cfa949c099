//! Path attributes (RFC 4271 4.3, 5), held as bytes in one canonical form.
//!
//! Canonical bytes are what an UPDATE would carry, with these rules, so that equal meaning is equal
//! bytes: attributes ascend by type and each stands there once; the extended length bit is set
//! where the value has more than 255 octets and nowhere else; AS_PATH and AGGREGATOR have AS numbers
//! of four octets (RFC 6793), AS4_PATH and AS4_AGGREGATOR are merged into them; no MP_REACH_NLRI and
//! no MP_UNREACH_NLRI, whose next hop stands as NEXT_HOP, in one of the forms of `next_hops`. What
//! is ours alone and never sent has type 0 (`codes::WEIGHT`); labels and what else of NLRI does not name
//! a route have the type of MP_REACH_NLRI.
//!
//! Whoever makes canonical bytes (`update` from a peer's, `Draft` from others) sees to it that each
//! value has the form of its type: readers here take what is wrong as absent and never fail.

pub mod aigp;
pub mod as_path;
pub mod codes;
mod draft;
mod set;
mod store;

pub(crate) use draft::push;
pub use draft::{Draft, with_rest};
pub use set::{Attribute, AttributeSet, Attributes, Summary};
pub use store::{SetId, Store};
