//! The single steps of flooding, for the one who does them one by one.

use super::database::Database;
use super::lsa::{HEADER, LsaKey};

impl Database {
    /// Queue an LSA to be flooded on an interface (RFC 2328 13.3, step 5), where a refresh may wait;
    /// false if one is unknown.
    pub fn queue(
        &mut self,
        interface: u32,
        scope: u32,
        key: LsaKey,
        now: i64,
        is_refresh: bool,
    ) -> bool {
        let Some(slot) = self.store.slot(scope, key) else { return false };
        let Some(entry) = self.store.get_mut(slot) else { return false };
        let found = self.interfaces.iter_mut().find(|one| one.number == interface);
        let Some(interface) = found else { return false };
        interface.queue.push(slot, entry.serial, interface.due(now, entry.age(now), is_refresh));
        entry.sent = now;
        true
    }

    /// Queue an LSA to one neighbour, on no list; false if one is unknown.
    pub fn send(&mut self, neighbor: u32, scope: u32, key: LsaKey, now: i64) -> bool {
        let place = self.place(neighbor).filter(|_| self.store.slot(scope, key).is_some());
        place.is_some_and(|place| {
            self.send_to(place, scope, key, now);
            true
        })
    }

    /// Queue an acknowledgment: direct, or delayed to all of the interface.
    pub fn acknowledge(&mut self, neighbor: u32, header: &[u8], now: i64, is_direct: bool) -> bool {
        let Some((i, n)) = self.place(neighbor) else { return false };
        let Some(interface) = self.interfaces.get_mut(i) else { return false };
        match interface.neighbors.get_mut(n) {
            Some(neighbor) if is_direct => neighbor.ack(header, now),
            _ => interface.delay_ack(header, now),
        }
        true
    }

    /// Take an LSA out if it is dying and nobody holds it (RFC 2328 14).
    pub fn settle_named(&mut self, scope: u32, key: LsaKey) {
        if let Some(slot) = self.store.slot(scope, key) {
            self.settle(slot);
        }
    }

    /// The header of an LSA on a neighbour's request list.
    #[must_use]
    pub fn requested(&self, neighbor: u32, key: LsaKey) -> Option<[u8; HEADER]> {
        self.neighbor_at(neighbor)?.1.requests.raw(key).copied()
    }

    /// Take an LSA off a neighbour's request list.
    pub fn drop_request(&mut self, neighbor: u32, key: LsaKey) -> bool {
        self.neighbor_mut(neighbor).is_some_and(|neighbor| {
            neighbor.requests.remove(key);
            true
        })
    }

    /// Whether an LSA is on a neighbour's retransmission list.
    #[must_use]
    pub fn is_unacknowledged(&self, neighbor: u32, scope: u32, key: LsaKey) -> Option<bool> {
        let (_, neighbor) = self.neighbor_at(neighbor)?;
        let slot = self.store.slot(scope, key);
        Some(slot.is_some_and(|slot| neighbor.unacknowledged.contains(slot)))
    }

    /// Put an LSA on a neighbour's retransmission list; false if one is unknown.
    pub fn add_unacknowledged(&mut self, neighbor: u32, name: (u32, LsaKey), now: i64) -> bool {
        let Some(slot) = self.store.slot(name.0, name.1) else { return false };
        let Some((i, n)) = self.place(neighbor) else { return false };
        let Some(interface) = self.interfaces.get_mut(i) else { return false };
        let due = now.saturating_add(interface.is.retransmit_ns);
        let Some(neighbor) = interface.neighbors.get_mut(n) else { return false };
        if neighbor.unacknowledged.add(slot, now, due)
            && let Some(entry) = self.store.get_mut(slot)
        {
            entry.held += 1;
        }
        true
    }

    /// Take an LSA off a neighbour's retransmission list; false if it is unknown.
    pub fn drop_unacknowledged(&mut self, neighbor: u32, scope: u32, key: LsaKey) -> bool {
        let slot = self.store.slot(scope, key);
        let Some(neighbor) = self.neighbor_mut(neighbor) else { return false };
        if let Some(slot) = slot.filter(|&slot| neighbor.unacknowledged.remove(slot)) {
            self.release(slot);
        }
        true
    }
}
