//! `FrameForwarder`: the native part of `fingerpost.forwarding.fastpath`.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use fingerpost_core::forward::{
    Adjacency, Forward, Frames, Group, Outcome, Place, Port, Reason, Setup, Tables, Traffic,
};
use fingerpost_core::lpm::Simd;
use pyo3::buffer::{Element, PyBuffer};
use pyo3::prelude::*;

use crate::convert::{ip_from, net_from};
use crate::errors::usage_error;
use crate::frozen::FrozenTable;

/// What decides about frames, fixed, and what was counted since it was made.
#[pyclass(frozen, module = "fingerpost._core")]
pub struct FrameForwarder(Mutex<Forward>);

/// Hardware address, MTU, whether it is a border, and the groups that sources may have.
type PortRow = ([u8; 6], u32, bool, Option<Vec<u32>>);

/// Packets and bytes.
type Pair = (u64, u64);

/// The first number says what the others are.
fn group(py: Python<'_>, kind: u8, numbers: Vec<u32>) -> PyResult<Group> {
    match (kind, &numbers[..]) {
        (0, []) => Ok(Group::NotUnicast),
        (1, _) => Ok(Group::Buckets(numbers)),
        (2, &[port]) => Ok(Group::Connected(port.try_into().unwrap_or(u16::MAX))),
        _ => Err(usage_error(py, format!("a group of kind {kind} with {} numbers", numbers.len()))),
    }
}

fn pair(traffic: Traffic) -> Pair {
    (traffic.packets, traffic.bytes)
}

/// The cells of a contiguous buffer, and where they lie.
fn cells<'a, T: Element>(
    py: Python<'_>,
    buffer: &'a PyBuffer<T>,
    what: &str,
) -> PyResult<(&'a [T], Range<usize>)> {
    let Some(cells) = buffer.as_slice_ptr() else {
        return Err(usage_error(py, format!("{what} must lie together")));
    };
    // SAFETY: the exporter keeps the memory while the buffer is held. Should another thread write
    // to it meanwhile, numbers are stale, and each is checked when it is used.
    let cells = unsafe { cells.as_ref() };
    let start = cells.as_ptr() as usize;
    Ok((cells, start..start + size_of_val(cells)))
}

/// The same of one that we write to.
#[allow(clippy::mut_from_ref)] // the memory is the exporter's, the buffer only keeps it
fn cells_mut<'a, T: Element>(
    py: Python<'_>,
    buffer: &'a PyBuffer<T>,
    what: &str,
) -> PyResult<(&'a mut [T], Range<usize>)> {
    let Some(mut cells) = buffer.as_slice_ptr().filter(|_| !buffer.readonly()) else {
        return Err(usage_error(py, format!("{what} must be writable and lie together")));
    };
    // SAFETY: writable, contiguous, kept while the buffer is held; `run` checks that no two overlap.
    let cells = unsafe { cells.as_mut() };
    let start = cells.as_ptr() as usize;
    let range = start..start + size_of_val(cells);
    Ok((cells, range))
}

