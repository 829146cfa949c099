//! `BgpReceived`: what came of octets.

use fingerpost_core::bgp::table::Received;
use fingerpost_core::bgp::update::Cost;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// A fault of an UPDATE: what it costs, subcode, attribute, reason, octets.
type Fault<'py> = (&'static str, u8, u8, &'static str, Bound<'py, PyBytes>);

/// What came of octets that a neighbour sent.
#[pyclass(frozen, module = "fingerpost._core")]
pub struct BgpReceived {
    inner: Received,
}

impl From<Received> for BgpReceived {
    fn from(inner: Received) -> Self {
        Self { inner }
    }
}

#[pymethods]
impl BgpReceived {
    #[getter]
    fn updates(&self) -> usize {
        self.inner.updates
    }

    #[getter]
    fn keepalives(&self) -> usize {
        self.inner.keepalives
    }

    #[getter]
    fn announced(&self) -> usize {
        self.inner.announced
    }

    #[getter]
    fn withdrawn(&self) -> usize {
        self.inner.withdrawn
    }

    /// Codes of the families that end their first telling.
    #[getter]
    fn end_of_rib(&self) -> Vec<u32> {
        self.inner.end_of_rib.iter().map(|family| family.code()).collect()
    }

    #[getter]
    fn fault_count(&self) -> usize {
        self.inner.fault_count
    }

    #[getter]
    fn faults<'py>(&self, py: Python<'py>) -> Vec<Fault<'py>> {
        let of = |cost| match cost {
            Cost::Discard => "discard",
            Cost::Withdraw => "withdraw",
            Cost::Reset => "reset",
        };
        let faults = self.inner.faults.iter();
        faults
            .map(|one| {
                let octets = PyBytes::new(py, &one.octets);
                let what = one.what;
                (of(what.cost), what.subcode, what.attribute, what.reason, octets)
            })
            .collect()
    }

    /// Type and body of a message that is not the table's, or None.
    #[getter]
    fn message<'py>(&self, py: Python<'py>) -> Option<(u8, Bound<'py, PyBytes>)> {
        let message = self.inner.message.as_ref()?;
        Some((message.kind, PyBytes::new(py, &message.body)))
    }

    /// Code, subcode, data and reason of the NOTIFICATION that is owed, or None.
    #[getter]
    fn reset<'py>(&self, py: Python<'py>) -> Option<(u8, u8, Bound<'py, PyBytes>, &'static str)> {
        let reset = self.inner.reset.as_ref()?;
        Some((reset.code, reset.subcode, PyBytes::new(py, &reset.data), reset.reason))
    }

    #[getter]
    fn is_more(&self) -> bool {
        self.inner.is_more
    }

    fn __repr__(&self) -> String {
        format!("<BgpReceived of {} updates>", self.inner.updates)
    }
}
