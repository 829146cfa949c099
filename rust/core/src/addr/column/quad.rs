//! Dotted quads, `a.b.c.d`, by the shape of their dots.
//!
//! The lengths of the four numbers (one to three digits each) make 81 shapes. The dots' bit mask,
//! with one more bit at the end of the text, hashes without collision into a table that says how
//! to move the digits into four lanes of three; lanes are then weighed and checked together.

/// One shape: where the digits go and the least value that a number of so many digits has.
#[derive(Clone, Copy)]
#[repr(C, align(32))]
struct Shape {
    /// For each of four lanes: the places of hundreds, tens, units (0x80: none), and 0x80.
    moves: [u8; 16],
    /// 0, 10 or 100 for one, two or three digits: anything less has a leading zero.
    least: [u8; 4],
    /// For each lane: where its number begins, and the bits to shift it to the lane's end.
    begin: [u8; 4],
    pad: [u8; 4],
    /// Bits at the dots and at the end; 0 in an unused slot.
    dots: u16,
}

const NO_SHAPE: Shape =
    Shape { moves: [0x80; 16], least: [0; 4], begin: [0; 4], pad: [0; 4], dots: 0 };

/// Multiplier found by search: the high byte of the product differs for all 81 masks.
const SPREAD: u32 = 0xe07b_db9f;

const fn slot(dots: u32) -> usize {
    (dots.wrapping_mul(SPREAD) >> 24) as usize
}

static SHAPES: [Shape; 256] = shapes();

const fn shapes() -> [Shape; 256] {
    let mut all = [NO_SHAPE; 256];
    let mut code = 0;
    while code < 81 {
        let widths = [code / 27 % 3 + 1, code / 9 % 3 + 1, code / 3 % 3 + 1, code % 3 + 1];
        let shape = shape(widths);
        let at = slot(shape.dots as u32);
        assert!(all[at].dots == 0); // at compile time: no two shapes share a slot
        all[at] = shape;
        code += 1;
    }
    all
}

const fn shape(widths: [usize; 4]) -> Shape {
    let mut shape = NO_SHAPE;
    let mut at = 0;
    let mut lane = 0;
    while lane < 4 {
        let width = widths[lane];
        shape.begin[lane] = at as u8;
        shape.pad[lane] = 32 - 8 * width as u8;
        let mut digit = 0;
        while digit < width {
            shape.moves[4 * lane + 3 - width + digit] = at as u8;
            at += 1;
            digit += 1;
        }
        shape.dots |= 1 << at;
        at += 1;
        shape.least[lane] = [0, 0, 10, 100][width];
        lane += 1;
    }
    shape
}

/// The shape of a text of `len` bytes (7 to 15) with dots at these bits.
#[inline(always)]
fn shape_of(dots: u32, len: usize) -> Option<&'static Shape> {
    let end = 1u32 << (len & 15);
    let dots = dots & (end - 1) | end;
    let shape = &SHAPES[slot(dots)];
    (u32::from(shape.dots) == dots).then_some(shape)
}

/// Parse the first `len` bytes (7 to 15) of `text`.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
#[inline]
pub fn avx2(text: std::arch::x86_64::__m128i, len: usize) -> Option<u32> {
    use std::arch::x86_64::*;
    let dots = _mm_movemask_epi8(_mm_cmpeq_epi8(text, _mm_set1_epi8(b'.' as i8))) as u32;
    let shape = shape_of(dots, len)?;
    // SAFETY: sixteen bytes are read from an array of sixteen.
    let moves = unsafe { _mm_loadu_si128(shape.moves.as_ptr().cast()) };
    let digits = _mm_shuffle_epi8(_mm_sub_epi8(text, _mm_set1_epi8(b'0' as i8)), moves);
    let weights = _mm_set1_epi32(i32::from_le_bytes([100, 10, 1, 0]));
    let numbers = _mm_madd_epi16(_mm_maddubs_epi16(digits, weights), _mm_set1_epi16(1));
    let least = _mm_cvtepu8_epi32(_mm_cvtsi32_si128(i32::from_le_bytes(shape.least)));
    let not_digit = _mm_subs_epu8(digits, _mm_set1_epi8(9));
    let too_large = _mm_cmpgt_epi32(numbers, _mm_set1_epi32(255));
    let leading_zero = _mm_cmpgt_epi32(least, numbers);
    let wrong = _mm_or_si128(not_digit, _mm_or_si128(too_large, leading_zero));
    if _mm_testz_si128(wrong, wrong) == 0 {
        return None;
    }
    let pick = _mm_cvtsi32_si128(i32::from_le_bytes([12, 8, 4, 0]));
    Some(_mm_cvtsi128_si32(_mm_shuffle_epi8(numbers, pick)) as u32)
}

/// Parse the first `len` bytes (7 to 15) of `text`, in plain registers.
#[inline]
pub fn plain(text: &[u8; 16], len: usize) -> Option<u32> {
    let (low, high) = text.split_at(8);
    let dots = dots(low.try_into().ok()?) | dots(high.try_into().ok()?) << 8;
    let shape = shape_of(dots, len)?;
    let mut address = 0u32;
    let mut wrong = 0u32;
    for lane in 0..4 {
        let begin = usize::from(shape.begin[lane] & 15);
        let word = u128::from_le_bytes(*text) >> (8 * begin);
        // The number ends the word; what stands before it becomes the digit zero.
        let pad = u32::from(shape.pad[lane] & 31);
        let digits = (word as u32 ^ 0x3030_3030) << pad;
        wrong |= digits.wrapping_add(0x7676_7676) | digits;
        let [_, hundreds, tens, units] = digits.to_le_bytes();
        let number = u32::from(hundreds) * 100 + u32::from(tens) * 10 + u32::from(units);
        let least = u32::from(shape.least[lane]);
        wrong |= (number.wrapping_sub(least) | 255u32.wrapping_sub(number)) >> 24 & 0x80;
        address = address << 8 | number & 255;
    }
    (wrong & 0x8080_8080 == 0).then_some(address)
}

/// Bit `i` says that byte `i` is a dot.
#[inline(always)]
fn dots(bytes: [u8; 8]) -> u32 {
    const LOW_BITS: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let others = u64::from_le_bytes(bytes) ^ 0x2e2e_2e2e_2e2e_2e2e;
    let marks = !((others & LOW_BITS).wrapping_add(LOW_BITS) | others | LOW_BITS);
    ((marks >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as u32
}
