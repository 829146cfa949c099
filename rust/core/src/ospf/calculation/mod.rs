//! From link state advertisements to routes (RFC 2328 16, RFC 5340 4.8, RFC 3101 2.5, RFC 5838).
//!
//! The life of a change: `apply` reads what an LSA says (`format`) and lays it down once, in flat
//! arrays: links in the graph of its area (`graph`), prefixes in the table (`table`), boundary
//! routers and forwarding addresses beside it (`boundary`). Only what it says otherwise than before
//! is marked. `run` does what the marks ask for and no more (`run`): trees of areas, whole or in part
//! (`spf`); then prefixes whose vertex, summary or external changed, each from all that is offered
//! for it (`inner`, `outer`); then it tells the routes that are others than before. `why` asks the
//! same functions for one prefix (`explain`).
//!
//! Deviations. Next hops of a virtual link are those to its far end in the transit area, known
//! before 16.3 and not only by it; a path without any is no path. Equal paths within different areas
//! come together, and count as of the area with the larger id. The next hop onto a network whose
//! neighbour's address is not known is left out.

mod area;
mod boundary;
mod explain;
mod format;
mod graph;
mod hops;
mod inner;
mod outer;
mod ranges;
mod rule;
mod run;
mod spf;
mod table;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

pub use area::{FirstHop, Kind};
pub use explain::{Candidate, Step};
pub use format::Family;
pub use rule::Rule;
pub use run::{Calculated, Extent, Told, Way};

use area::Area;
use boundary::Boundaries;
use format::{Content, External, INFINITY, NO_TRANSIT, VertexKey};
use graph::{Graph, NONE};
use hops::Hops;
use ranges::Range;
use table::{Bits, DIRTY_INNER, DIRTY_OUTER, Head, NO_AREA, Outer, Source, Table, push_tight};

use super::lsa::{Header, LsaChange, LsaKey, Version};
use crate::addr::{Ip, Net};

/// What concerns the router as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// It is attached to the backbone and to other areas: of summaries it uses the backbone's.
    pub is_area_border: bool,
    /// RFC1583Compatibility (RFC 2328 C.1).
    pub rfc1583: bool,
    /// It honours the DN bit (RFC 4576).
    pub is_provider_edge: bool,
    /// At most so many next hops of a route are told.
    pub maximum_paths: usize,
}

/// What an LSA was laid down as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
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
struct Record {
    area: u16,
    key: LsaKey,
    held: Held,
}

/// The routes of one router, of one address family.
#[derive(Debug)]
pub struct Calculator<K> {
    version: Version,
    family: Family,
    router_id: u32,
    options: Options,
    areas: Vec<Area>,
    graph: Graph,
    hops: Hops,
    table: Table<K>,
    boundaries: Boundaries,
    ranges: Vec<Range>,
    records: Vec<Record>,
    free_records: Vec<u32>,
    record_of: HashMap<(u16, LsaKey), u32>,
    /// Vertices whose bits changed.
    flagged: Vec<u32>,
    /// Whether some area is a transit area.
    has_transit: bool,
    /// How many next hops of a route were told at most at the last run.
    told_paths: Option<usize>,
    /// What was changed since the last run, for its kind.
    extent: Extent,
}

/// Routes by version 2, which has IPv4 only, or by version 3 with IPv4 (RFC 5838).
pub type Calculator4 = Calculator<u32>;
/// Routes by version 3 with IPv6.
pub type Calculator6 = Calculator<u128>;

#[allow(private_bounds)] // there are the two kinds above and no others
impl<K: Bits> Calculator<K> {
    /// A calculator without areas. Version 2 is of IPv4 whatever the family of `K`.
    #[must_use]
    pub fn new(version: Version, router_id: u32) -> Calculator<K> {
        let family = if K::BITS == 32 { Family::V4 } else { Family::V6 };
        Calculator {
            version,
            family,
            router_id,
            options: Options {
                is_area_border: false,
                rfc1583: false,
                is_provider_edge: false,
                maximum_paths: usize::MAX,
            },
            areas: Vec::new(),
            graph: Graph::default(),
            hops: Hops::default(),
            table: Table::default(),
            boundaries: Boundaries::default(),
            ranges: Vec::new(),
            records: Vec::new(),
            free_records: Vec::new(),
            record_of: HashMap::new(),
            flagged: Vec::new(),
            has_transit: false,
            told_paths: None,
            extent: Extent::Nothing,
        }
    }

    fn area(&self, number: u16) -> &Area {
        &self.areas[usize::from(number)]
    }

    fn area_mut(&mut self, number: u16) -> &mut Area {
        &mut self.areas[usize::from(number)]
    }

    fn area_of(&self, scope: u32) -> Option<u16> {
        let found = self.areas.iter().position(|area| area.scope == scope && area.is_there());
        found.and_then(|at| u16::try_from(at).ok())
    }

