//! `PrefixList`: the first entry that means a prefix decides, however many there are.

use crate::addr::{Ip, Net};

/// One line: prefixes inside of one, with lengths in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrefixEntry {
    /// What they are inside of.
    pub net: Net,
    /// The least length.
    pub least: u8,
    /// The greatest length.
    pub most: u8,
    /// Whether they are let through.
    pub permits: bool,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    place: u32,
    least: u8,
    most: u8,
    permits: bool,
}

const NONE: u32 = u32::MAX;

/// A prefix that entries begin with. They stand in order of address, then length, so that those
/// around a prefix are the last one that is not behind it, and those around that.
#[derive(Clone, Debug)]
struct Node {
    net: Net,
    around: u32,
    rows: (u32, u32),
}

/// A list with its entries by prefix.
#[derive(Clone, Debug, Default)]
pub struct PrefixList {
    v4: Vec<Node>,
    v6: Vec<Node>,
    rows: Vec<Row>,
    /// Where the nodes of each value of the first 16 bits begin, of IPv4.
    pages: Vec<u32>,
}

impl PrefixList {
    /// With entries in order.
    #[must_use]
    pub fn new(entries: &[PrefixEntry]) -> Self {
        let mut made = Self::default();
        let mut sorted: Vec<(u32, &PrefixEntry)> = (0..).zip(entries).collect();
        sorted.sort_by_key(|(place, one)| (key(one.net), *place));
        for (place, one) in sorted {
            let Self { v4, v6, rows, .. } = &mut made;
            let nodes = if matches!(one.net.ip(), Ip::V4(_)) { v4 } else { v6 };
            let end = rows.len() as u32;
            rows.push(Row { place, least: one.least, most: one.most, permits: one.permits });
            match nodes.last_mut() {
                Some(last) if last.net == one.net => last.rows.1 = end + 1,
                _ => {
                    let around = around(nodes, nodes.len() as u32, one.net);
                    nodes.push(Node { net: one.net, around, rows: (end, end + 1) });
                }
            }
        }
        made.pages = pages(&made.v4);
        made
    }

    /// Whether the entry that decides about a prefix permits it.
    #[must_use]
    pub fn permits(&self, net: Net) -> bool {
        let (nodes, after) = match net.ip() {
            Ip::V4(address) => {
                let page = (address >> 16) as usize;
                let bound = |at: usize| self.pages.get(at).map_or(0, |&one| one as usize);
                let (first, last) = (bound(page), bound(page + 1));
                let held = self.v4.get(first..last).unwrap_or_default();
                (&self.v4, first + held.partition_point(|one| key(one.net) <= key(net)))
            }
            Ip::V6(_) => (&self.v6, self.v6.partition_point(|one| key(one.net) <= key(net))),
        };
        let mut at = around(nodes, after as u32, net);
        let (mut found, mut permits, length) = (NONE, false, net.len());
        while let Some(node) = nodes.get(at as usize) {
            let (first, last) = node.rows;
            let rows = self.rows.get(first as usize..last as usize).unwrap_or_default();
            for row in rows {
                if row.least <= length && length <= row.most && row.place < found {
                    (found, permits) = (row.place, row.permits);
                    break; // those behind it come later
                }
            }
            at = node.around;
        }
        permits
    }
}

/// The place of the smallest of `nodes` around a prefix, of those before `after`.
fn around(nodes: &[Node], after: u32, net: Net) -> u32 {
    let mut at = after.checked_sub(1).unwrap_or(NONE);
    while let Some(node) = nodes.get(at as usize) {
        if node.net.contains(net) {
            return at;
        }
        at = node.around;
    }
    NONE
}

fn key(net: Net) -> (u128, u8) {
    let address = match net.ip() {
        Ip::V4(address) => u128::from(address),
        Ip::V6(address) => address,
    };
    (address, net.len())
}

fn pages(nodes: &[Node]) -> Vec<u32> {
    let mut pages = vec![0; 0x1_0001];
    for node in nodes {
        if let Ip::V4(address) = node.net.ip()
            && let Some(count) = pages.get_mut((address >> 16) as usize + 1)
        {
            *count += 1;
        }
    }
    let mut sum = 0;
    for count in &mut pages {
        sum += *count;
        *count = sum;
    }
    pages
}
