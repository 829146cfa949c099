//! `Walk`: the prefixes of a family in order, a page at a time, as far as their paths are asked for.
//!
//! Tables are kept by hash, so nobody knows who comes next. A walk looks at every prefix once and
//! keeps the first `limit` of those behind `after`, in slices that the caller chooses, so that no
//! call takes long. What is there all the while is found; what comes or goes meanwhile may be.

use std::collections::{BTreeMap, BinaryHeap};
use std::ops::Range;
use std::sync::Arc;

use super::family::{FamilyTable, Grounds};
use super::inspect::Key;
use super::{Table, with_table};
use crate::bgp::attributes::{AttributeSet, SetId, Store, as_path, codes};
use crate::bgp::decision::Step;
use crate::bgp::family::Family;
use crate::bgp::nets::{Net4, Net6, NetIx, NetKey, Opaque};
use crate::bgp::out::Group;
use crate::bgp::paths::{Path, flags};
use crate::bgp::peer::PeerId;
use crate::bgp::policy::Automaton;

/// How a path fares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// However it does.
    #[default]
    Any,
    /// It is the best.
    Best,
    /// It is the best, or used beside it.
    Used,
    /// Nothing refuses it.
    Accepted,
    /// Something refuses it.
    Refused,
    /// Its neighbour does not say it any more, and is waited for.
    Stale,
    /// It flaps.
    Damped,
}

/// Which paths are asked for; what is None does not matter.
#[derive(Clone, Debug, Default)]
pub struct PathFilter {
    /// Who said it; 0 is ourselves.
    pub peer: Option<PeerId>,
    /// How it fares.
    pub state: State,
    /// The AS that it came from.
    pub origin: Option<u32>,
    /// An AS that it goes through.
    pub through: Option<u32>,
    /// The type of an attribute that is a list, and what stands in it.
    pub member: Option<(u8, Vec<u8>)>,
    /// What its AS_PATH fits.
    pub path: Option<Arc<Automaton>>,
    /// It is looked at as it came, not as the import policy left it.
    pub as_received: bool,
    /// Whoever says it, its prefix is told to this neighbour.
    pub told_to: Option<PeerId>,
    /// Somebody else says it, and its prefix is not told to this neighbour.
    pub untold_to: Option<PeerId>,
}

impl PathFilter {
    /// The set that a path is looked at by: as it is used, or as it came.
    fn set_of(&self, path: &Path) -> SetId {
        if self.as_received || path.imported == 0 { path.received } else { path.imported }
    }

    fn asks_for_sets(&self) -> bool {
        self.origin.is_some()
            || self.through.is_some()
            || self.member.is_some()
            || self.path.is_some()
    }

    fn takes_set(&self, set: &AttributeSet) -> bool {
        let path = || set.value(codes::AS_PATH).unwrap_or_default();
        let is_through = |asn: u32| {
            as_path::Segments(path()).any(|one| one.numbers().any(|number| number == asn))
        };
        let has = |(code, item): &(u8, Vec<u8>)| {
            let value = set.value(*code).unwrap_or_default();
            !item.is_empty() && value.chunks_exact(item.len()).any(|one| one == item)
        };
        self.origin.is_none_or(|asn| set.summary.path().origin == asn && asn != 0)
            && self.through.is_none_or(is_through)
            && self.member.as_ref().is_none_or(has)
            && self.path.as_ref().is_none_or(|one| one.fits_path(path()))
    }

    fn takes_state(&self, path: &Path, is_best: bool) -> bool {
        match self.state {
            State::Any => true,
            State::Best => is_best,
            State::Used => is_best || path.flags & flags::MULTIPATH != 0,
            State::Accepted => path.flags & flags::REFUSED == 0,
            State::Refused => path.flags & flags::REFUSED != 0,
            State::Stale => path.flags & (flags::STALE | flags::LONG_LIVED_STALE) != 0,
            State::Damped => path.flags & flags::DAMPED != 0,
        }
    }
}

/// What was found of sets, each of which is looked at once: they are shared by many paths.
#[derive(Clone, Debug, Default)]
struct Known(Vec<u8>);

