//! `RouteCalculator`.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use fingerpost_core::addr::{Ip, Net};
use fingerpost_core::ospf::calculation::{
    Calculated as Outcome, Calculator4, Calculator6, Candidate, FirstHop, Kind, Options, Step,
    Told, Way,
};
use fingerpost_core::ospf::lsa::{Header, LsaKey, Version};
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::sync::MutexExt;

use super::LinkStateDatabase;
use crate::addr::{Address, Prefix};
use crate::column::{PrefixColumn, nets_from};
use crate::convert::{ip_from, net_from};
use crate::errors::usage_error;

/// A calculator of either address family.
enum Family {
    V4(Calculator4),
    V6(Calculator6),
}

/// The same for either.
macro_rules! of {
    ($family:expr, $calculator:ident => $what:expr) => {
        match $family {
            Family::V4($calculator) => $what,
            Family::V6($calculator) => $what,
        }
    };
}

struct Inner {
    version: Version,
    family: Family,
}

/// Interface and gateway.
type Hop = (u32, Option<Address>);
/// Path type, cost, cost of type 2, area id, tag, next hops, whether it is connected.
type Route = (u8, u32, u32, u32, u32, Hops, bool);
/// Scope, type, link state id, advertising router.
type Lsa = (u32, u16, u32, u32);

/// Next hops, as a tuple.
struct Hops(Vec<Way>);

impl<'py> IntoPyObject<'py> for Hops {
    type Target = pyo3::types::PyTuple;
    type Output = Bound<'py, Self::Target>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let hops = self
            .0
            .into_iter()
            .map(|(number, gateway)| -> Hop { (number, gateway.map(Address::from)) });
        pyo3::types::PyTuple::new(py, hops.collect::<Vec<_>>())
    }
}

fn route(told: Told) -> Route {
    let Told { path, cost, cost2, area_id, tag, hops, is_connected } = told;
    (path, cost, cost2, area_id, tag, Hops(hops), is_connected)
}

fn lsas(found: Vec<(u32, LsaKey)>) -> Vec<Lsa> {
    found.into_iter().map(|(scope, key)| (scope, key.kind, key.id, key.router)).collect()
}

fn kind_from(py: Python<'_>, kind: u32) -> PyResult<Kind> {
    match kind {
        0 => Ok(Kind::Normal),
        1 => Ok(Kind::Stub),
        2 => Ok(Kind::Nssa),
        other => Err(usage_error(
            py,
            format!("kind of area is {other}, expected 0 (normal), 1 (stub) or 2 (nssa)"),
        )),
    }
}

/// Routes of one instance from the LSAs that it is given (RFC 2328 16, RFC 5340 4.8).
#[pyclass(frozen, module = "fingerpost._core")]
pub struct RouteCalculator {
    inner: Mutex<Inner>,
}

