//! `Address` and `Prefix`.

use fingerpost_core::addr::{Ip, Net};
use pyo3::prelude::*;

use crate::convert::{ip_from, net_from};

/// An IPv4 or IPv6 address.
#[pyclass(frozen, eq, ord, hash, module = "fingerpost.addr")]
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    pub ip: Ip,
}

#[pymethods]
impl Address {
    #[new]
    fn new(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Address { ip: ip_from(value)? })
    }

    /// 4 or 6.
    #[getter]
    fn version(&self) -> u8 {
        match self.ip {
            Ip::V4(_) => 4,
            Ip::V6(_) => 6,
        }
    }

    fn __int__(&self) -> u128 {
        match self.ip {
            Ip::V4(a) => a.into(),
            Ip::V6(a) => a,
        }
    }

    fn __str__(&self) -> String {
        match self.ip {
            Ip::V4(a) => std::net::Ipv4Addr::from(a).to_string(),
            Ip::V6(a) => std::net::Ipv6Addr::from(a).to_string(),
        }
    }

    fn __repr__(&self) -> String {
        format!("Address('{}')", self.__str__())
    }
}

/// An IPv4 or IPv6 prefix; host bits are cleared.
#[pyclass(frozen, eq, ord, hash, module = "fingerpost.addr")]
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix {
    pub net: Net,
}

#[pymethods]
impl Prefix {
    #[new]
    fn new(value: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Prefix { net: net_from(value)? })
    }

    fn __str__(&self) -> String {
        format!("{}/{}", Address { ip: self.net.ip() }.__str__(), self.net.len())
    }

    fn __repr__(&self) -> String {
        format!("Prefix('{}')", self.__str__())
    }
}
