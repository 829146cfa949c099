//! What the three classes share: making objects, numbers to Python, hashes, format specifications.

use fingerpost_core::addr::Ip;
use pyo3::PyClass;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// A Python object that the cycle collector leaves alone.
///
/// `pyo3` puts every class under the collector, which would walk through each of a million addresses
/// again and again. Ours hold bits and text, no references, so none can stand in a cycle.
pub fn object<'py, T>(py: Python<'py>, value: T) -> PyResult<Bound<'py, T>>
where
    T: PyClass + Into<pyo3::PyClassInitializer<T>>,
{
    let object = Bound::new(py, value)?;
    // SAFETY: `object` is live, its class is a collected one (`pyo3` makes no others), and it
    // refers to nothing but that class, which the module keeps alive
    unsafe { pyo3::ffi::PyObject_GC_UnTrack(object.as_ptr().cast()) };
    Ok(object)
}

/// The number of an address as a Python int.
pub fn int<'py>(py: Python<'py>, ip: Ip) -> PyResult<Bound<'py, PyAny>> {
    Ok(match ip {
        Ip::V4(a) => a.into_pyobject(py)?.into_any(),
        Ip::V6(a) => a.into_pyobject(py)?.into_any(),
    })
}

/// The address in network order, 4 or 16 bytes.
pub fn packed(py: Python<'_>, ip: Ip) -> Bound<'_, PyBytes> {
    match ip {
        Ip::V4(a) => PyBytes::new(py, &a.to_be_bytes()),
        Ip::V6(a) => PyBytes::new(py, &a.to_be_bytes()),
    }
}

/// 4 or 6.
pub fn version(ip: Ip) -> u8 {
    match ip {
        Ip::V4(_) => 4,
        Ip::V6(_) => 6,
    }
}

/// A hash that is the same in every process: the finalizer of SplitMix64 over the words.
/// `salt` keeps an address apart from a prefix of the same bits.
pub fn hash(ip: Ip, salt: u8, zone: Option<&str>) -> u64 {
    let mut state = match ip {
        Ip::V4(a) => mix(u64::from(a) | u64::from(salt) << 32),
        Ip::V6(a) => mix(mix((a >> 64) as u64 ^ u64::from(salt) << 1 ^ 1) ^ a as u64),
    };
    for &byte in zone.unwrap_or("").as_bytes() {
        state = mix(state ^ u64::from(byte));
    }
    state
}

const fn mix(word: u64) -> u64 {
    let z = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The address under a format specification `[#][_](b|x|X|n)`, zero-filled to the family's width;
/// `None` for any other specification. `n` is `b` for IPv4 and `x` for IPv6, as in `ipaddress`.
pub fn formatted(ip: Ip, spec: &str) -> Option<String> {
    let (alternate, rest) = spec.strip_prefix('#').map_or((false, spec), |rest| (true, rest));
    let (grouped, kind) = rest.strip_prefix('_').map_or((false, rest), |rest| (true, rest));
    let kind = match (kind, ip) {
        ("n", Ip::V4(_)) => "b",
        ("n", Ip::V6(_)) => "x",
        _ => kind,
    };
    let (value, bits) = match ip {
        Ip::V4(a) => (u128::from(a), 32usize),
        Ip::V6(a) => (a, 128),
    };
    let digits = match kind {
        "b" => format!("{value:0bits$b}"),
        "x" => format!("{value:0width$x}", width = bits / 4),
        "X" => format!("{value:0width$X}", width = bits / 4),
        _ => return None,
    };
    let mut out = String::with_capacity(digits.len() * 5 / 4 + 2);
    if alternate {
        out.push('0');
        out.push_str(kind);
    }
    for (i, digit) in digits.chars().enumerate() {
        if grouped && i > 0 && i % 4 == 0 {
            out.push('_');
        }
        out.push(digit);
    }
    Some(out)
}
