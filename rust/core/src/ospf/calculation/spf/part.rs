//! The changed part of a tree: distances first, then next hops.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::super::graph::{Edge, NONE, UNREACHED};
use super::super::hops::NO_HOPS;
use super::Run;

/// Of an area of n vertices so many may be taken up before a whole run is cheaper: n over this.
const SHARE: usize = 3;

impl Run<'_> {
    /// Put right what changed edges make wrong; false where a whole run is to do it instead.
    pub(super) fn in_part(&mut self, seeds: &[u32]) -> bool {
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
        let edges = 4 * limit.max(16) + self.graph.edge_count();
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
                if taken > limit.max(16) || self.outcome.edges > edges {
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
}
