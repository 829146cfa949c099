//! Neighbours in their groups: who is told what, and the octets to send.

use super::{Key, Table, with_family};
use crate::addr::Net;
use crate::bgp::family::Family;
use crate::bgp::nets::Opaque;
use crate::bgp::out::{Context, ExportRules, Group, Refusal};
use crate::bgp::peer::PeerId;

/// A member that has so many octets ready and does not fetch them gets a group of its own.
const LAG_MOST: usize = 16 << 20;

impl Table {
    /// Tell a neighbour a family from now on; `hop` is our next hop there, as it stands in messages.
    pub fn tell(&mut self, peer: PeerId, rules: ExportRules, hop: Vec<u8>) {
        let family = rules.family;
        self.add_family(family);
        self.tell_no_more(peer, Some(family));
        let rules = ExportRules { hop_length: hop.len() as u8, ..rules };
        let found = self.groups.iter().position(|group| group.rules == rules);
        let at = match found {
            Some(at) => at,
            None => {
                let reader = with_family!(self, family, table => table.journal.open());
                self.groups.push(Group::new(rules, reader.unwrap_or(0)));
                self.groups.len() - 1
            }
        };
        if let Some(group) = self.groups.get_mut(at) {
            group.join(peer, hop);
        }
    }

    /// Tell a neighbour a family no more, or none at all: its session has ended.
    pub fn tell_no_more(&mut self, peer: PeerId, family: Option<Family>) {
        for group in &mut self.groups {
            if family.is_none_or(|family| family == group.rules.family) {
                group.leave(peer);
            }
        }
        self.drop_empty_groups();
    }

    fn drop_empty_groups(&mut self) {
        let (empty, left) = std::mem::take(&mut self.groups)
            .into_iter()
            .partition(|group: &Group| group.peers().next().is_none());
        self.groups = left;
        let empty: Vec<Group> = empty;
        for mut group in empty {
            group.end(&mut self.store);
            let reader = group.reader();
            with_family!(self, group.rules.family, table => table.journal.close(reader));
        }
    }

    /// Tell a neighbour a family again from the beginning (RFC 2918 4), between markers or not
    /// (RFC 7313 4).
    pub fn tell_again(&mut self, peer: PeerId, family: Family, is_marked: bool) {
        for group in self.groups.iter_mut().filter(|group| group.rules.family == family) {
            if group.peers().any(|one| one == peer) {
                group.tell_again(peer, is_marked);
            }
        }
    }

    /// A neighbour is told by other rules from now on; only what differs is told.
    pub fn tell_differently(&mut self, peer: PeerId, rules: ExportRules) {
        let family = rules.family;
        let is_its =
            |group: &Group| group.rules.family == family && group.peers().any(|one| one == peer);
        let Some(at) = self.groups.iter().position(is_its) else { return };
        let Some(held) = self.groups.get_mut(at) else { return };
        let rules = ExportRules { hop_length: held.rules.hop_length, ..rules };
        let reader = held.reader();
        let forked = with_family!(self, family, table => table.journal.fork(reader)).unwrap_or(0);
        let Some(held) = self.groups.get_mut(at) else { return };
        if let Some(mut alone) = held.detach(peer, forked, &mut self.store) {
            alone.change(rules);
            self.groups.push(alone);
        }
        self.drop_empty_groups();
    }

    /// A next hop is as far now: policies may tell that as MULTI_EXIT_DISC.
    pub(super) fn metrics_changed(&mut self) {
        let policies = self.policies.forget_metrics();
        for group in self.groups.iter_mut().filter(|one| policies.contains(&one.rules.policy)) {
            group.work_out_again();
        }
    }

    /// Prefixes inside these, longer than they, are told to nobody (RFC 4271 9.2.2.2).
    pub fn suppress(&mut self, nets: Vec<Net>) {
        if self.suppressed != nets {
            self.suppressed = nets;
            for group in &mut self.groups {
                group.work_out_again();
            }
        }
    }

