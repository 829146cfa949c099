//! From anything that a user may call an address or a prefix: the one gate for all of them.
//!
//! Addresses: `Address`, `Interface`, `ipaddress` objects, `str`, `bytes` (4 or 16, network order),
//! whole numbers (`int`, numpy's, whatever has `__index__`; below 2**32: IPv4).
//! Prefixes: `Prefix`, `ipaddress` networks, `Interface`s (their network), `(address, length)`,
//! and any address, which stands for the prefix of full length. `bool` is neither.

use fingerpost_core::addr::{Ip, Net, parse_len, parse_written, parse_zoned};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyBytes, PyInt, PyString, PyTuple, PyType};

use crate::addr::{Address, Interface, Prefix};
use crate::errors::{refused, unparsed};

/// An address from anything AddressLike; a zone is left behind.
#[inline]
pub fn ip_from(obj: &Bound<'_, PyAny>) -> PyResult<Ip> {
    if let Ok(address) = obj.cast_exact::<Address>() {
        return Ok(address.get().ip);
    }
    if obj.is_exact_instance_of::<PyInt>() {
        return ip_from_number(obj, obj, None);
    }
    zoned_from(obj, None).map(|(ip, _)| ip)
}

/// A prefix from anything PrefixLike; host bits are cleared.
#[inline]
pub fn net_from(obj: &Bound<'_, PyAny>) -> PyResult<Net> {
    if let Ok(prefix) = obj.cast_exact::<Prefix>() {
        return Ok(prefix.get().net);
    }
    let (ip, len) = written_from(obj, Zone::Refused).map(|w| (w.ip, w.len))?;
    net(obj, ip, len.unwrap_or(ip.bits()))
}

/// The prefix of `len` bits that holds `ip`, or an error that shows `obj`.
pub fn net(obj: &Bound<'_, PyAny>, ip: Ip, len: u8) -> PyResult<Net> {
    Net::new(ip, len).ok_or_else(|| length_error(obj, ip))
}

/// An address with its zone. `version` decides what a number means and refuses the other family.
pub fn zoned_from(obj: &Bound<'_, PyAny>, version: Option<u8>) -> PyResult<(Ip, Option<Box<str>>)> {
    let (ip, zone) = if let Ok(number) = obj.cast_exact::<PyInt>() {
        (ip_from_number(obj, number.as_any(), version)?, None)
    } else if let Ok(text) = obj.cast::<PyString>() {
        let text = text.to_str()?;
        let (ip, zone) = parse_zoned(text.as_bytes())
            .map_err(|error| unparsed(obj, "an IPv4 or IPv6 address", error))?;
        (ip, zone.map(Box::from))
    } else if let Ok(address) = obj.cast_exact::<Address>() {
        (address.get().ip, address.get().zone.clone())
    } else if let Ok(interface) = obj.cast_exact::<Interface>() {
        (interface.get().ip, interface.get().zone.clone())
    } else if let Ok(bytes) = obj.cast::<PyBytes>() {
        (ip_from_bytes(obj, bytes.as_bytes())?, None)
    } else {
        zoned_from_foreign(obj, version)?
    };
    match (version, ip) {
        (None, _) | (Some(4), Ip::V4(_)) | (Some(6), Ip::V6(_)) => Ok((ip, zone)),
        (Some(wanted @ (4 | 6)), _) => Err(refused(
            obj,
            "other-family",
            format!("{} is not an IPv{wanted} address", obj.repr()?),
        )),
        (Some(wanted), _) => Err(refused(
            obj,
            "version",
            format!("version {wanted} of IP does not exist; give 4, 6 or None"),
        )),
    }
}

/// What a table is asked with: an address wants the longest match, a prefix exactly itself.
#[derive(Clone, Copy)]
pub enum Key {
    Address(Ip),
    Prefix(Net),
}

impl Key {
    /// The prefix, or the address as the prefix of full length.
    pub fn net(self) -> Net {
        match self {
            Key::Address(ip) => Net::host(ip),
            Key::Prefix(net) => net,
        }
    }
}

