//! What is recorded of `BgpTable`: UPDATEs that stand for tables, records of MRT, the mirror.

use fingerpost_core::addr::{Ip, Net};
use fingerpost_core::bgp::family::Family;
use fingerpost_core::bgp::nets::{Net4, Net6, NetKey};
use fingerpost_core::bgp::records::{DumpOptions, Format, Framing, Heads, View, updates};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::BgpTable;
use crate::column::PrefixColumn;
use crate::errors::usage_error;

/// Add the functions of this file.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(bgp_walk, m)?)?;
    m.add_function(wrap_pyfunction!(bgp_best_news, m)?)?;
    m.add_function(wrap_pyfunction!(bgp_close_reader, m)?)?;
    m.add_function(wrap_pyfunction!(bgp_dump, m)?)?;
    m.add_function(wrap_pyfunction!(bgp_mirror, m)?)?;
    m.add_function(wrap_pyfunction!(bgp_mirror_peer, m)?)?;
    m.add_function(wrap_pyfunction!(bgp_mirror_forget, m)?)?;
    m.add_function(wrap_pyfunction!(bgp_mirror_note, m)?)?;
    m.add_function(wrap_pyfunction!(bgp_mirror_sent, m)?)?;
    m.add_function(wrap_pyfunction!(bgp_mirrored, m)?)?;
    m.add_function(wrap_pyfunction!(bgp_updates, m)?)
}

fn view_of(py: Python<'_>, view: u8, peer: u16) -> PyResult<View> {
    match view {
        0 => Ok(View::PrePolicy(peer)),
        1 => Ok(View::PostPolicy(peer)),
        2 => Ok(View::LocRib),
        _ => Err(usage_error(py, format!("view {view}, expected 0 to 2"))),
    }
}

fn format_of(py: Python<'_>, format: u8) -> PyResult<Format> {
    match format {
        0 => Ok(Format::Bmp),
        1 => Ok(Format::Mrt),
        _ => Err(usage_error(py, format!("format {format}, expected 0 or 1"))),
    }
}

#[pyfunction]
#[pyo3(signature = (table, view, peer, family, at, budget, head, instant))]
#[allow(clippy::too_many_arguments)] // as `Table::speak` has them
fn bgp_walk<'py>(
    py: Python<'py>,
    table: &BgpTable,
    view: u8,
    peer: u16,
    family: u32,
    at: u32,
    budget: u32,
    head: &[u8],
    instant: u64,
) -> PyResult<(Bound<'py, PyBytes>, Option<u32>)> {
    let view = view_of(py, view, peer)?;
    let framing = Framing { head, instant };
    let slice =
        table.detached(py, |table| table.speak(view, Family::of(family), at, budget, framing));
    Ok((PyBytes::new(py, &slice.octets), slice.next))
}

#[pyfunction]
fn bgp_best_news<'py>(
    py: Python<'py>,
    table: &BgpTable,
    family: u32,
    reader: u32,
    limit: usize,
    head: &[u8],
    instant: u64,
) -> (Bound<'py, PyBytes>, usize) {
    let framing = Framing { head, instant };
    let (octets, count) =
        table.detached(py, |table| table.best_news(Family::of(family), reader, limit, framing));
    (PyBytes::new(py, &octets), count)
}

#[pyfunction]
fn bgp_close_reader(py: Python<'_>, table: &BgpTable, family: u32, reader: u32) {
    table.lock(py).close_reader(Family::of(family), reader);
}

#[pyfunction]
#[pyo3(signature = (table, family, at, budget, sequence, places, instant_s, begun_s, is_pre_policy))]
#[allow(clippy::too_many_arguments)] // as `DumpOptions` has them
fn bgp_dump<'py>(
    py: Python<'py>,
    table: &BgpTable,
    family: u32,
    at: u32,
    budget: u32,
    sequence: u32,
    places: Vec<u16>,
    instant_s: u32,
    begun_s: u32,
    is_pre_policy: bool,
) -> (Bound<'py, PyBytes>, u32, Option<u32>) {
    let options = DumpOptions { places, instant_s, begun_s, is_pre_policy };
    let slice =
        table.detached(py, |table| table.dump(Family::of(family), at, budget, sequence, &options));
    (PyBytes::new(py, &slice.octets), slice.records, slice.next)
}

