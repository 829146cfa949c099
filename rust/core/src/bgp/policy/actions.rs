//! What statements change in the attributes of a route that they mean.

use std::sync::Arc;

use super::as_set::AsSet;
use super::communities::{Pattern, Sort};
use super::program::marks;
use crate::bgp::attributes::as_path::{SEQUENCE, Segments};
use crate::bgp::attributes::{Draft, aigp, codes};

const OPTIONAL_TRANSITIVE: u8 = codes::OPTIONAL | codes::TRANSITIVE;

/// An attribute that is a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// MULTI_EXIT_DISC.
    Med,
    /// LOCAL_PREF.
    LocalPreference,
    /// Ours.
    Weight,
    /// The metric of AIGP.
    Aigp,
    /// ONLY_TO_CUSTOMER.
    Otc,
}

impl Number {
    const fn code(self) -> u8 {
        match self {
            Self::Med => codes::MED,
            Self::LocalPreference => codes::LOCAL_PREF,
            Self::Weight => codes::WEIGHT,
            Self::Aigp => codes::AIGP,
            Self::Otc => codes::OTC,
        }
    }

    const fn flags(self) -> u8 {
        match self {
            Self::Med | Self::Aigp => codes::OPTIONAL,
            Self::LocalPreference => codes::TRANSITIVE,
            Self::Weight => 0,
            Self::Otc => OPTIONAL_TRANSITIVE,
        }
    }

    const fn most(self) -> u64 {
        if matches!(self, Self::Aigp) { u64::MAX } else { u32::MAX as u64 }
    }

    /// Its value; None where it is not there.
    #[must_use]
    pub fn read(self, draft: &Draft<'_>) -> Option<u64> {
        let value = draft.value(self.code())?;
        if self == Self::Aigp {
            return aigp::metric(value);
        }
        Some(u32::from_be_bytes(value.try_into().ok()?).into())
    }

    fn write(self, number: u64, draft: &mut Draft<'_>) {
        let value = match self {
            Self::Aigp => aigp::of(number),
            _ => u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes().to_vec(),
        };
        draft.set(self.flags(), self.code(), value);
    }
}

/// What becomes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It has this value.
    To(u64),
    /// So much is added; to the second, where there is none.
    By(i64, u64),
    /// It is the metric of the way to the next hop, where that is known.
    ToMetric,
    /// It is not there.
    Gone,
}

/// One change.
#[derive(Clone, Debug)]
pub enum Action {
    /// A number.
    Number(Number, Change),
    /// ORIGIN.
    Origin(u8),
    /// These AS numbers stand before the path.
    Prepend(Vec<u32>),
    /// Another AS number, or none, stands for each of a set that is in the path.
    InPlaceOf(Arc<AsSet>, Option<u32>),
    /// Communities, as octets, are there.
    Add(Sort, Vec<u8>),
    /// Communities of a sort are these.
    Replace(Sort, Vec<u8>),
    /// Those that fit one of some patterns are not there.
    Remove(Vec<Pattern>),
    /// No communities are there.
    RemoveAll,
    /// The next hop has this canonical value; empty: ourselves.
    NextHop(Vec<u8>),
    /// The next hop is told as it is.
    NextHopStays,
}

impl Action {
    /// Change attributes; gives what is to be known of it, of `marks`. `metric` is that of the way
    /// to the next hop.
    pub fn apply(&self, draft: &mut Draft<'_>, metric: Option<u32>) -> u8 {
        match self {
            Self::Number(of, change) => {
                change_number(*of, *change, draft, metric);
                return if *of == Number::Med { marks::MED } else { 0 };
            }
            Self::Origin(origin) => draft.set(codes::TRANSITIVE, codes::ORIGIN, vec![*origin]),
            Self::Prepend(numbers) => prepend(numbers, draft),
            Self::InPlaceOf(set, other) => put_in_place(set, *other, draft),
            Self::Add(sort, more) => add(*sort, more, draft),
            Self::Replace(sort, all) => put(*sort, all.clone(), draft),
            Self::Remove(patterns) => {
                for sort in Sort::ALL {
                    let held = draft.value(sort.code()).unwrap_or_default();
                    let is_meant =
                        |one: &&[u8]| patterns.iter().any(|of| of.sort == sort && of.fits(one));
                    let each = held.chunks_exact(sort.size());
                    if !each.clone().any(|one| is_meant(&one)) {
                        continue;
                    }
                    let left = each.filter(|one| !is_meant(one)).flatten().copied().collect();
                    put(sort, left, draft);
                }
            }
            Self::RemoveAll => Sort::ALL.iter().for_each(|&sort| put(sort, Vec::new(), draft)),
            Self::NextHop(value) => {
                draft.set(codes::TRANSITIVE, codes::NEXT_HOP, value.clone());
                return marks::NEXT_HOP;
            }
            Self::NextHopStays => return marks::NEXT_HOP,
        }
        0
    }
}

