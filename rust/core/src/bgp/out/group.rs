//! `Group`: neighbours that are told the same, and what they were told.

use std::collections::HashMap;

use super::dump::Dump;
use super::export::{ExportRules, Told};
use super::log::{Audience, Block, Log, Position};
use super::pack::Packer;
use super::several::Several;
use crate::addr::Net;
use crate::bgp::attributes::{Attributes, SetId, Store, codes};
use crate::bgp::decision::Rules;
use crate::bgp::family::Family;
use crate::bgp::journal::Reader;
use crate::bgp::nets::{NetIx, NetKey};
use crate::bgp::paths::{Path, PathIx};
use crate::bgp::peer::{PeerId, Relation};
use crate::bgp::policy::{Policies, Route};
use crate::bgp::table::{FamilyTable, Grounds, Identity, Standing};

/// How many prefixes are worked out at a time; few in tests, where there are few.
const SLICE: usize = if cfg!(test) { 3 } else { 4096 };
/// In a cache: it is not told.
const REFUSED: u8 = 2;
/// In a cache: it is told, or a policy is asked.
const ADMITTED: u8 = 1;

/// A prefix, and the identifier of the path to it that is meant; 0 where one is told only.
pub(super) type Place = (NetIx, u32);

/// What a group works with, of its table.
pub struct Context<'a> {
    /// The attributes.
    pub store: &'a mut Store,
    /// Who we are.
    pub identity: &'a Identity,
    /// Every neighbour by number.
    pub standings: &'a [Standing],
    /// The policies.
    pub policies: &'a mut Policies,
    /// How paths are chosen.
    pub choice: &'a Rules,
    /// Prefixes of ours, inside of which nothing is told (RFC 4271 9.2.2.2).
    pub summaries: &'a [Net],
}

impl Context<'_> {
    /// What a choice is made by.
    pub(super) const fn grounds(&self) -> Grounds<'_> {
        Grounds { rules: self.choice, store: self.store, standings: self.standings }
    }
}

/// Somebody of a group.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) peer: PeerId,
    pub(super) position: Position,
    /// The number of the dump that comes first, and how far it was read. What stands in the log
    /// before the place where the dump joins it comes before the dump.
    pub(super) dump: Option<(u32, Position)>,
    /// Our next hop there, as it stands in messages.
    pub(super) hop: Vec<u8>,
    /// It was not told yet that all was told (RFC 4724 2).
    pub(super) owes_end: bool,
    pub(super) markers: Markers,
}

/// What is put around a dump that was asked for (RFC 7313 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Markers {
    None,
    /// That it begins is owed, then that it ends.
    Both,
    /// That it ends is owed.
    End,
}

/// Rules were others: what they made of a set is compared with what is made now.
#[derive(Clone, Debug)]
struct Rework {
    /// None: all is told again.
    previous: Option<ExportRules>,
    differs: HashMap<Told, bool>,
}

/// The last path that a policy was asked about which looks at attributes alone: mostly those of the
/// next prefix are the same.
#[derive(Clone, Copy, Debug)]
struct Asked {
    version: u64,
    said: Told,
    told: Option<Told>,
    trail: u32,
}

/// Neighbours that are told the same of one family.
#[derive(Debug)]
pub struct Group {
    /// What makes them one.
    pub rules: ExportRules,
    reader: Reader,
    /// The first prefix that has not been worked out since all were to be, if some are left.
    walk: Option<NetIx>,
    rework: Option<Rework>,
    /// The block before which all stands that was there when the group began.
    ended: Option<u64>,
    pub(super) told: Vec<Told>,
    /// In place of those where several paths are told.
    pub(super) several: Vec<Several>,
    /// The journal is not read before this instant, but for so many changes (RFC 4271 9.2.1.1).
    rests_until: u64,
    window: usize,
    pub(super) log: Log,
    pub(super) members: Vec<Member>,
    pub(super) dumps: Vec<(u32, Dump)>,
    next_dump: u32,
    /// By the set as imported, for paths of external neighbours: whether it may be told.
    external: Vec<u8>,
    /// The same for others, where whose it is makes a difference.
    others: HashMap<Told, u8>,
    asked: Option<Asked>,
    pub(super) count: usize,
}

