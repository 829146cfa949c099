//! From anything that a user may call an address or a prefix.

use fingerpost_core::addr::{Ip, Net, parse_ip, parse_net};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString};

use crate::addr::{Address, Prefix};
use crate::errors::address_error;

/// An address from `Address`, `str` or `int` (below 2**32: IPv4).
pub fn ip_from(obj: &Bound<'_, PyAny>) -> PyResult<Ip> {
    if let Ok(address) = obj.cast_exact::<Address>() {
        return Ok(address.get().ip);
    }
    if let Ok(text) = obj.cast::<PyString>() {
        let text = text.to_str()?;
        return parse_ip(text.as_bytes()).map_err(|_| {
            address_error(obj.py(), format!("{text:?} is not an IPv4 or IPv6 address"))
        });
    }
    if obj.cast::<PyInt>().is_ok() {
        let n: u128 = obj.extract()?;
        return Ok(u32::try_from(n).map_or(Ip::V6(n), Ip::V4));
    }
    Err(address_error(obj.py(), format!("{} is not an address", obj.repr()?)))
}

/// A prefix from `Prefix` or `str`.
pub fn net_from(obj: &Bound<'_, PyAny>) -> PyResult<Net> {
    if let Ok(prefix) = obj.cast_exact::<Prefix>() {
        return Ok(prefix.get().net);
    }
    if let Ok(text) = obj.cast::<PyString>() {
        let text = text.to_str()?;
        return parse_net(text.as_bytes())
            .map_err(|_| address_error(obj.py(), format!("{text:?} is not a prefix")));
    }
    Err(address_error(obj.py(), format!("{} is not a prefix", obj.repr()?)))
}
