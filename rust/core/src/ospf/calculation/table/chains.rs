//! The chains on which offers hang: that of their destination, and that of who offers them.

use super::super::graph::{Graph, NONE};
use super::super::offer::{Inner, Outer, Terms};
use super::{Bits, Table};

/// Where the chain of a destination begins.
pub enum Head<'a> {
    /// At its prefix.
    Net,
    /// At a boundary router.
    Boundary(&'a mut u32),
}

impl<K: Bits> Table<K> {
    pub fn inner(&self, number: u32) -> &Inner {
        &self.inner.items[number as usize]
    }

    pub fn outer(&self, number: u32) -> &Outer {
        &self.outer.items[number as usize]
    }

    /// The offers of a prefix inside the AS.
    pub fn inners(&self, net: u32) -> impl Iterator<Item = &Inner> {
        self.chain_of(self.at(net).inner)
    }

    /// Offers from one on, each naming the next of the same destination.
    pub fn chain_of(&self, first: u32) -> impl Iterator<Item = &Inner> {
        let mut next = first;
        std::iter::from_fn(move || {
            let inner = self.inner.items.get(next as usize)?; // NONE is far outside
            next = inner.next;
            Some(inner)
        })
    }

    /// The numbers of what a vertex offers, from its first on.
    pub fn of_vertex(&self, first: u32) -> impl Iterator<Item = u32> {
        let mut next = first;
        std::iter::from_fn(move || {
            let number = next;
            next = self.inner.items.get(number as usize)?.next_of_vertex;
            Some(number)
        })
    }

    /// The offers of a prefix outside the AS.
    pub fn outers(&self, net: u32) -> impl Iterator<Item = &Outer> {
        let mut next = self.at(net).outer;
        std::iter::from_fn(move || {
            let outer = self.outer.items.get(next as usize)?;
            next = outer.next;
            Some(outer)
        })
    }

    /// The prefixes of what a boundary router offers, from its first on.
    pub fn nets_of_boundary(&self, first: u32) -> impl Iterator<Item = u32> {
        let mut next = first;
        std::iter::from_fn(move || {
            let outer = self.outer.items.get(next as usize)?;
            next = outer.next_of_boundary;
            Some(outer.net)
        })
    }

    /// The prefixes that need one of these forwarding addresses.
    pub fn nets_forwarded(&self, is_asked: impl Fn(u32) -> bool) -> Vec<u32> {
        let is_asked = |outer: &&Outer| outer.forward != NONE && is_asked(outer.forward);
        self.outer.items.iter().filter(is_asked).map(|outer| outer.net).collect()
    }

    /// Add an offer; `head` is the first offer of its prefix or boundary router.
    pub fn add_inner(
        &mut self,
        graph: &mut Graph,
        head: Head<'_>,
        (net, vertex, lsa): (u32, u32, u32),
        terms: Terms,
    ) -> u32 {
        graph.hold(vertex);
        let at = &mut graph.vertices[vertex as usize];
        let mut new = Inner::new((net, vertex, lsa), terms);
        let of_vertex = if new.is_summary() { &mut at.summaries } else { &mut at.prefixes };
        let first = match head {
            Head::Net => &mut self.prefixes[net as usize].inner,
            Head::Boundary(first) => first,
        };
        (new.next, new.next_of_vertex) = (*first, *of_vertex);
        let number = self.inner.put(new);
        *first = number;
        let after = std::mem::replace(of_vertex, number);
        if let Some(after) = self.inner.items.get_mut(after as usize) {
            after.previous_of_vertex = number;
        }
        number
    }

    /// Take an offer away.
    pub fn remove_inner(&mut self, graph: &mut Graph, head: Head<'_>, number: u32) {
        let gone = self.inner.items[number as usize];
        let first = match head {
            Head::Net => &mut self.prefixes[gone.net as usize].inner,
            Head::Boundary(first) => first,
        };
        if *first == number {
            *first = gone.next;
        } else {
            let mut at = *first;
            while let Some(inner) = self.inner.items.get_mut(at as usize) {
                if inner.next == number {
                    inner.next = gone.next;
                    break;
                }
                at = inner.next;
            }
        }
        if let Some(after) = self.inner.items.get_mut(gone.next_of_vertex as usize) {
            after.previous_of_vertex = gone.previous_of_vertex;
        }
        if let Some(before) = self.inner.items.get_mut(gone.previous_of_vertex as usize) {
            before.next_of_vertex = gone.next_of_vertex;
        } else {
            let at = &mut graph.vertices[gone.vertex as usize];
            *(if gone.is_summary() { &mut at.summaries } else { &mut at.prefixes }) =
                gone.next_of_vertex;
        }
        self.inner.free.push(number);
        graph.release(gone.vertex);
    }

    /// Add an offer of a boundary router, whose first is `first`.
    pub fn add_outer(&mut self, first: &mut u32, outer: Outer) -> u32 {
        let of_net = &mut self.prefixes[outer.net as usize].outer;
        let number = self.outer.put(Outer {
            next: *of_net,
            next_of_boundary: *first,
            previous_of_boundary: NONE,
            ..outer
        });
        *of_net = number;
        let after = std::mem::replace(first, number);
        if let Some(after) = self.outer.items.get_mut(after as usize) {
            after.previous_of_boundary = number;
        }
        number
    }

    /// Take an offer of a boundary router away.
    pub fn remove_outer(&mut self, first: &mut u32, number: u32) {
        let gone = self.outer.items[number as usize];
        let of_net = &mut self.prefixes[gone.net as usize].outer;
        if *of_net == number {
            *of_net = gone.next;
        } else {
            let mut at = *of_net;
            while let Some(outer) = self.outer.items.get_mut(at as usize) {
                if outer.next == number {
                    outer.next = gone.next;
                    break;
                }
                at = outer.next;
            }
        }
        if let Some(after) = self.outer.items.get_mut(gone.next_of_boundary as usize) {
            after.previous_of_boundary = gone.previous_of_boundary;
        }
        if let Some(before) = self.outer.items.get_mut(gone.previous_of_boundary as usize) {
            before.next_of_boundary = gone.next_of_boundary;
        } else {
            *first = gone.next_of_boundary;
        }
        self.outer.items[number as usize].forward = NONE;
        self.outer.free.push(number);
    }
}
