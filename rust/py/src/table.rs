//! `Table`: the native part of `fingerpost.fib.Fib`.
//!
//! Values belong to Python and change only while the interpreter is held; slots and tries belong
//! to the core. A writer stages its prefixes, fills in their values, and publishes: so no reader
//! meets a slot without its value. Whoever waits for another writer lets go of the interpreter.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fingerpost_core::addr::{Ip, Net};
use fingerpost_core::lpm::{self, Form, Placed, Readers, Snapshot};
use pyo3::exceptions::{PyKeyError, PyMemoryError, PyValueError};
use pyo3::gc::PyVisit;
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::{PyDict, PyList, PyTuple};
use pyo3::{IntoPyObjectExt, PyTraverseError};

use crate::addr::Prefix;
use crate::column::{PrefixColumn, nets_from};
use crate::convert::{Key, ip_from, key_from, net_from};
use crate::frozen::{FrozenTable, form_from, form_name};
use crate::values::{ValueTable, Values};

/// From this many changes on, a batch lets go of the interpreter.
const DETACH_FROM: usize = 64;

/// A routing table: IPv4 and IPv6 prefixes with a value each.
#[pyclass(frozen, subclass, weakref, module = "fingerpost._core")]
pub struct Table {
    core: Mutex<lpm::Table>,
    readers: Arc<Readers>,
    values: Mutex<Values>,
    /// Batches of changes so far.
    generation: AtomicU64,
}

/// What a batch did.
struct Batch {
    added: usize,
    replaced: usize,
    missing: Vec<Net>,
}

impl Table {
    fn with_core(core: lpm::Table, values: Values) -> Table {
        let (readers, core) = (core.readers(), Mutex::new(core));
        Table { readers, core, values: Mutex::new(values), generation: AtomicU64::new(0) }
    }

    fn core(&self, py: Python<'_>) -> MutexGuard<'_, lpm::Table> {
        self.core.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)
    }

    /// Held only for moments, by threads that hold the interpreter and do not let go of it.
    fn values(&self) -> MutexGuard<'_, Values> {
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn value(&self, py: Python<'_>, slot: u32) -> Option<Py<PyAny>> {
        self.values().get(slot).map(|(value, _)| value.clone_ref(py))
    }

    fn find(&self, py: Python<'_>, ip: Ip) -> Option<Py<PyAny>> {
        match self.readers.find(ip) {
            0 => None,
            slot => self.value(py, slot),
        }
    }

    fn answer(&self, py: Python<'_>, key: &Key) -> Option<Py<PyAny>> {
        match *key {
            Key::Address(ip) => self.find(py, ip),
            Key::Prefix(net) => {
                let slot = self.core(py).get(net)?;
                self.value(py, slot)
            }
        }
    }

    /// For a bulk lookup: what to ask, before it starts.
    pub fn snapshot(&self) -> Snapshot {
        self.readers.snapshot()
    }

    /// For a bulk lookup: what its answers stand for, when it is done and its snapshot still held.
    pub fn value_table(&self, py: Python<'_>) -> ValueTable {
        let len = self.core(py).slots();
        ValueTable { values: self.values().clone(), len }
    }

