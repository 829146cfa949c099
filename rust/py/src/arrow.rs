//! Arrow arrays as columns of addresses, from whoever exports them: pyarrow, polars, DuckDB, ...
//!
//! The C data interface carries no buffer sizes. They follow from type, length and offset, and for
//! variable-width types from the offsets buffer, so that buffer is read once, in full, before any
//! row is believed: offsets must not be negative and must not fall. Views are checked row by row.

use std::sync::Arc;

use fingerpost_core::bulk::{Column, Family, Numbers, Source, Texts, Validity};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::arrow_ffi::{ArrowArray, ArrowArrayStream, ArrowSchema, take};
use crate::errors::{decode_error, usage_error};

const ACCEPTED: &str = "utf8, large_utf8, utf8_view, binary, large_binary, binary_view, \
    fixed_size_binary(4 or 16), integers, a dictionary of these, or a struct of one such field";

/// How the rows of an array lie in its buffers.
#[derive(Debug)]
enum Layout {
    Null,
    Numbers(Width, Family),
    Small { is_text: bool },
    Large { is_text: bool },
    Views { is_text: bool },
    Four,
    Sixteen,
    Dictionary(Width, Box<Layout>),
    OnlyChild(Box<Layout>),
}

#[derive(Clone, Copy, Debug)]
enum Width {
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
}

/// Arrays of one type that make up one column.
pub struct Arrays {
    layout: Arc<Layout>,
    array: ArrowArray,
    rows: usize,
}

/// What an array breaks of its format.
type Broken = String;

impl Arrays {
    /// Everything that `obj` exports, array by array.
    pub fn import(obj: &Bound<'_, PyAny>, family: Family) -> PyResult<Vec<Arrays>> {
        let py = obj.py();
        if obj.hasattr("__arrow_c_array__")? {
            let pair = obj.call_method0("__arrow_c_array__")?.cast_into::<PyTuple>()?;
            let schema: ArrowSchema = take(&pair.get_item(0)?)?;
            let array: ArrowArray = take(&pair.get_item(1)?)?;
            let layout = Arc::new(layout(py, &schema, family)?);
            return Ok(vec![Arrays::checked(py, &layout, array)?]);
        }
        let mut stream: ArrowArrayStream = take(&obj.call_method0("__arrow_c_stream__")?)?;
        let layout = Arc::new(layout(py, &stream.schema(py)?, family)?);
        let mut arrays = Vec::new();
        while let Some(array) = stream.next(py)? {
            arrays.push(Arrays::checked(py, &layout, array)?);
        }
        Ok(arrays)
    }

    fn checked(py: Python<'_>, layout: &Arc<Layout>, array: ArrowArray) -> PyResult<Arrays> {
        let broken = |why| decode_error(py, format!("this is no valid Arrow array: {why}"));
        let rows = count(array.length, "length").map_err(broken)?;
        let arrays = Arrays { layout: Arc::clone(layout), array, rows };
        arrays.source().map_err(broken)?;
        Ok(arrays)
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The rows, borrowed.
    pub fn source(&self) -> Result<Source<'_>, Broken> {
        source(&self.array, &self.layout, 0, self.rows)
    }
}

fn layout(py: Python<'_>, schema: &ArrowSchema, family: Family) -> PyResult<Layout> {
    let format = schema.format();
    let refuse = |what: String| {
        Err(usage_error(py, format!("{what} cannot hold addresses; give {ACCEPTED}")))
    };
    if let Some(values) = schema.dictionary() {
        let Some(keys) = width(format) else {
            return refuse(format!("an Arrow dictionary with keys of type {}", spoken(format)));
        };
        if values.dictionary().is_some() || values.format() == "+s" {
            return refuse(String::from("an Arrow dictionary of dictionaries or structs"));
        }
        return Ok(Layout::Dictionary(keys, Box::new(layout(py, values, family)?)));
    }
    Ok(match format {
        "n" => Layout::Null,
        "u" => Layout::Small { is_text: true },
        "z" => Layout::Small { is_text: false },
        "U" => Layout::Large { is_text: true },
        "Z" => Layout::Large { is_text: false },
        "vu" => Layout::Views { is_text: true },
        "vz" => Layout::Views { is_text: false },
        "w:4" => Layout::Four,
        "w:16" => Layout::Sixteen,
        "+s" => match (schema.children(), schema.child(0)) {
            (1, Some(only)) if only.format() != "+s" => {
                Layout::OnlyChild(Box::new(layout(py, only, family)?))
            }
            (columns, _) => {
                let names = (0..columns.min(20)).filter_map(|at| schema.child(at));
                let names: Vec<String> = names.map(ArrowSchema::name).collect();
                return Err(usage_error(
                    py,
                    format!(
                        "this is a table of {columns} columns ({}); give the one column that holds \
                         the addresses",
                        names.join(", ")
                    ),
                ));
            }
        },
        _ => match width(format) {
            Some(width) => Layout::Numbers(width, family),
            None => return refuse(format!("the Arrow type {}", spoken(format))),
        },
    })
}