/// An address from what names no length (and from `Interface`s), else a prefix.
#[inline]
pub fn key_from(obj: &Bound<'_, PyAny>) -> PyResult<Key> {
    if let Ok(prefix) = obj.cast_exact::<Prefix>() {
        return Ok(Key::Prefix(prefix.get().net));
    }
    if let Ok(text) = obj.cast_exact::<PyString>() {
        return if text.to_str()?.as_bytes().contains(&b'/') {
            net_from(obj).map(Key::Prefix)
        } else {
            ip_from(obj).map(Key::Address)
        };
    }
    if obj.cast_exact::<Address>().is_ok() || obj.cast_exact::<PyInt>().is_ok() {
        return ip_from(obj).map(Key::Address);
    }
    let spoken = written_from(obj, Zone::Kept)?;
    match spoken.len {
        Some(len) if !obj.is_instance_of::<Interface>() => {
            net(obj, spoken.ip, len).map(Key::Prefix)
        }
        _ => Ok(Key::Address(spoken.ip)),
    }
}

/// What the caller of [`written_from`] does with a zone in a text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// A prefix holds for every zone, so a text that names one is refused (RFC 4007 6).
    Refused,
    /// An interface address has one.
    Kept,
}

/// An address with what was said about its length and zone.
pub struct Spoken {
    pub ip: Ip,
    pub zone: Option<Box<str>>,
    pub len: Option<u8>,
}

impl Spoken {
    /// The length: what was said with the address, or `length` beside it, or the address alone.
    pub fn length(
        &self,
        value: &Bound<'_, PyAny>,
        length: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<u8> {
        match (self.len, length) {
            (None, Some(length)) => len_from(length, self.ip),
            (Some(len), None) => Ok(len),
            (None, None) => Ok(self.ip.bits()),
            (Some(_), Some(_)) => {
                let message = format!("{} already has a length; give an address", value.repr()?);
                Err(refused(value, "length-twice", message))
            }
        }
    }
}

/// An address with length from anything PrefixLike; host bits are kept.
pub fn written_from(obj: &Bound<'_, PyAny>, zone: Zone) -> PyResult<Spoken> {
    if let Ok(text) = obj.cast::<PyString>() {
        let text = text.to_str()?.as_bytes();
        let what = match zone {
            Zone::Refused => "a prefix",
            Zone::Kept => "an interface address",
        };
        let written = parse_written(text).map_err(|error| unparsed(obj, what, error))?;
        if zone == Zone::Refused && written.zone.is_some() {
            let at = text.iter().position(|&byte| byte == b'%').unwrap_or(0);
            let reason = fingerpost_core::addr::Reason::ZoneForbidden;
            return Err(unparsed(obj, what, reason.at(at)));
        }
        return Ok(Spoken { ip: written.ip, zone: written.zone.map(Box::from), len: written.len });
    }
    if let Ok(prefix) = obj.cast_exact::<Prefix>() {
        let net = prefix.get().net;
        return Ok(Spoken { ip: net.ip(), zone: None, len: Some(net.len()) });
    }
    if let Ok(interface) = obj.cast_exact::<Interface>() {
        let Interface { ip, zone, len } = interface.get();
        return Ok(Spoken { ip: *ip, zone: zone.clone(), len: Some(*len) });
    }
    if let Ok(pair) = obj.cast::<PyTuple>() {
        return spoken_from_pair(obj, pair);
    }
    if !obj.is_exact_instance_of::<PyInt>() && !obj.is_exact_instance_of::<Address>() {
        let foreign = Foreign::get(obj.py())?;
        if foreign.is(obj, &foreign.networks)? {
            let ip = ip_from_packed(&obj.getattr("network_address")?)?;
            return Ok(Spoken { ip, zone: None, len: Some(obj.getattr("prefixlen")?.extract()?) });
        }
        if foreign.is(obj, &foreign.interfaces)? {
            let (ip, zone) = zoned_from(obj, None)?;
            let len = obj.getattr("network")?.getattr("prefixlen")?.extract()?;
            return Ok(Spoken { ip, zone, len: Some(len) });
        }
    }
    let (ip, zone) = zoned_from(obj, None)?;
    Ok(Spoken { ip, zone, len: None })
}

/// A length for `ip` from a whole number, or from text as it may stand after a slash.
pub fn len_from(obj: &Bound<'_, PyAny>, ip: Ip) -> PyResult<u8> {
    if let Ok(text) = obj.cast::<PyString>() {
        return parse_len(text.to_str()?.as_bytes(), ip, 0)
            .map_err(|error| unparsed(obj, "a prefix length", error));
    }
    let number = whole_number(obj, "a prefix length")?;
    match number.extract::<u8>() {
        Ok(len) if len <= ip.bits() => Ok(len),
        _ => Err(length_error(obj, ip)),
    }
}

fn length_error(obj: &Bound<'_, PyAny>, ip: Ip) -> PyErr {
    let shown = obj.repr().map_or_else(|_| String::from("this"), |text| text.to_string());
    let (family, bits) = (if ip.bits() == 32 { "IPv4" } else { "IPv6" }, ip.bits());
    let message = format!("{shown} is not a prefix length of {family}; give 0 to {bits}");
    refused(obj, "length-too-large", message)
}

fn spoken_from_pair(obj: &Bound<'_, PyAny>, pair: &Bound<'_, PyTuple>) -> PyResult<Spoken> {
    if pair.len() != 2 {
        let message = format!("{} is not a prefix; a tuple is (address, length)", obj.repr()?);
        return Err(refused(obj, "tuple-size", message));
    }
    let (ip, zone) = zoned_from(&pair.get_item(0)?, None)?;
    let len = len_from(&pair.get_item(1)?, ip)?;
    Ok(Spoken { ip, zone, len: Some(len) })
}

/// `obj` as an int, through `__index__`; never a bool.
fn whole_number<'py>(obj: &Bound<'py, PyAny>, what: &str) -> PyResult<Bound<'py, PyAny>> {
    let refuse = || -> PyResult<Bound<'py, PyAny>> {
        let kind = obj.get_type().name()?;
        let message = format!("{} of type {kind} is not {what}", obj.repr()?);
        Err(refused(obj, "type", message))
    };
    if obj.is_instance_of::<PyBool>() {
        return refuse();
    }
    if obj.is_instance_of::<PyInt>() {
        return Ok(obj.clone());
    }
    static INDEX: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    match INDEX.import(obj.py(), "operator", "index")?.call1((obj,)) {
        Ok(number) => Ok(number),
        Err(error) if error.is_instance_of::<PyTypeError>(obj.py()) => refuse(),
        Err(error) => Err(error),
    }
}

