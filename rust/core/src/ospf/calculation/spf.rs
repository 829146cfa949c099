//! The shortest-path tree of an area (RFC 2328 16.1, RFC 5340 4.8.1), whole or as far as it changed.
//!
//! Whole: Dijkstra's algorithm. A vertex that is taken from the heap is final, and so are all that
//! come before it on its shortest paths; its next hops are the union of what those give it (16.1.1,
//! 16.8). Networks come before routers at equal cost, so no path of equal cost is missed.
//!
//! In part: after some edges changed, distances are put right by the algorithm of Ramalingam and
//! Reps (DynamicSWSF-FP): only vertices whose distance is not what their neighbours say are taken
//! up, nearest first. Then next hops are worked out again for what changed and what lies behind it.
//! Both give the same, because the tree of an area with positive costs is the only one. Where links
//! cost nothing, which RFC 2328 C.3 forbids, an order among equals decides: then all is done whole.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::area::Area;
use super::format::{POINT_TO_POINT, TO_ROUTER, TRANSIT, VIRTUAL};
use super::graph::{Edge, Graph, NONE, UNREACHED};
use super::hops::{Hop, Hops, ITSELF, NO_HOPS, SetId};
use crate::addr::Ip;
use crate::ospf::lsa::Version;

/// Of an area of n vertices so many may be taken up before a whole run is cheaper: n over this.
const SHARE: usize = 3;

/// Link data below this are interface numbers of unnumbered links (RFC 2328 A.4.2).
const LOWEST_ADDRESS: u32 = 0x0100_0000;

/// Memory that a run needs and no router keeps.
#[derive(Debug, Default)]
struct Scratch {
    heap: BinaryHeap<Reverse<u64>>,
    /// By vertex: whether it is in the tree, or was touched.
    marks: Vec<bool>,
    /// By vertex: its place among equals; empty where its number will do.
    ranks: Vec<u32>,
    /// What was before: vertex, distance, next hops.
    before: Vec<(u32, u32, SetId)>,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// What a run did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Vertices whose distance or next hops are others now.
    pub changed: Vec<u32>,
    /// Whether the whole tree was worked out.
    pub is_whole: bool,
    /// Vertices and edges that were looked at.
    pub vertices: usize,
    pub edges: usize,
}

/// A run over one area.
struct Run<'a> {
    version: Version,
    area: &'a Area,
    graph: &'a mut Graph,
    hops: &'a mut Hops,
    scratch: Scratch,
    outcome: Outcome,
}

/// Work out the tree of an area anew, as far as its changes ask for it.
pub fn run(version: Version, area: &mut Area, graph: &mut Graph, hops: &mut Hops) -> Outcome {
    let scratch = SCRATCH.with(|scratch| scratch.take());
    let mut seeds = std::mem::take(&mut area.seeds);
    seeds.sort_unstable();
    seeds.dedup();
    let mut run = Run { version, area, graph, hops, scratch, outcome: Outcome::default() };
    let mut is_whole = run.area.is_whole || run.area.has_free_links;
    let mut has_free_links = run.area.has_free_links;
    if !is_whole && !run.in_part(&seeds) {
        is_whole = true;
    }
    if is_whole {
        run.outcome.is_whole = true;
        has_free_links = run.whole(false);
        if has_free_links {
            run.whole(true);
        }
    }
    let Run { scratch, outcome, .. } = run;
    area.is_whole = false;
    area.has_free_links = has_free_links;
    SCRATCH.with(|held| held.replace(scratch));
    outcome
}

