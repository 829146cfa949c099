//! A route as the calculation holds it.

use super::hops::{NO_HOPS, SetId};

/// How a destination is reached, best first (RFC 2328 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Path {
    /// Within an area.
    Intra,
    /// By a summary.
    Inter,
    /// Outside the AS, cost of the same kind as ours.
    E1,
    /// Outside the AS, cost greater than any of ours.
    E2,
    /// As E1, by an NSSA-LSA.
    N1,
    /// As E2, by an NSSA-LSA.
    N2,
    /// Not at all.
    Nothing,
}

/// A route, in numbers of its calculator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Route {
    pub path: Path,
    /// The number of the area; `NO_AREA` outside the AS.
    pub area: u16,
    pub cost: u32,
    /// Of type 2, else 0.
    pub cost2: u32,
    pub tag: u32,
    pub hops: SetId,
}

/// No area of our own.
pub const NO_AREA: u16 = u16::MAX;

impl Route {
    /// No route.
    pub const NOTHING: Route =
        Route { path: Path::Nothing, area: NO_AREA, cost: 0, cost2: 0, tag: 0, hops: NO_HOPS };

    /// Whether the destination is inside the AS.
    pub fn is_inner(&self) -> bool {
        matches!(self.path, Path::Intra | Path::Inter)
    }

    /// Whether there is one.
    pub fn is_there(&self) -> bool {
        self.path != Path::Nothing
    }
}
