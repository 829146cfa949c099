//! The exceptions of `fingerpost.errors`, raised from Rust.

use fingerpost_core::addr::ParseError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;

fn class(py: Python<'_>, cell: &PyOnceLock<Py<PyType>>, name: &str) -> PyResult<Py<PyType>> {
    cell.get_or_try_init(py, || {
        Ok(py.import("fingerpost.errors")?.getattr(name)?.cast_into::<PyType>()?.unbind())
    })
    .map(|class| class.clone_ref(py))
}

fn address_error_class(py: Python<'_>) -> PyResult<Py<PyType>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    class(py, &CLASS, "AddressError")
}

/// `fingerpost.errors.AddressError` with this message.
pub fn address_error(py: Python<'_>, message: String) -> PyErr {
    match address_error_class(py) {
        Ok(class) => PyErr::from_type(class.into_bound(py), message),
        Err(error) => error,
    }
}

/// `AddressError` that also carries the refused value and the name of the reason.
pub fn refused(value: &Bound<'_, PyAny>, reason: &'static str, message: String) -> PyErr {
    let py = value.py();
    match address_error_class(py) {
        Ok(class) => {
            PyErr::from_type(class.into_bound(py), (message, value.clone().unbind(), reason))
        }
        Err(error) => error,
    }
}

/// `AddressError` for a text that does not parse; `what` is the kind of thing it should be.
pub fn unparsed(value: &Bound<'_, PyAny>, what: &str, error: ParseError) -> PyErr {
    let py = value.py();
    let shown = value.repr().map_or_else(|_| String::from("the text"), |text| text.to_string());
    let message = format!("{shown} is not {what}: {error}");
    match address_error_class(py) {
        Ok(class) => PyErr::from_type(
            class.into_bound(py),
            (message, value.clone().unbind(), error.reason.name(), error.at),
        ),
        Err(error) => error,
    }
}

/// `fingerpost.errors.UsageError` with this message.
pub fn usage_error(py: Python<'_>, message: String) -> PyErr {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    match class(py, &CLASS, "UsageError") {
        Ok(class) => PyErr::from_type(class.into_bound(py), message),
        Err(error) => error,
    }
}

/// `fingerpost.errors.DecodeError` with this message.
pub fn decode_error(py: Python<'_>, message: String) -> PyErr {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    match class(py, &CLASS, "DecodeError") {
        Ok(class) => PyErr::from_type(class.into_bound(py), message),
        Err(error) => error,
    }
}
