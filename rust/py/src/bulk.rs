//! `AddressColumn`: addresses in whatever form a user has them, ready to be looked up.

use std::ops::Range;

use fingerpost_core::addr::{Ip, Net};
use fingerpost_core::bulk::{BulkReport, Column, Family, Halves, Numbers, Source, Texts};
use fingerpost_core::bulk::{KEPT, lookup_source};
use fingerpost_core::lpm::Lookup;
use pyo3::buffer::{Element, PyBuffer, PyUntypedBuffer};
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::addr::Prefix;
use crate::arrow::Arrays;
use crate::errors::{decode_error, usage_error};
use crate::frozen::FrozenTable;
use crate::items::{self, BadRow, Items};
use crate::table::Table;
use crate::values::ValueTable;

/// Addresses as they lie in buffers of others, or collected from objects.
#[pyclass(frozen, module = "fingerpost._core")]
pub struct AddressColumn {
    chunks: Vec<Chunk>,
    rows: usize,
}

enum Chunk {
    Arrow(Arrays),
    Items(Items),
    U32(PyBuffer<u32>),
    I64(PyBuffer<i64>, Family),
    U64(PyBuffer<u64>, Family),
    Sixteen(PyBuffer<u8>),
    Halves { buffer: PyBuffer<u8>, stride: usize, high_at: usize, low_at: usize, big: bool },
}

/// The elements of a buffer that was found to be contiguous when the column was made.
fn cells<T: Element>(buffer: &PyBuffer<T>) -> &[T] {
    match buffer.as_slice_ptr() {
        // SAFETY: the exporter keeps the memory while the buffer is held. Should another thread
        // write to it meanwhile, values are stale, as with every numpy function; they are plain
        // numbers, and no index or length is derived from them unchecked.
        Some(cells) => unsafe { cells.as_ref() },
        None => &[],
    }
}

/// The bytes of numbers, for readers that take any alignment.
fn bytes_of(cells: &[impl Element]) -> &[u8] {
    // SAFETY: the elements of buffers are plain numbers without padding.
    unsafe { std::slice::from_raw_parts(cells.as_ptr().cast(), size_of_val(cells)) }
}

impl Chunk {
    fn rows(&self) -> usize {
        match self {
            Chunk::Arrow(arrays) => arrays.rows(),
            Chunk::Items(Items::Texts { offsets, .. }) => offsets.len().saturating_sub(1),
            Chunk::Items(Items::Mixed { rows, .. }) => rows.len(),
            Chunk::U32(buffer) => buffer.item_count(),
            Chunk::I64(buffer, _) => buffer.item_count(),
            Chunk::U64(buffer, _) => buffer.item_count(),
            Chunk::Sixteen(buffer) => buffer.item_count() / 16,
            Chunk::Halves { buffer, stride, .. } => buffer.item_count() / (*stride).max(1),
        }
    }

    fn source(&self) -> Result<Source<'_>, String> {
        Ok(Source::full(match self {
            Chunk::Arrow(arrays) => return arrays.source(),
            Chunk::Items(Items::Texts { offsets, values }) => {
                Column::Texts(Texts::Large { offsets, values })
            }
            Chunk::Items(Items::Mixed { rows, .. }) => Column::Mixed(rows),
            Chunk::U32(buffer) => Column::V4(cells(buffer)),
            Chunk::I64(buffer, family) => {
                Column::Numbers(Numbers::I64(bytes_of(cells(buffer)).as_chunks().0), *family)
            }
            Chunk::U64(buffer, family) => {
                Column::Numbers(Numbers::U64(bytes_of(cells(buffer)).as_chunks().0), *family)
            }
            Chunk::Sixteen(buffer) => Column::V6(cells(buffer).as_chunks().0),
            Chunk::Halves { buffer, stride, high_at, low_at, big } => Column::Halves(Halves {
                bytes: cells(buffer),
                rows: self.rows(),
                stride: *stride,
                high_at: *high_at,
                low_at: *low_at,
                big_endian: *big,
            }),
        }))
    }
}

