//! `Watch`: paths as they come and go, for programs that look on at their own pace.
//!
//! A watcher holds the names of paths that changed and not what changed, each once: who reads late
//! sees what is true then, and a neighbour that flaps costs no memory. Beyond `WAITING_MOST` names
//! all are forgotten, and the watcher is told everything from the beginning.

use std::collections::{HashSet, VecDeque};
use std::hash::Hash;

use super::attributes::SetId;
use super::nets::{NetIx, NetKey, Nets};
use super::paths::{Path, Paths};
use super::peer::PeerId;

/// Who watches. Numbers are not used again.
pub type Watcher = u32;

/// How many changes wait for a watcher before it begins anew.
pub const WAITING_MOST: usize = 1 << 21;

/// The name of a path; of one that is watched as the best of its prefix, without peer and id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Name<K> {
    key: K,
    peer: PeerId,
    path_id: u32,
}

/// What a watcher is told of several prefixes alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight<K> {
    /// Who said it; of a best path that is gone: 0.
    pub peer: PeerId,
    /// Its path identifier.
    pub path_id: u32,
    /// The attributes: as they came, of a best path after the import policy. 0: it is gone.
    pub set: SetId,
    /// Whether the import policy took it.
    pub is_accepted: bool,
    /// The prefixes.
    pub keys: Vec<K>,
}

/// What there is for a watcher.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sights<K> {
    /// Forget all that was told: what follows is everything from the beginning.
    pub is_anew: bool,
    /// Whether all that was there at the beginning has been told.
    pub is_caught_up: bool,
    /// What is told, in order.
    pub told: Vec<Sight<K>>,
}

#[derive(Debug)]
struct One<K> {
    number: Watcher,
    is_best: bool,
    /// How far the prefixes are told that were there already.
    told_to: Option<NetIx>,
    is_anew: bool,
    waiting: VecDeque<Name<K>>,
    known: HashSet<Name<K>>,
}

/// The watchers of a family.
#[derive(Debug)]
pub struct Watch<K> {
    all: Vec<One<K>>,
    last: Watcher,
    most: usize,
}

impl<K> Default for Watch<K> {
    fn default() -> Self {
        Self { all: Vec::new(), last: 0, most: WAITING_MOST }
    }
}

impl<K: NetKey> Watch<K> {
    /// Watch from now on all paths of neighbours, or the best of each prefix; `replays`: what is
    /// there already is told first.
    pub fn open(&mut self, is_best: bool, replays: bool) -> Watcher {
        self.last += 1;
        self.all.push(One {
            number: self.last,
            is_best,
            told_to: replays.then_some(0),
            is_anew: false,
            waiting: VecDeque::new(),
            known: HashSet::new(),
        });
        self.last
    }

    /// Watch no more.
    pub fn close(&mut self, watcher: Watcher) {
        self.all.retain(|one| one.number != watcher);
    }

    /// A path has changed, or is gone.
    #[inline]
    pub fn note(&mut self, key: &K, peer: PeerId, path_id: u32) {
        if !self.all.is_empty() && peer != 0 {
            self.put(key, peer, path_id, false);
        }
    }

    /// The best path of a prefix has changed, or is gone.
    #[inline]
    pub fn note_best(&mut self, key: &K) {
        if !self.all.is_empty() {
            self.put(key, 0, 0, true);
        }
    }

    fn put(&mut self, key: &K, peer: PeerId, path_id: u32, is_best: bool) {
        for one in self.all.iter_mut().filter(|one| one.is_best == is_best) {
            let name = Name { key: key.clone(), peer, path_id };
            if one.known.contains(&name) {
                continue;
            }
            if one.waiting.len() >= self.most {
                one.waiting.clear();
                one.known.clear();
                one.told_to = Some(0);
                one.is_anew = true;
                continue;
            }
            one.known.insert(name.clone());
            one.waiting.push_back(name);
        }
    }

    /// About `limit` paths that a watcher has not seen; None: there is no such watcher.
    pub fn read(
        &mut self,
        watcher: Watcher,
        limit: usize,
        nets: &Nets<K>,
        paths: &Paths,
    ) -> Option<Sights<K>> {
        let one = self.all.iter_mut().find(|one| one.number == watcher)?;
        let is_anew = std::mem::take(&mut one.is_anew);
        let mut sights = Sights { is_anew, is_caught_up: false, told: Vec::new() };
        let mut count = 0;
        while let Some(net) = one.told_to {
            if net >= nets.end() {
                one.told_to = None;
            } else if count >= limit {
                return Some(sights);
            } else {
                one.told_to = Some(net + 1);
                count += one.tell_all(net, nets, paths, &mut sights.told);
            }
        }
        sights.is_caught_up = true;
        for _ in count..limit {
            let Some(name) = one.waiting.pop_front() else { break };
            one.known.remove(&name);
            one.tell(name, nets, paths, &mut sights.told);
        }
        Some(sights)
    }
}

impl<K: NetKey> One<K> {
    fn tell_all(
        &self,
        net: NetIx,
        nets: &Nets<K>,
        paths: &Paths,
        told: &mut Vec<Sight<K>>,
    ) -> usize {
        let Some(entry) = nets.get(net) else { return 0 };
        let mut count = 0;
        for (at, path) in paths.list(entry.first) {
            let is_shown = if self.is_best { at == entry.best } else { path.peer != 0 };
            if is_shown {
                push(told, self.sight(path), entry.key.clone());
                count += 1;
            }
        }
        count
    }