fn width(format: &str) -> Option<Width> {
    Some(match format {
        "c" => Width::I8,
        "s" => Width::I16,
        "i" => Width::I32,
        "l" => Width::I64,
        "C" => Width::U8,
        "S" => Width::U16,
        "I" => Width::U32,
        "L" => Width::U64,
        _ => return None,
    })
}

/// The name of a type that people know, beside its format string.
fn spoken(format: &str) -> String {
    let name = match format {
        "b" => "bool",
        "e" | "f" | "g" => "float",
        "+l" | "+L" | "+vl" | "+vL" => "list",
        "+s" => "struct",
        "+m" => "map",
        "+r" => "run-end encoded",
        _ => match format.get(..2).unwrap_or(format) {
            "d:" => "decimal",
            "w:" => "fixed_size_binary",
            "td" | "tt" | "ts" | "tD" | "ti" => "temporal",
            "+w" => "fixed-size list",
            "+u" => "union",
            _ => return format!("{format:?}"),
        },
    };
    format!("{name} ({format:?})")
}

fn count(number: i64, what: &str) -> Result<usize, Broken> {
    usize::try_from(number).map_err(|_| format!("its {what} is {number}"))
}

/// Rows `skip..skip + rows` of an array, counted from its own offset.
fn source<'a>(
    array: &'a ArrowArray,
    layout: &Layout,
    skip: usize,
    rows: usize,
) -> Result<Source<'a>, Broken> {
    let length = count(array.length, "length")?;
    let end = skip.checked_add(rows).filter(|&end| end <= length);
    let first = count(array.offset, "offset")?.checked_add(skip);
    let (Some(_), Some(first)) = (end, first) else {
        return Err(format!("{rows} rows from row {skip} on are asked of {length}"));
    };
    if let Layout::OnlyChild(only) = layout {
        if array.null_count != 0 && validity(array, first, rows)?.is_some() {
            return Err(String::from("a struct with nulls is not taken; give its field itself"));
        }
        let child = array.child(0).ok_or("the struct lacks its field")?;
        return source(child, only, first, rows);
    }
    if rows == 0 || matches!(layout, Layout::Null) {
        return Ok(Source::full(Column::Nulls(rows)));
    }
    Ok(Source {
        column: column(array, layout, first, rows)?,
        validity: validity(array, first, rows)?,
    })
}

fn column<'a>(
    array: &'a ArrowArray,
    layout: &Layout,
    first: usize,
    rows: usize,
) -> Result<Column<'a>, Broken> {
    let texts = |texts: Texts<'a>, is_text| {
        if is_text { Column::Texts(texts) } else { Column::Bytes(texts) }
    };
    Ok(match layout {
        Layout::Numbers(width, family) => match numbers(array, *width, first, rows)? {
            Numbers::U32(cells) if *family == Family::V4 => plain(cells),
            numbers => Column::Numbers(numbers, *family),
        },
        Layout::Four => Column::V4Bytes(cells(array, 1, first, rows)?),
        Layout::Sixteen => Column::V6(cells(array, 1, first, rows)?),
        Layout::Small { is_text } => {
            let offsets: &[[u8; 4]] = cells(array, 1, first, rows + 1)?;
            let len = checked(offsets.iter().map(|&at| i32::from_ne_bytes(at).into()))?;
            texts(Texts::Small { offsets, values: bytes(array, 2, len)? }, *is_text)
        }
        Layout::Large { is_text } => {
            let offsets: &[[u8; 8]] = cells(array, 1, first, rows + 1)?;
            let len = checked(offsets.iter().map(|&at| i64::from_ne_bytes(at)))?;
            texts(Texts::Large { offsets, values: bytes(array, 2, len)? }, *is_text)
        }
        Layout::Views { is_text } => {
            let views: &[[u8; 16]] = cells(array, 1, first, rows)?;
            let views = views.as_flattened();
            texts(Texts::Views { views, buffers: variadic(array)? }, *is_text)
        }
        Layout::Dictionary(width, values) => {
            let keys = numbers(array, *width, first, rows)?;
            let entries = array.dictionary().ok_or("the dictionary is missing")?;
            let len = count(entries.length, "dictionary's length")?;
            Column::Dictionary(keys, Box::new(source(entries, values, 0, len)?))
        }
        Layout::Null | Layout::OnlyChild(_) => Column::Nulls(rows),
    })
}

