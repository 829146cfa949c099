//! IPv6 in groups of hex digits, with or without `::` (RFC 4291 2.2, forms 1 and 2).
//!
//! Each group is moved, right-aligned and padded with the digit zero, into its place in a frame
//! of 32 characters; the frame is checked and converted as one. Form 3 (a dotted quad at the
//! end) is left to the general parser.

/// Bytes that hold the longest text and any four-byte load that starts inside it.
pub type Window = [u8; 48];

/// Bit `i` says that byte `i` is a colon.
#[inline(always)]
fn colons(text: &Window) -> u64 {
    let mut mask = 0;
    for (at, &byte) in text.iter().enumerate() {
        mask |= u64::from(byte == b':') << at;
    }
    mask
}

/// Parse the first `len` (at most 39) bytes of `text`, whose colons are known.
#[inline(always)]
pub fn parse(text: &Window, len: usize) -> Option<u128> {
    let end = 1u64 << (len & 63);
    let colons = colons(text) & (end - 1);
    let doubles = colons & colons >> 1;
    let mut frame = [0x3030_3030u32; 8];
    if doubles == 0 {
        if colons.count_ones() != 7 {
            return None;
        }
        place(text, 0, colons | end, &mut frame)?;
    } else {
        if doubles & (doubles - 1) != 0 {
            return None;
        }
        let gap = doubles.trailing_zeros() as usize;
        let head = if gap > 0 { colons & (2 * doubles - 1) } else { 0 };
        let rest = colons & !(4 * doubles - 1);
        let tail = if gap + 2 < len { rest | end } else { 0 };
        let (before, after) = (head.count_ones() as usize, tail.count_ones() as usize);
        if before + after > 7 {
            return None;
        }
        place(text, 0, head, &mut frame)?;
        place(text, gap + 2, tail, frame.get_mut(8 - after..)?)?;
    }
    convert(&frame)
}

/// Move the groups that end at the bits of `ends`, the first of them beginning at `begin`.
#[inline(always)]
fn place(text: &Window, mut begin: usize, mut ends: u64, frame: &mut [u32]) -> Option<()> {
    for cell in frame {
        if ends == 0 {
            break;
        }
        let end = ends.trailing_zeros() as usize;
        ends &= ends - 1;
        let width = end.wrapping_sub(begin);
        if !matches!(width, 1..=4) {
            return None;
        }
        let group = u32::from_le_bytes(*text.get(begin..)?.first_chunk()?);
        let pad = 32 - 8 * width as u32;
        *cell = group << pad | (0x3030_3030 & !(u32::MAX << pad));
        begin = end + 1;
    }
    Some(())
}

/// 32 hex digits to 128 bits.
#[inline(always)]
fn convert(frame: &[u32; 8]) -> Option<u128> {
    let mut digits = [0u8; 32];
    for (to, from) in digits.chunks_exact_mut(4).zip(frame) {
        to.copy_from_slice(&from.to_le_bytes());
    }
    let mut wrong = 0u8;
    for digit in &mut digits {
        let number = digit.wrapping_sub(b'0');
        let letter = (*digit | 0x20).wrapping_sub(b'a');
        wrong |= u8::from(number > 9) & u8::from(letter > 5);
        *digit = if number <= 9 { number } else { letter.wrapping_add(10) };
    }
    if wrong != 0 {
        return None;
    }
    let mut bytes = [0u8; 16];
    for (to, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *to = pair[0] << 4 | pair[1];
    }
    Some(u128::from_be_bytes(bytes))
}
