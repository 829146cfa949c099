//! `RouteLedger`, `RouteSocket`, `RouteListener`: routes for the kernel.

use std::io;

use fingerpost_core::addr::Net;
use fingerpost_core::netlink::{
    Dump, Format, Ledger, Listener, NONE, Notice, Phase, Socket, Tally, Way, Who, sync,
};
use pyo3::exceptions::PyOSError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::addr::Prefix;
use crate::column::{PrefixColumn, nets_from};
use crate::convert::net_from;
use crate::errors::{decode_error, usage_error};

/// `OSError` with the errno, or `DecodeError` where the kernel's bytes do not decode.
fn raised(py: Python<'_>, error: io::Error) -> PyErr {
    match error.kind() {
        io::ErrorKind::InvalidData => decode_error(py, error.to_string()),
        _ => match error.raw_os_error() {
            Some(errno) => PyOSError::new_err((errno, error.to_string())),
            None => error.into(),
        },
    }
}

/// What is wanted and what the kernel has.
#[pyclass(module = "fingerpost._core")]
pub struct RouteLedger(Ledger);

impl RouteLedger {
    fn known(&self, py: Python<'_>, way: u32) -> PyResult<u32> {
        if way == NONE || self.0.has_way(way) {
            return Ok(way);
        }
        Err(usage_error(py, format!("way {way} is not known; say what it is by set_way first")))
    }
}

#[pymethods]
impl RouteLedger {
    #[new]
    fn new() -> RouteLedger {
        RouteLedger(Ledger::default())
    }

    #[pyo3(signature = (number, kind, scope, attributes, flags=0))]
    fn set_way(
        &mut self,
        py: Python<'_>,
        number: u32,
        kind: u8,
        scope: u8,
        attributes: &[u8],
        flags: u32,
    ) -> PyResult<()> {
        let way = Way { kind, scope, flags, attributes: attributes.to_vec() };
        if self.0.set_way(number, Some(way)) {
            return Ok(());
        }
        Err(usage_error(py, format!("{number} cannot be a way; give 1 to {}", (1 << 24) - 1)))
    }

    fn drop_way(&mut self, number: u32) {
        self.0.set_way(number, None);
    }

    fn want(&mut self, prefix: &Bound<'_, PyAny>, way: u32) -> PyResult<()> {
        let way = self.known(prefix.py(), way)?;
        self.0.want(net_from(prefix)?, way);
        Ok(())
    }

    /// Prefixes of another version than the one named stay as they are; gives how many those are.
    fn want_all(
        &mut self,
        py: Python<'_>,
        prefixes: &PrefixColumn,
        way: u32,
        version: Option<u8>,
    ) -> PyResult<usize> {
        let way = self.known(py, way)?;
        let bits = version.map(|version| if version == 4 { 32 } else { 128 });
        let is_other = |net: &&Net| bits.is_some_and(|bits| net.ip().bits() != bits);
        Ok(py.detach(|| {
            let others = prefixes.nets.iter().filter(is_other).count();
            if others == 0 {
                self.0.want_many(&prefixes.nets, way);
            } else {
                let kept = prefixes.nets.iter().filter(|net| !is_other(net)).copied();
                self.0.want_many(&kept.collect::<Vec<Net>>(), way);
            }
            others
        }))
    }

    fn want_each(&mut self, prefixes: &Bound<'_, PyAny>, ways: Vec<u32>) -> PyResult<()> {
        let py = prefixes.py();
        let nets = nets_from(prefixes)?;
        if nets.len() != ways.len() {
            let counts = (nets.len(), ways.len());
            return Err(usage_error(
                py,
                format!("{} prefixes and {} ways; give one each", counts.0, counts.1),
            ));
        }
        for &way in &ways {
            self.known(py, way)?;
        }
        py.detach(|| nets.iter().zip(&ways).for_each(|(&net, &way)| self.0.want(net, way)));
        Ok(())
    }

    fn hold(&mut self, prefix: &Bound<'_, PyAny>, way: u32) -> PyResult<()> {
        self.0.hold(net_from(prefix)?, way);
        Ok(())
    }

    fn state(&self, prefix: &Bound<'_, PyAny>) -> PyResult<Option<(u32, u32, u16, String)>> {
        let state = self.0.state(net_from(prefix)?);
        Ok(state.map(|state| match state.refused {
            Some(refused) => {
                (state.want, state.held, refused.errno, self.0.words(refused.words).to_owned())
            }
            None => (state.want, state.held, 0, String::new()),
        }))
    }

    fn retry(&mut self) {
        self.0.retry();
    }

    fn retry_one(&mut self, prefix: &Bound<'_, PyAny>) -> PyResult<()> {
        self.0.retry_one(net_from(prefix)?);
        Ok(())
    }

    fn reconcile(
        &mut self,
        py: Python<'_>,
        dump: &mut RouteDump,
        ways: Vec<u32>,
        spares: bool,
    ) -> (u64, u64, u64, u64) {
        let drift = py.detach(|| self.0.reconcile(&mut dump.0, &ways, spares));
        (drift.kept, drift.missing, drift.changed, drift.strange)
    }

    fn sweep(&mut self) -> u64 {
        self.0.sweep()
    }

    fn uses(&self, way: u32) -> (u64, u64) {
        self.0.uses(way)
    }

    fn leaving(&self, least: u64) -> Vec<u32> {
        self.0.leaving(least)
    }

    fn flushed(&mut self, py: Python<'_>, way: u32) -> u64 {
        py.detach(|| self.0.flushed(way))
    }

