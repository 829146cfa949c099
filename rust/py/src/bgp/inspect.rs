//! What people ask of `BgpTable`: pages of prefixes, their paths, and sets of attributes.

use std::sync::{Mutex, PoisonError};

use fingerpost_core::bgp::attributes::SetId;
use fingerpost_core::bgp::family::Family;
use fingerpost_core::bgp::table::{Key, PathFilter, PathRow, State, Table, Walk};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use super::policy::BgpAutomaton;
use crate::addr::Prefix;
use crate::errors::usage_error;

/// Which paths are asked for: peer, state, origin AS, AS it goes through, member of an attribute,
/// what their AS_PATH fits, as they came, told to, not told to.
pub type Filter<'py> = (
    Option<u16>,
    u8,
    Option<u32>,
    Option<u32>,
    Option<(u8, Vec<u8>)>,
    Option<Bound<'py, BgpAutomaton>>,
    bool,
    Option<u16>,
    Option<u16>,
);
/// Peer, path id, received set, imported set, flags, since, metric, step, is best.
type Row = (u16, u32, SetId, SetId, u16, u32, Option<u32>, Option<u8>, bool);

/// Rows by prefix, and canonical bytes by set.
pub type Rows<'py> = (Vec<Vec<Row>>, Bound<'py, PyDict>);
/// Number, uses, canonical bytes.
pub type SetRow<'py> = (SetId, u32, Bound<'py, PyBytes>);

/// A page of prefixes on its way; see `BgpTable.walk`.
#[pyclass(frozen, module = "fingerpost._core")]
pub struct BgpWalk {
    pub(super) inner: Mutex<Walk>,
}

#[pymethods]
impl BgpWalk {
    /// What was found so far, in order.
    fn prefixes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let keys = self.inner.lock().unwrap_or_else(PoisonError::into_inner).keys();
        let made: PyResult<Vec<_>> = keys.iter().map(|key| shown(py, key)).collect();
        PyList::new(py, made?)
    }
}

impl BgpWalk {
    pub(super) fn new(walk: Walk) -> Self {
        Self { inner: Mutex::new(walk) }
    }

    pub(super) fn family(&self) -> Family {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).family
    }

    pub(super) fn step(&self, table: &Table, budget: usize) -> bool {
        let mut walk = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        table.walk(&mut walk, budget)
    }

    /// Rows of some prefixes, and the canonical bytes of the sets that they name.
    pub(super) fn rows<'py>(
        &self,
        py: Python<'py>,
        table: &Table,
        keys: &[Key],
    ) -> PyResult<Rows<'py>> {
        let walk = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (rows, sets) = table.rows(&walk, keys);
        let found = PyDict::new(py);
        for (id, bytes) in sets {
            found.set_item(id, PyBytes::new(py, bytes))?;
        }
        let rows = rows.into_iter().map(|of| of.into_iter().map(row).collect());
        Ok((rows.collect(), found))
    }
}

fn row(one: PathRow) -> Row {
    let lost = one.lost.map(|step| step as u8);
    let (id, flags, since, metric) = (one.path_id, one.flags, one.since, one.metric);
    (one.peer, id, one.received, one.imported, flags, since, metric, lost, one.is_best)
}

/// A prefix as Python has it: a `Prefix`, or the octets of NLRI that is carried only.
pub fn shown<'py>(py: Python<'py>, key: &Key) -> PyResult<Bound<'py, PyAny>> {
    let net = match key {
        Key::V4(key) => key.net(),
        Key::V6(key) => key.net(),
        Key::Opaque(key) => return Ok(PyBytes::new(py, &key.0).into_any()),
    };
    match net {
        Some(net) => Ok(Bound::new(py, Prefix { net })?.into_any()),
        None => Ok(py.None().into_bound(py)),
    }
}

/// What is asked for, by the numbers and names that Python has.
pub fn filter_of(py: Python<'_>, filter: Option<Filter<'_>>) -> PyResult<PathFilter> {
    let Some((peer, state, origin, through, member, path, as_received, told_to, untold_to)) =
        filter
    else {
        return Ok(PathFilter::default());
    };
    let state = match state {
        0 => State::Any,
        1 => State::Best,
        2 => State::Used,
        3 => State::Accepted,
        4 => State::Refused,
        5 => State::Stale,
        6 => State::Damped,
        _ => return Err(usage_error(py, format!("state {state}, expected 0 to 6"))),
    };
    let path = path.map(|one| one.get().0.clone());
    Ok(PathFilter { peer, state, origin, through, member, path, as_received, told_to, untold_to })
}

/// The sets that are used most.
pub fn common<'py>(py: Python<'py>, table: &Table, limit: usize) -> Vec<SetRow<'py>> {
    let bytes = |id| table.store.get(id).map(|set| PyBytes::new(py, set.bytes()));
    let found = table.common_sets(limit).into_iter();
    found.filter_map(|(uses, id)| Some((id, uses, bytes(id)?))).collect()
}
