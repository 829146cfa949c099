//! Groups of prefixes that have the same candidates, and which groups each candidate is in.
//!
//! A candidate is the number of a path; what it says is known to the caller alone, and so is the
//! order in which a group has its paths. Group 0 is that of prefixes without any candidate.
//!
//! A group that lost its last member during a batch may get another before the batch ends; only
//! `commit` takes it out of the index, and only `finish` gives its number to others.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::by_hash::ByHash;

/// No member, no other group.
pub const NONE: u32 = u32::MAX;

/// A path in a group, and where the path's own list has that group.
#[derive(Clone, Copy, Debug)]
struct Place {
    path: u32,
    spot: u32,
}

#[derive(Debug)]
struct Group {
    places: Box<[Place]>,
    /// The first member of each family.
    heads: [u32; 2],
    count: u32,
    is_marked: bool,
}

#[derive(Debug, Default)]
struct Path {
    groups: Vec<u32>,
    hash: u64,
    source: u32,
    is_used: bool,
}

/// What a batch did to groups and paths.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Turnover {
    /// Groups that were not there before.
    pub came: Vec<u32>,
    /// Groups that lost all members, also such as came and went within the batch; their numbers
    /// hold until it is finished.
    pub went: Vec<u32>,
    /// Paths that are in a group now and were in none before.
    pub used: Vec<u32>,
    /// Paths that were in a group before and are in none now.
    pub unused: Vec<u32>,
}

/// Every group by number.
#[derive(Debug)]
pub struct Groups {
    all: Vec<Group>,
    free: Vec<u32>,
    by_hash: ByHash,
    paths: Vec<Path>,
    paths_by_hash: ByHash,
    /// Candidates of each source.
    of_source: Vec<u64>,
    len: usize,
    created: Vec<u32>,
    emptied: Vec<u32>,
    dying: Vec<u32>,
    marked: Vec<u32>,
}

impl Default for Groups {
    fn default() -> Groups {
        let nobody = Group { places: Box::default(), heads: [NONE; 2], count: 0, is_marked: false };
        Groups {
            all: vec![nobody],
            free: Vec::new(),
            by_hash: ByHash::default(),
            paths: Vec::new(),
            paths_by_hash: ByHash::default(),
            of_source: Vec::new(),
            len: 0,
            created: Vec::new(),
            emptied: Vec::new(),
            dying: Vec::new(),
            marked: Vec::new(),
        }
    }
}

fn hash(paths: impl Iterator<Item = u32>) -> u64 {
    let mut hasher = DefaultHasher::new();
    paths.for_each(|path| path.hash(&mut hasher));
    hasher.finish()
}

impl Groups {
    /// Number of groups that have members, as of the last commit.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether a group of this number was ever given out.
    pub fn has(&self, group: u32) -> bool {
        (group as usize) < self.all.len()
    }

    /// Make a path known; numbers are to be dense. `hash` is that of what it says. Gives whether the
    /// number meant another one before.
    pub fn set_path(&mut self, path: u32, source: u32, hash: u64) -> bool {
        let (at, own) = (path as usize, source as usize);
        let is_other = at < self.paths.len();
        if !is_other {
            self.paths.resize_with(at + 1, Path::default);
        }
        if self.of_source.len() <= own {
            self.of_source.resize(own + 1, 0);
        }
        (self.paths[at].source, self.paths[at].hash) = (source, hash);
        self.paths_by_hash.insert(hash, path);
        is_other
    }

    /// Forget a path that is in no group.
    pub fn drop_path(&mut self, path: u32) {
        if let Some(held) = self.paths.get(path as usize) {
            self.paths_by_hash.remove(held.hash, path);
        }
    }

    /// The paths whose hash this is.
    pub fn paths_like(&self, hash: u64) -> impl Iterator<Item = u32> {
        self.paths_by_hash.with(hash)
    }

    /// The paths of a group.
    pub fn paths(&self, group: u32) -> impl ExactSizeIterator<Item = u32> {
        let group = self.all.get(group as usize);
        group.map_or(&[][..], |group| &group.places).iter().map(|place| place.path)
    }

    /// Where a group has a path.
    pub fn place(&self, group: u32, path: u32) -> Option<usize> {
        self.paths(group).position(|other| other == path)
    }

    /// Number of members.
    pub fn count(&self, group: u32) -> u32 {
        self.all.get(group as usize).map_or(0, |group| group.count)
    }

    /// Every group that has members.
    pub fn with_members(&self) -> impl Iterator<Item = u32> {
        (1..self.all.len() as u32).filter(|&group| self.count(group) > 0)
    }

    /// The groups that a path is in, in no order.
    pub fn groups_of(&self, path: u32) -> &[u32] {
        self.paths.get(path as usize).map_or(&[], |path| &path.groups)
    }

    /// How many candidates a source has.
    pub fn of_source(&self, source: u32) -> u64 {
        self.of_source.get(source as usize).copied().unwrap_or(0)
    }

    /// The first member of a group.
    pub fn head(&self, group: u32, family: usize) -> u32 {
        self.all.get(group as usize).map_or(NONE, |group| group.heads[family])
    }

