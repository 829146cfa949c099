//! `FamilyTable`: the prefixes of one family, the paths to them, and which is best.

use crate::addr::Ip;
use crate::bgp::attributes::{SetId, Store};
use crate::bgp::damping::Damping;
use crate::bgp::decision::{Candidate, Chosen, Rules, Step};
use crate::bgp::family::Family;
use crate::bgp::journal::Journal;
use crate::bgp::keyed::Keyed;
use crate::bgp::nets::{NetIx, NetKey, Nets};
use crate::bgp::paths::{NO_PATH, Path, PathIx, Paths, flags};
use crate::bgp::peer::{PeerId, Relation};
use crate::bgp::watch::{Sights, Watch, Watcher};

/// In place of the best path of a prefix that lost it and has not been decided anew.
const GONE: PathIx = NO_PATH - 1;

/// What the choice asks of a neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Where it is.
    pub relation: Relation,
    /// Its BGP identifier.
    pub router_id: u32,
    /// Its address.
    pub address: Ip,
}

/// What the choice rests on, beside the paths themselves.
pub struct Grounds<'a> {
    /// What is left to choice.
    pub rules: &'a Rules,
    /// The attributes.
    pub store: &'a Store,
    /// Every neighbour by number; the first is ourselves.
    pub standings: &'a [Standing],
}

/// A path as a neighbour says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// Who.
    pub peer: PeerId,
    /// Its path identifier, 0 without.
    pub path_id: u32,
    /// As it came; a use that is handed over.
    pub received: SetId,
    /// After the import policy, 0 if refused; a use that is handed over.
    pub imported: SetId,
    /// Of `flags`.
    pub flags: u16,
    /// In seconds of the table's time.
    pub since: u32,
}

/// What became of something said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There was no such path before.
    New,
    /// There was one that said something else, with these flags.
    Changed(u16),
    /// It was said again.
    Same(u16),
    /// There are `PATHS_MOST` to this prefix by this neighbour: not taken.
    Full,
}

/// How many paths to one prefix a neighbour may tell (RFC 7911): every one of them is looked at
/// each time one changes.
pub const PATHS_MOST: usize = 64;

/// A journal this much longer than twice its prefixes is made short; in tests always.
const JOURNAL_LEAST: usize = if cfg!(test) { 0 } else { 1 << 16 };

/// The tables of one family: Adj-RIBs-In and Loc-RIB.
#[derive(Debug)]
pub struct FamilyTable<K> {
    /// The family.
    pub family: Family,
    /// Its prefixes.
    pub nets: Nets<K>,
    /// The paths to them.
    pub paths: Paths,
    /// The prefixes whose best path changed.
    pub journal: Journal,
    /// Programs that look on.
    pub watch: Watch<K>,
    /// Prefixes stand in the journal too where another path changed: somebody is told several.
    pub notes_all: bool,
    /// Those of its paths that flap.
    pub damping: Damping<K>,
    dirty: Vec<NetIx>,
    chosen: Chosen,
}

impl<K: NetKey> FamilyTable<K> {
    /// Without prefixes.
    #[must_use]
    pub fn new(family: Family, keyed: Keyed) -> Self {
        Self {
            family,
            nets: Nets::new(keyed),
            paths: Paths::default(),
            journal: Journal::default(),
            watch: Watch::default(),
            notes_all: false,
            damping: Damping::new(keyed),
            dirty: Vec::new(),
            chosen: Chosen::default(),
        }
    }

