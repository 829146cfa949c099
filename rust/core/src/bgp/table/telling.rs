//! Neighbours in their groups: who is told what, and the octets to send.

use std::collections::BTreeMap;

use super::{Action, FamilyTable, Key, Said, Table, with_family, with_table};
use crate::addr::Net;
use crate::bgp::attributes::Store;
use crate::bgp::decision::Rules;
use crate::bgp::family::Family;
use crate::bgp::nets::{Net4, Net6, NetKey, Opaque};
use crate::bgp::out::{Context, Explained, ExportRules, Group, Refusal};
use crate::bgp::peer::{PeerId, Relation};

/// A table taken apart: its groups, what they work with, and the families that they tell of.
pub(crate) struct Parts<'a> {
    groups: &'a mut [Group],
    pub(crate) context: Context<'a>,
    v4: &'a mut FamilyTable<Net4>,
    v6: &'a mut FamilyTable<Net6>,
    others: &'a mut BTreeMap<u32, FamilyTable<Opaque>>,
}

/// A member that has so many octets ready and does not fetch them gets a group of its own.
const LAG_MOST: usize = 16 << 20;

impl Table {
    /// Tell a neighbour a family from now on; `hop` is our next hop there, as it stands in messages.
    pub fn tell(&mut self, peer: PeerId, rules: ExportRules, hop: Vec<u8>) {
        let family = rules.family;
        self.add_family(family);
        self.tell_no_more(peer, Some(family));
        let default_preference = self.rules.default_local_preference;
        let rules = ExportRules { hop_length: hop.len() as u8, default_preference, ..rules };
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
        self.note_all(family);
    }

