//! `TcpStack`: the TCP of a virtual host.

use fingerpost_core::tcp::{Counters, End, Handle, Options, Stack, TcpError};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use crate::addr::Address;
use crate::convert::ip_from;
use crate::errors::usage_error;

/// Connections and listeners of one host; `fingerpost.host.tcp` is its face.
#[pyclass(module = "fingerpost._core")]
pub struct TcpStack(Stack);

/// `fingerpost.host.tcp_options.TcpOptions`, or whatever has the same attributes.
#[derive(FromPyObject)]
struct GivenOptions {
    hop_limit: u8,
    minimum_hop_limit: u8,
    nagle: bool,
    ack_delay_ns: Option<u64>,
    keep_alive_ns: Option<u64>,
    timeout_ns: Option<u64>,
    receive_buffer: usize,
    send_buffer: usize,
}

impl From<GivenOptions> for Options {
    fn from(given: GivenOptions) -> Options {
        Options {
            hop_limit: given.hop_limit,
            minimum_hop_limit: given.minimum_hop_limit,
            nagle: given.nagle,
            ack_delay: given.ack_delay_ns,
            keep_alive: given.keep_alive_ns,
            timeout: given.timeout_ns,
            receive_buffer: given.receive_buffer,
            send_buffer: given.send_buffer,
        }
    }
}

fn end((address, port): (Bound<'_, PyAny>, u16)) -> PyResult<End> {
    Ok(End { ip: ip_from(&address)?, port })
}

fn checked<T>(py: Python<'_>, result: Result<T, TcpError>) -> PyResult<T> {
    result.map_err(|error| usage_error(py, error.to_string()))
}

#[pymethods]
impl TcpStack {
    #[new]
    fn new(mtu: usize, seed: u64, limit: usize) -> TcpStack {
        TcpStack(Stack::new(mtu, seed, limit))
    }

    fn set_mtu(&mut self, mtu: usize) {
        self.0.set_mtu(mtu);
    }

    fn receive(&mut self, py: Python<'_>, packets: Vec<PyBackedBytes>, now: i64) {
        py.detach(|| packets.iter().for_each(|packet| self.0.receive(packet, now)));
    }

    fn poll<'py>(&mut self, py: Python<'py>, now: i64) -> Vec<Bound<'py, PyBytes>> {
        let packets = py.detach(|| self.0.poll(now));
        packets.iter().map(|packet| PyBytes::new(py, packet)).collect()
    }

    fn events(&mut self) -> Vec<(&'static str, Handle, Option<Handle>)> {
        let events = self.0.events().into_iter();
        events.map(|event| (event.kind.name(), event.handle, event.listener)).collect()
    }

    fn next_deadline(&mut self) -> Option<i64> {
        self.0.next_deadline()
    }

    fn counters(&self) -> (u64, u64, u64) {
        let Counters { ignored, hop_limit, replies_lost } = self.0.counters();
        (ignored, hop_limit, replies_lost)
    }

    fn listen(
        &mut self,
        py: Python<'_>,
        port: u16,
        address: Option<Bound<'_, PyAny>>,
        backlog: usize,
        options: GivenOptions,
    ) -> PyResult<Handle> {
        let address = address.map(|address| ip_from(&address)).transpose()?;
        checked(py, self.0.listen(port, address, backlog, options.into()))
    }

    fn connect(
        &mut self,
        py: Python<'_>,
        local: (Bound<'_, PyAny>, u16),
        remote: (Bound<'_, PyAny>, u16),
        options: GivenOptions,
        now: i64,
    ) -> PyResult<Handle> {
        checked(py, self.0.connect(end(local)?, end(remote)?, options.into(), now))
    }

    fn send(
        &mut self,
        py: Python<'_>,
        handle: Handle,
        octets: PyBackedBytes,
        now: i64,
    ) -> PyResult<usize> {
        checked(py, self.0.send(handle, &octets, now))
    }

    fn recv<'py>(
        &mut self,
        py: Python<'py>,
        handle: Handle,
        limit: usize,
        now: i64,
    ) -> PyResult<Bound<'py, PyBytes>> {
        checked(py, self.0.recv(handle, limit, now)).map(|octets| PyBytes::new(py, &octets))
    }

    fn close(&mut self, py: Python<'_>, handle: Handle, now: i64) -> PyResult<()> {
        checked(py, self.0.close(handle, now))
    }

    fn abort(&mut self, py: Python<'_>, handle: Handle, now: i64) -> PyResult<()> {
        checked(py, self.0.abort(handle, now))
    }

    fn forget(&mut self, py: Python<'_>, handle: Handle) -> PyResult<()> {
        checked(py, self.0.forget(handle))
    }

    fn state(&self, py: Python<'_>, handle: Handle) -> PyResult<String> {
        checked(py, self.0.state(handle)).map(|state| state.to_string())
    }

    fn unacknowledged(&self, py: Python<'_>, handle: Handle) -> PyResult<usize> {
        checked(py, self.0.unacknowledged(handle))
    }

    fn ends(&self, py: Python<'_>, handle: Handle) -> PyResult<((Address, u16), (Address, u16))> {
        let flow = checked(py, self.0.flow(handle))?;
        Ok(((flow.local.ip.into(), flow.local.port), (flow.remote.ip.into(), flow.remote.port)))
    }
}
