//! The graphs of all areas in flat arrays: vertices by number, edges of a vertex side by side.
//!
//! An LSA makes a vertex, and its links are edges that are sorted by the vertex they lead to. A
//! vertex that only links name is there too, without edges: so an edge never has to look for its
//! target, and the check that a link is answered (RFC 2328 16.1 step 2b) is a search in a short
//! sorted list. Several LSAs of one vertex (fragments in version 3, RFC 5340 4.8.1; an old and a
//! new designated router in version 2) are held apart and make up its edges together.

use std::collections::HashMap;

use super::format::{Link, NO_TRANSIT, VertexKey};
use super::hops::{NO_HOPS, SetId};
use super::table::push_tight;

/// No number.
pub const NONE: u32 = u32::MAX;
/// The distance of what cannot be reached.
pub const UNREACHED: u32 = u32::MAX;

/// A router or network of one area.
#[derive(Debug)]
pub struct Vertex {
    pub key: VertexKey,
    pub area: u16,
    /// Bits of the router-LSA, see `format`.
    pub flags: u8,
    start: u32,
    len: u32,
    /// The cost of the shortest path to it, `UNREACHED` where there is none.
    pub dist: u32,
    pub hops: SetId,
    /// The first of its prefixes in the area, and of its summaries.
    pub prefixes: u32,
    pub summaries: u32,
    /// How many edges lead here, and other things that hold on to it.
    refs: u32,
    /// The record of its LSA, and the link state id; where there are several see `Graph::lsas_of`.
    lsa: u32,
    lsa_id: u32,
}

impl Vertex {
    /// Whether there is a path to it.
    pub fn is_reached(&self) -> bool {
        self.dist != UNREACHED
    }
}

/// A link as seen from its vertex.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    pub target: u32,
    pub cost: u16,
    pub kind: u8,
    pub data: u32,
}

/// One of several LSAs of a vertex.
#[derive(Debug)]
struct Part {
    lsa: u32,
    /// Its link state id: bits are taken from the lowest (RFC 5340 4.8.1).
    id: u32,
    flags: u8,
    edges: Vec<Edge>,
}

/// What a new LSA changed at its vertex.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Altered {
    pub edges: bool,
    pub flags: bool,
}

/// Vertices and edges.
#[derive(Debug, Default)]
pub struct Graph {
    pub vertices: Vec<Vertex>,
    free: Vec<u32>,
    index: HashMap<(u16, VertexKey), u32>,
    edges: Vec<Edge>,
    /// Edges that no vertex has any more.
    dead: usize,
    parts: HashMap<u32, Vec<Part>>,
    /// Vertices that may be of no use any more.
    loose: Vec<u32>,
}

impl Graph {
    /// The vertex of a key, if it is known.
    pub fn find(&self, area: u16, key: VertexKey) -> Option<u32> {
        self.index.get(&(area, key)).copied()
    }

    /// The vertex of a key, made where it is not known. Who keeps the number calls `hold`.
    pub fn obtain(&mut self, area: u16, key: VertexKey) -> u32 {
        if let Some(&known) = self.index.get(&(area, key)) {
            return known;
        }
        let vertex = Vertex {
            key,
            area,
            flags: 0,
            start: 0,
            len: 0,
            dist: UNREACHED,
            hops: NO_HOPS,
            prefixes: NONE,
            summaries: NONE,
            refs: 0,
            lsa: NONE,
            lsa_id: 0,
        };
        let number = match self.free.pop() {
            Some(number) => {
                self.vertices[number as usize] = vertex;
                number
            }
            None => {
                push_tight(&mut self.vertices, vertex);
                self.vertices.len() as u32 - 1
            }
        };
        self.index.insert((area, key), number);
        number
    }

    /// Keep a vertex.
    pub fn hold(&mut self, vertex: u32) {
        self.vertices[vertex as usize].refs += 1;
    }

