//! `Group`: neighbours that are told the same, and what they were told.

use std::collections::HashMap;

use super::dump::Dump;
use super::export::{ExportRules, Refusal, Told};
use super::log::{Audience, Block, Log, Position};
use super::pack::Packer;
use crate::bgp::attributes::{SetId, Store};
use crate::bgp::journal::Reader;
use crate::bgp::nets::{NetIx, NetKey};
use crate::bgp::paths::{Path, flags};
use crate::bgp::peer::{PeerId, Relation};
use crate::bgp::table::{FamilyTable, Identity, Standing};

/// How many prefixes are worked out at a time.
const SLICE: usize = 4096;
/// In a cache: it is not told.
const REFUSED: SetId = SetId::MAX;
/// In a cache: it is told as it is.
const SAME: SetId = SetId::MAX - 1;

/// What a group works with, of its table.
pub struct Context<'a> {
    /// The attributes.
    pub store: &'a mut Store,
    /// Who we are.
    pub identity: &'a Identity,
    /// Every neighbour by number.
    pub standings: &'a [Standing],
}

/// Somebody of a group.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) peer: PeerId,
    pub(super) position: Position,
    /// The number of the dump that comes first, and how far it was read.
    pub(super) dump: Option<(u32, Position)>,
    /// Our next hop there, as it stands in messages.
    pub(super) hop: Vec<u8>,
}

/// Neighbours that are told the same of one family.
#[derive(Debug)]
pub struct Group {
    /// What makes them one.
    pub rules: ExportRules,
    reader: Reader,
    /// The first prefix that has not been worked out since all were to be, if some are left.
    walk: Option<NetIx>,
    owes_end: bool,
    pub(super) told: Vec<Told>,
    pub(super) log: Log,
    pub(super) members: Vec<Member>,
    pub(super) dumps: Vec<(u32, Dump)>,
    next_dump: u32,
    /// By the set as imported, for paths of external neighbours: what the policy made of it.
    external: Vec<SetId>,
    /// The same for others, where whose it is makes a difference.
    others: HashMap<Told, SetId>,
    count: usize,
}

