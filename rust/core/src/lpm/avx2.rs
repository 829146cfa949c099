//! Bulk lookup, eight addresses at a time, on machines with AVX2 (x86-64-v3).
//!
//! The steps are those of `avx512`; population counts come from a table of nibbles.

use std::arch::x86_64::*;

use super::block::{Form, HEAD};
use super::cell;
use super::image::{Image, Top};

const LANES: usize = 8;
const OFFSET: i32 = !(cell::REF | cell::TAIL) as i32;

/// IPv4 addresses in host order.
///
/// # Safety
/// The machine has the feature; `out` is as long as `addrs`.
#[target_feature(enable = "avx2")]
pub unsafe fn lookup4(image: &Image, addrs: &[u32], out: &mut [u32]) {
    match image.form {
        // SAFETY: passed on.
        Form::Compact => unsafe { each4::<true>(image, addrs, out) },
        // SAFETY: passed on.
        Form::Fast => unsafe { each4::<false>(image, addrs, out) },
    }
}

#[target_feature(enable = "avx2")]
unsafe fn each4<const RUNS: bool>(image: &Image, addrs: &[u32], out: &mut [u32]) {
    for (from, to) in addrs.chunks(LANES).zip(out.chunks_mut(LANES)) {
        let mut lanes = [0u32; LANES];
        lanes[..from.len()].copy_from_slice(from);
        // SAFETY: eight numbers; the cells of an image refer into its arena.
        unsafe {
            let found = find4::<RUNS>(image, _mm256_loadu_si256(lanes.as_ptr().cast()));
            _mm256_storeu_si256(lanes.as_mut_ptr().cast(), found);
        }
        to.copy_from_slice(&lanes[..from.len()]);
    }
}

#[inline]
#[target_feature(enable = "avx2")]
unsafe fn find4<const RUNS: bool>(image: &Image, addrs: __m256i) -> __m256i {
    let arena = image.arena.as_ptr();
    let (table, first_shift) = match image.top {
        Top::One => (image.root.as_ptr(), 24),
        _ => (image.wide.as_ptr(), 16),
    };
    let index = _mm256_srl_epi32(addrs, _mm_cvtsi32_si128(first_shift));
    // SAFETY: a shifted address is an index of the table.
    let mut cells = unsafe { _mm256_i32gather_epi32::<4>(table.cast(), index) };
    let mut shift = first_shift - 8;
    while shift >= 0 {
        let nodes = nodes(cells);
        if _mm256_testz_si256(nodes, nodes) == 1 {
            break;
        }
        let bytes = _mm256_srl_epi32(addrs, _mm_cvtsi32_si128(shift));
        let bytes = _mm256_and_si256(bytes, _mm256_set1_epi32(0xff));
        // SAFETY: the lanes refer to nodes.
        cells = unsafe { step::<RUNS>(arena, cells, nodes, bytes) };
        shift -= 8;
    }
    // SAFETY: lanes that still refer to something refer to tails.
    unsafe { tails4(arena, addrs, cells) }
}

/// All ones in the lanes that refer to nodes.
#[inline]
#[target_feature(enable = "avx2")]
fn nodes(cells: __m256i) -> __m256i {
    let tails = _mm256_srai_epi32::<31>(_mm256_slli_epi32::<1>(cells));
    _mm256_andnot_si256(tails, _mm256_srai_epi32::<31>(cells))
}

