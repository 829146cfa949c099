//! What programs that look on at a table are told.

use fingerpost_core::bgp::table::{Named, SeenAll};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use crate::column::PrefixColumn;

/// Peer, path id, attributes or None where it is gone, is accepted; the prefixes.
type Told<'py> = (u16, u32, Option<Bound<'py, PyBytes>>, bool, Bound<'py, PyAny>);
/// Is anew, is caught up; what is told.
pub type Watched<'py> = (bool, bool, Vec<Told<'py>>);

/// As Python has it.
pub fn watched(py: Python<'_>, found: SeenAll) -> PyResult<Watched<'_>> {
    let told = found.told.into_iter().map(|one| {
        let attributes = one.attributes.map(|bytes| PyBytes::new(py, &bytes));
        let named = match one.named {
            Named::Nets(nets) => Bound::new(py, PrefixColumn { nets })?.into_any(),
            Named::Opaque(all) => {
                PyList::new(py, all.iter().map(|one| PyBytes::new(py, one)))?.into_any()
            }
        };
        Ok((one.peer, one.path_id, attributes, one.is_accepted, named))
    });
    Ok((found.is_anew, found.is_caught_up, told.collect::<PyResult<_>>()?))
}
