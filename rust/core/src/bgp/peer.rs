//! What the tables know of a neighbour: its place in the world and what was agreed with it.

use super::family::Family;
use crate::addr::Ip;

/// The number of a neighbour; 0 is ourselves.
pub type PeerId = u16;

/// Where a neighbour is (RFC 4271 1.1, RFC 4456 2, RFC 5065 2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Relation {
    /// Another AS.
    #[default]
    External,
    /// Another member of our confederation.
    Confederation,
    /// Our AS.
    Internal,
    /// Our AS, and we reflect to it.
    Client,
}

impl Relation {
    /// Whether it is of our AS.
    #[must_use]
    pub const fn is_internal(self) -> bool {
        matches!(self, Self::Internal | Self::Client)
    }
}

/// What we are to a neighbour (RFC 9234 4.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// We sell it transit.
    Provider,
    /// We serve it routes of others.
    RouteServer,
    /// It serves us routes of others.
    RouteServerClient,
    /// It sells us transit.
    Customer,
    /// Neither.
    Peer,
}

/// What was agreed for a family on a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilySession {
    /// The family.
    pub family: Family,
    /// It sends path identifiers (RFC 7911).
    pub path_ids_in: bool,
    /// We send path identifiers.
    pub path_ids_out: bool,
    /// IPv4 prefixes may have IPv6 next hops (RFC 8950).
    pub extended_next_hop: bool,
    /// What we say where the next hop is ourselves: a canonical NEXT_HOP value.
    pub local_next_hop: Vec<u8>,
}

/// What was agreed on a session that is Established.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionOptions {
    /// AS numbers have four octets (RFC 6793).
    pub as4: bool,
    /// The longest message that we may send: 4096, or 65535 (RFC 8654).
    pub longest_out: u16,
    /// The longest message that we take.
    pub longest_in: u16,
    /// The families.
    pub families: Vec<FamilySession>,
    /// The number of the interface that link-local addresses are on; 0 where it does not matter.
    pub scope: u32,
}

/// What makes paths of a neighbour differ in the choice, and what it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerSettings {
    /// Where it is.
    pub relation: Relation,
    /// Its AS.
    pub asn: u32,
    /// The AS that we are to it: ours, or that of `local-as`.
    pub local_asn: u32,
    /// The AS that is put in front of its paths: that of `local-as` (RFC 7705 3.1); 0: none.
    pub prepends: u32,
    /// Its address, the last of the steps of choice.
    pub address: Ip,
    /// Its BGP identifier, as of its OPEN; 0 before there was one.
    pub router_id: u32,
    /// What we are to it.
    pub role: Option<Role>,
    /// The first AS of its paths has to be its own.
    pub checks_first_as: bool,
}
