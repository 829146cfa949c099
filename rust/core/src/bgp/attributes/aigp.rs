//! AIGP (RFC 7311 3): TLVs of a type, a length of two octets that counts all, a value; the first of
//! type 1 is the metric.

const METRIC: u8 = 1;
const HEAD: usize = 3;
const WHOLE: usize = HEAD + size_of::<u64>();

/// The metric of a value; None: it has none.
#[must_use]
pub fn metric(value: &[u8]) -> Option<u64> {
    let at = place(value)?;
    Some(u64::from_be_bytes(*value.get(at..)?.first_chunk()?))
}

/// A value that is a metric alone.
#[must_use]
pub fn of(metric: u64) -> Vec<u8> {
    [&[METRIC, 0, WHOLE as u8], &metric.to_be_bytes()[..]].concat()
}

/// The value with so much added to its metric, which stays the highest that there is beyond that.
#[must_use]
pub fn raised(value: &[u8], by: u32) -> Vec<u8> {
    let mut made = value.to_vec();
    if let (Some(at), Some(held)) = (place(value), metric(value))
        && let Some(place) = made.get_mut(at..).and_then(<[u8]>::first_chunk_mut)
    {
        *place = held.saturating_add(by.into()).to_be_bytes();
    }
    made
}

/// Where the metric stands.
fn place(value: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(&[kind, high, low]) = value.get(at..)?.first_chunk() {
        let length = usize::from(u16::from_be_bytes([high, low]));
        if kind == METRIC {
            return (length == WHOLE).then_some(at + HEAD);
        }
        at += length.max(HEAD);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{metric, of, raised};

    #[test]
    fn the_first_metric_counts_and_grows() {
        let other = [9, 0, 5, 1, 2];
        let value = [&other[..], &of(7), &of(8)].concat();
        assert_eq!(metric(&value), Some(7));
        assert_eq!(raised(&value, 5), [&other[..], &of(12), &of(8)].concat());
    }

    #[test]
    fn the_highest_metric_grows_no_more() {
        assert_eq!(metric(&raised(&of(u64::MAX - 1), 5)), Some(u64::MAX));
    }

    #[test]
    fn without_a_metric_nothing_grows() {
        for value in [&[][..], &[9, 0, 5, 1, 2], &[1, 0], &[1, 0, 11, 0], &[9, 255, 255]] {
            assert_eq!(metric(value), None);
            assert_eq!(raised(value, 5), value);
        }
    }
}
