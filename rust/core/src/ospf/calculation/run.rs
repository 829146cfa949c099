//! A run: what was marked is calculated, and what came out otherwise than before is told.

use super::Calculator;
use super::format::{BORDER, BOUNDARY, VIRTUAL_END, VertexKey};
use super::graph::NONE;
use super::hops::NO_HOPS;
use super::offer::Source;
use super::route::Route;
use super::spf;
use super::table::{Bits, DIRTY_INNER, DIRTY_OUTER, NOTED};
use super::tell::{Calculated, Extent};
use crate::addr::Net;

#[allow(private_bounds)] // as above
impl<K: Bits> Calculator<K> {
    /// Calculate what changed since the last run.
    pub fn run(&mut self) -> Calculated {
        let mut result = Calculated::default();
        self.tidy_hops();
        let changed = self.trees(&mut result);
        self.spread(&changed, &mut result);
        result.extent = result.extent.max(std::mem::take(&mut self.extent));
        let mut noted = self.inner_routes(&mut result);
        self.boundary_routers(&mut result);
        self.outer_routes(&mut noted, &mut result);
        self.tell(noted, &mut result);
        self.graph.settle();
        self.areas.iter_mut().for_each(|area| area.is_left = false);
        if result.extent == Extent::Whole {
            self.graph.shrink();
            self.table.shrink();
            self.records.shrink_to_fit();
        }
        result
    }

    fn tidy_hops(&mut self) {
        if !self.hops.is_crowded() {
            return;
        }
        let Calculator { hops, graph, table, boundaries, areas, .. } = self;
        hops.keep(|visit| {
            graph.vertices.iter_mut().for_each(|vertex| visit(&mut vertex.hops));
            table.prefixes.iter_mut().for_each(|prefix| visit(&mut prefix.route.hops));
            areas.iter_mut().flat_map(|area| &mut area.virtuals).for_each(|one| visit(&mut one.2));
            let entries = boundaries.routers.iter_mut().filter_map(|one| one.entry.as_mut());
            entries.for_each(|entry| visit(&mut entry.hops));
            let routes = boundaries.forwards.iter_mut().filter_map(|one| one.route.as_mut());
            routes.for_each(|route| visit(&mut route.hops));
        });
    }

    /// RFC 2328 16 step 2. The backbone last: its virtual links rest on the other areas.
    fn trees(&mut self, result: &mut Calculated) -> Vec<u32> {
        let mut order: Vec<u16> = (0..self.areas.len() as u16).collect();
        order.retain(|&number| self.area(number).is_there());
        order.sort_by_key(|&number| (self.area(number).id == 0, number));
        let mut changed = Vec::new();
        for number in order {
            self.virtual_links(number);
            let area = &mut self.areas[usize::from(number)];
            if !area.is_due() {
                continue;
            }
            let outcome = spf::run(self.version, area, &mut self.graph, &mut self.hops);
            let extent = if outcome.is_whole { Extent::Whole } else { Extent::Incremental };
            result.extent = result.extent.max(extent);
            result.vertices += outcome.vertices;
            result.edges += outcome.edges;
            changed.extend(outcome.changed);
        }
        changed
    }

    /// Next hops of the virtual links, which are of the backbone, as they are in transit areas.
    fn virtual_links(&mut self, number: u16) {
        if self.area(number).id != 0 {
            return;
        }
        let links = self.area(number).virtual_links().map(|(router, data, scope)| {
            let vertex = (self.area_of(scope))
                .filter(|&transit| self.area(transit).id != 0)
                .and_then(|transit| self.graph.find(transit, VertexKey::router(router)));
            (router, data, vertex.map_or(NO_HOPS, |vertex| self.graph.at(vertex).hops))
        });
        let links: Vec<_> = links.collect();
        if self.area(number).virtuals == links {
            return;
        }
        for &(router, ..) in &links {
            if let Some(vertex) = self.graph.find(number, VertexKey::router(router)) {
                self.area_mut(number).seeds.push(vertex);
            }
        }
        self.area_mut(number).virtuals = links;
    }

    /// Mark what rests on vertices that changed.
    fn spread(&mut self, changed: &[u32], result: &mut Calculated) {
        let flagged = std::mem::take(&mut self.flagged);
        let extent = self.extent;
        for &vertex in changed.iter().chain(&flagged) {
            let at = self.graph.at(vertex);
            let (is_network, flags, summaries) = (at.key.is_network, at.flags, at.summaries);
            let id = at.key.id;
            self.mark_prefixes_of(vertex);
            self.mark_summaries(summaries);
            if !is_network {
                if let Some(boundary) = self.boundaries.find(id) {
                    self.boundaries.mark(boundary);
                }
                result.routers_changed |= flags & (BORDER | BOUNDARY | VIRTUAL_END) != 0;
            }
        }
        result.routers_changed |= !flagged.is_empty();
        self.extent = extent; // what came of trees is said by their kind
        self.transit_areas(changed, &flagged);
    }

    fn mark_summaries(&mut self, first: u32) {
        let mut next = first;
        while next != NONE {
            let inner = *self.table.inner(next);
            next = self.table.of_vertex(next).nth(1).unwrap_or(NONE);
            if inner.source() == Source::RouterSummary {
                self.boundaries.mark(inner.net);
            } else {
                self.table.mark(inner.net, DIRTY_INNER);
            }
        }
    }