/// One byte further for the lanes in `nodes`.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn step<const RUNS: bool>(
    arena: *const u8,
    cells: __m256i,
    nodes: __m256i,
    bytes: __m256i,
) -> __m256i {
    let offsets = _mm256_and_si256(cells, _mm256_set1_epi32(OFFSET));
    let twice = _mm256_slli_epi32::<1>(offsets);
    if !RUNS {
        let at = _mm256_add_epi32(twice, bytes);
        // SAFETY: a direct node has 256 cells.
        return unsafe { _mm256_mask_i32gather_epi32::<4>(cells, arena.cast(), at, nodes) };
    }
    // as `block::locate`: 1171 / 2^16 divides by 56 exactly below 256
    let word = _mm256_mulhi_epu16(bytes, _mm256_set1_epi32(1171));
    let bit = _mm256_sub_epi32(bytes, _mm256_mullo_epi16(word, _mm256_set1_epi32(56)));
    let at = _mm256_add_epi32(offsets, word);
    // SAFETY: a run-length node has five head words.
    let rank = unsafe {
        join(
            runs(arena, low(at), low(bit), low(nodes)),
            runs(arena, high(at), high(bit), high(nodes)),
        )
    };
    let first = _mm256_add_epi32(twice, _mm256_set1_epi32(2 * HEAD as i32 - 1));
    let at = _mm256_add_epi32(first, rank);
    // SAFETY: the rank counts a cell of the node.
    unsafe { _mm256_mask_i32gather_epi32::<4>(cells, arena.cast(), at, nodes) }
}

/// How many runs begin at or before `bit` of the head words at `at`, and before those words.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn runs(arena: *const u8, at: __m128i, bit: __m128i, lanes: __m128i) -> __m256i {
    // SAFETY: the lanes refer to head words.
    let heads = unsafe { words(arena, at, lanes) };
    let above = _mm256_sllv_epi64(_mm256_set1_epi64x(-2), _mm256_cvtepu32_epi64(bit));
    let marks = ones(_mm256_andnot_si256(above, heads));
    _mm256_add_epi64(marks, _mm256_srli_epi64::<56>(heads))
}

/// Gather four words, zero for lanes that are not asked for.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn words(arena: *const u8, at: __m128i, lanes: __m128i) -> __m256i {
    let lanes = _mm256_cvtepi32_epi64(lanes);
    // SAFETY: promised by the caller.
    unsafe { _mm256_mask_i32gather_epi64::<8>(_mm256_setzero_si256(), arena.cast(), at, lanes) }
}

/// The number of ones in each word.
#[inline]
#[target_feature(enable = "avx2")]
fn ones(words: __m256i) -> __m256i {
    let table =
        _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
    let nibble = _mm256_set1_epi8(0x0f);
    let low = _mm256_shuffle_epi8(table, _mm256_and_si256(words, nibble));
    let high = _mm256_and_si256(_mm256_srli_epi16::<4>(words), nibble);
    let high = _mm256_shuffle_epi8(table, high);
    _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256())
}

#[inline]
#[target_feature(enable = "avx2")]
fn low(lanes: __m256i) -> __m128i {
    _mm256_castsi256_si128(lanes)
}

#[inline]
#[target_feature(enable = "avx2")]
fn high(lanes: __m256i) -> __m128i {
    _mm256_extracti128_si256::<1>(lanes)
}

/// The lower halves of twice four numbers of 64 bits, as eight of 32 bits.
#[inline]
#[target_feature(enable = "avx2")]
fn join(low: __m256i, high: __m256i) -> __m256i {
    let mixed = _mm256_shuffle_ps::<0x88>(_mm256_castsi256_ps(low), _mm256_castsi256_ps(high));
    _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_castps_si256(mixed))
}

#[inline]
#[target_feature(enable = "avx2")]
unsafe fn tails4(arena: *const u8, addrs: __m256i, cells: __m256i) -> __m256i {
    let tails = _mm256_srai_epi32::<31>(cells);
    if _mm256_testz_si256(tails, tails) == 1 {
        return cells;
    }
    let at = _mm256_slli_epi32::<1>(_mm256_and_si256(cells, _mm256_set1_epi32(OFFSET)));
    let word = |n: i32| {
        let at = _mm256_add_epi32(at, _mm256_set1_epi32(n));
        // SAFETY: a tail has four numbers of 32 bits.
        unsafe { _mm256_mask_i32gather_epi32::<4>(cells, arena.cast(), at, tails) }
    };
    let differs = _mm256_and_si256(_mm256_xor_si256(addrs, word(0)), word(1));
    let same = _mm256_cmpeq_epi32(differs, _mm256_setzero_si256());
    _mm256_blendv_epi8(word(3), word(2), _mm256_or_si256(same, not(tails)))
}