    /// Keep a vertex no longer.
    pub fn release(&mut self, vertex: u32) {
        let refs = &mut self.vertices[vertex as usize].refs;
        *refs -= 1;
        if *refs == 0 {
            self.loose.push(vertex);
        }
    }

    /// The vertex of a number.
    pub fn at(&self, vertex: u32) -> &Vertex {
        &self.vertices[vertex as usize]
    }

    /// The edges of a vertex, those to the same target together, the cheapest of them first.
    pub fn edges(&self, vertex: u32) -> &[Edge] {
        let Vertex { start, len, .. } = self.vertices[vertex as usize];
        &self.edges[start as usize..start as usize + len as usize]
    }

    /// The edges from one vertex to another, the cheapest first; none where there is no link.
    pub fn between(&self, from: u32, to: u32) -> &[Edge] {
        let edges = self.edges(from);
        let begin = if edges.len() <= 8 {
            edges.iter().take_while(|edge| edge.target < to).count()
        } else {
            edges.partition_point(|edge| edge.target < to)
        };
        let rest = &edges[begin..];
        let count = rest.iter().take_while(|edge| edge.target == to).count();
        &rest[..count]
    }

    /// Number of edges.
    pub fn edge_count(&self) -> usize {
        self.edges.len() - self.dead
    }

    /// Whether paths may lead on from a vertex (RFC 5340 4.8.1: not where the R bit is clear).
    pub fn is_transit(&self, vertex: u32, root: u32) -> bool {
        vertex == root || self.vertices[vertex as usize].flags & NO_TRANSIT == 0
    }

    /// The numbers of the LSAs that make up a vertex.
    pub fn lsas_of(&self, vertex: u32) -> Vec<u32> {
        match self.parts.get(&vertex) {
            Some(parts) => parts.iter().map(|part| part.lsa).collect(),
            None => Some(self.at(vertex).lsa).filter(|&lsa| lsa != NONE).into_iter().collect(),
        }
    }

    /// Put in what an LSA says of its vertex, or take it out; `seeds` gets the vertices to which
    /// there may be another edge than before.
    pub fn set(
        &mut self,
        vertex: u32,
        lsa: (u32, u32),
        said: Option<(u8, &[Link])>,
        seeds: &mut Vec<u32>,
    ) -> Altered {
        let area = self.at(vertex).area;
        let said = said.map(|(flags, links)| {
            let mut edges = Vec::with_capacity(links.len());
            for link in links {
                let target = self.obtain(area, link.to);
                if target != vertex {
                    edges.push(Edge { target, cost: link.cost, kind: link.kind, data: link.data });
                }
            }
            edges.sort_unstable();
            edges.dedup();
            (flags, edges)
        });
        let said = self.with_parts(vertex, lsa, said);
        let (flags, edges) = said.unwrap_or_default();
        let at = &mut self.vertices[vertex as usize];
        let altered = Altered {
            flags: std::mem::replace(&mut at.flags, flags) != flags,
            edges: self.edges(vertex) != edges,
        };
        if altered.edges {
            seeds.push(vertex);
            seeds.extend(edges.iter().map(|edge| edge.target));
            edges.iter().for_each(|edge| self.hold(edge.target));
            let old: Vec<u32> = self.edges(vertex).iter().map(|edge| edge.target).collect();
            seeds.extend(&old);
            old.into_iter().for_each(|target| self.release(target));
            self.replace(vertex, &edges);
        }
        if self.at(vertex).refs == 0 {
            self.loose.push(vertex);
        }
        altered
    }

