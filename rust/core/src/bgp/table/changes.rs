//! What the routing table is told: prefixes whose best path changed, by what they have in common.

use std::collections::HashMap;

use super::family::FamilyTable;
use crate::addr::Net;
use crate::bgp::attributes::Store;
use crate::bgp::journal::Reader;
use crate::bgp::nets::{Net4, Net6, NetIx, NetKey};
use crate::bgp::next_hops::NextHopId;
use crate::bgp::paths::{NO_PATH, flags};
use crate::bgp::peer::PeerId;

/// What routes have in common that a forwarding table cannot tell apart, but for their prefix.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RouteGroup {
    /// By whom; 0 is ourselves, and no route is made of those.
    pub peer: PeerId,
    /// The best next hop, and those used beside it, in order.
    pub next_hops: Vec<NextHopId>,
}

/// Changes for the routing table.
#[derive(Clone, Debug, Default)]
pub struct RouteNews {
    /// Prefixes that are reached so from now on.
    pub announced: Vec<(RouteGroup, Vec<Net>)>,
    /// Prefixes that are reached no more, or by ourselves.
    pub withdrawn: Vec<Net>,
}

/// A prefix of a family that is routed by.
pub trait Routed: NetKey {
    /// As a prefix of either family.
    fn routed(&self) -> Option<Net>;
}

impl Routed for Net4 {
    fn routed(&self) -> Option<Net> {
        self.net()
    }
}

impl Routed for Net6 {
    fn routed(&self) -> Option<Net> {
        self.net()
    }
}

impl<K: Routed> FamilyTable<K> {
    /// Up to `limit` changes that a reader of the journal has not seen.
    pub fn news(&mut self, reader: Reader, limit: usize, store: &Store) -> RouteNews {
        let nets = self.journal.read(reader, limit);
        let mut groups: HashMap<RouteGroup, usize> = HashMap::new();
        let mut news = RouteNews::default();
        let mut last: Option<(RouteGroup, usize)> = None;
        for net in nets {
            let Some(prefix) = self.nets.get(net).and_then(|entry| entry.key.routed()) else {
                continue;
            };
            if let Some((held, at)) = &last
                && self.is_alone(net, store, held)
                && let Some((_, nets)) = news.announced.get_mut(*at)
            {
                nets.push(prefix);
                continue;
            }
            let Some(group) = self.group(net, store) else {
                news.withdrawn.push(prefix);
                continue;
            };
            let at = match &last {
                Some((held, at)) if *held == group => *at,
                _ => {
                    let next = groups.len();
                    let at = *groups.entry(group.clone()).or_insert(next);
                    if at == news.announced.len() {
                        news.announced.push((group.clone(), Vec::new()));
                    }
                    last = Some((group, at));
                    at
                }
            };
            if let Some((_, nets)) = news.announced.get_mut(at) {
                nets.push(prefix);
            }
        }
        news
    }

    /// Whether a prefix has one path, and that is of this group: most are of the one before.
    fn is_alone(&self, net: NetIx, store: &Store, group: &RouteGroup) -> bool {
        let first = self.nets.get(net).filter(|entry| entry.best == entry.first);
        let path = first.and_then(|entry| self.paths.get(entry.first));
        let path = path.filter(|path| path.next == NO_PATH && path.peer == group.peer);
        let set = path.and_then(|path| store.get(path.imported));
        set.is_some_and(|set| group.next_hops == [set.next_hop])
    }

    fn group(&self, net: NetIx, store: &Store) -> Option<RouteGroup> {
        let entry = self.nets.get(net)?;
        let best = self.paths.get(entry.best)?;
        if best.peer == 0 {
            return None;
        }
        let set = store.get(best.imported)?;
        let beside = self
            .paths
            .list(entry.first)
            .filter(|(at, path)| *at != entry.best && path.flags & flags::MULTIPATH != 0);
        let mut others: Vec<_> =
            beside.filter_map(|(_, path)| Some(store.get(path.imported)?.next_hop)).collect();
        others.retain(|&hop| hop != set.next_hop);
        others.sort_unstable();
        others.dedup();
        others.insert(0, set.next_hop);
        Some(RouteGroup { peer: best.peer, next_hops: others })
    }
}
