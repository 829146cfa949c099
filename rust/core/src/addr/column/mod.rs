//! Columns of address texts: the same verdicts as [`parse_zoned`], many times faster; a zone is
//! left behind, as wherever an address is looked up.
//!
//! Life of a text: wide loads find its dots or colons; a dotted quad goes through a table of its
//! 81 shapes (`quad`), groups of hex digits are moved to their places and converted at once
//! (`planes`; portably `groups`). Both paths only ever accept; whatever they leave (zones, dotted
//! quads inside IPv6, garbage) is judged by [`parse_zoned`], so strictness lives in one place.

mod groups;
#[cfg(target_arch = "x86_64")]
mod planes;
mod quad;

use super::{Ip, parse_zoned};

/// The longest text of an IPv6 address that the fast path takes: eight full groups.
const LONGEST: usize = 39;

/// A text inside a larger buffer: wide loads may pass the text's end, never the buffer's.
#[derive(Clone, Copy, Debug)]
pub struct Span<'a> {
    buffer: &'a [u8],
    start: usize,
    end: usize,
}

impl<'a> Span<'a> {
    /// The bytes `start..end` of `buffer`; `None` where they do not lie inside it.
    #[inline]
    #[must_use]
    pub fn new(buffer: &'a [u8], start: usize, end: usize) -> Option<Span<'a>> {
        (start <= end && end <= buffer.len()).then_some(Span { buffer, start, end })
    }

    /// The text itself.
    #[inline]
    #[must_use]
    pub fn text(self) -> &'a [u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// The first `WIDTH` bytes from the start; what the buffer does not hold reads as zero.
    #[inline(always)]
    fn window<const WIDTH: usize>(self) -> [u8; WIDTH] {
        let tail = self.buffer.get(self.start..).unwrap_or_default();
        if let Some(window) = tail.first_chunk::<WIDTH>() {
            return *window;
        }
        let mut window = [0; WIDTH];
        for (to, &from) in window.iter_mut().zip(tail) {
            *to = from;
        }
        window
    }
}

/// How this processor parses: chosen once, outside the loop over rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parser(Instructions);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Instructions {
    Plain,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    #[cfg(target_arch = "x86_64")]
    Avx512,
}

impl Parser {
    /// Portable code, the same on every processor.
    #[must_use]
    pub const fn plain() -> Parser {
        Parser(Instructions::Plain)
    }

    /// The fastest that this processor runs.
    #[must_use]
    pub fn detect() -> Parser {
        Parser::all().pop().unwrap_or(Parser::plain())
    }

    /// All that this processor runs, the fastest last.
    #[must_use]
    pub fn all() -> Vec<Parser> {
        let mut all = vec![Parser::plain()];
        #[cfg(target_arch = "x86_64")]
        {
            use std::arch::is_x86_feature_detected as has;
            if has!("avx2") && has!("bmi1") && has!("bmi2") && has!("popcnt") {
                all.push(Parser(Instructions::Avx2));
                if has!("avx512f")
                    && has!("avx512bw")
                    && has!("avx512vl")
                    && has!("avx512vbmi")
                    && has!("avx512vbmi2")
                {
                    all.push(Parser(Instructions::Avx512));
                }
            }
        }
        all
    }

    /// Parse the text of each row and hand it on; `None` where there is no text or no address.
    #[inline]
    pub fn each<'a>(
        self,
        rows: impl Iterator<Item = (usize, Option<Span<'a>>)>,
        each: impl FnMut(usize, Option<Ip>),
    ) {
        match self.0 {
            Instructions::Plain => walk(rows, parse_plain, each),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: only `all` makes this variant, after it has seen the features.
            Instructions::Avx2 => unsafe { walk_avx2(rows, each) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: only `all` makes this variant, after it has seen the features.
            Instructions::Avx512 => unsafe { walk_avx512(rows, each) },
        }
    }
}

#[inline(always)]
fn walk<'a>(
    rows: impl Iterator<Item = (usize, Option<Span<'a>>)>,
    parse: impl Fn(Span<'a>) -> Option<Ip>,
    mut each: impl FnMut(usize, Option<Ip>),
) {
    for (row, text) in rows {
        each(row, text.and_then(&parse));
    }
}

/// Dotted quads first: a text of their length that has another shape fails after one lookup.
#[inline(always)]
fn parse<'a>(
    text: Span<'a>,
    quad: impl Fn(Span<'a>, usize) -> Option<u32>,
    groups: impl Fn(Span<'a>, usize) -> Option<u128>,
) -> Option<Ip> {
    let len = text.end - text.start;
    if matches!(len, 7..=15)
        && let Some(address) = quad(text, len)
    {
        return Some(Ip::V4(address));
    }
    if matches!(len, 2..=LONGEST)
        && let Some(address) = groups(text, len)
    {
        return Some(Ip::V6(address));
    }
    parse_zoned(text.text()).ok().map(|(ip, _)| ip)
}

#[inline(always)]
fn parse_plain(text: Span<'_>) -> Option<Ip> {
    parse(
        text,
        |text, len| quad::plain(&text.window(), len),
        |text, len| groups::parse(&text.window(), len),
    )
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn walk_avx2<'a>(
    rows: impl Iterator<Item = (usize, Option<Span<'a>>)>,
    each: impl FnMut(usize, Option<Ip>),
) {
    let quad = |text: Span<'a>, len| {
        let window: [u8; 16] = text.window();
        // SAFETY: sixteen bytes are read from an array of sixteen.
        quad::avx2(unsafe { std::arch::x86_64::_mm_loadu_si128(window.as_ptr().cast()) }, len)
    };
    let groups = |text: Span<'a>, len| planes::avx2(&text.window(), len);
    walk(rows, |text| parse(text, quad, groups), each);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2")]
#[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
fn walk_avx512<'a>(
    rows: impl Iterator<Item = (usize, Option<Span<'a>>)>,
    each: impl FnMut(usize, Option<Ip>),
) {
    use std::arch::x86_64::{_bzhi_u32, _mm_maskz_loadu_epi8};
    let quad = |text: Span<'a>, len| {
        let present = _bzhi_u32(0xffff, len as u32) as u16;
        // SAFETY: the mask lets only the bytes of the text be read.
        let bytes = unsafe { _mm_maskz_loadu_epi8(present, text.text().as_ptr().cast()) };
        quad::avx2(bytes, len)
    };
    walk(rows, |text| parse(text, quad, |text: Span<'a>, _| planes::avx512(text.text())), each);
}

#[cfg(test)]
mod tests;