impl Known {
    fn takes(&mut self, filter: &PathFilter, id: SetId, store: &Store) -> bool {
        let at = id as usize;
        if self.0.len() <= at {
            self.0.resize(at + 1, 0);
        }
        match self.0.get(at) {
            Some(0) | None => {
                let takes = store.get(id).is_some_and(|set| filter.takes_set(set));
                if let Some(place) = self.0.get_mut(at) {
                    *place = 1 + u8::from(takes);
                }
                takes
            }
            Some(known) => *known == 2,
        }
    }
}

/// The first prefixes of those that are asked for, so far.
#[derive(Clone, Debug)]
enum Found {
    V4(BinaryHeap<Net4>),
    V6(BinaryHeap<Net6>),
    Opaque(BinaryHeap<Opaque>),
}

/// A path as it stands in lists: its attributes by the numbers of their sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathRow {
    /// Who said it; 0 is ourselves.
    pub peer: PeerId,
    /// Its path identifier.
    pub path_id: u32,
    /// The set that it came with.
    pub received: SetId,
    /// The set after the import policy; 0 if it was refused.
    pub imported: SetId,
    /// Of `flags`.
    pub flags: u16,
    /// In seconds of the table's time.
    pub since: u32,
    /// The cost of the way to its next hop; None where there is none.
    pub metric: Option<u32>,
    /// The step that took it away; None: it is the best, or used beside it.
    pub lost: Option<Step>,
    /// Whether it is the best.
    pub is_best: bool,
}

/// One page of prefixes on its way. `within` and `after` are of the family, or mean nothing.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The family.
    pub family: Family,
    /// The paths that are asked for: a prefix without one is passed over.
    pub filter: PathFilter,
    within: Option<Key>,
    after: Option<Key>,
    limit: usize,
    at: NetIx,
    found: Found,
    known: Known,
}

impl Walk {
    /// Begin. A page has the first `limit` prefixes behind `after`, inside of `within`.
    #[must_use]
    pub fn new(
        family: Family,
        within: Option<Key>,
        after: Option<Key>,
        limit: usize,
        filter: PathFilter,
    ) -> Self {
        let found = match family {
            Family::IPV4 => Found::V4(BinaryHeap::new()),
            Family::IPV6 => Found::V6(BinaryHeap::new()),
            _ => Found::Opaque(BinaryHeap::new()),
        };
        Self { family, filter, within, after, limit, at: 0, found, known: Known::default() }
    }

    /// Those of these prefixes that have a path which is asked for, instead of a page.
    #[must_use]
    pub fn of(family: Family, keys: &[Key], filter: PathFilter) -> Self {
        let mut made = Self::new(family, None, None, 0, filter);
        made.at = NetIx::MAX;
        for key in keys {
            match (&mut made.found, key) {
                (Found::V4(found), Key::V4(key)) => found.push(*key),
                (Found::V6(found), Key::V6(key)) => found.push(*key),
                (Found::Opaque(found), Key::Opaque(key)) => found.push(key.clone()),
                _ => {}
            }
        }
        made
    }

    /// What was found, in order; what is of the page when nothing is left to look at.
    #[must_use]
    pub fn keys(&self) -> Vec<Key> {
        match &self.found {
            Found::V4(found) => sorted(found).into_iter().map(Key::V4).collect(),
            Found::V6(found) => sorted(found).into_iter().map(Key::V6).collect(),
            Found::Opaque(found) => sorted(found).into_iter().map(Key::Opaque).collect(),
        }
    }
}

fn sorted<K: Ord + Clone>(found: &BinaryHeap<K>) -> Vec<K> {
    found.clone().into_sorted_vec()
}

/// A prefix that others may be inside of.
trait Ordered: NetKey + Ord {
    fn of(key: &Key) -> Option<&Self>;
    fn is_inside(&self, around: &Self) -> bool;
}

impl Ordered for Net4 {
    fn of(key: &Key) -> Option<&Self> {
        if let Key::V4(key) = key { Some(key) } else { None }
    }

