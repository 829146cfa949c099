//! From the answers of the tables to an adjacency, or the reason why not.

use super::family::Family;
use super::lanes::Lanes;
use super::reason::Reason;
use super::tables::{BORDER, BUCKETS, CONNECTED, Port, Tables, UP};

/// What a batch has in common.
pub struct Ingress<'a> {
    pub tables: &'a Tables,
    pub number: u16,
    pub port: &'a Port,
}

impl Ingress<'_> {
    /// The adjacency of the packet in `lane`; `bytes` are those of the buffer.
    pub fn decide<A: Family>(
        &self,
        lanes: &Lanes<A>,
        lane: usize,
        bytes: &[u8],
    ) -> Result<u32, Reason> {
        let tables = self.tables;
        let class = if lanes.is_near { Reason::of_address(lanes.class[lane]) } else { None };
        match class {
            Some(Reason::Border) if !self.port.is_border => {}
            Some(reason) => return Err(reason),
            None => {}
        }
        if let Some(row) = &self.port.reverse {
            let from = lanes.from[lane];
            let word = row.get(from as usize / 32).copied().unwrap_or(0);
            if word >> (from % 32) & 1 == 0 {
                return Err(Reason::ReversePath);
            }
        }
        let word = tables.groups.get(lanes.to[lane] as usize).copied().unwrap_or(UP);
        let number = word & !UP;
        let way = match word & UP {
            0 => number,
            CONNECTED => {
                let way = tables.neighbours.find(lanes.destination[lane].ip());
                if tables.port_of(way as usize).map(u32::from) != Some(number) {
                    return Err(Reason::Unresolved);
                }
                way
            }
            BUCKETS => {
                let hash = lanes.hash(tables.seed, lane, bytes)?;
                let spread = tables.spreads.get(number as usize).copied();
                let [first, mask] = spread.ok_or(Reason::NoRoute)?;
                let bucket = first.wrapping_add(hash as u32 & mask);
                tables.buckets.get(bucket as usize).copied().unwrap_or(0)
            }
            _ if number == Reason::NotUnicast as u32 => return Err(Reason::NotUnicast),
            _ => return Err(Reason::NoRoute),
        };
        let rewrite = tables.rewrites.get(way as usize).ok_or(Reason::Unresolved)?;
        if class == Some(Reason::Border) && rewrite.port & BORDER != 0 {
            return Err(Reason::Border);
        }
        if rewrite.mtu == 0 {
            return Err(Reason::Unresolved);
        }
        if lanes.total[lane] > rewrite.mtu.into() {
            return Err(Reason::TooBig);
        }
        if rewrite.port & !BORDER == self.number {
            return Err(Reason::SamePort);
        }
        Ok(way)
    }
}
