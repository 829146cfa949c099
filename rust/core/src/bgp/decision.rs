//! The choice among the paths to one prefix (RFC 4271 9.1.2.2), as steps that each take away
//! whoever is worse than another who is left.
//!
//! Taking away, rather than comparing pairs, is what the RFC says, and makes the outcome the same
//! in whatever order paths came: MULTI_EXIT_DISC compares only paths by the same AS.
//! `fingerpost/bgp/decision.py` is the same in Python, with the values at each step.

use std::cmp::Reverse;

use super::attributes::{AttributeSet, aigp, codes};
use super::paths::{Path, PathIx, flags};
use super::peer::{PeerId, Relation};
use crate::addr::Ip;

/// Why a path lost, or 0 for one that is best. The numbers are those of `decision.py`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Step {
    /// It may not be used: refused, or its next hop cannot be reached (9.1.2).
    Unusable = 1,
    /// Stale for long (RFC 9494 4.3).
    LongLivedStale = 2,
    /// A lower weight.
    Weight = 3,
    /// A lower LOCAL_PREF (9.1.1).
    LocalPreference = 4,
    /// Learned, and another is our own.
    Local = 5,
    /// A higher AIGP metric, the way to the next hop included, or none (RFC 7311 4.1).
    Aigp = 6,
    /// A longer AS_PATH (9.1.2.2 a).
    PathLength = 7,
    /// A higher ORIGIN (9.1.2.2 b).
    Origin = 8,
    /// A higher MULTI_EXIT_DISC, by the same AS (9.1.2.2 c).
    Med = 9,
    /// Learned inside our AS, and another outside (9.1.2.2 d).
    External = 10,
    /// A farther next hop (9.1.2.2 e).
    Metric = 11,
    /// Younger, where the older is preferred.
    Younger = 12,
    /// A higher BGP identifier or ORIGINATOR_ID (9.1.2.2 f, RFC 4456 9).
    RouterId = 13,
    /// A longer CLUSTER_LIST (RFC 4456 9).
    Clusters = 14,
    /// A higher address of the neighbour (9.1.2.2 g); of two that have the same link-local one, the
    /// higher number.
    Address = 15,
    /// A higher path identifier, by the same neighbour.
    PathId = 16,
}

/// What is left to choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// MULTI_EXIT_DISC compares whatever the AS it came by.
    pub always_compares_med: bool,
    /// A missing MULTI_EXIT_DISC counts as the highest, not as 0.
    pub missing_med_is_worst: bool,
    /// Step 7 is left out.
    pub ignores_path_length: bool,
    /// Step 12 is done, among external paths.
    pub prefers_oldest: bool,
    /// How many paths are used at once, where the best is external.
    pub multipath_external: u16,
    /// How many, where it is internal.
    pub multipath_internal: u16,
    /// Several paths may go through different AS numbers.
    pub multipath_relaxed: bool,
    /// LOCAL_PREF of a path without one.
    pub default_local_preference: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            always_compares_med: false,
            missing_med_is_worst: false,
            ignores_path_length: false,
            prefers_oldest: false,
            multipath_external: 1,
            multipath_internal: 1,
            multipath_relaxed: false,
            default_local_preference: 100,
        }
    }
}

/// A path with all that the steps ask of it.
#[derive(Clone, Copy, Debug)]
pub struct Candidate<'a> {
    /// Its number.
    pub at: PathIx,
    /// Itself.
    pub path: &'a Path,
    /// Its attributes after policy; None where it was refused.
    pub set: Option<&'a AttributeSet>,
    /// The cost of the way to its next hop; None where there is none.
    pub metric: Option<u32>,
    /// Where its neighbour is.
    pub relation: Relation,
    /// The BGP identifier of its neighbour.
    pub router_id: u32,
    /// The address of its neighbour.
    pub address: Ip,
}

