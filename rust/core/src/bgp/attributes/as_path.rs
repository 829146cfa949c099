//! AS_PATH with AS numbers of four octets (RFC 4271 4.3, RFC 5065 3, RFC 6793 3).
//!
//! A segment: kind (8), count (8), count AS numbers (32 each), nearest first.

/// AS_SET: unordered.
pub const SET: u8 = 1;
/// AS_SEQUENCE.
pub const SEQUENCE: u8 = 2;
/// AS_CONFED_SEQUENCE (RFC 5065).
pub const CONFED_SEQUENCE: u8 = 3;
/// AS_CONFED_SET.
pub const CONFED_SET: u8 = 4;

/// One segment of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// `SET`, `SEQUENCE`, `CONFED_SEQUENCE` or `CONFED_SET`.
    pub kind: u8,
    bytes: &'a [u8],
}

impl<'a> Segment<'a> {
    /// Its AS numbers, nearest first.
    pub fn numbers(self) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator + 'a {
        self.bytes.chunks_exact(4).map(|four| match four {
            &[a, b, c, d] => u32::from_be_bytes([a, b, c, d]),
            _ => 0,
        })
    }

    /// Whether it is one of a confederation, which does not count and does not leave it.
    #[must_use]
    pub const fn is_confederation(self) -> bool {
        matches!(self.kind, CONFED_SEQUENCE | CONFED_SET)
    }
}

/// The segments of a path; ends before what is cut short.
#[derive(Clone, Copy, Debug)]
pub struct Segments<'a>(pub &'a [u8]);

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    #[inline]
    fn next(&mut self) -> Option<Segment<'a>> {
        let (&[kind, count], rest) = self.0.split_first_chunk()?;
        let (bytes, rest) = rest.split_at_checked(usize::from(count) * 4)?;
        self.0 = rest;
        Some(Segment { kind, bytes })
    }
}

/// What the rules of choice ask of a path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// RFC 4271 9.1.2.2 a): a set counts one, segments of a confederation nothing (RFC 5065 5.3).
    pub length: u16,
    /// The AS it was last told by, outside of our confederation; 0 where there is none or it is a
    /// set: MULTI_EXIT_DISC compares paths that have it in common (RFC 4271 9.1.2.2 c).
    pub neighbor: u32,
    /// The AS that it came from; 0 where there is none or it is a set (RFC 6811 2).
    pub origin: u32,
    /// Whether it has an AS_SET or AS_CONFED_SET (RFC 9774).
    pub has_set: bool,
}

/// Measure a path.
#[must_use]
pub fn measure(path: &[u8]) -> Measured {
    let mut found = Measured::default();
    let mut is_first = true;
    for segment in Segments(path) {
        found.has_set |= matches!(segment.kind, SET | CONFED_SET);
        if segment.is_confederation() {
            continue;
        }
        if segment.kind == SEQUENCE {
            let mut numbers = segment.numbers();
            found.length = found.length.saturating_add(numbers.len() as u16);
            found.origin = numbers.next_back().unwrap_or(found.origin);
            if is_first {
                found.neighbor = segment.numbers().next().unwrap_or(0);
            }
        } else {
            found.length = found.length.saturating_add(1);
            found.origin = 0;
        }
        is_first = false;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{CONFED_SEQUENCE, Measured, SEQUENCE, SET, Segments, measure};

    fn path(segments: &[(u8, &[u32])]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (kind, numbers) in segments {
            bytes.extend([*kind, numbers.len() as u8]);
            bytes.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
        }
        bytes
    }

    #[test]
    fn a_set_counts_one_and_confederations_nothing() {
        let long = path(&[(CONFED_SEQUENCE, &[64512]), (SEQUENCE, &[1, 2, 3]), (SET, &[4, 5])]);
        let wanted = Measured { length: 4, neighbor: 1, origin: 0, has_set: true };
        assert_eq!(measure(&long), wanted);
        let plain = path(&[(SEQUENCE, &[70_000, 2])]);
        let wanted = Measured { length: 2, neighbor: 70_000, origin: 2, has_set: false };
        assert_eq!(measure(&plain), wanted);
        assert_eq!(measure(&[]), Measured::default());
    }

    #[test]
    fn what_is_cut_short_ends_the_path() {
        let whole = path(&[(SEQUENCE, &[1]), (SEQUENCE, &[2, 3])]);
        for end in 0..whole.len() {
            let seen: Vec<u32> = Segments(&whole[..end]).flat_map(|one| one.numbers()).collect();
            assert_eq!(seen, if end < 6 { vec![] } else { vec![1] });
        }
    }
}
