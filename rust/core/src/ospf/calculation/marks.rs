//! What is to be looked at by the next run.

use super::Calculator;
use super::graph::NONE;
use super::table::{Bits, DIRTY_INNER, DIRTY_OUTER};
use super::tell::Extent;

impl<K: Bits> Calculator<K> {
    pub(super) fn mark_inner(&mut self, net: u32) {
        self.table.mark(net, DIRTY_INNER);
        self.extent = self.extent.max(Extent::Prefixes);
    }

    pub(super) fn mark_summary(&mut self, net: u32) {
        self.table.mark(net, DIRTY_INNER);
        self.extent = self.extent.max(Extent::Partial);
    }

    pub(super) fn mark_outer(&mut self, net: u32) {
        self.table.mark(net, DIRTY_OUTER);
        self.extent = self.extent.max(Extent::Partial);
    }

    pub(super) fn mark_boundary(&mut self, boundary: u32) {
        self.boundaries.mark(boundary);
        self.extent = self.extent.max(Extent::Partial);
    }

    pub(super) fn mark_prefixes_of(&mut self, vertex: u32) {
        let mut next = self.graph.at(vertex).prefixes;
        while next != NONE {
            let number = next;
            next = self.table.of_vertex(number).nth(1).unwrap_or(NONE);
            self.mark_inner(self.table.inner(number).net);
        }
    }

    /// Have the next run look at everything but the trees of areas.
    pub(super) fn mark_all(&mut self) {
        for net in 0..self.table.prefixes.len() as u32 {
            self.table.mark(net, DIRTY_INNER | DIRTY_OUTER);
        }
        self.boundaries.mark_all();
        self.extent = self.extent.max(Extent::Partial);
    }
}
