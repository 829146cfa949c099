//! How an LSA is laid down: read once, held against what it said before, and marked where it
//! differs.

use super::Calculator;
use super::format::{self, Content, External, INFINITY, NO_TRANSIT, VertexKey};
use super::graph::NONE;
use super::offer::{Outer, Source};
use super::route::NO_AREA;
use super::table::{Bits, Head, push_tight};
use super::tell::Extent;
use crate::addr::Net;
use crate::ospf::lsa::{Header, LsaChange, LsaKey, Version};

/// What an LSA was laid down as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// A vertex, with its own prefixes.
    Node(u32),
    /// Prefixes of a vertex.
    Prefixes(u32),
    /// A summary.
    Summary(u32),
    /// A summary of a boundary router, and that router.
    RouterSummary(u32, u32),
    /// An external of a boundary router.
    Outer(u32, u32),
}

/// An LSA that has a part in the calculation.
#[derive(Clone, Copy, Debug)]
pub struct Record {
    pub area: u16,
    pub key: LsaKey,
    held: Held,
}

#[allow(private_bounds)] // as above
impl<K: Bits> Calculator<K> {
    /// Take in what a database reports.
    pub fn apply(&mut self, change: &LsaChange) {
        self.apply_bytes(change.scope, change.key, change.lsa.as_deref());
    }

    /// Take in an LSA, or that it is gone. One of a scope that no area has is left out.
    pub fn apply_bytes(&mut self, scope: u32, key: LsaKey, lsa: Option<&[u8]>) {
        let is_of_as = matches!((self.version, key.kind), (Version::V2, 5) | (Version::V3, 0x4005));
        let area = if scope == 0 { Some(NO_AREA) } else { self.area_of(scope) };
        let Some(area) = area.filter(|&area| is_of_as == (area == NO_AREA)) else { return };
        let header = lsa.and_then(|lsa| Header::read(self.version, lsa));
        let content = match (lsa, header) {
            (Some(lsa), Some(header)) if header.key == key => {
                format::read(self.version, self.family, &header, lsa)
            }
            _ => Content::Nothing,
        };
        let content = self.filtered(key, content);
        self.lay_down(area, key, content);
    }

    /// What is of no use is as good as nothing: unreachable destinations, and what the router says
    /// itself of the world outside its areas (RFC 2328 16.2 and 16.4, steps 1 and 2).
    fn filtered(&self, key: LsaKey, content: Content) -> Content {
        let is_own = key.router == self.router_id;
        match content {
            Content::Summary(_, INFINITY, _) | Content::RouterSummary(_, INFINITY) => {
                Content::Nothing
            }
            Content::External(External { metric: INFINITY, .. }, _) => Content::Nothing,
            Content::RouterSummary(router, _) if router == self.router_id => Content::Nothing,
            Content::Summary(..) | Content::RouterSummary(..) | Content::External(..) if is_own => {
                Content::Nothing
            }
            content => content,
        }
    }

    pub(super) fn lay_down(&mut self, area: u16, key: LsaKey, content: Content) {
        let known = self.record_of.get(&(area, key)).copied();
        if let Some(known) = known {
            let held = self.records[known as usize].held;
            if self.is_replaced(known, held, &content) {
                return;
            }
            self.take_up(known, held);
            self.record_of.remove(&(area, key));
            self.free_records.push(known);
        }
        if content == Content::Nothing {
            return;
        }
        let record = Record { area, key, held: Held::Node(NONE) };
        let number = match self.free_records.pop() {
            Some(number) => {
                self.records[number as usize] = record;
                number
            }
            None => {
                push_tight(&mut self.records, record);
                self.records.len() as u32 - 1
            }
        };
        self.record_of.insert((area, key), number);
        match self.put(number, area, key, content) {
            Some(held) => self.records[number as usize].held = held,
            None => {
                self.record_of.remove(&(area, key));
                self.free_records.push(number);
            }
        }
    }

    /// Whether a new instance could be laid down in place of the old one.
    fn is_replaced(&mut self, record: u32, held: Held, content: &Content) -> bool {
        match (held, content) {
            (Held::Node(vertex), Content::Node(node)) => {
                let id = self.records[record as usize].key.id;
                self.set_node(record, id, vertex, Some(node));
                true
            }
            (Held::Prefixes(vertex), Content::Prefixes(key, prefixes)) => {
                let is_same = self.graph.at(vertex).key == *key;
                if is_same {
                    self.set_prefixes(record, vertex, prefixes, Source::Stub);
                }
                is_same
            }
            (Held::Summary(number), Content::Summary(net, cost, is_down)) => {
                let inner = self.table.inner(number);
                let is_here = self.table.find(*net) == Some(inner.net);
                is_here && (inner.cost(), inner.is_down()) == (*cost, *is_down)
            }
            _ => false,
        }
    }