    /// Drop `drop`, then put `put`, and publish both at once.
    ///
    /// A prefix that stays may keep its slot and get its new value there only if nothing else
    /// changes and nobody is in the midst of a bulk lookup. Otherwise it moves to a slot of its
    /// own: else somebody could meet its old value for an address that the batch takes from a
    /// longer prefix, or its new one for an address that the batch gives to another.
    fn change(
        &self,
        py: Python<'_>,
        put: &[Net],
        values: impl IntoIterator<Item = Py<PyAny>>,
        drop: &[Net],
    ) -> PyResult<Batch> {
        let is_large = put.len() + drop.len() >= DETACH_FROM;
        let mut guard = self.core(py);
        let core: &mut lpm::Table = &mut guard;
        let mut missing = Vec::new();
        let mut placed = away(py, is_large, || {
            missing.extend(drop.iter().filter(|&&net| core.drop(net).is_none()));
            put.iter().map(|&net| core.put(net)).collect::<Vec<_>>()
        });
        let is_full = placed.contains(&None);
        let added = placed.iter().flatten().filter(|placed| placed.is_new).count();
        let replaced = placed.iter().flatten().count() - added;
        let moves = replaced > 0 && (added > 0 || drop.len() > missing.len() || core.is_watched());
        if moves {
            away(py, is_large, || {
                for (placed, &net) in placed.iter_mut().zip(put) {
                    if placed.is_some_and(|placed| !placed.is_new) {
                        *placed = core.renew(net);
                    }
                }
            });
        }
        // what an old value does when it dies must not happen under our locks
        let mut dead = Vec::new();
        {
            let mut held = self.values();
            for ((placed, net), value) in placed.into_iter().zip(put).zip(values) {
                match placed {
                    Some(Placed { slot, .. }) => {
                        dead.extend(held.replace(slot, Some(value), net.len()));
                    }
                    None => dead.push(value),
                }
            }
        }
        let mut freed = Vec::new();
        away(py, is_large, || core.publish(|slot| freed.push(slot)));
        self.generation.fetch_add(1, Ordering::Release);
        {
            let mut held = self.values();
            dead.extend(freed.into_iter().filter_map(|slot| held.replace(slot, None, 0)));
        }
        std::mem::drop(guard);
        std::mem::drop(dead);
        if is_full {
            return Err(PyMemoryError::new_err("the table is full: 2**31 - 1 prefixes"));
        }
        Ok(Batch { added, replaced, missing })
    }

    /// Slots to values. The interpreter was held since they were found, so they still hold; but
    /// no lock is: making objects may run other people's code.
    fn pairs<'py>(&self, py: Python<'py>, found: Vec<(Net, u32)>) -> PyResult<Bound<'py, PyList>> {
        let values = self.values().clone();
        let pairs = found.into_iter().map(|(net, slot)| (Prefix { net }, values.object(py, slot)));
        let pairs = pairs.map(|pair| pair.into_pyobject(py)).collect::<PyResult<Vec<_>>>()?;
        PyList::new(py, pairs)
    }
}

/// By slot, the index that each entry is to be compiled for.
fn leaves(
    core: &lpm::Table,
    entries: &[(Net, u32)],
    indices: impl IntoIterator<Item = u32>,
) -> Vec<u32> {
    let mut leaves = vec![0; core.slots() as usize];
    for (&(_, slot), index) in entries.iter().zip(indices) {
        leaves[slot as usize] = index;
    }
    leaves
}

/// Do a large piece of work without the interpreter, a small one with it.
fn away<T: Send>(py: Python<'_>, is_large: bool, work: impl FnOnce() -> T + Send) -> T {
    if is_large { py.detach(work) } else { work() }
}

#[pymethods]
impl Table {
    /// Empty, or with the contents of `items` where that is a table; other items are for Python.
    #[new]
    #[pyo3(signature = (items = None, *, form = None))]
    fn new(
        py: Python<'_>,
        items: Option<&Bound<'_, PyAny>>,
        form: Option<&str>,
    ) -> PyResult<Table> {
        let form = form.map(form_from).transpose()?;
        let Some(source) = items.and_then(|items| items.cast::<Table>().ok()) else {
            let core = lpm::Table::new(form.unwrap_or(Form::Compact));
            return Ok(Self::with_core(core, Values::default()));
        };
        let source = source.get();
        let guard = source.core(py);
        let core: &lpm::Table = &guard;
        let twin = py.detach(|| core.duplicate(form.unwrap_or(core.form())));
        Ok(Self::with_core(twin, source.values().clone()))
    }