    /// Take a path in place of the one that the same neighbour said by the same identifier.
    pub fn announce(&mut self, key: K, said: Said, store: &mut Store) -> Outcome {
        let net = self.nets.find_or_add(key, self.journal.past());
        let first = self.nets.get(net).map_or(NO_PATH, |entry| entry.first);
        let mut count = 0;
        let held = self.paths.list(first).find(|(_, path)| {
            count += usize::from(path.peer == said.peer);
            path.peer == said.peer && path.path_id == said.path_id
        });
        let held = held.map(|(at, _)| at);
        if held.is_none() && count >= PATHS_MOST && said.peer != 0 {
            store.release(said.received);
            store.release(said.imported);
            return Outcome::Full;
        }
        if let Some(path) = held.and_then(|at| self.paths.get_mut(at)) {
            let before = path.flags;
            let is_same = path.received == said.received
                && path.imported == said.imported
                && kept(path.flags) == kept(said.flags);
            store.release(path.received);
            store.release(path.imported);
            path.received = said.received;
            path.imported = said.imported;
            if is_same {
                path.flags = said.flags | path.flags & (flags::MULTIPATH | flags::CHANGED);
                return Outcome::Same(before);
            }
            path.flags = said.flags | path.flags & flags::MULTIPATH | flags::CHANGED;
            path.since = said.since;
            self.dirty.push(net);
            if let Some(entry) = self.nets.get(net) {
                self.watch.note(&entry.key, said.peer, said.path_id);
            }
            return Outcome::Changed(before);
        }
        let at = self.paths.add(Path {
            next: first,
            received: said.received,
            imported: said.imported,
            path_id: said.path_id,
            since: said.since,
            peer: said.peer,
            flags: said.flags | flags::CHANGED,
        });
        if let Some(entry) = self.nets.get_mut(net) {
            entry.first = at;
            self.watch.note(&entry.key, said.peer, said.path_id);
        }
        self.dirty.push(net);
        Outcome::New
    }

    /// Take a path out; gives the flags that it had, None if there is none.
    pub fn withdraw(
        &mut self,
        key: &K,
        peer: PeerId,
        path_id: u32,
        store: &mut Store,
    ) -> Option<u16> {
        let net = self.nets.find(key)?;
        let mut found = None;
        self.remove_if(net, store, |path, _| {
            let goes = path.peer == peer && path.path_id == path_id;
            found = if goes { Some(path.flags) } else { found };
            goes
        });
        found
    }

    /// Whether a neighbour has told a path.
    #[must_use]
    pub fn has(&self, key: &K, peer: PeerId, path_id: u32) -> bool {
        let first = self.nets.find(key).and_then(|net| self.nets.get(net)).map(|one| one.first);
        let mut listed = self.paths.list(first.unwrap_or(NO_PATH));
        listed.any(|(_, path)| path.peer == peer && path.path_id == path_id)
    }

    /// The attributes of a path as a neighbour told them.
    #[must_use]
    pub fn received(&self, key: &K, peer: PeerId, path_id: u32) -> Option<SetId> {
        let first = self.nets.find(key).and_then(|net| self.nets.get(net)).map(|one| one.first);
        let mut listed = self.paths.list(first.unwrap_or(NO_PATH));
        let found = listed.find(|(_, path)| path.peer == peer && path.path_id == path_id);
        found.map(|(_, path)| path.received)
    }

    /// Use a path again that was suppressed; gives its flags before and after.
    pub fn release(&mut self, key: &K, peer: PeerId, path_id: u32) -> Option<(u16, u16)> {
        let net = self.nets.find(key)?;
        let mut found = None;
        self.change_each(net, |path| {
            let is_it =
                path.peer == peer && path.path_id == path_id && path.flags & flags::DAMPED != 0;
            if is_it {
                let before = path.flags;
                path.flags &= !flags::DAMPED;
                found = Some((before, path.flags));
            }
            is_it
        });
        found
    }

    /// Take those paths of a prefix out for which `is_gone` says so; gives how many.
    pub fn remove_if(
        &mut self,
        net: NetIx,
        store: &mut Store,
        mut is_gone: impl FnMut(&Path, &Store) -> bool,
    ) -> usize {
        let Some(entry) = self.nets.get_mut(net) else { return 0 };
        let (mut before, mut at, mut count) = (NO_PATH, entry.first, 0);
        while let Some(&path) = self.paths.get(at) {
            if !is_gone(&path, store) {
                (before, at) = (at, path.next);
                continue;
            }
            match self.paths.get_mut(before) {
                Some(before) => before.next = path.next,
                None => entry.first = path.next,
            }
            if entry.best == at || path.flags & flags::MULTIPATH != 0 {
                entry.best = GONE; // so that whoever is best then is news
            }
            store.release(path.received);
            store.release(path.imported);
            self.paths.remove(at);
            self.watch.note(&entry.key, path.peer, path.path_id);
            at = path.next;
            count += 1;
        }
        if count > 0 {
            self.dirty.push(net);
        }
        count
    }

