//! `MrtBatches` and `MrtRoutes`: whole dumps as columns, and as messages.

use fingerpost_core::mrt as core;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::mrt::peer_filter;
use crate::addr::Address;
use crate::column::PrefixColumn;

/// Prefixes, and as native numbers of 32 bits: peers, seconds, path identifiers, sets.
type Columns<'py> = (
    PrefixColumn,
    Bound<'py, PyBytes>,
    Bound<'py, PyBytes>,
    Bound<'py, PyBytes>,
    Bound<'py, PyBytes>,
);

fn column<'py>(py: Python<'py>, numbers: &[u32]) -> Bound<'py, PyBytes> {
    let octets: Vec<u8> = numbers.iter().flat_map(|one| one.to_ne_bytes()).collect();
    PyBytes::new(py, &octets)
}

fn faults_of(faults: &[core::DecodeError]) -> Vec<(u64, String)> {
    faults.iter().map(|fault| (fault.offset, fault.to_string())).collect()
}

fn peers_of(peers: &[core::Peer]) -> Vec<(Address, u32)> {
    peers.iter().map(|peer| (Address::from(peer.address), peer.asn)).collect()
}

/// A RIB dump as columns.
#[pyclass(module = "fingerpost._core")]
pub struct MrtBatches {
    batches: core::MrtBatches,
}

#[pymethods]
impl MrtBatches {
    #[new]
    fn new() -> Self {
        Self { batches: core::MrtBatches::default() }
    }

    fn feed(&mut self, py: Python<'_>, chunk: &[u8]) {
        py.detach(|| self.batches.feed(chunk));
    }

    fn end(&mut self) {
        self.batches.finish();
    }

    fn take<'py>(&mut self, py: Python<'py>) -> Columns<'py> {
        let batch = py.detach(|| self.batches.take());
        (
            PrefixColumn { nets: batch.nets },
            column(py, &batch.peers),
            column(py, &batch.originated),
            column(py, &batch.path_ids),
            column(py, &batch.sets),
        )
    }

    #[getter]
    fn peers(&self) -> Vec<(Address, u32)> {
        peers_of(self.batches.peers())
    }

    fn attributes<'py>(&self, py: Python<'py>, set: u32) -> Option<Bound<'py, PyBytes>> {
        self.batches.attributes(set).map(|bytes| PyBytes::new(py, bytes))
    }

    #[getter]
    fn sets(&self) -> usize {
        self.batches.sets()
    }

    #[getter]
    fn bad(&self) -> Vec<(u64, String)> {
        faults_of(self.batches.faults())
    }

    #[getter]
    fn bad_total(&self) -> u64 {
        self.batches.fault_count()
    }

    #[getter]
    fn memory(&self) -> usize {
        self.batches.memory()
    }
}

/// A RIB dump by peer, to be told again.
#[pyclass(module = "fingerpost._core")]
pub struct MrtRoutes {
    routes: core::MrtRoutes,
}

#[pymethods]
impl MrtRoutes {
    #[new]
    #[pyo3(signature = (peer = None, peer_as = None))]
    fn new(peer: Option<&Bound<'_, Address>>, peer_as: Option<u32>) -> Self {
        let filter = peer_filter(peer, peer_as);
        Self { routes: core::MrtRoutes::new(filter) }
    }

    fn feed(&mut self, py: Python<'_>, chunk: &[u8]) {
        py.detach(|| self.routes.feed(chunk));
    }

    fn end(&mut self) {
        self.routes.finish();
    }

    /// Address, AS number, how many routes.
    #[getter]
    fn peers(&self) -> Vec<(Address, u32, usize)> {
        let peers = peers_of(self.routes.batches.peers()).into_iter();
        peers.zip(self.routes.counts()).map(|((address, asn), n)| (address, asn, n)).collect()
    }

    #[pyo3(signature = (peer, start, limit, longest = 4096, has_path_ids = false,
        next_hop = Vec::new()))]
    #[allow(clippy::too_many_arguments)] // as `MrtRoutes::messages` of the core has them
    fn messages<'py>(
        &mut self,
        py: Python<'py>,
        peer: u32,
        start: usize,
        limit: usize,
        longest: usize,
        has_path_ids: bool,
        next_hop: Vec<u8>,
    ) -> (Bound<'py, PyBytes>, Option<usize>) {
        let (octets, next) = py
            .detach(|| self.routes.messages(peer, start, limit, longest, has_path_ids, &next_hop));
        (PyBytes::new(py, &octets), next)
    }

    #[getter]
    fn bad(&self) -> Vec<(u64, String)> {
        faults_of(self.routes.batches.faults())
    }

    #[getter]
    fn bad_total(&self) -> u64 {
        self.routes.batches.fault_count()
    }

    #[getter]
    fn memory(&self) -> usize {
        self.routes.memory()
    }
}
