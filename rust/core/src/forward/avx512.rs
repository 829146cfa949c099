//! The same headers and the same decisions, sixteen frames at a time (AVX-512 F, BW, DQ, VL).
//!
//! Only what is in order is taken here; every other frame is left to the plain code, which finds
//! out why. So the two cannot give different reasons.

use std::arch::x86_64::*;

use super::counters::Traffic;
use super::family::Family;
use super::frames::{Frames, Outcome, Place};
use super::lanes::Lanes;
use super::parse::{ETHERNET, HEADERS4, HEADERS6};
use super::resolve::Ingress;
use super::special::SOME;
use super::tables::{BORDER, BUCKETS, CONNECTED, Rewrite, UP};

/// Frames of a step.
const LANES: usize = 16;

/// A mask of the lanes below `count`.
#[inline]
fn first_lanes(count: usize) -> __mmask16 {
    if count >= LANES { !0 } else { (1 << count) - 1 }
}

/// Read up to sixteen frames from frame `at` on, number `index` of the batch; gives those that were
/// not taken.
///
/// # Safety
/// The machine has the features; there are `count` frames, at most sixteen, and as many lanes free.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub unsafe fn parse(
    ingress: &Ingress<'_>,
    frames: &Frames<'_>,
    index: usize,
    at: usize,
    count: usize,
    v4: &mut Lanes<u32>,
    v6: &mut Lanes<[u8; 16]>,
) -> __mmask16 {
    let live = first_lanes(count);
    let set = |value: u32| _mm512_set1_epi32(value as i32);
    let iota = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    // SAFETY: there are `count` lengths from here on, and as many offsets.
    let (length, offset) = unsafe {
        let length = _mm512_maskz_loadu_epi32(live, frames.lengths.as_ptr().add(at).cast());
        let offset = match frames.place {
            Place::Slots(stride) => {
                let first = (at as u32).wrapping_mul(stride);
                _mm512_add_epi32(set(first), _mm512_mullo_epi32(iota, set(stride)))
            }
            Place::Offsets(offsets) => {
                _mm512_maskz_loadu_epi32(live, offsets.as_ptr().add(at).cast())
            }
        };
        (length, offset)
    };
    let whole = set(frames.bytes.len() as u32);
    let inside = _mm512_mask_cmple_epu32_mask(live, length, set(frames.longest()))
        & _mm512_cmple_epu32_mask(offset, _mm512_sub_epi32(whole, length));
    let room = _mm512_mask_cmpge_epu32_mask(inside, length, set(HEADERS4 as u32));
    let start = frames.bytes.as_ptr();
    let load = |lanes: __mmask16, from: usize| {
        // SAFETY: these frames lie in the buffer with at least 34 bytes; offsets are below 2**31.
        unsafe {
            let zero = _mm512_setzero_si512();
            _mm512_mask_i32gather_epi32::<1>(zero, lanes & room, offset, start.add(from).cast())
        }
    };
    let [a, b, c, d, e, f] = ingress.port.mac;
    let (first, second) = (load(room, 0), load(room, 4));
    // the last two bytes of the destination and the group bit of the source
    let second = _mm512_and_si512(second, set(0x0001_ffff));
    let mine = _mm512_mask_cmpeq_epi32_mask(room, first, set(u32::from_le_bytes([a, b, c, d])));
    let mine = _mm512_mask_cmpeq_epi32_mask(mine, second, set(u32::from_le_bytes([e, f, 0, 0])));
    let kind = load(room, 12);
    let is4 = _mm512_and_si512(kind, set(0x00ff_ffff));
    let is4 = _mm512_mask_cmpeq_epi32_mask(mine, is4, set(0x0045_0008));
    let is6 = _mm512_and_si512(kind, set(0x00f0_ffff));
    let is6 = _mm512_mask_cmpeq_epi32_mask(mine, is6, set(0x0060_dd86));
    let words = [load(room, 14), load(room, 18)];
    let frame = _mm512_add_epi32(iota, set(index as u32));
    let mut taken = 0;
    if is4 != 0 {
        let words = [words[0], words[1], load(room, 22), load(room, 26), load(room, 30)];
        let total = _mm512_shuffle_epi8(words[0], every([3, 2, -1, -1]));
        let good = headers_are_sound(is4, words, total, length);
        let ttl_word = words[2];
        // as `parse::lowered`, with both bytes of the checksum exchanged
        let low = set(0xffff);
        let sum = _mm512_xor_si512(_mm512_srli_epi32::<16>(ttl_word), low);
        let sum = _mm512_add_epi32(sum, set(0xfffe));
        let sum = _mm512_add_epi32(_mm512_and_si512(sum, low), _mm512_srli_epi32::<16>(sum));
        let checksum = _mm512_slli_epi32::<16>(_mm512_xor_si512(sum, low));
        let lowered = _mm512_sub_epi32(_mm512_and_si512(ttl_word, low), set(1));
        let word = _mm512_or_si512(lowered, checksum);
        let swap = every([3, 2, 1, 0]);
        let source = _mm512_shuffle_epi8(words[3], swap);
        let destination = _mm512_shuffle_epi8(words[4], swap);
        let near = &ingress.tables.special.near4;
        let near = |address: __m512i| {
            // SAFETY: the bitmap has a bit for every 16 bits.
            let bits = unsafe {
                let at = _mm512_srli_epi32::<21>(address);
                let zero = _mm512_setzero_si512();
                _mm512_mask_i32gather_epi32::<4>(zero, good, at, near.as_ptr().cast())
            };
            let bit = _mm512_and_si512(_mm512_srli_epi32::<16>(address), set(31));
            _mm512_srlv_epi32(bits, bit)
        };
        let either = _mm512_or_si512(near(source), near(destination));
        v4.is_near |= _mm512_mask_test_epi32_mask(good, either, set(1)) != 0;
        let put = |column: *mut u32, values: __m512i| {
            let values = _mm512_maskz_compress_epi32(good, values);
            // SAFETY: a column has room for sixteen behind its last lane.
            unsafe { _mm512_storeu_si512(column.add(v4.count).cast(), values) };
        };
        put(v4.frame.as_mut_ptr(), frame);
        put(v4.offset.as_mut_ptr(), offset);
        put(v4.total.as_mut_ptr(), total);
        put(v4.source.as_mut_ptr(), source);
        put(v4.destination.as_mut_ptr(), destination);
        put(v4.word.as_mut_ptr(), word);
        v4.count += good.count_ones() as usize;
        taken |= good;
    }
    if is6 != 0 {
        let payload = _mm512_shuffle_epi8(words[1], every([1, 0, -1, -1]));
        let total = _mm512_add_epi32(payload, set(40));
        let end = _mm512_add_epi32(payload, set(HEADERS6 as u32));
        let good = _mm512_mask_cmple_epu32_mask(is6, end, length);
        let good = _mm512_mask_test_epi32_mask(good, words[1], set(0x00ff_0000));
        let good = _mm512_mask_test_epi32_mask(good, words[1], set(0xfe00_0000));
        let word = _mm512_sub_epi32(words[1], set(0x0100_0000));
        let put = |column: *mut u32, values: __m512i| {
            let values = _mm512_maskz_compress_epi32(good, values);
            // SAFETY: a column has room for sixteen behind its last lane.
            unsafe { _mm512_storeu_si512(column.add(v6.count).cast(), values) };
        };
        put(v6.frame.as_mut_ptr(), frame);
        put(v6.offset.as_mut_ptr(), offset);
        put(v6.total.as_mut_ptr(), total);
        put(v6.word.as_mut_ptr(), word);
        let lanes = v6.count..v6.count + good.count_ones() as usize;
        for lane in lanes.clone() {
            // SAFETY: 54 bytes lie in the buffer from the offset on.
            let addresses = unsafe { start.add(v6.offset[lane] as usize + 22).cast::<[u8; 16]>() };
            // SAFETY: as above.
            (v6.source[lane], v6.destination[lane]) =
                unsafe { (addresses.read_unaligned(), addresses.add(1).read_unaligned()) };
        }
        v6.count = lanes.end;
        let special = &ingress.tables.special;
        // as `Special::is_near6`
        let near = |from: usize| {
            let (zero, low) = (_mm512_setzero_si512(), set(0xffff));
            // SAFETY: 54 bytes of these frames lie in the buffer; tables have an entry for every 16
            // bits, and the first one room for a whole load of the last.
            let (begins, bits, second) = unsafe {
                let four =
                    _mm512_mask_i32gather_epi32::<1>(zero, good, offset, start.add(from).cast());
                let at = _mm512_and_si512(four, low);
                let begins = special.begins6.as_ptr().cast();
                let begins = _mm512_mask_i32gather_epi32::<1>(zero, good, at, begins);
                let some = _mm512_mask_test_epi32_mask(good, begins, set(SOME.into()));
                let second = _mm512_shuffle_epi8(four, every([3, 2, -1, -1]));
                let at = _mm512_srli_epi32::<5>(second);
                let bits = special.near6.as_ptr().cast();
                (begins, _mm512_mask_i32gather_epi32::<4>(zero, some, at, bits), second)
            };
            let bit = _mm512_srlv_epi32(bits, _mm512_and_si512(second, set(31)));
            _mm512_or_si512(_mm512_srli_epi32::<1>(begins), _mm512_and_si512(begins, bit))
        };
        let either = _mm512_or_si512(near(22), near(38));
        v6.is_near |= _mm512_mask_test_epi32_mask(good, either, set(1)) != 0;
        taken |= good;
    }
    live & !taken
}