impl Group {
    /// With nobody in it; `reader` is one of the family's journal, its own.
    #[must_use]
    pub fn new(rules: ExportRules, reader: Reader) -> Self {
        Self {
            rules,
            reader,
            walk: Some(0),
            owes_end: true,
            told: Vec::new(),
            log: Log::default(),
            members: Vec::new(),
            dumps: Vec::new(),
            next_dump: 0,
            external: Vec::new(),
            others: HashMap::new(),
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

    /// What the members were told of a prefix.
    #[must_use]
    pub fn told(&self, net: NetIx) -> Told {
        self.told.get(net as usize).copied().unwrap_or_default()
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
        self.members.push(Member { peer, position, dump, hop });
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

    /// Tell a member everything again (RFC 2918 4); what it misses meanwhile comes behind.
    pub fn tell_again(&mut self, peer: PeerId) {
        let position = self.log.end();
        self.next_dump += 1;
        let number = self.next_dump;
        if let Some(member) = self.members.iter_mut().find(|one| one.peer == peer) {
            // what stands ready for it is older than the dump
            member.position = position;
            member.dump = Some((number, Position::default()));
            self.dumps.push((number, Dump::new(position)));
        }
    }

    /// A neighbour is no member any more.
    pub fn leave(&mut self, peer: PeerId) {
        self.members.retain(|member| member.peer != peer);
        self.trim();
    }

    /// Work everything out again: a policy or rule has changed. Only what differs is told.
    pub fn work_out_again(&mut self, store: &mut Store) {
        self.clear_caches(store);
        self.walk = Some(0);
    }

    /// Let go of everything, before the group itself is let go of.
    pub fn end(&mut self, store: &mut Store) {
        self.clear_caches(store);
        for told in std::mem::take(&mut self.told) {
            store.release(told.set);
        }
    }

    fn clear_caches(&mut self, store: &mut Store) {
        let external = std::mem::take(&mut self.external);
        let others = std::mem::take(&mut self.others);
        for set in external.into_iter().chain(others.into_values()).filter(|&set| set < SAME) {
            store.release(set);
        }
    }

    /// Forget what was remembered of sets that are gone.
    pub fn forget(&mut self, gone: &[SetId], store: &mut Store) {
        for &id in gone {
            if let Some(set) = self.external.get_mut(id as usize) {
                let set = std::mem::take(set);
                if set < SAME {
                    store.release(set);
                }
            }
        }
        if !self.others.is_empty() && !gone.is_empty() {
            let gone: std::collections::HashSet<SetId> = gone.iter().copied().collect();
            self.others.retain(|said, set| {
                let stays = !gone.contains(&said.set);
                if !stays && *set < SAME {
                    store.release(*set);
                }
                stays
            });
        }
    }

    /// Whether somebody could be told more than stands ready.
    #[must_use]
    pub fn owes<K: NetKey>(&self, table: &FamilyTable<K>, peer: PeerId) -> bool {
        let Some(member) = self.members.iter().find(|one| one.peer == peer) else { return false };
        member.dump.is_some()
            || self.walk.is_some()
            || self.owes_end
            || member.position != self.log.end()
            || table.journal.unread(self.reader) > 0
    }

    /// Whole messages for a member, up to `room` octets.
    pub fn outgoing<K: NetKey>(
        &mut self,
        table: &mut FamilyTable<K>,
        context: &mut Context<'_>,
        peer: PeerId,
        room: usize,
    ) -> Vec<u8> {
        let mut out = Vec::new();
        let Some(at) = self.members.iter().position(|one| one.peer == peer) else { return out };
        while let Some(member) = self.members.get_mut(at) {
            if let Some((number, mut position)) = member.dump {
                let dump = self.dumps.iter_mut().find(|(other, _)| *other == number);
                let Some((_, dump)) = dump else {
                    member.dump = None;
                    continue;
                };
                let fits = dump.log.copy(&mut position, peer, &member.hop, room, &mut out);
                member.dump = Some((number, position));
                if !fits {
                    break;
                }
                if dump.is_done() {
                    member.dump = None;
                    self.trim();
                    continue;
                }
                self.dump_slice(number, table, context);
                continue;
            }
            if !self.log.copy(&mut member.position, peer, &member.hop, room, &mut out) {
                break;
            }
            if !self.generate(table, context) {
                break;
            }
        }
        self.trim();
        out
    }

    pub(super) fn packer(&self) -> Packer {
        Packer {
            family: self.rules.family,
            longest: usize::from(self.rules.longest),
            as4: self.rules.as4,
            hop_length: usize::from(self.rules.hop_length),
        }
    }

    fn dump_slice<K: NetKey>(
        &mut self,
        number: u32,
        table: &FamilyTable<K>,
        context: &Context<'_>,
    ) {
        let packer = self.packer();
        let is_last_told = self.walk.is_none() && !self.owes_end;
        if let Some((_, dump)) = self.dumps.iter_mut().find(|(other, _)| *other == number) {
            let members: Vec<PeerId> = self.members.iter().map(|one| one.peer).collect();
            let end = is_last_told;
            dump.go_on(&self.told, &members, &self.rules, table, context, &packer, (SLICE, end));
        }
    }

    /// Work a slice of what changed out and put it into the log; false if nothing was left.
    fn generate<K: NetKey>(
        &mut self,
        table: &mut FamilyTable<K>,
        context: &mut Context<'_>,
    ) -> bool {
        let nets: Vec<NetIx> = match self.walk {
            Some(first) => {
                let last = first.saturating_add(SLICE as u32).min(table.nets.end());
                self.walk = (last < table.nets.end()).then_some(last);
                (first..last).collect()
            }
            None => table.journal.read(self.reader, SLICE),
        };
        let is_end = self.walk.is_none() && self.owes_end;
        if nets.is_empty() && !is_end {
            return false;
        }
        let mut slice = Slice::default();
        for net in nets {
            self.work_out(net, table, context, &mut slice);
        }
        let mut block = self.packed(slice, table, context);
        if is_end {
            self.owes_end = false;
            self.packer().end_of_rib(&mut block);
        }
        self.log.push(block);
        true
    }

    fn work_out<K: NetKey>(
        &mut self,
        net: NetIx,
        table: &FamilyTable<K>,
        context: &mut Context<'_>,
        slice: &mut Slice,
    ) {
        let before = self.told(net);
        let after = table.best(net).and_then(|path| self.told_of(path, context));
        let after = after.unwrap_or_default();
        if before == after {
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
            slice.announce(after, self.audience(after), net);
            let is_its_own = before.set != 0 && after.source != before.source;
            if is_its_own && self.is_member(after.source) {
                slice.withdraw(Audience::Only(after.source), net);
            }
        } else {
            slice.withdraw(self.audience(before), net);
        }
        context.store.release(before.set);
    }

    fn is_member(&self, peer: PeerId) -> bool {
        peer != 0 && self.members.iter().any(|member| member.peer == peer)
    }

    /// Everybody but the one that said it.
    pub(super) fn audience(&self, told: Told) -> Audience {
        if self.is_member(told.source) { Audience::AllBut(told.source) } else { Audience::All }
    }

    /// What is told of a path; None: nothing is.
    fn told_of(&mut self, path: &Path, context: &mut Context<'_>) -> Option<Told> {
        let source = context.standings.get(usize::from(path.peer))?;
        let is_long_lived = path.flags & flags::LONG_LIVED_STALE != 0;
        let said = Told { set: path.imported, source: path.peer, is_long_lived, keeps_med: false };
        let is_plain = path.peer != 0 && source.relation == Relation::External && !is_long_lived;
        let held = if is_plain {
            self.external.get(path.imported as usize).copied().unwrap_or(0)
        } else {
            self.others.get(&said).copied().unwrap_or(0)
        };
        let set = if held != 0 { held } else { self.judge(said, source, context) };
        if held == 0 && is_plain {
            let at = path.imported as usize;
            if self.external.len() <= at {
                self.external.resize(at + 1, 0);
            }
            if let Some(place) = self.external.get_mut(at) {
                *place = set;
            }
        } else if held == 0 {
            self.others.insert(said, set);
        }
        match set {
            REFUSED => None,
            SAME => Some(said),
            set => Some(Told { set, ..said }),
        }
    }

    /// What a cache holds of a path.
    fn judge(&self, said: Told, source: &Standing, context: &mut Context<'_>) -> SetId {
        let admitted = context.store.get(said.set).ok_or(Refusal::NoPath);
        match admitted.and_then(|set| self.rules.admit(said, set, source)) {
            Ok(()) => SAME,
            Err(_) => REFUSED,
        }
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
            let ends = written(nets, table, &mut nlri);
            self.packer().withdraw(&mut block, cut(&nlri, &ends), *audience);
        }
        slice.pack(&self.rules, &self.packer(), table, context, &mut block);
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
        for told in &self.told {
            store.retain(told.set);
        }
        let dumps = match member.dump {
            Some((number, _)) => {
                let held = self.dumps.iter().filter(|(other, _)| *other == number);
                held.map(|(number, dump)| (*number, dump.clone())).collect()
            }
            None => Vec::new(),
        };
        let other = Self {
            walk: self.walk,
            owes_end: self.owes_end,
            told: self.told.clone(),
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

    /// Bytes of memory held, as far as one can know.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.told.capacity() * size_of::<Told>()
            + self.external.capacity() * 4
            + self.others.capacity() * 16
            + self.log.behind(Position::default())
    }
}

/// Write prefixes one after the other; gives where each ends.
pub(super) fn written<K: NetKey>(
    nets: &[NetIx],
    table: &FamilyTable<K>,
    nlri: &mut Vec<u8>,
) -> Vec<usize> {
    nlri.clear();
    let mut ends = Vec::with_capacity(nets.len());
    for &net in nets {
        if let Some(entry) = table.nets.get(net) {
            entry.key.write(nlri);
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
    announced: Vec<(Told, Audience, Vec<NetIx>)>,
    withdrawn: Vec<(Audience, Vec<NetIx>)>,
    places: HashMap<Told, usize>,
}

impl Slice {
    pub(super) fn announce(&mut self, told: Told, audience: Audience, net: NetIx) {
        if let Some((held, _, nets)) = self.announced.last_mut()
            && *held == told
        {
            nets.push(net);
            return;
        }
        let next = self.announced.len();
        let at = *self.places.entry(told).or_insert(next);
        match self.announced.get_mut(at) {
            Some((.., nets)) => nets.push(net),
            None => self.announced.push((told, audience, vec![net])),
        }
    }

    fn withdraw(&mut self, audience: Audience, net: NetIx) {
        match self.withdrawn.iter_mut().find(|(held, _)| *held == audience) {
            Some((_, nets)) => nets.push(net),
            None => self.withdrawn.push((audience, vec![net])),
        }
    }

    /// Make messages of what is announced.
    pub(super) fn pack<K: NetKey>(
        &self,
        rules: &ExportRules,
        packer: &Packer,
        table: &FamilyTable<K>,
        context: &Context<'_>,
        block: &mut Block,
    ) {
        let mut nlri = Vec::new();
        for (told, audience, nets) in &self.announced {
            let source = context.standings.get(usize::from(told.source));
            let (Some(set), Some(source)) = (context.store.get(told.set), source) else { continue };
            let Some(bytes) = rules.rewritten(*told, set, source, context.identity) else {
                continue;
            };
            let ends = written(nets, table, &mut nlri);
            packer.announce(block, &bytes, cut(&nlri, &ends), *audience);
        }
    }
}
