//! `Sweep`: something that concerns every prefix of a family, done a slice at a time.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Table, with_family};
use crate::bgp::attributes::{Store, codes};
use crate::bgp::family::Family;
use crate::bgp::nets::{NetIx, NetKey};
use crate::bgp::next_hops::NextHopId;
use crate::bgp::paths::{NO_PATH, Path, flags};
use crate::bgp::peer::PeerId;
use crate::bgp::table::FamilyTable;
use crate::bgp::validation::VrpTable;

/// What is done to paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Those of a telling of this parity, and all stale ones, are taken out.
    Remove {
        /// Of the telling that ended.
        was_even: bool,
    },
    /// Those of a telling of this parity are stale; those that were already are taken out
    /// (RFC 4724 4.2: they were not refreshed before the session was lost again).
    Stale {
        /// Of the telling that ended.
        was_even: bool,
    },
    /// Those of a telling of this parity are stale, though the session goes on (RFC 7313 4).
    Refresh {
        /// Of the telling that ended.
        was_even: bool,
    },
    /// Stale ones are taken out: all is said again (RFC 4724 4.2, RFC 7313 4), or their time is over.
    DropStale,
    /// Stale ones are so for long (RFC 9494 4.2); those with NO_LLGR are taken out.
    LongLived,
    /// All are judged by the import policy again.
    Refeed,
    /// Those to prefixes that one of these covers are judged again, on their way in and out.
    Validate(Arc<VrpTable>),
    /// Prefixes are decided again whose paths have one of these next hops.
    NextHop(BTreeSet<NextHopId>),
    /// All prefixes are decided again: rules or neighbours have changed.
    Decide,
}

/// An action on its way through a family.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    /// The family.
    pub family: Family,
    /// Whose paths; None: everybody's.
    pub peer: Option<PeerId>,
    /// What is done.
    pub action: Action,
    at: NetIx,
}

impl Table {
    /// Do something to a family in slices, after all that is under way.
    pub fn sweep(&mut self, family: Family, peer: Option<PeerId>, action: Action) {
        // one that has not begun does for both
        for held in self.sweeps.iter_mut().filter(|one| one.at == 0 && one.family == family) {
            if let (Action::NextHop(held), Action::NextHop(more)) = (&mut held.action, &action) {
                held.extend(more);
                return;
            }
            if let (Action::Validate(held), Action::Validate(more)) = (&mut held.action, &action) {
                *held = Arc::new(held.union(more));
                return;
            }
            let is_idle = matches!(action, Action::Decide | Action::Refeed);
            if is_idle && held.action == action && held.peer == peer {
                return;
            }
        }
        self.sweeps.push_back(Sweep { family, peer, action, at: 0 });
    }

    /// What is under way, first things first.
    pub fn sweeps(&self) -> impl Iterator<Item = &Sweep> {
        self.sweeps.iter()
    }

    /// Do a slice of what is under way, `budget` prefixes; true if something is left.
    pub fn work(&mut self, mut budget: usize) -> bool {
        while budget > 0
            && let Some(mut sweep) = self.sweeps.pop_front()
        {
            let done = self.slice(&mut sweep, budget);
            budget = budget.saturating_sub(done.max(1));
            let end = with_family!(self, sweep.family, table => table.nets.end()).unwrap_or(0);
            if sweep.at < end {
                self.sweeps.push_front(sweep);
            }
        }
        !self.sweeps.is_empty()
    }

    /// Do all that concerns a neighbour now.
    pub(super) fn finish_sweeps(&mut self, peer: PeerId) {
        while self.sweeps.iter().any(|sweep| sweep.peer == Some(peer)) {
            self.work(usize::MAX);
        }
    }

