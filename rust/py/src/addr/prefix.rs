//! `Prefix`: a network address without host bits, and a length.

use fingerpost_core::addr::{Ip, Net};
use pyo3::basic::CompareOp;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use super::address::Address;
use super::interface::Interface;
use super::numbers::{hash, object, packed, version};
use crate::convert::{Zone, ip_from, net, net_from, written_from};
use crate::errors::refused;

/// An IPv4 or IPv6 prefix; host bits are cleared, or refused where `strict` is true.
///
/// `value`: `Prefix`, `Interface`, a network or interface of `ipaddress`, text with a length or an
/// IPv4 netmask after the slash, `(address, length)`, or any address, which then stands for
/// itself alone or takes its length from `length`.
/// Immutable and hashable. Orders by family (IPv4 first), network address, length (shorter first).
/// Never equal to an object of `ipaddress`. Raises `AddressError`, with the reason and the place.
#[pyclass(frozen, module = "fingerpost.addr")]
pub struct Prefix {
    pub net: Net,
}

impl From<Net> for Prefix {
    fn from(net: Net) -> Prefix {
        Prefix { net }
    }
}

/// One address, or the network of an object that has one, or a prefix.
pub fn net_or_host(obj: &Bound<'_, PyAny>) -> PyResult<Net> {
    if let Ok(address) = obj.cast_exact::<Address>() {
        let ip = address.get().ip;
        return net(obj, ip, ip.bits());
    }
    if obj.is_exact_instance_of::<Interface>() {
        let ip = ip_from(obj)?;
        return net(obj, ip, ip.bits());
    }
    net_from(obj)
}

#[pymethods]
impl Prefix {
    #[new]
    #[pyo3(signature = (value, length=None, strict=false))]
    fn new<'py>(
        value: &Bound<'py, PyAny>,
        length: Option<&Bound<'py, PyAny>>,
        strict: bool,
    ) -> PyResult<Bound<'py, Self>> {
        if length.is_none() && !strict {
            return object(value.py(), Prefix { net: net_from(value)? });
        }
        let spoken = written_from(value, Zone::Refused)?;
        let len = spoken.length(value, length)?;
        let net = net(value, spoken.ip, len)?;
        if strict && net.ip() != spoken.ip {
            let message = format!("{} has host bits set; the prefix is {net}", value.repr()?);
            return Err(refused(value, "host-bits", message));
        }
        object(value.py(), Prefix { net })
    }

    /// 4 or 6.
    #[getter]
    fn version(&self) -> u8 {
        version(self.net.ip())
    }

    /// Width of its addresses in bits: 32 or 128.
    #[getter]
    fn bits(&self) -> u8 {
        self.net.ip().bits()
    }

    /// The network address: all host bits zero.
    #[getter]
    fn address(&self) -> Address {
        self.net.ip().into()
    }

    /// The network address; the same as `address`.
    #[getter]
    fn network(&self) -> Address {
        self.net.ip().into()
    }

    /// The prefix length.
    #[getter]
    fn length(&self) -> u8 {
        self.net.len()
    }

    /// `length` ones, then zeros.
    #[getter]
    fn netmask(&self) -> Address {
        self.net.netmask().into()
    }

    /// The complement of the netmask.
    #[getter]
    fn hostmask(&self) -> Address {
        self.net.hostmask().into()
    }

    /// The lowest address; the same as `network`.
    #[getter]
    fn first(&self) -> Address {
        self.net.ip().into()
    }

    /// The highest address.
    #[getter]
    fn last(&self) -> Address {
        self.net.last().into()
    }

    /// The directed broadcast address (RFC 919); None for IPv6, which has none, and for
    /// IPv4 /31 (RFC 3021) and /32, whose addresses are all hosts.
    #[getter]
    fn broadcast(&self) -> Option<Address> {
        match self.net.ip() {
            Ip::V4(_) if self.net.len() < 31 => Some(self.net.last().into()),
            _ => None,
        }
    }

    /// Number of addresses.
    #[getter]
    fn size<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let host_bits = self.bits() - self.net.len();
        match 1u128.checked_shl(host_bits.into()) {
            Some(size) => Ok(size.into_pyobject(py)?.into_any()),
            None => 1u8.into_pyobject(py)?.into_any().lshift(host_bits), // ::/0: 2**128
        }
    }

    /// Whether an address or a whole prefix lies inside; never across families. Zones are ignored.
    fn contains(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.net.contains(net_or_host(other)?))
    }

    fn __contains__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.contains(other)
    }

    /// Whether the two share an address.
    fn overlaps(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let other = net_from(other)?;
        Ok(self.net.contains(other) || other.contains(self.net))
    }

    /// Whether every address of this prefix lies in the other; true of itself.
    fn is_subnet_of(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(net_from(other)?.contains(self.net))
    }

    /// Whether every address of the other prefix lies in this one; true of itself.
    fn is_supernet_of(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.net.contains(net_from(other)?))
    }

    /// The next prefix of the same length. Raises `AddressError` after the last one.
    fn succ<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Prefix>> {
        Self::beside(slf, slf.get().net.succ(), "after")
    }

    /// The previous prefix of the same length. Raises `AddressError` before the first one.
    fn pred<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Prefix>> {
        Self::beside(slf, slf.get().net.pred(), "before")
    }

    fn __str__<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        PyString::new(py, &self.net.text())
    }

    fn __repr__(&self) -> String {
        format!("Prefix('{}')", self.net)
    }

    /// Formats the text.
    fn __format__<'py>(&self, py: Python<'py>, spec: &str) -> PyResult<Bound<'py, PyAny>> {
        self.__str__(py).call_method1("__format__", (spec,))
    }

    fn __hash__(&self) -> u64 {
        hash(self.net.ip(), self.net.len() + 1, None)
    }

    fn __richcmp__(&self, other: &Self, op: CompareOp) -> bool {
        op.matches(self.net.cmp(&other.net))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let (py, net) = (slf.py(), slf.get().net);
        (slf.get_type(), (packed(py, net.ip()), net.len())).into_pyobject(py)
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Py<Self>, _memo: &Bound<'py, PyAny>) -> Py<Self> {
        slf
    }
}

impl Prefix {
    fn beside<'py>(
        slf: &Bound<'py, Self>,
        found: Option<Net>,
        side: &str,
    ) -> PyResult<Bound<'py, Prefix>> {
        let Some(net) = found else {
            let net = slf.get().net;
            let message = format!("no prefix of length {} comes {side} {net}", net.len());
            return Err(refused(slf.as_any(), "overflow", message));
        };
        object(slf.py(), Prefix { net })
    }
}
