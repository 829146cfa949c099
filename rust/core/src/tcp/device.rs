//! The "wire" below `smoltcp`: one packet in, a bounded queue of packets out.

use std::mem;

use smoltcp::phy::{Device, DeviceCapabilities, Medium, RxToken, TxToken};
use smoltcp::time::Instant;
use smoltcp::wire::{IpVersion, Ipv4Packet, Ipv6Packet};

/// Packets that a poll gives out at most; what is left waits for the next one.
const BURST: usize = 1024;

/// Packets that wait when nobody polls; replies beyond them are lost, as on a full interface.
const LIMIT: usize = 4096;

/// An interface of medium IP that lives in memory.
pub struct Queue {
    pub mtu: usize,
    /// Replies that found the queue full.
    pub lost: u64,
    /// The hop limit of the next reply, where its connection asks for one.
    hop_limit: Option<u8>,
    incoming: Option<Vec<u8>>,
    outgoing: Vec<Vec<u8>>,
}

impl Queue {
    pub fn new(mtu: usize) -> Queue {
        Queue { mtu, lost: 0, hop_limit: None, incoming: None, outgoing: Vec::new() }
    }

    /// The packet that the next ingress step sees, and the hop limit of the reply to it: `smoltcp`
    /// gives every immediate reply 64, also those of connections that have their own.
    pub fn put(&mut self, packet: Vec<u8>, hop_limit: Option<u8>) {
        self.incoming = Some(packet);
        self.hop_limit = hop_limit;
    }

    pub fn is_full(&self) -> bool {
        self.outgoing.len() >= BURST
    }

    pub fn take(&mut self) -> Vec<Vec<u8>> {
        mem::take(&mut self.outgoing)
    }
}

impl Device for Queue {
    type RxToken<'a> = Received;
    type TxToken<'a> = Slot<'a>;

    fn receive(&mut self, _: Instant) -> Option<(Received, Slot<'_>)> {
        let packet = self.incoming.take()?;
        let hop_limit = self.hop_limit.take();
        let slot = Slot { queue: &mut self.outgoing, lost: &mut self.lost, hop_limit };
        Some((Received(packet), slot))
    }

    fn transmit(&mut self, _: Instant) -> Option<Slot<'_>> {
        if self.is_full() {
            return None;
        }
        Some(Slot { queue: &mut self.outgoing, lost: &mut self.lost, hop_limit: None })
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ip;
        capabilities.max_transmission_unit = self.mtu;
        capabilities
    }
}

/// A packet that came in.
pub struct Received(Vec<u8>);

impl RxToken for Received {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, read: F) -> R {
        read(&self.0)
    }
}

/// Room for a packet that goes out.
pub struct Slot<'a> {
    queue: &'a mut Vec<Vec<u8>>,
    lost: &'a mut u64,
    hop_limit: Option<u8>,
}

impl TxToken for Slot<'_> {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, len: usize, write: F) -> R {
        let mut packet = vec![0; len];
        let result = write(&mut packet);
        if let Some(hop_limit) = self.hop_limit {
            set_hop_limit(&mut packet, hop_limit);
        }
        if self.queue.len() < LIMIT {
            self.queue.push(packet);
        } else {
            *self.lost = self.lost.wrapping_add(1);
        }
        result
    }
}

fn set_hop_limit(packet: &mut [u8], hop_limit: u8) {
    match IpVersion::of_packet(packet) {
        Ok(IpVersion::Ipv4) => {
            let mut packet = Ipv4Packet::new_unchecked(packet);
            packet.set_hop_limit(hop_limit);
            packet.fill_checksum();
        }
        Ok(IpVersion::Ipv6) => Ipv6Packet::new_unchecked(packet).set_hop_limit(hop_limit),
        Err(_) => {}
    }
}
