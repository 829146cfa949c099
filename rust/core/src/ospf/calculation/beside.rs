//! What the way to a router would cost by each neighbour, for those who ask why it goes elsewhere.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

use super::Calculator;
use super::format::VertexKey;
use super::table::Bits;

#[allow(private_bounds)] // as in `mod`
impl<K: Bits> Calculator<K> {
    /// The neighbours by which a router of an area can be reached, each with the cost of the
    /// cheapest way by it that does not come back here: the cheapest first, then by router id.
    #[must_use]
    pub fn beside(&self, scope: u32, router: u32) -> Vec<(u32, u32)> {
        let Some(area) = self.area_of(scope) else { return Vec::new() };
        let root = self.area(area).root;
        let Some(end) = self.graph.find(area, VertexKey::router(router)) else { return Vec::new() };
        let from = self.distances_to(end, root);
        let mut found: BTreeMap<u32, u32> = BTreeMap::new();
        let mut note = |vertex: u32, cost: u32| {
            if let Some(rest) = from.get(&vertex) {
                let whole = cost.saturating_add(*rest);
                let held = found.entry(self.graph.at(vertex).key.id).or_insert(whole);
                *held = whole.min(*held);
            }
        };
        for edge in self.graph.edges(root) {
            if self.graph.between(edge.target, root).is_empty() {
                continue; // it is not answered (RFC 2328 16.1 step 2b)
            }
            let cost = u32::from(edge.cost);
            if !self.graph.at(edge.target).key.is_network {
                note(edge.target, cost);
                continue;
            }
            for beyond in self.graph.edges(edge.target) {
                let is_answered = !self.graph.between(beyond.target, edge.target).is_empty();
                if beyond.target != root && is_answered {
                    note(beyond.target, cost);
                }
            }
        }
        let mut ways: Vec<(u32, u32)> = found.into_iter().collect();
        ways.sort_by_key(|&(id, cost)| (cost, id));
        ways
    }

    /// The cost from each vertex to one, by ways that do not lead through the root.
    fn distances_to(&self, end: u32, root: u32) -> HashMap<u32, u32> {
        let mut found: HashMap<u32, u32> = HashMap::new();
        let mut heap = BinaryHeap::from([(Reverse(0u32), end)]);
        while let Some((Reverse(cost), vertex)) = heap.pop() {
            if found.contains_key(&vertex) {
                continue;
            }
            found.insert(vertex, cost);
            for edge in self.graph.edges(vertex) {
                let before = edge.target;
                if before == root || !self.graph.is_transit(before, root) {
                    continue;
                }
                if let Some(step) = self.graph.between(before, vertex).iter().map(|e| e.cost).min()
                {
                    heap.push((Reverse(cost.saturating_add(u32::from(step))), before));
                }
            }
        }
        found
    }
}
