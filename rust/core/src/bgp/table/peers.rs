//! Neighbours of a table: what is known of each, and the beginning and end of its sessions.

use std::collections::{BTreeMap, BTreeSet};

use super::Table;
use super::family::Standing;
use super::pending::Pending;
use super::sweep::{Action, Sweep};
use crate::bgp::damping::Terms;
use crate::bgp::family::Family;
use crate::bgp::paths::flags;
use crate::bgp::peer::{PeerId, PeerSettings, SessionOptions};

/// What an operator says of a family of a neighbour, as far as what it tells is concerned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FamilyRules {
    /// The import policy: 0 none, -1 nothing is taken (RFC 8212).
    pub import_policy: i32,
    /// How often our AS may stand in its paths.
    pub allow_own_as: u8,
    /// The weight of its paths.
    pub weight: u32,
    /// Prefixes on top of so many are not taken; 0: as many as come.
    pub blocks_above: usize,
    /// It is one hop away, if it is external: its next hops are on links of ours (RFC 4271 6.3 b).
    pub is_direct: bool,
    /// How its paths are damped, if they are; those of our own AS never are (RFC 2439 2).
    pub damping: Option<Terms>,
    /// Whether its AIGP counts (RFC 7311 3.1); None: where it is of our AS or confederation.
    pub takes_aigp: Option<bool>,
}

/// How much a neighbour tells of a family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FamilyCounts {
    /// Paths that it told, stale ones included.
    pub received: usize,
    /// Those of them that take part in the choice, next hops aside.
    pub accepted: usize,
    /// How often one was not taken, as it would have been one too many.
    pub blocked: usize,
}

impl FamilyCounts {
    /// A path that was refused or not, if it was there, is so now, if it is there.
    pub(super) fn note(&mut self, before: Option<u16>, after: Option<u16>) {
        let counts = |flags: Option<u16>| {
            let is_accepted = flags.is_some_and(|of| of & flags::REFUSED == 0);
            (usize::from(flags.is_some()), usize::from(is_accepted))
        };
        let ((was, was_accepted), (is, is_accepted)) = (counts(before), counts(after));
        self.received = (self.received + is).saturating_sub(was);
        self.accepted = (self.accepted + is_accepted).saturating_sub(was_accepted);
    }
}

/// One neighbour.
#[derive(Debug)]
pub struct Peer {
    /// Its place in the world.
    pub settings: PeerSettings,
    /// What is configured, by family code.
    pub families: BTreeMap<u32, FamilyRules>,
    /// What was agreed; None while no session is Established.
    pub session: Option<SessionOptions>,
    /// How much it tells, by family code.
    pub counts: BTreeMap<u32, FamilyCounts>,
    /// Octets that were not read yet.
    pub(super) pending: Pending,
    /// Codes of the families whose telling of now has an even number: a session or a refresh that
    /// begins is one telling more, so that what is of the one before is known by it.
    pub(super) even: BTreeSet<u32>,
}

impl Peer {
    /// The flag of paths that are said now.
    pub(super) fn telling_flag(&self, family: u32) -> u16 {
        if self.even.contains(&family) { flags::EVEN_SESSION } else { 0 }
    }

    /// What is said from now on is of another telling; gives whether that of before was even.
    pub(super) fn next_telling(&mut self, family: u32) -> bool {
        let was_even = self.even.remove(&family);
        if !was_even {
            self.even.insert(family);
        }
        was_even
    }
}