    /// Where the first member of a group is kept.
    pub fn head_mut(&mut self, group: u32, family: usize) -> &mut u32 {
        &mut self.all[group as usize].heads[family]
    }

    /// The group of these paths, made if there is none; `None` for a path that is not known.
    pub fn intern(&mut self, paths: &[u32]) -> Option<u32> {
        if paths.is_empty() {
            return Some(0);
        }
        let hash = hash(paths.iter().copied());
        let held = self.by_hash.with(hash).find(|&at| self.paths(at).eq(paths.iter().copied()));
        if held.is_some() {
            return held;
        }
        if paths.iter().any(|&path| path as usize >= self.paths.len()) {
            return None;
        }
        let number = self.free.pop().unwrap_or(self.all.len() as u32);
        let places = paths.iter().map(|&path| {
            let groups = &mut self.paths[path as usize].groups;
            groups.push(number);
            Place { path, spot: groups.len() as u32 - 1 }
        });
        let places = places.collect();
        let group = Group { places, heads: [NONE; 2], count: 0, is_marked: false };
        match self.all.get_mut(number as usize) {
            Some(slot) => *slot = group,
            None => self.all.push(group),
        }
        self.by_hash.insert(hash, number);
        self.created.push(number);
        self.len += 1;
        Some(number)
    }

    /// Count a member.
    pub fn gain(&mut self, group: u32) {
        let Groups { all, paths, of_source, .. } = self;
        let group = &mut all[group as usize];
        group.count += 1;
        for place in &group.places {
            of_source[paths[place.path as usize].source as usize] += 1;
        }
    }

    /// Count one member less.
    pub fn lose(&mut self, number: u32) {
        let Groups { all, paths, of_source, emptied, .. } = self;
        let group = &mut all[number as usize];
        group.count -= 1;
        for place in &group.places {
            of_source[paths[place.path as usize].source as usize] -= 1;
        }
        if group.count == 0 {
            emptied.push(number);
        }
    }

    /// Mark groups until the batch is finished.
    pub fn mark(&mut self, groups: &[u32]) {
        for &number in groups {
            if let Some(group) = self.all.get_mut(number as usize)
                && !group.is_marked
            {
                group.is_marked = true;
                self.marked.push(number);
            }
        }
    }

    /// The groups that are marked.
    pub fn marked(&self) -> &[u32] {
        &self.marked
    }

    /// Whether a group is marked.
    pub fn is_marked(&self, group: u32) -> bool {
        self.all.get(group as usize).is_some_and(|group| group.is_marked)
    }

    /// Take groups without members out of the index; tells what came and went.
    pub fn commit(&mut self) -> Turnover {
        let created = std::mem::take(&mut self.created);
        let mut empty: Vec<u32> = std::mem::take(&mut self.emptied);
        empty.extend(&created);
        empty.retain(|&group| self.count(group) == 0);
        empty.sort_unstable();
        empty.dedup();
        let mut concerned: Vec<u32> = Vec::new();
        for &group in &created {
            concerned.extend(self.paths(group));
        }
        for &group in &empty {
            concerned.extend(self.paths(group));
            self.forget(group);
        }
        let mut turnover = Turnover::default();
        for number in concerned {
            let path = &mut self.paths[number as usize];
            if path.is_used == path.groups.is_empty() {
                path.is_used = !path.is_used;
                let told = if path.is_used { &mut turnover.used } else { &mut turnover.unused };
                told.push(number);
            }
        }
        turnover.went.clone_from(&empty);
        turnover.came = created;
        turnover.came.retain(|&group| self.count(group) > 0);
        self.dying.extend(empty);
        turnover
    }

    /// Take a group out of the lists of its paths and out of the index of all.
    fn forget(&mut self, number: u32) {
        for at in 0..self.all[number as usize].places.len() {
            let Place { path, spot } = self.all[number as usize].places[at];
            let groups = &mut self.paths[path as usize].groups;
            groups.swap_remove(spot as usize);
            if let Some(&moved) = groups.get(spot as usize) {
                let places = &mut self.all[moved as usize].places;
                if let Some(place) = places.iter_mut().find(|place| place.path == path) {
                    place.spot = spot;
                }
            }
        }
        let hash = hash(self.paths(number));
        self.by_hash.remove(hash, number);
        self.len -= 1;
    }

    /// End a batch: numbers of groups that went may be given out again, marks are gone. Gives
    /// whether there were such groups.
    pub fn finish(&mut self) -> bool {
        let is_any = !self.dying.is_empty();
        for group in std::mem::take(&mut self.dying) {
            self.all[group as usize].places = Box::default();
            self.free.push(group);
        }
        for group in std::mem::take(&mut self.marked) {
            self.all[group as usize].is_marked = false;
        }
        is_any
    }

    /// Bytes of memory held.
    pub fn memory(&self) -> usize {
        let places: usize = self.all.iter().map(|group| size_of_val(&*group.places)).sum();
        let lists: usize = self.paths.iter().map(|path| 4 * path.groups.capacity()).sum();
        places
            + lists
            + self.all.capacity() * size_of::<Group>()
            + self.paths.capacity() * size_of::<Path>()
            + self.by_hash.memory()
            + self.paths_by_hash.memory()
            + self.free.capacity() * 4
    }
}