    /// Who said something is another than was thought: all that is told is worked out again.
    pub(super) fn work_out_all(&mut self) {
        for group in &mut self.groups {
            group.tell_all_anew();
        }
    }

    /// Whole messages for a neighbour, up to `room` octets; empty: nothing is owed now.
    pub fn outgoing(&mut self, peer: PeerId, room: usize) -> Vec<u8> {
        let mut out = Vec::new();
        for at in 0..self.groups.len() {
            let Self {
                groups,
                store,
                identity,
                standings,
                policies,
                suppressed,
                v4,
                v6,
                others,
                ..
            } = self;
            let Some(group) = groups.get_mut(at) else { break };
            if !group.peers().any(|one| one == peer) {
                continue;
            }
            let left = room.saturating_sub(out.len());
            let mut context = Context { store, identity, standings, policies, suppressed };
            let more = match group.rules.family {
                Family::IPV4 => group.outgoing(v4, &mut context, peer, left),
                Family::IPV6 => group.outgoing(v6, &mut context, peer, left),
                other => match others.get_mut(&other.code()) {
                    Some(table) => group.outgoing(table, &mut context, peer, left),
                    None => Vec::new(),
                },
            };
            if out.is_empty() {
                out = more
            } else {
                out.extend(more)
            }
            self.detach_who_lags(at, peer);
        }
        out
    }

    /// Who lags behind the one that was just served keeps nobody's messages but its own.
    fn detach_who_lags(&mut self, at: usize, served: PeerId) {
        let Some(group) = self.groups.get(at) else { return };
        let slow: Vec<PeerId> =
            group.peers().filter(|&one| one != served && group.behind(one) > LAG_MOST).collect();
        for peer in slow {
            self.detach(at, peer);
        }
    }

    /// Give a member of a group one of its own.
    pub(crate) fn detach(&mut self, at: usize, peer: PeerId) {
        let Some(group) = self.groups.get(at) else { return };
        let (family, reader) = (group.rules.family, group.reader());
        let forked = with_family!(self, family, table => table.journal.fork(reader)).unwrap_or(0);
        let Some(group) = self.groups.get_mut(at) else { return };
        if let Some(alone) = group.detach(peer, forked, &mut self.store) {
            self.groups.push(alone);
        }
        self.drop_empty_groups();
    }

    /// How many prefixes of a family a neighbour was told, and how many octets stand ready for it.
    #[must_use]
    pub fn told_counts(&self, peer: PeerId, family: Family) -> (usize, usize) {
        self.group_of(peer, family).map_or((0, 0), |group| (group.count(), group.behind(peer)))
    }

    /// The group of a neighbour in a family.
    pub(super) fn group_of(&self, peer: PeerId, family: Family) -> Option<&Group> {
        let mut groups = self.groups.iter().filter(|group| group.rules.family == family);
        groups.find(|group| group.peers().any(|one| one == peer))
    }

    /// What a neighbour is told of a prefix; None: it is told nothing of the family.
    ///
    /// # Errors
    /// Why it is not told it.
    pub fn told(
        &mut self,
        peer: PeerId,
        family: Family,
        key: &Key,
    ) -> Option<Result<Vec<u8>, Refusal>> {
        let Self {
            groups, store, identity, standings, policies, suppressed, v4, v6, others, ..
        } = self;
        let mut groups = groups.iter().filter(|group| group.rules.family == family);
        let group = groups.find(|group| group.peers().any(|one| one == peer))?;
        let mut context = Context { store, identity, standings, policies, suppressed };
        Some(match key {
            Key::V4(key) => group.explain(peer, v4.nets.find(key), v4, &mut context),
            Key::V6(key) => group.explain(peer, v6.nets.find(key), v6, &mut context),
            Key::Opaque(octets) => {
                let table = others.get(&family.code())?;
                let key = Opaque::of(family, &octets.0).0;
                group.explain(peer, table.nets.find(&key), table, &mut context)
            }
        })
    }

    /// The groups of now.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter()
    }
}