    fn tell(&self, name: Name<K>, nets: &Nets<K>, paths: &Paths, told: &mut Vec<Sight<K>>) {
        let entry = nets.find(&name.key).and_then(|net| nets.get(net));
        let found = entry.and_then(|entry| {
            if self.is_best {
                return paths.get(entry.best);
            }
            let first = entry.first;
            let is_it = |path: &Path| path.peer == name.peer && path.path_id == name.path_id;
            paths.list(first).map(|(_, path)| path).find(|path| is_it(path))
        });
        let gone = Sight {
            peer: name.peer,
            path_id: name.path_id,
            set: 0,
            is_accepted: false,
            keys: Vec::new(),
        };
        push(told, found.map_or(gone, |path| self.sight(path)), name.key);
    }

    fn sight(&self, path: &Path) -> Sight<K> {
        Sight {
            peer: path.peer,
            path_id: path.path_id,
            set: if self.is_best { path.imported } else { path.received },
            is_accepted: path.imported != 0,
            keys: Vec::new(),
        }
    }
}

/// Beside the last, where it says the same.
fn push<K>(told: &mut Vec<Sight<K>>, sight: Sight<K>, key: K) {
    match told.last_mut() {
        Some(last)
            if (last.peer, last.path_id, last.set, last.is_accepted)
                == (sight.peer, sight.path_id, sight.set, sight.is_accepted) =>
        {
            last.keys.push(key);
        }
        _ => told.push(Sight { keys: vec![key], ..sight }),
    }
}

#[cfg(test)]
mod tests {
    use super::{Sight, Watch};
    use crate::bgp::keyed::Keyed;
    use crate::bgp::nets::{Net4, Nets};
    use crate::bgp::paths::{NO_PATH, Path, Paths};

    fn key(number: u32) -> Net4 {
        Net4::new(number << 8, 24)
    }

    fn path(peer: u16, set: u32) -> Path {
        Path { next: NO_PATH, received: set, imported: 0, path_id: 0, since: 0, peer, flags: 0 }
    }

    /// Prefix `number` with one path of peer 1.
    fn put(nets: &mut Nets<Net4>, paths: &mut Paths, number: u32, set: u32) {
        let net = nets.find_or_add(key(number), 0);
        let at = paths.add(path(1, set));
        if let Some(entry) = nets.get_mut(net) {
            entry.first = at;
        }
    }

    fn seen(told: &[Sight<Net4>]) -> Vec<(u16, u32, Vec<u32>)> {
        let numbers = |one: &Sight<Net4>| one.keys.iter().map(|key| key.address() >> 8).collect();
        told.iter().map(|one| (one.peer, one.set, numbers(one))).collect()
    }

    #[test]
    fn what_was_there_comes_first_and_what_changed_twice_comes_once() {
        let (mut nets, mut paths) = (Nets::new(Keyed::new(1)), Paths::default());
        for number in 1..=3 {
            put(&mut nets, &mut paths, number, 7);
        }
        let mut watch = Watch::default();
        let all = watch.open(false, true);
        let late = watch.open(false, false);
        let first = watch.read(all, 2, &nets, &paths).map(|one| (one.is_caught_up, one.told));
        let first = first.map(|(is_caught_up, told)| (is_caught_up, seen(&told)));
        assert_eq!(first, Some((false, vec![(1, 7, vec![1, 2])])));
        for _ in 0..2 {
            watch.note(&key(2), 1, 0);
            watch.note(&key(9), 1, 0); // which is gone again
            watch.note(&key(2), 0, 0); // ours is nobody's news
        }
        let rest = watch.read(all, 10, &nets, &paths).map(|one| seen(&one.told));
        assert_eq!(rest, Some(vec![(1, 7, vec![3, 2]), (1, 0, vec![9])]));
        let news = watch.read(late, 10, &nets, &paths).map(|one| seen(&one.told));
        assert_eq!(news, Some(vec![(1, 7, vec![2]), (1, 0, vec![9])]));
        assert_eq!(watch.read(all, 10, &nets, &paths).map(|one| one.told.len()), Some(0));
        watch.close(all);
        assert!(watch.read(all, 1, &nets, &paths).is_none());
    }

    #[test]
    fn who_falls_too_far_behind_begins_anew() {
        let (mut nets, mut paths) = (Nets::new(Keyed::new(1)), Paths::default());
        put(&mut nets, &mut paths, 1, 7);
        let mut watch = Watch { most: 2, ..Watch::default() };
        let all = watch.open(false, false);
        for number in 1..=3 {
            watch.note(&key(number), 1, 0);
        }
        let anew = watch.read(all, 10, &nets, &paths).map(|one| (one.is_anew, seen(&one.told)));
        assert_eq!(anew, Some((true, vec![(1, 7, vec![1])])));
        let after = watch.read(all, 10, &nets, &paths).map(|one| (one.is_anew, one.told.len()));
        assert_eq!(after, Some((false, 0)));
    }
}
