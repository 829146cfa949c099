//! `Interface`: an address as it is configured, with the length of its prefix.

use fingerpost_core::addr::{Ip, text_with_len};
use pyo3::basic::CompareOp;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use super::address::Address;
use super::numbers::{hash, packed, version};
use super::prefix::Prefix;
use crate::convert::{Zone, net, written_from};

/// An address with the length of the prefix that it stands in, as an interface has it.
///
/// `value`: all that `Prefix` takes; host bits and the zone are kept. As an address it stands for
/// its address, as a prefix for its prefix. Immutable and hashable; orders by address (IPv4
/// first), zone, length. Raises `AddressError`, with the reason and the place.
#[pyclass(frozen, module = "fingerpost.addr")]
pub struct Interface {
    pub ip: Ip,
    pub zone: Option<Box<str>>,
    pub len: u8,
}

impl Interface {
    fn text(&self) -> String {
        match &self.zone {
            None => String::from(&*text_with_len(self.ip, self.len)),
            Some(zone) => format!("{}%{zone}/{}", self.ip, self.len),
        }
    }
}

#[pymethods]
impl Interface {
    #[new]
    #[pyo3(signature = (value, length=None))]
    fn new(value: &Bound<'_, PyAny>, length: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let spoken = written_from(value, Zone::Kept)?;
        let len = spoken.length(value, length)?;
        let net = net(value, spoken.ip, len)?;
        Ok(Interface { ip: spoken.ip, zone: spoken.zone, len: net.len() })
    }

    /// 4 or 6.
    #[getter]
    fn version(&self) -> u8 {
        version(self.ip)
    }

    /// Width in bits: 32 or 128.
    #[getter]
    fn bits(&self) -> u8 {
        self.ip.bits()
    }

    /// The address, with its zone.
    #[getter]
    fn address(&self) -> Address {
        Address { ip: self.ip, zone: self.zone.clone() }
    }

    /// The zone identifier after `%`, or None.
    #[getter]
    fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    /// The prefix length.
    #[getter]
    fn length(&self) -> u8 {
        self.len
    }

    /// The prefix that the address stands in.
    #[getter]
    fn prefix(slf: &Bound<'_, Self>) -> PyResult<Prefix> {
        let this = slf.get();
        net(slf.as_any(), this.ip, this.len).map(Prefix::from)
    }

    fn __str__<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &self.text())
    }

    fn __repr__(&self) -> String {
        format!("Interface('{}')", self.text())
    }

    /// Formats the text.
    fn __format__<'py>(&self, py: Python<'py>, spec: &str) -> PyResult<Bound<'py, PyAny>> {
        self.__str__(py).call_method1("__format__", (spec,))
    }

    fn __hash__(&self) -> u64 {
        hash(self.ip, self.len.wrapping_add(130), self.zone.as_deref())
    }

    fn __richcmp__(&self, other: &Self, op: CompareOp) -> bool {
        let by_zone = || self.zone.cmp(&other.zone);
        op.matches(self.ip.cmp(&other.ip).then_with(by_zone).then(self.len.cmp(&other.len)))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let (py, this) = (slf.py(), slf.get());
        match this.zone {
            None => (slf.get_type(), (packed(py, this.ip), this.len)).into_pyobject(py),
            Some(_) => (slf.get_type(), (this.text(),)).into_pyobject(py),
        }
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Py<Self>, _memo: &Bound<'py, PyAny>) -> Py<Self> {
        slf
    }
}