    /// Where several paths are told, each of them is news (RFC 7911).
    fn note_all(&mut self, family: Family) {
        let mut of_it = self.groups.iter().filter(|group| group.rules.family == family);
        let is_wanted = of_it.any(|group| group.rules.paths > 0);
        with_family!(self, family, table => table.notes_all = is_wanted);
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
            let family = group.rules.family;
            with_family!(self, family, table => table.journal.close(reader));
            self.note_all(family);
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
        let default_preference = self.rules.default_local_preference;
        let (hop_length, paths) = (held.rules.hop_length, held.rules.paths); // as agreed
        let rules = ExportRules { hop_length, paths, default_preference, ..rules };
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

    /// Choose by other rules from now on; neighbours are told where that makes a difference.
    pub fn set_rules(&mut self, rules: Rules) {
        let before = std::mem::replace(&mut self.rules, rules);
        if before == rules {
            return;
        }
        for family in self.families().collect::<Vec<_>>() {
            self.sweep(family, None, Action::Decide);
        }
        let default_preference = rules.default_local_preference;
        let inside = self.groups.iter_mut().filter(|one| one.rules.relation != Relation::External);
        for group in inside.filter(|_| before.default_local_preference != default_preference) {
            group.change(ExportRules { default_preference, ..group.rules.clone() });
        }
    }

    /// Tell nothing that is inside of these from now on, only what they are themselves.
    pub fn set_summaries(&mut self, summaries: Vec<Net>) {
        if std::mem::replace(&mut self.summaries, summaries) != self.summaries {
            self.groups.iter_mut().for_each(Group::work_out_again);
        }
    }

    /// Who said something is another than was thought: all that is told is worked out again.
    pub(super) fn work_out_all(&mut self) {
        for group in &mut self.groups {
            group.tell_all_anew();
        }
    }

    /// Whole messages for a neighbour, up to `room` octets; empty: nothing is owed now.
    pub fn outgoing(&mut self, peer: PeerId, room: usize, now: u64) -> Vec<u8> {
        let mut out = Vec::new();
        for at in 0..self.groups.len() {
            let Parts { groups, mut context, v4, v6, others } = self.parts();
            let Some(group) = groups.get_mut(at) else { break };
            if !group.peers().any(|one| one == peer) {
                continue;
            }
            let left = room.saturating_sub(out.len());
            let more = match group.rules.family {
                Family::IPV4 => group.outgoing(v4, &mut context, (peer, left), now),
                Family::IPV6 => group.outgoing(v6, &mut context, (peer, left), now),
                other => match others.get_mut(&other.code()) {
                    Some(table) => group.outgoing(table, &mut context, (peer, left), now),
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
        self.merge(peer);
        out
    }

    /// What groups need, apart from each other.
    pub(crate) fn parts(&mut self) -> Parts<'_> {
        let Self { groups, store, identity, standings, policies, rules, summaries, .. } = self;
        let context = Context { store, identity, standings, policies, choice: rules, summaries };
        let Self { v4, v6, others, .. } = self;
        Parts { groups, context, v4, v6, others }
    }

    /// Who has caught up in a group of its own goes back to those that are told the same.
    fn merge(&mut self, peer: PeerId) {
        for at in 0..self.groups.len() {
            let Some(alone) = self.groups.get(at) else { return };
            if alone.peers().count() != 1 || alone.peers().next() != Some(peer) {
                continue;
            }
            let alike = |other: &Group| other.rules == alone.rules;
            let found = self.groups.iter().enumerate();
            let Some((to, others)) = found.filter(|(to, _)| *to != at).find(|one| alike(one.1))
            else {
                continue;
            };
            let unread = [alone.reader(), others.reader()].map(|reader| {
                with_table!(self, alone.rules.family, table => table.journal.unread(reader))
                    .unwrap_or(0)
            });
            let [of_it, of_others] = unread;
            if !alone.is_settled(of_it) || !others.is_settled(of_others) || !alone.is_fetched() {
                continue;
            }
            if let Ok([alone, others]) = self.groups.get_disjoint_mut([at, to]) {
                others.adopt(alone);
            }
            self.drop_empty_groups();
            return;
        }
    }

    /// When something that waits may be told; None: nothing does (RFC 4271 9.2.1.1).
    #[must_use]
    pub fn told_deadline(&self) -> Option<u64> {
        let waiting = self.groups.iter().filter(|group| group.rules.advertisement > 0);
        waiting
            .filter_map(|group| {
                let (family, reader) = (group.rules.family, group.reader());
                let unread = with_table!(self, family, table => table.journal.unread(reader));
                group.deadline(unread.unwrap_or(0))
            })
            .min()
    }

    /// Give a default, by a number of its own, to neighbours whose rules ask for that; nobody chooses
    /// it. None: it is given no more.
    pub fn give(&mut self, family: Family, attributes: Option<&[u8]>, source: u32, now: u64) {
        let since = self.since(now);
        let set = attributes.map(|attributes| self.store.intern(attributes));
        let said =
            |set| Said { peer: 0, path_id: source, received: set, imported: 0, flags: 0, since };
        let Self { store, v4, v6, .. } = self;
        match family {
            Family::IPV4 => give(v4, Net4::new(0, 0), set.map(said), source, store),
            Family::IPV6 => give(v6, Net6::new(0, 0), set.map(said), source, store),
            _ => set.into_iter().for_each(|set| store.release(set)),
        }
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

    /// What a neighbour is told of a prefix, by the best path of several; None: it is told nothing of
    /// the family.
    ///
    /// # Errors
    /// Why it is not told it.
    pub fn told(
        &mut self,
        peer: PeerId,
        family: Family,
        key: &Key,
    ) -> Option<Result<Vec<u8>, Refusal>> {
        let each = self.told_each(peer, family, key)?;
        let first = each.iter().position(|one| one.said.is_ok()).unwrap_or(0);
        Some(each.into_iter().nth(first).map_or(Err(Refusal::NoPath), |one| one.said))
    }

    /// What becomes of each path to a prefix for a neighbour, the best first: of that alone where it
    /// is told of no others. None: it is told nothing of the family.
    pub fn told_each(&mut self, peer: PeerId, family: Family, key: &Key) -> Option<Vec<Explained>> {
        let Parts { groups, mut context, v4, v6, others } = self.parts();
        let mut groups = groups.iter().filter(|group| group.rules.family == family);
        let group = groups.find(|group| group.peers().any(|one| one == peer))?;
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

/// Have those who are told look at a prefix, though its best path is the same.
fn note<K: NetKey>(table: &mut FamilyTable<K>, key: &K) {
    if let Some(net) = table.nets.find(key) {
        table.note(net);
    }
}

fn give<K: NetKey>(
    table: &mut FamilyTable<K>,
    key: K,
    said: Option<Said>,
    source: u32,
    store: &mut Store,
) {
    match said {
        Some(said) => {
            table.announce(key.clone(), said, store);
            note(table, &key);
        }
        None => {
            note(table, &key);
            table.withdraw(&key, 0, source, store);
        }
    }
}