impl Candidate<'_> {
    /// Whether it may be used at all.
    #[inline]
    #[must_use]
    pub fn is_usable(&self) -> bool {
        self.path.flags & flags::REFUSED == 0 && self.set.is_some() && self.metric.is_some()
    }

    /// By us, or by who told it (RFC 9494 4.3).
    fn is_long_lived_stale(&self) -> bool {
        self.path.flags & flags::LONG_LIVED_STALE != 0
            || self.set.is_some_and(|set| set.summary.is_long_lived_stale())
    }

    fn is_external(&self) -> bool {
        self.path.peer != 0 && self.relation == Relation::External
    }

    /// RFC 7311 4.1: the accumulated metric, and what it costs from here to the next hop.
    fn aigp(&self) -> Option<u64> {
        let metric = aigp::metric(self.set?.value(codes::AIGP)?)?;
        Some(metric.saturating_add(u64::from(self.metric?)))
    }
}

/// The outcome: who is best, who is used beside it, and by which step each other lost.
#[derive(Debug, Default)]
pub struct Chosen {
    /// The place of the best among the candidates.
    pub best: Option<usize>,
    /// The places of those used beside it.
    pub beside: Vec<usize>,
    /// By place: the step that took it away; None for the best and those equal to it up to there.
    pub lost: Vec<Option<Step>>,
    left: Vec<usize>,
}

