//! Routes outside the AS (RFC 2328 16.4, RFC 3101 2.5).
//!
//! As inside, a route is worked out for one prefix from all that is offered for it (16.6). The ways
//! to boundary routers and forwarding addresses are known before.

use std::cmp::Ordering;

use super::Calculator;
use super::area::{Area, Kind};
use super::boundary::Entry;
use super::format::{BOUNDARY, VertexKey};
use super::graph::NONE;
use super::hops::{Hop, NO_HOPS};
use super::offer::Outer;
use super::route::{NO_AREA, Path, Route};
use super::rule::Rule;
use super::table::Bits;
use crate::addr::{Ip, Net};
use crate::ospf::lsa::Version;

/// A way to a destination outside the AS.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    pub route: Route,
    /// It goes through one area that is not the backbone (RFC 2328 16.4.1).
    is_preferred: bool,
    /// Which of several equal LSAs gives type and tag: the greatest (RFC 3101 2.5 step 6e), at
    /// last by area and tag, so that no order of arrival decides.
    rank: (u8, u32, u32, u32),
}

impl Offer {
    fn is_type1(&self) -> bool {
        matches!(self.route.path, Path::E1 | Path::N1)
    }
}

impl<K: Bits> Calculator<K> {
    /// The route to a prefix outside the AS.
    pub(super) fn outer_route(&mut self, net: u32) -> Route {
        self.best_offer(net).map_or(Route::NOTHING, |best| best.route)
    }

    /// The best of what is offered, with the next hops of all that are as good.
    pub(super) fn best_offer(&mut self, net: u32) -> Option<Offer> {
        let mut best: Option<Offer> = None;
        let mut next = self.table.at(net).outer;
        while next != NONE {
            let outer = *self.table.outer(next);
            next = outer.next;
            let Ok(offer) = self.offer(&outer) else { continue };
            best = Some(match best {
                None => offer,
                Some(held) => match self.compare(&offer, &held).0 {
                    Ordering::Less => offer,
                    Ordering::Greater => held,
                    Ordering::Equal => {
                        let hops = self.hops.union(held.route.hops, offer.route.hops);
                        let mut both = if offer.rank > held.rank { offer } else { held };
                        both.route.hops = hops;
                        both
                    }
                },
            });
        }
        best
    }

    /// RFC 2328 16.4 steps 1 to 4 and RFC 3101 2.5 steps 1 to 4 for one LSA.
    pub(super) fn offer(&mut self, outer: &Outer) -> Result<Offer, Rule> {
        if outer.is_down && self.options.is_provider_edge {
            return Err(Rule::Down);
        }
        let entry = self.entry_for(outer)?;
        let (cost, is_preferred, hops) = if outer.forward == NONE {
            (entry.cost, self.is_preferred(entry.is_intra, entry.area), entry.hops)
        } else {
            self.forwarded(outer)?
        };
        if hops == NO_HOPS {
            return Err(Rule::NoNextHop);
        }
        let path = match (outer.area == NO_AREA, outer.is_type2) {
            (true, false) => Path::E1,
            (true, true) => Path::E2,
            (false, false) => Path::N1,
            (false, true) => Path::N2,
        };
        let (cost, cost2) = if outer.is_type2 {
            (cost, outer.metric)
        } else {
            (cost.saturating_add(outer.metric), 0)
        };
        let rank = match (outer.area == NO_AREA, outer.propagates) {
            (false, true) => 2,
            (true, _) => 1,
            (false, false) => 0,
        };
        let router = self.boundaries.routers[outer.boundary as usize].router;
        let area_id = if outer.area == NO_AREA { 0 } else { self.area(outer.area).id };
        Ok(Offer {
            route: Route { path, area: outer.area, cost, cost2, tag: outer.tag, hops },
            is_preferred,
            rank: (rank, router, area_id, outer.tag),
        })
    }

    /// The way to the boundary router (16.4 step 3); of an NSSA-LSA through its own area.
    fn entry_for(&self, outer: &Outer) -> Result<Entry, Rule> {
        let boundary = &self.boundaries.routers[outer.boundary as usize];
        if outer.area == NO_AREA {
            return boundary.entry.ok_or(Rule::Unreachable);
        }
        let area = self.area(outer.area);
        let is_default = self.table.at(outer.net).net().is_some_and(|net| net.len() == 0);
        let is_taken = outer.propagates && area.imports_summaries;
        if is_default && self.options.is_area_border && !is_taken {
            return Err(Rule::NssaDefault);
        }
        self.intra_entry(boundary.router, outer.area).ok_or(Rule::Unreachable)
    }

    /// Cost, preference and next hops of the way to the forwarding address.
    fn forwarded(&mut self, outer: &Outer) -> Result<(u32, bool, u32), Rule> {
        let forward = &self.boundaries.forwards[outer.forward as usize];
        let (ip, is_own) = (forward.ip, forward.is_own);
        let is_usable = |route: &Route| {
            outer.area == NO_AREA || (route.path == Path::Intra && route.area == outer.area)
        };
        let route = forward.route.filter(is_usable).ok_or(Rule::ForwardingAddress)?;
        if is_own {
            return Err(Rule::OwnAddress);
        }
        let hops = self.hops.through(route.hops, |hop| {
            let to = Hop { gateway: Some(ip), is_connected: false, ..hop };
            (hop.interface != 0).then_some(to).into_iter().collect()
        });
        Ok((route.cost, self.is_preferred(route.path == Path::Intra, route.area), hops))
    }

