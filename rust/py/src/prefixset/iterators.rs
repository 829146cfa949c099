//! Iterators over a set that hold the set and a place in it.

use fingerpost_core::addr::{Ip, Net};
use fingerpost_core::prefixset::PrefixCursor;
use pyo3::prelude::*;

use super::PrefixSet;
use crate::addr::{Address, Prefix};

/// The fewest prefixes of a set, one at a time.
#[pyclass(module = "fingerpost._core")]
pub struct PrefixSetIterator {
    set: Py<PrefixSet>,
    v4: PrefixCursor<u32>,
    v6: PrefixCursor<u128>,
}

impl PrefixSetIterator {
    pub(super) fn new(set: Py<PrefixSet>) -> Self {
        PrefixSetIterator { set, v4: PrefixCursor::default(), v6: PrefixCursor::default() }
    }
}

#[pymethods]
impl PrefixSetIterator {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&mut self) -> Option<Prefix> {
        let set = &self.set.get().set;
        let v4 = self.v4.next(&set.v4).and_then(|(ip, len)| Net::new(Ip::V4(ip), len));
        v4.or_else(|| self.v6.next(&set.v6).and_then(|(ip, len)| Net::new(Ip::V6(ip), len)))
            .map(|net| Prefix { net })
    }
}

/// The ranges of a set, both ends included, one at a time.
#[pyclass(module = "fingerpost._core")]
pub struct RangeIterator {
    set: Py<PrefixSet>,
    at: usize,
    v4: bool,
    v6: bool,
}

impl RangeIterator {
    pub(super) fn new(set: Py<PrefixSet>, (v4, v6): (bool, bool)) -> Self {
        RangeIterator { set, at: 0, v4, v6 }
    }
}

#[pymethods]
impl RangeIterator {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&mut self) -> Option<(Address, Address)> {
        let set = &self.set.get().set;
        if self.v4 {
            if let Some((first, last)) = set.v4.range(self.at) {
                self.at += 1;
                return Some((Ip::V4(first).into(), Ip::V4(last).into()));
            }
            (self.v4, self.at) = (false, 0);
        }
        let (first, last) = if self.v6 { set.v6.range(self.at)? } else { return None };
        self.at += 1;
        Some((Ip::V6(first).into(), Ip::V6(last).into()))
    }
}
