//! Bulk lookup, sixteen addresses at a time (AVX-512 F, BW, DQ, VL, VPOPCNTDQ).
//!
//! All lanes take the same step together: gather the head words of their nodes, count the runs,
//! gather the cells. A lane that holds an answer or a tail keeps its cell. Tails are compared at
//! the end, all at once. Two groups of sixteen go side by side, so that the loads of one overlap
//! those of the other.

use std::arch::x86_64::*;

use super::block::{Form, HEAD};
use super::cell;
use super::image::{Image, Top};

const LANES: usize = 16;
/// So few of 32 lanes go on faster one by one than all together.
const FEW: usize = 4;
const OFFSET: i32 = !(cell::REF | cell::TAIL) as i32;

/// IPv4 addresses in host order.
///
/// # Safety
/// The machine has the features; `out` is as long as `addrs`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq")]
pub unsafe fn lookup4(image: &Image, addrs: &[u32], out: &mut [u32]) {
    match image.form {
        // SAFETY: passed on.
        Form::Compact => unsafe { each4::<true>(image, addrs, out) },
        // SAFETY: passed on.
        Form::Fast => unsafe { each4::<false>(image, addrs, out) },
    }
}

#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq")]
unsafe fn each4<const RUNS: bool>(image: &Image, addrs: &[u32], out: &mut [u32]) {
    let mut groups = addrs.chunks_exact(2 * LANES);
    let mut outs = out.chunks_exact_mut(2 * LANES);
    for (from, to) in (&mut groups).zip(&mut outs) {
        // SAFETY: both chunks hold 32 numbers; the cells of an image refer into its arena.
        unsafe {
            let a = _mm512_loadu_si512(from.as_ptr().cast());
            let b = _mm512_loadu_si512(from.as_ptr().add(LANES).cast());
            let (a, b) = find4::<RUNS>(image, a, b);
            _mm512_storeu_si512(to.as_mut_ptr().cast(), a);
            _mm512_storeu_si512(to.as_mut_ptr().add(LANES).cast(), b);
        }
    }
    let rest = groups.remainder();
    if !rest.is_empty() {
        let mut lanes = [0u32; 2 * LANES];
        lanes[..rest.len()].copy_from_slice(rest);
        // SAFETY: as above, on 32 numbers of our own.
        unsafe {
            let a = _mm512_loadu_si512(lanes.as_ptr().cast());
            let b = _mm512_loadu_si512(lanes.as_ptr().add(LANES).cast());
            let (a, b) = find4::<RUNS>(image, a, b);
            _mm512_storeu_si512(lanes.as_mut_ptr().cast(), a);
            _mm512_storeu_si512(lanes.as_mut_ptr().add(LANES).cast(), b);
        }
        let done = addrs.len() - rest.len();
        out[done..done + rest.len()].copy_from_slice(&lanes[..rest.len()]);
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq")]
unsafe fn find4<const RUNS: bool>(image: &Image, a: __m512i, b: __m512i) -> (__m512i, __m512i) {
    let arena = image.arena.as_ptr();
    let (table, first_shift) = match image.top {
        Top::One => (image.root.as_ptr(), 24),
        _ => (image.wide.as_ptr(), 16),
    };
    let by = _mm_cvtsi32_si128(first_shift);
    // SAFETY: a shifted address is an index of the table.
    let (mut ca, mut cb) = unsafe {
        (
            _mm512_i32gather_epi32::<4>(_mm512_srl_epi32(a, by), table.cast()),
            _mm512_i32gather_epi32::<4>(_mm512_srl_epi32(b, by), table.cast()),
        )
    };
    let low = _mm512_set1_epi32(0xff);
    let mut shift = first_shift - 8;
    while shift >= 0 {
        let (na, nb) = (nodes(ca), nodes(cb));
        if na | nb == 0 {
            break;
        }
        let by = _mm_cvtsi32_si128(shift);
        // SAFETY: lanes in the masks refer to nodes.
        unsafe {
            ca = step::<RUNS>(arena, ca, na, _mm512_and_si512(_mm512_srl_epi32(a, by), low));
            cb = step::<RUNS>(arena, cb, nb, _mm512_and_si512(_mm512_srl_epi32(b, by), low));
        }
        shift -= 8;
    }
    // SAFETY: lanes that still refer to something refer to tails.
    unsafe { (tails4(arena, a, ca), tails4(arena, b, cb)) }
}

/// The lanes that refer to nodes.
#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn nodes(cells: __m512i) -> __mmask16 {
    let tails = _mm512_test_epi32_mask(cells, _mm512_set1_epi32(cell::TAIL as i32));
    _mm512_movepi32_mask(cells) & !tails
}

/// One byte further for the lanes in `nodes`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq")]
unsafe fn step<const RUNS: bool>(
    arena: *const u8,
    cells: __m512i,
    nodes: __mmask16,
    bytes: __m512i,
) -> __m512i {
    let offsets = _mm512_and_si512(cells, _mm512_set1_epi32(OFFSET));
    let twice = _mm512_slli_epi32::<1>(offsets);
    if !RUNS {
        // SAFETY: a direct node has 256 cells.
        return unsafe {
            _mm512_mask_i32gather_epi32::<4>(
                cells,
                nodes,
                _mm512_add_epi32(twice, bytes),
                arena.cast(),
            )
        };
    }
    // as `block::locate`: 1171 / 2^16 divides by 56 exactly below 256
    let word = _mm512_mulhi_epu16(bytes, _mm512_set1_epi32(1171));
    let bit = _mm512_sub_epi32(bytes, _mm512_mullo_epi16(word, _mm512_set1_epi32(56)));
    let at = _mm512_add_epi32(offsets, word);
    // SAFETY: a run-length node has five head words.
    let (low, high) = unsafe {
        (
            runs(arena, _mm512_castsi512_si256(at), _mm512_castsi512_si256(bit), nodes as u8),
            runs(
                arena,
                _mm512_extracti64x4_epi64::<1>(at),
                _mm512_extracti64x4_epi64::<1>(bit),
                (nodes >> 8) as u8,
            ),
        )
    };
    let rank = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high);
    let first = _mm512_add_epi32(twice, _mm512_set1_epi32(2 * HEAD as i32 - 1));
    // SAFETY: the rank counts a cell of the node.
    unsafe {
        _mm512_mask_i32gather_epi32::<4>(cells, nodes, _mm512_add_epi32(first, rank), arena.cast())
    }
}