    /// "compact" or "fast".
    #[getter]
    fn form(&self, py: Python<'_>) -> &'static str {
        form_name(self.core(py).form())
    }

    /// A number that is another one after every change.
    #[getter]
    fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Number of IPv4 and of IPv6 prefixes.
    fn counts(&self, py: Python<'_>) -> (usize, usize) {
        self.core(py).lens()
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        let (v4, v6) = self.core(py).lens();
        v4 + v6
    }

    fn __getitem__(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        let asked = key_from(key)?;
        self.answer(py, &asked).ok_or_else(|| PyKeyError::new_err(key.clone().unbind()))
    }

    fn __contains__(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(match key_from(key)? {
            Key::Address(ip) => self.readers.find(ip) != 0,
            Key::Prefix(net) => self.core(py).get(net).is_some(),
        })
    }

    #[pyo3(signature = (key, default = None, /))]
    fn get(
        &self,
        py: Python<'_>,
        key: &Bound<'_, PyAny>,
        default: Option<Py<PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let asked = key_from(key)?;
        Ok(self.answer(py, &asked).or(default).unwrap_or_else(|| py.None()))
    }

    fn __setitem__(
        &self,
        py: Python<'_>,
        key: &Bound<'_, PyAny>,
        value: Py<PyAny>,
    ) -> PyResult<()> {
        let net = net_from(key)?;
        self.change(py, &[net], [value], &[]).map(|_| ())
    }

    fn __delitem__(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<()> {
        let net = net_from(key)?;
        if self.change(py, &[], [], &[net])?.missing.is_empty() {
            return Ok(());
        }
        Err(PyKeyError::new_err(key.clone().unbind()))
    }

    /// The value of the longest match of an address, or `default`.
    #[pyo3(signature = (address, default = None, /))]
    fn lookup(
        &self,
        py: Python<'_>,
        address: &Bound<'_, PyAny>,
        default: Option<Py<PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let ip = ip_from(address)?;
        Ok(self.find(py, ip).or(default).unwrap_or_else(|| py.None()))
    }

    /// The longest match of an address, (prefix, value), or None.
    fn r#match<'py>(
        &self,
        py: Python<'py>,
        address: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let ip = ip_from(address)?;
        let found = self.values().get(self.readers.find(ip)).and_then(|(value, len)| {
            Some((Prefix { net: Net::new(ip, len)? }, value.clone_ref(py)))
        });
        found.map(|pair| pair.into_bound_py_any(py)).transpose()
    }

    /// All prefixes that cover a prefix or address, itself included, shortest first.
    fn covering<'py>(
        &self,
        py: Python<'py>,
        prefix: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyList>> {
        let net = key_from(prefix)?.net();
        let found = self.core(py).covering(net);
        self.pairs(py, found)
    }

    /// All prefixes inside a prefix, itself included, in order.
    fn inside<'py>(
        &self,
        py: Python<'py>,
        prefix: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyList>> {
        let net = net_from(prefix)?;
        let found = self.core(py).walk(net, None, usize::MAX);
        self.pairs(py, found)
    }

    /// Up to `limit` (prefix, value) inside `within` that come later than `after`, in order.
    #[pyo3(signature = (within, after, limit))]
    fn page<'py>(
        &self,
        py: Python<'py>,
        within: &Bound<'py, PyAny>,
        after: Option<&Bound<'py, PyAny>>,
        limit: usize,
    ) -> PyResult<Bound<'py, PyList>> {
        let (within, after) = (net_from(within)?, after.map(net_from).transpose()?);
        let found = self.core(py).walk(within, after, limit);
        self.pairs(py, found)
    }

    /// Everything in order: the prefixes, and their values in the same order.
    fn columns<'py>(&self, py: Python<'py>) -> PyResult<(PrefixColumn, Bound<'py, PyList>)> {
        let (entries, values) = {
            let core = self.core(py);
            (core.entries(), self.values().clone())
        };
        let list = PyList::new(py, entries.iter().map(|&(_, slot)| values.object(py, slot)))?;
        Ok((PrefixColumn { nets: entries.into_iter().map(|(net, _)| net).collect() }, list))
    }

    /// Drop prefixes, then put others, all published at once: (added, replaced, missing).
    #[pyo3(signature = (put, values, drop))]
    fn change_many<'py>(
        &self,
        py: Python<'py>,
        put: &Bound<'py, PyAny>,
        values: &Bound<'py, PyList>,
        drop: &Bound<'py, PyAny>,
    ) -> PyResult<(usize, usize, Bound<'py, PyTuple>)> {
        let (put, drop) = (nets_from(put)?, nets_from(drop)?);
        if put.len() != values.len() {
            let (prefixes, values) = (put.len(), values.len());
            let message = format!("{prefixes} prefixes but {values} values");
            return Err(PyValueError::new_err(message));
        }
        let batch = self.change(py, &put, values.iter().map(Bound::unbind), &drop)?;
        let missing = batch.missing.into_iter().map(|net| Prefix { net });
        let missing: Vec<_> = missing.map(|p| p.into_pyobject(py)).collect::<PyResult<_>>()?;
        Ok((batch.added, batch.replaced, PyTuple::new(py, missing)?))
    }

    /// What turns this table into `other`: pairs added, pairs removed, and of the prefixes that
    /// both have with another object as value: (prefix, value here, value there).
    fn compare_prefixes<'py>(
        &self,
        py: Python<'py>,
        other: &Bound<'py, Table>,
    ) -> PyResult<(Bound<'py, PyList>, Bound<'py, PyList>, Bound<'py, PyList>)> {
        let other = other.get();
        let old = self.core(py).entries();
        let new = other.core(py).entries();
        let old_values = self.values().clone(); // one lock at a time: `other` may be `self`
        let new_values = other.values().clone();
        let (added, removed) = (PyList::empty(py), PyList::empty(py));
        let common = PyList::empty(py);
        lpm::merge(&old, &new, |net, before, after| {
            let prefix = Prefix { net };
            match (before, after) {
                (None, Some(slot)) => added.append((prefix, new_values.object(py, slot))),
                (Some(slot), None) => removed.append((prefix, old_values.object(py, slot))),
                (Some(before), Some(after)) => {
                    let (before, after) =
                        (old_values.object(py, before), new_values.object(py, after));
                    if before.is(&after) { Ok(()) } else { common.append((prefix, before, after)) }
                }
                (None, None) => Ok(()),
            }
        })?;
        Ok((added, removed, common))
    }

    /// A compiled table of its own, with one index a prefix, in order.
    #[pyo3(signature = (form = None))]
    fn freeze_table(&self, py: Python<'_>, form: Option<&str>) -> PyResult<FrozenTable> {
        let guard = self.core(py);
        let core: &lpm::Table = &guard;
        let form = form.map_or(Ok(core.form()), form_from)?;
        let entries = core.entries();
        let held = self.values().clone();
        let snapshot = py.detach(|| core.compile(form, &leaves(core, &entries, 1..)));
        let slots = entries.len() as u32 + 1;
        std::mem::drop(guard);
        let lens = std::iter::once(0).chain(entries.iter().map(|(net, _)| net.len())).collect();
        let values = entries.iter().map(|&(_, slot)| held.object(py, slot));
        let values = PyList::new(py, std::iter::once(py.None()).chain(values).collect::<Vec<_>>())?;
        Ok(FrozenTable::assemble(snapshot, values.into_sequence().unbind(), lens, slots))
    }

    /// A compiled table of its own in which entry `i`, in order, has the index `indices[i]` into
    /// `values`; values[0] stands for no match. Neighbours with one index become one.
    #[pyo3(signature = (indices, values, form = None))]
    fn freeze_as(
        &self,
        py: Python<'_>,
        indices: Vec<u32>,
        values: &Bound<'_, PyList>,
        form: Option<&str>,
    ) -> PyResult<FrozenTable> {
        let guard = self.core(py);
        let core: &lpm::Table = &guard;
        let form = form.map_or(Ok(core.form()), form_from)?;
        let entries = core.entries();
        let slots = u32::try_from(values.len()).unwrap_or(u32::MAX);
        if entries.len() != indices.len() || indices.iter().any(|&index| index >= slots) {
            return Err(PyValueError::new_err("one index into values for each entry of the table"));
        }
        let snapshot = py.detach(|| core.compile(form, &leaves(core, &entries, indices)));
        let values = values.as_sequence().clone().unbind();
        Ok(FrozenTable::assemble(snapshot, values, Vec::new(), slots))
    }

    /// What the indices of a bulk lookup stand for, as of now.
    fn value_snapshot(&self, py: Python<'_>) -> ValueTable {
        self.value_table(py)
    }

    /// Bytes held, by part; the values themselves are not counted.
    fn memory<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (truth4, truth6) = self.core(py).memory();
        let (image4, image6) = self.readers.snapshot().memory();
        let parts = PyDict::new(py);
        parts.set_item("truth_v4", truth4)?;
        parts.set_item("truth_v6", truth6)?;
        parts.set_item("compiled_v4", image4)?;
        parts.set_item("compiled_v6", image6)?;
        parts.set_item("value_slots", self.values().room() * (size_of::<usize>() + 1))?;
        Ok(parts)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        // a thread that holds the lock holds the interpreter, so the collector never meets it
        match self.values.try_lock() {
            Ok(values) => values.traverse(&visit),
            Err(_) => Ok(()),
        }
    }

    fn __clear__(&self) {
        let values = self.values.try_lock().map(|mut values| std::mem::take(&mut *values));
        std::mem::drop(values);
    }
}
