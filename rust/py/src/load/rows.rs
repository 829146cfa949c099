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
    /// Ends are addresses of one family, or whole numbers, which are IPv4 below 2**32 unless the
    /// other end is IPv6.
    fn add_range(&mut self, first: &str, last: &str) -> usize {
        let before = self.nets.len();
        let ends = end(first).zip(end(last));
        if let Some((first, last, bits)) = ends.and_then(|(first, last)| range(first, last)) {
            self.cover(first, last, bits);
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
    fn cover(&mut self, first: u128, last: u128, bits: u8) {
        let mut at = first;
        while at <= last {
            // the largest block that starts here and ends within the range
            let aligned = at.trailing_zeros().min(bits.into());
            let span = (last - at).checked_add(1).map_or(128, u128::ilog2);
            let size = aligned.min(span);
            self.nets.extend(net(at, bits - size as u8, bits)); // size is at most bits
            match 1u128.checked_shl(size).and_then(|step| at.checked_add(step)) {
                Some(next) => at = next,
                None => return,
            }
        }
    }
}

/// One end of a range.
#[derive(Clone, Copy)]
enum End {
    /// A number, of the family of the other end where that is not a number too.
    Number(u128),
    Address(Ip),
}

/// Both ends as numbers of one family, and its width; `None` where the families differ.
fn range(first: End, last: End) -> Option<(u128, u128, u8)> {
    let ends = [first, last];
    let v6 = ends.iter().any(|end| match *end {
        End::Number(n) => n > u32::MAX.into(),
        End::Address(ip) => matches!(ip, Ip::V6(_)),
    });
    let [first, last] = ends.map(|end| match end {
        End::Number(n) => Some(n),
        End::Address(Ip::V4(a)) => (!v6).then_some(a.into()),
        End::Address(Ip::V6(a)) => Some(a),
    });
    Some((first?, last?, if v6 { 128 } else { 32 }))
}

fn end(text: &str) -> Option<End> {
    let text = text.trim_ascii();
    match text.parse() {
        Ok(n) if !text.starts_with('+') => Some(End::Number(n)),
        _ => parse_ip(text.as_bytes()).ok().map(End::Address),
    }
}

fn net(n: u128, len: u8, bits: u8) -> Option<Net> {
    let ip = if bits == 32 { Ip::V4(u32::try_from(n).ok()?) } else { Ip::V6(n) };
    Net::new(ip, len)
}
