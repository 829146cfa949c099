//! IPv6 without loops: from where colons and digits stand follows which of the 32 places of an
//! address are filled; all digits are then squeezed together and spread to those places at once.
//!
//! A group's digits are right-aligned in four places. Masks mark the last, second last, third
//! last and fourth last digits of the groups, and give one bit a group that says whether there is
//! such a digit. AVX-512 then moves bytes (`compress`, `expand`); AVX2 moves the four bit planes
//! of the digits (`pext`, `pdep`).

use std::arch::x86_64::*;

use super::groups::Window;

/// The places of an address that the digits fill, first digit lowest.
///
/// `colons` and `digits` mark the bytes of a text of `len` (2 to 39) bytes, and none after it.
#[target_feature(enable = "bmi1,bmi2,popcnt")]
#[inline]
fn places(colons: u64, digits: u64, len: usize) -> Option<u32> {
    let end = 1u64 << (len & 63);
    let double = colons & colons >> 1;
    let lone_first = colons & !double & 1;
    let lone_last = colons & !(double << 1) & end >> 1;
    let strange = (colons | digits) ^ (end - 1);
    let last = digits & (colons | end) >> 1;
    let second = digits & last >> 1;
    let third = digits & second >> 1;
    let fourth = digits & third >> 1;
    let too_wide = digits & fourth >> 1;
    let two_doubles = double & double.wrapping_sub(1);
    let groups = last.count_ones();
    let fits = if double == 0 { groups == 8 } else { groups <= 7 };
    if !fits || strange | lone_first | lone_last | too_wide | two_doubles != 0 {
        return None;
    }
    let before = (last & double.wrapping_sub(1)).count_ones();
    let missing = 8u32.wrapping_sub(groups) & 15;
    let spread = |mark: u64, places: u32| {
        let filled = _pext_u64(mark, last) as u32;
        let head = _bzhi_u32(filled, before);
        _pdep_u32(head | (filled ^ head) << missing, places)
    };
    Some(
        _pdep_u32(_bzhi_u32(u32::MAX, before) | u32::MAX << (before + missing), 0x8888_8888)
            | spread(second << 1, 0x4444_4444)
            | spread(third << 2, 0x2222_2222)
            | spread(fourth << 3, 0x1111_1111),
    )
}

/// The values of hex digits, and 0x80 for all other characters.
static VALUES: [u8; 128] = {
    let mut values = [0x80; 128];
    let mut digit = 0;
    while digit < 16 {
        values[b"0123456789abcdef"[digit] as usize] = digit as u8;
        values[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    values
};

/// Parse `text`, 2 to 39 bytes long.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi1,bmi2,popcnt")]
#[inline]
pub fn avx512(text: &[u8]) -> Option<u128> {
    let present = _bzhi_u64(u64::MAX, text.len() as u32);
    // SAFETY: the mask lets only the bytes of `text` be read; the table has twice 64 bytes.
    let (text, low, high) = unsafe {
        let table: *const i8 = VALUES.as_ptr().cast();
        (
            _mm512_maskz_loadu_epi8(present, text.as_ptr().cast()),
            _mm512_loadu_epi8(table),
            _mm512_loadu_epi8(table.add(64)),
        )
    };
    let colons = _mm512_cmpeq_epi8_mask(text, _mm512_set1_epi8(b':' as i8));
    let values = _mm512_permutex2var_epi8(low, text, high); // takes seven bits of each byte
    let digits = !_mm512_movepi8_mask(_mm512_or_si512(values, text)) & present;
    let places = places(colons, digits, present.count_ones() as usize)?;
    let packed = _mm512_castsi512_si256(_mm512_maskz_compress_epi8(digits, values));
    let spread = _mm256_maskz_expand_epi8(places, packed);
    let pairs = _mm256_maddubs_epi16(spread, _mm256_set1_epi16(0x0110));
    let mut bytes = [0u8; 16];
    // SAFETY: sixteen bytes are written to an array of sixteen.
    unsafe { _mm_storeu_si128(bytes.as_mut_ptr().cast(), _mm256_cvtepi16_epi8(pairs)) };
    Some(u128::from_be_bytes(bytes))
}

/// Parse the first `len` (2 to 39) bytes of `text`.
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
#[inline]
pub fn avx2(text: &Window, len: usize) -> Option<u128> {
    // SAFETY: 32 bytes from the start of 48, and 16 bytes from byte 32 on.
    let (front, back) = unsafe {
        let at: *const u8 = text.as_ptr();
        (_mm256_loadu_si256(at.cast()), _mm_loadu_si128(at.add(32).cast()))
    };
    let back = _mm256_castsi128_si256(back); // only the low half of its masks is used
    let (front, back) = (classify(front), classify(back));
    let colons = _bzhi_u64(mask(front.colon, back.colon), len as u32);
    let digits = _bzhi_u64(mask(front.digit, back.digit), len as u32);
    let places = u64::from(places(colons, digits, len)?);
    let plane = |up: __m128i| {
        let plane = mask(_mm256_sll_epi16(front.value, up), _mm256_sll_epi16(back.value, up));
        _pdep_u64(_pext_u64(plane, digits), places)
    };
    let mut halves = [0u64; 2];
    for bit in 0..4 {
        let plane = plane(_mm_cvtsi32_si128(7 - bit));
        halves[0] |= _pdep_u64(plane & 0xffff, 0x1111_1111_1111_1111 << bit);
        halves[1] |= _pdep_u64(plane >> 16, 0x1111_1111_1111_1111 << bit);
    }
    // The first digit is now in the lowest four bits; in the address it is in the highest.
    let [high, low] = halves.map(|half| {
        let half = half.swap_bytes();
        (half & 0x0f0f_0f0f_0f0f_0f0f) << 4 | half >> 4 & 0x0f0f_0f0f_0f0f_0f0f
    });
    Some(u128::from(high) << 64 | u128::from(low))
}

/// The top bits of 32 and of 16 bytes.
#[target_feature(enable = "avx2")]
#[inline]
fn mask(front: __m256i, back: __m256i) -> u64 {
    let high = u64::from(_mm256_movemask_epi8(back) as u32 as u16);
    high << 32 | u64::from(_mm256_movemask_epi8(front) as u32)
}

/// All ones in the bytes that are colons and hex digits; values in the low four bits.
struct Classes {
    colon: __m256i,
    digit: __m256i,
    value: __m256i,
}

#[target_feature(enable = "avx2")]
#[inline]
fn classify(text: __m256i) -> Classes {
    let byte = |value: u8| _mm256_set1_epi8(value as i8);
    let at_most =
        |value: __m256i, most: u8| _mm256_cmpeq_epi8(_mm256_min_epu8(value, byte(most)), value);
    let decimal = at_most(_mm256_sub_epi8(text, byte(b'0')), 9);
    let lower = _mm256_or_si256(text, byte(0x20));
    let letter = at_most(_mm256_sub_epi8(lower, byte(b'a')), 5);
    Classes {
        colon: _mm256_cmpeq_epi8(text, byte(b':')),
        digit: _mm256_or_si256(decimal, letter),
        // The low bits of 'a' and 'A' are 1: 9 more make its value.
        value: _mm256_add_epi8(text, _mm256_and_si256(letter, byte(9))),
    }
}