    /// What all LSAs of a vertex say together, one of them being new or gone.
    fn with_parts(
        &mut self,
        vertex: u32,
        (lsa, id): (u32, u32),
        said: Option<(u8, Vec<Edge>)>,
    ) -> Option<(u8, Vec<Edge>)> {
        let at = &self.vertices[vertex as usize];
        let is_only = at.lsa == NONE || at.lsa == lsa;
        if !self.parts.contains_key(&vertex) && is_only {
            let at = &mut self.vertices[vertex as usize];
            (at.lsa, at.lsa_id) = (if said.is_some() { lsa } else { NONE }, id);
            return said;
        }
        if !self.parts.contains_key(&vertex) {
            let edges = self.edges(vertex).to_vec();
            let first = Part { lsa: at.lsa, id: at.lsa_id, flags: at.flags, edges };
            self.parts.insert(vertex, vec![first]);
        }
        let parts = self.parts.entry(vertex).or_default();
        parts.retain(|part| part.lsa != lsa);
        parts.extend(said.map(|(flags, edges)| Part { lsa, id, flags, edges }));
        parts.sort_unstable_by_key(|part| (part.id, part.lsa));
        let flags = parts.first().map_or(0, |part| part.flags);
        let mut edges: Vec<Edge> = parts.iter().flat_map(|part| &part.edges).copied().collect();
        edges.sort_unstable();
        edges.dedup();
        if let [only] = parts.as_slice() {
            let at = &mut self.vertices[vertex as usize];
            (at.lsa, at.lsa_id) = (only.lsa, only.id);
            self.parts.remove(&vertex);
        }
        Some((flags, edges))
    }

    fn replace(&mut self, vertex: u32, edges: &[Edge]) {
        let at = &mut self.vertices[vertex as usize];
        let (start, room) = (at.start as usize, at.len as usize);
        at.len = edges.len() as u32;
        if edges.len() <= room {
            self.dead += room - edges.len();
            self.edges[start..start + edges.len()].copy_from_slice(edges);
        } else {
            self.dead += room;
            at.start = self.edges.len() as u32;
            if self.edges.capacity() - self.edges.len() < edges.len() {
                self.edges.reserve_exact(edges.len() + self.edges.len() / 8);
            }
            self.edges.extend_from_slice(edges);
        }
        if self.dead > 64 && self.dead > self.edges.len() / 2 {
            self.compact();
        }
    }

    fn compact(&mut self) {
        let mut edges = Vec::with_capacity(self.edges.len() - self.dead);
        for vertex in &mut self.vertices {
            let (start, len) = (vertex.start as usize, vertex.len as usize);
            vertex.start = edges.len() as u32;
            edges.extend_from_slice(&self.edges[start..start + len]);
        }
        self.edges = edges;
        self.dead = 0;
    }

    /// Let go of vertices that nothing names any more.
    pub fn settle(&mut self) {
        for vertex in std::mem::take(&mut self.loose) {
            let at = &mut self.vertices[vertex as usize];
            let is_free = at.refs == 0 && at.lsa == NONE && !self.parts.contains_key(&vertex);
            let name = (at.area, at.key);
            if is_free && self.index.get(&name) == Some(&vertex) {
                self.index.remove(&name);
                self.dead += at.len as usize;
                (at.start, at.len, at.dist, at.hops) = (0, 0, UNREACHED, NO_HOPS);
                self.free.push(vertex);
            }
        }
    }

    /// The vertices of an area, in the order of their numbers.
    pub fn of_area(&self, area: u16) -> Vec<u32> {
        let is_there = |&vertex: &u32| {
            let at = self.at(vertex);
            at.area == area && (at.refs > 0 || at.lsa != NONE)
        };
        (0..self.vertices.len() as u32).filter(is_there).collect()
    }

    /// Number of vertices.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Give back memory that growing took in advance.
    pub fn shrink(&mut self) {
        self.vertices.shrink_to_fit();
        self.edges.shrink_to_fit();
        self.loose = Vec::new();
    }

    /// Bytes of memory held, about.
    pub fn memory(&self) -> usize {
        self.vertices.capacity() * size_of::<Vertex>()
            + self.edges.capacity() * size_of::<Edge>()
            + self.index.capacity() * (size_of::<(u16, VertexKey)>() + 5)
            + self.free.capacity() * 4
    }
}
