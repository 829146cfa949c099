//! A batch through its stages.

use std::ops::Range;

use super::BATCH;
#[cfg(target_arch = "x86_64")]
use super::avx512;
use super::counters::{Counters, PortCounters, Traffic};
use super::family::Family;
use super::frames::{Frames, Outcome, Place};
use super::lanes::Lanes;
use super::parse::{ETHERNET, HEADERS4, HEADERS6, Packet, parse};
use super::reason::Reason;
use super::resolve::Ingress;
use super::tables::{BORDER, Rewrite, Tables};
use crate::lpm::Simd;

/// Frames or packets of one step.
const GROUP: usize = 16;
/// Frames that are read before the next stage is thought of: headers of these and of the next ones
/// fit the first cache beside the tables.
const BLOCK: usize = 128;
/// Lanes of one family that are worth the next stage; of a mixture another block is read.
const ENOUGH: usize = 96;

/// Forwards batches of frames and counts. Each thread has its own.
pub struct Forward {
    tables: Tables,
    counters: Counters,
    simd: Simd,
    v4: Box<Lanes<u32>>,
    v6: Box<Lanes<[u8; 16]>>,
}

impl Forward {
    /// With the best instructions of this machine, unless the environment asks for less.
    #[must_use]
    pub fn new(tables: Tables) -> Forward {
        let counters = Counters::new(&tables);
        Forward { tables, counters, simd: Simd::chosen(), v4: Lanes::new(), v6: Lanes::new() }
    }

    /// With other instructions, at most the machine's best; `Scalar` also fetches nothing ahead.
    pub fn set_simd(&mut self, simd: Simd) {
        self.simd = simd.min(Simd::best());
    }

    /// What decides.
    #[must_use]
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// What was counted since the tables were made.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Forward frames that came in by port `ingress`, and say what became of each. Gives how many
    /// leave; `None`, with nothing done, where there is no such port or `out` is shorter than the
    /// frames are many.
    pub fn run(
        &mut self,
        frames: &mut Frames<'_>,
        ingress: u16,
        out: &mut [Outcome],
    ) -> Option<usize> {
        let out = out.get_mut(..frames.len())?;
        let port = self.tables.ports.get(usize::from(ingress))?;
        let counters = self.counters.ports.get_mut(usize::from(ingress))?;
        let ingress = Ingress { tables: &self.tables, number: ingress, port };
        let mut batch = Batch { ingress, simd: self.simd, counters, at: 0 };
        let mut left = 0;
        while let Some(rest) = out.get_mut(batch.at..).filter(|rest| !rest.is_empty()) {
            let room = rest.len().min(BATCH);
            let out = &mut rest[..room];
            self.v4.clear();
            self.v6.clear();
            let mut read = 0;
            while read < room && self.v4.count.max(self.v6.count) < ENOUGH {
                let next = room.min(read + BLOCK);
                batch.parse(frames, read..next, out, &mut self.v4, &mut self.v6);
                read = next;
            }
            left += batch.forward(&mut self.v4, frames, out, &mut self.counters.adjacencies);
            left += batch.forward(&mut self.v6, frames, out, &mut self.counters.adjacencies);
            batch.at += read;
        }
        Some(left)
    }
}

/// What the stages of one batch share.
struct Batch<'a> {
    ingress: Ingress<'a>,
    simd: Simd,
    counters: &'a mut PortCounters,
    /// Number of the first frame.
    at: usize,
}