impl Group {
    /// With nobody in it; `reader` is one of the family's journal, its own.
    #[must_use]
    pub fn new(rules: ExportRules, reader: Reader) -> Self {
        Self {
            rules,
            reader,
            walk: Some(0),
            rework: None,
            ended: None,
            told: Vec::new(),
            several: Vec::new(),
            rests_until: 0,
            window: 0,
            log: Log::default(),
            members: Vec::new(),
            dumps: Vec::new(),
            next_dump: 0,
            external: Vec::new(),
            others: HashMap::new(),
            asked: None,
            count: 0,
        }
    }

    /// How many prefixes its members were told.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.count
    }

    /// Its members.
    pub fn peers(&self) -> impl Iterator<Item = PeerId> {
        self.members.iter().map(|member| member.peer)
    }

    /// What the members were told of a prefix; of several paths, the first.
    #[must_use]
    pub fn told(&self, net: NetIx) -> Told {
        let at = net as usize;
        let first = self.several.get(at).and_then(|all| all.first()).map(|(_, told)| *told);
        first.or_else(|| self.told.get(at).copied()).unwrap_or_default()
    }

    /// Whether a member was told a prefix, as far as one can know without asking how many paths.
    #[must_use]
    pub fn tells(&self, peer: PeerId, net: NetIx) -> bool {
        let told = self.told(net);
        let is_its_own = told.source == peer && peer != 0;
        self.rules.paths > 0 || (told.set != 0 && !is_its_own)
    }

    /// The reader of the family's journal that is its own.
    #[must_use]
    pub const fn reader(&self) -> Reader {
        self.reader
    }

    /// Let a neighbour in, who was told nothing yet; `hop` is our next hop there.
    pub fn join(&mut self, peer: PeerId, hop: Vec<u8>) {
        self.leave(peer);
        // while nothing was forgotten the log itself has all that was told
        let (dump, position) = if self.log.is_whole() {
            (None, Position::default())
        } else {
            let (number, joined) = self.dump_from(self.log.end());
            (Some((number, Position::default())), joined)
        };
        let markers = Markers::None;
        self.members.push(Member { peer, position, dump, hop, owes_end: true, markers });
    }

    /// A dump that has been read by nobody in part, and where the log goes on behind it.
    fn dump_from(&mut self, position: Position) -> (u32, Position) {
        if let Some((number, dump)) = self.dumps.iter().find(|(_, dump)| dump.is_whole()) {
            return (*number, dump.joined);
        }
        self.next_dump += 1;
        self.dumps.push((self.next_dump, Dump::new(position)));
        (self.next_dump, position)
    }

    /// Tell a member everything again (RFC 2918 4), behind what stands ready for it; `is_marked`:
    /// between markers (RFC 7313 4), but not before it was told that all was told a first time.
    pub fn tell_again(&mut self, peer: PeerId, is_marked: bool) {
        let (number, joined) = self.dump_from(self.log.end());
        if let Some(member) = self.members.iter_mut().find(|one| one.peer == peer) {
            // who is past it reads the log from there again, for the dump may be older
            member.position = member.position.min(joined);
            let is_open = member.markers == Markers::End;
            member.dump = Some((number, Position::default()));
            member.markers = match (is_marked && !member.owes_end, is_open) {
                (true, _) => Markers::Both,
                (false, true) => Markers::End,
                (false, false) => Markers::None,
            };
        }
        self.trim(); // one that nobody reads
    }

    /// A neighbour is no member any more.
    pub fn leave(&mut self, peer: PeerId) {
        self.members.retain(|member| member.peer != peer);
        self.trim();
    }

    /// Work everything out again: a policy has changed. Only what differs is told.
    pub fn work_out_again(&mut self) {
        self.clear_caches();
        self.walk = Some(0);
    }

    /// Work everything out again, and tell all of it.
    pub fn tell_all_anew(&mut self) {
        self.rework = Some(Rework { previous: None, differs: HashMap::new() });
        self.work_out_again();
    }

    /// Go by other rules from now on, of the same family. Only what differs is told.
    pub fn change(&mut self, rules: ExportRules) {
        let previous = std::mem::replace(&mut self.rules, rules);
        // some went by rules before those: who knows what they were told
        let previous = if self.rework.is_some() { None } else { Some(previous) };
        self.rework = Some(Rework { previous, differs: HashMap::new() });
        self.work_out_again();
    }

    /// Let go of everything, before the group itself is let go of.
    pub fn end(&mut self, store: &mut Store) {
        self.clear_caches();
        let several = std::mem::take(&mut self.several).into_iter().flatten();
        let told = std::mem::take(&mut self.told).into_iter();
        for told in told.chain(several.map(|(_, told)| told)) {
            store.release(told.set);
        }
    }

    fn clear_caches(&mut self) {
        self.external = Vec::new();
        self.others = HashMap::new();
        self.asked = None;
    }

    /// Forget what was remembered of sets that are gone.
    pub fn forget(&mut self, gone: &[SetId]) {
        for &id in gone {
            if let Some(held) = self.external.get_mut(id as usize) {
                *held = 0;
            }
        }
        if gone.is_empty() {
            return;
        }
        self.asked = None;
        if !self.others.is_empty() {
            let gone: std::collections::HashSet<SetId> = gone.iter().copied().collect();
            self.others.retain(|said, _| !gone.contains(&said.set));
        }
    }

    /// Whether somebody could be told more than stands ready.
    #[must_use]
    pub fn owes<K: NetKey>(&self, table: &FamilyTable<K>, peer: PeerId) -> bool {
        let Some(member) = self.members.iter().find(|one| one.peer == peer) else { return false };
        member.dump.is_some()
            || self.walk.is_some()
            || member.owes_end
            || member.position != self.log.end()
            || table.journal.unread(self.reader) > 0
    }

    /// Whole messages for a member, up to `room` octets.
    pub fn outgoing<K: NetKey>(
        &mut self,
        table: &mut FamilyTable<K>,
        context: &mut Context<'_>,
        (peer, room): (PeerId, usize),
        now: u64,
    ) -> Vec<u8> {
        let mut out = Vec::new();
        let Some(at) = self.members.iter().position(|one| one.peer == peer) else { return out };
        while self.copy_ready(at, room, &mut out) {
            let dump = self.members.get(at).and_then(|member| member.dump);
            match dump {
                Some((number, _)) => self.dump_slice(number, table, context),
                None if self.generate(table, context, now) => {}
                None => break,
            }
        }
        self.trim();
        out
    }

    /// Copy all that stands ready for a member; false if there is no room for the next.
    fn copy_ready(&mut self, at: usize, room: usize, out: &mut Vec<u8>) -> bool {
        let packer = self.packer();
        let Self { members, dumps, log, ended, .. } = self;
        let Some(member) = members.get_mut(at) else { return false };
        let Member { peer, position, dump, hop, owes_end, markers } = member;
        let to = (*peer, hop.as_slice());
        if let Some((number, read)) = dump {
            let Some((_, held)) = dumps.iter().find(|(other, _)| other == number) else {
                return false;
            };
            if !log.copy(position, held.joined.block, to, room, out) {
                return false;
            }
            if *markers == Markers::Both {
                if !append(out, room, &packer.marker(1)) {
                    return false;
                }
                *markers = Markers::End;
            }
            if !held.log.copy(read, u64::MAX, to, room, out) {
                return false;
            }
            if !held.is_done() {
                return true;
            }
            if *markers == Markers::End {
                if !append(out, room, &packer.marker(2)) {
                    return false;
                }
                *markers = Markers::None;
            }
            *dump = None;
        }
        if let Some(ended) = ended.filter(|_| *owes_end) {
            if !log.copy(position, ended, to, room, out) || !append(out, room, &packer.end_of_rib())
            {
                return false;
            }
            *owes_end = false;
        }
        log.copy(position, u64::MAX, to, room, out)
    }

    fn packer(&self) -> Packer {
        self.rules.packer()
    }

    fn dump_slice<K: NetKey>(
        &mut self,
        number: u32,
        table: &FamilyTable<K>,
        context: &Context<'_>,
    ) {
        if let Some((_, dump)) = self.dumps.iter_mut().find(|(other, _)| *other == number) {
            dump.go_on((&self.told, &self.several), &self.rules, table, context, SLICE);
        }
    }

    /// Work a slice of what changed out and put it into the log; false if nothing was left.
    fn generate<K: NetKey>(
        &mut self,
        table: &mut FamilyTable<K>,
        context: &mut Context<'_>,
        now: u64,
    ) -> bool {
        let is_walk = self.walk.is_some();
        let nets: Vec<NetIx> = match self.walk {
            Some(first) => {
                let last = first.saturating_add(SLICE as u32).min(table.nets.end());
                self.walk = (last < table.nets.end()).then_some(last);
                (first..last).collect()
            }
            None => {
                let limit = self.may_read(table, now);
                let nets = table.journal.read(self.reader, limit);
                self.window = self.window.saturating_sub(nets.len());
                nets
            }
        };
        if nets.is_empty() && !is_walk {
            return false;
        }
        let mut slice = Slice::default();
        for net in nets {
            self.work_out(net, table, context, &mut slice);
        }
        let block = self.packed(slice, table, context);
        let is_said = !block.messages.is_empty();
        self.log.push(block);
        if self.walk.is_none() {
            if self.window == 0 && is_said {
                let rest = self.jittered(now, context.store);
                self.rests_until = now.saturating_add(rest);
            }
            self.rework = None;
            self.ended = self.ended.or(Some(self.log.end().block));
        }
        true
    }

    /// From three quarters of the least time between two messages to all of it (RFC 4271 10).
    fn jittered(&self, now: u64, store: &Store) -> u64 {
        let longest = self.rules.advertisement;
        longest - store.drawn(longest / 4 + 1, (now, self.reader.into()))
    }

    /// How many changes may be worked out now: where messages about a prefix are so far apart at
    /// least, those that are there when the time has come, then none until it comes again.
    fn may_read<K: NetKey>(&mut self, table: &FamilyTable<K>, now: u64) -> usize {
        if self.rules.advertisement == 0 {
            return SLICE;
        }
        if self.window == 0 && now >= self.rests_until {
            self.window = table.journal.unread(self.reader);
        }
        self.window.min(SLICE)
    }

    /// When changes that wait may be told; None: none waits.
    #[must_use]
    pub fn deadline(&self, unread: usize) -> Option<u64> {
        let waits = unread > 0 && self.window == 0 && self.walk.is_none();
        (waits && self.rules.advertisement > 0).then_some(self.rests_until)
    }

    /// Our saying of the default in place of the best path to it, where they are given one.
    pub(super) fn given<'a, K: NetKey>(
        &self,
        net: NetIx,
        prefix: Option<Net>,
        table: &'a FamilyTable<K>,
    ) -> Option<(PathIx, &'a Path)> {
        if self.rules.default_route == 0 || prefix.is_none_or(|prefix| prefix.len() != 0) {
            return None;
        }
        let first = table.nets.get(net)?.first;
        let is_ours = |path: &Path| path.peer == 0 && path.path_id == self.rules.default_route;
        table.paths.list(first).find(|(_, path)| is_ours(path))
    }

    /// The path that is told of a prefix.
    fn path_of<'a, K: NetKey>(
        &self,
        net: NetIx,
        prefix: Option<Net>,
        table: &'a FamilyTable<K>,
    ) -> Option<&'a Path> {
        self.given(net, prefix, table).map(|(_, path)| path).or_else(|| table.best(net))
    }

    fn work_out<K: NetKey>(
        &mut self,
        net: NetIx,
        table: &FamilyTable<K>,
        context: &mut Context<'_>,
        slice: &mut Slice,
    ) {
        if self.rules.paths > 0 {
            self.work_out_several(net, table, context, slice);
            return;
        }
        let before = self.told(net);
        let prefix = table.nets.get(net).and_then(|entry| entry.key.prefix());
        let after = self.path_of(net, prefix, table);
        let after = after.and_then(|path| self.told_of(prefix, path, context));
        let after = after.filter(|told| self.leaves_room(net, *told, table, context));
        let after = after.unwrap_or_default();
        if before == after && !self.says_otherwise(after, context) {
            return;
        }
        context.store.retain(after.set);
        let at = net as usize;
        if self.told.len() <= at {
            self.told.resize(at + 1, Told::default());
        }
        if let Some(place) = self.told.get_mut(at) {
            *place = after;
        }
        self.count = self.count + usize::from(after.set != 0) - usize::from(before.set != 0);
        if after.set != 0 {
            slice.announce(after, (net, 0));
            let is_its_own = before.set != 0 && after.source != before.source;
            // who joins while the log is whole will read this too
            if is_its_own && (self.log.is_whole() || self.is_member(after.source)) {
                slice.withdraw(Audience::Only(after.source), (net, 0));
            }
        } else {
            let is_its_own = self.is_member(before.source);
            let audience = if is_its_own { before.audience() } else { Audience::All };
            slice.withdraw(audience, (net, 0));
        }
        context.store.release(before.set);
    }

    /// Whether the rules of before said something else of the same.
    pub(super) fn says_otherwise(&mut self, told: Told, context: &Context<'_>) -> bool {
        let Some(Rework { previous, differs }) = self.rework.as_mut().filter(|_| told.set != 0)
        else {
            return false;
        };
        let Some(previous) = previous else { return true };
        let rules = &self.rules;
        *differs.entry(told).or_insert_with(|| {
            previous.packs_otherwise(rules)
                || previous.written(told, context) != rules.written(told, context)
        })
    }

    /// Whether there is room for a prefix of any length; those of families that are carried only
    /// may have hundreds of octets.
    pub(super) fn leaves_room<K: NetKey>(
        &self,
        net: NetIx,
        told: Told,
        table: &FamilyTable<K>,
        context: &Context<'_>,
    ) -> bool {
        if matches!(self.rules.family, Family::IPV4 | Family::IPV6) {
            return true; // the longest that there is was thought of by `judge`
        }
        let mut nlri = Vec::new();
        if let Some(entry) = table.nets.get(net) {
            let set = context.store.get(told.set);
            let rest = set.and_then(|set| set.value(codes::MP_REACH_NLRI)).unwrap_or_default();
            entry.key.write_with(self.rules.family, rest, &mut nlri);
        }
        self.rules.leaves_room(told, nlri.len() + self.rules.id_length(), context)
    }

    pub(super) fn is_member(&self, peer: PeerId) -> bool {
        peer != 0 && self.members.iter().any(|member| member.peer == peer)
    }

    /// What is told of a path; None: nothing is.
    pub(super) fn told_of(
        &mut self,
        prefix: Option<Net>,
        path: &Path,
        context: &mut Context<'_>,
    ) -> Option<Told> {
        let told = self.passed(prefix, path, context)?;
        Some(self.rules.accumulated(told, path, context.store))
    }

    /// A path as the export policy leaves it; None: it may not be told.
    fn passed(
        &mut self,
        prefix: Option<Net>,
        path: &Path,
        context: &mut Context<'_>,
    ) -> Option<Told> {
        let standings = context.standings;
        let source = standings.get(usize::from(path.peer))?;
        if is_summarized(prefix, context.summaries) {
            return None;
        }
        let said = Told::of(path, source);
        let is_plain =
            path.peer != 0 && source.relation == Relation::External && !said.is_long_lived();
        let held = if is_plain {
            self.external.get(path.imported as usize).copied().unwrap_or(0)
        } else {
            self.others.get(&said).copied().unwrap_or(0)
        };
        let admitted = if held == 0 { self.admits(said, source, context) } else { held };
        if held == 0 && is_plain {
            let at = path.imported as usize;
            if self.external.len() <= at {
                self.external.resize(at + 1, 0);
            }
            if let Some(place) = self.external.get_mut(at) {
                *place = admitted;
            }
        } else if held == 0 {
            self.others.insert(said, admitted);
        }
        if admitted == REFUSED {
            return None;
        }
        if self.rules.policy == 0 {
            return Some(said);
        }
        if is_given(path) {
            return self.rules.fits(said, context).is_ok().then_some(said);
        }
        let route = Route { net: prefix, source: path.peer, standing: source };
        self.after_policy(said, &route, context)
    }

    /// Whether a path may be told, and without a policy also whether it can be.
    fn admits(&self, said: Told, source: &Standing, context: &Context<'_>) -> u8 {
        let Some(set) = context.store.get(said.set) else { return REFUSED };
        let mut found = self.rules.admit(said, set, source);
        if self.rules.policy == 0 {
            found = found.and_then(|()| self.rules.fits(said, context));
        }
        if found.is_ok() { ADMITTED } else { REFUSED }
    }

    /// What the export policy makes of a path; it has its place between what may be told at all and
    /// what is said of it. None: it is not told. Its set is one that nobody uses yet.
    fn after_policy(
        &mut self,
        said: Told,
        route: &Route<'_>,
        context: &mut Context<'_>,
    ) -> Option<Told> {
        let Context { store, policies, .. } = context;
        let (policy, version) = (self.rules.policy, policies.version());
        if let Some(last) = self.asked.filter(|one| one.said == said && one.version == version) {
            policies.count(policy, last.trail, 1);
            return last.told;
        }
        let answer = policies.judge(policy, said.set, route, store);
        policies.count(policy, answer.trail, 1);
        store.release(answer.set);
        let is_each = policies.asks(policy);
        let told = said.judged(answer.set, answer.marks);
        let fits = answer.set != 0 && self.rules.fits(told, context).is_ok();
        let told = fits.then_some(told);
        let trail = answer.trail;
        self.asked = (!is_each).then_some(Asked { version, said, told, trail });
        told
    }

    fn packed<K: NetKey>(
        &self,
        slice: Slice,
        table: &FamilyTable<K>,
        context: &Context<'_>,
    ) -> Block {
        let mut block = Block::default();
        let mut nlri = Vec::new();
        for (audience, nets) in &slice.withdrawn {
            let ends = written(nets, table, (&[], self.rules.paths > 0), &mut nlri);
            self.packer().withdraw(&mut block, cut(&nlri, &ends), *audience);
        }
        slice.pack(&self.rules, table, context, &mut block);
        block
    }

    /// Forget what every member has read.
    pub(super) fn trim(&mut self) {
        let end = self.log.end().block;
        let first = self.members.iter().map(|member| member.position.block).min().unwrap_or(end);
        self.log.trim(first);
        let members = &self.members;
        self.dumps.retain_mut(|(number, dump)| {
            let reading = members.iter().filter_map(|one| one.dump.filter(|(of, _)| of == number));
            let Some(first) = reading.map(|(_, position)| position.block).min() else {
                return false;
            };
            dump.log.trim(first);
            true
        });
    }

    /// Octets that stand ready for a member and that it has not fetched.
    #[must_use]
    pub fn behind(&self, peer: PeerId) -> usize {
        let member = self.members.iter().find(|one| one.peer == peer);
        member.map_or(0, |one| self.log.behind(one.position))
    }

    /// Take a member out into a group of its own, which goes on from where it is; `reader` is one
    /// that has seen what ours has.
    pub fn detach(&mut self, peer: PeerId, reader: Reader, store: &mut Store) -> Option<Self> {
        let at = self.members.iter().position(|one| one.peer == peer)?;
        let member = self.members.remove(at);
        let several = self.several.iter().flatten().map(|(_, told)| told);
        self.told.iter().chain(several).for_each(|told| store.retain(told.set));
        let dumps = match member.dump {
            Some((number, _)) => {
                let held = self.dumps.iter().filter(|(other, _)| *other == number);
                held.map(|(number, dump)| (*number, dump.clone())).collect()
            }
            None => Vec::new(),
        };
        let other = Self {
            walk: self.walk,
            rework: self.rework.clone(),
            ended: self.ended,
            told: self.told.clone(),
            several: self.several.clone(),
            rests_until: self.rests_until,
            window: self.window,
            log: self.log.clone(),
            members: vec![member],
            dumps,
            next_dump: self.next_dump,
            count: self.count,
            ..Self::new(self.rules.clone(), reader)
        };
        self.trim();
        Some(other)
    }

    /// Whether all that is known is worked out; `unread` of its reader's changes are not.
    #[must_use]
    pub const fn is_settled(&self, unread: usize) -> bool {
        unread == 0 && self.walk.is_none() && self.rework.is_none() && self.ended.is_some()
    }

    /// Whether its members have fetched all.
    #[must_use]
    pub fn is_fetched(&self) -> bool {
        let end = self.log.end();
        self.members.iter().all(|one| one.position == end && one.dump.is_none() && !one.owes_end)
    }

    /// Take the members of another over that is told the same and has fetched all; both are settled.
    pub fn adopt(&mut self, other: &mut Self) {
        let position = self.log.end();
        let members = std::mem::take(&mut other.members).into_iter();
        self.members.extend(members.map(|one| Member { position, ..one }));
    }

    /// Bytes of memory held, as far as one can know.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.told.capacity() * size_of::<Told>()
            + self.several.capacity() * size_of::<Several>()
            + self.several.iter().map(Vec::capacity).sum::<usize>() * size_of::<(u32, Told)>()
            + self.external.capacity()
            + self.others.capacity() * 16
            + self.log.behind(Position::default())
    }
}

