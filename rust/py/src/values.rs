//! The values of a table by slot, and snapshots of them that cost nothing until somebody writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering::Relaxed};

use pyo3::PyTraverseError;
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use pyo3::types::PyList;

const CHUNK: usize = 1024;

/// Values and prefix lengths of `CHUNK` slots in a row.
struct Chunk {
    /// In place, so that a lookup waits for one load less.
    values: [Option<Py<PyAny>>; CHUNK],
    lens: [u8; CHUNK],
}

impl Chunk {
    fn empty() -> Chunk {
        Chunk { values: [const { None }; CHUNK], lens: [0; CHUNK] }
    }
}

impl Clone for Chunk {
    fn clone(&self) -> Chunk {
        Python::attach(|py| Chunk {
            values: self.values.each_ref().map(|v| v.as_ref().map(|v| v.clone_ref(py))),
            lens: self.lens,
        })
    }
}

/// Values by slot; a clone shares everything that neither side has changed since.
#[derive(Clone, Default)]
pub struct Values(Arc<Vec<Arc<Chunk>>>);

impl Values {
    /// Store the value and the prefix length of a slot; gives the value that stood there.
    pub fn replace(&mut self, slot: u32, value: Option<Py<PyAny>>, len: u8) -> Option<Py<PyAny>> {
        let (chunk, at) = (slot as usize / CHUNK, slot as usize % CHUNK);
        let chunks = Arc::make_mut(&mut self.0);
        if chunks.len() <= chunk {
            chunks.resize_with(chunk + 1, || Arc::new(Chunk::empty()));
        }
        let chunk = Arc::make_mut(&mut chunks[chunk]);
        chunk.lens[at] = len;
        std::mem::replace(&mut chunk.values[at], value)
    }

    /// The value of a slot and the length of its prefix; `None` for slot 0 and free slots.
    #[inline]
    pub fn get(&self, slot: u32) -> Option<(&Py<PyAny>, u8)> {
        let (chunk, at) = (slot as usize / CHUNK, slot as usize % CHUNK);
        let chunk = self.0.get(chunk)?;
        Some((chunk.values[at].as_ref()?, chunk.lens[at]))
    }

    /// The value of a slot as an object; None for slot 0 and free slots.
    pub fn object(&self, py: Python<'_>, slot: u32) -> Py<PyAny> {
        self.get(slot).map_or_else(|| py.None(), |(value, _)| value.clone_ref(py))
    }

    /// The length of the prefix of a slot; 0 for slot 0.
    pub fn prefix_len(&self, slot: u32) -> u8 {
        self.0.get(slot as usize / CHUNK).map_or(0, |chunk| chunk.lens[slot as usize % CHUNK])
    }

    /// Number of slots there is room for.
    pub fn room(&self) -> usize {
        self.0.len() * CHUNK
    }

    /// Visit what only this owner holds; what is shared is kept alive by the other owner as well,
    /// and counting it twice would mislead the collector.
    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        if Arc::strong_count(&self.0) > 1 {
            return Ok(());
        }
        let own = self.0.iter().filter(|chunk| Arc::strong_count(chunk) == 1);
        own.flat_map(|chunk| &chunk.values).try_for_each(|value| visit.call(value))
    }
}

/// What the indices of a bulk lookup stand for: values[0] is None (no match), then one a prefix.
#[pyclass(frozen, sequence, module = "fingerpost._core")]
pub struct ValueTable {
    pub values: Values,
    /// Number of slots, the one of "no match" included.
    pub len: u32,
}

#[pymethods]
impl ValueTable {
    fn __len__(&self) -> usize {
        self.len as usize
    }

    fn __getitem__(&self, py: Python<'_>, at: usize) -> PyResult<Py<PyAny>> {
        if at >= self.len as usize {
            return Err(PyIndexError::new_err("no such index in this table of values"));
        }
        Ok(self.values.object(py, at as u32))
    }

    /// The value of each index (a buffer of uint32), as a list.
    fn take<'py>(&self, py: Python<'py>, indices: PyBuffer<u32>) -> PyResult<Bound<'py, PyList>> {
        let slots = words(&indices)?.iter();
        PyList::new(py, slots.map(|slot| self.values.object(py, slot.load(Relaxed))))
    }

    /// Write the prefix length of each index (uint32) into `out` (uint8).
    fn lengths_into(&self, indices: PyBuffer<u32>, out: PyBuffer<u8>) -> PyResult<()> {
        let indices = words(&indices)?;
        if out.readonly() || !out.is_c_contiguous() || out.item_count() != indices.len() {
            return Err(PyValueError::new_err("out must be writable, contiguous and as long"));
        }
        // SAFETY: checked just above; the buffer stays exported.
        let out: &[AtomicU8] =
            unsafe { std::slice::from_raw_parts(out.buf_ptr().cast(), out.item_count()) };
        for (slot, len) in indices.iter().zip(out) {
            len.store(self.values.prefix_len(slot.load(Relaxed)), Relaxed);
        }
        Ok(())
    }

    fn __repr__(&self) -> String {
        format!("<ValueTable of {} indices>", self.len)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.values.traverse(&visit)
    }
}

/// A contiguous buffer as atomics, which is how memory is read that Python may write meanwhile.
fn words(buffer: &PyBuffer<u32>) -> PyResult<&[AtomicU32]> {
    if !buffer.is_c_contiguous() {
        return Err(PyValueError::new_err("indices must be contiguous"));
    }
    // SAFETY: the buffer exports `item_count` aligned items and stays exported while borrowed.
    Ok(unsafe { std::slice::from_raw_parts(buffer.buf_ptr().cast(), buffer.item_count()) })
}
