//! Who is around the database: interfaces and neighbours come, change and go.

use super::database::Database;
use super::interface::{Interface, InterfaceSettings, Neighbor, NeighborSettings, State};
use super::lists::Paced;
use super::lsa::{LsaKey, Reach, Version};
use super::store::NEVER;

impl Database {
    /// The addresses of our interfaces: a network-LSA of version 2 that one of them names is ours.
    pub fn set_addresses(&mut self, mut addresses: Vec<u32>) {
        addresses.sort_unstable();
        self.addresses = addresses;
    }

    /// Whether an LSA is self-originated (RFC 2328 13.4).
    #[must_use]
    pub fn is_own(&self, key: LsaKey) -> bool {
        let is_ours = || self.addresses.binary_search(&key.id).is_ok();
        key.router == self.is.router_id
            || (self.is.version == Version::V2 && key.kind == 2 && is_ours())
    }

    /// Set or change an interface.
    pub fn set_interface(&mut self, number: u32, mut is: InterfaceSettings) {
        is.ack_delay_ns = is.ack_delay_ns.min(is.retransmit_ns / 2); // RFC 2328 13.5
        match self.interfaces.iter_mut().find(|interface| interface.number == number) {
            Some(interface) => interface.is = is,
            None => self.interfaces.push(Interface {
                number,
                is,
                neighbors: Vec::new(),
                queue: Paced::default(),
                acks: Vec::new(),
                acks_due: NEVER,
            }),
        }
    }

    /// Forget an interface with its neighbours; false if it was not there.
    pub fn remove_interface(&mut self, number: u32) -> bool {
        let Some(at) = self.interfaces.iter().position(|one| one.number == number) else {
            return false;
        };
        let neighbors: Vec<u32> =
            self.interfaces[at].neighbors.iter().map(|neighbor| neighbor.number).collect();
        neighbors.into_iter().for_each(|neighbor| {
            self.remove_neighbor(neighbor);
        });
        self.interfaces.remove(at);
        self.place_neighbors();
        true
    }

    fn place_neighbors(&mut self) {
        self.places.clear();
        for (i, interface) in self.interfaces.iter().enumerate() {
            for (n, neighbor) in interface.neighbors.iter().enumerate() {
                self.places.insert(neighbor.number, (i, n));
            }
        }
    }

    pub(super) fn place(&self, neighbor: u32) -> Option<(usize, usize)> {
        self.places.get(&neighbor).copied()
    }

    pub(super) fn at(&self, place: (usize, usize)) -> Option<(&Interface, &Neighbor)> {
        let interface = self.interfaces.get(place.0)?;
        Some((interface, interface.neighbors.get(place.1)?))
    }

    pub(super) fn at_mut(&mut self, place: (usize, usize)) -> Option<&mut Neighbor> {
        self.interfaces.get_mut(place.0)?.neighbors.get_mut(place.1)
    }

    pub(super) fn neighbor_at(&self, number: u32) -> Option<(&Interface, &Neighbor)> {
        self.at(self.place(number)?)
    }

    pub(super) fn neighbor_mut(&mut self, number: u32) -> Option<&mut Neighbor> {
        self.at_mut(self.place(number)?)
    }

    /// Set or change a neighbour; false if there is no such interface. One below Exchange has
    /// nothing on its lists.
    pub fn set_neighbor(&mut self, number: u32, interface: u32, is: NeighborSettings) -> bool {
        let Some(at) = self.interfaces.iter().position(|one| one.number == interface) else {
            return false;
        };
        if self.place(number).is_some_and(|(i, _)| i != at) {
            self.remove_neighbor(number);
        }
        if self.place(number).is_none() {
            self.interfaces[at].neighbors.push(Neighbor::new(number));
            self.place_neighbors();
        }
        let Some(neighbor) = self.neighbor_mut(number) else { return false };
        let (before, after) = (neighbor.is_exchanging(), is.state);
        neighbor.is = is;
        let is_exchanging = neighbor.is_exchanging();
        self.exchanging = self.exchanging + usize::from(is_exchanging) - usize::from(before);
        if after == State::Below {
            self.clear_neighbor(number);
        }
        if before && !is_exchanging {
            self.sweep();
        }
        true
    }

    /// Forget a neighbour; false if it was not there.
    pub fn remove_neighbor(&mut self, number: u32) -> bool {
        let Some((i, n)) = self.place(number) else { return false };
        self.clear_neighbor(number);
        let was_exchanging = self.interfaces[i].neighbors.remove(n).is_exchanging();
        self.exchanging -= usize::from(was_exchanging);
        self.place_neighbors();
        if was_exchanging {
            self.sweep();
        }
        true
    }

    /// Empty a neighbour's lists and queues; false if it was not there.
    pub fn clear_neighbor(&mut self, number: u32) -> bool {
        let Some(neighbor) = self.neighbor_mut(number) else { return false };
        neighbor.summary = std::collections::VecDeque::new();
        neighbor.requests.clear();
        neighbor.acks.clear();
        neighbor.queue.clear();
        for slot in neighbor.unacknowledged.take_all() {
            self.release(slot);
        }
        true
    }

    /// What is said about a neighbour, and on which interface it is.
    #[must_use]
    pub fn neighbor(&self, number: u32) -> Option<(u32, NeighborSettings)> {
        let (interface, neighbor) = self.neighbor_at(number)?;
        Some((interface.number, neighbor.is))
    }

    /// The neighbours of an interface, in the order in which they came.
    #[must_use]
    pub fn neighbors(&self, interface: u32) -> Option<Vec<u32>> {
        let interface = self.interfaces.iter().find(|one| one.number == interface)?;
        Some(interface.neighbors.iter().map(|neighbor| neighbor.number).collect())
    }

    /// What is said about an interface.
    #[must_use]
    pub fn interface(&self, number: u32) -> Option<InterfaceSettings> {
        self.interfaces.iter().find(|one| one.number == number).map(|one| one.is)
    }

    /// The interfaces on which LSAs of a scope are flooded, in the order in which they came.
    #[must_use]
    pub fn interfaces(&self, scope: u32) -> Vec<u32> {
        let carrying = self.interfaces.iter().filter(|one| one.carries(scope));
        carrying.map(|interface| interface.number).collect()
    }

    /// Whether a neighbour is in Exchange or Loading.
    #[must_use]
    pub fn is_exchanging(&self) -> bool {
        self.exchanging > 0
    }

    /// The scope of LSAs of a type on an interface; `None` for a type that is not known.
    #[must_use]
    pub fn scope_of(&self, is: &InterfaceSettings, kind: u16) -> Option<u32> {
        Some(match self.is.version.reach(kind)? {
            Reach::Link => is.link,
            Reach::Area => is.area,
            Reach::As => 0,
        })
    }

    /// Whether LSAs of a type, of this scope, are taken on an interface (RFC 2328 13, step 3;
    /// RFC 5340 4.5.1; RFC 3101 2.2).
    #[must_use]
    pub fn takes(&self, is: &InterfaceSettings, scope: u32, kind: u16) -> bool {
        (scope != 0 || is.takes_as_scope) && (!matches!(kind, 7 | 0x2007) || is.takes_type_7)
    }
}
