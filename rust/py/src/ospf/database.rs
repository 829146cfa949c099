//! `LinkStateDatabase`.

use std::borrow::Cow;
use std::sync::{Mutex, MutexGuard, PoisonError};

use fingerpost_core::ospf::lsa::{LsaKey, Version};
use fingerpost_core::ospf::{
    Damaged, Database, InterfaceSettings, NeighborSettings, Role, Settings, State,
};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::{PyBytes, PyList};

use super::UpdateReceived;
use crate::errors::usage_error;

/// Type, id, advertising router.
type Key = (u16, u32, u32);

/// The link state database of one instance, with the lists of its neighbours.
#[pyclass(frozen, module = "fingerpost._core")]
pub struct LinkStateDatabase {
    inner: Mutex<Database>,
}

impl LinkStateDatabase {
    /// What the calculation of routes drains.
    pub(crate) fn inner(&self, py: Python<'_>) -> MutexGuard<'_, Database> {
        self.inner.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)
    }
}

fn key_from((kind, id, router): Key) -> LsaKey {
    LsaKey { kind, id, router }
}

fn names(found: Vec<(u32, LsaKey)>) -> Vec<(u32, Key)> {
    found.into_iter().map(|(scope, key)| (scope, (key.kind, key.id, key.router))).collect()
}

fn stranger(py: Python<'_>, what: &str, number: u32) -> PyErr {
    usage_error(py, format!("{what} {number} is not set in the link state database"))
}

fn missing(py: Python<'_>, scope: u32, key: Key) -> PyErr {
    let (kind, id, router) = key;
    usage_error(
        py,
        format!("lsa of type {kind:#x}, id {id}, router {router} is not in scope {scope}"),
    )
}

fn damaged(py: Python<'_>, _: Damaged) -> PyErr {
    usage_error(py, String::from("lsa has a wrong length or checksum, expected a whole one"))
}

fn of_neighbor<T>(py: Python<'_>, number: u32, found: Option<T>) -> PyResult<T> {
    found.ok_or_else(|| stranger(py, "neighbor", number))
}

fn bytes<'py>(py: Python<'py>, found: &[u8]) -> Bound<'py, PyBytes> {
    PyBytes::new(py, found)
}

#[pymethods]
impl LinkStateDatabase {
    #[new]
    #[pyo3(signature = (version, router_id, limit = 1_000_000, min_arrival_ns = 1_000_000_000, pace_ns = 33_000_000))]
    fn new(
        py: Python<'_>,
        version: u32,
        router_id: u32,
        limit: usize,
        min_arrival_ns: i64,
        pace_ns: i64,
    ) -> PyResult<LinkStateDatabase> {
        let version = match version {
            2 => Version::V2,
            3 => Version::V3,
            other => {
                return Err(usage_error(py, format!("ospf version is {other}, expected 2 or 3")));
            }
        };
        let settings = Settings { version, router_id, limit, min_arrival_ns, pace_ns };
        Ok(LinkStateDatabase { inner: Mutex::new(Database::new(settings)) })
    }

    // ---- who is there

    fn set_addresses(&self, py: Python<'_>, addresses: Vec<u32>) {
        self.inner(py).set_addresses(addresses);
    }

    #[pyo3(signature = (interface, *, area, link, is_backup = false, takes_as_scope = true, takes_type_7 = true, transmit_delay_s = 1, retransmit_ns = 5_000_000_000, ack_delay_ns = 1_000_000_000, room = 1452))]
    #[allow(clippy::too_many_arguments)]
    fn set_interface(
        &self,
        py: Python<'_>,
        interface: u32,
        area: u32,
        link: u32,
        is_backup: bool,
        takes_as_scope: bool,
        takes_type_7: bool,
        transmit_delay_s: u16,
        retransmit_ns: i64,
        ack_delay_ns: i64,
        room: usize,
    ) {
        let settings = InterfaceSettings {
            area,
            link,
            is_backup,
            takes_as_scope,
            takes_type_7,
            transmit_delay_s,
            retransmit_ns,
            ack_delay_ns,
            room,
        };
        self.inner(py).set_interface(interface, settings);
    }

