//! Columns of prefixes that cross the border once, not one by one.

use fingerpost_core::addr::{Ip, Net};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

use crate::addr::Prefix;
use crate::convert::net_from;
use crate::errors::address_error;

/// Stands for IPv6 and 128 bits, which seven bits cannot say; no IPv4 length is near it.
const IPV6_HOST: u8 = 0x7f;

/// An immutable sequence of prefixes, held natively: `PrefixColumn(iterable of PrefixLike)`.
#[pyclass(frozen, sequence, module = "fingerpost._core")]
pub struct PrefixColumn {
    pub nets: Vec<Net>,
}

#[pymethods]
impl PrefixColumn {
    #[new]
    #[pyo3(signature = (prefixes = None, /))]
    fn new(prefixes: Option<&Bound<'_, PyAny>>) -> PyResult<PrefixColumn> {
        let nets = prefixes.map_or_else(|| Ok(Vec::new()), nets_from)?;
        Ok(PrefixColumn { nets })
    }

    fn __len__(&self) -> usize {
        self.nets.len()
    }

    fn __getitem__(&self, at: usize) -> PyResult<Prefix> {
        match self.nets.get(at) {
            Some(&net) => Ok(Prefix { net }),
            None => Err(PyIndexError::new_err("column index out of range")),
        }
    }

    fn __eq__(&self, other: &PrefixColumn) -> bool {
        self.nets == other.nets
    }

    fn __repr__(&self) -> String {
        format!("<PrefixColumn of {} prefixes>", self.nets.len())
    }

    /// The column as bytes: per prefix the length, 0x80 added for IPv6, and the packed address.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let mut bytes = Vec::with_capacity(5 * self.nets.len());
        for net in &self.nets {
            match net.ip() {
                Ip::V4(address) => {
                    bytes.push(net.len());
                    bytes.extend(address.to_be_bytes());
                }
                Ip::V6(address) => {
                    bytes.push(if net.len() == 128 { IPV6_HOST } else { 0x80 | net.len() });
                    bytes.extend(address.to_be_bytes());
                }
            }
        }
        PyBytes::new(py, &bytes)
    }

    /// Back from `to_bytes`; `AddressError` where the bytes are none of its making.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, packed: &[u8]) -> PyResult<PrefixColumn> {
        let mut nets = Vec::with_capacity(packed.len() / 5);
        let mut rest = packed;
        while let Some((&head, tail)) = rest.split_first() {
            let net = if head < IPV6_HOST {
                tail.split_first_chunk::<4>().and_then(|(address, tail)| {
                    rest = tail;
                    Net::new(Ip::V4(u32::from_be_bytes(*address)), head)
                })
            } else {
                let len = if head == IPV6_HOST { 128 } else { head & 0x7f };
                tail.split_first_chunk::<16>().and_then(|(address, tail)| {
                    rest = tail;
                    Net::new(Ip::V6(u128::from_be_bytes(*address)), len)
                })
            };
            let at = packed.len() - tail.len() - 1;
            let net = net.ok_or_else(|| {
                address_error(py, format!("no packed prefix at byte {at}: head {head:#04x}"))
            })?;
            nets.push(net);
        }
        Ok(PrefixColumn { nets })
    }

    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let rebuild = py.get_type::<PrefixColumn>().getattr("from_bytes")?;
        Ok((rebuild, PyTuple::new(py, [self.to_bytes(py)])?))
    }
}

/// The prefixes of a column, or of any iterable of PrefixLike.
pub fn nets_from(obj: &Bound<'_, PyAny>) -> PyResult<Vec<Net>> {
    if let Ok(column) = obj.cast_exact::<PrefixColumn>() {
        return Ok(column.get().nets.clone());
    }
    obj.try_iter()?.map(|item| net_from(&item?)).collect()
}
