//! `PrefixSet`: conversion around `fingerpost_core::prefixset`.

mod bulk;
mod gather;
mod iterators;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::OnceLock;

use fingerpost_core::prefixset::{Edges, PrefixSet as Set, Word};
use pyo3::basic::CompareOp;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple, PyType};

use crate::addr::Prefix;
use crate::column::PrefixColumn;
use crate::errors::address_error;
use gather::{asked, set_from, set_of_all};
use iterators::{PrefixSetIterator, RangeIterator};

/// An immutable set of IPv4 and IPv6 addresses, given and read as prefixes.
///
/// `PrefixSet(prefixes)` takes another set, a `PrefixColumn`, one prefix, or an iterable of
/// `PrefixLike`; without argument it is empty. Two sets are equal, and hash alike, when they hold
/// the same addresses, however they were given. Iterating gives the fewest prefixes that cover
/// exactly the set, IPv4 first, in order, and `len` counts those; `size` counts addresses.
/// `address in s` and `prefix in s` ask for every address of it. The operators `| & - ^` and
/// `<= < >= >` want a set on both sides; the methods of the same meaning take anything that
/// `PrefixSet` does. `~s` is every address of both families that is not in `s`.
///
/// There is no `add`: `s = s.union("192.0.2.0/24")` and `s = s.difference("192.0.2.7")` make a new
/// set in time linear in `s`, so build a large set from one iterable, not prefix by prefix.
/// Raises `AddressError` for what is no prefix, and for zone identifiers, which name a link and
/// not an address.
#[pyclass(frozen, module = "fingerpost.addr")]
#[derive(Default)]
pub struct PrefixSet {
    pub set: Set,
    hash: OnceLock<u64>,
    count: OnceLock<usize>,
}

impl From<Set> for PrefixSet {
    fn from(set: Set) -> Self {
        PrefixSet { set, ..Default::default() }
    }
}

/// Which families a `version` argument names: IPv4, IPv6.
pub(crate) fn families(py: Python<'_>, version: Option<i64>) -> PyResult<(bool, bool)> {
    match version {
        None => Ok((true, true)),
        Some(4) => Ok((true, false)),
        Some(6) => Ok((false, true)),
        Some(other) => {
            Err(address_error(py, format!("version {other} does not exist; say 4, 6 or None")))
        }
    }
}

fn count_of<'py, T: Word>(py: Python<'py>, edges: &Edges<T>) -> PyResult<Bound<'py, PyAny>> {
    match edges.address_count() {
        Some(count) => Ok(count.into_pyobject(py)?.into_any()),
        None => 1u8.into_pyobject(py)?.into_any().lshift(T::BITS),
    }
}

/// A set as its pickle holds it: the flips of both families, big-endian.
type Flips<'py> = (Bound<'py, PyBytes>, Bound<'py, PyBytes>);

fn from_be<T: Word>(bytes: &[u8]) -> Option<Edges<T>> {
    Edges::from_flips(T::all_from_be(bytes)?)
}

fn to_be<'py, T: Word>(py: Python<'py>, edges: &Edges<T>) -> Bound<'py, PyBytes> {
    let mut bytes = Vec::with_capacity(edges.flips().len() * usize::from(T::BITS / 8));
    edges.flips().iter().for_each(|flip| flip.push_be(&mut bytes));
    PyBytes::new(py, &bytes)
}

#[pymethods]
impl PrefixSet {
    #[new]
    #[pyo3(signature = (prefixes = None, /))]
    fn new(prefixes: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        prefixes
            .map_or_else(|| Ok(Self::default()), |given| Ok(set_from(given)?.into_owned().into()))
    }

    /// The set of every range `(first, last)` of an iterable; both ends belong to it.
    ///
    /// Raises `AddressError` where the ends are of two families, or `last` is below `first`.
    #[classmethod]
    #[pyo3(signature = (ranges, /))]
    fn from_ranges(_class: &Bound<'_, PyType>, ranges: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(gather::from_ranges(ranges)?.into())
    }

    /// The set that lines of text name: `str` or `bytes` with many lines, or an iterable of lines,
    /// such as an open file.
    ///
    /// A line is `address`, `address/length` or `first-last`; blank lines and what follows `#` are
    /// skipped. Raises `AddressError` with the line's number for any other line.
    #[classmethod]
    #[pyo3(signature = (text, /))]
    fn from_text(_class: &Bound<'_, PyType>, text: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(gather::from_text(text)?.into())
    }

