//! What was counted.

use super::reason::NAMES;
use super::tables::Tables;

/// Packets and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Frames.
    pub packets: u64,
    /// Bytes of frames, from the Ethernet header to the end of the packet.
    pub bytes: u64,
}

impl Traffic {
    /// One more.
    #[inline]
    pub fn add(&mut self, packets: u64, bytes: u64) {
        self.packets = self.packets.wrapping_add(packets);
        self.bytes = self.bytes.wrapping_add(bytes);
    }
}

/// Of one port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortCounters {
    /// What came in.
    pub received: Traffic,
    /// By the number of the reason: frames that came in and were handed up; the first is 0.
    pub handed_up: [u64; NAMES.len()],
}

/// Of all ports and adjacencies, since the tables were made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// By port.
    pub ports: Vec<PortCounters>,
    /// By adjacency: what left; the first is that of none.
    pub adjacencies: Vec<Traffic>,
}

impl Counters {
    /// All zero.
    #[must_use]
    pub fn new(tables: &Tables) -> Counters {
        Counters {
            ports: vec![PortCounters::default(); tables.ports.len()],
            adjacencies: vec![Traffic::default(); tables.rewrites.len()],
        }
    }
}