    /// The route inside the AS that an address is found in, and whether it is the router's own:
    /// that of a link of version 2, or a host route.
    pub(super) fn forward_route(&self, ip: Ip) -> (Option<Route>, bool) {
        let route = self.table.longest_inner(ip).map(|net| self.table.at(net).route);
        let is_connected = |route: &Route| self.hops.is_connected(route.hops);
        if !route.is_some_and(|route| is_connected(&route)) {
            return (route, false);
        }
        let is_of_link = |area: &Area| {
            area.is_there()
                && self.graph.edges(area.root).iter().any(|edge| Ip::V4(edge.data) == ip)
        };
        let host = self.table.find(Net::host(ip)).map(|net| self.table.at(net).route);
        let is_own = (self.version == Version::V2 && self.areas.iter().any(is_of_link))
            || host.is_some_and(|route| is_connected(&route));
        (route, is_own)
    }

    /// RFC 2328 16.4.1.
    fn is_preferred(&self, is_intra: bool, area: u16) -> bool {
        is_intra && self.area(area).id != 0
    }

    /// Which of two offers is better, `Less` if the first, and by what (RFC 2328 16.4 step 6).
    pub(super) fn compare(&self, one: &Offer, other: &Offer) -> (Ordering, Rule) {
        let steps = [
            (other.is_type1().cmp(&one.is_type1()), Rule::PathType),
            (one.route.cost2.cmp(&other.route.cost2), Rule::Type2Cost),
            (self.by_preference(one.is_preferred, other.is_preferred), Rule::AreaPreference),
            (one.route.cost.cmp(&other.route.cost), Rule::Cost),
        ];
        let decided = steps.into_iter().find(|step| step.0 != Ordering::Equal);
        decided.unwrap_or((Ordering::Equal, Rule::Used))
    }

    fn by_preference(&self, one: bool, other: bool) -> Ordering {
        if self.options.rfc1583 { Ordering::Equal } else { other.cmp(&one) }
    }

    /// The way to a boundary router within an area; it has to say that it is one.
    pub(super) fn intra_entry(&self, router: u32, area: u16) -> Option<Entry> {
        let vertex = self.graph.at(self.graph.find(area, VertexKey::router(router))?);
        let is_there =
            vertex.is_reached() && vertex.flags & BOUNDARY != 0 && vertex.hops != NO_HOPS;
        is_there.then_some(Entry { area, is_intra: true, cost: vertex.dist, hops: vertex.hops })
    }

    /// The way to a boundary router by summaries of an area (16.2), or nearer across transit areas
    /// than `entry` is (16.3).
    pub(super) fn entry_in(&mut self, boundary: u32, area: u16) -> Option<Entry> {
        let at = self.boundaries.routers.get(boundary as usize)?;
        let (router, first) = (at.router, at.summaries);
        let entry = self.intra_entry(router, area);
        let is_intra = entry.is_some();
        let mut route = entry.map_or(Route::NOTHING, |entry| {
            let Entry { cost, hops, .. } = entry;
            Route { path: Path::Intra, area, cost, hops, ..Route::NOTHING }
        });
        let mut next = first;
        while next != NONE && !is_intra {
            let inner = *self.table.inner(next);
            next = inner.next;
            if self.graph.at(inner.vertex).area != area {
                continue;
            }
            let Ok(way) = self.inter_way(&inner) else { continue };
            if !route.is_there() || way.cost < route.cost {
                route = way;
            } else if way.cost == route.cost {
                route.hops = self.hops.union(route.hops, way.hops);
            }
        }
        let mut next = if self.may_cross(&route) { first } else { NONE };
        while next != NONE {
            let inner = *self.table.inner(next);
            next = inner.next;
            if let Some(Ok(way)) = self.transit_way(&inner) {
                route = self.crossed(route, way);
            }
        }
        let Route { cost, hops, .. } = route;
        route.is_there().then_some(Entry { area, is_intra, cost, hops })
    }

    /// The entry that AS-external-LSAs use: 16.4.1 unless as RFC 1583, least cost, largest area id.
    pub(super) fn preferred_entry(&mut self, boundary: u32) -> Option<Entry> {
        let mut best: Option<Entry> = None;
        for area in 0..self.areas.len() as u16 {
            if !self.area(area).is_there() || self.area(area).kind != Kind::Normal {
                continue;
            }
            let Some(entry) = self.entry_in(boundary, area) else { continue };
            let is_better = best.is_none_or(|held| {
                let preferred = |entry: &Entry| self.is_preferred(entry.is_intra, entry.area);
                (self.by_preference(preferred(&entry), preferred(&held)))
                    .then(entry.cost.cmp(&held.cost))
                    .then(self.area(held.area).id.cmp(&self.area(entry.area).id))
                    .is_lt()
            });
            if is_better {
                best = Some(entry);
            }
        }
        best
    }
}
