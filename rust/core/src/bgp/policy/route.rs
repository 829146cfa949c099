//! `Route`: what a policy asks of a route itself, beside its attributes.

use std::fmt::Debug;

use crate::addr::{Ip, Net};
use crate::bgp::attributes::{Attributes, codes};
use crate::bgp::peer::{PeerId, Relation};
use crate::bgp::table::Standing;
pub use crate::bgp::validation::State as Validity;
use crate::bgp::validation::{Direction, PathState};

/// What the RPKI knows of routes.
pub trait Validates: Debug + Send + Sync {
    /// What the origin of a path is worth (RFC 6811 2), by the value of its AS_PATH.
    fn validity(&self, net: Net, path: &[u8]) -> Validity;

    /// What a path is worth that came from `neighbor` (ASPA); None: from a route server.
    fn verify(&self, path: &[u8], neighbor: Option<u32>, direction: Direction) -> PathState;
}

/// What is asked beside the route: its attributes, and the RPKI.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// Canonical bytes.
    pub bytes: &'a [u8],
    /// Who is asked for what the RPKI says; None: nobody, so it says nothing.
    pub rpki: Option<&'a dyn Validates>,
}

impl<'a> Evidence<'a> {
    /// The value of AS_PATH.
    pub(super) fn path(&self) -> &'a [u8] {
        Attributes(self.bytes).value(codes::AS_PATH).unwrap_or_default()
    }
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
