//! `TextTable`: lines of `prefix [value]`.

use fingerpost_core::text as core;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use crate::addr::{Prefix, object};
use crate::column::PrefixColumn;

/// A table of text lines under construction.
#[pyclass(module = "fingerpost._core")]
pub struct TextTable {
    table: core::TextTable,
}

#[pymethods]
impl TextTable {
    #[new]
    fn new() -> Self {
        TextTable { table: core::TextTable::default() }
    }

    /// Take the next bytes of the file.
    fn feed(&mut self, py: Python<'_>, chunk: &[u8]) {
        py.detach(|| self.table.feed(chunk));
    }

    /// Memory that the table will take, in bytes, roughly.
    #[getter]
    fn memory(&self) -> usize {
        self.table.memory()
    }

    /// How many lines were bad.
    #[getter]
    fn bad_total(&self) -> u64 {
        self.table.bad_total()
    }

    /// The first bad lines: number, text, what is wrong and what would be right.
    #[getter]
    fn bad(&self) -> Vec<(u64, String, String)> {
        self.table.bad().iter().map(shown).collect()
    }

    /// How many lines repeat the prefix of an earlier line.
    fn repeated(&self, py: Python<'_>) -> usize {
        py.detach(|| core::repeated_rows(self.table.nets()).len())
    }

    /// The file is over: take the last line and say whether it was bad.
    fn end(&mut self) {
        self.table.finish();
    }

    /// Hand out the prefixes and their values; the value of a bare prefix is that prefix.
    fn columns<'py>(&mut self, py: Python<'py>) -> PyResult<(PrefixColumn, Bound<'py, PyList>)> {
        let texts: Vec<_> = self
            .table
            .texts()
            .texts()
            .map(|text| PyString::new(py, &String::from_utf8_lossy(text)))
            .collect();
        let values: Vec<Py<PyAny>> = self
            .table
            .nets()
            .iter()
            .zip(self.table.values())
            .map(|(&net, &value)| {
                match (value as usize).checked_sub(1).and_then(|at| texts.get(at)) {
                    Some(text) => Ok(text.clone().into_any().unbind()),
                    None => Ok(object(py, Prefix { net })?.into_any().unbind()),
                }
            })
            .collect::<PyResult<_>>()?;
        let values = PyList::new(py, values)?;
        Ok((PrefixColumn { nets: self.table.take_nets() }, values))
    }
}

fn shown(bad: &core::BadLine) -> (u64, String, String) {
    let reason = match bad.reason {
        core::BadReason::Prefix(error) => error.to_string(),
        core::BadReason::TooLong => {
            format!("line longer than {} bytes; write one prefix and a short value", core::MAX_LINE)
        }
        core::BadReason::NotUtf8 => "value is not UTF-8; convert the file first".to_owned(),
    };
    (bad.line, String::from_utf8_lossy(&bad.text).into_owned(), reason)
}
