//! What a batch changed, in columns.

use super::{Entry, Family, Groups, HashMap, Key, Net, OfIp, Store};

/// The paths that prefixes used before and after; `None` where they used none.
pub type Kind = (Option<u32>, Option<u32>);

/// Changes in columns of one length: prefix, number of the kind of change, and since when the
/// prefix had the path that it used before, and has the one that it uses now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// The prefixes.
    pub nets: Vec<Net>,
    /// What the caller called the kind of each.
    pub kinds: Vec<u32>,
    /// In nanoseconds; 0 where no path was used.
    pub before: Vec<u64>,
    /// In nanoseconds; 0 where no path is used.
    pub after: Vec<u64>,
}

impl Changes {
    /// Number of changes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nets.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nets.is_empty()
    }

    /// Put a change behind the others.
    pub fn push(&mut self, net: Net, kind: u32, before: u64, after: u64) {
        self.nets.push(net);
        self.kinds.push(kind);
        self.before.push(before);
        self.after.push(after);
    }

    /// Row `at`.
    #[must_use]
    pub fn row(&self, at: usize) -> Option<(Net, u32, u64, u64)> {
        Some((
            *self.nets.get(at)?,
            *self.kinds.get(at)?,
            *self.before.get(at)?,
            *self.after.get(at)?,
        ))
    }

    /// Those changes whose kind `to` gives a new number, in the same order.
    #[must_use]
    pub fn select(&self, to: &[Option<u32>]) -> Changes {
        let mut found = Changes::default();
        for at in 0..self.len() {
            let Some((net, kind, before, after)) = self.row(at) else { break };
            if let Some(Some(kind)) = to.get(kind as usize) {
                found.push(net, *kind, before, after);
            }
        }
        found
    }

    /// How many there are of each kind, of `kinds` kinds.
    #[must_use]
    pub fn counts(&self, kinds: usize) -> Vec<u64> {
        let mut found = vec![0; kinds];
        for &kind in &self.kinds {
            if let Some(count) = found.get_mut(kind as usize) {
                *count += 1;
            }
        }
        found
    }

    /// The prefixes of each kind, of `kinds` kinds, those of either family apart; by kind.
    #[must_use]
    pub fn split(&self, kinds: usize) -> Vec<(u32, Vec<Net>)> {
        let mut found: Vec<[Vec<Net>; 2]> = vec![[Vec::new(), Vec::new()]; kinds];
        for (&net, &kind) in self.nets.iter().zip(&self.kinds) {
            if let Some([v4, v6]) = found.get_mut(kind as usize) {
                if net.ip().bits() == 32 { v4.push(net) } else { v6.push(net) }
            }
        }
        let by_kind = (0..).zip(found);
        let parts = by_kind.flat_map(|(kind, nets)| nets.map(|nets| (kind, nets)));
        parts.filter(|(_, nets)| !nets.is_empty()).collect()
    }

    /// These, and behind them others, whose kinds are numbered from `first` on.
    #[must_use]
    pub fn joined(&self, others: &Changes, first: u32) -> Changes {
        let mut found = self.clone();
        found.nets.extend(&others.nets);
        found.kinds.extend(others.kinds.iter().map(|kind| kind.saturating_add(first)));
        found.before.extend(&others.before);
        found.after.extend(&others.after);
        found
    }
}

/// Where a group before and a group after have the paths of a kind.
fn places(groups: &Groups, kind: Kind, before: u32, after: u32) -> [Option<usize>; 2] {
    let place = |group, path: Option<u32>| path.and_then(|path| groups.place(group, path));
    [place(before, kind.0), place(after, kind.1)]
}

impl Store {
    /// The changes of the batch, `pairs` having been asked.
    ///
    /// First the prefixes that the batch moved, in its order: `of_pairs` has the kind of each pair,
    /// `None` where nothing changed. Behind them others, sorted: the members of the groups in
    /// `rest`, each with its kind. `singles` decides about single prefixes, whatever their group.
    #[must_use]
    pub fn changes(
        &self,
        kinds: &[Kind],
        of_pairs: &[Option<u32>],
        rest: &[(u32, u32)],
        singles: &HashMap<Net, Option<u32>>,
    ) -> Changes {
        let kind = |number: u32| kinds.get(number as usize).copied().unwrap_or((None, None));
        let at = |number: Option<u32>, before, after| {
            number.map(|number| (number, places(&self.groups, kind(number), before, after)))
        };
        let places_of: Vec<_> = (self.batch.pairs.iter().zip(of_pairs))
            .map(|(&(before, after), &number)| at(number, before, after))
            .collect();
        let mut found = Changes::default();
        for (touched, &code) in self.batch.touched.iter().zip(&self.batch.codes) {
            let Some(net) = self.net_of(touched) else { continue };
            let (group, since) = self.now(touched);
            let told = match singles.get(&net) {
                Some(&number) => at(number, touched.before, group),
                None => places_of.get(code as usize).copied().flatten(),
            };
            if let Some((number, [before, after])) = told {
                found.push(net, number, touched.since.get(before), since.get(after));
            }
        }
        let mut others: Vec<(Net, u32, u64, u64)> = Vec::new();
        for &(group, number) in rest {
            let [before, after] = places(&self.groups, kind(number), group, group);
            let mut take = |(net, was, is)| others.push((net, number, was, is));
            self.untouched(&self.v4, 0, group, singles, before, after, &mut take);
            self.untouched(&self.v6, 1, group, singles, before, after, &mut take);
        }
        for (&net, &number) in singles {
            if let (Some(number), false) = (number, self.is_touched(net)) {
                let (was, is) = kind(number);
                let since = |path: Option<u32>| path.and_then(|path| self.since(net, path));
                others.push((net, number, since(was).unwrap_or(0), since(is).unwrap_or(0)));
            }
        }
        others.sort_unstable();
        others.into_iter().for_each(|(net, kind, was, is)| found.push(net, kind, was, is));
        found
    }

    #[allow(clippy::too_many_arguments)]
    fn untouched<K: OfIp>(
        &self,
        family: &Family<K>,
        number: usize,
        group: u32,
        singles: &HashMap<Net, Option<u32>>,
        before: Option<usize>,
        after: Option<usize>,
        take: &mut impl FnMut((Net, u64, u64)),
    ) {
        for entry in family.members(self.groups.head(group, number)) {
            if !entry.is_touched
                && let Some(net) = entry.net()
                && !singles.contains_key(&net)
            {
                let since = family.since(entry);
                take((net, since.get(before), since.get(after)));
            }
        }
    }

    fn is_touched(&self, net: Net) -> bool {
        fn ask<K: Key>(family: &Family<K>, key: K, len: u8) -> bool {
            family.find(key, len).is_some_and(|at| {
                let entry: &Entry<K> = family.entry(at);
                entry.is_touched
            })
        }
        match net.ip() {
            crate::addr::Ip::V4(key) => ask(&self.v4, key, net.len()),
            crate::addr::Ip::V6(key) => ask(&self.v6, key, net.len()),
        }
    }
}
