//! `VrpTable`, `VrpTelling` and `AspaTable`.

use std::sync::{Arc, Mutex, PoisonError};

use fingerpost_core::addr::Net;
use fingerpost_core::bgp::validation::{
    Aspas, Direction, Fault, Stopped, Telling, Vrp, VrpTable as Vrps,
};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::addr::Prefix;
use crate::column::PrefixColumn;
use crate::convert::net_from;
use crate::errors::usage_error;

/// Prefix, longest length, AS.
type Row = (Prefix, u8, u32);

fn row(one: Vrp) -> Row {
    (Prefix { net: one.net }, one.max, one.asn)
}

/// All VRPs of one moment (RFC 6811); never changed.
#[pyclass(frozen, module = "fingerpost._core")]
#[derive(Default)]
pub struct VrpTable {
    pub inner: Arc<Vrps>,
}

impl From<Vrps> for VrpTable {
    fn from(inner: Vrps) -> Self {
        Self { inner: Arc::new(inner) }
    }
}

#[pymethods]
impl VrpTable {
    #[new]
    #[pyo3(signature = (vrps = None, /))]
    fn new(py: Python<'_>, vrps: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let mut all = Vec::new();
        if let Some(vrps) = vrps {
            for one in vrps.try_iter()? {
                let one = one?;
                let (prefix, max, asn): (Bound<'_, PyAny>, u8, u32) = one.extract()?;
                let net = net_from(&prefix)?;
                if max < net.len() || max > net.ip().bits() {
                    let told = format!("longest length {max} of {prefix} cannot be (RFC 9582 4.3)");
                    return Err(usage_error(py, told));
                }
                all.push(Vrp { net, max, asn });
            }
        }
        Ok(py.detach(|| Vrps::new(&all)).unwrap_or_default().into())
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }

    fn __eq__(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner) || self.inner == other.inner
    }

    fn __repr__(&self) -> String {
        format!("<VrpTable of {} VRPs>", self.inner.len())
    }

    fn counts(&self) -> (usize, usize) {
        (self.inner.v4.as_slice().len(), self.inner.v6.as_slice().len())
    }

    #[pyo3(signature = (after = 0, limit = None))]
    fn rows(&self, after: usize, limit: Option<usize>) -> Vec<Row> {
        self.inner.iter().skip(after).take(limit.unwrap_or(usize::MAX)).map(row).collect()
    }

    fn validate(&self, prefix: &Bound<'_, PyAny>, origin: u32) -> PyResult<u8> {
        Ok(self.inner.validate(net_from(prefix)?, origin) as u8)
    }

    fn states<'py>(
        &self,
        py: Python<'py>,
        prefixes: &PrefixColumn,
        origins: Vec<u32>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let nets: &[Net] = &prefixes.nets;
        if nets.len() != origins.len() {
            let told = format!("{} prefixes with {} origins", nets.len(), origins.len());
            return Err(usage_error(py, told));
        }
        let found: Vec<u8> = py.detach(|| {
            let pairs = nets.iter().zip(&origins);
            pairs.map(|(&net, &origin)| self.inner.validate(net, origin) as u8).collect()
        });
        Ok(PyBytes::new(py, &found))
    }

    fn covering(&self, prefix: &Bound<'_, PyAny>) -> PyResult<Vec<Row>> {
        Ok(self.inner.covering(net_from(prefix)?).map(row).collect())
    }

    fn union(&self, py: Python<'_>, other: &Self) -> Self {
        py.detach(|| self.inner.union(&other.inner)).into()
    }

    fn differing(&self, py: Python<'_>, other: &Self) -> Self {
        py.detach(|| self.inner.differing(&other.inner)).into()
    }

    fn without(&self, filters: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut all = Vec::new();
        for one in filters.try_iter()? {
            let (prefix, asn): (Option<Bound<'_, PyAny>>, Option<u32>) = one?.extract()?;
            all.push((prefix.as_ref().map(net_from).transpose()?, asn));
        }
        Ok(self.inner.without(&all).into())
    }

    fn memory(&self) -> usize {
        self.inner.memory()
    }
}

/// What a cache tells between Cache Response and End of Data.
#[pyclass(frozen, module = "fingerpost._core")]
pub struct VrpTelling {
    inner: Mutex<Telling>,
}

#[pymethods]
impl VrpTelling {
    #[new]
    fn new(most: u32) -> Self {
        Self { inner: Mutex::new(Telling::new(most)) }
    }

    fn __len__(&self) -> usize {
        let held = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        usize::try_from(held.count()).unwrap_or(usize::MAX)
    }

    fn take(&self, version: u8, octets: &[u8]) -> (usize, bool) {
        let mut held = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, stopped) = held.take(version, octets);
        (at, stopped == Stopped::Full)
    }

    #[allow(clippy::type_complexity)]
    fn apply<'py>(
        &self,
        py: Python<'py>,
        held: &VrpTable,
    ) -> (Option<VrpTable>, Option<(bool, Bound<'py, PyBytes>)>) {
        let told = py.detach(|| {
            let mut telling = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *telling, Telling::new(0))
        });
        match py.detach(|| told.apply(&held.inner)) {
            Ok(table) => (Some(table.into()), None),
            Err(Fault::Duplicate(body)) => (None, Some((true, PyBytes::new(py, &body)))),
            Err(Fault::Unknown(body)) => (None, Some((false, PyBytes::new(py, &body)))),
        }
    }
}

/// Who provides for whom, as customers say.
#[pyclass(frozen, module = "fingerpost._core")]
pub struct AspaTable {
    pub inner: Arc<Aspas>,
}

#[pymethods]
impl AspaTable {
    #[new]
    fn new(providers: std::collections::BTreeMap<u32, Vec<u32>>) -> Self {
        Self { inner: Arc::new(Aspas::new(providers)) }
    }

    fn __len__(&self) -> usize {
        self.inner.len()
    }

    #[pyo3(signature = (path, neighbor, *, from_provider))]
    fn verify(&self, path: &[u8], neighbor: Option<u32>, from_provider: bool) -> u8 {
        let way = if from_provider { Direction::Downstream } else { Direction::Upstream };
        self.inner.verify(path, neighbor, way) as u8
    }
}