fn ip_from_number(
    obj: &Bound<'_, PyAny>,
    number: &Bound<'_, PyAny>,
    version: Option<u8>,
) -> PyResult<Ip> {
    let bits = if version == Some(4) { 32 } else { 128 };
    let n = natural(number)?.ok_or_else(|| number_error(obj, bits))?;
    match (version, u32::try_from(n)) {
        (Some(6), _) => Ok(Ip::V6(n)),
        (_, Ok(n)) => Ok(Ip::V4(n)),
        (Some(4), Err(_)) => Err(number_error(obj, bits)),
        (_, Err(_)) => Ok(Ip::V6(n)),
    }
}

/// The value of an int, `None` where it is negative or has more than 128 bits.
///
/// The stable ABI of Python 3.11 has no call for 128 bits, and the checked calls for 64 raise an
/// exception where a flag will do: too slow for what is done for every address.
fn natural(number: &Bound<'_, PyAny>) -> PyResult<Option<u128>> {
    match narrow(number)? {
        Narrow::Fits(n) => return Ok(u128::try_from(n).ok()),
        Narrow::Below => return Ok(None),
        Narrow::Above => {}
    }
    // SAFETY: `number` is a live int and the thread is attached, as `Bound` guarantees; an int is
    // masked to its low 64 bits without error
    let low = unsafe { pyo3::ffi::PyLong_AsUnsignedLongLongMask(number.as_ptr()) };
    let high = number.rshift(64u8)?;
    let high = match narrow(&high)? {
        Narrow::Fits(n) => u64::try_from(n).ok(),
        _ => high.extract::<u64>().ok(),
    };
    Ok(high.map(|high| u128::from(high) << 64 | u128::from(low)))
}