    #[classmethod]
    fn _from_flips(class: &Bound<'_, PyType>, v4: &[u8], v6: &[u8]) -> PyResult<Self> {
        match (from_be(v4), from_be(v6)) {
            (Some(v4), Some(v6)) => Ok(Set { v4, v6 }.into()),
            _ => Err(address_error(class.py(), "pickled PrefixSet is damaged".to_owned())),
        }
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Flips<'py>)> {
        let (py, set) = (slf.py(), &slf.get().set);
        let make = slf.get_type().getattr("_from_flips")?;
        Ok((make, (to_be(py, &set.v4), to_be(py, &set.v6))))
    }

    fn __copy__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __deepcopy__(slf: Py<Self>, _memo: &Bound<'_, PyAny>) -> Py<Self> {
        slf
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        const SHOWN: usize = 4;
        let mut names = Vec::with_capacity(SHOWN);
        for net in self.set.prefixes().take(SHOWN) {
            names.push(format!("'{}'", Prefix { net }.into_pyobject(py)?.str()?));
        }
        match self.__len__() {
            0 => return Ok("PrefixSet()".to_owned()),
            count if count > SHOWN => names.push(format!("... {} more", count - SHOWN)),
            _ => {}
        }
        Ok(format!("PrefixSet([{}])", names.join(", ")))
    }

    fn __hash__(&self) -> u64 {
        *self.hash.get_or_init(|| {
            let mut hasher = DefaultHasher::new();
            self.set.hash(&mut hasher);
            hasher.finish()
        })
    }

    fn __bool__(&self) -> bool {
        !self.set.is_empty()
    }

    fn __len__(&self) -> usize {
        *self.count.get_or_init(|| self.set.prefix_count())
    }

    fn __iter__(slf: Py<Self>) -> PrefixSetIterator {
        PrefixSetIterator::new(slf)
    }