impl AddressColumn {
    fn of(chunks: Vec<Chunk>) -> AddressColumn {
        AddressColumn { rows: chunks.iter().map(Chunk::rows).sum(), chunks }
    }

    /// Look up every row; `out` must be as long as the column and not overlap its memory.
    fn lookup<L: Lookup>(
        &self,
        table: &L,
        mut out: &mut [u32],
        threads: usize,
    ) -> Result<(usize, Vec<BadRow>), String> {
        let mut base = 0;
        let (mut bad, mut first) = (0, Vec::new());
        for chunk in &self.chunks {
            let (now, later) = out.split_at_mut(chunk.rows().min(out.len()));
            let report = lookup_source(table, &chunk.source()?, now, threads);
            bad += report.bad + chunk.bad_before();
            first.extend(chunk.first_bad(report).map(|(row, value, why)| (row + base, value, why)));
            base += now.len();
            out = later;
        }
        first.truncate(KEPT);
        Ok((bad, first))
    }

    /// The address of each of these rows; `None` where it is null or bad or there is no such row.
    fn ips(&self, rows: &[i64]) -> Result<Vec<Option<Ip>>, String> {
        let mut ends = Vec::with_capacity(self.chunks.len());
        let mut sources = Vec::with_capacity(self.chunks.len());
        for chunk in &self.chunks {
            ends.push(chunk.rows() + ends.last().copied().unwrap_or(0));
            sources.push(chunk.source()?);
        }
        let ip = |row: &i64| {
            let row = usize::try_from(*row).ok()?;
            let chunk = ends.partition_point(|&end| end <= row);
            let source = sources.get(chunk)?;
            let before = chunk.checked_sub(1).and_then(|chunk| ends.get(chunk)).unwrap_or(&0);
            let row = row - before;
            if source.is_valid(row) { source.column.get(row) } else { None }
        };
        Ok(rows.iter().map(ip).collect())
    }
}

impl Chunk {
    fn bad_before(&self) -> usize {
        if let Chunk::Items(Items::Mixed { bad, .. }) = self { *bad } else { 0 }
    }

    /// Whether anything that the column reads lies in this memory.
    fn overlaps(&self, memory: &Range<usize>) -> Result<bool, String> {
        let source = self.source()?;
        let mut read = Vec::new();
        memory_of(&source.column, &mut read);
        read.extend(source.validity.map(|validity| validity.bits));
        Ok(read.into_iter().any(|bytes| {
            let start = bytes.as_ptr() as usize;
            start < memory.end && memory.start < start + bytes.len()
        }))
    }

    /// Bad rows met while collecting objects, or else while looking up.
    fn first_bad(&self, report: BulkReport) -> impl Iterator<Item = BadRow> {
        let before = match self {
            Chunk::Items(Items::Mixed { first, .. }) => first.clone(),
            _ => Vec::new(),
        };
        let after =
            report.first.into_iter().map(|bad| (bad.row, bad.value, bad.reason.to_string()));
        before.into_iter().chain(after)
    }
}

/// Every buffer that a column reads.
fn memory_of<'a>(column: &Column<'a>, read: &mut Vec<&'a [u8]>) {
    match column {
        Column::V4(cells) => read.push(bytes_of(cells)),
        Column::V6(cells) => read.push(cells.as_flattened()),
        Column::V4Bytes(cells) => read.push(cells.as_flattened()),
        Column::Halves(halves) => read.push(halves.bytes),
        Column::Numbers(numbers, _) => read.push(numbers.bytes()),
        Column::Texts(texts) | Column::Bytes(texts) => match texts {
            Texts::Small { offsets, values } => read.extend([offsets.as_flattened(), values]),
            Texts::Large { offsets, values } => read.extend([offsets.as_flattened(), values]),
            Texts::Views { views, buffers } => {
                read.push(views);
                read.extend(buffers);
            }
        },
        Column::Dictionary(keys, values) => {
            read.push(keys.bytes());
            memory_of(&values.column, read);
        }
        Column::Mixed(_) | Column::Nulls(_) => {}
    }
}

