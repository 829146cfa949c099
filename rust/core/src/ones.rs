//! The sum of the Internet checksum (RFC 1071).

/// The ones' complement sum of the 16-bit words of `data`; an odd last byte is the high half of one.
///
/// Ones' complement has two zeros: only bytes that are all zero sum to 0x0000, every other multiple
/// of 0xffff sums to 0xffff.
#[must_use]
pub fn ones_sum(data: &[u8]) -> u16 {
    let mut words = data.chunks_exact(4);
    // 0x10000 is 1 modulo 0xffff, so wider words sum to the same; 2^32 of them fit
    let mut sum = words.by_ref().fold(0_u64, |sum, word| {
        sum.wrapping_add(word.try_into().map_or(0, u32::from_be_bytes).into())
    });
    let mut last = [0; 4];
    for (to, &from) in last.iter_mut().zip(words.remainder()) {
        *to = from;
    }
    sum = sum.wrapping_add(u32::from_be_bytes(last).into());
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    u16::try_from(sum).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;

    /// Word by word, as RFC 1071 4.1 has it.
    fn slow(data: &[u8]) -> u16 {
        let mut sum = 0_u32;
        for pair in data.chunks(2) {
            let low = pair.get(1).copied().unwrap_or(0);
            sum += u32::from(u16::from_be_bytes([pair[0], low]));
            sum = (sum & 0xffff) + (sum >> 16);
        }
        sum as u16
    }

    #[test]
    fn sums_are_those_of_the_words() {
        let mut dice = Dice(1071);
        for size in 0..200 {
            for _ in 0..20 {
                let data: Vec<u8> = (0..size).map(|_| dice.below(256) as u8).collect();
                assert_eq!(ones_sum(&data), slow(&data), "{data:?}");
            }
            assert_eq!(ones_sum(&vec![0; size]), 0);
            let ones = vec![0xff; size & !1];
            assert_eq!(ones_sum(&ones), if ones.is_empty() { 0 } else { 0xffff });
        }
    }
}
