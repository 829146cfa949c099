//! `contains_many`: arrays in, an array of truth values out.

use fingerpost_core::prefixset::PrefixSet as Set;
use pyo3::buffer::PyUntypedBuffer;
use pyo3::prelude::*;
use pyo3::types::PyByteArray;

use super::gather::{asked, each};
use crate::column::PrefixColumn;
use crate::errors::address_error;

/// A numpy array of bool, one a query.
pub(super) fn contains_many<'py>(
    set: &Set,
    queries: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = queries.py();
    if let Ok(column) = queries.cast_exact::<PrefixColumn>() {
        let nets = &column.get().nets;
        let found: Vec<u8> =
            py.detach(|| nets.iter().map(|&net| set.contains_net(net).into()).collect());
        return bools(py, &found);
    }
    if let Ok(buffer) = PyUntypedBuffer::get(queries) {
        return bools(py, &in_buffer(set, queries, &buffer)?);
    }
    let mut found = Vec::new();
    each(queries, |item| {
        found.push(set.contains_net(asked(item)?).into());
        Ok(())
    })?;
    bools(py, &found)
}

/// Copies the queries first: another thread may write to the array while the search runs.
fn in_buffer(set: &Set, given: &Bound<'_, PyAny>, buffer: &PyUntypedBuffer) -> PyResult<Vec<u8>> {
    let py = given.py();
    // The binding looks at an item's size and kind alone, so the order of its bytes is ours to see.
    let foreign = if cfg!(target_endian = "big") { b"<<" } else { b">!" };
    let native = !buffer.format().to_bytes().first().is_some_and(|order| foreign.contains(order));
    match buffer.shape() {
        [count] if native => {
            if let Ok(words) = buffer.as_typed::<u32>() {
                let (words, mut found) = (words.to_vec(py)?, vec![0; *count]);
                py.detach(|| set.v4.contains_many(&words, |word| word, &mut found));
                return Ok(found);
            }
        }
        [count, 16] => {
            if let Ok(bytes) = buffer.as_typed::<u8>() {
                let (bytes, mut found) = (bytes.to_vec(py)?, vec![0; *count]);
                let (addresses, _) = bytes.as_chunks::<16>();
                py.detach(|| set.v6.contains_many(addresses, u128::from_be_bytes, &mut found));
                return Ok(found);
            }
        }
        _ => {}
    }
    let message = format!(
        "{} of shape {:?} and item format {:?} is not a column of addresses; \
         give uint32 of shape (n,), uint8 of shape (n, 16) in network order, or a list",
        given.get_type().name()?,
        buffer.shape(),
        buffer.format().to_string_lossy(),
    );
    Err(address_error(py, message))
}

fn bools<'py>(py: Python<'py>, found: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    py.import("numpy")?.call_method1("frombuffer", (PyByteArray::new(py, found), "?"))
}