    /// Change the paths of a prefix in place: `change` tells whether it did something to one. The
    /// prefix is decided anew if so.
    pub fn change_each(&mut self, net: NetIx, mut change: impl FnMut(&mut Path) -> bool) {
        let Some(entry) = self.nets.get(net) else { return };
        let (mut at, mut is_changed) = (entry.first, false);
        while let Some(path) = self.paths.get_mut(at) {
            if change(path) {
                path.flags |= flags::CHANGED;
                is_changed = true;
                self.watch.note(&entry.key, path.peer, path.path_id);
            }
            at = path.next;
        }
        if is_changed {
            self.dirty.push(net);
        }
    }

    /// Have a prefix decided anew: what its paths rest on has changed.
    pub fn touch(&mut self, net: NetIx) {
        self.dirty.push(net);
    }

    /// Have whoever reads the journal look at a prefix again.
    pub fn note(&mut self, net: NetIx) {
        if let Some(place) = self.journal.note(net)
            && let Some(entry) = self.nets.get_mut(net)
        {
            entry.noted = place;
        }
    }

    /// Decide all that something happened to since this was last done.
    pub fn decide(&mut self, grounds: &Grounds<'_>) {
        let mut dirty = std::mem::take(&mut self.dirty);
        for &net in &dirty {
            self.decide_one(net, grounds);
        }
        dirty.clear();
        self.dirty = dirty; // its room is used again
        if self.journal.len() > 2 * self.nets.len() + JOURNAL_LEAST {
            self.compact_journal();
        }
    }

    /// Who reads late sees what is true then: of each prefix the last entry is enough. So what
    /// flaps does not grow the journal, however far behind somebody is.
    fn compact_journal(&mut self) {
        let Self { journal, nets, .. } = self;
        let mut places = Vec::with_capacity(nets.len());
        journal.compact(
            |net, place| nets.get(net).is_some_and(|entry| entry.noted == place),
            |net, place| places.push((net, place)),
        );
        for (net, place) in places {
            if let Some(entry) = nets.get_mut(net) {
                entry.noted = place;
            }
        }
    }

    fn decide_one(&mut self, net: NetIx, grounds: &Grounds<'_>) {
        let Some(entry) = self.nets.get(net) else { return };
        let (held, first) = (entry.best, entry.first);
        let alone = self.paths.get(first).filter(|path| path.next == NO_PATH);
        let is_alone = alone.is_some();
        let (best, is_news) = match alone {
            Some(path) => {
                let is_usable = candidate(first, path, grounds).is_some_and(|one| one.is_usable());
                (if is_usable { first } else { NO_PATH }, false)
            }
            None => self.choose(first, grounds),
        };
        let mut is_news = is_news || best != held;
        let mut at = first;
        while let Some(path) = self.paths.get_mut(at) {
            is_news |= path.flags & flags::CHANGED != 0 && at == best;
            is_news |= is_alone && path.flags & flags::MULTIPATH != 0;
            path.flags &= !(flags::CHANGED | if is_alone { flags::MULTIPATH } else { 0 });
            at = path.next;
        }
        let is_noted = is_news || self.notes_all;
        let noted = is_noted.then(|| self.journal.note(net)).flatten();
        let Some(entry) = self.nets.get_mut(net) else { return };
        entry.best = best;
        if is_news {
            self.watch.note_best(&entry.key);
        }
        if let Some(place) = noted {
            entry.noted = place;
        }
        if first == NO_PATH && self.journal.is_past(entry.noted) {
            self.nets.remove(net);
        }
    }

    /// The best paths to a prefix, so many at most, the best first: each is the best without those
    /// before it.
    #[must_use]
    pub fn ranked(&self, net: NetIx, most: usize, grounds: &Grounds<'_>) -> Vec<PathIx> {
        let Some(entry) = self.nets.get(net) else { return Vec::new() };
        let listed = self.paths.list(entry.first);
        let mut left: Vec<_> =
            listed.filter_map(|(at, path)| candidate(at, path, grounds)).collect();
        left.retain(Candidate::is_usable);
        let (mut ranked, mut chosen) =
            (Vec::with_capacity(most.min(left.len())), Chosen::default());
        while !left.is_empty() && ranked.len() < most {
            grounds.rules.choose(&left, &mut chosen);
            let Some(best) = chosen.best else { break };
            ranked.push(left.swap_remove(best).at);
        }
        ranked
    }