impl Rules {
    /// Choose. `chosen` is used again, so that nothing is allocated for most prefixes.
    pub fn choose(&self, candidates: &[Candidate<'_>], chosen: &mut Chosen) {
        chosen.best = None;
        chosen.beside.clear();
        chosen.left.clear();
        chosen.lost.clear();
        chosen.lost.resize(candidates.len(), Some(Step::Unusable));
        for (at, one) in candidates.iter().enumerate() {
            if one.is_usable() {
                chosen.left.push(at);
                if let Some(lost) = chosen.lost.get_mut(at) {
                    *lost = None;
                }
            }
        }
        if chosen.left.len() > 1 {
            self.compare(candidates, chosen);
        }
        chosen.best = chosen.left.first().copied();
    }

    fn compare(&self, all: &[Candidate<'_>], chosen: &mut Chosen) {
        let has_aigp =
            chosen.left.iter().any(|&at| all.get(at).is_some_and(|c| c.aigp().is_some()));
        let mut cut = Cut { all, chosen };
        cut.least(Step::LongLivedStale, |one| one.is_long_lived_stale());
        cut.least(Step::Weight, |one| Reverse(one.set.map_or(0, |set| set.weight())));
        cut.least(Step::LocalPreference, |one| Reverse(self.local_preference(one)));
        cut.least(Step::Local, |one| one.path.peer != 0);
        if has_aigp {
            cut.least(Step::Aigp, |one| one.aigp().unwrap_or(u64::MAX));
        }
        if !self.ignores_path_length {
            cut.least(Step::PathLength, |one| one.set.map_or(0, |set| set.summary.path().length));
        }
        cut.least(Step::Origin, |one| one.set.map_or(0, |set| set.summary.origin));
        self.compare_med(&mut cut);
        cut.least(Step::External, |one| !one.is_external());
        cut.least(Step::Metric, |one| one.metric);
        self.take_beside(&mut cut);
        if self.prefers_oldest {
            cut.least(Step::Younger, |one| if one.is_external() { one.path.since } else { 0 });
        }
        cut.least(Step::RouterId, |one| {
            one.set.and_then(|set| set.originator()).unwrap_or(one.router_id)
        });
        cut.least(Step::Clusters, |one| one.set.map_or(0, |set| set.clusters()));
        cut.least(Step::Address, |one| (one.address, one.path.peer));
        cut.least(Step::PathId, |one| one.path.path_id);
        let best = cut.chosen.left.first().copied();
        cut.chosen.beside.retain(|&at| Some(at) != best);
    }

    /// LOCAL_PREF, or the default.
    #[must_use]
    pub fn local_preference(&self, one: &Candidate<'_>) -> u32 {
        one.set.and_then(|set| set.summary.local_pref()).unwrap_or(self.default_local_preference)
    }

    /// MULTI_EXIT_DISC as it counts.
    #[must_use]
    pub fn med(&self, one: &Candidate<'_>) -> u32 {
        let missing = if self.missing_med_is_worst { u32::MAX } else { 0 };
        one.set.and_then(|set| set.summary.med()).unwrap_or(missing)
    }

    /// 9.1.2.2 c: among paths by the same AS only; those that have none (our own, or of our own
    /// confederation alone) are of our AS.
    fn compare_med(&self, cut: &mut Cut<'_, '_>) {
        if cut.chosen.left.len() < 2 {
            return;
        }
        if self.always_compares_med {
            cut.least(Step::Med, |one| self.med(one));
            return;
        }
        let of = |at: usize| {
            let one = cut.all.get(at)?;
            Some((one.set.map_or(0, |set| set.summary.path().neighbor), self.med(one)))
        };
        let mut least: Vec<(u32, u32)> = cut.chosen.left.iter().filter_map(|&at| of(at)).collect();
        least.sort_unstable();
        least.dedup_by_key(|(neighbor, _)| *neighbor);
        let lost = &mut cut.chosen.lost;
        cut.chosen.left.retain(|&at| {
            let stays = of(at).is_some_and(|one| least.binary_search(&one).is_ok());
            if !stays && let Some(lost) = lost.get_mut(at) {
                *lost = Some(Step::Med);
            }
            stays
        });
    }

    /// Those that are equal to the best so far, with the same AS_PATH unless relaxed.
    fn take_beside(&self, cut: &mut Cut<'_, '_>) {
        let path = |at: usize| cut.all.get(at).and_then(|one| one.set?.value(codes::AS_PATH));
        if self.multipath_external < 2 && self.multipath_internal < 2 {
            return;
        }
        // the rest of the steps decides whose path it is that the others must have
        let mut rest = cut.chosen.left.clone();
        rest.sort_by_key(|&at| cut.all.get(at).map(last_steps));
        let Some((&best, others)) = rest.split_first() else { return };
        let is_external = cut.all.get(best).is_some_and(Candidate::is_external);
        let most = if is_external { self.multipath_external } else { self.multipath_internal };
        let equal = others.iter().filter(|&&at| self.multipath_relaxed || path(at) == path(best));
        cut.chosen.beside = equal.copied().take(usize::from(most).saturating_sub(1)).collect();
    }
}

fn last_steps(one: &Candidate<'_>) -> (u32, u16, (Ip, PeerId), u32) {
    let router_id = one.set.and_then(|set| set.originator()).unwrap_or(one.router_id);
    let clusters = one.set.map_or(0, |set| set.clusters());
    (router_id, clusters, (one.address, one.path.peer), one.path.path_id)
}

/// The candidates that are left.
struct Cut<'a, 'b> {
    all: &'a [Candidate<'b>],
    chosen: &'a mut Chosen,
}

impl Cut<'_, '_> {
    /// Take away all whose value is not the least.
    #[inline]
    fn least<T: Ord + Copy>(&mut self, step: Step, value: impl Fn(&Candidate<'_>) -> T) {
        if self.chosen.left.len() < 2 {
            return;
        }
        let of = |at: usize| self.all.get(at).map(&value);
        let Some(least) = self.chosen.left.iter().filter_map(|&at| of(at)).min() else { return };
        let lost = &mut self.chosen.lost;
        self.chosen.left.retain(|&at| {
            let stays = of(at) == Some(least);
            if !stays && let Some(lost) = lost.get_mut(at) {
                *lost = Some(step);
            }
            stays
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bgp::attributes::{Draft, Store, as_path};
    use crate::bgp::paths::NO_PATH;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    struct Said {
        med: Option<u32>,
        neighbor: u32,
        length: u8,
        preference: Option<u32>,
        is_internal: bool,
        metric: Option<u32>,
        router_id: u32,
        number: u32,
    }

    fn said() -> impl Strategy<Value = Said> {
        let first = (prop::option::of(0_u32..3), 1_u32..3, 1_u8..3, prop::option::of(99_u32..102));
        let second = (any::<bool>(), prop::option::weighted(0.9, 0_u32..2), 0_u32..3, 0_u32..9);
        (first, second).prop_map(|((med, neighbor, length, preference), other)| Said {
            med,
            neighbor,
            length,
            preference,
            is_internal: other.0,
            metric: other.1,
            router_id: other.2,
            number: other.3,
        })
    }

    fn bytes(one: &Said) -> Vec<u8> {
        let mut path = vec![as_path::SEQUENCE, one.length];
        path.extend(one.neighbor.to_be_bytes());
        (1..one.length).for_each(|_| path.extend(9_u32.to_be_bytes()));
        let mut draft = Draft::default();
        draft.set(codes::TRANSITIVE, codes::ORIGIN, vec![0]);
        draft.set(codes::TRANSITIVE, codes::AS_PATH, path);
        if let Some(med) = one.med {
            draft.set(codes::OPTIONAL, codes::MED, med.to_be_bytes().to_vec());
        }
        if let Some(preference) = one.preference {
            draft.set(codes::TRANSITIVE, codes::LOCAL_PREF, preference.to_be_bytes().to_vec());
        }
        draft.bytes()
    }

    type Outcome = (Option<Ip>, Vec<Ip>, Vec<(Ip, Option<Step>)>);

    /// Addresses of who is best and used beside it, and each one's step.
    fn outcome(rules: &Rules, said: &[Said]) -> Outcome {
        let mut store = Store::new(1);
        let sets: Vec<_> = said.iter().map(|one| store.intern(&bytes(one))).collect();
        let paths: Vec<_> = said
            .iter()
            .zip(&sets)
            .map(|(_, &set)| Path {
                next: NO_PATH,
                received: set,
                imported: set,
                path_id: 0,
                since: 0,
                peer: 1,
                flags: 0,
            })
            .collect();
        let candidates: Vec<_> = said
            .iter()
            .zip(&paths)
            .enumerate()
            .map(|(at, (one, path))| Candidate {
                at: at as PathIx,
                path,
                set: store.get(path.imported),
                metric: one.metric,
                relation: if one.is_internal { Relation::Internal } else { Relation::External },
                router_id: one.router_id,
                address: Ip::V4(one.number),
            })
            .collect();
        let mut chosen = Chosen::default();
        rules.choose(&candidates, &mut chosen);
        let address = |at: usize| candidates[at].address;
        let mut beside: Vec<_> = chosen.beside.iter().map(|&at| address(at)).collect();
        beside.sort();
        let mut lost: Vec<_> =
            chosen.lost.iter().enumerate().map(|(at, lost)| (address(at), *lost)).collect();
        lost.sort();
        (chosen.best.map(address), beside, lost)
    }

    proptest! {
        #[test]
        fn the_order_in_which_paths_came_means_nothing(
            all in prop::collection::vec(said(), 1..7),
            turn in 0_usize..7,
            relaxed in any::<bool>(),
        ) {
            let mut all = all;
            all.iter_mut().zip(0..).for_each(|(one, number)| one.number = number);
            let rules = Rules { multipath_external: 4, multipath_internal: 2, multipath_relaxed: relaxed, ..Rules::default() };
            let first = outcome(&rules, &all);
            let turn = turn % all.len();
            all.rotate_left(turn);
            prop_assert_eq!(&outcome(&rules, &all), &first);
            all.reverse();
            prop_assert_eq!(&outcome(&rules, &all), &first);
            // exactly one of those that may be used is best and lost to nobody
            let left = first.2.iter().filter(|(_, lost)| lost.is_none()).count();
            prop_assert_eq!(left, usize::from(first.0.is_some()));
        }
    }

    #[test]
    fn a_med_counts_among_paths_by_the_same_as_only() {
        let plain = Said {
            med: None,
            neighbor: 1,
            length: 1,
            preference: None,
            is_internal: false,
            metric: Some(0),
            router_id: 1,
            number: 0,
        };
        // RFC 4271 9.1.2.2 c: the first is taken away by the second, though the third would beat that
        let all = [
            Said { med: Some(2), router_id: 1, number: 1, ..plain.clone() },
            Said { med: Some(1), router_id: 3, number: 2, ..plain.clone() },
            Said { med: Some(9), neighbor: 2, router_id: 2, number: 3, ..plain.clone() },
        ];
        let (best, _, lost) = outcome(&Rules::default(), &all);
        assert_eq!(best, Some(Ip::V4(3)));
        assert_eq!(lost[0].1, Some(Step::Med));
        assert_eq!(lost[1].1, Some(Step::RouterId));
        let always = Rules { always_compares_med: true, ..Rules::default() };
        assert_eq!(outcome(&always, &all).0, Some(Ip::V4(2)));
    }
}