    fn __contains__(&self, item: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.set.contains_net(asked(item)?))
    }

    fn __richcmp__(
        &self,
        py: Python<'_>,
        other: &Bound<'_, PyAny>,
        op: CompareOp,
    ) -> PyResult<Py<PyAny>> {
        let Ok(other) = other.cast_exact::<PrefixSet>() else {
            return Ok(py.NotImplemented());
        };
        let (a, b) = (&self.set, &other.get().set);
        let holds = py.detach(|| match op {
            CompareOp::Eq => a == b,
            CompareOp::Ne => a != b,
            CompareOp::Le => a.is_subset(b),
            CompareOp::Lt => a != b && a.is_subset(b),
            CompareOp::Ge => b.is_subset(a),
            CompareOp::Gt => a != b && b.is_subset(a),
        });
        Ok(holds.into_pyobject(py)?.to_owned().into_any().unbind())
    }

    fn __or__(&self, py: Python<'_>, other: &Self) -> Self {
        py.detach(|| self.set.union(&other.set)).into()
    }

    fn __and__(&self, py: Python<'_>, other: &Self) -> Self {
        py.detach(|| self.set.intersection(&other.set)).into()
    }

    fn __sub__(&self, py: Python<'_>, other: &Self) -> Self {
        py.detach(|| self.set.difference(&other.set)).into()
    }

    fn __xor__(&self, py: Python<'_>, other: &Self) -> Self {
        py.detach(|| self.set.symmetric_difference(&other.set)).into()
    }

    fn __invert__(&self, py: Python<'_>) -> Self {
        py.detach(|| self.set.complement()).into()
    }

    /// The members of this set or of any of `others`.
    #[pyo3(signature = (*others))]
    fn union(&self, others: &Bound<'_, PyTuple>) -> PyResult<Self> {
        Ok(set_of_all(&self.set, others)?.into())
    }

    /// The members of this set and of all `others`.
    #[pyo3(signature = (*others))]
    fn intersection(&self, py: Python<'_>, others: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let mut set = self.set.clone();
        for other in others {
            let other = set_from(&other)?;
            set = py.detach(|| set.intersection(&other));
        }
        Ok(set.into())
    }

    /// The members of this set that are in none of `others`.
    #[pyo3(signature = (*others))]
    fn difference(&self, py: Python<'_>, others: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let gone = set_of_all(&Set::default(), others)?;
        Ok(py.detach(|| self.set.difference(&gone)).into())
    }

    /// The members of exactly one of this set and `other`.
    #[pyo3(signature = (other, /))]
    fn symmetric_difference(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<Self> {
        let other = set_from(other)?;
        Ok(py.detach(|| self.set.symmetric_difference(&other)).into())
    }

    /// The addresses of one family (`version` 4 or 6), or of both, that are not members.
    ///
    /// The result holds nothing of a family that was not asked for.
    #[pyo3(signature = (version = None))]
    fn complement(&self, py: Python<'_>, version: Option<i64>) -> PyResult<Self> {
        let (v4, v6) = families(py, version)?;
        Ok(py.detach(|| self.set.complement().only(v4, v6)).into())
    }

    /// Whether every member is one of `other`.
    #[pyo3(signature = (other, /))]
    fn issubset(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let other = set_from(other)?;
        Ok(py.detach(|| self.set.is_subset(&other)))
    }

    /// Whether every member of `other` is one of this set.
    #[pyo3(signature = (other, /))]
    fn issuperset(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let other = set_from(other)?;
        Ok(py.detach(|| other.is_subset(&self.set)))
    }

    /// Whether no address is a member of both.
    #[pyo3(signature = (other, /))]
    fn isdisjoint(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let other = set_from(other)?;
        Ok(py.detach(|| self.set.is_disjoint(&other)))
    }

    /// Whether some address is a member of both.
    #[pyo3(signature = (other, /))]
    fn overlaps(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(!self.isdisjoint(py, other)?)
    }

    /// Membership of a column of addresses or prefixes, as a numpy array of bool.
    ///
    /// Takes numpy `uint32` of shape `(n,)` (IPv4 numbers), `uint8` of shape `(n, 16)` (IPv6 in
    /// network order), a `PrefixColumn`, or an iterable of `PrefixLike`. Arrays are searched without
    /// the GIL. Raises `AddressError` for arrays of any other shape or type.
    #[pyo3(signature = (addresses, /))]
    fn contains_many<'py>(&self, addresses: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        bulk::contains_many(&self.set, addresses)
    }

    /// Number of member addresses, of one family (`version` 4 or 6) or of both.
    #[pyo3(signature = (version = None))]
    fn size(&self, py: Python<'_>, version: Option<i64>) -> PyResult<Py<PyAny>> {
        let (v4, v6) = families(py, version)?;
        let set = self.set.clone().only(v4, v6);
        Ok(count_of(py, &set.v4)?.add(count_of(py, &set.v6)?)?.unbind())
    }

    /// The fewest prefixes that cover exactly the set, or its part of one family, as a column.
    #[pyo3(signature = (version = None))]
    fn prefixes(&self, py: Python<'_>, version: Option<i64>) -> PyResult<PrefixColumn> {
        let (v4, v6) = families(py, version)?;
        let nets = py.detach(|| {
            let set = self.set.clone().only(v4, v6);
            let mut nets = Vec::with_capacity(set.prefix_count());
            nets.extend(set.prefixes());
            nets
        });
        Ok(PrefixColumn { nets })
    }

    /// The ranges of the set as pairs `(first, last)`, both included, in order, made as asked for.
    ///
    /// Between two ranges lies at least one address that is no member.
    #[pyo3(signature = (version = None))]
    fn ranges(slf: Py<Self>, py: Python<'_>, version: Option<i64>) -> PyResult<RangeIterator> {
        Ok(RangeIterator::new(slf, families(py, version)?))
    }

    /// What is free of `within`: the addresses of `within` that are not members.
    #[pyo3(signature = (within, /))]
    fn gaps(&self, py: Python<'_>, within: &Bound<'_, PyAny>) -> PyResult<Self> {
        let space = set_from(within)?;
        Ok(py.detach(|| space.difference(&self.set)).into())
    }

    /// The lowest prefix of `length` that lies in `within` and holds no member; `None` without room.
    ///
    /// `within` is anything that `PrefixSet` takes, of one family. Raises `AddressError` where it
    /// holds both families, or `length` exceeds the width of its family.
    #[pyo3(signature = (length, within))]
    fn first_free(
        &self,
        py: Python<'_>,
        length: i64,
        within: &Bound<'_, PyAny>,
    ) -> PyResult<Option<Prefix>> {
        let space = set_from(within)?;
        let bits = match (space.v4.is_empty(), space.v6.is_empty()) {
            (true, true) => return Ok(None),
            (false, true) => 32,
            (true, false) => 128,
            (false, false) => {
                let message = format!("{} holds both families; give one", within.repr()?);
                return Err(address_error(py, message));
            }
        };
        let Some(length) = u8::try_from(length).ok().filter(|&length| length <= bits) else {
            let message = format!("length {length} is not from 0 to {bits}");
            return Err(address_error(py, message));
        };
        let free = py.detach(|| space.difference(&self.set).first_block(length));
        Ok(free.map(|net| Prefix { net }))
    }
}

pub(crate) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<PrefixSet>()?;
    m.add_class::<PrefixSetIterator>()?;
    m.add_class::<RangeIterator>()
}