    /// The best of several, and whether who is used beside it changed.
    fn choose(&mut self, first: PathIx, grounds: &Grounds<'_>) -> (PathIx, bool) {
        let listed = self.paths.list(first);
        let all: Vec<_> = listed.filter_map(|(at, path)| candidate(at, path, grounds)).collect();
        grounds.rules.choose(&all, &mut self.chosen);
        let best = self.chosen.best.and_then(|at| all.get(at)).map_or(NO_PATH, |one| one.at);
        let is_multi = grounds.rules.multipath_external > 1 || grounds.rules.multipath_internal > 1;
        if !is_multi && all.iter().all(|one| one.path.flags & flags::MULTIPATH == 0) {
            return (best, false);
        }
        let mut is_news = false;
        let marked: Vec<_> = all
            .iter()
            .enumerate()
            .map(|(place, one)| (one.at, self.chosen.beside.contains(&place), one.path.flags))
            .collect();
        for (at, is_beside, held) in marked {
            let was_beside = held & flags::MULTIPATH != 0;
            let is_changed = is_beside && held & flags::CHANGED != 0;
            is_news |= was_beside != is_beside || is_changed;
            if let Some(path) = self.paths.get_mut(at) {
                path.flags =
                    path.flags & !flags::MULTIPATH | if is_beside { flags::MULTIPATH } else { 0 };
            }
        }
        (best, is_news)
    }

    /// How each path to a prefix fared: its number, and the step that took it away.
    #[must_use]
    pub fn explain(&self, net: NetIx, grounds: &Grounds<'_>) -> Vec<(PathIx, Option<Step>)> {
        let Some(entry) = self.nets.get(net) else { return Vec::new() };
        let listed = self.paths.list(entry.first);
        let all: Vec<_> = listed.filter_map(|(at, path)| candidate(at, path, grounds)).collect();
        let mut chosen = Chosen::default();
        grounds.rules.choose(&all, &mut chosen);
        all.iter().map(|one| one.at).zip(chosen.lost).collect()
    }

    /// Forget what every reader of the journal has seen, with prefixes that have no path any more.
    pub fn trim(&mut self) {
        for (net, place) in self.journal.trim() {
            // one that is not decided yet goes when it is
            let is_gone = |entry: &crate::bgp::nets::Entry<K>| {
                entry.first == NO_PATH && entry.best == NO_PATH && entry.noted == place
            };
            if self.nets.get(net).is_some_and(is_gone) {
                self.nets.remove(net);
            }
        }
    }

    /// About `limit` paths that a watcher has not seen; None: there is no such watcher.
    pub fn sights(&mut self, watcher: Watcher, limit: usize) -> Option<Sights<K>> {
        self.watch.read(watcher, limit, &self.nets, &self.paths)
    }

    /// The best path of a prefix.
    #[inline]
    #[must_use]
    pub fn best(&self, net: NetIx) -> Option<&Path> {
        self.paths.get(self.nets.get(net)?.best)
    }

    /// Bytes of memory held, as far as one can know.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.nets.memory() + self.paths.memory() + self.damping.memory() + self.dirty.capacity() * 4
    }
}

/// Flags that mean something to others: a path that was stale and is said again is none the worse,
/// and nobody is told of it.
const fn kept(of: u16) -> u16 {
    of & !(flags::MULTIPATH | flags::CHANGED | flags::EVEN_SESSION | flags::STALE)
}

#[inline]
fn candidate<'a>(at: PathIx, path: &'a Path, grounds: &Grounds<'a>) -> Option<Candidate<'a>> {
    let standing = grounds.standings.get(usize::from(path.peer))?;
    let set = grounds.store.get(path.imported);
    let next_hop = set.and_then(|set| grounds.store.next_hops.get(set.next_hop));
    Some(Candidate {
        at,
        path,
        set,
        metric: next_hop.and_then(|hop| hop.metric),
        relation: standing.relation,
        router_id: standing.router_id,
        address: standing.address,
    })
}