impl RouteCalculator {
    fn inner(&self, py: Python<'_>) -> MutexGuard<'_, Inner> {
        self.inner.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl RouteCalculator {
    #[new]
    fn new(py: Python<'_>, version: u32, router_id: u32, family: u32) -> PyResult<RouteCalculator> {
        let (version, family) = match (version, family) {
            (2, 4) => (Version::V2, Family::V4(Calculator4::new(Version::V2, router_id))),
            (3, 4) => (Version::V3, Family::V4(Calculator4::new(Version::V3, router_id))),
            (3, 6) => (Version::V3, Family::V6(Calculator6::new(Version::V3, router_id))),
            _ => {
                let message = format!(
                    "ospf version {version} with addresses of IPv{family}, expected 2 with 4, \
                     3 with 4 or 3 with 6"
                );
                return Err(usage_error(py, message));
            }
        };
        Ok(RouteCalculator { inner: Mutex::new(Inner { version, family }) })
    }

    /// Number of prefixes that have a route.
    fn __len__(&self, py: Python<'_>) -> usize {
        of!(&self.inner(py).family, calculator => calculator.len())
    }

    #[pyo3(signature = (scope, area_id, kind = 0, *, imports_summaries = true, ranges = None))]
    fn set_area(
        &self,
        py: Python<'_>,
        scope: u32,
        area_id: u32,
        kind: u32,
        imports_summaries: bool,
        ranges: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let kind = kind_from(py, kind)?;
        let ranges: Vec<Net> = ranges.map(nets_from).transpose()?.unwrap_or_default();
        let mut inner = self.inner(py);
        let is_set = of!(&mut inner.family, calculator => {
            let is_set = calculator.set_area(scope, area_id, kind, imports_summaries);
            calculator.set_ranges(scope, &ranges);
            is_set
        });
        if is_set {
            return Ok(());
        }
        Err(usage_error(
            py,
            format!(
                "scope {scope} cannot be of area {area_id}, expected one above 0 of no other area"
            ),
        ))
    }

    fn remove_area(&self, py: Python<'_>, scope: u32) {
        of!(&mut self.inner(py).family, calculator => calculator.remove_area(scope));
    }

    #[pyo3(signature = (*, is_area_border, rfc1583 = false, maximum_paths = 64, is_provider_edge = false))]
    fn set_options(
        &self,
        py: Python<'_>,
        is_area_border: bool,
        rfc1583: bool,
        maximum_paths: usize,
        is_provider_edge: bool,
    ) -> PyResult<()> {
        if maximum_paths == 0 {
            return Err(usage_error(py, String::from("maximum_paths is 0, expected at least 1")));
        }
        let options = Options { is_area_border, rfc1583, is_provider_edge, maximum_paths };
        of!(&mut self.inner(py).family, calculator => calculator.set_options(options));
        Ok(())
    }

    fn set_first_hops(&self, py: Python<'_>, scope: u32, links: &Bound<'_, PyAny>) -> PyResult<()> {
        let links =
            links.try_iter()?.map(|link| link?.extract()).collect::<PyResult<Vec<FirstHop>>>()?;
        of!(&mut self.inner(py).family, calculator => calculator.set_first_hops(scope, links));
        Ok(())
    }

    fn set_addresses(
        &self,
        py: Python<'_>,
        scope: u32,
        addresses: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let mut known: HashMap<(u32, u32), Ip> = HashMap::new();
        for item in addresses.try_iter()? {
            let (interface, router, address): (u32, u32, Bound<'_, PyAny>) = item?.extract()?;
            known.insert((interface, router), ip_from(&address)?);
        }
        of!(&mut self.inner(py).family, calculator => calculator.set_addresses(scope, known));
        Ok(())
    }

    fn set_connected(
        &self,
        py: Python<'_>,
        scope: u32,
        prefixes: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let mut known: HashMap<Net, u32> = HashMap::new();
        for item in prefixes.try_iter()? {
            let (prefix, interface): (Bound<'_, PyAny>, u32) = item?.extract()?;
            known.insert(net_from(&prefix)?, interface);
        }
        of!(&mut self.inner(py).family, calculator => calculator.set_connected(scope, known));
        Ok(())
    }

    #[allow(clippy::needless_pass_by_value)]
    fn apply(&self, py: Python<'_>, scope: u32, lsa: PyBuffer<u8>) -> PyResult<()> {
        let bytes = lsa.to_vec(py)?;
        let mut inner = self.inner(py);
        let Some(header) = Header::read(inner.version, &bytes) else {
            let message = format!("lsa has {} bytes, expected a header of 20", bytes.len());
            return Err(usage_error(py, message));
        };
        of!(&mut inner.family, calculator => {
            calculator.apply_bytes(scope, header.key, Some(&bytes));
        });
        Ok(())
    }

    #[pyo3(signature = (scope, r#type, id, router))]
    fn withdraw(&self, py: Python<'_>, scope: u32, r#type: u16, id: u32, router: u32) {
        let key = LsaKey { kind: r#type, id, router };
        of!(&mut self.inner(py).family, calculator => calculator.apply_bytes(scope, key, None));
    }

    /// Drain a database, and calculate what changed.
    #[pyo3(signature = (database = None))]
    fn run(&self, py: Python<'_>, database: Option<&LinkStateDatabase>) -> Calculated {
        let changes = database.map(|database| database.inner(py).take_changes());
        let mut guard = self.inner(py);
        let inner: &mut Inner = &mut guard;
        let outcome = py.detach(|| {
            of!(&mut inner.family, calculator => {
                changes.iter().flatten().for_each(|change| calculator.apply(change));
                calculator.run()
            })
        });
        Calculated { outcome }
    }

    /// The border and boundary routers of an area and the ends of virtual links in it.
    fn routers(&self, py: Python<'_>, scope: u32) -> Vec<(u32, u8, u8, u32, Hops)> {
        let found = of!(&mut self.inner(py).family, calculator => calculator.routers(scope));
        let row = |(id, bits, path, cost, hops)| (id, bits, path, cost, Hops(hops));
        found.into_iter().map(row).collect()
    }

    fn route(&self, py: Python<'_>, prefix: &Bound<'_, PyAny>) -> PyResult<Option<Route>> {
        let net = net_from(prefix)?;
        let told = of!(&self.inner(py).family, calculator => calculator.route(net));
        Ok(told.map(route))
    }

    fn routes_in(
        &self,
        py: Python<'_>,
        prefix: &Bound<'_, PyAny>,
    ) -> PyResult<Vec<(Prefix, Route)>> {
        let net = net_from(prefix)?;
        let found = of!(&self.inner(py).family, calculator => calculator.routes_in(net));
        Ok(found.into_iter().map(|(net, told)| (Prefix { net }, route(told))).collect())
    }

    /// Every way to a prefix, those in use first.
    fn candidates(
        &self,
        py: Python<'_>,
        prefix: &Bound<'_, PyAny>,
    ) -> PyResult<Vec<(&'static str, Route, Vec<Lsa>)>> {
        let net = net_from(prefix)?;
        let found = of!(&mut self.inner(py).family, calculator => calculator.candidates(net));
        let row = |Candidate { rule, told, lsas: named }| (rule.name(), route(told), lsas(named));
        Ok(found.into_iter().map(row).collect())
    }

    /// The vertices of all shortest paths to a router.
    fn path(&self, py: Python<'_>, scope: u32, router: u32) -> Vec<(Vec<Lsa>, u32, Vec<usize>)> {
        let found = of!(&self.inner(py).family, calculator => calculator.path(scope, router));
        let row = |Step { lsas: named, cost, parents }| (lsas(named), cost, parents);
        found.into_iter().map(row).collect()
    }

    /// What the way to a router costs by each neighbour.
    fn beside(&self, py: Python<'_>, scope: u32, router: u32) -> Vec<(u32, u32)> {
        of!(&self.inner(py).family, calculator => calculator.beside(scope, router))
    }

    /// Bytes held, about.
    fn memory(&self, py: Python<'_>) -> usize {
        of!(&self.inner(py).family, calculator => calculator.memory())
    }
}

/// What a run of a `RouteCalculator` changed, and what it took.
#[pyclass(frozen, module = "fingerpost._core")]
pub struct Calculated {
    outcome: Outcome,
}

#[pymethods]
impl Calculated {
    /// New and changed routes: what they say, and the prefixes of which it is said.
    #[getter]
    fn announced(&self) -> Vec<(Route, PrefixColumn)> {
        let groups = self.outcome.announced.iter();
        groups
            .map(|(told, nets)| (route(told.clone()), PrefixColumn { nets: nets.clone() }))
            .collect()
    }

    /// Prefixes that have no route any more.
    #[getter]
    fn withdrawn(&self) -> PrefixColumn {
        PrefixColumn { nets: self.outcome.withdrawn.clone() }
    }

    /// Whether the ways to border or boundary routers changed.
    #[getter]
    fn routers_changed(&self) -> bool {
        self.outcome.routers_changed
    }

    /// How much it had to do: "nothing", "prefixes", "partial", "incremental" or "whole".
    #[getter]
    fn kind(&self) -> &'static str {
        self.outcome.extent.name()
    }

    /// How many vertices it took up.
    #[getter]
    fn vertices(&self) -> usize {
        self.outcome.vertices
    }

    /// How many edges it looked at.
    #[getter]
    fn edges(&self) -> usize {
        self.outcome.edges
    }

    /// How many prefixes it weighed.
    #[getter]
    fn prefixes(&self) -> usize {
        self.outcome.prefixes
    }
}