#[inline]
#[target_feature(enable = "avx2")]
fn not(lanes: __m256i) -> __m256i {
    _mm256_xor_si256(lanes, _mm256_set1_epi32(-1))
}

/// Eight IPv6 addresses as numbers of 64 bits.
#[derive(Clone, Copy)]
struct Wide {
    high: [__m256i; 2],
    low: [__m256i; 2],
}

/// IPv6 addresses in network order; IPv6 tables are always run-length.
///
/// # Safety
/// The machine has the feature; `out` is as long as `addrs`.
#[target_feature(enable = "avx2")]
pub unsafe fn lookup6(image: &Image, addrs: &[[u8; 16]], out: &mut [u32]) {
    for (from, to) in addrs.chunks(2 * LANES).zip(out.chunks_mut(2 * LANES)) {
        let mut found = [0u32; 2 * LANES];
        if let Ok(full) = from.try_into() {
            // SAFETY: passed on.
            unsafe { find6(image, full, &mut found) };
        } else {
            let mut lanes = [[0u8; 16]; 2 * LANES];
            lanes[..from.len()].copy_from_slice(from);
            // SAFETY: passed on.
            unsafe { find6(image, &lanes, &mut found) };
        }
        to.copy_from_slice(&found[..from.len()]);
    }
}

/// Two groups side by side, so that the loads of one overlap those of the other.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn find6(image: &Image, addrs: &[[u8; 16]; 2 * LANES], out: &mut [u32; 2 * LANES]) {
    let arena = image.arena.as_ptr();
    // SAFETY: there are sixteen addresses; the indices are made from addresses.
    let (a, b) = unsafe { (load6(addrs.as_ptr()), load6(addrs.as_ptr().add(LANES))) };
    // SAFETY: as above.
    let ((mut ca, late_a), (mut cb, late_b)) = unsafe { (enter6(image, a), enter6(image, b)) };
    for depth in image.top.depth()..16 {
        let na = _mm256_andnot_si256(late_a, nodes(ca));
        let nb = _mm256_andnot_si256(late_b, nodes(cb));
        let any = _mm256_or_si256(na, nb);
        if _mm256_testz_si256(any, any) == 1 {
            break;
        }
        // SAFETY: the lanes refer to nodes.
        unsafe {
            ca = step::<true>(arena, ca, na, bytes6(a, depth));
            cb = step::<true>(arena, cb, nb, bytes6(b, depth));
        }
    }
    // SAFETY: apart from the late lanes, what still refers to something refers to tails.
    unsafe {
        ca = tails6(arena, a, ca, late_a);
        cb = tails6(arena, b, cb, late_b);
        _mm256_storeu_si256(out.as_mut_ptr().cast(), ca);
        _mm256_storeu_si256(out.as_mut_ptr().add(LANES).cast(), cb);
    }
    let late = |lanes| _mm256_movemask_ps(_mm256_castsi256_ps(lanes)) as u32;
    let mut late = late(late_a) | late(late_b) << LANES;
    while late != 0 {
        let lane = late.trailing_zeros() as usize;
        out[lane] = image.follow(u128::from_be_bytes(addrs[lane]), out[lane], 1);
        late &= late - 1;
    }
}

#[inline]
#[target_feature(enable = "avx2")]
unsafe fn load6(from: *const [u8; 16]) -> Wide {
    let swap = _mm256_broadcastsi128_si256(_mm_set_epi8(
        8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7,
    ));
    let mut wide = Wide { high: [_mm256_setzero_si256(); 2], low: [_mm256_setzero_si256(); 2] };
    for half in 0..2 {
        // SAFETY: four of the eight addresses.
        let (a, b) = unsafe {
            let from = from.add(4 * half).cast::<u8>();
            (_mm256_loadu_si256(from.cast()), _mm256_loadu_si256(from.add(32).cast()))
        };
        let (a, b) = (_mm256_shuffle_epi8(a, swap), _mm256_shuffle_epi8(b, swap));
        // the halves come as 0 2 1 3
        wide.high[half] = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_unpacklo_epi64(a, b));
        wide.low[half] = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_unpackhi_epi64(a, b));
    }
    wide
}