/// The same four bytes of every number; a negative one gives zero.
#[inline]
#[target_feature(enable = "avx512f")]
fn every(bytes: [i8; 4]) -> __m512i {
    let number = |n: i8| {
        let byte = |i: usize| if bytes[i] < 0 { 0x80 } else { (bytes[i] + 4 * n) as u8 };
        i32::from_le_bytes([byte(0), byte(1), byte(2), byte(3)])
    };
    _mm512_broadcast_i32x4(_mm_setr_epi32(number(0), number(1), number(2), number(3)))
}

/// The lanes whose checksum and total length hold, and whose TTL is above 1.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn headers_are_sound(
    lanes: __mmask16,
    words: [__m512i; 5],
    total: __m512i,
    length: __m512i,
) -> __mmask16 {
    let low = _mm512_set1_epi32(0xffff);
    let halves =
        |word| _mm512_add_epi32(_mm512_and_si512(word, low), _mm512_srli_epi32::<16>(word));
    let [a, b, c, d, e] = words;
    let sum = _mm512_add_epi32(
        _mm512_add_epi32(halves(a), halves(b)),
        _mm512_add_epi32(_mm512_add_epi32(halves(c), halves(d)), halves(e)),
    );
    // in ones' complement the order of the bytes does not matter (RFC 1071 2 (B))
    let lanes = _mm512_mask_cmpeq_epi32_mask(lanes, halves(halves(sum)), low);
    let lanes = _mm512_mask_cmpge_epu32_mask(lanes, total, _mm512_set1_epi32(20));
    let end = _mm512_add_epi32(total, _mm512_set1_epi32(14));
    let lanes = _mm512_mask_cmple_epu32_mask(lanes, end, length);
    _mm512_mask_test_epi32_mask(lanes, c, _mm512_set1_epi32(0xfe))
}