impl Table {
    /// Have a neighbour, or change what is known of it; to what it has told that applies when it is
    /// judged anew (`Action::Refeed`).
    pub fn set_peer(
        &mut self,
        peer: PeerId,
        settings: PeerSettings,
        families: BTreeMap<u32, FamilyRules>,
    ) {
        let at = usize::from(peer);
        if at == 0 {
            return; // that is ourselves
        }
        let nobody = Standing {
            relation: settings.relation,
            router_id: u32::MAX,
            address: settings.address,
        };
        if self.peers.len() <= at {
            self.peers.resize_with(at + 1, || None);
            self.standings.resize(at + 1, nobody);
        }
        for &code in families.keys() {
            self.add_family(Family::of(code));
        }
        let standing = Standing { router_id: settings.router_id, ..nobody };
        let (mut is_other, mut is_told_otherwise) = (false, false);
        if let Some(held) = self.standings.get_mut(at) {
            is_told_otherwise = held.relation != standing.relation
                || standing.relation.is_internal() && held.router_id != standing.router_id;
            is_other = std::mem::replace(held, standing) != standing;
        }
        if is_other && let Some(held) = self.peer(peer) {
            let told = held.counts.iter().filter(|(_, counts)| counts.received > 0);
            let told: Vec<_> = told.map(|(&code, _)| Family::of(code)).collect();
            if is_told_otherwise && !told.is_empty() {
                self.work_out_all(); // ORIGINATOR_ID, and who may be told at all
            }
            for family in told {
                self.sweep(family, Some(peer), Action::Decide);
            }
        }
        let Some(place) = self.peers.get_mut(at) else { return };
        match place {
            Some(held) => (held.settings, held.families) = (settings, families),
            None => {
                *place = Some(Peer {
                    settings,
                    families,
                    session: None,
                    counts: BTreeMap::new(),
                    pending: Pending::default(),
                    even: BTreeSet::new(),
                });
            }
        }
    }

    /// What is known of a neighbour.
    #[must_use]
    pub fn peer(&self, peer: PeerId) -> Option<&Peer> {
        self.peers.get(usize::from(peer))?.as_ref()
    }

    pub(super) fn peer_mut(&mut self, peer: PeerId) -> Option<&mut Peer> {
        self.peers.get_mut(usize::from(peer))?.as_mut()
    }

    /// A session is Established. Paths of the one before that are kept are stale until they come
    /// again.
    pub fn open_session(&mut self, peer: PeerId, options: SessionOptions) {
        self.finish_sweeps(peer); // what is gone must not count against its limit
        if let Some(held) = self.peer_mut(peer) {
            held.session = Some(options);
            held.pending.clear();
        }
    }

    /// A session has ended: what it told is stale in the families of `keep` (RFC 4724 4.2), and gone
    /// in all others.
    pub fn close_session(&mut self, peer: PeerId, keep: &[Family]) {
        self.finish_sweeps(peer);
        let Some(held) = self.peer_mut(peer) else { return };
        held.session = None;
        held.pending.clear();
        for family in self.families().collect::<Vec<_>>() {
            let Some(held) = self.peer_mut(peer) else { return };
            let was_even = held.next_telling(family.code());
            let is_kept = keep.contains(&family);
            let action =
                if is_kept { Action::Stale { was_even } } else { Action::Remove { was_even } };
            self.sweep(family, Some(peer), action);
        }
    }

    /// All that a neighbour told is stale until it is told again, though the session goes on
    /// (RFC 7313 4). One that begins before the last was gone through is the same.
    pub fn begin_refresh(&mut self, peer: PeerId, family: Family) {
        let is_refresh = |sweep: &Sweep| {
            matches!(sweep.action, Action::Refresh { .. })
                && sweep.family == family
                && sweep.peer == Some(peer)
        };
        if self.sweeps().any(is_refresh) {
            return;
        }
        let Some(held) = self.peer_mut(peer) else { return };
        let was_even = held.next_telling(family.code());
        self.sweep(family, Some(peer), Action::Refresh { was_even });
    }

    /// Have a neighbour no more. What it told is gone at once: call `close_session` first and let
    /// `work` be done, and there is nothing left to do.
    pub fn remove_peer(&mut self, peer: PeerId) {
        self.close_session(peer, &[]);
        self.finish_sweeps(peer);
        self.forget_flaps(peer);
        if let Some(place) = self.peers.get_mut(usize::from(peer)) {
            *place = None;
        }
    }
}
