//! `Route`: what a policy asks of a route itself, beside its attributes.

use std::fmt::Debug;

use crate::addr::{Ip, Net};
use crate::bgp::peer::{PeerId, Relation};
use crate::bgp::table::Standing;

/// What a route's origin is worth (RFC 6811 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Validity {
    /// Its origin may say it.
    Valid = 0,
    /// Another may, and its origin may not.
    Invalid = 1,
    /// Nobody has said who may.
    #[default]
    NotFound = 2,
}

/// Who knows which AS may originate what.
pub trait Validates: Debug + Send + Sync {
    /// What is known of a prefix by an origin; 0: it has none, or several.
    fn validity(&self, net: Net, origin: u32) -> Validity;
}

/// A route that is judged.
#[derive(Clone, Copy, Debug)]
pub struct Route<'a> {
    /// Its prefix; None where it is of a family that is carried only.
    pub net: Option<Net>,
    /// Who told it; 0 is ourselves.
    pub source: PeerId,
    /// What is known of who told it.
    pub standing: &'a Standing,
}

impl Route<'_> {
    /// The bit of who told it: 0 ourselves, 1 external, 2 of our confederation, 3 of our AS.
    pub(super) fn source_bit(&self) -> u8 {
        if self.source == 0 {
            return 1;
        }
        match self.standing.relation {
            Relation::External => 1 << 1,
            Relation::Confederation => 1 << 2,
            Relation::Internal | Relation::Client => 1 << 3,
        }
    }

    /// The address of who told it; None: ourselves.
    pub(super) fn told_by(&self) -> Option<Ip> {
        (self.source != 0).then_some(self.standing.address)
    }
}