    fn slice(&mut self, sweep: &mut Sweep, budget: usize) -> usize {
        let end = with_family!(self, sweep.family, table => table.nets.end()).unwrap_or(0);
        let last = sweep.at.saturating_add(u32::try_from(budget).unwrap_or(u32::MAX)).min(end);
        let nets = sweep.at..last;
        let count = nets.len();
        sweep.at = last;
        if sweep.action == Action::Refeed {
            let mut changed = Vec::new();
            self.refeed(sweep.family, sweep.peer, nets, &mut changed);
            self.tell_judged(sweep.family, changed);
            return count;
        }
        if let Action::Validate(changed) = &sweep.action {
            self.validate(sweep.family, changed, nets);
            return count;
        }
        let Self { store, v4, v6, others, peers, .. } = self;
        let family = sweep.family;
        let mut removed = vec![(0, 0); peers.len()];
        match family {
            Family::IPV4 => over(v4, store, sweep, nets, &mut removed),
            Family::IPV6 => over(v6, store, sweep, nets, &mut removed),
            _ => {
                if let Some(table) = others.get_mut(&family.code()) {
                    over(table, store, sweep, nets, &mut removed);
                }
            }
        }
        for (peer, (received, accepted)) in peers.iter_mut().zip(removed) {
            if received > 0
                && let Some(counts) =
                    peer.as_mut().and_then(|one| one.counts.get_mut(&family.code()))
            {
                counts.received = counts.received.saturating_sub(received);
                counts.accepted = counts.accepted.saturating_sub(accepted);
            }
        }
        count
    }
}

fn over<K: NetKey>(
    table: &mut FamilyTable<K>,
    store: &mut Store,
    sweep: &Sweep,
    nets: std::ops::Range<NetIx>,
    removed: &mut [(usize, usize)],
) {
    for net in nets {
        table.remove_if(net, store, |path, store| {
            let goes = sweep.is_meant(path) && sweep.action.removes(path, store);
            if goes && let Some(count) = removed.get_mut(usize::from(path.peer)) {
                count.0 += 1;
                count.1 += usize::from(path.flags & flags::REFUSED == 0);
            }
            goes
        });
        match &sweep.action {
            Action::Stale { .. } | Action::Refresh { .. } | Action::LongLived => {
                table.change_each(net, |path| sweep.is_meant(path) && sweep.action.marks(path));
            }
            Action::NextHop(ids) => {
                let first = table.nets.get(net).map_or(NO_PATH, |entry| entry.first);
                let sets = table.paths.list(first).filter_map(|(_, path)| store.get(path.imported));
                let (mut rests, mut adds_up) = (false, false);
                for set in sets.filter(|set| ids.contains(&set.next_hop)) {
                    rests = true;
                    adds_up |= set.has(codes::AIGP);
                }
                if rests {
                    table.touch(net);
                }
                if adds_up {
                    table.note(net); // what is told of it counts the way (RFC 7311 3.4.3)
                }
            }
            Action::Decide => {
                let first = table.nets.get(net).map_or(NO_PATH, |entry| entry.first);
                if table.paths.list(first).any(|(_, path)| sweep.is_meant(path)) {
                    table.touch(net);
                }
            }
            Action::Remove { .. } | Action::DropStale | Action::Refeed | Action::Validate(_) => {}
        }
    }
}

impl Sweep {
    fn is_meant(&self, path: &Path) -> bool {
        self.peer.is_none_or(|peer| peer == path.peer)
    }
}

impl Action {
    /// Whether a path of those that are meant is taken out.
    fn removes(&self, path: &Path, store: &Store) -> bool {
        let is_stale = path.flags & flags::STALE != 0;
        match self {
            Self::Remove { was_even } => is_stale || is_of(path, *was_even),
            Self::Stale { .. } | Self::DropStale => is_stale,
            Self::LongLived => {
                let mut set = store.get(path.received).into_iter();
                is_stale && set.any(|set| set.communities().any(|one| one == codes::NO_LLGR))
            }
            _ => false,
        }
    }

    /// Mark a path of those that are meant; whether that changes the choice.
    fn marks(&self, path: &mut Path) -> bool {
        let is_stale = path.flags & flags::STALE != 0;
        let more = match self {
            Self::Stale { was_even } | Self::Refresh { was_even } if is_of(path, *was_even) => {
                flags::STALE
            }
            Self::LongLived if is_stale => flags::LONG_LIVED_STALE,
            _ => 0,
        };
        let is_new = path.flags & more == 0 && more == flags::LONG_LIVED_STALE;
        path.flags |= more;
        is_new
    }
}

/// Whether a path came by a telling of this parity.
const fn is_of(path: &Path, was_even: bool) -> bool {
    (path.flags & flags::EVEN_SESSION != 0) == was_even
}
