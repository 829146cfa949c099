//! `MrtTable` and `MrtEntries`: RIB dumps.

use fingerpost_core::mrt as core;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use super::expand;
use super::route::MrtRoute;
use crate::addr::{Address, Prefix, object};
use crate::column::PrefixColumn;

/// A table of a RIB dump under construction.
#[pyclass(module = "fingerpost._core")]
pub struct MrtTable {
    table: core::MrtTable,
}

/// Whose entries are wanted: those of an address, of an AS, or all.
pub(super) fn peer_filter(
    peer: Option<&Bound<'_, Address>>,
    peer_as: Option<u32>,
) -> Option<core::PeerFilter> {
    match (peer, peer_as) {
        (Some(address), _) => Some(core::PeerFilter::Address(address.get().ip)),
        (None, Some(asn)) => Some(core::PeerFilter::Asn(asn)),
        (None, None) => None,
    }
}

#[pymethods]
impl MrtTable {
    #[new]
    #[pyo3(signature = (peer = None, peer_as = None))]
    fn new(peer: Option<&Bound<'_, Address>>, peer_as: Option<u32>) -> Self {
        let filter = peer_filter(peer, peer_as);
        MrtTable { table: core::MrtTable::new(filter) }
    }

    /// Take the next bytes of the decompressed file.
    fn feed(&mut self, py: Python<'_>, chunk: &[u8]) {
        py.detach(|| self.table.feed(chunk));
    }

    /// The file is over.
    fn end(&mut self, py: Python<'_>) {
        py.detach(|| self.table.finish());
    }

    fn __len__(&self) -> usize {
        self.table.len()
    }

    /// Memory that the table will take, in bytes, roughly.
    #[getter]
    fn memory(&self) -> usize {
        self.table.memory()
    }

    /// Entries of the chosen peers, and how many of them lost against another of their prefix.
    #[getter]
    fn entries(&self) -> (u64, u64) {
        (self.table.entries(), self.table.losers())
    }

    /// How many records and entries did not decode.
    #[getter]
    fn bad_total(&self) -> u64 {
        self.table.fault_total()
    }

    /// The first of them: offset, field with what stands there, what would be right.
    #[getter]
    fn bad(&self) -> Vec<(u64, String, String)> {
        let shown = |fault: &core::Fault| {
            let found = format!("{} {}", fault.field, fault.found);
            (fault.offset, found, format!("expected {} ({})", fault.expected, fault.section))
        };
        self.table.faults().iter().map(shown).collect()
    }

    /// Records that hold no unicast route, by kind.
    #[getter]
    fn skipped(&self) -> Vec<(&'static str, u64)> {
        let name = |why| match why {
            core::Skipped::Message => "BGP4MP",
            core::Skipped::Multicast => "multicast RIB",
            core::Skipped::Generic => "RIB_GENERIC",
            core::Skipped::Other => "other",
        };
        self.table.skipped().iter().map(|(&why, &count)| (name(why), count)).collect()
    }

    /// Peers seen: address and AS number.
    #[getter]
    fn peers(&self) -> Vec<(Address, u32)> {
        self.table.peers().iter().map(|peer| (Address::from(peer.address), peer.asn)).collect()
    }

    /// Hand out the prefixes and their routes, or what `pick` makes of each distinct route.
    #[pyo3(signature = (pick = None))]
    fn columns<'py>(
        &mut self,
        py: Python<'py>,
        pick: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(PrefixColumn, Bound<'py, PyList>)> {
        let routes: Vec<core::Route> = py
            .detach(|| self.table.routes().collect::<Result<_, _>>())
            .map_err(|error: core::DecodeError| PyValueError::new_err(error.to_string()))?;
        let distinct = routes
            .into_iter()
            .map(|route| {
                let route = object(py, MrtRoute { route })?.into_any();
                pick.map_or(Ok(route.clone()), |pick| pick.call1((&route,)))
            })
            .collect::<PyResult<Vec<_>>>()?;
        let values = expand(py, self.table.ids(), &distinct)?;
        Ok((PrefixColumn { nets: self.table.take_nets() }, values))
    }
}

/// A RIB dump read entry by entry.
#[pyclass(module = "fingerpost._core")]
pub struct MrtEntries {
    entries: core::MrtEntries,
}

#[pymethods]
impl MrtEntries {
    #[new]
    fn new() -> Self {
        MrtEntries { entries: core::MrtEntries::default() }
    }

    /// The entries that `chunk` completes; where one does not decode, the message instead.
    fn feed<'py>(
        &mut self,
        py: Python<'py>,
        chunk: &Bound<'py, PyBytes>,
    ) -> PyResult<Bound<'py, PyList>> {
        let bytes = chunk.as_bytes();
        let found = py.detach(|| self.entries.feed(bytes));
        let list = PyList::empty(py);
        for entry in found {
            match entry {
                Ok((net, route)) => {
                    list.append((object(py, Prefix { net })?, object(py, MrtRoute { route })?))?
                }
                Err(error) => list.append(error.to_string())?,
            }
        }
        Ok(list)
    }

    /// The file is over; the message where it ends inside a record.
    fn end(&mut self) -> Option<String> {
        self.entries.finish().err().map(|error| error.to_string())
    }
}