    /// Attach the router to an area, or change what is said of it. False where there are 65,534
    /// areas already, the scope is 0, or it is that of an area with another id.
    pub fn set_area(&mut self, scope: u32, id: u32, kind: Kind, imports_summaries: bool) -> bool {
        if let Some(number) = self.area_of(scope) {
            let area = self.area_mut(number);
            if area.id != id {
                return false;
            }
            if (area.kind, area.imports_summaries) != (kind, imports_summaries) {
                (area.kind, area.imports_summaries) = (kind, imports_summaries);
                self.mark_all();
            }
            return true;
        }
        if scope == 0 || self.areas.len() >= usize::from(NO_AREA) {
            return false;
        }
        let free = self.areas.iter().position(|area| !area.is_there() && !area.is_left);
        let at = free.unwrap_or(self.areas.len());
        let number = at as u16;
        let root = self.graph.obtain(number, VertexKey::router(self.router_id));
        self.graph.hold(root);
        let area =
            Area { scope, id, kind, imports_summaries, root, is_whole: true, ..Area::default() };
        if free.is_some() {
            self.areas[at] = area;
        } else {
            self.areas.push(area);
        }
        true
    }

    /// Leave an area: its LSAs have no part any more.
    pub fn remove_area(&mut self, scope: u32) {
        let Some(number) = self.area_of(scope) else { return };
        let mut keys: Vec<LsaKey> =
            self.record_of.keys().filter(|key| key.0 == number).map(|key| key.1).collect();
        keys.sort_unstable();
        for key in keys {
            self.lay_down(number, key, Content::Nothing);
        }
        let root = self.area(number).root;
        self.graph.release(root);
        self.set_ranges(scope, &[]);
        let id = self.area(number).id; // of routes that are still to be withdrawn
        *self.area_mut(number) = Area { id, is_left: true, ..Area::default() };
        self.boundaries.mark_all();
        self.extent = self.extent.max(Extent::Partial);
    }

    /// Say what concerns the router as a whole.
    pub fn set_options(&mut self, options: Options) {
        if options != self.options {
            self.options = options;
            self.mark_all();
        }
    }

    /// Say which interfaces the links of the own router-LSA are of.
    pub fn set_first_hops(&mut self, scope: u32, links: Vec<FirstHop>) {
        if let Some(number) = self.area_of(scope)
            && self.area(number).first_hops != links
        {
            let area = self.area_mut(number);
            area.first_hops = links;
            area.is_whole = true;
        }
    }

    /// Say which addresses neighbours have: by interface and router id.
    pub fn set_addresses(&mut self, scope: u32, addresses: HashMap<(u32, u32), Ip>) {
        if let Some(number) = self.area_of(scope)
            && self.area(number).addresses != addresses
        {
            let area = self.area_mut(number);
            area.addresses = addresses;
            area.is_whole = true;
        }
    }

    /// Say which interfaces the prefixes of the router itself are of.
    pub fn set_connected(&mut self, scope: u32, prefixes: HashMap<Net, u32>) {
        if let Some(number) = self.area_of(scope)
            && self.area(number).connected != prefixes
        {
            let root = self.area(number).root;
            self.area_mut(number).connected = prefixes;
            self.mark_prefixes_of(root);
        }
    }

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

    fn lay_down(&mut self, area: u16, key: LsaKey, content: Content) {
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
                    let found = self.table.longest_inner(ip).map(|net| self.table.at(net).route);
                    self.boundaries.hold(ip, || found)
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

    fn mark_inner(&mut self, net: u32) {
        self.table.mark(net, DIRTY_INNER);
        self.extent = self.extent.max(Extent::Prefixes);
    }

    fn mark_summary(&mut self, net: u32) {
        self.table.mark(net, DIRTY_INNER);
        self.extent = self.extent.max(Extent::Partial);
    }

    fn mark_outer(&mut self, net: u32) {
        self.table.mark(net, DIRTY_OUTER);
        self.extent = self.extent.max(Extent::Partial);
    }

    fn mark_boundary(&mut self, boundary: u32) {
        self.boundaries.mark(boundary);
        self.extent = self.extent.max(Extent::Partial);
    }

    fn mark_prefixes_of(&mut self, vertex: u32) {
        let mut next = self.graph.at(vertex).prefixes;
        while next != NONE {
            let number = next;
            next = self.table.of_vertex(number).nth(1).unwrap_or(NONE);
            self.mark_inner(self.table.inner(number).net);
        }
    }

    /// Have the next run look at everything but the trees of areas.
    fn mark_all(&mut self) {
        for net in 0..self.table.prefixes.len() as u32 {
            self.table.mark(net, DIRTY_INNER | DIRTY_OUTER);
        }
        self.boundaries.mark_all();
        self.extent = self.extent.max(Extent::Partial);
    }

    /// Bytes of memory held, about.
    #[must_use]
    pub fn memory(&self) -> usize {
        let record = size_of::<Record>() + 4;
        self.graph.memory()
            + self.hops.memory()
            + self.table.memory()
            + self.boundaries.memory()
            + self.records.capacity() * record
            + self.record_of.capacity() * (size_of::<(u16, LsaKey)>() + 5)
    }
}