/// How an int compares with 64 signed bits.
enum Narrow {
    Fits(i64),
    Below,
    Above,
}

fn narrow(number: &Bound<'_, PyAny>) -> PyResult<Narrow> {
    let mut overflow = 0;
    // SAFETY: `number` is a live object and the thread is attached, as `Bound` guarantees
    let n = unsafe { pyo3::ffi::PyLong_AsLongLongAndOverflow(number.as_ptr(), &raw mut overflow) };
    match overflow {
        // -1 is also how the call tells of an exception
        0 if n == -1 => PyErr::take(number.py()).map_or(Ok(Narrow::Fits(n)), Err),
        0 => Ok(Narrow::Fits(n)),
        ..0 => Ok(Narrow::Below),
        1.. => Ok(Narrow::Above),
    }
}

fn number_error(obj: &Bound<'_, PyAny>, bits: u8) -> PyErr {
    let shown = obj.repr().map_or_else(|_| String::from("the number"), |text| text.to_string());
    refused(obj, "number-range", format!("{shown} is not an address; give 0 to 2**{bits} - 1"))
}

fn ip_from_bytes(obj: &Bound<'_, PyAny>, bytes: &[u8]) -> PyResult<Ip> {
    if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        return Ok(Ip::V4(u32::from_be_bytes(four)));
    }
    if let Ok(sixteen) = <[u8; 16]>::try_from(bytes) {
        return Ok(Ip::V6(u128::from_be_bytes(sixteen)));
    }
    let message = format!(
        "{} has {} bytes; a packed address has 4 or 16 in network order",
        obj.repr()?,
        bytes.len()
    );
    Err(refused(obj, "bytes-length", message))
}

fn ip_from_packed(obj: &Bound<'_, PyAny>) -> PyResult<Ip> {
    let packed = obj.getattr("packed")?;
    ip_from_bytes(&packed, packed.cast::<PyBytes>()?.as_bytes())
}

/// The classes of `ipaddress`.
struct Foreign {
    addresses: [Py<PyType>; 2],
    interfaces: [Py<PyType>; 2],
    networks: [Py<PyType>; 2],
}

impl Foreign {
    fn get(py: Python<'_>) -> PyResult<&Foreign> {
        static CLASSES: PyOnceLock<Foreign> = PyOnceLock::new();
        CLASSES.get_or_try_init(py, || {
            let module = py.import("ipaddress")?;
            let class = |name: &str| -> PyResult<Py<PyType>> {
                Ok(module.getattr(name)?.cast_into::<PyType>()?.unbind())
            };
            Ok(Foreign {
                addresses: [class("IPv4Address")?, class("IPv6Address")?],
                interfaces: [class("IPv4Interface")?, class("IPv6Interface")?],
                networks: [class("IPv4Network")?, class("IPv6Network")?],
            })
        })
    }

    fn is(&self, obj: &Bound<'_, PyAny>, classes: &[Py<PyType>; 2]) -> PyResult<bool> {
        let [four, six] = classes;
        Ok(obj.is_instance(four.bind(obj.py()))? || obj.is_instance(six.bind(obj.py()))?)
    }
}

/// An address from an object of `ipaddress`, or from a number that is no exact `int`.
fn zoned_from_foreign(
    obj: &Bound<'_, PyAny>,
    version: Option<u8>,
) -> PyResult<(Ip, Option<Box<str>>)> {
    let foreign = Foreign::get(obj.py())?;
    if foreign.is(obj, &foreign.addresses)? {
        let ip = ip_from_packed(obj)?;
        let zone: Option<String> = match ip {
            Ip::V4(_) => None,
            Ip::V6(_) => obj.getattr("scope_id")?.extract()?,
        };
        return Ok((ip, zone.map(String::into_boxed_str)));
    }
    if obj.is_exact_instance_of::<Prefix>() || foreign.is(obj, &foreign.networks)? {
        let message = format!("{} is a prefix; give one address of it", obj.repr()?);
        return Err(refused(obj, "type", message));
    }
    let number = whole_number(obj, "an address")?;
    Ok((ip_from_number(obj, &number, version)?, None))
}
