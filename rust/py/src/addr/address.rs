//! `Address`: 32 or 128 bits, and a zone for IPv6.

use fingerpost_core::addr::Ip;
use pyo3::basic::CompareOp;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt, PyString, PyTuple};

use super::numbers::{formatted, hash, int, object, packed, version};
use crate::convert::zoned_from;
use crate::errors::{address_error, refused};

/// An IPv4 or IPv6 address, the latter with a zone where one is named (RFC 4007).
///
/// `value`: `Address`, `Interface`, an address of `ipaddress`, text, 4 or 16 bytes in network
/// order, or a whole number (below 2**32 IPv4 unless `version` is 6).
/// Immutable and hashable. Every IPv4 address orders before every IPv6 one, then by number, then
/// by zone. Never equal to an object of `ipaddress`, which every function here takes all the same.
/// Raises `AddressError`, with the reason and the place.
#[pyclass(frozen, module = "fingerpost.addr")]
pub struct Address {
    pub ip: Ip,
    pub zone: Option<Box<str>>,
}

impl From<Ip> for Address {
    fn from(ip: Ip) -> Address {
        Address { ip, zone: None }
    }
}

impl Address {
    /// The canonical text, with the zone.
    pub fn text(&self) -> String {
        match &self.zone {
            None => String::from(&*self.ip.text()),
            Some(zone) => format!("{}%{zone}", self.ip),
        }
    }

    /// The address `by` further on, or further back.
    fn moved<'py>(slf: &Bound<'py, Self>, by: Step, back: bool) -> PyResult<Bound<'py, Address>> {
        let this = slf.get();
        let back = back != by.back;
        let ip = by.far.and_then(|far| match (this.ip, back) {
            (Ip::V4(a), false) => a.checked_add(u32::try_from(far).ok()?).map(Ip::V4),
            (Ip::V4(a), true) => a.checked_sub(u32::try_from(far).ok()?).map(Ip::V4),
            (Ip::V6(a), false) => a.checked_add(far).map(Ip::V6),
            (Ip::V6(a), true) => a.checked_sub(far).map(Ip::V6),
        });
        match ip {
            Some(ip) => object(slf.py(), Address { ip, zone: this.zone.clone() }),
            None => Err(Self::overflow(slf, back)),
        }
    }

    fn overflow(slf: &Bound<'_, Self>, back: bool) -> PyErr {
        let this = slf.get();
        let family = version(this.ip);
        let end = match (back, this.ip) {
            (true, Ip::V4(_)) => Ip::V4(0),
            (true, Ip::V6(_)) => Ip::V6(0),
            (false, Ip::V4(_)) => Ip::V4(u32::MAX),
            (false, Ip::V6(_)) => Ip::V6(u128::MAX),
        };
        let side = if back { "below" } else { "above" };
        let message =
            format!("no address lies that far {side} {}: IPv{family} ends at {end}", this.text());
        refused(slf.as_any(), "overflow", message)
    }
}

/// How far and which way a number leads; `far` is `None` beyond every address space.
struct Step {
    far: Option<u128>,
    back: bool,
}

impl Step {
    const ONE: Step = Step { far: Some(1), back: false };

    fn from(by: &Bound<'_, PyInt>) -> PyResult<Step> {
        if let Ok(by) = by.extract::<i64>() {
            return Ok(Step { far: Some(by.unsigned_abs().into()), back: by < 0 });
        }
        let back = by.lt(0)?;
        let far = if back { by.neg()?.extract::<u128>() } else { by.extract::<u128>() };
        Ok(Step { far: far.ok(), back })
    }
}