/// IPv4 numbers as they lie, if they lie as this machine wants them.
fn plain<'a>(cells: &'a [[u8; 4]]) -> Column<'a> {
    // SAFETY: any four bytes are a u32; what is not aligned goes to the ends.
    match unsafe { cells.as_flattened().align_to::<u32>() } {
        ([], aligned, []) => Column::V4(aligned),
        _ => Column::Numbers(Numbers::U32(cells), Family::V4),
    }
}

fn numbers<'a>(
    array: &'a ArrowArray,
    width: Width,
    first: usize,
    rows: usize,
) -> Result<Numbers<'a>, Broken> {
    Ok(match width {
        Width::I8 => Numbers::I8(cells(array, 1, first, rows)?),
        Width::I16 => Numbers::I16(cells(array, 1, first, rows)?),
        Width::I32 => Numbers::I32(cells(array, 1, first, rows)?),
        Width::I64 => Numbers::I64(cells(array, 1, first, rows)?),
        Width::U8 => Numbers::U8(cells(array, 1, first, rows)?),
        Width::U16 => Numbers::U16(cells(array, 1, first, rows)?),
        Width::U32 => Numbers::U32(cells(array, 1, first, rows)?),
        Width::U64 => Numbers::U64(cells(array, 1, first, rows)?),
    })
}

/// `rows` cells of `N` bytes of a buffer, from cell `first` on.
fn cells<const N: usize>(
    array: &ArrowArray,
    at: usize,
    first: usize,
    rows: usize,
) -> Result<&[[u8; N]], Broken> {
    let too_large = || format!("{rows} rows from {first} on do not fit in memory");
    let len = first.checked_add(rows).and_then(|end| end.checked_mul(N)).ok_or_else(too_large)?;
    let (all, _) = bytes(array, at, len)?.as_chunks();
    all.get(first..).ok_or_else(too_large)
}

fn bytes(array: &ArrowArray, at: usize, len: usize) -> Result<&[u8], Broken> {
    if len == 0 {
        return Ok(&[]);
    }
    // SAFETY: `len` was computed from the array's type, offset and length as the format has it.
    unsafe { array.buffer(at, len) }
        .ok_or_else(|| format!("buffer {at}, of {len} bytes, is missing"))
}

fn validity(array: &ArrowArray, first: usize, rows: usize) -> Result<Option<Validity<'_>>, Broken> {
    if array.null_count == 0 {
        return Ok(None);
    }
    let len = first.checked_add(rows).ok_or("its offset is too large")?.div_ceil(8);
    // SAFETY: the first buffer of every type here holds one bit a row, offset included.
    match unsafe { array.buffer(0, len) } {
        Some(bits) => Ok(Some(Validity { bits, offset: first })),
        None if array.null_count < 0 => Ok(None), // not counted, and no bitmap: there are none
        None => Err(format!("it has {} nulls but no bitmap", array.null_count)),
    }
}

/// The last offset, if none is negative and none below the one before it.
fn checked(offsets: impl Iterator<Item = i64>) -> Result<usize, Broken> {
    let mut last = 0;
    let mut falls = false;
    for offset in offsets {
        falls |= offset < last;
        last = offset;
    }
    if falls {
        return Err(String::from("its offsets are negative or fall"));
    }
    count(last, "last offset")
}

/// The data buffers of views; their sizes are in the last buffer.
fn variadic(array: &ArrowArray) -> Result<Vec<&[u8]>, Broken> {
    let number = array.buffer_count().checked_sub(3).ok_or("views without a buffer of sizes")?;
    let sizes: &[[u8; 8]] = cells(array, number + 2, 0, number)?;
    sizes
        .iter()
        .enumerate()
        .map(|(at, &size)| bytes(array, at + 2, count(i64::from_ne_bytes(size), "buffer size")?))
        .collect()
}