    fn remove_interface(&self, py: Python<'_>, interface: u32) -> PyResult<()> {
        let was_there = self.inner(py).remove_interface(interface);
        was_there.then_some(()).ok_or_else(|| stranger(py, "interface", interface))
    }

    #[pyo3(signature = (neighbor, interface, state, *, role = 0, takes_opaque = true))]
    fn set_neighbor(
        &self,
        py: Python<'_>,
        neighbor: u32,
        interface: u32,
        state: u32,
        role: u32,
        takes_opaque: bool,
    ) -> PyResult<()> {
        let state = match state {
            0 => State::Below,
            1 => State::Exchange,
            2 => State::Loading,
            3 => State::Full,
            other => {
                return Err(usage_error(py, format!("neighbor state is {other}, expected 0 to 3")));
            }
        };
        let role = match role {
            0 => Role::Other,
            1 => Role::Backup,
            2 => Role::Designated,
            other => {
                return Err(usage_error(py, format!("neighbor role is {other}, expected 0 to 2")));
            }
        };
        let settings = NeighborSettings { state, role, takes_opaque };
        if neighbor == 0 {
            return Err(usage_error(py, String::from("neighbor is 0, expected another number")));
        }
        let is_set = self.inner(py).set_neighbor(neighbor, interface, settings);
        is_set.then_some(()).ok_or_else(|| stranger(py, "interface", interface))
    }

    fn remove_neighbor(&self, py: Python<'_>, neighbor: u32) -> PyResult<()> {
        let was_there = self.inner(py).remove_neighbor(neighbor);
        of_neighbor(py, neighbor, was_there.then_some(()))
    }

    fn clear_neighbor(&self, py: Python<'_>, neighbor: u32) -> PyResult<()> {
        let was_there = self.inner(py).clear_neighbor(neighbor);
        of_neighbor(py, neighbor, was_there.then_some(()))
    }

    fn neighbor(&self, py: Python<'_>, neighbor: u32) -> PyResult<(u32, u32, u32, bool)> {
        let (interface, is) = of_neighbor(py, neighbor, self.inner(py).neighbor(neighbor))?;
        Ok((interface, is.state as u32, is.role as u32, is.takes_opaque))
    }

    fn neighbors(&self, py: Python<'_>, interface: u32) -> PyResult<Vec<u32>> {
        let found = self.inner(py).neighbors(interface);
        found.ok_or_else(|| stranger(py, "interface", interface))
    }

    fn interfaces(&self, py: Python<'_>, scope: u32) -> Vec<u32> {
        self.inner(py).interfaces(scope)
    }

    fn is_backup(&self, py: Python<'_>, interface: u32) -> PyResult<bool> {
        Ok(self.interface(py, interface)?.is_backup)
    }

    fn is_exchanging(&self, py: Python<'_>) -> bool {
        self.inner(py).is_exchanging()
    }

    fn scope_of(&self, py: Python<'_>, interface: u32, kind: u16) -> PyResult<Option<u32>> {
        let settings = self.interface(py, interface)?;
        Ok(self.inner(py).scope_of(&settings, kind))
    }

    fn takes(&self, py: Python<'_>, interface: u32, kind: u16) -> PyResult<bool> {
        let settings = self.interface(py, interface)?;
        let inner = self.inner(py);
        let scope = inner.scope_of(&settings, kind);
        Ok(scope.is_some_and(|scope| inner.takes(&settings, scope, kind)))
    }

    // ---- exchange

    fn begin_summary(&self, py: Python<'_>, neighbor: u32, now: i64) -> PyResult<usize> {
        of_neighbor(py, neighbor, self.inner(py).begin_summary(neighbor, now))
    }