/// Find the adjacencies of up to sixteen lanes from lane `at` on, where the table's answer names
/// one or several; gives the lanes that need a closer look.
///
/// # Safety
/// The machine has the features; lane `at` is below the count.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub unsafe fn resolve<A: Family>(
    ingress: &Ingress<'_>,
    lanes: &mut Lanes<A>,
    at: usize,
    bytes: &[u8],
) -> __mmask16 {
    let tables = ingress.tables;
    let live = first_lanes(lanes.count - at);
    let set = |value: u32| _mm512_set1_epi32(value as i32);
    let zero = _mm512_setzero_si512();
    // SAFETY: columns have room for sixteen behind their last lane.
    let column = |column: &[u32]| unsafe { _mm512_loadu_si512(column.as_ptr().add(at).cast()) };
    let to = column(&lanes.to);
    let known = _mm512_mask_cmplt_epu32_mask(live, to, set(tables.groups.len() as u32));
    // SAFETY: these are numbers of groups.
    let mut word =
        unsafe { _mm512_mask_i32gather_epi32::<4>(zero, known, to, tables.groups.as_ptr().cast()) };
    let mut good = _mm512_mask_cmplt_epu32_mask(known, word, set(CONNECTED));
    let kind = _mm512_and_si512(word, set(UP));
    let mut several = _mm512_mask_cmpeq_epi32_mask(known, kind, set(BUCKETS));
    if several != 0 {
        let mut hashes = [0u32; LANES];
        let mut rest = several;
        while rest != 0 {
            let lane = rest.trailing_zeros() as usize;
            match lanes.hash(tables.seed, at + lane, bytes) {
                Ok(hash) => hashes[lane] = hash as u32,
                Err(_) => several &= !(1 << lane),
            }
            rest &= rest - 1;
        }
        // SAFETY: sixteen numbers of our own.
        let hash = unsafe { _mm512_loadu_si512(hashes.as_ptr().cast()) };
        let twice = _mm512_slli_epi32::<1>(_mm512_andnot_si512(set(UP), word));
        // SAFETY: these are numbers of spreads, each of which says where its buckets are.
        word = unsafe {
            let spreads = tables.spreads.as_ptr().cast::<i32>();
            let first = _mm512_mask_i32gather_epi32::<4>(zero, several, twice, spreads);
            let mask = _mm512_mask_i32gather_epi32::<4>(zero, several, twice, spreads.add(1));
            let bucket = _mm512_add_epi32(first, _mm512_and_si512(hash, mask));
            let buckets = tables.buckets.as_ptr().cast();
            _mm512_mask_i32gather_epi32::<4>(word, several, bucket, buckets)
        };
        good |= several;
    }
    // SAFETY: these are numbers of adjacencies, below 2**28; their last four bytes.
    let last = unsafe {
        let ends = tables.rewrites.as_ptr().cast::<u8>().add(12);
        let at = _mm512_slli_epi32::<2>(word);
        _mm512_mask_i32gather_epi32::<4>(zero, good, at, ends.cast())
    };
    let mtu = _mm512_and_si512(last, set(0xffff));
    good = _mm512_mask_cmple_epu32_mask(good, column(&lanes.total), mtu);
    let port = _mm512_and_si512(_mm512_srli_epi32::<16>(last), set(u32::from(!BORDER)));
    good = _mm512_mask_cmpneq_epi32_mask(good, port, set(ingress.number.into()));
    if lanes.is_near {
        good = _mm512_mask_cmpeq_epi32_mask(good, column(&lanes.class), zero);
    }
    if let Some(row) = &ingress.port.reverse {
        let from = column(&lanes.from);
        good = _mm512_mask_cmplt_epu32_mask(good, from, set(row.len() as u32 * 32));
        let at = _mm512_srli_epi32::<5>(from);
        // SAFETY: these are indices of the row.
        let bits = unsafe { _mm512_mask_i32gather_epi32::<4>(zero, good, at, row.as_ptr().cast()) };
        let bits = _mm512_srlv_epi32(bits, _mm512_and_si512(from, set(31)));
        good = _mm512_mask_test_epi32_mask(good, bits, set(1));
    }
    // SAFETY: columns have room for sixteen behind their last lane.
    unsafe {
        let ways = lanes.way.as_mut_ptr().add(at);
        _mm512_storeu_si512(ways.cast(), _mm512_maskz_mov_epi32(good, word));
    }
    live & !good
}