    fn take_idle(&mut self) -> Vec<u32> {
        self.0.take_idle()
    }

    fn counts(&self) -> (u64, u64, u64, u64) {
        self.0.counts()
    }

    fn refusals(&self, limit: usize) -> Vec<(Prefix, u16, String)> {
        let refused = self.0.refusals().take(limit);
        refused
            .map(|(net, why)| (Prefix { net }, why.errno, self.0.words(why.words).to_owned()))
            .collect()
    }

    fn prefixes(&self) -> PrefixColumn {
        PrefixColumn { nets: self.0.entries().map(|entry| entry.0).collect() }
    }
}

/// What the kernel has.
#[pyclass(module = "fingerpost._core")]
pub struct RouteDump(Dump);

#[pymethods]
impl RouteDump {
    fn __len__(&self) -> usize {
        self.0.len()
    }

    #[getter]
    fn is_interrupted(&self) -> bool {
        self.0.is_interrupted()
    }

    fn tails<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyBytes>> {
        self.0.tails().iter().map(|tail| PyBytes::new(py, tail)).collect()
    }

    fn with_tail(&self, tail: u32) -> PrefixColumn {
        PrefixColumn { nets: self.0.with_tail(tail).collect() }
    }
}

/// The socket for requests.
#[pyclass(module = "fingerpost._core")]
pub struct RouteSocket {
    socket: Socket,
    format: Format,
}

#[pymethods]
impl RouteSocket {
    #[new]
    fn new(
        py: Python<'_>,
        protocol: u8,
        table: u32,
        metric: u32,
        receive_buffer: i32,
    ) -> PyResult<RouteSocket> {
        let socket = Socket::open(receive_buffer).map_err(|error| raised(py, error))?;
        Ok(RouteSocket { socket, format: Format { protocol, table, metric } })
    }

    #[getter]
    fn port(&self) -> u32 {
        self.socket.port()
    }

    fn request(
        &mut self,
        py: Python<'_>,
        kind: u16,
        flags: u16,
        body: &[u8],
    ) -> PyResult<(u16, String)> {
        py.detach(|| self.socket.request(kind, flags, body)).map_err(|error| raised(py, error))
    }

    fn dump<'py>(
        &mut self,
        py: Python<'py>,
        kind: u16,
        body: &[u8],
    ) -> PyResult<(u16, Vec<Bound<'py, PyBytes>>)> {
        let dumped = py.detach(|| self.socket.dump(kind, body));
        let dumped = dumped.map_err(|error| raised(py, error))?;
        Ok((dumped.0, dumped.1.iter().map(|body| PyBytes::new(py, body)).collect()))
    }

    fn dump_routes(&mut self, py: Python<'_>) -> PyResult<RouteDump> {
        let dump = py.detach(|| self.socket.dump_routes(&self.format));
        dump.map(RouteDump).map_err(|error| raised(py, error))
    }

    /// Added, replaced, deleted, gone, refused, surprises, lost; and whether there is more to do.
    #[pyo3(signature = (ledger, drops, most=None))]
    fn sync(
        &mut self,
        py: Python<'_>,
        ledger: &mut RouteLedger,
        drops: bool,
        most: Option<usize>,
    ) -> PyResult<(Counts, bool)> {
        let phase = if drops { Phase::Drops } else { Phase::Puts };
        let most = most.unwrap_or(usize::MAX);
        let done = py.detach(|| sync(&mut self.socket, &mut ledger.0, &self.format, phase, most));
        let tally = done.map_err(|error| raised(py, error))?;
        let Tally { added, replaced, deleted, gone, refused, surprises, lost, is_cut } = tally;
        Ok(((added, replaced, deleted, gone, refused, surprises, lost), is_cut))
    }
}

type Counts = (u64, u64, u64, u64, u64, u64, u64);

/// The socket for notifications.
#[pyclass(module = "fingerpost._core")]
pub struct RouteListener {
    listener: Listener,
    format: Format,
}

/// A notification: what ("came", "replaced", "went", "nexthop"), the prefix, whether it is ours.
type Told = (&'static str, Option<Prefix>, bool);

#[pymethods]
impl RouteListener {
    #[new]
    fn new(py: Python<'_>, requests: &RouteSocket, receive_buffer: i32) -> PyResult<RouteListener> {
        let opened = Listener::open(receive_buffer, requests.socket.port());
        let listener = opened.map_err(|error| raised(py, error))?;
        Ok(RouteListener { listener, format: requests.format })
    }

    fn fileno(&self) -> i32 {
        self.listener.fd()
    }

    fn read(&mut self, py: Python<'_>) -> PyResult<Option<Vec<Told>>> {
        let told = self.listener.read(&self.format).map_err(|error| raised(py, error))?;
        Ok(told.map(|notices| notices.into_iter().map(told_of).collect()))
    }
}

fn told_of(notice: Notice) -> Told {
    match notice {
        Notice::Came { net, who, replaces: true } => {
            ("replaced", Some(Prefix { net }), who == Who::Ours)
        }
        Notice::Came { net, who, .. } => ("came", Some(Prefix { net }), who == Who::Ours),
        Notice::Went { net, who } => ("went", Some(Prefix { net }), who == Who::Ours),
        Notice::Nexthop => ("nexthop", None, true),
    }
}

/// Have the classes in the module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<RouteLedger>()?;
    m.add_class::<RouteDump>()?;
    m.add_class::<RouteSocket>()?;
    m.add_class::<RouteListener>()
}