/// How many runs begin at or before `bit` of the head words at `at`, and before those words.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq")]
unsafe fn runs(arena: *const u8, at: __m256i, bit: __m256i, lanes: __mmask8) -> __m256i {
    // SAFETY: the lanes refer to head words.
    let heads = unsafe {
        _mm512_mask_i32gather_epi64::<8>(_mm512_setzero_si512(), lanes, at, arena.cast())
    };
    let above = _mm512_sllv_epi64(_mm512_set1_epi64(-2), _mm512_cvtepu32_epi64(bit));
    let marks = _mm512_popcnt_epi64(_mm512_andnot_si512(above, heads));
    _mm512_cvtepi64_epi32(_mm512_add_epi64(marks, _mm512_srli_epi64::<56>(heads)))
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn tails4(arena: *const u8, addrs: __m512i, cells: __m512i) -> __m512i {
    let tails = _mm512_movepi32_mask(cells);
    if tails == 0 {
        return cells;
    }
    let at = _mm512_slli_epi32::<1>(_mm512_and_si512(cells, _mm512_set1_epi32(OFFSET)));
    let word = |n: i32, under: __mmask16| {
        let at = _mm512_add_epi32(at, _mm512_set1_epi32(n));
        // SAFETY: a tail has four numbers of 32 bits.
        unsafe { _mm512_mask_i32gather_epi32::<4>(cells, under, at, arena.cast()) }
    };
    let differs =
        _mm512_mask_test_epi32_mask(tails, _mm512_xor_si512(addrs, word(0, tails)), word(1, tails));
    let at = _mm512_mask_add_epi32(at, differs, at, _mm512_set1_epi32(1));
    let at = _mm512_add_epi32(at, _mm512_set1_epi32(2));
    // SAFETY: as above.
    unsafe { _mm512_mask_i32gather_epi32::<4>(cells, tails, at, arena.cast()) }
}

/// Sixteen IPv6 addresses as numbers of 64 bits.
#[derive(Clone, Copy)]
struct Wide {
    high: [__m512i; 2],
    low: [__m512i; 2],
}

/// IPv6 addresses in network order; IPv6 tables are always run-length.
///
/// # Safety
/// The machine has the features; `out` is as long as `addrs`.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq")]
pub unsafe fn lookup6(image: &Image, addrs: &[[u8; 16]], out: &mut [u32]) {
    let mut groups = addrs.chunks_exact(2 * LANES);
    let mut outs = out.chunks_exact_mut(2 * LANES);
    for (from, to) in (&mut groups).zip(&mut outs) {
        // SAFETY: the chunks hold 32 addresses and 32 answers.
        unsafe { find6(image, from, to) };
    }
    let rest = groups.remainder();
    if !rest.is_empty() {
        let (mut lanes, mut found) = ([[0u8; 16]; 2 * LANES], [0u32; 2 * LANES]);
        lanes[..rest.len()].copy_from_slice(rest);
        // SAFETY: as above.
        unsafe { find6(image, &lanes, &mut found) };
        let done = addrs.len() - rest.len();
        out[done..done + rest.len()].copy_from_slice(&found[..rest.len()]);
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512vpopcntdq")]
unsafe fn find6(image: &Image, addrs: &[[u8; 16]], out: &mut [u32]) {
    let arena = image.arena.as_ptr();
    // SAFETY: there are 32 addresses.
    let (a, b) = unsafe { (load6(addrs.as_ptr()), load6(addrs.as_ptr().add(LANES))) };
    // SAFETY: the indices are made from addresses.
    let ((mut ca, late_a), (mut cb, late_b)) = unsafe { (enter6(image, a), enter6(image, b)) };
    let mut depth = image.top.depth();
    let late = (late_a, late_b);
    let mut few = (0, 0);
    while depth < 16 {
        let (na, nb) = (nodes(ca) & !late.0, nodes(cb) & !late.1);
        if (na.count_ones() + nb.count_ones()) as usize <= FEW {
            few = (na, nb);
            break;
        }
        // SAFETY: lanes in the masks refer to nodes.
        unsafe {
            ca = step::<true>(arena, ca, na, bytes6(a, depth));
            cb = step::<true>(arena, cb, nb, bytes6(b, depth));
        }
        depth += 1;
    }
    // SAFETY: apart from the late lanes, what still refers to something refers to tails.
    unsafe {
        ca = tails6(arena, a, ca, late.0 | few.0);
        cb = tails6(arena, b, cb, late.1 | few.1);
        _mm512_storeu_si512(out.as_mut_ptr().cast(), ca);
        _mm512_storeu_si512(out.as_mut_ptr().add(LANES).cast(), cb);
    }
    for (lanes, depth) in [(late, 1), (few, depth)] {
        let mut lanes = u32::from(lanes.0) | u32::from(lanes.1) << 16;
        while lanes != 0 {
            let lane = lanes.trailing_zeros() as usize;
            out[lane] = image.follow(u128::from_be_bytes(addrs[lane]), out[lane], depth);
            lanes &= lanes - 1;
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
unsafe fn load6(from: *const [u8; 16]) -> Wide {
    let swap =
        _mm512_broadcast_i32x4(_mm_set_epi8(8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
    let evens = _mm512_set_epi64(14, 12, 10, 8, 6, 4, 2, 0);
    let odds = _mm512_set_epi64(15, 13, 11, 9, 7, 5, 3, 1);
    let mut wide = Wide { high: [_mm512_setzero_si512(); 2], low: [_mm512_setzero_si512(); 2] };
    for half in 0..2 {
        // SAFETY: eight of the sixteen addresses.
        let (a, b) = unsafe {
            let from = from.add(8 * half).cast::<u8>();
            (_mm512_loadu_si512(from.cast()), _mm512_loadu_si512(from.add(64).cast()))
        };
        let (a, b) = (_mm512_shuffle_epi8(a, swap), _mm512_shuffle_epi8(b, swap));
        wide.high[half] = _mm512_permutex2var_epi64(a, evens, b);
        wide.low[half] = _mm512_permutex2var_epi64(a, odds, b);
    }
    wide
}

/// Two times eight numbers of 64 bits, shifted right, as sixteen of 32 bits.
#[inline]
#[target_feature(enable = "avx512f")]
fn shifted(halves: [__m512i; 2], by: i32) -> __m512i {
    let by = _mm_cvtsi32_si128(by);
    let low = _mm512_cvtepi64_epi32(_mm512_srl_epi64(halves[0], by));
    let high = _mm512_cvtepi64_epi32(_mm512_srl_epi64(halves[1], by));
    _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn bytes6(addrs: Wide, depth: usize) -> __m512i {
    let (halves, byte) = if depth < 8 { (addrs.high, depth) } else { (addrs.low, depth - 8) };
    _mm512_and_si512(shifted(halves, 56 - 8 * byte as i32), _mm512_set1_epi32(0xff))
}

/// The first cell of each lane, and the lanes that go on from the first byte while the others
/// go on from the third.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn enter6(image: &Image, addrs: Wide) -> (__m512i, __mmask16) {
    let (root, wide) = (image.root.as_ptr().cast(), image.wide.as_ptr().cast());
    // SAFETY: the indices are below the number of cells of their tables.
    unsafe {
        match image.top {
            Top::One => (_mm512_i32gather_epi32::<4>(shifted(addrs.high, 56), root), 0),
            Top::Two => (_mm512_i32gather_epi32::<4>(shifted(addrs.high, 48), wide), 0),
            Top::Three => {
                let first = shifted(addrs.high, 40);
                let global =
                    _mm512_cmpeq_epi32_mask(_mm512_srli_epi32::<21>(first), _mm512_set1_epi32(1));
                let at = _mm512_and_si512(first, _mm512_set1_epi32(0x1f_ffff));
                let cells =
                    _mm512_mask_i32gather_epi32::<4>(_mm512_setzero_si512(), global, at, wide);
                if global == !0 {
                    return (cells, 0);
                }
                let at = _mm512_srli_epi32::<16>(first);
                let cells = _mm512_mask_i32gather_epi32::<4>(cells, !global, at, root);
                (cells, _mm512_movepi32_mask(cells) & !global)
            }
        }
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
unsafe fn tails6(arena: *const u8, addrs: Wide, cells: __m512i, late: __mmask16) -> __m512i {
    let tails = _mm512_movepi32_mask(cells) & !late;
    if tails == 0 {
        return cells;
    }
    let offsets = _mm512_and_si512(cells, _mm512_set1_epi32(OFFSET));
    // SAFETY: the lanes refer to tails.
    unsafe {
        let low = tail_slots(
            arena,
            addrs.high[0],
            addrs.low[0],
            _mm512_castsi512_si256(offsets),
            tails as u8,
        );
        let high = tail_slots(
            arena,
            addrs.high[1],
            addrs.low[1],
            _mm512_extracti64x4_epi64::<1>(offsets),
            (tails >> 8) as u8,
        );
        let slots = _mm512_inserti64x4::<1>(_mm512_castsi256_si512(low), high);
        _mm512_mask_mov_epi32(cells, tails, slots)
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq,avx512vl")]
unsafe fn tail_slots(
    arena: *const u8,
    high: __m512i,
    low: __m512i,
    offsets: __m256i,
    lanes: __mmask8,
) -> __m256i {
    let word = |n: i32, lanes: __mmask8| {
        let at = _mm256_add_epi32(offsets, _mm256_set1_epi32(n));
        // SAFETY: a tail has five words.
        unsafe { _mm512_mask_i32gather_epi64::<8>(_mm512_setzero_si512(), lanes, at, arena.cast()) }
    };
    let mask = word(1, lanes);
    let mut differs =
        _mm512_mask_test_epi64_mask(lanes, _mm512_xor_si512(high, word(0, lanes)), mask);
    // only a prefix longer than 64 bits has bits in the lower half
    let long = _mm512_mask_cmpeq_epi64_mask(lanes, mask, _mm512_set1_epi64(-1)) & !differs;
    if long != 0 {
        let unlike = _mm512_xor_si512(low, word(2, long));
        differs |= _mm512_mask_test_epi64_mask(long, unlike, word(3, long));
    }
    let slots = word(4, lanes);
    let slots = _mm512_mask_srli_epi64::<32>(slots, differs, slots);
    _mm512_cvtepi64_epi32(slots)
}
