//! The sum of the Internet checksum.

use fingerpost_core::ones;
use pyo3::prelude::*;

/// The ones' complement sum of the 16-bit words of some bytes.
#[pyfunction]
pub fn ones_sum(data: &[u8]) -> u16 {
    ones::ones_sum(data)
}