/// Whether a prefix is inside of one that is told instead.
pub(super) fn is_summarized(prefix: Option<Net>, summaries: &[Net]) -> bool {
    let Some(prefix) = prefix.filter(|_| !summaries.is_empty()) else { return false };
    summaries.iter().any(|one| prefix.len() > one.len() && one.contains(prefix))
}

/// Whether a path is one that is given only to who is told it, and that nobody chooses.
pub(super) const fn is_given(path: &Path) -> bool {
    path.peer == 0 && path.imported == 0
}

/// Write prefixes one after the other, each with what goes with it, and an identifier in front where
/// they have one (RFC 7911 3); gives where each ends.
pub(super) fn written<K: NetKey>(
    places: &[Place],
    table: &FamilyTable<K>,
    (rest, has_ids): (&[u8], bool),
    nlri: &mut Vec<u8>,
) -> Vec<usize> {
    nlri.clear();
    let mut ends = Vec::with_capacity(places.len());
    for &(net, id) in places {
        if let Some(entry) = table.nets.get(net) {
            if has_ids {
                nlri.extend(id.to_be_bytes());
            }
            entry.key.write_with(table.family, rest, nlri);
            ends.push(nlri.len());
        }
    }
    ends
}

/// The prefixes that end at these places.
pub(super) fn cut<'a>(nlri: &'a [u8], ends: &'a [usize]) -> impl Iterator<Item = &'a [u8]> {
    let starts = std::iter::once(0).chain(ends.iter().copied());
    starts.zip(ends).map(|(start, &end)| nlri.get(start..end).unwrap_or_default())
}

