//! Paths that flap, in all families: when they are used again, and what is known of them.

use super::family::FamilyTable;
use super::peers::Peer;
use super::{Key, Table, with_family};
use crate::bgp::damping::Terms;
use crate::bgp::family::Family;
use crate::bgp::nets::{NetIx, NetKey, Opaque};
use crate::bgp::peer::PeerId;

/// How many records are looked at in a call.
const SLICE: usize = 10_000;

/// A path that flaps, as people ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flapping {
    /// Who says it.
    pub peer: PeerId,
    /// Its path identifier.
    pub path_id: u32,
    /// Its penalty now.
    pub penalty: u32,
    /// The instant at which it is used again, if it is suppressed.
    pub until: Option<u64>,
}

impl Table {
    /// Use paths again whose time has come; true: something may have changed.
    pub fn pass_time(&mut self, now: u64) -> bool {
        if self.next_deadline().is_none_or(|due| due > now) {
            return false;
        }
        let now = self.since(now);
        let Self { v4, v6, others, peers, .. } = self;
        let mut used = vec![pass(v4, peers, now), pass(v6, peers, now)];
        used.extend(others.values_mut().map(|table| pass(table, peers, now)));
        for (family, changed) in used {
            self.tell_judged(family, changed);
        }
        true
    }

    /// The instant at which `pass_time` is owed.
    #[must_use]
    pub fn next_deadline(&self) -> Option<u64> {
        let others = self.others.values().filter_map(|table| table.damping.next_due());
        let all = [self.v4.damping.next_due(), self.v6.damping.next_due()];
        let first = all.into_iter().flatten().chain(others).min()?;
        Some(self.instant(first))
    }

    /// What is known of the paths to a prefix that flap, of those that are told now.
    pub fn flapping(&mut self, family: Family, key: &Key, now: u64) -> Vec<Flapping> {
        let second = self.since(now);
        let places: Vec<_> =
            self.paths(family, key).iter().map(|one| (one.peer, one.path_id)).collect();
        let mut found = Vec::new();
        for (peer, path_id) in places {
            let held = match key {
                Key::V4(key) => self.v4.damping.merit(key, peer, path_id),
                Key::V6(key) => self.v6.damping.merit(key, peer, path_id),
                Key::Opaque(octets) => {
                    let key = Opaque::of(family, &octets.0).0;
                    let table = self.others.get(&family.code());
                    table.and_then(|table| table.damping.merit(&key, peer, path_id))
                }
            };
            let rules = self.peer(peer).and_then(|one| one.families.get(&family.code()));
            let Some((merit, terms)) = held.zip(rules.and_then(|rules| rules.damping)) else {
                continue;
            };
            let penalty = terms.decayed(merit.penalty, second.saturating_sub(merit.at));
            let until = merit.is_suppressed.then(|| self.instant(merit.due(&terms)));
            found.push(Flapping { peer, path_id, penalty, until });
        }
        found
    }

    /// A neighbour is gone, and what was held against it.
    pub(super) fn forget_flaps(&mut self, peer: PeerId) {
        for family in self.families().collect::<Vec<_>>() {
            with_family!(self, family, table => table.damping.forget(peer));
        }
    }
}

/// Paths of a family that are used again, by neighbour and place.
type Used = (Family, Vec<(PeerId, NetIx)>);

fn pass<K: NetKey>(table: &mut FamilyTable<K>, peers: &mut [Option<Peer>], now: u32) -> Used {
    let mut used = Vec::new();
    let code = table.family.code();
    let terms = |peer: PeerId| -> Option<Terms> {
        peers.get(usize::from(peer))?.as_ref()?.families.get(&code)?.damping
    };
    for (key, peer, path_id) in table.damping.pass(now, SLICE, terms) {
        let Some((before, after)) = table.release(&key, peer, path_id) else { continue };
        if let Some(held) = peers.get_mut(usize::from(peer)).and_then(Option::as_mut) {
            held.counts.entry(code).or_default().note(Some(before), Some(after));
        }
        used.extend(table.nets.find(&key).map(|net| (peer, net)));
    }
    (table.family, used)
}
