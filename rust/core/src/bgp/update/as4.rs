//! AS numbers of two octets and what stands for those that do not fit (RFC 6793 4.2.3).

use super::{Cost, Parser, Part, subcodes};
use crate::bgp::attributes::as_path::{SEQUENCE, Segments, measure};
use crate::bgp::attributes::codes;

/// AS_TRANS (RFC 6793 9).
const AS_TRANS: u32 = 23_456;

/// A path of two-octet numbers with four.
pub(super) fn widen(mut rest: &[u8], made: &mut Vec<u8>) {
    while let Some((&[kind, count], after)) = rest.split_first_chunk() {
        let Some((numbers, after)) = after.split_at_checked(usize::from(count) * 2) else { return };
        made.extend([kind, count]);
        for two in numbers.chunks_exact(2) {
            made.extend([0, 0]);
            made.extend_from_slice(two);
        }
        rest = after;
    }
}

/// An AS4_PATH without segments of a confederation, which it must not have (RFC 6793 3).
pub(super) fn drop_confederation(path: &[u8], made: &mut Vec<u8>) {
    for segment in Segments(path).filter(|segment| !segment.is_confederation()) {
        made.extend([segment.kind, segment.numbers().len() as u8]);
        made.extend(segment.numbers().flat_map(u32::to_be_bytes));
    }
}

impl Parser {
    /// Put what AS4_PATH and AS4_AGGREGATOR say in its place.
    pub(super) fn merge_as4(&mut self, body: &[u8]) {
        let find = |code: u8| self.parts.iter().find(|part| part.code == code).copied();
        let value = |part: Part| {
            let from = if part.is_made { self.made.as_slice() } else { body };
            from.get(part.start..part.end).unwrap_or_default()
        };
        let aggregator = find(codes::AGGREGATOR).map(|part| (part, value(part)));
        if let (Some((part, old)), Some(new)) = (aggregator, find(codes::AS4_AGGREGATOR)) {
            if !old.starts_with(&AS_TRANS.to_be_bytes()) {
                return; // an old speaker made it anew: AS4_PATH is of the past too
            }
            self.replace(part.code, Part { code: part.code, ..new });
        }
        let find = |code: u8| self.parts.iter().find(|part| part.code == code).copied();
        let (Some(old), Some(new)) = (find(codes::AS_PATH), find(codes::AS4_PATH)) else { return };
        let value = |part: Part| {
            let from = if part.is_made { self.made.as_slice() } else { body };
            from.get(part.start..part.end).unwrap_or_default()
        };
        let Some(merged) = merge(value(old), value(new)) else { return };
        if merged.len() > usize::from(u16::MAX) {
            let reason = "too long in four octets";
            self.fault(Cost::Withdraw, subcodes::AS_PATH, codes::AS_PATH, (0, 0), reason);
            return;
        }
        let start = self.made.len();
        self.made.extend(merged);
        let end = self.made.len();
        self.replace(codes::AS_PATH, Part { is_made: true, start, end, ..old });
    }

    fn replace(&mut self, code: u8, by: Part) {
        if let Some(held) = self.parts.iter_mut().find(|part| part.code == code) {
            *held = Part { flags: held.flags, ..by };
        }
    }
}

/// The first of the AS_PATH, as many as the AS4_PATH lacks, then the AS4_PATH. None: the AS4_PATH is
/// longer, so it is not of this path.
fn merge(path: &[u8], newer: &[u8]) -> Option<Vec<u8>> {
    let mut lacking = measure(path).length.checked_sub(measure(newer).length)?;
    let mut merged = Vec::with_capacity(path.len());
    for segment in Segments(path) {
        if segment.is_confederation() {
            // it does not count, and is kept whole while what counts is
            push(&mut merged, segment.kind, segment.numbers().collect());
            continue;
        }
        if lacking == 0 {
            break;
        }
        let counted = if segment.kind == SEQUENCE { segment.numbers().len() as u16 } else { 1 };
        let taken = usize::from(counted.min(lacking));
        let most = if segment.kind == SEQUENCE { taken } else { usize::MAX };
        push(&mut merged, segment.kind, segment.numbers().take(most).collect());
        lacking = lacking.saturating_sub(counted);
    }
    // consecutive sequences are one where there is room
    let mut last = None;
    let mut at = 0;
    for segment in Segments(&merged) {
        last = (segment.kind == SEQUENCE).then_some((at, segment.numbers().len()));
        at += 2 + 4 * segment.numbers().len();
    }
    let mut rest = newer;
    if let (Some((at, held)), Some(first)) = (last, Segments(newer).next())
        && first.kind == SEQUENCE
        && let Ok(count) = u8::try_from(held + first.numbers().len())
    {
        if let Some(place) = merged.get_mut(at + 1) {
            *place = count;
        }
        merged.extend(first.numbers().flat_map(u32::to_be_bytes));
        rest = newer.get(2 + 4 * first.numbers().len()..).unwrap_or_default();
    }
    merged.extend_from_slice(rest);
    Some(merged)
}

fn push(path: &mut Vec<u8>, kind: u8, numbers: Vec<u32>) {
    if !numbers.is_empty() {
        path.extend([kind, numbers.len() as u8]);
        path.extend(numbers.into_iter().flat_map(u32::to_be_bytes));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bgp::attributes::as_path::SET;

    fn path(segments: &[(u8, &[u32])]) -> Vec<u8> {
        let mut made = Vec::new();
        segments.iter().for_each(|(kind, numbers)| push(&mut made, *kind, numbers.to_vec()));
        made
    }

    #[test]
    fn the_newer_path_stands_behind_those_that_it_does_not_know() {
        // RFC 6793 4.2.3: 275 AS_TRANS AS_TRANS, with an AS4_PATH of two
        let old = path(&[(SEQUENCE, &[275, AS_TRANS, AS_TRANS])]);
        let new = path(&[(SEQUENCE, &[70_000, 80_000])]);
        assert_eq!(merge(&old, &new), Some(path(&[(SEQUENCE, &[275, 70_000, 80_000])])));
        let longer = path(&[(SEQUENCE, &[1, 2, 3, 4])]);
        assert_eq!(merge(&old, &longer), None);
        let with_set = path(&[(SET, &[7, 8]), (SEQUENCE, &[AS_TRANS])]);
        let one = path(&[(SEQUENCE, &[90_000])]);
        assert_eq!(merge(&with_set, &one), Some(path(&[(SET, &[7, 8]), (SEQUENCE, &[90_000])])));
    }

    #[test]
    fn two_octets_become_four() {
        let mut made = Vec::new();
        widen(&[2, 2, 0, 1, 0xff, 0xff], &mut made);
        assert_eq!(made, path(&[(SEQUENCE, &[1, 65_535])]));
    }
}
