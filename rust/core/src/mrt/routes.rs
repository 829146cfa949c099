//! A dump held by peer, to be told again: UPDATEs with as many prefixes as have the same attributes.

use super::batches::{MrtBatches, UNUSABLE};
use super::table::PeerFilter;
use crate::addr::{Ip, Net};
use crate::bgp::attributes::codes::{NEXT_HOP, TRANSITIVE};
use crate::bgp::attributes::{Attributes, Draft};
use crate::bgp::family::Family;
use crate::bgp::nets::{Net4, Net6, NetKey};
use crate::bgp::records::updates;

/// Set, prefix, path identifier.
type Route = (u32, Net, u32);

/// What each peer of a dump said, by attributes; without what has no next hop.
#[derive(Default)]
pub struct MrtRoutes {
    /// What reads the file.
    pub batches: MrtBatches,
    filter: Option<PeerFilter>,
    by_peer: Vec<Vec<Route>>,
    is_sorted: bool,
}

impl MrtRoutes {
    /// Of one peer, or of all.
    #[must_use]
    pub fn new(filter: Option<PeerFilter>) -> Self {
        Self { filter, ..Self::default() }
    }

    /// Take the next bytes of the (decompressed) file.
    pub fn feed(&mut self, chunk: &[u8]) {
        self.batches.feed(chunk);
        self.keep();
    }

    /// The file is over.
    pub fn finish(&mut self) {
        self.batches.finish();
        self.keep();
    }

    fn keep(&mut self) {
        let batch = self.batches.take();
        let peers = self.batches.peers();
        self.by_peer.resize_with(peers.len(), Vec::new);
        let is_kept: Vec<bool> =
            peers.iter().map(|&peer| self.filter.is_none_or(|one| one.admits(peer))).collect();
        let ids = batch.path_ids.iter();
        let rows = batch.nets.iter().zip(&batch.peers).zip(&batch.sets).zip(ids);
        for (((&net, &peer), &set), &path_id) in rows {
            let at = peer as usize;
            // a route of the router that wrote the dump may have no next hop: nobody can tell it
            let hop = self.batches.attributes(set).and_then(|set| Attributes(set).value(NEXT_HOP));
            if set != UNUSABLE
                && hop.is_some()
                && is_kept.get(at) == Some(&true)
                && let Some(routes) = self.by_peer.get_mut(at)
            {
                routes.push((set, net, path_id));
                self.is_sorted = false;
            }
        }
    }

    /// How many routes each peer has, in the order of `MrtBatches::peers`.
    pub fn counts(&self) -> impl Iterator<Item = usize> {
        self.by_peer.iter().map(Vec::len)
    }

    /// Memory held, in octets, roughly.
    #[must_use]
    pub fn memory(&self) -> usize {
        let rows: usize = self.by_peer.iter().map(Vec::capacity).sum();
        self.batches.memory() + rows * size_of::<Route>()
    }

    /// UPDATEs of the `limit` routes of a peer from `from` on, and where to go on; None: that is
    /// all. With path identifiers, or without: then of several to a prefix one counts. `next_hop`, of
    /// 4 octets, 16 or both, takes the place of those of its family.
    #[allow(clippy::too_many_arguments)] // each says something else
    pub fn messages(
        &mut self,
        peer: u32,
        from: usize,
        limit: usize,
        longest: usize,
        has_ids: bool,
        next_hop: &[u8],
    ) -> (Vec<u8>, Option<usize>) {
        if !self.is_sorted {
            // by attributes, those of IPv4 and IPv6 apart
            self.by_peer.iter_mut().for_each(|routes| routes.sort_unstable_by_key(order));
            self.is_sorted = true;
        }
        let Self { by_peer, batches, .. } = self;
        let Some(routes) = by_peer.get(peer as usize) else { return (Vec::new(), None) };
        let end = from.saturating_add(limit).min(routes.len());
        let mut rest = routes.get(from..end).unwrap_or_default();
        let (mut out, mut nlri, mut ends) = (Vec::new(), Vec::new(), Vec::new());
        while let Some(&(set, first, _)) = rest.first() {
            let is_v6 = is_v6(first);
            let alike = rest.iter().take_while(|one| one.0 == set && self::is_v6(one.1) == is_v6);
            let count = alike.count();
            nlri.clear();
            ends.clear();
            for &(_, net, path_id) in rest.iter().take(count) {
                if has_ids {
                    nlri.extend(path_id.to_be_bytes());
                }
                match net.ip() {
                    Ip::V4(address) => Net4::new(address, net.len()).write(&mut nlri),
                    Ip::V6(address) => Net6::new(address, net.len()).write(&mut nlri),
                }
                ends.push(nlri.len());
            }
            let family = if is_v6 { Family::IPV6 } else { Family::IPV4 };
            let mut draft = Draft::of(batches.attributes(set).unwrap_or_default());
            if let Some(next_hop) = of_family(next_hop, is_v6) {
                draft.set(TRANSITIVE, NEXT_HOP, next_hop);
            }
            out.extend(updates(family, Some(&draft.bytes()), &nlri, &ends, longest));
            rest = rest.get(count..).unwrap_or_default();
        }
        (out, (end < routes.len()).then_some(end))
    }
}

fn is_v6(net: Net) -> bool {
    matches!(net.ip(), Ip::V6(_))
}

fn order(route: &Route) -> (bool, u32, Net, u32) {
    (is_v6(route.1), route.0, route.1, route.2)
}

/// What of a next hop of 4 octets, of 16 or of both is for a family.
fn of_family(next_hop: &[u8], is_v6: bool) -> Option<&[u8]> {
    match (next_hop.len(), is_v6) {
        (4, false) | (16, true) => Some(next_hop),
        (20, false) => next_hop.get(..4),
        (20, true) => next_hop.get(4..),
        _ => None,
    }
}