    fn take_summary<'py>(
        &self,
        py: Python<'py>,
        neighbor: u32,
        room: usize,
        now: i64,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let found = of_neighbor(py, neighbor, self.inner(py).take_summary(neighbor, room, now))?;
        Ok(bytes(py, &found))
    }

    fn summary_left(&self, py: Python<'_>, neighbor: u32) -> PyResult<usize> {
        Ok(of_neighbor(py, neighbor, self.inner(py).sizes(neighbor))?.summary)
    }

    fn take_description(
        &self,
        py: Python<'_>,
        neighbor: u32,
        headers: &[u8],
        now: i64,
    ) -> PyResult<Option<String>> {
        use fingerpost_core::ospf::Fault;
        match self.inner(py).take_description(neighbor, headers, now) {
            Ok(()) => Ok(None),
            Err(Fault::Stranger) => Err(stranger(py, "neighbor", neighbor)),
            Err(fault) => Ok(Some(fault.to_string())),
        }
    }

    fn requests<'py>(
        &self,
        py: Python<'py>,
        neighbor: u32,
        room: usize,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let found = of_neighbor(py, neighbor, self.inner(py).requests(neighbor, room))?;
        Ok(bytes(py, &found))
    }

    fn requests_left(&self, py: Python<'_>, neighbor: u32) -> PyResult<usize> {
        Ok(of_neighbor(py, neighbor, self.inner(py).sizes(neighbor))?.requests)
    }

    fn may_request(&self, py: Python<'_>, neighbor: u32) -> PyResult<bool> {
        of_neighbor(py, neighbor, self.inner(py).may_request(neighbor))
    }

    fn is_loaded(&self, py: Python<'_>, neighbor: u32) -> PyResult<bool> {
        of_neighbor(py, neighbor, self.inner(py).is_loaded(neighbor))
    }

    fn answer_request(
        &self,
        py: Python<'_>,
        neighbor: u32,
        body: &[u8],
        now: i64,
    ) -> PyResult<bool> {
        of_neighbor(py, neighbor, self.inner(py).answer_request(neighbor, body, now))
    }

    // ---- flooding

    fn receive_update(
        &self,
        py: Python<'_>,
        neighbor: u32,
        body: &[u8],
        now: i64,
    ) -> PyResult<UpdateReceived> {
        let inner = self.inner(py).receive_update(neighbor, body, now);
        Ok(UpdateReceived { inner: of_neighbor(py, neighbor, inner)? })
    }

    fn receive_ack(
        &self,
        py: Python<'_>,
        neighbor: u32,
        headers: &[u8],
        now: i64,
    ) -> PyResult<(u32, u32)> {
        of_neighbor(py, neighbor, self.inner(py).receive_ack(neighbor, headers, now))
    }

    fn originate(&self, py: Python<'_>, scope: u32, lsa: &[u8], now: i64) -> PyResult<bool> {
        self.inner(py).originate(scope, lsa, now).map_err(|error| damaged(py, error))
    }

    fn flush(&self, py: Python<'_>, scope: u32, key: Key, now: i64) -> bool {
        self.inner(py).flush(scope, key_from(key), now)
    }

    // ---- primitives

    fn find<'py>(
        &self,
        py: Python<'py>,
        scope: u32,
        key: Key,
        now: i64,
    ) -> Option<Bound<'py, PyBytes>> {
        self.inner(py).find(scope, key_from(key), now).map(|found| bytes(py, &found))
    }

    fn is_own(&self, py: Python<'_>, key: Key) -> bool {
        self.inner(py).is_own(key_from(key))
    }

    fn arrived(&self, py: Python<'_>, scope: u32, key: Key) -> Option<i64> {
        self.inner(py).arrived(scope, key_from(key))
    }

    fn sent(&self, py: Python<'_>, scope: u32, key: Key) -> Option<i64> {
        self.inner(py).sent(scope, key_from(key))
    }

    #[pyo3(signature = (scope, lsa, now, *, is_received = true))]
    fn install(
        &self,
        py: Python<'_>,
        scope: u32,
        lsa: &[u8],
        now: i64,
        is_received: bool,
    ) -> PyResult<Option<bool>> {
        let done = self.inner(py).install(scope, lsa, now, is_received);
        done.map_err(|error| damaged(py, error))
    }

    #[pyo3(signature = (scope, key, now, sender = None))]
    fn flood(
        &self,
        py: Python<'_>,
        scope: u32,
        key: Key,
        now: i64,
        sender: Option<u32>,
    ) -> PyResult<bool> {
        let mut inner = self.inner(py);
        if let Some(number) = sender.filter(|&number| inner.neighbor(number).is_none()) {
            return Err(stranger(py, "neighbor", number));
        }
        if !inner.holds(scope, key_from(key)) {
            return Err(missing(py, scope, key));
        }
        Ok(inner.flood(scope, key_from(key), now, sender))
    }

    #[pyo3(signature = (interface, scope, key, now, *, is_refresh = false))]
    fn queue(
        &self,
        py: Python<'_>,
        interface: u32,
        scope: u32,
        key: Key,
        now: i64,
        is_refresh: bool,
    ) -> PyResult<()> {
        self.interface(py, interface)?;
        let is_done = self.inner(py).queue(interface, scope, key_from(key), now, is_refresh);
        is_done.then_some(()).ok_or_else(|| missing(py, scope, key))
    }

    fn send(&self, py: Python<'_>, neighbor: u32, scope: u32, key: Key, now: i64) -> PyResult<()> {
        self.neighbor(py, neighbor)?;
        let is_done = self.inner(py).send(neighbor, scope, key_from(key), now);
        is_done.then_some(()).ok_or_else(|| missing(py, scope, key))
    }

    #[pyo3(signature = (neighbor, header, now, *, is_direct))]
    fn acknowledge(
        &self,
        py: Python<'_>,
        neighbor: u32,
        header: &[u8],
        now: i64,
        is_direct: bool,
    ) -> PyResult<()> {
        if header.len() < fingerpost_core::ospf::lsa::HEADER {
            return Err(usage_error(py, format!("header has {} bytes, expected 20", header.len())));
        }
        let is_done = self.inner(py).acknowledge(neighbor, header, now, is_direct);
        of_neighbor(py, neighbor, is_done.then_some(()))
    }

    fn requested<'py>(
        &self,
        py: Python<'py>,
        neighbor: u32,
        key: Key,
    ) -> PyResult<Option<Bound<'py, PyBytes>>> {
        self.neighbor(py, neighbor)?;
        let found = self.inner(py).requested(neighbor, key_from(key));
        Ok(found.map(|raw| bytes(py, &raw)))
    }

    fn drop_request(&self, py: Python<'_>, neighbor: u32, key: Key) -> PyResult<()> {
        let is_done = self.inner(py).drop_request(neighbor, key_from(key));
        of_neighbor(py, neighbor, is_done.then_some(()))
    }

    fn is_unacknowledged(
        &self,
        py: Python<'_>,
        neighbor: u32,
        scope: u32,
        key: Key,
    ) -> PyResult<bool> {
        let found = self.inner(py).is_unacknowledged(neighbor, scope, key_from(key));
        of_neighbor(py, neighbor, found)
    }

    fn add_unacknowledged(
        &self,
        py: Python<'_>,
        neighbor: u32,
        scope: u32,
        key: Key,
        now: i64,
    ) -> PyResult<()> {
        self.neighbor(py, neighbor)?;
        let is_done = self.inner(py).add_unacknowledged(neighbor, (scope, key_from(key)), now);
        is_done.then_some(()).ok_or_else(|| missing(py, scope, key))
    }

    fn drop_unacknowledged(
        &self,
        py: Python<'_>,
        neighbor: u32,
        scope: u32,
        key: Key,
    ) -> PyResult<()> {
        let is_done = self.inner(py).drop_unacknowledged(neighbor, scope, key_from(key));
        of_neighbor(py, neighbor, is_done.then_some(()))
    }

    fn settle(&self, py: Python<'_>, scope: u32, key: Key) {
        self.inner(py).settle_named(scope, key_from(key));
    }

    fn remove(&self, py: Python<'_>, scope: u32, key: Key) -> bool {
        self.inner(py).remove(scope, key_from(key))
    }

    fn remove_scope(&self, py: Python<'_>, scope: u32) -> usize {
        self.inner(py).remove_scope(scope)
    }

    // ---- time

    fn outgoing<'py>(&self, py: Python<'py>, now: i64) -> PyResult<Bound<'py, PyList>> {
        let out = self.inner(py).outgoing(now);
        let rows = out.into_iter().map(|packet| {
            (packet.interface, packet.neighbor, packet.kind, Cow::<[u8]>::Owned(packet.body))
        });
        PyList::new(py, rows.collect::<Vec<_>>())
    }

    fn next_deadline(&self, py: Python<'_>) -> Option<i64> {
        self.inner(py).next_deadline()
    }

    fn pass_time(&self, py: Python<'_>, now: i64) -> Vec<(u32, Key)> {
        names(self.inner(py).pass_time(now))
    }

    fn take_flushed(&self, py: Python<'_>) -> Vec<(u32, Key)> {
        names(self.inner(py).take_flushed())
    }

    // ---- who looks

    #[getter]
    fn router_id(&self, py: Python<'_>) -> u32 {
        self.inner(py).settings().router_id
    }

    #[getter]
    fn version(&self, py: Python<'_>) -> u32 {
        match self.inner(py).settings().version {
            Version::V2 => 2,
            Version::V3 => 3,
        }
    }

    #[getter]
    fn min_arrival_ns(&self, py: Python<'_>) -> i64 {
        self.inner(py).settings().min_arrival_ns
    }

    #[getter]
    fn has_changes(&self, py: Python<'_>) -> bool {
        self.inner(py).has_changes()
    }

    #[getter]
    fn refused(&self, py: Python<'_>) -> u64 {
        self.inner(py).refused()
    }

    #[pyo3(signature = (now, scope = None, kind = None))]
    fn entries<'py>(
        &self,
        py: Python<'py>,
        now: i64,
        scope: Option<u32>,
        kind: Option<u16>,
    ) -> Vec<(u32, Bound<'py, PyBytes>)> {
        let found = self.inner(py).entries(now, scope, kind);
        found.into_iter().map(|(scope, lsa)| (scope, bytes(py, &lsa))).collect()
    }

    #[pyo3(signature = (scope = None))]
    fn count(&self, py: Python<'_>, scope: Option<u32>) -> usize {
        self.inner(py).count(scope)
    }

    fn checksum(&self, py: Python<'_>, scope: u32) -> u32 {
        self.inner(py).checksum(scope)
    }

    fn sizes(&self, py: Python<'_>, neighbor: u32) -> PyResult<(usize, usize, usize)> {
        let sizes = of_neighbor(py, neighbor, self.inner(py).sizes(neighbor))?;
        Ok((sizes.summary, sizes.requests, sizes.unacknowledged))
    }

    fn unacknowledged_since(&self, py: Python<'_>, neighbor: u32) -> PyResult<Option<i64>> {
        self.neighbor(py, neighbor)?;
        Ok(self.inner(py).unacknowledged_since(neighbor))
    }
}

impl LinkStateDatabase {
    fn interface(&self, py: Python<'_>, number: u32) -> PyResult<InterfaceSettings> {
        self.inner(py).interface(number).ok_or_else(|| stranger(py, "interface", number))
    }
}
