//! From link state advertisements to routes (RFC 2328 16, RFC 5340 4.8, RFC 3101 2.5, RFC 5838).
//!
//! The life of a change: `apply` reads what an LSA says (`format`) and lays it down once (`input`),
//! in flat arrays: links in the graph of its area (`graph`), prefixes in the table (`table`,
//! `offer`), boundary routers and forwarding addresses beside it (`boundary`). Only what it says
//! otherwise than before is marked (`marks`). `run` does what the marks ask for and no more: trees
//! of areas, whole or in part (`spf`); then prefixes whose vertex, summary or external changed, each
//! from all that is offered for it (`inner`, `outer`); then it tells the routes that are others than
//! before (`tell`). Who asks why is answered by the same functions, prefix by prefix (`explain`).
//!
//! Deviations. Next hops of a virtual link are those to its far end in the transit area, known
//! before 16.3 and not only by it; a path without any is no path. Equal paths within different
//! areas come together, and count as of the area with the larger id. The next hop onto a network
//! whose neighbour's address is not known is left out.

mod area;
mod beside;
mod boundary;
mod explain;
mod format;
mod graph;
mod hops;
mod inner;
mod input;
mod marks;
mod offer;
mod outer;
mod ranges;
mod route;
mod rule;
mod run;
mod spf;
mod table;
mod tell;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

pub use area::{FirstHop, Kind};
pub use explain::{Candidate, Step};
pub use format::Family;
pub use rule::Rule;
pub use tell::{Calculated, Extent, Told, Way};

use area::Area;
use boundary::Boundaries;
use format::{Content, VertexKey};
use graph::{Edge, Graph};
use hops::Hops;
use input::Record;
use ranges::Range;
use route::NO_AREA;
use table::{Bits, Table};

use super::lsa::{LsaKey, Version};
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

/// The routes of one router, of one address family.
#[derive(Debug)]
#[allow(private_bounds)] // there are two kinds, see below, and no others
pub struct Calculator<K: Bits> {
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
    /// Whether the router's own links changed, and with them its addresses.
    is_root_altered: bool,
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
            is_root_altered: false,
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
        let Some(number) = self.area_of(scope) else { return };
        let area = self.area_mut(number);
        let old = std::mem::replace(&mut area.first_hops, links);
        let new = &area.first_hops;
        let is_lone = |hop: &&FirstHop, others: &[FirstHop]| !others.contains(hop);
        let gone = old.iter().filter(|hop| is_lone(hop, new));
        let come = new.iter().filter(|hop| is_lone(hop, &old));
        let others: Vec<FirstHop> = gone.chain(come).copied().collect();
        if others.is_empty() {
            return;
        }
        let root = self.area(number).root;
        let is_other =
            |edge: &&Edge| others.iter().any(|hop| (hop.0, hop.2) == (edge.kind, edge.data));
        let edges = self.graph.edges(root).iter().filter(is_other);
        let seeds: Vec<u32> = edges.map(|edge| edge.target).collect();
        self.area_mut(number).seeds.extend(seeds);
    }

    /// Say which addresses neighbours have: by interface and router id.
    pub fn set_addresses(&mut self, scope: u32, addresses: HashMap<(u32, u32), Ip>) {
        let Some(number) = self.area_of(scope) else { return };
        let old = std::mem::replace(&mut self.area_mut(number).addresses, addresses);
        let new = &self.area(number).addresses;
        let names = old.keys().chain(new.keys());
        let others = names.filter(|name| old.get(name) != new.get(name));
        let vertices = others.filter_map(|name| self.graph.find(number, VertexKey::router(name.1)));
        let seeds: Vec<u32> = vertices.collect();
        self.area_mut(number).seeds.extend(seeds);
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