impl Batch<'_> {
    /// Read the headers of these frames of the batch into lanes.
    fn parse(
        &mut self,
        frames: &Frames<'_>,
        range: Range<usize>,
        out: &mut [Outcome],
        v4: &mut Lanes<u32>,
        v6: &mut Lanes<[u8; 16]>,
    ) {
        for first in range.clone().step_by(GROUP) {
            let count = (range.end - first).min(GROUP);
            let outcomes = out.as_ptr().wrapping_add(first + BLOCK);
            self.fetch(frames, self.at + first + BLOCK, outcomes);
            let mut rest = u16::MAX >> (GROUP - count);
            #[cfg(target_arch = "x86_64")]
            if self.simd == Simd::Avx512 {
                let at = self.at + first;
                // SAFETY: the machine has the features; `out` has an outcome for each frame.
                rest = unsafe { avx512::parse(&self.ingress, frames, first, at, count, v4, v6) };
            }
            while rest != 0 {
                let index = first + rest.trailing_zeros() as usize;
                self.parse_one(frames, index, out, v4, v6);
                rest &= rest - 1;
            }
        }
        let (first, end) = (self.at + range.start, self.at + range.end);
        let lengths = frames.lengths.get(first..end).unwrap_or_default();
        let bytes = lengths.iter().fold(0, |sum: u64, &n| sum.wrapping_add(n.into()));
        self.counters.received.add(lengths.len() as u64, bytes);
    }

    fn parse_one(
        &mut self,
        frames: &Frames<'_>,
        index: usize,
        out: &mut [Outcome],
        v4: &mut Lanes<u32>,
        v6: &mut Lanes<[u8; 16]>,
    ) {
        let special = &self.ingress.tables.special;
        let Some((offset, frame)) = frames.get(self.at + index) else {
            return self.hand_up(frames, index, out, Reason::Outside);
        };
        match parse(frame, &self.ingress.port.mac) {
            Ok(Packet::V4(header)) => v4.push(index, offset, header, special),
            Ok(Packet::V6(header)) => v6.push(index, offset, header, special),
            Err(reason) => self.hand_up(frames, index, out, reason),
        }
    }

    #[cold]
    fn hand_up(&mut self, frames: &Frames<'_>, index: usize, out: &mut [Outcome], reason: Reason) {
        let length = frames.lengths.get(self.at + index).copied().unwrap_or(0);
        out[index] = Outcome::handed_up(length, reason);
        let counter = &mut self.counters.handed_up[reason as usize];
        *counter = counter.wrapping_add(1);
    }

    /// Have the headers of `GROUP` frames from number `next` on fetched, with their lengths, offsets
    /// and `outcomes`. Not into the first cache: there they would drive out what is in use.
    #[allow(unused_variables)]
    fn fetch(&self, frames: &Frames<'_>, next: usize, outcomes: *const Outcome) {
        #[cfg(target_arch = "x86_64")]
        if self.simd != Simd::Scalar && next < frames.len() {
            use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
            let line = |place: *const u8| {
                // SAFETY: a prefetch of any address does no harm.
                unsafe { _mm_prefetch::<_MM_HINT_T1>(place.cast()) };
            };
            line(frames.lengths.as_ptr().wrapping_add(next).cast());
            line(outcomes.cast());
            line(outcomes.wrapping_add(GROUP / 2).cast());
            if let Place::Offsets(offsets) = frames.place {
                line(offsets.as_ptr().wrapping_add(next + BLOCK).cast()); // read by the next call
            }
            let start = frames.bytes.as_ptr();
            let is_in_line = frames.have_headers_in_one_line();
            for at in next..frames.len().min(next + GROUP) {
                let first = start.wrapping_add(frames.offset(at));
                line(first);
                if !is_in_line {
                    line(first.wrapping_add(HEADERS6 - 1));
                }
            }
        }
    }

    /// Decide on the packets in the lanes, and rewrite those that leave; gives their number.
    fn forward<A: Family>(
        &mut self,
        lanes: &mut Lanes<A>,
        frames: &mut Frames<'_>,
        out: &mut [Outcome],
        counters: &mut [Traffic],
    ) -> usize {
        if lanes.count == 0 {
            return 0;
        }
        self.look_up(lanes);
        for first in (0..lanes.count).step_by(GROUP) {
            let mut rest = u16::MAX >> (GROUP - (lanes.count - first).min(GROUP));
            #[cfg(target_arch = "x86_64")]
            if self.simd == Simd::Avx512 {
                // SAFETY: the machine has the features; the first lane is below the count.
                rest = unsafe { avx512::resolve(&self.ingress, lanes, first, frames.bytes) };
            }
            while rest != 0 {
                let lane = first + rest.trailing_zeros() as usize;
                let way = self.ingress.decide(lanes, lane, frames.bytes);
                lanes.way[lane] = way.unwrap_or_else(|reason| {
                    self.hand_up(frames, lanes.frame[lane] as usize, out, reason);
                    0
                });
                rest &= rest - 1;
            }
        }
        let rewrites = &self.ingress.tables.rewrites;
        #[cfg(target_arch = "x86_64")]
        if self.simd == Simd::Avx512 {
            let groups = (0..lanes.count).step_by(GROUP);
            // SAFETY: the machine has the features; `resolve` and `decide` gave the ways, and
            // `parse` found the headers of all lanes in the buffer.
            return groups
                .map(|at| unsafe {
                    avx512::rewrite(rewrites, lanes, at, frames.bytes, out, counters)
                } as usize)
                .sum();
        }
        rewrite(rewrites, lanes, frames.bytes, out, counters)
    }

    /// Ask the tables for all lanes at once.
    fn look_up<A: Family>(&self, lanes: &mut Lanes<A>) {
        let (tables, simd, count) = (self.ingress.tables, self.simd, lanes.count);
        let asks_back = self.ingress.port.reverse.is_some();
        if lanes.is_near || asks_back {
            lanes.both[..count].copy_from_slice(&lanes.destination[..count]);
            lanes.both[count..2 * count].copy_from_slice(&lanes.source[..count]);
        }
        let both = &lanes.both[..2 * count];
        if lanes.is_near {
            A::lookup(&tables.special.table, simd, both, &mut lanes.found);
            let (to, from) = lanes.found.split_at(count);
            for ((class, &to), &from) in lanes.class[..count].iter_mut().zip(to).zip(from) {
                *class = to.max(from);
            }
        }
        if asks_back {
            A::lookup(&tables.routes, simd, both, &mut lanes.found);
            lanes.to[..count].copy_from_slice(&lanes.found[..count]);
            lanes.from[..count].copy_from_slice(&lanes.found[count..2 * count]);
        } else {
            A::lookup(&tables.routes, simd, &lanes.destination[..count], &mut lanes.to);
        }
    }
}