/// Rewrite the packets of up to sixteen lanes from lane `at` on that have an adjacency, and say so;
/// gives their number.
///
/// # Safety
/// The machine has the features; lane `at` is below the count. Ways are numbers of adjacencies, of
/// which `counters` has one each; frames are below the length of `out`, and the headers that
/// offsets refer to lie in `bytes`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl")]
pub unsafe fn rewrite<A: Family>(
    rewrites: &[Rewrite],
    lanes: &Lanes<A>,
    at: usize,
    bytes: &mut [u8],
    out: &mut [Outcome],
    counters: &mut [Traffic],
) -> u32 {
    let set = |value: u32| _mm512_set1_epi32(value as i32);
    // SAFETY: columns have room for sixteen behind their last lane.
    let column = |column: &[u32]| unsafe { _mm512_loadu_si512(column.as_ptr().add(at).cast()) };
    let way = column(&lanes.way);
    let live = first_lanes(lanes.count - at);
    let leave = _mm512_mask_cmpneq_epi32_mask(live, way, _mm512_setzero_si512());
    let ends = rewrites.as_ptr().cast::<u8>();
    // SAFETY: these are numbers of adjacencies, below 2**28; their last four bytes.
    let last = unsafe {
        let at = _mm512_slli_epi32::<2>(way);
        let zero = _mm512_setzero_si512();
        _mm512_mask_i32gather_epi32::<4>(zero, leave, at, ends.add(12).cast())
    };
    let port = _mm512_and_si512(_mm512_srli_epi32::<16>(last), set(u32::from(!BORDER)));
    let length = _mm512_add_epi32(column(&lanes.total), set(ETHERNET as u32));
    let frame = column(&lanes.frame);
    let halves = |all| [_mm512_castsi512_si256(all), _mm512_extracti64x4_epi64::<1>(all)];
    let (ports, lengths, indices) = (halves(port), halves(length), halves(frame));
    for half in 0..2 {
        let port = _mm512_slli_epi64::<32>(_mm512_cvtepu32_epi64(ports[half]));
        let outcome = _mm512_or_si512(port, _mm512_cvtepu32_epi64(lengths[half]));
        let lanes = (leave >> (8 * half)) as u8;
        // SAFETY: frames are indices of `out`.
        unsafe {
            _mm512_mask_i32scatter_epi64::<8>(
                out.as_mut_ptr().cast(),
                lanes,
                indices[half],
                outcome,
            )
        };
    }
    let mut rest = leave;
    while rest != 0 {
        let lane = at + rest.trailing_zeros() as usize;
        rest &= rest - 1;
        // SAFETY: the lane is below the count; the rest as required above.
        unsafe {
            let way = *lanes.way.get_unchecked(lane) as usize;
            let macs = _mm_load_si128(rewrites.as_ptr().add(way).cast());
            let start = *lanes.offset.get_unchecked(lane) as usize;
            let frame = bytes.as_mut_ptr().add(start);
            _mm_mask_storeu_epi8(frame.cast(), 0x0fff, macs);
            A::lower(&mut *frame.cast(), *lanes.word.get_unchecked(lane));
            let length = *lanes.total.get_unchecked(lane) + ETHERNET as u32;
            counters.get_unchecked_mut(way).add(1, length.into());
        }
    }
    leave.count_ones()
}