/// Twice four numbers of 64 bits, shifted right, as eight of 32 bits.
#[inline]
#[target_feature(enable = "avx2")]
fn shifted(halves: [__m256i; 2], by: i32) -> __m256i {
    let by = _mm_cvtsi32_si128(by);
    join(_mm256_srl_epi64(halves[0], by), _mm256_srl_epi64(halves[1], by))
}

#[inline]
#[target_feature(enable = "avx2")]
fn bytes6(addrs: Wide, depth: usize) -> __m256i {
    let (halves, byte) = if depth < 8 { (addrs.high, depth) } else { (addrs.low, depth - 8) };
    _mm256_and_si256(shifted(halves, 56 - 8 * byte as i32), _mm256_set1_epi32(0xff))
}

/// The first cell of each lane, and the lanes that go on from the first byte while the others
/// go on from the third.
#[inline]
#[target_feature(enable = "avx2")]
unsafe fn enter6(image: &Image, addrs: Wide) -> (__m256i, __m256i) {
    let (root, wide) = (image.root.as_ptr().cast(), image.wide.as_ptr().cast());
    let none = _mm256_setzero_si256();
    // SAFETY: the indices are below the number of cells of their tables.
    unsafe {
        match image.top {
            Top::One => (_mm256_i32gather_epi32::<4>(root, shifted(addrs.high, 56)), none),
            Top::Two => (_mm256_i32gather_epi32::<4>(wide, shifted(addrs.high, 48)), none),
            Top::Three => {
                let first = shifted(addrs.high, 40);
                let block = _mm256_srli_epi32::<21>(first);
                let global = _mm256_cmpeq_epi32(block, _mm256_set1_epi32(1));
                let at = _mm256_and_si256(first, _mm256_set1_epi32(0x1f_ffff));
                let cells = _mm256_mask_i32gather_epi32::<4>(none, wide, at, global);
                let at = _mm256_srli_epi32::<16>(first);
                let cells = _mm256_mask_i32gather_epi32::<4>(cells, root, at, not(global));
                (cells, _mm256_andnot_si256(global, _mm256_srai_epi32::<31>(cells)))
            }
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
unsafe fn tails6(arena: *const u8, addrs: Wide, cells: __m256i, late: __m256i) -> __m256i {
    let tails = _mm256_andnot_si256(late, _mm256_srai_epi32::<31>(cells));
    if _mm256_testz_si256(tails, tails) == 1 {
        return cells;
    }
    let at = _mm256_and_si256(cells, _mm256_set1_epi32(OFFSET));
    // SAFETY: the lanes refer to tails.
    let slots = unsafe {
        join(
            tail_slots(arena, addrs.high[0], addrs.low[0], low(at), low(tails)),
            tail_slots(arena, addrs.high[1], addrs.low[1], high(at), high(tails)),
        )
    };
    _mm256_blendv_epi8(cells, slots, tails)
}

#[inline]
#[target_feature(enable = "avx2")]
unsafe fn tail_slots(
    arena: *const u8,
    high: __m256i,
    low: __m256i,
    at: __m128i,
    lanes: __m128i,
) -> __m256i {
    let word = |n: i32| {
        // SAFETY: a tail has five words.
        unsafe { words(arena, _mm_add_epi32(at, _mm_set1_epi32(n)), lanes) }
    };
    let above = _mm256_and_si256(_mm256_xor_si256(high, word(0)), word(1));
    let below = _mm256_and_si256(_mm256_xor_si256(low, word(2)), word(3));
    let differs = _mm256_or_si256(above, below);
    let same = _mm256_cmpeq_epi64(differs, _mm256_setzero_si256());
    let slots = word(4);
    _mm256_blendv_epi8(_mm256_srli_epi64::<32>(slots), slots, same)
}