/// New addresses of Ethernet and a new hop limit for the packets that have an adjacency; gives
/// their number.
#[inline(never)] // on its own it fits into registers
fn rewrite<A: Family>(
    rewrites: &[Rewrite],
    lanes: &Lanes<A>,
    bytes: &mut [u8],
    out: &mut [Outcome],
    counters: &mut [Traffic],
) -> usize {
    let mut left = 0;
    let columns = lanes.way.iter().zip(&lanes.offset).zip(&lanes.word);
    let columns = columns.zip(&lanes.total).zip(&lanes.frame).take(lanes.count);
    for ((((&way, &offset), &word), &total), &frame) in columns {
        let way = way as usize;
        let (Some(rewrite), Some(counter)) = (rewrites.get(way), counters.get_mut(way)) else {
            continue;
        };
        let rest = bytes.get_mut(offset as usize..);
        let header = rest.and_then(<[u8]>::first_chunk_mut::<HEADERS4>);
        let (Some(header), Some(outcome)) = (header, out.get_mut(frame as usize)) else { continue };
        if way == 0 {
            continue;
        }
        if let Some(macs) = header.first_chunk_mut() {
            *macs = rewrite.macs;
        }
        A::lower(header, word);
        let length = total + ETHERNET as u32;
        *outcome = Outcome::leaves(length, rewrite.port & !BORDER);
        counter.add(1, length.into());
        left += 1;
    }
    left
}