/// Log the messages of watched neighbours in so much room, if it is said; gives the number of what
/// comes next.
#[pyfunction]
#[pyo3(signature = (table, room = None, epoch = 0))]
fn bgp_mirror(py: Python<'_>, table: &BgpTable, room: Option<usize>, epoch: u64) -> u64 {
    let mut table = table.lock(py);
    if let Some(room) = room {
        table.mirror.set_room(room, epoch);
    }
    table.mirror.end()
}

#[pyfunction]
#[pyo3(signature = (table, peer, is_sent, bmp = None, mrt = None))]
fn bgp_mirror_peer(
    py: Python<'_>,
    table: &BgpTable,
    peer: u16,
    is_sent: bool,
    bmp: Option<Vec<u8>>,
    mrt: Option<Vec<u8>>,
) {
    let heads = (bmp.is_some() || mrt.is_some())
        .then(|| Heads { bmp: bmp.unwrap_or_default(), mrt: mrt.unwrap_or_default() });
    table.lock(py).mirror.set_heads(peer, is_sent, heads);
}

/// Forget what everybody has seen.
#[pyfunction]
fn bgp_mirror_forget(py: Python<'_>, table: &BgpTable, before: u64) {
    table.lock(py).mirror.forget(before);
}

#[pyfunction]
fn bgp_mirror_note(py: Python<'_>, table: &BgpTable, format: u8, octets: &[u8]) -> PyResult<()> {
    let format = format_of(py, format)?;
    table.lock(py).mirror.note(format, octets);
    Ok(())
}

#[pyfunction]
fn bgp_mirror_sent(py: Python<'_>, table: &BgpTable, peer: u16, octets: &[u8], instant: u64) {
    table.detached(py, |table| table.mirror_sent(peer, octets, instant));
}

/// Octets, the number to go on with, whether something was lost.
#[pyfunction]
#[pyo3(signature = (table, start, room, format, *, pre, post, sent, instant = 0))]
#[allow(clippy::too_many_arguments)] // each by its name
fn bgp_mirrored<'py>(
    py: Python<'py>,
    table: &BgpTable,
    start: u64,
    room: usize,
    format: u8,
    pre: bool,
    post: bool,
    sent: bool,
    instant: u64,
) -> PyResult<(Bound<'py, PyBytes>, u64, bool)> {
    let format = format_of(py, format)?;
    let views = (pre, post, sent);
    let found = table.detached(py, |table| table.mirrored(start, room, format, views, instant));
    Ok((PyBytes::new(py, &found.octets), found.next, found.is_lost))
}

/// Whole UPDATEs that announce prefixes with canonical attributes, or withdraw them without.
#[pyfunction]
#[pyo3(signature = (family, attributes, prefixes, longest, path_ids = None))]
fn bgp_updates<'py>(
    py: Python<'py>,
    family: u32,
    attributes: Option<&[u8]>,
    prefixes: &PrefixColumn,
    longest: usize,
    path_ids: Option<Vec<u32>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let family = Family::of(family);
    let (mut nlri, mut ends) = (Vec::new(), Vec::with_capacity(prefixes.nets.len()));
    for (at, net) in prefixes.nets.iter().enumerate() {
        if let Some(ids) = &path_ids {
            nlri.extend(ids.get(at).copied().unwrap_or(0).to_be_bytes());
        }
        write(*net, &mut nlri);
        ends.push(nlri.len());
    }
    let octets = py.detach(|| updates(family, attributes, &nlri, &ends, longest));
    Ok(PyBytes::new(py, &octets))
}

fn write(net: Net, nlri: &mut Vec<u8>) {
    match net.ip() {
        Ip::V4(address) => Net4::new(address, net.len()).write(nlri),
        Ip::V6(address) => Net6::new(address, net.len()).write(nlri),
    }
}
