//! What LSAs offer: prefixes with a cost, each a link of two chains.
//!
//! One chain is that of its destination, the other that of who offers it.

use super::format::External;
use super::graph::NONE;

/// What an [`Inner`] comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A stub link, or a prefix of an intra-area-prefix-LSA.
    Stub,
    /// A network-LSA of version 2.
    Network,
    /// The summary of a network.
    Summary,
    /// The summary of an AS boundary router, whose number stands in place of the prefix.
    RouterSummary,
}

/// Cost, source, and whether the LSA has the DN bit.
pub type Terms = (u32, Source, bool);

/// Marks an [`Inner`] whose LSA has the DN bit.
const DOWN: u32 = 1 << 26;

/// A prefix that a vertex offers, at a cost beyond that of the way to the vertex.
#[derive(Clone, Copy, Debug)]
pub struct Inner {
    pub net: u32,
    pub next: u32,
    pub vertex: u32,
    pub next_of_vertex: u32,
    pub previous_of_vertex: u32,
    pub lsa: u32,
    cost_and_source: u32,
}

impl Inner {
    /// What an LSA offers at a vertex; not yet in any chain.
    pub fn new((net, vertex, lsa): (u32, u32, u32), (cost, source, is_down): Terms) -> Inner {
        let marks = (source as u32) << 24 | if is_down { DOWN } else { 0 };
        Inner {
            net,
            next: NONE,
            vertex,
            next_of_vertex: NONE,
            previous_of_vertex: NONE,
            lsa,
            cost_and_source: (cost & 0x00ff_ffff) | marks,
        }
    }

    /// What is added to the cost of the way to the vertex.
    pub fn cost(&self) -> u32 {
        self.cost_and_source & 0x00ff_ffff
    }

    /// What it comes from.
    pub fn source(&self) -> Source {
        match self.cost_and_source >> 24 & 3 {
            0 => Source::Stub,
            1 => Source::Network,
            2 => Source::Summary,
            _ => Source::RouterSummary,
        }
    }

    /// Whether its LSA has the DN bit.
    pub fn is_down(&self) -> bool {
        self.cost_and_source & DOWN != 0
    }

    /// Whether it is a summary, of a network or router.
    pub fn is_summary(&self) -> bool {
        self.cost_and_source >> 24 & 2 != 0
    }
}

/// A prefix outside the AS that a boundary router offers.
#[derive(Clone, Copy, Debug)]
pub struct Outer {
    pub net: u32,
    pub next: u32,
    pub boundary: u32,
    pub next_of_boundary: u32,
    pub previous_of_boundary: u32,
    /// The number of its forwarding address, or `NONE`.
    pub forward: u32,
    pub metric: u32,
    pub tag: u32,
    pub lsa: u32,
    /// The NSSA that its LSA is of; `NO_AREA` for an AS-external-LSA.
    pub area: u16,
    pub is_type2: bool,
    pub propagates: bool,
    pub is_down: bool,
}

impl Outer {
    /// What an LSA offers; not yet in any chain.
    pub fn new(
        external: &External,
        is_down: bool,
        (net, boundary, forward): (u32, u32, u32),
        (area, lsa): (u16, u32),
    ) -> Outer {
        Outer {
            net,
            next: NONE,
            boundary,
            next_of_boundary: NONE,
            previous_of_boundary: NONE,
            forward,
            metric: external.metric,
            tag: external.tag,
            lsa,
            area,
            is_type2: external.is_type2,
            propagates: external.propagates,
            is_down,
        }
    }
}
