//! The Fletcher checksum of an LSA: all of it but its age (RFC 2328 12.1.7, RFC 905 annex B).

/// Where the checksum stands in an LSA.
const AT: usize = 16;
/// Where what it covers begins: behind the age.
const FROM: usize = 2;
/// So many octets are summed before both sums are reduced: more could overflow 32 bits.
const CHUNK: usize = 4096;

/// Both sums of the octets, each modulo 255.
fn sums(data: &[u8], mut low: u32, mut high: u32) -> (u32, u32) {
    for chunk in data.chunks(CHUNK) {
        for &octet in chunk {
            low += u32::from(octet);
            high += low;
        }
        low %= 255;
        high %= 255;
    }
    (low, high)
}

/// Whether the checksum of a whole LSA is that of its octets. One of 0 never is: it says that
/// nobody worked one out.
#[must_use]
pub fn is_right(lsa: &[u8]) -> bool {
    match (lsa.get(AT..AT + 2), lsa.get(FROM..)) {
        (Some(field), Some(covered)) => field != [0, 0] && sums(covered, 0, 0) == (0, 0),
        _ => false,
    }
}

/// The checksum that a whole LSA ought to carry, whatever stands there now; 0 if it is too short.
#[must_use]
pub fn of(lsa: &[u8]) -> u16 {
    let (Some(before), Some(after)) = (lsa.get(FROM..AT), lsa.get(AT + 2..)) else { return 0 };
    let (low, high) = sums(before, 0, 0);
    let (low, high) = sums(&[0, 0], low, high);
    let (low, high) = sums(after, low, high);
    // Two octets x, y make both sums 0; x stands before `after.len() + 1` octets, y before one less.
    let behind = (after.len() as u32 + 1) % 255;
    let x = (behind * low + 255 - high % 255) % 255;
    let y = (2 * 255 - low - x) % 255;
    let nonzero = |octet: u32| if octet == 0 { 255 } else { octet as u16 };
    nonzero(x) << 8 | nonzero(y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;

    #[test]
    fn what_is_worked_out_is_right_and_one_changed_octet_is_seen() {
        let mut dice = Dice(1);
        for _ in 0..2000 {
            let len = 20 + dice.below(200) as usize;
            let mut lsa: Vec<u8> = (0..len).map(|_| dice.roll() as u8).collect();
            let sum = of(&lsa);
            lsa[AT..AT + 2].copy_from_slice(&sum.to_be_bytes());
            assert!(is_right(&lsa));
            lsa[0] ^= 0x5a;
            assert!(is_right(&lsa), "the age is not covered");
            let at = 2 + dice.below(len as u64 - 2) as usize;
            let old = lsa[at];
            lsa[at] = old.wrapping_add(1 + dice.below(254) as u8);
            // 0 and 255 are the same to the sums
            assert!(!is_right(&lsa) || [old, lsa[at]].iter().all(|o| [0, 255].contains(o)));
        }
    }

    #[test]
    fn longest_lsa_does_not_overflow() {
        let mut lsa = vec![255; 65535];
        let sum = of(&lsa);
        lsa[AT..AT + 2].copy_from_slice(&sum.to_be_bytes());
        assert!(is_right(&lsa));
    }

    #[test]
    fn what_is_too_short_or_has_none_is_not_right() {
        assert!(!is_right(&[0; 20]));
        assert!(!is_right(&[1; 17]));
        assert_eq!(of(&[1; 10]), 0);
    }
}
