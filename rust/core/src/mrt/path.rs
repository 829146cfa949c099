//! AS_PATH (RFC 4271 4.3, RFC 5065 3) and its origin.

use std::fmt;

use super::DecodeError;
use super::reader::Reader;

/// How wide an AS number is in the attributes at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsSize {
    /// TABLE_DUMP: AS4_PATH holds what does not fit (RFC 6793).
    Two,
    /// TABLE_DUMP_V2 (RFC 6396 4.3.4).
    Four,
}

impl AsSize {
    pub(super) fn read(self, reader: &mut Reader<'_>) -> Result<u32, DecodeError> {
        match self {
            AsSize::Two => reader.u16("AS number").map(u32::from),
            AsSize::Four => reader.u32("AS number"),
        }
    }

    const fn bytes(self) -> usize {
        match self {
            AsSize::Two => 2,
            AsSize::Four => 4,
        }
    }
}

/// The kinds of path segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SegmentKind {
    /// AS_SET: unordered.
    Set,
    /// AS_SEQUENCE: ordered, nearest first.
    Sequence,
    /// AS_CONFED_SEQUENCE.
    ConfedSequence,
    /// AS_CONFED_SET.
    ConfedSet,
}

/// One segment of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Segment {
    /// Its kind.
    pub kind: SegmentKind,
    /// Its AS numbers, in the order of the wire.
    pub asns: Vec<u32>,
}

/// A whole path, nearest AS first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AsPath(pub Vec<Segment>);

/// Walk the segments of an attribute value: kind and the reader of its AS numbers.
fn each_segment<'a>(
    value: &Reader<'a>,
    size: AsSize,
    mut take: impl FnMut(SegmentKind, Reader<'a>) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    let mut reader = value.clone().under("RFC 4271 4.3");
    while !reader.is_empty() {
        let here = reader.clone();
        let kind = match reader.u8("segment type")? {
            1 => SegmentKind::Set,
            2 => SegmentKind::Sequence,
            3 => SegmentKind::ConfedSequence,
            4 => SegmentKind::ConfedSet,
            other => return Err(here.error("segment type", other.into(), "1 to 4")),
        };
        let count = usize::from(reader.u8("segment length")?);
        take(kind, reader.part(count * size.bytes(), "segment length")?)?;
    }
    Ok(())
}

/// The origin of an encoded path without decoding the rest; see [`AsPath::origin`].
pub fn origin_of(value: &Reader<'_>, size: AsSize, own: u32) -> Result<Option<u32>, DecodeError> {
    let mut origin = speaker(own);
    each_segment(value, size, |kind, mut asns| {
        let count = asns.left() / size.bytes();
        if count > 0 {
            asns.take((count - 1) * size.bytes(), "segment length")?;
            origin = origin_in(kind, count, size.read(&mut asns)?, own);
        }
        Ok(())
    })?;
    Ok(origin)
}

/// The AS of the speaker; routers list their own routes of other protocols under AS 0, which is
/// nobody's (RFC 7607).
pub const fn speaker(own: u32) -> Option<u32> {
    if own == 0 { None } else { Some(own) }
}

/// What a last segment of `count` numbers that ends in `last` says about the origin.
const fn origin_in(kind: SegmentKind, count: usize, last: u32, own: u32) -> Option<u32> {
    match kind {
        SegmentKind::Sequence => Some(last),
        SegmentKind::Set if count == 1 => Some(last),
        SegmentKind::Set => None,
        SegmentKind::ConfedSequence | SegmentKind::ConfedSet => speaker(own),
    }
}

impl AsPath {
    pub(super) fn decode(value: &Reader<'_>, size: AsSize) -> Result<AsPath, DecodeError> {
        let mut path = AsPath::default();
        each_segment(value, size, |kind, mut reader| {
            let count = reader.left() / size.bytes();
            let asns: Result<_, _> = (0..count).map(|_| size.read(&mut reader)).collect();
            path.0.push(Segment { kind, asns: asns? });
            Ok(())
        })?;
        Ok(path)
    }

