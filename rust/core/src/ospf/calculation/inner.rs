//! Routes inside the AS: within an area (RFC 2328 16.1), by summaries (16.2), and better ones
//! across transit areas (16.3).
//!
//! A route is worked out for one prefix from all that is offered for it; nothing else is looked at,
//! so a changed summary costs no more than its prefix (16.5).

use super::Calculator;
use super::format::BORDER;
use super::graph::{NONE, Vertex};
use super::hops::{Hop, ITSELF, NO_HOPS};
use super::offer::{Inner, Source};
use super::route::{Path, Route};
use super::rule::Rule;
use super::table::Bits;
use crate::addr::Net;

impl<K: Bits> Calculator<K> {
    /// The route to a prefix inside the AS: of least path type, then least cost.
    pub(super) fn inner_route(&mut self, net: u32) -> Route {
        let mut route = self.intra_route(net);
        if !route.is_there() {
            route = self.inter_route(net);
        }
        self.across_transit(net, route)
    }

    /// RFC 2328 16.1 step 4 and second stage. Equal stubs come together; of networks of equal cost
    /// the one with the larger link state id stands for all.
    fn intra_route(&mut self, net: u32) -> Route {
        let (mut best, mut network) = (Route::NOTHING, Route::NOTHING);
        let mut place = (0, 0);
        let mut next = self.table.at(net).inner;
        while next != NONE {
            let inner = *self.table.inner(next);
            next = inner.next;
            let Some(Ok(way)) = self.intra_way(&inner) else { continue };
            if inner.source() == Source::Stub {
                best = self.merged(best, way);
            } else {
                let id = (self.graph.at(inner.vertex).key.id, self.area(way.area).id);
                let is_nearer = way.cost < network.cost || (way.cost == network.cost && id > place);
                if !network.is_there() || is_nearer {
                    (network, place) = (way, id);
                }
            }
        }
        if network.is_there() { self.merged(best, network) } else { best }
    }

    /// What a vertex of our own area offers; `None` for summaries.
    pub(super) fn intra_way(&mut self, inner: &Inner) -> Option<Result<Route, Rule>> {
        if !matches!(inner.source(), Source::Stub | Source::Network) {
            return None;
        }
        let vertex = self.graph.at(inner.vertex);
        let (area, hops, dist) = (vertex.area, vertex.hops, vertex.dist);
        if !vertex.is_reached() {
            return Some(Err(Rule::Unreachable));
        }
        let hops = if hops == ITSELF { self.own_hops(area, inner.net) } else { hops };
        if hops == NO_HOPS {
            return Some(Err(Rule::NoNextHop));
        }
        let cost = dist.saturating_add(inner.cost());
        Some(Ok(Route { path: Path::Intra, area, cost, hops, ..Route::NOTHING }))
    }

    /// The interface of a prefix of the calculating router itself.
    fn own_hops(&mut self, area: u16, net: u32) -> u32 {
        let net = self.table.at(net).net();
        let interface = net.and_then(|net| self.area(area).connected.get(&net).copied());
        interface.map_or(ITSELF, |interface| {
            self.hops.single(Hop { interface, gateway: None, is_connected: true })
        })
    }

    /// RFC 2328 16.2.
    fn inter_route(&mut self, net: u32) -> Route {
        let mut best = Route::NOTHING;
        let mut next = self.table.at(net).inner;
        while next != NONE {
            let inner = *self.table.inner(next);
            next = inner.next;
            if let Ok(way) = self.inter_way(&inner) {
                best = self.merged(best, way);
            }
        }
        best
    }

    /// What a summary offers, of a network or of a boundary router.
    pub(super) fn inter_way(&self, inner: &Inner) -> Result<Route, Rule> {
        let vertex = self.graph.at(inner.vertex);
        if self.options.is_area_border && self.area(vertex.area).id != 0 {
            return Err(Rule::NotBackbone);
        }
        let is_network = inner.source() == Source::Summary;
        if is_network && self.table.at(inner.net).net().is_some_and(|net| self.is_own_range(net)) {
            return Err(Rule::OwnRange);
        }
        self.summary_way(inner, vertex)
    }

    /// RFC 2328 16.2 steps 4 and 5.
    fn summary_way(&self, inner: &Inner, vertex: &Vertex) -> Result<Route, Rule> {
        if inner.is_down() && self.options.is_provider_edge {
            return Err(Rule::Down);
        }
        if !vertex.is_reached() {
            return Err(Rule::Unreachable);
        }
        if vertex.flags & BORDER == 0 {
            return Err(Rule::NotBorder);
        }
        if vertex.hops == NO_HOPS {
            return Err(Rule::NoNextHop);
        }
        let cost = vertex.dist.saturating_add(inner.cost());
        let (area, hops) = (vertex.area, vertex.hops);
        Ok(Route { path: Path::Inter, area, cost, hops, ..Route::NOTHING })
    }

    /// RFC 2328 16.2 step 3: an active range of ours stands for what is in it.
    fn is_own_range(&self, net: Net) -> bool {
        self.options.is_area_border
            && self.ranges.iter().any(|range| range.net == net && range.members > 0)
    }

    /// RFC 2328 16.3: what belongs to the backbone may be nearer across a transit area. Area and
    /// path type stay.
    fn across_transit(&mut self, net: u32, route: Route) -> Route {
        let mut best = route;
        if !self.may_cross(&route) {
            return best;
        }
        let mut next = self.table.at(net).inner;
        while next != NONE {
            let inner = *self.table.inner(next);
            next = inner.next;
            if let Some(Ok(way)) = self.transit_way(&inner) {
                best = self.crossed(best, way);
            }
        }
        best
    }

    /// The better of a route of the backbone and a way across a transit area; both if equal.
    pub(super) fn crossed(&mut self, route: Route, way: Route) -> Route {
        if way.cost > route.cost {
            return route;
        }
        let is_equal = way.cost == route.cost;
        let hops = if is_equal { self.hops.union(route.hops, way.hops) } else { way.hops };
        Route { cost: way.cost, hops, ..route }
    }

    /// Whether transit areas are looked at for a route at all.
    pub(super) fn may_cross(&self, route: &Route) -> bool {
        self.options.is_area_border
            && self.has_transit
            && route.is_inner()
            && self.area(route.area).id == 0
    }

    /// What a summary of a transit area offers; `None` for all others.
    pub(super) fn transit_way(&self, inner: &Inner) -> Option<Result<Route, Rule>> {
        let vertex = self.graph.at(inner.vertex);
        let area = self.area(vertex.area);
        let is_summary = matches!(inner.source(), Source::Summary | Source::RouterSummary);
        (is_summary && area.is_transit && area.id != 0).then(|| self.summary_way(inner, vertex))
    }

    /// The nearer of two ways of the same path type; of equal ones the next hops of both, and the
    /// area of the larger id.
    fn merged(&mut self, best: Route, way: Route) -> Route {
        if !best.is_there() || way.cost < best.cost {
            return way;
        }
        if way.cost > best.cost {
            return best;
        }
        let is_larger = self.area(way.area).id > self.area(best.area).id;
        let area = if is_larger { way.area } else { best.area };
        Route { area, hops: self.hops.union(best.hops, way.hops), ..best }
    }
}