fn change_number(of: Number, change: Change, draft: &mut Draft<'_>, metric: Option<u32>) {
    let number = match change {
        Change::To(number) => number,
        Change::By(by, default) => {
            let sum = of.read(draft).unwrap_or(default).saturating_add_signed(by);
            sum.min(of.most())
        }
        Change::ToMetric => match metric {
            Some(metric) => metric.into(),
            None => return,
        },
        Change::Gone => return draft.remove(of.code()),
    };
    of.write(number, draft);
}

fn prepend(numbers: &[u32], draft: &mut Draft<'_>) {
    let mut path = draft.value(codes::AS_PATH).unwrap_or_default().to_vec();
    for number in numbers.iter().rev() {
        path = crate::bgp::out::prepended(&path, SEQUENCE, *number);
    }
    if path.len() <= usize::from(u16::MAX) {
        draft.set(codes::TRANSITIVE, codes::AS_PATH, path);
    }
}

/// Sequences side by side become one, the first of its segments is the one that is not full; a path
/// in which nothing changes stays as it is.
fn put_in_place(set: &AsSet, other: Option<u32>, draft: &mut Draft<'_>) {
    let path = draft.value(codes::AS_PATH).unwrap_or_default();
    let changes = |number| set.contains(number) && other != Some(number);
    if !Segments(path).any(|one| one.numbers().any(changes)) {
        return;
    }
    let of = |number| if set.contains(number) { other } else { Some(number) };
    let mut joined: Vec<(u8, Vec<u32>)> = Vec::new();
    for segment in Segments(path) {
        let numbers = segment.numbers().filter_map(of);
        match joined.last_mut() {
            Some((SEQUENCE, held)) if segment.kind == SEQUENCE => held.extend(numbers),
            _ => joined.push((segment.kind, numbers.collect())),
        }
        joined.pop_if(|(_, held)| held.is_empty());
    }
    let mut made = Vec::with_capacity(path.len());
    for (kind, numbers) in joined {
        let mut parts: Vec<&[u32]> = numbers.rchunks(255).collect();
        parts.reverse();
        for part in parts {
            made.extend([kind, part.len() as u8]);
            made.extend(part.iter().flat_map(|number| number.to_be_bytes()));
        }
    }
    if made.len() <= usize::from(u16::MAX) {
        draft.set(codes::TRANSITIVE, codes::AS_PATH, made);
    }
}

fn add(sort: Sort, more: &[u8], draft: &mut Draft<'_>) {
    let mut held = draft.value(sort.code()).unwrap_or_default().to_vec();
    for one in more.chunks_exact(sort.size()) {
        if !held.chunks_exact(sort.size()).any(|other| other == one) {
            held.extend(one);
        }
    }
    put(sort, held, draft);
}

/// Have these communities of a sort. An attribute that has none any more stays for the time being,
/// with its flags, for statements behind this one may put some in (`drop_empty`).
fn put(sort: Sort, all: Vec<u8>, draft: &mut Draft<'_>) {
    let held = draft.flags(sort.code());
    if all.len() <= usize::from(u16::MAX) && (held.is_some() || !all.is_empty()) {
        draft.set(held.unwrap_or(OPTIONAL_TRANSITIVE), sort.code(), all);
    }
}

/// Let go of attributes for communities without any.
pub(super) fn drop_empty(draft: &mut Draft<'_>) {
    for code in Sort::ALL.map(Sort::code) {
        if draft.value(code).is_some_and(<[u8]>::is_empty) {
            draft.remove(code);
        }
    }
}
