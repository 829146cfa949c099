//! The requests that go to the kernel: one route of one prefix, a dump, anything else.
//!
//! ```text
//! rtmsg: u8 family, destination length, source length, tos, table, protocol, scope, type; u32 flags
//! ```

use super::key::Key;
use super::wire::{self, Builder};

pub const RTA_DST: u16 = 1;
pub const RTA_PRIORITY: u16 = 6;
pub const RTA_TABLE: u16 = 15;

/// What all our routes have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// Who put it there: `RTPROT_...`.
    pub protocol: u8,
    /// Which table; 254 is the main one.
    pub table: u32,
    /// What the kernel calls priority: of routes with the same prefix the lowest is used.
    pub metric: u32,
}

/// What routes with the same next hops have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// `RTN_UNICAST`, `RTN_BLACKHOLE`, ...
    pub kind: u8,
    /// `RT_SCOPE_UNIVERSE`, or `RT_SCOPE_LINK` for what is on the link itself.
    pub scope: u8,
    /// `RTNH_F_ONLINK`, or 0: of a single next hop that stands in the route itself.
    pub flags: u32,
    /// The attributes that say where to, encoded.
    pub attributes: Vec<u8>,
}

impl Format {
    /// The table as the header has it, which cannot say more than 255 (`RT_TABLE_COMPAT`).
    fn short_table(&self) -> u8 {
        u8::try_from(self.table).unwrap_or(252)
    }

    /// Write one route into the builder; without `way` the message has no next hop.
    pub fn route<K: Key>(
        &self,
        out: &mut Builder,
        head: (u16, u16, u32),
        key: K,
        way: Option<&Way>,
    ) {
        let (kind, flags, sequence) = head;
        let (scope, route_type) = way.map_or((255, 0), |way| (way.scope, way.kind)); // 255: nowhere, any
        out.open(kind, flags | wire::REQUEST, sequence);
        let table = self.short_table();
        out.put(&[K::FAMILY, key.length(), 0, 0, table, self.protocol, scope, route_type]);
        out.put(&way.map_or(0, |way| way.flags).to_ne_bytes());
        key.with_address(|address| out.attribute(RTA_DST, address));
        out.attribute(RTA_PRIORITY, &self.metric.to_ne_bytes());
        if self.table > 255 {
            out.attribute(RTA_TABLE, &self.table.to_ne_bytes());
        }
        if let Some(way) = way {
            out.put(&way.attributes);
        }
        out.close();
    }
}

/// Make a copy of the last message, which is of a route that differs in nothing else, say this.
pub fn another<K: Key>(out: &mut Builder, key: K, flags: u16, sequence: u32) {
    out.repeat_last();
    out.patch(6, &(flags | wire::REQUEST).to_ne_bytes());
    out.patch(8, &sequence.to_ne_bytes());
    out.patch(wire::HEADER + 1, &[key.length()]);
    key.with_address(|address| out.patch(wire::HEADER + 12 + 4, address)); // RTA_DST comes first
}

/// One acknowledged request: its kind, its flags beside those, its body.
#[must_use]
pub fn single(kind: u16, flags: u16, sequence: u32, body: &[u8]) -> Vec<u8> {
    let mut out = Builder::default();
    out.open(kind, flags | wire::REQUEST | wire::ACK, sequence);
    out.put(body);
    out.close();
    out.bytes().to_vec()
}

/// Ask for all that there is of a kind.
#[must_use]
pub fn dump_request(kind: u16, sequence: u32, body: &[u8]) -> Vec<u8> {
    let mut out = Builder::default();
    out.open(kind, wire::REQUEST | wire::DUMP, sequence);
    out.put(body);
    out.close();
    out.bytes().to_vec()
}

impl Format {
    /// Ask for our routes of one family in our table.
    #[must_use]
    pub fn route_dump(&self, family: u8, sequence: u32) -> Vec<u8> {
        let mut body = Builder::default();
        body.put(&[family, 0, 0, 0, self.short_table(), self.protocol, 0, 0]);
        body.put(&[0; 4]);
        body.attribute(RTA_TABLE, &self.table.to_ne_bytes());
        dump_request(wire::GET_ROUTE, sequence, body.bytes())
    }
}