    fn is_inside(&self, around: &Self) -> bool {
        self.length() >= around.length() && Self::new(self.address(), around.length()) == *around
    }
}

impl Ordered for Net6 {
    fn of(key: &Key) -> Option<&Self> {
        if let Key::V6(key) = key { Some(key) } else { None }
    }

    fn is_inside(&self, around: &Self) -> bool {
        self.length() >= around.length() && Self::new(self.address(), around.length()) == *around
    }
}

impl Ordered for Opaque {
    fn of(key: &Key) -> Option<&Self> {
        if let Key::Opaque(key) = key { Some(key) } else { None }
    }

    fn is_inside(&self, around: &Self) -> bool {
        self == around
    }
}

/// A slice of a walk, without what it found so far.
struct Slice<'a> {
    nets: Range<NetIx>,
    within: Option<&'a Key>,
    after: Option<&'a Key>,
    limit: usize,
    filter: &'a PathFilter,
    known: &'a mut Known,
    store: &'a Store,
    /// The neighbour that is told the prefixes, and its group.
    told: Option<(PeerId, &'a Group)>,
    /// The neighbour that is not told them, and its group; without one it is told nothing.
    untold: Option<(PeerId, &'a Group)>,
}

impl Slice<'_> {
    fn look<K: Ordered>(self, table: &FamilyTable<K>, found: &mut BinaryHeap<K>) {
        let Self { nets, within, after, limit, filter, known, store, told, untold } = self;
        let (within, after) = (within.and_then(K::of), after.and_then(K::of));
        for net in nets {
            let Some(entry) = table.nets.get(net) else { continue };
            let key = &entry.key;
            let is_full = found.len() >= limit;
            if is_full && found.peek().is_none_or(|last| key >= last)
                || after.is_some_and(|after| key <= after)
                || within.is_some_and(|within| !key.is_inside(within))
                || told.is_some_and(|(peer, group)| !group.tells(peer, net))
                || untold.is_some_and(|(peer, group)| group.tells(peer, net))
                || !has_any(table, net, filter, known, store)
            {
                continue;
            }
            if is_full {
                found.pop();
            }
            found.push(key.clone());
        }
    }
}

fn has_any<K: NetKey>(
    table: &FamilyTable<K>,
    net: NetIx,
    filter: &PathFilter,
    known: &mut Known,
    store: &Store,
) -> bool {
    let Some(entry) = table.nets.get(net) else { return false };
    let mut listed = table.paths.list(entry.first);
    listed.any(|(at, path)| takes(filter, path, at == entry.best, known, store))
}

fn takes(
    filter: &PathFilter,
    path: &Path,
    is_best: bool,
    known: &mut Known,
    store: &Store,
) -> bool {
    filter.peer.is_none_or(|peer| peer == path.peer)
        && filter.untold_to.is_none_or(|peer| peer != path.peer)
        && filter.takes_state(path, is_best)
        && (!filter.asks_for_sets() || known.takes(filter, filter.set_of(path), store))
}

impl<K: NetKey> FamilyTable<K> {
    /// The paths to a prefix that are asked for, as rows.
    fn rows(
        &self,
        net: NetIx,
        filter: &PathFilter,
        known: &mut Known,
        grounds: &Grounds<'_>,
    ) -> Vec<PathRow> {
        let best = self.nets.get(net).map(|entry| entry.best);
        let row = |(at, lost): (u32, Option<Step>)| {
            let path = self.paths.get(at)?;
            if !takes(filter, path, best == Some(at), known, grounds.store) {
                return None;
            }
            let hop = grounds.store.get(path.imported).map(|set| set.next_hop);
            let hop = hop.and_then(|hop| grounds.store.next_hops.get(hop));
            Some(PathRow {
                peer: path.peer,
                path_id: path.path_id,
                received: path.received,
                imported: path.imported,
                flags: path.flags,
                since: path.since,
                metric: hop.and_then(|hop| hop.metric),
                lost: lost.filter(|_| path.flags & flags::MULTIPATH == 0),
                is_best: best == Some(at),
            })
        };
        self.explain(net, grounds).into_iter().filter_map(row).collect()
    }
}

