//! Next hops of a vertex (RFC 2328 16.1.1, 16.8).

use super::super::format::{POINT_TO_POINT, TRANSIT, VIRTUAL};
use super::super::graph::NONE;
use super::super::hops::{Hop, ITSELF, NO_HOPS, SetId};
use super::Run;
use crate::addr::Ip;
use crate::ospf::lsa::Version;

/// Link data below this are interface numbers of unnumbered links (RFC 2328 A.4.2).
const LOWEST_ADDRESS: u32 = 0x0100_0000;

impl Run<'_> {
    /// The next hops of a vertex by all that come before it on a shortest path (16.1.1).
    pub(super) fn hops_of(&mut self, vertex: u32, is_before: impl Fn(u32) -> bool) -> SetId {
        if vertex == self.area.root {
            return ITSELF;
        }
        let dist = self.graph.at(vertex).dist;
        let (mut set, mut last) = (NO_HOPS, NONE);
        for at in 0..self.graph.edges(vertex).len() {
            let parent = self.graph.edges(vertex)[at].target;
            if parent == last {
                continue;
            }
            last = parent;
            let by = self.by_way_of(parent, vertex);
            if !is_before(parent) || by.is_none_or(|by| by.0 != dist) {
                continue;
            }
            let through = if parent == self.area.root {
                self.first(vertex)
            } else {
                let parent_hops = self.graph.at(parent).hops;
                if self.graph.at(parent).key.is_network && self.hops.is_connected(parent_hops) {
                    self.beyond_network(parent, vertex)
                } else {
                    parent_hops
                }
            };
            set = self.hops.union(set, through);
        }
        set
    }

    /// The next hops to a neighbour or a network of the calculating router: one for each link.
    fn first(&mut self, vertex: u32) -> SetId {
        let edges = self.graph.between(self.area.root, vertex).to_vec();
        let cheapest = edges.first().map_or(0, |edge| edge.cost);
        let id = self.graph.at(vertex).key.id;
        let mut set = NO_HOPS;
        for edge in edges.iter().filter(|edge| edge.cost == cheapest) {
            let one = match edge.kind {
                TRANSIT => self.area.onto(self.version, id, edge.data),
                POINT_TO_POINT => self.neighbor(vertex, edge.data),
                VIRTUAL => {
                    let across = self.area.across(id, edge.data).unwrap_or(NO_HOPS);
                    set = self.hops.union(set, across);
                    None
                }
                _ => None,
            };
            if let Some(hop) = one {
                let one = self.hops.single(hop);
                set = self.hops.union(set, one);
            }
        }
        set
    }

    /// A router at the other end of a point-to-point or point-to-multipoint link: its address is
    /// the one that its packets come from, or else what its own link says.
    fn neighbor(&self, vertex: u32, data: u32) -> Option<Hop> {
        let id = self.graph.at(vertex).key.id;
        let interface = self.area.interface(self.version, POINT_TO_POINT, id, data)?;
        let known = self.area.addresses.get(&(interface, id)).copied();
        let back = self.graph.between(vertex, self.area.root);
        let by_link = match back {
            [only] if self.version == Version::V2 && only.data >= LOWEST_ADDRESS => {
                Some(Ip::V4(only.data))
            }
            _ => None,
        };
        Some(Hop { interface, gateway: known.or(by_link), is_connected: false })
    }

    /// A router on a network of our own is the next hop itself; version 2 finds its address in its
    /// link to the network, version 3 has it from its link-LSA.
    fn beyond_network(&mut self, network: u32, router: u32) -> SetId {
        let id = self.graph.at(router).key.id;
        let links = self.graph.between(router, network).to_vec();
        let (version, area) = (self.version, self.area);
        self.hops.through(self.graph.at(network).hops, |hop| {
            let to = |gateway| Hop { gateway: Some(gateway), is_connected: false, ..hop };
            match version {
                Version::V2 => links.iter().map(|link| to(Ip::V4(link.data))).collect(),
                Version::V3 => {
                    let known = area.addresses.get(&(hop.interface, id));
                    known.map(|&gateway| to(gateway)).into_iter().collect()
                }
            }
        })
    }
}
