//! `RibStore`: the native part of `fingerpost.rib`.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use fingerpost_core::addr::Net;
use fingerpost_core::rib::{Changes, Kind, Moves, Stop, Store};
use pyo3::exceptions::{PyMemoryError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::{PyBytes, PyDict};

use crate::addr::Prefix;
use crate::column::{PrefixColumn, nets_from};
use crate::convert::{ip_from, key_from, net_from};

/// From this many prefixes on, a batch lets go of the interpreter.
const DETACH_FROM: usize = 1024;

/// One value for all, or one for each.
#[derive(FromPyObject)]
enum Values<T> {
    One(T),
    Each(Vec<T>),
}

impl<T> Values<T> {
    fn into_vec(self) -> Vec<T> {
        match self {
            Values::One(only) => vec![only],
            Values::Each(values) => values,
        }
    }
}

/// The prefixes of a routing table, each with its group of candidates.
#[pyclass(frozen, module = "fingerpost._core")]
pub struct RibStore {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    store: Store,
    /// What was staged and is not done.
    moves: Option<Moves>,
}

type Turnover = (Vec<u32>, Vec<u32>, Vec<u32>, Vec<u32>);

impl RibStore {
    fn inner(&self, py: Python<'_>) -> MutexGuard<'_, Inner> {
        self.inner.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)
    }
}

fn held(found: Vec<(Net, u32)>) -> Vec<(Prefix, u32)> {
    found.into_iter().map(|(net, group)| (Prefix { net }, group)).collect()
}

#[pymethods]
impl RibStore {
    #[new]
    fn new() -> RibStore {
        RibStore { inner: Mutex::default() }
    }

    /// Number of prefixes that have a candidate.
    fn __len__(&self, py: Python<'_>) -> usize {
        self.inner(py).store.len()
    }

    /// Number of groups that have members, as of the last commit.
    #[getter]
    fn group_count(&self, py: Python<'_>) -> usize {
        self.inner(py).store.group_count()
    }

    /// Bytes held: by IPv4 prefixes, by IPv6 prefixes, by groups and paths.
    fn memory(&self, py: Python<'_>) -> (usize, usize, usize) {
        self.inner(py).store.memory()
    }

    /// Make a path known under a number that no other has; `hash` is that of what it says.
    fn set_path(&self, py: Python<'_>, path: u32, source: u32, hash: i64) {
        self.inner(py).store.set_path(path, source, hash.cast_unsigned());
    }

    /// Forget a path that is in no group; its number may be given to another.
    fn drop_path(&self, py: Python<'_>, path: u32) {
        self.inner(py).store.drop_path(path);
    }

    /// The paths whose hash this is.
    fn paths_like(&self, py: Python<'_>, hash: i64) -> Vec<u32> {
        self.inner(py).store.paths_like(hash.cast_unsigned())
    }

    /// The group of these paths, in this order. `ValueError` for a path that is not known.
    #[allow(clippy::needless_pass_by_value)]
    fn group(&self, py: Python<'_>, paths: Vec<u32>) -> PyResult<u32> {
        let group = self.inner(py).store.group(&paths);
        group.ok_or_else(|| PyValueError::new_err(format!("{paths:?}: a path is not known")))
    }

    /// The paths of a group.
    fn paths(&self, py: Python<'_>, group: u32) -> Vec<u32> {
        self.inner(py).store.paths(group)
    }

    /// Every group that has members.
    fn groups(&self, py: Python<'_>) -> Vec<u32> {
        self.inner(py).store.groups()
    }

    /// The groups that any of these paths is in, ascending.
    #[allow(clippy::needless_pass_by_value)]
    fn groups_of(&self, py: Python<'_>, paths: Vec<u32>) -> Vec<u32> {
        let inner = self.inner(py);
        let groups = paths.iter().flat_map(|&path| inner.store.groups_of(path));
        let mut groups: Vec<u32> = groups.copied().collect();
        groups.sort_unstable();
        groups.dedup();
        groups
    }

    /// Number of prefixes in these groups.
    #[allow(clippy::needless_pass_by_value)]
    fn count(&self, py: Python<'_>, groups: Vec<u32>) -> u64 {
        let inner = self.inner(py);
        groups.iter().map(|&group| u64::from(inner.store.count(group))).sum()
    }

    /// How many candidates a source has.
    fn count_of_source(&self, py: Python<'_>, source: u32) -> u64 {
        self.inner(py).store.count_of_source(source)
    }

    /// The group of a prefix; 0 where it has no candidate.
    fn get(&self, py: Python<'_>, prefix: &Bound<'_, PyAny>) -> PyResult<u32> {
        let net = net_from(prefix)?;
        Ok(self.inner(py).store.get(net))
    }

    /// Since when a prefix has a path, in nanoseconds; None where it has not.
    fn since(&self, py: Python<'_>, prefix: &Bound<'_, PyAny>, path: u32) -> PyResult<Option<u64>> {
        let net = net_from(prefix)?;
        Ok(self.inner(py).store.since(net, path))
    }

    /// Every prefix around a prefix or address, itself included, longest first, and its group.
    fn covering(&self, py: Python<'_>, asked: &Bound<'_, PyAny>) -> PyResult<Vec<(Prefix, u32)>> {
        let net = key_from(asked)?.net();
        let mut found = self.inner(py).store.covering(net);
        found.reverse();
        Ok(held(found))
    }

    /// Up to `limit` prefixes inside `within` that come later than `after`, in order, each with its
    /// group.
    fn walk(
        &self,
        py: Python<'_>,
        within: &Bound<'_, PyAny>,
        after: Option<&Bound<'_, PyAny>>,
        limit: usize,
    ) -> PyResult<Vec<(Prefix, u32)>> {
        let (within, after) = (net_from(within)?, after.map(net_from).transpose()?);
        let found = self.inner(py).store.walk(within, after, limit);
        Ok(held(found))
    }

    /// The prefixes of these groups, in order.
    #[allow(clippy::needless_pass_by_value)]
    fn members(&self, py: Python<'_>, groups: Vec<u32>) -> PrefixColumn {
        let guard = self.inner(py);
        let inner: &Inner = &guard;
        let found = py.detach(|| inner.store.members(&groups));
        PrefixColumn { nets: found.into_iter().map(|(net, _)| net).collect() }
    }

    /// Say what is to be done: operations and instants are one for all prefixes, or one for each.
    #[allow(private_interfaces)]
    fn stage(
        &self,
        py: Python<'_>,
        prefixes: &Bound<'_, PyAny>,
        operations: Values<u32>,
        since: Values<u64>,
    ) -> PyResult<()> {
        let nets = nets_from(prefixes)?;
        let (operations, since) = (operations.into_vec(), since.into_vec());
        for (what, count) in [("operations", operations.len()), ("instants", since.len())] {
            if count != 1 && count != nets.len() {
                let message = format!("{} prefixes but {count} {what}", nets.len());
                return Err(PyValueError::new_err(message));
            }
        }
        self.inner(py).moves = Some(Moves { nets, operations, since, done: 0 });
        Ok(())
    }

    /// Do what was staged, until it is not known what an operation makes of a group: (group,
    /// operation), to be taught; None when all is done. `MemoryError` if the table is full.
    fn run(&self, py: Python<'_>) -> PyResult<Option<(u32, u32)>> {
        let mut guard = self.inner(py);
        let inner: &mut Inner = &mut guard;
        let Some(mut moves) = inner.moves.take() else { return Ok(None) };
        let is_large = moves.nets.len() - moves.done >= DETACH_FROM;
        let store = &mut inner.store;
        let stop =
            if is_large { py.detach(|| store.run(&mut moves)) } else { store.run(&mut moves) };
        match stop {
            Stop::Done => Ok(None),
            Stop::Unknown { group, operation } => {
                inner.moves = Some(moves);
                Ok(Some((group, operation)))
            }
            Stop::Full => {
                Err(PyMemoryError::new_err("the table is full: 2**31 - 2 prefixes of a family"))
            }
        }
    }

    /// Say what an operation makes of a group. `ValueError` where there is no group `after`.
    fn teach(&self, py: Python<'_>, group: u32, operation: u32, after: u32) -> PyResult<()> {
        if self.inner(py).store.teach(group, operation, after) {
            return Ok(());
        }
        Err(PyValueError::new_err(format!("there is no group {after}")))
    }

    /// Take groups without members out of the index: (groups that came, groups that went, paths
    /// that are in a group now, paths that are in none any more).
    fn commit(&self, py: Python<'_>) -> Turnover {
        let turnover = self.inner(py).store.commit();
        (turnover.came, turnover.went, turnover.used, turnover.unused)
    }

    /// The group of each prefix before the batch; 0 where it had no candidate.
    fn before(&self, py: Python<'_>, prefixes: &Bound<'_, PyAny>) -> PyResult<Vec<u32>> {
        let nets = nets_from(prefixes)?;
        Ok(self.inner(py).store.before(&nets))
    }

    /// Mark groups until the batch is finished.
    #[allow(clippy::needless_pass_by_value)]
    fn mark(&self, py: Python<'_>, groups: Vec<u32>) {
        self.inner(py).store.mark(&groups);
    }

    /// Number of prefixes that the batch moved, and of those in marked groups.
    fn concerned(&self, py: Python<'_>) -> u64 {
        self.inner(py).store.concerned()
    }

    /// The places of those addresses around which the batch moved a prefix, or one is in a marked
    /// group; of prefixes of at least this length.
    fn concerns(
        &self,
        py: Python<'_>,
        addresses: &Bound<'_, PyAny>,
        at_least: u8,
    ) -> PyResult<Vec<usize>> {
        let ips =
            addresses.try_iter()?.map(|item| ip_from(&item?)).collect::<PyResult<Vec<_>>>()?;
        let guard = self.inner(py);
        let inner: &Inner = &guard;
        let is_concerned = |&at: &usize| inner.store.concerns(ips[at], at_least);
        Ok(py.detach(|| (0..ips.len()).filter(is_concerned).collect()))
    }

    /// The prefixes that the batch moved, in its order, and those in marked groups.
    fn moved(&self, py: Python<'_>) -> PrefixColumn {
        let inner = self.inner(py);
        let mut found = inner.store.touched();
        found.extend(inner.store.members(inner.store.marked()));
        PrefixColumn { nets: found.into_iter().map(|(net, _)| net).collect() }
    }

    /// Group before and after of the prefixes that the batch moved, each different pair once.
    fn pairs(&self, py: Python<'_>) -> Vec<(u32, u32)> {
        let mut guard = self.inner(py);
        let inner: &mut Inner = &mut guard;
        py.detach(|| inner.store.pairs())
    }

    /// The changes of the batch, after `pairs`: see `fingerpost.rib.store`.
    #[allow(clippy::needless_pass_by_value)]
    fn changes(
        &self,
        py: Python<'_>,
        kinds: Vec<Kind>,
        of_pairs: Vec<Option<u32>>,
        rest: Vec<(u32, u32)>,
        singles: &Bound<'_, PyDict>,
    ) -> PyResult<RibChanges> {
        let mut single = HashMap::new();
        for (prefix, kind) in singles {
            single.insert(net_from(&prefix)?, kind.extract::<Option<u32>>()?);
        }
        let guard = self.inner(py);
        let inner: &Inner = &guard;
        let columns = py.detach(|| inner.store.changes(&kinds, &of_pairs, &rest, &single));
        Ok(RibChanges { columns })
    }

    /// End the batch: what was before it is no longer known.
    fn finish(&self, py: Python<'_>) {
        let mut guard = self.inner(py);
        let inner: &mut Inner = &mut guard;
        inner.moves = None;
        py.detach(|| inner.store.finish());
    }
}

/// Changes in columns: prefix, number of the kind of change, since when what was used before and
/// what is used now was there.
#[pyclass(frozen, module = "fingerpost._core")]
pub struct RibChanges {
    columns: Changes,
}

#[pymethods]
impl RibChanges {
    #[new]
    fn new() -> RibChanges {
        RibChanges { columns: Changes::default() }
    }

    fn __len__(&self) -> usize {
        self.columns.len()
    }

    /// Rows from `start` up to `stop`: prefix, kind, since when before, since when now.
    fn rows(&self, start: usize, stop: usize) -> Vec<(Prefix, u32, u64, u64)> {
        let rows = (start..stop.min(self.columns.len())).filter_map(|at| self.columns.row(at));
        rows.map(|(net, kind, before, after)| (Prefix { net }, kind, before, after)).collect()
    }

    /// The prefixes.
    fn prefixes(&self) -> PrefixColumn {
        PrefixColumn { nets: self.columns.nets.clone() }
    }

    /// The number of the kind of each, as u32 in the byte order of the machine.
    fn kinds<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes: Vec<u8> =
            self.columns.kinds.iter().flat_map(|kind| kind.to_ne_bytes()).collect();
        PyBytes::new(py, &bytes)
    }

    /// Those whose kind has a new number in `to`, in the same order.
    #[allow(clippy::needless_pass_by_value)]
    fn select(&self, py: Python<'_>, to: Vec<Option<u32>>) -> RibChanges {
        RibChanges { columns: py.detach(|| self.columns.select(&to)) }
    }

    /// How many there are of each of `kinds` kinds.
    fn counts(&self, kinds: usize) -> Vec<u64> {
        self.columns.counts(kinds)
    }

    /// The prefixes of each of `kinds` kinds, those of either family apart: (kind, prefixes).
    fn split(&self, py: Python<'_>, kinds: usize) -> Vec<(u32, PrefixColumn)> {
        let split = py.detach(|| self.columns.split(kinds));
        split.into_iter().map(|(kind, nets)| (kind, PrefixColumn { nets })).collect()
    }

    /// These, and others behind them, whose kinds are numbered from `first` on.
    fn joined(&self, others: &RibChanges, first: u32) -> RibChanges {
        RibChanges { columns: self.columns.joined(&others.columns, first) }
    }
}
