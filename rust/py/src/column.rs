//! Columns of prefixes that cross the border once, not one by one.

use fingerpost_core::addr::Net;
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;

use crate::addr::Prefix;

/// An immutable sequence of prefixes, held natively.
#[pyclass(frozen, module = "fingerpost._core")]
pub struct PrefixColumn {
    pub nets: Vec<Net>,
}

#[pymethods]
impl PrefixColumn {
    fn __len__(&self) -> usize {
        self.nets.len()
    }

    fn __getitem__(&self, at: usize) -> PyResult<Prefix> {
        match self.nets.get(at) {
            Some(&net) => Ok(Prefix { net }),
            None => Err(PyIndexError::new_err("column index out of range")),
        }
    }
}