#[pymethods]
impl FrameForwarder {
    /// `routes` answers with numbers of groups; adjacencies and groups count from 1. A port is
    /// (hardware address, MTU, is border, bitmap of the groups of sources or None), an adjacency
    /// (port, hardware address or None), a group (0, []), (1, adjacencies) or (2, [port]), a
    /// special range (prefix, number of its reason), a neighbour (address, adjacency).
    #[new]
    #[allow(clippy::too_many_arguments)] // columns of one set-up, unpacked at once
    fn new(
        routes: &Bound<'_, FrozenTable>,
        ports: Vec<PortRow>,
        adjacencies: Vec<(u16, Option<[u8; 6]>)>,
        groups: Vec<(u8, Vec<u32>)>,
        special: Vec<(Bound<'_, PyAny>, u32)>,
        neighbours: Vec<(Bound<'_, PyAny>, u32)>,
        seed: u64,
    ) -> PyResult<FrameForwarder> {
        let py = routes.py();
        let ports = ports.into_iter().map(|(mac, mtu, is_border, reverse)| Port {
            mac,
            mtu,
            is_border,
            reverse,
        });
        let adjacencies =
            adjacencies.into_iter().map(|(port, destination)| Adjacency { port, destination });
        let groups = groups.into_iter().map(|(kind, numbers)| group(py, kind, numbers));
        let special = special.iter().map(|(prefix, number)| {
            let reason = Reason::of_address(*number)
                .ok_or_else(|| usage_error(py, format!("{number} is the reason of no address")));
            Ok((net_from(prefix)?, reason?))
        });
        let neighbours = neighbours.iter().map(|(ip, number)| Ok((ip_from(ip)?, *number)));
        let setup = Setup {
            routes: routes.get().snapshot().clone(),
            ports: ports.collect(),
            adjacencies: adjacencies.collect(),
            groups: groups.collect::<PyResult<_>>()?,
            special: special.collect::<PyResult<_>>()?,
            neighbours: neighbours.collect::<PyResult<_>>()?,
            seed,
        };
        let tables = py.detach(|| Tables::new(setup));
        let tables = tables.map_err(|error| usage_error(py, error.to_string()))?;
        Ok(FrameForwarder(Mutex::new(Forward::new(tables))))
    }

    /// Choose the instructions: "scalar", "avx2" or "avx512", at most what the machine has.
    fn use_simd(&self, py: Python<'_>, name: &str) -> PyResult<()> {
        let simd = Simd::named(name)
            .ok_or_else(|| usage_error(py, format!("no instructions {name:?}")))?;
        py.detach(|| self.0.lock().unwrap_or_else(PoisonError::into_inner).set_simd(simd));
        Ok(())
    }

    /// Forward frames that came in by a port; writes one outcome a frame and gives how many leave.
    /// They lie at multiples of `stride`, or at `offsets`.
    #[pyo3(signature = (frames, lengths, out, ingress, stride = None, offsets = None))]
    #[allow(clippy::too_many_arguments)] // as above
    fn run(
        &self,
        py: Python<'_>,
        frames: PyBuffer<u8>,
        lengths: PyBuffer<u32>,
        out: PyBuffer<u64>,
        ingress: u16,
        stride: Option<u32>,
        offsets: Option<PyBuffer<u32>>,
    ) -> PyResult<usize> {
        let (bytes, here) = cells_mut(py, &frames, "frames")?;
        let (out, there) = cells_mut(py, &out, "out")?;
        let (lengths, other) = cells(py, &lengths, "lengths")?;
        let mut memory = vec![here, there, other];
        let place = match (stride, &offsets) {
            (Some(stride), None) => Place::Slots(stride),
            (None, Some(offsets)) => {
                let (offsets, range) = cells(py, offsets, "offsets")?;
                memory.push(range);
                Place::Offsets(offsets)
            }
            _ => return Err(usage_error(py, String::from("give either stride or offsets"))),
        };
        memory.retain(|range| !range.is_empty());
        memory.sort_by_key(|range| range.start);
        if memory.windows(2).any(|pair| pair[1].start < pair[0].end) {
            return Err(usage_error(py, String::from("frames, lengths, offsets and out overlap")));
        }
        let (size, count, room) = (bytes.len(), lengths.len(), out.len());
        let Some(mut frames) = Frames::new(bytes, lengths, place) else {
            let message = format!(
                "{count} frames do not fit a buffer of {size} bytes (at most 2**31 - 1): \
                 slots lie inside, and there are as many offsets as lengths"
            );
            return Err(usage_error(py, message));
        };
        // SAFETY: an outcome is a transparent number of 64 bits; the memory is that of `out`.
        let out =
            unsafe { std::slice::from_raw_parts_mut(out.as_mut_ptr().cast::<Outcome>(), room) };
        let left = py.detach(|| {
            let mut forward = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            forward.run(&mut frames, ingress, out)
        });
        left.ok_or_else(|| {
            usage_error(
                py,
                format!(
                    "port {ingress}, {count} frames, room for {room} outcomes: \
                 no such port, or not enough room"
                ),
            )
        })
    }

    /// What was counted: of each port (packets, bytes, frames handed up by reason), of each
    /// adjacency from number 1 on (packets, bytes).
    #[allow(clippy::type_complexity)] // a tuple for Python, unpacked at once
    fn counters(&self, py: Python<'_>) -> (Vec<(u64, u64, Vec<u64>)>, Vec<Pair>) {
        let counters =
            py.detach(|| self.0.lock().unwrap_or_else(PoisonError::into_inner).counters().clone());
        let ports = counters
            .ports
            .iter()
            .map(|port| (port.received.packets, port.received.bytes, port.handed_up.to_vec()));
        (ports.collect(), counters.adjacencies.iter().skip(1).copied().map(pair).collect())
    }
}

/// Names of the reasons by number; number 0 is "forwarded".
#[pyfunction]
pub fn hand_up_reasons() -> Vec<&'static str> {
    Reason::names().to_vec()
}
