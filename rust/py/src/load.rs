//! Table files to columns: text lines, MRT dumps, and rows that Python took apart.

mod mrt;
mod mrt_routes;
mod route;
mod rows;
mod text;

use pyo3::prelude::*;
use pyo3::types::PyList;

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<text::TextTable>()?;
    m.add_class::<mrt::MrtTable>()?;
    m.add_class::<mrt::MrtEntries>()?;
    m.add_class::<mrt_routes::MrtBatches>()?;
    m.add_class::<mrt_routes::MrtRoutes>()?;
    m.add_class::<route::MrtRoute>()?;
    m.add_class::<rows::RowTable>()?;
    Ok(())
}

/// A list whose item `i` is `distinct[ids[i]]`: equal values are one object.
fn expand<'py>(
    py: Python<'py>,
    ids: &[u32],
    distinct: &[Bound<'py, PyAny>],
) -> PyResult<Bound<'py, PyList>> {
    let none = py.None().into_bound(py);
    PyList::new(py, ids.iter().map(|&id| distinct.get(id as usize).unwrap_or(&none)))
}