    /// The AS that originates the prefix (RFC 6811 2): the last of the path where that ends in a
    /// sequence; `own`, the AS of the speaker, where the path is empty or ends in a confederation;
    /// `None` where it ends in a set. Deviation: a set of one is unambiguous and counts.
    #[must_use]
    pub fn origin(&self, own: u32) -> Option<u32> {
        match self.0.iter().rev().find(|segment| !segment.asns.is_empty()) {
            Some(Segment { kind, asns }) => {
                origin_in(*kind, asns.len(), *asns.last().unwrap_or(&own), own)
            }
            None => speaker(own),
        }
    }

    /// Length as BGP counts it: a set is one, confederation segments none (RFC 4271 9.1.2.2).
    fn hops(&self) -> usize {
        self.0.iter().map(Segment::hops).sum()
    }

    /// The path that a 2-byte speaker hides in AS4_PATH (RFC 6793 4.2.3).
    pub(super) fn merged(mut self, four: AsPath) -> AsPath {
        let Some(mut lead) = self.hops().checked_sub(four.hops()) else {
            return self; // more ASes than the path has: AS4_PATH is to be ignored
        };
        let mut kept = Vec::new();
        for mut segment in self.0.drain(..) {
            let hops = segment.hops();
            if hops > lead {
                if lead > 0 {
                    segment.asns.truncate(lead);
                    kept.push(segment);
                }
                break;
            }
            lead -= hops;
            kept.push(segment);
        }
        for segment in four.0 {
            match kept.last_mut() {
                Some(last)
                    if last.kind == SegmentKind::Sequence
                        && segment.kind == SegmentKind::Sequence =>
                {
                    last.asns.extend(segment.asns);
                }
                _ => kept.push(segment),
            }
        }
        AsPath(kept)
    }
}

impl Segment {
    fn hops(&self) -> usize {
        match self.kind {
            SegmentKind::Sequence => self.asns.len(),
            SegmentKind::Set => 1,
            SegmentKind::ConfedSequence | SegmentKind::ConfedSet => 0,
        }
    }
}

impl fmt::Display for AsPath {
    /// Sequences by blanks, sets `{1,2}`, confederation sequences `(1 2)` and sets `[1,2]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.0.iter().enumerate() {
            let (open, between, close) = match segment.kind {
                SegmentKind::Sequence => ("", " ", ""),
                SegmentKind::Set => ("{", ",", "}"),
                SegmentKind::ConfedSequence => ("(", " ", ")"),
                SegmentKind::ConfedSet => ("[", ",", "]"),
            };
            if at > 0 {
                f.write_str(" ")?;
            }
            f.write_str(open)?;
            for (at, asn) in segment.asns.iter().enumerate() {
                write!(f, "{}{asn}", if at > 0 { between } else { "" })?;
            }
            f.write_str(close)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{AsPath, Segment, SegmentKind};

    fn seq(asns: &[u32]) -> Segment {
        Segment { kind: SegmentKind::Sequence, asns: asns.into() }
    }

    fn set(asns: &[u32]) -> Segment {
        Segment { kind: SegmentKind::Set, asns: asns.into() }
    }

    #[test]
    fn as4_path_replaces_the_tail_of_the_path_rfc_6793_4_2_3() {
        let old = AsPath(vec![seq(&[1, 23456, 23456])]);
        let merged = old.merged(AsPath(vec![seq(&[70000, 80000])]));
        assert_eq!(merged.to_string(), "1 70000 80000");
        let old = AsPath(vec![seq(&[1, 2]), set(&[3, 4])]);
        assert_eq!(old.merged(AsPath(vec![set(&[3, 70000])])).to_string(), "1 2 {3,70000}");
    }

    #[test]
    fn a_longer_as4_path_is_ignored_rfc_6793_4_2_3() {
        let old = AsPath(vec![seq(&[1])]);
        assert_eq!(old.merged(AsPath(vec![seq(&[70000, 80000])])).to_string(), "1");
    }

    #[test]
    fn the_origin_is_the_last_of_a_sequence_rfc_6811_2() {
        assert_eq!(AsPath(vec![seq(&[1, 2])]).origin(9), Some(2));
        assert_eq!(AsPath(vec![seq(&[1]), set(&[7])]).origin(9), Some(7));
        assert_eq!(AsPath(vec![seq(&[1]), set(&[7, 8])]).origin(9), None);
        assert_eq!(AsPath(vec![]).origin(9), Some(9));
    }
}
