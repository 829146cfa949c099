//! Why a prefix is reached as it is: every offer judged by the functions that made the route.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::Calculator;
use super::format::{BORDER, BOUNDARY, VIRTUAL_END, VertexKey};
use super::graph::NONE;
use super::offer::{Inner, Source};
use super::outer::Offer;
use super::route::{NO_AREA, Route};
use super::rule::Rule;
use super::table::Bits;
use super::tell::{Told, Way};
use crate::addr::Net;
use crate::ospf::lsa::LsaKey;

/// An LSA with the scope that it is in.
pub type Lsa = (u32, LsaKey);

/// A way to a prefix that was weighed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Why it is used or not.
    pub rule: Rule,
    /// What it would be as a route; without next hops where it is none.
    pub told: Told,
    /// What it rests on: the LSA that names the prefix first, then those of the vertex.
    pub lsas: Vec<Lsa>,
}

/// A vertex on the way to a router.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The LSAs of the vertex.
    pub lsas: Vec<Lsa>,
    /// Its distance.
    pub cost: u32,
    /// The places of the vertices before it on shortest paths.
    pub parents: Vec<usize>,
}

/// A border or boundary router: id, bits, path type, cost, next hops.
pub type RouterWay = (u32, u8, u8, u32, Vec<Way>);

#[allow(private_bounds)] // as above
impl<K: Bits> Calculator<K> {
    /// The route to a prefix as of the last run.
    #[must_use]
    pub fn route(&self, net: Net) -> Option<Told> {
        let route = self.table.at(self.table.find(net)?).route;
        route.is_there().then(|| self.told(&route))
    }

    /// The routes to all prefixes inside one, itself included, in order.
    #[must_use]
    pub fn routes_in(&self, within: Net) -> Vec<(Net, Told)> {
        let inside = self.table.inside(within).into_iter();
        let routes = inside.map(|(net, number)| (net, self.table.at(number).route));
        routes.filter(|(_, one)| one.is_there()).map(|(net, one)| (net, self.told(&one))).collect()
    }

    /// Number of prefixes that have a route.
    #[must_use]
    pub fn len(&self) -> usize {
        self.table.count()
    }

    /// Whether no prefix has a route.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every way to a prefix, those in use first. To be asked after a run.
    pub fn candidates(&mut self, net: Net) -> Vec<Candidate> {
        let Some(net) = self.table.find(net) else { return Vec::new() };
        let route = self.table.at(net).route;
        let inners: Vec<Inner> = self.table.inners(net).copied().collect();
        let mut found: Vec<Candidate> =
            inners.iter().map(|inner| self.judged(inner, &route)).collect();
        let outers: Vec<_> = self.table.outers(net).copied().collect();
        let best = self.best_offer(net);
        for outer in outers {
            let way = self.offer(&outer);
            let (rule, told) = match (&way, &best) {
                (Err(rule), _) => (*rule, Route::NOTHING),
                (Ok(way), _) if route.is_inner() => (Rule::PathType, way.route),
                (Ok(way), Some(best)) => (self.by_rule(way, best), way.route),
                (Ok(way), None) => (Rule::Unreachable, way.route),
            };
            let router = self.boundaries.routers[outer.boundary as usize].router;
            let mut lsas = vec![self.lsa(outer.lsa)];
            let area = if outer.area == NO_AREA {
                self.boundaries.routers[outer.boundary as usize].entry.map(|entry| entry.area)
            } else {
                Some(outer.area)
            };
            let vertex = area.and_then(|area| self.graph.find(area, VertexKey::router(router)));
            lsas.extend(vertex.into_iter().flat_map(|vertex| self.lsas_of(vertex)));
            found.push(Candidate { rule, told: self.told(&told), lsas });
        }
        found.sort_by_key(|one| (one.rule != Rule::Used, one.told.hops.is_empty(), one.told.path));
        found
    }

    fn by_rule(&self, way: &Offer, best: &Offer) -> Rule {
        self.compare(way, best).1
    }

    /// How an offer inside the AS fares against the route.
    fn judged(&mut self, inner: &Inner, route: &Route) -> Candidate {
        let is_transit = self.may_cross(route) && self.transit_way(inner).is_some();
        let way = match self.intra_way(inner) {
            Some(way) => way,
            None if is_transit => {
                // RFC 2328 16.3: area and path type stay those of the backbone's route
                let way = self.transit_way(inner).unwrap_or(Err(Rule::NotBackbone));
                way.map(|way| Route { path: route.path, area: route.area, ..way })
            }
            None => self.inter_way(inner),
        };
        let rule = match &way {
            Err(rule) => *rule,
            Ok(way) if way.path > route.path && !is_transit => Rule::PathType,
            Ok(way) if way.cost > route.cost => Rule::Cost,
            Ok(_) if inner.source() == Source::Network && self.has_larger(inner, route) => {
                Rule::LargerId
            }
            Ok(_) => Rule::Used,
        };
        let mut lsas = vec![self.lsa(inner.lsa)];
        for lsa in self.lsas_of(inner.vertex) {
            if !lsas.contains(&lsa) {
                lsas.push(lsa);
            }
        }
        let told = self.told(&way.unwrap_or(Route::NOTHING));
        Candidate { rule, told, lsas }
    }