fn family(py: Python<'_>, version: Option<u8>) -> PyResult<Family> {
    match version {
        None | Some(4) => Ok(Family::V4),
        Some(6) => Ok(Family::V6),
        Some(other) => {
            Err(usage_error(py, format!("version is {other}; give 4, 6 or None (as the value is)")))
        }
    }
}

/// A buffer of bytes that lie together.
fn contiguous(buffer: &Bound<'_, PyAny>) -> PyResult<PyBuffer<u8>> {
    let buffer_of = PyBuffer::<u8>::get(buffer)?;
    if buffer_of.as_slice_ptr().is_none() {
        return Err(usage_error(buffer.py(), String::from("the bytes do not lie together")));
    }
    Ok(buffer_of)
}

#[pymethods]
impl AddressColumn {
    /// From an object with `__arrow_c_array__` or `__arrow_c_stream__`.
    #[staticmethod]
    #[pyo3(signature = (exporter, version = None))]
    fn from_arrow(exporter: &Bound<'_, PyAny>, version: Option<u8>) -> PyResult<AddressColumn> {
        let arrays = Arrays::import(exporter, family(exporter.py(), version)?)?;
        Ok(Self::of(arrays.into_iter().map(Chunk::Arrow).collect()))
    }

    /// From an iterable of anything AddressLike; None and NaN are nulls.
    #[staticmethod]
    #[pyo3(signature = (items, version = None))]
    fn from_items(items: &Bound<'_, PyAny>, version: Option<u8>) -> PyResult<AddressColumn> {
        family(items.py(), version)?;
        Ok(Self::of(vec![Chunk::Items(items::read(items, version)?)]))
    }

    /// From a contiguous buffer of uint32, int64 or uint64 in this machine's byte order.
    #[staticmethod]
    #[pyo3(signature = (buffer, version = None))]
    fn from_numbers(buffer: &Bound<'_, PyAny>, version: Option<u8>) -> PyResult<AddressColumn> {
        let py = buffer.py();
        let family = family(py, version)?;
        let buffer = PyUntypedBuffer::get(buffer)?;
        let format = buffer.format().to_string_lossy().into_owned();
        if !buffer.is_c_contiguous() {
            return Err(usage_error(py, String::from("the numbers do not lie together")));
        }
        if buffer.item_count() == 0 {
            return Ok(Self::of(Vec::new())); // whatever its pointer is
        }
        let chunk = if buffer.as_typed::<u32>().is_ok() && family == Family::V4 {
            Chunk::U32(buffer.into_typed()?)
        } else if buffer.as_typed::<i64>().is_ok() {
            Chunk::I64(buffer.into_typed()?, family)
        } else if buffer.as_typed::<u64>().is_ok() {
            Chunk::U64(buffer.into_typed()?, family)
        } else {
            let message = format!("a buffer of {format:?}; give uint32 (IPv4), int64 or uint64");
            return Err(usage_error(py, message));
        };
        Ok(Self::of(vec![chunk]))
    }

    /// From a contiguous buffer of bytes: IPv6 addresses in network order, one after another.
    #[staticmethod]
    fn from_packed(buffer: &Bound<'_, PyAny>) -> PyResult<AddressColumn> {
        let bytes = contiguous(buffer)?;
        if !bytes.item_count().is_multiple_of(16) {
            let message = format!("{} bytes are not whole addresses of 16", bytes.item_count());
            return Err(usage_error(buffer.py(), message));
        }
        Ok(Self::of(vec![Chunk::Sixteen(bytes)]))
    }