/// What changed, by what is said of it.
#[derive(Default)]
pub(super) struct Slice {
    announced: Vec<(Told, Vec<Place>)>,
    withdrawn: Vec<(Audience, Vec<Place>)>,
    places: HashMap<Told, usize>,
}

impl Slice {
    pub(super) fn announce(&mut self, told: Told, net: Place) {
        if let Some((held, nets)) = self.announced.last_mut()
            && *held == told
        {
            nets.push(net);
            return;
        }
        let next = self.announced.len();
        let at = *self.places.entry(told).or_insert(next);
        match self.announced.get_mut(at) {
            Some((_, nets)) => nets.push(net),
            None => self.announced.push((told, vec![net])),
        }
    }

    pub(super) fn withdraw(&mut self, audience: Audience, net: Place) {
        match self.withdrawn.iter_mut().find(|(held, _)| *held == audience) {
            Some((_, nets)) => nets.push(net),
            None => self.withdrawn.push((audience, vec![net])),
        }
    }

    /// Make messages of what is announced.
    pub(super) fn pack<K: NetKey>(
        &self,
        rules: &ExportRules,
        table: &FamilyTable<K>,
        context: &Context<'_>,
        block: &mut Block,
    ) {
        let mut nlri = Vec::new();
        let packer = rules.packer();
        for (told, nets) in &self.announced {
            // `judge` saw to it that there is a next hop, and room
            if let Some(bytes) = rules.written(*told, context) {
                let rest = Attributes(&bytes).value(codes::MP_REACH_NLRI).unwrap_or_default();
                let ends = written(nets, table, (rest, rules.paths > 0), &mut nlri);
                packer.announce(block, &bytes, cut(&nlri, &ends), told.audience());
            }
        }
    }
}

/// Append a message if there is room.
fn append(out: &mut Vec<u8>, room: usize, message: &[u8]) -> bool {
    let fits = out.len() + message.len() <= room;
    if fits {
        out.extend_from_slice(message);
    }
    fits
}