    /// RFC 2328 16.1 step 2: an area in which a virtual link ends is a transit area.
    fn transit_areas(&mut self, changed: &[u32], flagged: &[u32]) {
        let is_end = |&vertex: &u32| self.graph.at(vertex).flags & VIRTUAL_END != 0;
        if flagged.is_empty() && !changed.iter().any(is_end) && !self.has_transit {
            return;
        }
        for number in 0..self.areas.len() as u16 {
            if !self.area(number).is_there() {
                continue;
            }
            let vertices = self.graph.of_area(number);
            let is_transit = vertices.iter().any(|&vertex| {
                let at = self.graph.at(vertex);
                at.is_reached() && at.flags & VIRTUAL_END != 0
            });
            if self.area(number).is_transit != is_transit {
                self.area_mut(number).is_transit = is_transit;
                for vertex in vertices {
                    self.mark_summaries(self.graph.at(vertex).summaries);
                }
            }
        }
        self.has_transit = self.areas.iter().any(|area| area.is_transit && area.id != 0);
    }

    /// RFC 2328 16 steps 2 to 4 for every marked prefix; gives what each had before.
    fn inner_routes(&mut self, result: &mut Calculated) -> Vec<(u32, Route)> {
        let (mut noted, mut turned) = (Vec::new(), Vec::new());
        let mut has_changed = false;
        for at in 0..self.table.dirty.len() {
            let net = self.table.dirty[at];
            if self.table.at(net).marks & DIRTY_INNER != 0 {
                result.prefixes += 1;
                has_changed |= self.inner_one(net, &mut noted, &mut turned);
            }
        }
        // summaries that are equal to a range which became active, or ceased to be
        for net in std::mem::take(&mut turned) {
            if let Some(net) = self.table.find(net) {
                has_changed |= self.inner_one(net, &mut noted, &mut turned);
            }
        }
        has_changed |= std::mem::take(&mut self.is_root_altered);
        if has_changed && self.boundaries.has_forwards() {
            self.forwards();
        }
        noted
    }

    /// The route of a prefix inside the AS; tells whether it is another one than before.
    fn inner_one(
        &mut self,
        net: u32,
        noted: &mut Vec<(u32, Route)>,
        turned: &mut Vec<Net>,
    ) -> bool {
        self.note(net, noted);
        let before = self.table.at(net).route;
        let mut route = self.inner_route(net);
        self.table.prefixes[net as usize].marks &= !DIRTY_INNER;
        if !route.is_there() {
            self.table.mark(net, DIRTY_OUTER);
            if !before.is_inner() {
                route = before; // until the ways outside the AS are compared
            }
        }
        self.table.prefixes[net as usize].route = route;
        turned.extend(self.count_in_ranges(net, &before, &route));
        route != before
    }

    pub(super) fn note(&mut self, net: u32, noted: &mut Vec<(u32, Route)>) {
        let prefix = &mut self.table.prefixes[net as usize];
        if prefix.marks & NOTED == 0 {
            prefix.marks |= NOTED;
            noted.push((net, prefix.route));
        }
    }

    /// Look forwarding addresses up again, and mark what rests on those that moved.
    fn forwards(&mut self) {
        let mut moved = vec![false; self.boundaries.forwards.len()];
        for (at, moved) in moved.iter_mut().enumerate() {
            let found = self.forward_route(self.boundaries.forwards[at].ip);
            let forward = &mut self.boundaries.forwards[at];
            *moved = (forward.route, forward.is_own) != found;
            (forward.route, forward.is_own) = found;
        }
        let is_moved = |forward: u32| moved.get(forward as usize).copied().unwrap_or(false);
        for net in self.table.nets_forwarded(is_moved) {
            self.table.mark(net, DIRTY_OUTER);
        }
    }

    /// RFC 2328 16.4 step 3 for every marked boundary router.
    fn boundary_routers(&mut self, result: &mut Calculated) {
        for number in std::mem::take(&mut self.boundaries.dirty) {
            let entry = self.preferred_entry(number);
            let boundary = &mut self.boundaries.routers[number as usize];
            boundary.is_dirty = false;
            let offers = boundary.offers;
            result.routers_changed |= std::mem::replace(&mut boundary.entry, entry) != entry;
            // all of them: NSSA-LSAs rest on other ways than the entry
            let nets: Vec<u32> = self.table.nets_of_boundary(offers).collect();
            nets.into_iter().for_each(|net| self.table.mark(net, DIRTY_OUTER));
            self.boundaries.settle(number);
        }
    }

    /// RFC 2328 16.4 for every marked prefix without a route inside the AS.
    fn outer_routes(&mut self, noted: &mut Vec<(u32, Route)>, result: &mut Calculated) {
        for net in std::mem::take(&mut self.table.dirty) {
            let prefix = &mut self.table.prefixes[net as usize];
            let is_due = prefix.marks & DIRTY_OUTER != 0;
            prefix.marks &= !DIRTY_OUTER;
            if is_due && !prefix.route.is_inner() {
                result.prefixes += 1;
                self.note(net, noted);
                self.table.prefixes[net as usize].route = self.outer_route(net);
            }
        }
    }
}