    /// From a contiguous buffer of records of `stride` bytes that hold IPv6 addresses as two
    /// uint64 at these offsets, both big-endian or both little-endian.
    #[staticmethod]
    fn from_halves(
        buffer: &Bound<'_, PyAny>,
        stride: usize,
        high_at: usize,
        low_at: usize,
        big_endian: bool,
    ) -> PyResult<AddressColumn> {
        let bytes = contiguous(buffer)?;
        let fits = |at: usize| at.checked_add(8).is_some_and(|end| end <= stride);
        if !fits(high_at) || !fits(low_at) || !bytes.item_count().is_multiple_of(stride) {
            let message = format!(
                "records of {stride} bytes with halves at {high_at} and {low_at} do not fit {} bytes",
                bytes.item_count()
            );
            return Err(usage_error(buffer.py(), message));
        }
        let halves = Chunk::Halves { buffer: bytes, stride, high_at, low_at, big: big_endian };
        Ok(Self::of(vec![halves]))
    }

    fn __len__(&self) -> usize {
        self.rows
    }

    /// The prefixes of these lengths (uint8) that hold the addresses of these rows (int64); None
    /// where a row is null or bad.
    fn prefixes<'py>(
        &self,
        py: Python<'py>,
        rows: PyBuffer<i64>,
        lengths: PyBuffer<u8>,
    ) -> PyResult<Bound<'py, PyList>> {
        let (rows, lengths) = (cells(&rows), cells(&lengths));
        if rows.len() != lengths.len() {
            let message = format!("{} rows but {} lengths", rows.len(), lengths.len());
            return Err(usage_error(py, message));
        }
        let ips = self.ips(rows).map_err(|why| decode_error(py, why))?;
        let nets = ips.into_iter().zip(lengths).map(|(ip, &len)| Net::new(ip?, len));
        PyList::new(py, nets.map(|net| net.map(|net| Prefix { net })).collect::<Vec<_>>())
    }
}

/// Look up a column and write one index a row to `out`: the number of bad rows, and the first.
fn lookup_into<L: Lookup>(
    py: Python<'_>,
    table: &L,
    column: &AddressColumn,
    out: &Bound<'_, PyAny>,
    threads: usize,
) -> PyResult<(usize, Vec<BadRow>)> {
    let out = PyBuffer::<u32>::get(out)?;
    let Some(mut cells) = out.as_slice_ptr().filter(|_| !out.readonly()) else {
        return Err(usage_error(py, String::from("out must be writable and contiguous")));
    };
    if cells.len() != column.rows {
        let message = format!("out has {} cells for {} addresses", cells.len(), column.rows);
        return Err(usage_error(py, message));
    }
    let start = cells.as_ptr().cast::<u8>() as usize;
    let memory = start..start + cells.len() * size_of::<u32>();
    for chunk in &column.chunks {
        if chunk.overlaps(&memory).map_err(|why| decode_error(py, why))? {
            let message = "out shares memory with the addresses; give an array of its own";
            return Err(usage_error(py, String::from(message)));
        }
    }
    // SAFETY: the buffer is writable, contiguous, held while we write, and overlaps no input.
    let cells = unsafe { cells.as_mut() };
    py.detach(|| column.lookup(table, cells, threads)).map_err(|why| decode_error(py, why))
}

/// Look up a column in a table: what the indices stand for, the number of bad rows, and the first
/// of them as (row, value, reason).
#[pyfunction]
pub fn lookup_column(
    py: Python<'_>,
    table: &Bound<'_, Table>,
    column: &Bound<'_, AddressColumn>,
    out: &Bound<'_, PyAny>,
    threads: usize,
) -> PyResult<(ValueTable, usize, Vec<BadRow>)> {
    let table = table.get();
    let snapshot = table.snapshot();
    let (bad, first) = lookup_into(py, &snapshot, column.get(), out, threads)?;
    // while the snapshot is held no index it gave is reused for another prefix
    Ok((table.value_table(py), bad, first))
}

/// As `lookup_column`, for a table that never changes: its own values say what indices stand for.
#[pyfunction]
pub fn lookup_column_frozen(
    py: Python<'_>,
    table: &Bound<'_, FrozenTable>,
    column: &Bound<'_, AddressColumn>,
    out: &Bound<'_, PyAny>,
    threads: usize,
) -> PyResult<(usize, Vec<BadRow>)> {
    lookup_into(py, table.get().snapshot(), column.get(), out, threads)
}