impl Run<'_> {
    /// What orders vertices in the heap: distance, networks first, then number or rank.
    fn key(&self, vertex: u32) -> u64 {
        let at = self.graph.at(vertex);
        let rank = self.scratch.ranks.get(vertex as usize).copied().unwrap_or(vertex);
        u64::from(at.dist) << 32 | u64::from(!at.key.is_network) << 31 | u64::from(rank)
    }

    /// The distance of a vertex by way of a neighbour, if the link between both holds.
    fn by_way_of(&self, from: u32, to: u32) -> Option<(u32, u16)> {
        let at = self.graph.at(from);
        if !at.is_reached() || !self.graph.is_transit(from, self.area.root) {
            return None;
        }
        let cost = self.graph.between(from, to).first()?.cost;
        Some((at.dist.saturating_add(u32::from(cost)).min(UNREACHED - 1), cost))
    }

    /// RFC 2328 16.1, first stage. Tells whether links were met that cost nothing.
    fn whole(&mut self, is_ranked: bool) -> bool {
        let all = self.graph.of_area(self.graph.at(self.area.root).area);
        let count = self.graph.vertices.len();
        if !is_ranked {
            self.remember(&all);
        }
        self.rank(&all, is_ranked);
        let mut in_tree = std::mem::take(&mut self.scratch.marks);
        in_tree.clear();
        in_tree.resize(count, false);
        for &vertex in &all {
            let at = &mut self.graph.vertices[vertex as usize];
            (at.dist, at.hops) = (UNREACHED, NO_HOPS);
        }
        let mut numbers: Vec<u32> = Vec::new();
        if is_ranked {
            numbers = all.clone();
            numbers.sort_unstable_by_key(|&vertex| self.scratch.ranks[vertex as usize]);
        }
        self.graph.vertices[self.area.root as usize].dist = 0;
        let mut heap = std::mem::take(&mut self.scratch.heap);
        heap.clear();
        heap.push(Reverse(self.key(self.area.root)));
        let mut has_free_links = false;
        while let Some(Reverse(key)) = heap.pop() {
            let rank = (key & 0x7fff_ffff) as u32;
            let vertex = if is_ranked { numbers[rank as usize] } else { rank };
            if std::mem::replace(&mut in_tree[vertex as usize], true) {
                continue;
            }
            self.outcome.vertices += 1;
            let hops = self.hops_of(vertex, |before| in_tree[before as usize]);
            self.graph.vertices[vertex as usize].hops = hops;
            if !self.graph.is_transit(vertex, self.area.root) {
                continue;
            }
            has_free_links |= self.expand(vertex, &in_tree, &mut heap);
        }
        self.scratch.heap = heap;
        self.scratch.marks = in_tree;
        if !has_free_links || is_ranked {
            self.compare();
        }
        has_free_links
    }

    /// RFC 2328 16.1 step 2: the links of a vertex that came into the tree.
    fn expand(
        &mut self,
        vertex: u32,
        in_tree: &[bool],
        heap: &mut BinaryHeap<Reverse<u64>>,
    ) -> bool {
        let mut has_free_links = false;
        let dist = self.graph.at(vertex).dist;
        let mut last = NONE;
        for at in 0..self.graph.edges(vertex).len() {
            let Edge { target, cost, kind, .. } = self.graph.edges(vertex)[at];
            has_free_links |= cost == 0 && kind != TO_ROUTER;
            if target == last || in_tree[target as usize] {
                continue;
            }
            last = target;
            self.outcome.edges += 1;
            let dist = dist.saturating_add(u32::from(cost)).min(UNREACHED - 1);
            // step 2b: the other side has to have a link back
            if dist < self.graph.at(target).dist && !self.graph.between(target, vertex).is_empty() {
                self.graph.vertices[target as usize].dist = dist;
                heap.push(Reverse(self.key(target)));
            }
        }
        has_free_links
    }

    fn rank(&mut self, all: &[u32], is_ranked: bool) {
        let ranks = &mut self.scratch.ranks;
        ranks.clear();
        if is_ranked {
            let mut order = all.to_vec();
            order.sort_unstable_by_key(|&vertex| self.graph.at(vertex).key);
            ranks.resize(self.graph.vertices.len(), 0);
            for (rank, vertex) in (0..).zip(order) {
                ranks[vertex as usize] = rank;
            }
        }
    }

    fn remember(&mut self, vertices: &[u32]) {
        let graph = &self.graph;
        let before = vertices.iter().map(|&vertex| {
            let at = graph.at(vertex);
            (vertex, at.dist, at.hops)
        });
        self.scratch.before.clear();
        self.scratch.before.extend(before);
    }

    fn compare(&mut self) {
        for &(vertex, dist, hops) in &self.scratch.before {
            let at = self.graph.at(vertex);
            if (at.dist, at.hops) != (dist, hops) {
                self.outcome.changed.push(vertex);
            }
        }
        self.scratch.before.clear();
    }

    /// Put right what changed edges make wrong; false where a whole run is to do it instead.
    fn in_part(&mut self, seeds: &[u32]) -> bool {
        self.scratch.before.clear();
        self.scratch.ranks.clear();
        self.scratch.marks.clear();
        self.scratch.marks.resize(self.graph.vertices.len(), false);
        let is_done = self.distances(seeds);
        if is_done {
            self.next_hops(seeds);
            self.compare();
        } else {
            for &(vertex, dist, hops) in &self.scratch.before {
                let at = &mut self.graph.vertices[vertex as usize];
                (at.dist, at.hops) = (dist, hops);
            }
        }
        is_done
    }

    /// Note what a vertex had before its first change.
    fn touch(&mut self, vertex: u32) {
        if !std::mem::replace(&mut self.scratch.marks[vertex as usize], true) {
            let at = self.graph.at(vertex);
            self.scratch.before.push((vertex, at.dist, at.hops));
        }
    }

    /// The distance that a vertex has by what its neighbours have; `None` for links without cost.
    fn told(&mut self, vertex: u32) -> Option<u32> {
        if vertex == self.area.root {
            return Some(0);
        }
        let (mut best, mut last) = (UNREACHED, NONE);
        for &Edge { target, .. } in self.graph.edges(vertex) {
            self.outcome.edges += 1;
            if target == last {
                continue;
            }
            last = target;
            if let Some((dist, cost)) = self.by_way_of(target, vertex) {
                if cost == 0 && !self.graph.at(target).key.is_network {
                    return None;
                }
                best = best.min(dist);
            }
        }
        Some(best)
    }

    /// Put a vertex into the heap if its distance is not what it ought to be.
    fn review(&mut self, vertex: u32) -> Option<()> {
        let told = self.told(vertex)?;
        let at = self.graph.at(vertex);
        if told != at.dist {
            let dist = u64::from(told.min(at.dist));
            let key = dist << 32 | u64::from(!at.key.is_network) << 31 | u64::from(vertex);
            self.scratch.heap.push(Reverse(key));
        }
        Some(())
    }

    /// False where too much is to be done, or there are links that cost nothing.
    fn distances(&mut self, seeds: &[u32]) -> bool {
        self.scratch.heap.clear();
        let limit = self.graph.vertices.len() / SHARE;
        if seeds.len() > limit.max(16) {
            return false;
        }
        let mut taken = 0;
        let mut all = || -> Option<()> {
            for &vertex in seeds {
                self.review(vertex)?;
            }
            while let Some(Reverse(key)) = self.scratch.heap.pop() {
                let vertex = (key & 0x7fff_ffff) as u32;
                let told = self.told(vertex)?;
                let dist = self.graph.at(vertex).dist;
                if told == dist {
                    continue;
                }
                if u64::from(told.min(dist)) > key >> 32 {
                    self.review(vertex)?;
                    continue;
                }
                taken += 1;
                self.outcome.vertices += 1;
                if taken > limit.max(16) {
                    return None;
                }
                self.touch(vertex);
                let is_nearer = told < dist;
                self.graph.vertices[vertex as usize].dist =
                    if is_nearer { told } else { UNREACHED };
                if !is_nearer {
                    self.review(vertex)?;
                }
                self.each_behind(vertex, |run, behind| run.review(behind))?;
            }
            Some(())
        };
        all().is_some()
    }

    /// Call for each vertex that a link leads to.
    fn each_behind(
        &mut self,
        vertex: u32,
        mut each: impl FnMut(&mut Self, u32) -> Option<()>,
    ) -> Option<()> {
        let mut last = NONE;
        for at in 0..self.graph.edges(vertex).len() {
            let target = self.graph.edges(vertex)[at].target;
            if target != last && target != self.area.root {
                each(self, target)?;
            }
            last = target;
        }
        Some(())
    }

    /// Next hops of what got another distance, of the ends of changed edges, and of all behind.
    fn next_hops(&mut self, seeds: &[u32]) {
        let mut heap = std::mem::take(&mut self.scratch.heap);
        heap.clear();
        let moved: Vec<u32> = self.scratch.before.iter().map(|before| before.0).collect();
        let push = |run: &Self, heap: &mut BinaryHeap<Reverse<u64>>, vertex| {
            heap.push(Reverse(run.key(vertex)));
        };
        for &vertex in seeds.iter().chain(&moved) {
            push(self, &mut heap, vertex);
        }
        for &vertex in &moved {
            self.each_behind(vertex, |run, behind| {
                push(run, &mut heap, behind);
                Some(())
            });
        }
        let mut last = None;
        while let Some(Reverse(key)) = heap.pop() {
            if last.replace(key) == Some(key) {
                continue;
            }
            self.outcome.vertices += 1;
            let vertex = (key & 0x7fff_ffff) as u32;
            let at = self.graph.at(vertex);
            let (dist, old) = (at.dist, at.hops);
            let new = if at.is_reached() { self.hops_of(vertex, |_| true) } else { NO_HOPS };
            if new == old {
                continue;
            }
            self.touch(vertex);
            self.graph.vertices[vertex as usize].hops = new;
            self.each_behind(vertex, |run, behind| {
                if run.graph.at(behind).dist >= dist {
                    push(run, &mut heap, behind);
                }
                Some(())
            });
        }
        self.scratch.heap = heap;
    }

    /// The next hops of a vertex by all that come before it on a shortest path (16.1.1).
    fn hops_of(&mut self, vertex: u32, is_before: impl Fn(u32) -> bool) -> SetId {
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
