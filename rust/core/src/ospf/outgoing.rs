//! What leaves: updates with what is flooded, asked for or not acknowledged, and acknowledgments.

use super::database::Database;
use super::interface::Interface;
use super::lsa::{HEADER, MAX_AGE};
use super::store::{Entry, Store};

/// The type of an update (RFC 2328 A.3.1).
pub const UPDATE: u8 = 4;
/// The type of an acknowledgment.
pub const ACKNOWLEDGMENT: u8 = 5;
/// So many packets of retransmissions leave to a neighbour before it is given a pause.
const RETRANSMITTED_AT_ONCE: usize = 16;

/// The body of a packet that leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Where.
    pub interface: u32,
    /// To whom; 0 for all of the interface.
    pub neighbor: u32,
    /// `UPDATE` or `ACKNOWLEDGMENT`.
    pub kind: u8,
    /// What follows the header of the packet.
    pub body: Vec<u8>,
}

/// Packs LSAs into bodies of updates, each as full as it gets.
struct Packer {
    room: usize,
    delay: u16,
    now: i64,
    count: u32,
    body: Vec<u8>,
    done: Vec<Vec<u8>>,
}

impl Packer {
    fn new(interface: &Interface, now: i64) -> Packer {
        Packer {
            room: interface.is.room,
            delay: interface.is.transmit_delay_s,
            now,
            count: 0,
            body: Vec::new(),
            done: Vec::new(),
        }
    }

    /// Put an LSA in, as old as it will be when it arrives (RFC 2328 13.3, step 5).
    fn add(&mut self, entry: &Entry) {
        if self.count > 0 && self.body.len() + entry.lsa.len() > self.room {
            self.close();
        }
        if self.count == 0 {
            self.body.extend_from_slice(&[0; 4]);
        }
        self.count += 1;
        let age = entry.age(self.now).saturating_add(self.delay).min(MAX_AGE);
        entry.write(&mut self.body, entry.lsa.len(), age);
    }

    fn close(&mut self) {
        let mut body = std::mem::take(&mut self.body);
        if let Some(count) = body.first_chunk_mut::<4>() {
            *count = std::mem::take(&mut self.count).to_be_bytes();
            self.done.push(body);
        }
    }

    fn finish(mut self) -> Vec<Vec<u8>> {
        self.close();
        self.done
    }
}

/// Headers in bodies that fit.
fn packed_acks(headers: &mut Vec<u8>, room: usize) -> Vec<Vec<u8>> {
    let most = (room / HEADER).max(1) * HEADER;
    if headers.len() <= most {
        let all = std::mem::take(headers);
        return if all.is_empty() { Vec::new() } else { vec![all] };
    }
    std::mem::take(headers).chunks(most).map(<[u8]>::to_vec).collect()
}

impl Interface {
    fn deadline(&self) -> Option<i64> {
        let acks = (!self.acks.is_empty()).then_some(self.acks_due);
        let of_neighbors = self.neighbors.iter().filter_map(|neighbor| {
            if !neighbor.acks.is_empty() || !neighbor.queue.is_empty() {
                return Some(neighbor.waits_since);
            }
            neighbor.unacknowledged.deadline().map(|due| due.max(neighbor.rests_until))
        });
        of_neighbors.chain(acks).chain(self.queue.deadline()).min()
    }

    fn leave(&mut self, store: &mut Store, now: i64, pace: i64, out: &mut Vec<Outgoing>) {
        let number = self.number;
        let mut packer = Packer::new(self, now);
        for (slot, serial) in self.queue.take(now, pace) {
            if let Some(entry) = store.get(slot).filter(|entry| entry.serial == serial) {
                packer.add(entry);
            }
        }
        let put = |neighbor, kind, bodies: Vec<Vec<u8>>, out: &mut Vec<Outgoing>| {
            let packet = |body| Outgoing { interface: number, neighbor, kind, body };
            out.extend(bodies.into_iter().map(packet));
        };
        put(0, UPDATE, packer.finish(), out);
        if self.acks_due <= now {
            put(0, ACKNOWLEDGMENT, packed_acks(&mut self.acks, self.is.room), out);
        }
        for at in 0..self.neighbors.len() {
            let mut packer = Packer::new(self, now);
            let (room, again) = (self.is.room, now.saturating_add(self.is.retransmit_ns));
            let Some(neighbor) = self.neighbors.get_mut(at) else { break };
            put(neighbor.number, ACKNOWLEDGMENT, packed_acks(&mut neighbor.acks, room), out);
            for (scope, key) in std::mem::take(&mut neighbor.queue) {
                if let Some(entry) = store.find(scope, key) {
                    packer.add(entry);
                }
            }
            packer.close();
            let most = packer.done.len() + RETRANSMITTED_AT_ONCE;
            while neighbor.rests_until <= now {
                let Some(slot) = neighbor.unacknowledged.take_due(now, again) else { break };
                if let Some(entry) = store.get_mut(slot) {
                    entry.sent = now;
                    packer.add(entry);
                }
                if packer.done.len() >= most {
                    neighbor.rests_until = now.saturating_add(pace.max(1));
                }
            }
            put(neighbor.number, UPDATE, packer.finish(), out);
        }
    }
}

impl Database {
    /// Take what leaves now, in the order of interfaces.
    pub fn outgoing(&mut self, now: i64) -> Vec<Outgoing> {
        let mut out = Vec::new();
        for interface in &mut self.interfaces {
            if interface.deadline().is_some_and(|due| due <= now) {
                interface.leave(&mut self.store, now, self.is.pace_ns, &mut out);
            }
        }
        out
    }

    /// When there is something for `outgoing` or `pass_time`.
    #[must_use]
    pub fn next_deadline(&self) -> Option<i64> {
        let of_interfaces = self.interfaces.iter().filter_map(Interface::deadline);
        of_interfaces.chain(self.store.next_death()).min()
    }
}