impl Table {
    /// Look at `budget` more prefixes; false: the page is whole.
    #[must_use]
    pub fn walk(&self, walk: &mut Walk, budget: usize) -> bool {
        let end = with_table!(self, walk.family, table => table.nets.end()).unwrap_or(0);
        let begin = walk.at.min(end);
        let last = begin.saturating_add(u32::try_from(budget).unwrap_or(u32::MAX)).min(end);
        let told = match walk.filter.told_to {
            None => None,
            Some(peer) => {
                let Some(group) = self.group_of(peer, walk.family) else { return false };
                Some((peer, group))
            }
        };
        let group = |peer| Some((peer, self.group_of(peer, walk.family)?));
        let slice = Slice {
            told,
            untold: walk.filter.untold_to.and_then(group),
            nets: begin..last,
            within: walk.within.as_ref(),
            after: walk.after.as_ref(),
            limit: walk.limit,
            filter: &walk.filter,
            known: &mut walk.known,
            store: &self.store,
        };
        match &mut walk.found {
            Found::V4(found) => slice.look(&self.v4, found),
            Found::V6(found) => slice.look(&self.v6, found),
            Found::Opaque(found) => {
                if let Some(table) = self.others.get(&walk.family.code()) {
                    slice.look(table, found);
                }
            }
        }
        walk.at = walk.at.max(last);
        last < end
    }

    /// The paths to some prefixes that a walk asks for, as they are now, and the sets they name.
    #[must_use]
    pub fn rows(&self, walk: &Walk, keys: &[Key]) -> (Vec<Vec<PathRow>>, BTreeMap<SetId, &[u8]>) {
        let grounds = self.grounds();
        let mut known = Known::default();
        let mut of = |key: &Key| match key {
            Key::V4(key) => self
                .v4
                .nets
                .find(key)
                .map(|net| self.v4.rows(net, &walk.filter, &mut known, &grounds)),
            Key::V6(key) => self
                .v6
                .nets
                .find(key)
                .map(|net| self.v6.rows(net, &walk.filter, &mut known, &grounds)),
            Key::Opaque(key) => {
                let table = self.others.get(&walk.family.code())?;
                let net = table.nets.find(key)?;
                Some(table.rows(net, &walk.filter, &mut known, &grounds))
            }
        };
        let rows: Vec<_> = keys.iter().map(|key| of(key).unwrap_or_default()).collect();
        let mut sets = BTreeMap::new();
        for row in rows.iter().flatten() {
            for id in [row.received, row.imported] {
                if let Some(set) = self.store.get(id) {
                    sets.insert(id, set.bytes());
                }
            }
        }
        (rows, sets)
    }

    /// The prefixes around one, itself included, the longest first, that have a path which is asked
    /// for. Nothing is around a prefix of a family that is carried only.
    #[must_use]
    pub fn around(&self, family: Family, key: &Key, filter: &PathFilter) -> Vec<Key> {
        let mut known = Known::default();
        let mut has = |key: &Key| match key {
            Key::V4(key) => self
                .v4
                .nets
                .find(key)
                .is_some_and(|net| has_any(&self.v4, net, filter, &mut known, &self.store)),
            Key::V6(key) => self
                .v6
                .nets
                .find(key)
                .is_some_and(|net| has_any(&self.v6, net, filter, &mut known, &self.store)),
            Key::Opaque(key) => self.others.get(&family.code()).is_some_and(|table| {
                table
                    .nets
                    .find(key)
                    .is_some_and(|net| has_any(table, net, filter, &mut known, &self.store))
            }),
        };
        let all: Vec<Key> = match key {
            Key::V4(key) => {
                let lengths = (0..=key.length()).rev();
                lengths.map(|length| Key::V4(Net4::new(key.address(), length))).collect()
            }
            Key::V6(key) => {
                let lengths = (0..=key.length()).rev();
                lengths.map(|length| Key::V6(Net6::new(key.address(), length))).collect()
            }
            Key::Opaque(_) => vec![key.clone()],
        };
        all.into_iter().filter(|key| has(key)).collect()
    }
}
