//! The shortest-path tree of an area (RFC 2328 16.1, RFC 5340 4.8.1), whole or in part.
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

mod next_hop;
mod part;

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::area::Area;
use super::format::TO_ROUTER;
use super::graph::{Edge, Graph, NONE, UNREACHED};
use super::hops::{Hops, NO_HOPS, SetId};
use crate::ospf::lsa::Version;

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
}
