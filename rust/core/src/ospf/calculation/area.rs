//! An area as its caller described it, and what is to be calculated anew in it.

use std::collections::HashMap;

use super::format::{TRANSIT, VIRTUAL};
use super::hops::{Hop, SetId};
use crate::addr::{Ip, Net};
use crate::ospf::lsa::Version;

/// What kind of area it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// AS-external-LSAs are flooded through it.
    #[default]
    Normal,
    /// They are not.
    Stub,
    /// They are not, and it has its own (RFC 3101).
    Nssa,
}

/// The first link of a path: kind, link id and link data as in the own router-LSA of version 2; in
/// version 3 kind, neighbour's router id, own interface id. Fourth the caller's number of the
/// interface; for a virtual link the scope of its transit area.
pub type FirstHop = (u8, u32, u32, u32);

/// An area that the router is attached to.
#[derive(Debug, Default)]
pub struct Area {
    /// The caller's number; 0 where there is no such area.
    pub scope: u32,
    /// It was left since the last run, after which its number may be that of another.
    pub is_left: bool,
    pub id: u32,
    pub kind: Kind,
    /// Whether summaries come into it (RFC 3101 2.7); matters for an NSSA.
    pub imports_summaries: bool,
    /// The vertex of the calculating router.
    pub root: u32,
    pub first_hops: Vec<FirstHop>,
    /// Addresses of neighbours: by interface and router id.
    pub addresses: HashMap<(u32, u32), Ip>,
    /// Interfaces of the own prefixes.
    pub connected: HashMap<Net, u32>,
    /// Where virtual links lead: router id, link data, next hops in the transit area.
    pub virtuals: Vec<(u32, u32, SetId)>,
    /// Vertices to which there may be another edge than at the last run.
    pub seeds: Vec<u32>,
    /// Whether the next run has to be of the whole area.
    pub is_whole: bool,
    /// Whether links that cost nothing were seen: then vertices have an order of their own.
    pub has_free_links: bool,
    /// TransitCapability (RFC 2328 6).
    pub is_transit: bool,
}

impl Area {
    /// The interface of a link of the calculating router.
    pub fn interface(&self, version: Version, kind: u8, id: u32, data: u32) -> Option<u32> {
        let is_it = |hop: &&FirstHop| {
            hop.0 == kind
                && hop.2 == data
                && (hop.1 == id || version == Version::V3 && kind == TRANSIT)
        };
        self.first_hops.iter().find(is_it).map(|hop| hop.3)
    }

    /// The next hop onto a network of the calculating router.
    pub fn onto(&self, version: Version, id: u32, data: u32) -> Option<Hop> {
        let interface = self.interface(version, TRANSIT, id, data)?;
        Some(Hop { interface, gateway: None, is_connected: true })
    }

    /// The next hops of a virtual link.
    pub fn across(&self, router: u32, data: u32) -> Option<SetId> {
        let found = self.virtuals.iter().find(|one| (one.0, one.1) == (router, data));
        found.map(|one| one.2)
    }

    /// The virtual links: router id, link data, scope of the transit area.
    pub fn virtual_links(&self) -> impl Iterator<Item = (u32, u32, u32)> {
        let links = self.first_hops.iter().filter(|hop| hop.0 == VIRTUAL);
        links.map(|&(_, router, data, scope)| (router, data, scope))
    }

    /// Whether the number of the area is in use.
    pub fn is_there(&self) -> bool {
        self.scope != 0
    }

    /// Whether there is something to calculate in its graph.
    pub fn is_due(&self) -> bool {
        self.is_whole || !self.seeds.is_empty()
    }
}
