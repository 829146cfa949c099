//! Memory of a compiled table: words that one thread writes while others read them.
//!
//! Every access is atomic, so a reader sees each cell as it was before or after a change, never
//! in between. The memory is zeroed, aligned for large pages, and may be a mapped file.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::any::Any;
use std::ptr::NonNull;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

const LARGE: usize = 2 << 20; // a huge page
const LINE: usize = 64;

/// A fixed number of 64-bit words.
pub struct Words {
    start: NonNull<u64>,
    len: usize,
    /// Who else keeps the memory alive; `None` where it is ours.
    owner: Option<Arc<dyn Any + Send + Sync>>,
}

// SAFETY: the memory is only reached through atomics and lives as long as the value.
unsafe impl Send for Words {}
// SAFETY: as above.
unsafe impl Sync for Words {}

impl Words {
    fn layout(len: usize) -> Layout {
        let bytes = len.max(1) * 8;
        let align = if bytes >= LARGE { LARGE } else { LINE };
        Layout::from_size_align(bytes, align).expect("fewer bytes than isize::MAX")
    }

    /// `len` words of zero.
    pub fn zeroed(len: usize) -> Words {
        let layout = Self::layout(len);
        // SAFETY: the layout has a size above zero.
        let memory = unsafe { alloc(layout) };
        let Some(start) = NonNull::new(memory.cast::<u64>()) else { handle_alloc_error(layout) };
        advise_large_pages(memory, layout.size()); // before the first touch, which decides
        // SAFETY: allocated just now with this size.
        unsafe { memory.write_bytes(0, layout.size()) };
        Words { start, len, owner: None }
    }

    /// Words that live in somebody else's memory, which must not change (a mapped file).
    ///
    /// # Safety
    /// `start` points at `len` aligned words that stay valid and unchanged while `owner` lives.
    pub unsafe fn borrowed(
        start: NonNull<u64>,
        len: usize,
        owner: Arc<dyn Any + Send + Sync>,
    ) -> Words {
        Words { start, len, owner: Some(owner) }
    }

    /// Words in the byte order of the machine, as [`Words::as_bytes`] gives them.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Words {
        let words = Words::zeroed(bytes.len() / 8);
        for (word, bytes) in words.words().iter().zip(bytes.as_chunks::<8>().0) {
            word.store(u64::from_ne_bytes(*bytes), Ordering::Relaxed);
        }
        words
    }

    /// A copy as bytes in the byte order of the machine.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.words().iter().flat_map(|word| word.load(Ordering::Relaxed).to_ne_bytes()).collect()
    }

    /// Number of words.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The words.
    #[inline]
    pub fn words(&self) -> &[AtomicU64] {
        // SAFETY: `start` points at `len` aligned words that live as long as `self`.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr().cast(), self.len) }
    }

    /// The same memory as cells of 32 bits, two a word, the first at the lower address.
    #[inline]
    pub fn cells(&self) -> &[AtomicU32] {
        // SAFETY: as for `words`; a cell is half a word and needs half its alignment.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr().cast(), self.len * 2) }
    }

    /// Where the memory starts, for gathers.
    #[inline]
    pub fn as_ptr(&self) -> *const u8 {
        self.start.as_ptr().cast()
    }

    /// Copy the first `count` words of `from`.
    pub fn copy_from(&self, from: &Words, count: usize) {
        for (to, from) in self.words().iter().zip(from.words()).take(count) {
            to.store(from.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }
}

impl Drop for Words {
    fn drop(&mut self) {
        if self.owner.is_none() {
            // SAFETY: allocated in `zeroed` with the same layout.
            unsafe { dealloc(self.start.as_ptr().cast(), Self::layout(self.len)) }
        }
    }
}

/// Ask for large pages where that is a matter of asking (Linux).
#[cfg(target_os = "linux")]
fn advise_large_pages(memory: *mut u8, bytes: usize) {
    const MADV_HUGEPAGE: i32 = 14;
    unsafe extern "C" {
        fn madvise(start: *mut u8, len: usize, advice: i32) -> i32;
    }
    if bytes >= LARGE {
        // SAFETY: advice on memory that we just allocated; a refusal is harmless.
        unsafe { madvise(memory, bytes, MADV_HUGEPAGE) };
    }
}

#[cfg(not(target_os = "linux"))]
fn advise_large_pages(_memory: *mut u8, _bytes: usize) {}