    /// Lay an LSA down; `None` where nothing comes of it.
    fn put(&mut self, record: u32, area: u16, key: LsaKey, content: Content) -> Option<Held> {
        match content {
            Content::Nothing => None,
            Content::Node(node) => {
                let vertex = self.graph.obtain(area, node.key);
                self.set_node(record, key.id, vertex, Some(&node));
                Some(Held::Node(vertex))
            }
            Content::Prefixes(of, prefixes) => {
                let vertex = self.graph.obtain(area, of);
                self.graph.hold(vertex);
                self.set_prefixes(record, vertex, &prefixes, Source::Stub);
                Some(Held::Prefixes(vertex))
            }
            Content::Summary(net, cost, is_down) => {
                let net = self.table.obtain(net)?;
                let vertex = self.graph.obtain(area, VertexKey::router(key.router));
                let what = (cost, Source::Summary, is_down);
                let at = (net, vertex, record);
                let number = self.table.add_inner(&mut self.graph, Head::Net, at, what);
                self.mark_summary(net);
                Some(Held::Summary(number))
            }
            Content::RouterSummary(router, cost) => {
                let boundary = self.boundaries.obtain(router);
                let vertex = self.graph.obtain(area, VertexKey::router(key.router));
                let what = (cost, Source::RouterSummary, false);
                let at = (boundary, vertex, record);
                let first = &mut self.boundaries.routers[boundary as usize].summaries;
                let head = Head::Boundary(first);
                let number = self.table.add_inner(&mut self.graph, head, at, what);
                self.mark_boundary(boundary);
                Some(Held::RouterSummary(number, boundary))
            }
            Content::External(external, is_down) => {
                let net = self.table.obtain(external.net)?;
                let boundary = self.boundaries.obtain(key.router);
                let forward = external.forward.map_or(NONE, |ip| {
                    let found = self.forward_route(ip);
                    self.boundaries.hold(ip, found)
                });
                let at = (net, boundary, forward);
                let outer = Outer::new(&external, is_down, at, (area, record));
                let offers = &mut self.boundaries.routers[boundary as usize].offers;
                let number = self.table.add_outer(offers, outer);
                self.mark_outer(net);
                self.mark_boundary(boundary);
                Some(Held::Outer(number, boundary))
            }
        }
    }

    /// Undo what an LSA was laid down as.
    fn take_up(&mut self, record: u32, held: Held) {
        match held {
            Held::Node(vertex) => {
                let id = self.records[record as usize].key.id;
                self.set_node(record, id, vertex, None);
            }
            Held::Prefixes(vertex) => {
                self.set_prefixes(record, vertex, &[], Source::Stub);
                self.graph.release(vertex);
            }
            Held::Summary(number) => {
                let net = self.table.inner(number).net;
                self.table.remove_inner(&mut self.graph, Head::Net, number);
                self.mark_summary(net);
            }
            Held::RouterSummary(number, boundary) => {
                let first = &mut self.boundaries.routers[boundary as usize].summaries;
                self.table.remove_inner(&mut self.graph, Head::Boundary(first), number);
                self.mark_boundary(boundary);
            }
            Held::Outer(number, boundary) => {
                let outer = *self.table.outer(number);
                let offers = &mut self.boundaries.routers[boundary as usize].offers;
                self.table.remove_outer(offers, number);
                self.boundaries.release(outer.forward);
                self.mark_outer(outer.net);
                self.mark_boundary(boundary);
            }
        }
    }

    fn set_node(&mut self, record: u32, id: u32, vertex: u32, node: Option<&format::Node>) {
        let area = self.graph.at(vertex).area;
        let mut seeds = std::mem::take(&mut self.area_mut(area).seeds);
        let was_transit = self.graph.at(vertex).flags & NO_TRANSIT == 0;
        let said = node.map(|node| (node.flags, node.links.as_slice()));
        let altered = self.graph.set(vertex, (record, id), said, &mut seeds);
        self.is_root_altered |= altered.edges && vertex == self.area(area).root;
        if altered.flags {
            self.flagged.push(vertex);
            if (self.graph.at(vertex).flags & NO_TRANSIT == 0) != was_transit {
                seeds.push(vertex);
                seeds.extend(self.graph.edges(vertex).iter().map(|edge| edge.target));
            }
            self.extent = self.extent.max(Extent::Partial);
        }
        self.area_mut(area).seeds = seeds;
        if self.version == Version::V2 {
            let is_network = self.graph.at(vertex).key.is_network;
            let source = if is_network { Source::Network } else { Source::Stub };
            self.set_prefixes(record, vertex, node.map_or(&[], |node| &node.prefixes), source);
        }
    }

    /// Have an LSA offer these prefixes of a vertex and no others.
    fn set_prefixes(&mut self, lsa: u32, vertex: u32, said: &[(Net, u32)], source: Source) {
        let mut new: Vec<(u32, u32)> = Vec::with_capacity(said.len());
        for &(net, cost) in said {
            new.extend(self.table.obtain(net).map(|net| (net, cost)));
        }
        new.sort_unstable();
        new.dedup();
        let first = self.graph.at(vertex).prefixes;
        let mut old: Vec<(u32, u32, u32)> = (self.table.of_vertex(first))
            .map(|number| (self.table.inner(number), number))
            .filter(|(inner, _)| inner.lsa == lsa)
            .map(|(inner, number)| (inner.net, inner.cost(), number))
            .collect();
        old.sort_unstable();
        let (mut olds, mut news) = (old.iter().peekable(), new.iter().peekable());
        loop {
            let order = match (olds.peek(), news.peek()) {
                (None, None) => break,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some(&&(net, cost, _)), Some(&&new)) => (net, cost).cmp(&new),
            };
            if order.is_le()
                && let Some(&(net, _, number)) = olds.next()
                && order.is_lt()
            {
                self.table.remove_inner(&mut self.graph, Head::Net, number);
                self.mark_inner(net);
            }
            if order.is_ge()
                && let Some(&(net, cost)) = news.next()
                && order.is_gt()
            {
                let what = (cost, source, false);
                let at = (net, vertex, lsa);
                self.table.add_inner(&mut self.graph, Head::Net, at, what);
                self.mark_inner(net);
            }
        }
    }
}