    /// Whether another network-LSA of the same prefix and cost has the larger id.
    fn has_larger(&mut self, inner: &Inner, route: &Route) -> bool {
        let id = self.graph.at(inner.vertex).key.id;
        let others: Vec<Inner> = self.table.inners(inner.net).copied().collect();
        others.iter().any(|other| {
            other.source() == Source::Network
                && self.graph.at(other.vertex).key.id > id
                && matches!(self.intra_way(other), Some(Ok(way)) if way.cost == route.cost)
        })
    }

    fn lsa(&self, record: u32) -> Lsa {
        let record = &self.records[record as usize];
        let scope = if record.area == NO_AREA { 0 } else { self.area(record.area).scope };
        (scope, record.key)
    }

    fn lsas_of(&self, vertex: u32) -> Vec<Lsa> {
        self.graph.lsas_of(vertex).into_iter().map(|lsa| self.lsa(lsa)).collect()
    }

    /// The border and boundary routers of an area and the ends of virtual links in it, by id; with
    /// path type 1 boundary routers that summaries tell of.
    pub fn routers(&mut self, scope: u32) -> Vec<RouterWay> {
        let Some(area) = self.area_of(scope) else { return Vec::new() };
        let limit = self.options.maximum_paths;
        let mut found = Vec::new();
        for vertex in self.graph.of_area(area) {
            let at = self.graph.at(vertex);
            let bits = at.flags & (BORDER | BOUNDARY | VIRTUAL_END);
            if bits != 0 && at.is_reached() && !at.key.is_network && at.key.id != self.router_id {
                found.push((at.key.id, bits, 0, at.dist, self.hops.told(at.hops, limit)));
            }
        }
        for number in 0..self.boundaries.routers.len() as u32 {
            let boundary = &self.boundaries.routers[number as usize];
            let (router, is_summarized) = (boundary.router, boundary.summaries != NONE);
            if !is_summarized || self.boundaries.find(router) != Some(number) {
                continue;
            }
            if let Some(entry) = self.entry_in(number, area)
                && !entry.is_intra
            {
                let hops = self.hops.told(entry.hops, limit);
                found.push((router, BOUNDARY, 1, entry.cost, hops));
            }
        }
        found.sort_unstable();
        found
    }

    /// All shortest paths to a router of an area: their vertices, the calculating router first,
    /// each with the places of those before it. Empty where it is not reached.
    #[must_use]
    pub fn path(&self, scope: u32, router: u32) -> Vec<Step> {
        let Some(area) = self.area_of(scope) else { return Vec::new() };
        let root = self.area(area).root;
        let Some(end) = self.graph.find(area, VertexKey::router(router)) else { return Vec::new() };
        if !self.graph.at(end).is_reached() {
            return Vec::new();
        }
        let order = |vertex: u32| {
            let at = self.graph.at(vertex);
            (at.dist, !at.key.is_network, vertex)
        };
        let mut heap = BinaryHeap::from([order(end)]);
        let mut found: Vec<u32> = Vec::new();
        while let Some((.., vertex)) = heap.pop() {
            if found.contains(&vertex) {
                continue;
            }
            found.push(vertex);
            heap.extend(self.parents(vertex, root).into_iter().map(order));
        }
        found.sort_by_key(|&vertex| (vertex != root, order(vertex)));
        let place = |vertex: &u32| found.iter().position(|other| other == vertex);
        let step = |&vertex: &u32| Step {
            lsas: self.lsas_of(vertex),
            cost: self.graph.at(vertex).dist,
            parents: self.parents(vertex, root).iter().filter_map(place).collect(),
        };
        found.iter().map(step).collect()
    }

    /// The vertices before one on shortest paths.
    fn parents(&self, vertex: u32, root: u32) -> Vec<u32> {
        if vertex == root {
            return Vec::new();
        }
        let dist = self.graph.at(vertex).dist;
        let mut parents: Vec<u32> =
            self.graph.edges(vertex).iter().map(|edge| edge.target).collect();
        parents.dedup();
        parents.retain(|&parent| {
            let at = self.graph.at(parent);
            let cost = self.graph.between(parent, vertex).first().map(|edge| u32::from(edge.cost));
            self.graph.is_transit(parent, root)
                && at.is_reached()
                && cost.and_then(|cost| at.dist.checked_add(cost)) == Some(dist)
        });
        parents.sort_by_key(|&parent| Reverse(self.graph.at(parent).key));
        parents
    }
}
