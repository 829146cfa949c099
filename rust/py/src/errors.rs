//! The exceptions of `fingerpost.errors`, raised from Rust.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

fn class(py: Python<'_>, cell: &PyOnceLock<Py<PyType>>, name: &str) -> PyResult<Py<PyType>> {
    cell.get_or_try_init(py, || {
        Ok(py.import("fingerpost.errors")?.getattr(name)?.cast_into::<PyType>()?.unbind())
    })
    .map(|class| class.clone_ref(py))
}

/// `fingerpost.errors.AddressError` with this message.
pub fn address_error(py: Python<'_>, message: String) -> PyErr {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    match class(py, &CLASS, "AddressError") {
        Ok(class) => PyErr::from_type(class.into_bound(py), message),
        Err(error) => error,
    }
}