#[pymethods]
impl Address {
    #[new]
    #[pyo3(signature = (value, version=None))]
    fn new<'py>(value: &Bound<'py, PyAny>, version: Option<u8>) -> PyResult<Bound<'py, Self>> {
        let (ip, zone) = zoned_from(value, version)?;
        object(value.py(), Address { ip, zone })
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

    /// The zone identifier after `%`, or None.
    #[getter]
    fn zone(&self) -> Option<&str> {
        self.zone.as_deref()
    }

    /// The same address without its zone.
    #[getter]
    fn without_zone(&self) -> Address {
        self.ip.into()
    }

    /// 4 or 16 bytes in network order.
    #[getter]
    fn packed<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        packed(py, self.ip)
    }

    /// The shortest canonical text; the same as `str()`.
    #[getter]
    fn compressed(&self) -> String {
        self.text()
    }

    /// All digits of all groups, with the zone; for IPv4 the same as `str()`.
    #[getter]
    fn exploded(&self) -> String {
        let Ip::V6(a) = self.ip else { return self.text() };
        let groups: Vec<String> =
            (0..8).map(|i| format!("{:04x}", (a >> (112 - 16 * i)) as u16)).collect();
        let zone = self.zone.as_deref().map_or_else(String::new, |zone| format!("%{zone}"));
        groups.join(":") + &zone
    }

    /// The next address. Raises `AddressError` after the last one of the family.
    fn succ<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Address>> {
        Self::moved(slf, Step::ONE, false)
    }

    /// The previous address. Raises `AddressError` before the first one of the family.
    fn pred<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Address>> {
        Self::moved(slf, Step::ONE, true)
    }

    fn __add__<'py>(
        slf: &Bound<'py, Self>,
        by: &Bound<'py, PyInt>,
    ) -> PyResult<Bound<'py, Address>> {
        Self::moved(slf, Step::from(by)?, false)
    }

    /// Minus a number: an address. Minus an address of the same family: their distance.
    fn __sub__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        if let Ok(by) = other.cast::<PyInt>() {
            return Ok(Self::moved(slf, Step::from(by)?, true)?.into_any());
        }
        let Ok(address) = other.cast_exact::<Address>() else {
            return Ok(py.NotImplemented().into_bound(py));
        };
        match (slf.get().ip, address.get().ip) {
            (Ip::V4(a), Ip::V4(b)) => {
                Ok((i64::from(a) - i64::from(b)).into_pyobject(py)?.into_any())
            }
            (Ip::V6(a), Ip::V6(b)) => a.into_pyobject(py)?.into_any().sub(b.into_pyobject(py)?),
            _ => Err(address_error(
                py,
                format!(
                    "{} and {} have no distance: different families",
                    slf.get().text(),
                    address.get().text()
                ),
            )),
        }
    }

    fn __int__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        int(py, self.ip)
    }

    fn __index__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        int(py, self.ip)
    }

    fn __bytes__<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        packed(py, self.ip)
    }

    fn __str__<'py>(&self, py: Python<'py>) -> Bound<'py, PyString> {
        match &self.zone {
            None => PyString::new(py, &self.ip.text()),
            Some(_) => PyString::new(py, &self.text()),
        }
    }

    fn __repr__(&self) -> String {
        format!("Address('{}')", self.text())
    }

    /// `[#][_](b|x|X|n)` formats the number, anything else the text.
    fn __format__<'py>(&self, py: Python<'py>, spec: &str) -> PyResult<Bound<'py, PyAny>> {
        match formatted(self.ip, spec) {
            Some(text) => Ok(PyString::new(py, &text).into_any()),
            None if spec.is_empty() => Ok(self.__str__(py).into_any()),
            None => self.__str__(py).call_method1("__format__", (spec,)),
        }
    }

    fn __hash__(&self) -> u64 {
        hash(self.ip, 0, self.zone.as_deref())
    }

    fn __richcmp__(&self, other: &Self, op: CompareOp) -> bool {
        op.matches(self.ip.cmp(&other.ip).then_with(|| self.zone.cmp(&other.zone)))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let (py, this) = (slf.py(), slf.get());
        let value = match this.zone {
            None => packed(py, this.ip).into_any(),
            Some(_) => this.__str__(py).into_any(),
        };
        (slf.get_type(), (value,)).into_pyobject(py)
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Py<Self>, _memo: &Bound<'py, PyAny>) -> Py<Self> {
        slf
    }
}
