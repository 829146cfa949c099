//! Python objects, one by one, into a column that no longer needs them.
//!
//! As long as all are `str` their texts are only copied together, to be parsed in bulk. The first
//! object of another kind turns the column into one of single addresses.

use fingerpost_core::addr::Ip;
use fingerpost_core::bulk::KEPT;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyFloat, PyInt, PyList, PyString, PyTuple};

use crate::convert::zoned_from;
use crate::errors::address_error;

/// A row that is no address: place, value, reason.
pub type BadRow = (usize, String, String);

/// What a run of objects became.
pub enum Items {
    /// Row `i` is `values[offsets[i]..offsets[i + 1]]`.
    Texts { offsets: Vec<[u8; 8]>, values: Vec<u8> },
    /// Addresses, nulls, and bad rows, which are null here.
    Mixed { rows: Vec<Option<Ip>>, bad: usize, first: Vec<BadRow> },
}

/// Read all items; a bare int of 2**32 and more, or any with `version` 6, is IPv6.
///
/// `None` and NaN are nulls. Texts, ints and bytes that are no address are bad rows; an object of
/// another type is an error of the caller.
pub fn read(items: &Bound<'_, PyAny>, version: Option<u8>) -> PyResult<Items> {
    let room = items.len().unwrap_or(0);
    let mut reader = Reader { version, state: Items::texts(room), rows: 0 };
    if let Ok(list) = items.cast_exact::<PyList>() {
        list.iter().try_for_each(|item| reader.push(&item))?;
    } else if let Ok(tuple) = items.cast_exact::<PyTuple>() {
        tuple.iter_borrowed().try_for_each(|item| reader.push(&item))?;
    } else {
        items.try_iter()?.try_for_each(|item| reader.push(&item?))?;
    }
    Ok(reader.state)
}

impl Items {
    fn texts(room: usize) -> Items {
        let mut offsets = Vec::with_capacity(room.saturating_add(1));
        offsets.push([0; 8]);
        Items::Texts { offsets, values: Vec::with_capacity(room.saturating_mul(15)) }
    }
}

struct Reader {
    version: Option<u8>,
    state: Items,
    rows: usize,
}

impl Reader {
    #[inline]
    fn push(&mut self, item: &Bound<'_, PyAny>) -> PyResult<()> {
        if let Items::Texts { offsets, values } = &mut self.state {
            if let Ok(text) = item.cast::<PyString>() {
                match text.to_str() {
                    Ok(text) => values.extend_from_slice(text.as_bytes()),
                    Err(_) => values.extend_from_slice(text.to_string_lossy().as_bytes()),
                }
                offsets.push((values.len() as u64).to_ne_bytes());
                self.rows += 1;
                return Ok(());
            }
            self.go_single(item.py())?;
        }
        self.push_single(item)
    }

    /// Parse what was collected as texts; from here on objects are converted one by one.
    fn go_single(&mut self, py: Python<'_>) -> PyResult<()> {
        let mixed = Items::Mixed { rows: Vec::with_capacity(self.rows), bad: 0, first: Vec::new() };
        let Items::Texts { offsets, values } = std::mem::replace(&mut self.state, mixed) else {
            return Ok(());
        };
        self.rows = 0;
        for pair in offsets.windows(2) {
            let [start, end] = [pair[0], pair[1]].map(|at| u64::from_ne_bytes(at) as usize);
            let text = values.get(start..end).unwrap_or_default();
            let text = PyString::new(py, &String::from_utf8_lossy(text));
            self.push_single(text.as_any())?;
        }
        Ok(())
    }

    fn push_single(&mut self, item: &Bound<'_, PyAny>) -> PyResult<()> {
        let row = self.rows;
        self.rows += 1;
        let Items::Mixed { rows, bad, first } = &mut self.state else { return Ok(()) };
        if is_null(item) {
            rows.push(None);
            return Ok(());
        }
        let is_int = item.is_exact_instance_of::<PyInt>();
        match zoned_from(item, self.version.filter(|_| is_int)) {
            Ok((ip, _)) => rows.push(Some(ip)),
            Err(error) if is_int || is_value(item) => {
                rows.push(None);
                *bad += 1;
                if first.len() < KEPT {
                    let shown = match item.cast::<PyString>() {
                        Ok(text) => text.to_string(),
                        Err(_) => item.repr()?.to_string(),
                    };
                    first.push((row, shown, error.value(item.py()).to_string()));
                }
            }
            Err(error) => {
                let why = error.value(item.py()).to_string();
                return Err(address_error(item.py(), format!("row {row}: {why}")));
            }
        }
        Ok(())
    }
}

/// Kinds of objects whose value can be wrong while their type is right.
fn is_value(item: &Bound<'_, PyAny>) -> bool {
    item.is_instance_of::<PyString>() || item.is_instance_of::<PyBytes>()
}

fn is_null(item: &Bound<'_, PyAny>) -> bool {
    item.is_none() || item.cast::<PyFloat>().is_ok_and(|number| number.value().is_nan())
}
