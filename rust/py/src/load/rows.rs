//! `RowTable`: prefixes one by one, for readers that are written in Python.

use fingerpost_core::addr::{Ip, Net, parse_ip, parse_net};
use fingerpost_core::text::repeated_rows;
use pyo3::prelude::*;

use crate::addr::Prefix;
use crate::column::PrefixColumn;

/// A column of prefixes under construction.
#[pyclass(module = "fingerpost._core")]
pub struct RowTable {
    nets: Vec<Net>,
}

#[pymethods]
impl RowTable {
    #[new]
    fn new() -> Self {
        RowTable { nets: Vec::new() }
    }

    fn __len__(&self) -> usize {
        self.nets.len()
    }

    /// Append a prefix; where `text` is none, say why and what would be right.
    fn add(&mut self, text: &str) -> Option<String> {
        match parse_net(text.trim_ascii().as_bytes()) {
            Ok(net) => {
                self.nets.push(net);
                None
            }
            Err(error) => Some(error.to_string()),
        }
    }

    /// Append a prefix.
    fn add_prefix(&mut self, prefix: &Bound<'_, Prefix>) {
        self.nets.push(prefix.get().net);
    }

    /// Append the fewest prefixes that make up the range; say how many, 0 where it is no range.
    ///
    /// Bounds are addresses or whole numbers; a number below 2**32 is IPv4, unless one bound is
    /// larger or is written as IPv6.
    fn add_range(&mut self, first: &str, last: &str) -> usize {
        let before = self.nets.len();
        if let (Some(first), Some(last)) = (bound(first), bound(last)) {
            match (first, last) {
                (Ip::V4(a), Ip::V4(b)) => {
                    let wrap =
                        |n: u128, len| u32::try_from(n).ok().and_then(|n| Net::new(Ip::V4(n), len));
                    self.cover(a.into(), b.into(), 32, wrap);
                }
                (a, b) => self.cover(number(a), number(b), 128, |n, len| Net::new(Ip::V6(n), len)),
            }
        }
        self.nets.len() - before
    }

    /// How many prefixes stand in an earlier row too.
    fn repeated(&self, py: Python<'_>) -> usize {
        py.detach(|| repeated_rows(&self.nets).len())
    }

    /// Hand out the column.
    fn column(&mut self) -> PrefixColumn {
        PrefixColumn { nets: std::mem::take(&mut self.nets) }
    }
}

impl RowTable {
    fn cover(&mut self, first: u128, last: u128, bits: u8, net: impl Fn(u128, u8) -> Option<Net>) {
        let mut at = first;
        while at <= last {
            // the largest block that starts here and ends within the range
            let aligned = at.trailing_zeros().min(bits.into());
            let span = (last - at).checked_add(1).map_or(128, u128::ilog2);
            let size = aligned.min(span);
            self.nets.extend(net(at, bits - size as u8)); // size is at most bits
            match 1u128.checked_shl(size).and_then(|step| at.checked_add(step)) {
                Some(next) => at = next,
                None => return,
            }
        }
    }
}

fn bound(text: &str) -> Option<Ip> {
    let text = text.trim_ascii();
    match text.parse::<u128>() {
        Ok(n) => Some(u32::try_from(n).map_or(Ip::V6(n), Ip::V4)),
        Err(_) => parse_ip(text.as_bytes()).ok(),
    }
}

const fn number(ip: Ip) -> u128 {
    match ip {
        Ip::V4(a) => a as u128,
        Ip::V6(a) => a,
    }
}
