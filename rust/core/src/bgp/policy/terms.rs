//! What statements ask: of attributes (`Term`), and of the route itself (`Ask`).

use std::sync::Arc;

use super::actions::Number;
use super::as_set::AsSet;
use super::automaton::Automaton;
use super::communities::Pattern;
use super::prefix_list::PrefixList;
use super::route::{Evidence, Route, Validity};
use crate::addr::{Ip, Net};
use crate::bgp::attributes::as_path::{Segments, measure};
use crate::bgp::attributes::{Draft, codes};
use crate::bgp::validation::{Direction, PathState};

/// Numbers from the first to the last.
pub type Ranges = Vec<(u64, u64)>;

/// Which AS of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The one that it was last told by.
    First,
    /// The one that it came from.
    Origin,
    /// Any.
    Any,
}

/// Something that must hold of the attributes.
#[derive(Clone, Debug)]
pub enum Term {
    /// A number is in one of some ranges; where there is none, `or_none` decides.
    Number {
        /// Which.
        of: Number,
        /// Where it has to be.
        ranges: Ranges,
        /// What stands for one that is not there.
        absent: Option<u64>,
        /// Whether it may be absent.
        or_none: bool,
    },
    /// The length of the path, as it is compared, is in one of some ranges.
    PathLength(Ranges),
    /// ORIGIN is one of a mask of bits.
    Origin(u8),
    /// The path fits one of some expressions.
    Path(Vec<Arc<Automaton>>),
    /// An AS of the path is in a set.
    AsIn(Place, Arc<AsSet>),
    /// One of some communities is there.
    AnyCommunity(Vec<Pattern>),
    /// For each of some patterns a community is there.
    AllCommunities(Vec<Pattern>),
    /// The next hop is permitted by a list.
    NextHop(Arc<PrefixList>),
    /// Never holds.
    Never,
}

impl Term {
    /// Whether it holds.
    #[must_use]
    pub fn holds(&self, draft: &Draft<'_>) -> bool {
        let path = || draft.value(codes::AS_PATH).unwrap_or_default();
        let values = |code| draft.value(code).unwrap_or_default();
        match self {
            Self::Number { of, ranges, absent, or_none } => match of.read(draft).or(*absent) {
                Some(number) => is_in(ranges, number),
                None => *or_none,
            },
            Self::PathLength(ranges) => is_in(ranges, measure(path()).length.into()),
            Self::Origin(mask) => {
                let origin = values(codes::ORIGIN).first().copied();
                1_u8.checked_shl(origin.unwrap_or(codes::INCOMPLETE).into())
                    .is_some_and(|bit| mask & bit != 0)
            }
            Self::Path(some) => some.iter().any(|one| one.fits_path(path())),
            Self::AsIn(Place::First, set) => holds_as(set, measure(path()).neighbor),
            Self::AsIn(Place::Origin, set) => holds_as(set, measure(path()).origin),
            Self::AsIn(Place::Any, set) => {
                Segments(path()).any(|one| one.numbers().any(|number| set.contains(number)))
            }
            Self::AnyCommunity(some) => some.iter().any(|one| one.is_among(values)),
            Self::AllCommunities(all) => all.iter().all(|one| one.is_among(values)),
            Self::NextHop(list) => {
                let hop = next_hop_of(values(codes::NEXT_HOP));
                hop.is_some_and(|hop| list.permits(Net::host(hop)))
            }
            Self::Never => false,
        }
    }
}

fn holds_as(set: &AsSet, number: u32) -> bool {
    number != 0 && set.contains(number)
}

fn is_in(ranges: &[(u64, u64)], number: u64) -> bool {
    ranges.iter().any(|&(first, last)| first <= number && number <= last)
}

/// The address of a canonical NEXT_HOP, the global one of two.
fn next_hop_of(value: &[u8]) -> Option<Ip> {
    if let Ok(four) = value.try_into() {
        return Some(Ip::V4(u32::from_be_bytes(four)));
    }
    if !matches!(value.len(), 16 | 20 | 32 | 36) {
        return None;
    }
    Some(Ip::V6(u128::from_be_bytes(*value.first_chunk()?)))
}

/// Something that must hold of the route itself.
#[derive(Clone, Debug)]
pub enum Ask {
    /// A list permits its prefix.
    Prefix(Arc<PrefixList>),
    /// Its prefix has a length in one of some ranges.
    Length(Ranges),
    /// Its validity is one of a mask of bits, by the numbers of `Validity`.
    Validity(u8),
    /// What its path is worth (ASPA) is one of a mask of bits, by the numbers of `PathState`: who
    /// told it, None if that is a route server, and which way it came.
    Verified(u8, Option<u32>, Direction),
    /// Who told it is of one of some sorts, by the bits of `Route`.
    Source(u8),
    /// It was told by one of these.
    ToldBy(Vec<Ip>),
}

impl Ask {
    /// Whether it holds of a route with these attributes.
    #[must_use]
    pub fn holds(&self, route: &Route<'_>, evidence: Evidence<'_>) -> bool {
        match self {
            Self::Prefix(list) => route.net.is_some_and(|net| list.permits(net)),
            Self::Length(ranges) => route.net.is_some_and(|net| is_in(ranges, net.len().into())),
            Self::Validity(mask) => {
                let asked = evidence.rpki.zip(route.net);
                let known = asked.map(|(rpki, net)| rpki.validity(net, evidence.path()));
                mask & 1 << known.unwrap_or(Validity::NotFound) as u8 != 0
            }
            &Self::Verified(mask, neighbor, direction) => {
                let known =
                    evidence.rpki.map(|rpki| rpki.verify(evidence.path(), neighbor, direction));
                mask & 1 << known.unwrap_or(PathState::Unknown) as u8 != 0
            }
            Self::Source(mask) => mask & route.source_bit() != 0,
            Self::ToldBy(some) => route.told_by().is_some_and(|ip| some.contains(&ip)),
        }
    }
}
