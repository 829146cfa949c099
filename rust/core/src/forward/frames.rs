//! Where the frames of a call lie, and what became of them.

use super::parse::HEADERS6;
use super::reason::Reason;

/// Bytes of a line of the cache.
const LINE: usize = 64;

/// Where each frame begins.
#[derive(Clone, Copy)]
pub enum Place<'a> {
    /// Frame `i` at `i` times this many bytes, its slot.
    Slots(u32),
    /// Frame `i` at the `i`th offset. Frames that overlap come out garbled.
    Offsets(&'a [u32]),
}

/// Frames in one buffer.
pub struct Frames<'a> {
    pub(super) bytes: &'a mut [u8],
    pub(super) lengths: &'a [u32],
    pub(super) place: Place<'a>,
}

impl<'a> Frames<'a> {
    /// As many frames as there are lengths. `None` where the slots reach beyond the buffer, there
    /// are not as many offsets, or the buffer has more than 2**31 - 1 bytes.
    #[must_use]
    pub fn new(bytes: &'a mut [u8], lengths: &'a [u32], place: Place<'a>) -> Option<Frames<'a>> {
        let fits = match place {
            Place::Slots(stride) => {
                lengths.len().checked_mul(stride as usize).is_some_and(|all| all <= bytes.len())
            }
            Place::Offsets(offsets) => offsets.len() == lengths.len(),
        };
        let fits = fits && i32::try_from(bytes.len()).is_ok();
        fits.then_some(Frames { bytes, lengths, place })
    }

    /// Number of frames.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lengths.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// Where frame `at` begins; it may lie outside.
    #[inline]
    pub(super) fn offset(&self, at: usize) -> usize {
        match self.place {
            Place::Slots(stride) => at.wrapping_mul(stride as usize),
            Place::Offsets(offsets) => {
                offsets.get(at).map_or(usize::MAX, |&offset| offset as usize)
            }
        }
    }

    /// The most bytes that a frame can have.
    pub(super) fn longest(&self) -> u32 {
        match self.place {
            Place::Slots(stride) => stride,
            Place::Offsets(_) => self.bytes.len() as u32,
        }
    }

    /// Whether the headers of every frame lie in one line of the cache, as far as is known.
    pub(super) fn have_headers_in_one_line(&self) -> bool {
        let start = self.bytes.as_ptr() as usize % LINE;
        let is_even =
            matches!(self.place, Place::Slots(stride) if (stride as usize).is_multiple_of(LINE));
        is_even && start + HEADERS6 <= LINE
    }

    /// Where frame `at` begins and its bytes, `None` where it does not lie in the buffer.
    #[inline]
    pub(super) fn get(&self, at: usize) -> Option<(usize, &[u8])> {
        let length = *self.lengths.get(at)?;
        let start = self.offset(at);
        if length > self.longest() {
            return None;
        }
        let bytes = self.bytes.get(start..start.checked_add(length as usize)?)?;
        Some((start, bytes))
    }
}

/// What became of a frame: bits 0-31 its length, 32-47 the port it leaves by (or 0xffff), 48-55 the
/// number of the reason (0: it leaves).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub struct Outcome(u64);

impl Outcome {
    /// It leaves by `port` with the first `length` bytes.
    #[inline]
    #[must_use]
    pub fn leaves(length: u32, port: u16) -> Outcome {
        Outcome(u64::from(length) | u64::from(port) << 32)
    }

    /// It is handed up as it came.
    #[inline]
    #[must_use]
    pub fn handed_up(length: u32, reason: Reason) -> Outcome {
        Outcome(u64::from(length) | 0xffff << 32 | (reason as u64) << 48)
    }

    /// Bytes of the frame.
    #[must_use]
    pub fn length(self) -> u32 {
        self.0 as u32
    }

    /// The port that it leaves by; `None` where it is handed up.
    #[must_use]
    pub fn port(self) -> Option<u16> {
        (self.0 >> 48 == 0).then_some((self.0 >> 32) as u16)
    }

    /// The number of the reason why it is handed up, 0 where it leaves.
    #[must_use]
    pub fn reason(self) -> u8 {
        (self.0 >> 48) as u8
    }
}
