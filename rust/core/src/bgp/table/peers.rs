//! Neighbours of a table: what is known of each, and the beginning and end of its sessions.

use std::collections::BTreeMap;

use super::Table;
use super::family::Standing;
use super::sweep::Action;
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
    /// Prefixes on top of so many are refused; 0: as many as come.
    pub blocks_above: usize,
}

/// How much a neighbour tells of a family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FamilyCounts {
    /// Paths that it told, stale ones included.
    pub received: usize,
    /// Those of them that take part in the choice, next hops aside.
    pub accepted: usize,
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
    /// Octets of a message that is not whole yet.
    pub(super) pending: Vec<u8>,
    /// Whether the number of its session is even.
    pub(super) is_even: bool,
}

impl Peer {
    /// The flag of paths that came on the session of now.
    pub(super) const fn session_flag(&self) -> u16 {
        if self.is_even { flags::EVEN_SESSION } else { 0 }
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
        if let Some(held) = self.standings.get_mut(at) {
            *held = standing;
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
                    pending: Vec::new(),
                    is_even: false,
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
    /// again; who says it twice ends the first.
    pub fn open_session(&mut self, peer: PeerId, options: SessionOptions) {
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
        held.pending = Vec::new();
        let was_even = held.is_even;
        held.is_even = !was_even;
        for family in self.families().collect::<Vec<_>>() {
            let is_kept = keep.contains(&family);
            let action =
                if is_kept { Action::Stale { was_even } } else { Action::Remove { was_even } };
            self.sweep(family, Some(peer), action);
        }
    }

    /// Have a neighbour no more. What it told is gone at once: call `close_session` first and let
    /// `work` be done, and there is nothing left to do.
    pub fn remove_peer(&mut self, peer: PeerId) {
        self.close_session(peer, &[]);
        self.finish_sweeps(peer);
        if let Some(place) = self.peers.get_mut(usize::from(peer)) {
            *place = None;
        }
    }
}
