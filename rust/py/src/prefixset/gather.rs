//! Sets from what Python hands in.

use std::borrow::Cow;

use fingerpost_core::addr::{Ip, Net, Reason, parse_net};
use fingerpost_core::prefixset::{EntryError, PrefixSet as Set, Ranges, check_range, parse_entry};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyInt, PyString, PyTuple};

use super::PrefixSet;
use crate::addr::{Address, Interface, Prefix};
use crate::column::PrefixColumn;
use crate::convert::{Zone, net, written_from, zoned_from};
use crate::errors::{address_error, refused, unparsed};

/// Items between two looks for a signal, so that an endless iterator can be interrupted.
const SIGNAL_INTERVAL: usize = 1 << 16;

/// The set that `given` names: a set, a column, one prefix, or an iterable of prefixes.
pub(super) fn set_from<'a>(given: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, Set>> {
    let py = given.py();
    if let Ok(set) = given.cast_exact::<PrefixSet>() {
        return Ok(Cow::Borrowed(&set.get().set));
    }
    if let Ok(column) = given.cast_exact::<PrefixColumn>() {
        let nets = &column.get().nets;
        return Ok(Cow::Owned(py.detach(|| nets.iter().copied().collect())));
    }
    let mut ranges = Ranges::default();
    if is_single(given)? {
        ranges.push_net(member(given)?);
        return Ok(Cow::Owned(ranges.into_set()));
    }
    refuse_pair(given)?;
    each(given, |item| {
        ranges.push_net(member(item)?);
        Ok(())
    })?;
    Ok(Cow::Owned(py.detach(|| ranges.into_set())))
}

/// The union of `base` and all of `others`, sorted once however many they are.
pub(super) fn set_of_all(base: &Set, others: &Bound<'_, PyTuple>) -> PyResult<Set> {
    let py = others.py();
    if others.len() == 1 {
        let given = others.get_item(0)?;
        let other = set_from(&given)?;
        return Ok(py.detach(|| base.union(&other)));
    }
    let mut ranges = Ranges::default();
    ranges.push_set(base);
    for other in others {
        ranges.push_set(&*set_from(&other)?);
    }
    Ok(py.detach(|| ranges.into_set()))
}

/// The set of pairs `(first, last)`.
pub(super) fn from_ranges(pairs: &Bound<'_, PyAny>) -> PyResult<Set> {
    let mut ranges = Ranges::default();
    each(pairs, |pair| {
        let (first, last) = range_from(pair)?;
        ranges.push(first, last);
        Ok(())
    })?;
    Ok(pairs.py().detach(|| ranges.into_set()))
}

/// The set of one text, or of an iterable of lines.
pub(super) fn from_text(text: &Bound<'_, PyAny>) -> PyResult<Set> {
    let py = text.py();
    if let Some(bytes) = text_bytes(text)? {
        return py
            .detach(|| Set::from_text(bytes))
            .map_err(|(number, line, error)| line_error(py, number, line, error));
    }
    let (mut ranges, mut number) = (Ranges::default(), 0);
    each(text, |line| {
        number += 1;
        let Some(bytes) = text_bytes(line)? else {
            let message = format!("line {number}: {} is not str or bytes", line.repr()?);
            return Err(address_error(py, message));
        };
        match parse_entry(bytes) {
            Ok(Some((first, last))) => ranges.push(first, last),
            Ok(None) => {}
            Err(error) => return Err(line_error(py, number, bytes, error)),
        }
        Ok(())
    })?;
    Ok(py.detach(|| ranges.into_set()))
}

fn line_error(py: Python<'_>, number: usize, line: &[u8], error: EntryError) -> PyErr {
    const SHOWN: usize = 80;
    let text = String::from_utf8_lossy(line.trim_ascii());
    let shown: String = text.chars().take(SHOWN).collect();
    address_error(py, format!("line {number}: {shown:?} {error}"))
}

fn text_bytes<'a>(text: &'a Bound<'_, PyAny>) -> PyResult<Option<&'a [u8]>> {
    if let Ok(text) = text.cast::<PyString>() {
        return Ok(Some(text.to_str()?.as_bytes()));
    }
    Ok(text.cast::<PyBytes>().ok().map(|bytes| bytes.as_bytes()))
}

/// The addresses of anything PrefixLike. A zone names a link, and a set of addresses has none, so
/// it is refused rather than lost (RFC 4007 6).
pub(super) fn member(given: &Bound<'_, PyAny>) -> PyResult<Net> {
    if let Ok(prefix) = given.cast_exact::<Prefix>() {
        return Ok(prefix.get().net);
    }
    if let Ok(address) = given.cast_exact::<Address>() {
        return match address.get() {
            Address { ip, zone: None } => net(given, *ip, ip.bits()),
            Address { zone: Some(_), .. } => Err(zone_refused(given)),
        };
    }
    if let Ok(text) = given.cast_exact::<PyString>() {
        return parse_net(text.to_str()?.as_bytes()).map_err(|e| unparsed(given, "a prefix", e));
    }
    let spoken = written_from(given, Zone::Refused)?;
    if spoken.zone.is_some() {
        return Err(zone_refused(given));
    }
    net(given, spoken.ip, spoken.len.unwrap_or(spoken.ip.bits()))
}

/// What `in` asks for: as `member`, but an `Interface` stands for its address, as in `Prefix`.
pub(super) fn asked(given: &Bound<'_, PyAny>) -> PyResult<Net> {
    match given.cast_exact::<Interface>() {
        Ok(interface) => member(interface.getattr("address")?.as_any()),
        Err(_) => member(given),
    }
}

/// One end of a range.
fn end(given: &Bound<'_, PyAny>) -> PyResult<Ip> {
    match zoned_from(given, None)? {
        (ip, None) => Ok(ip),
        (_, Some(_)) => Err(zone_refused(given)),
    }
}

fn zone_refused(given: &Bound<'_, PyAny>) -> PyErr {
    let shown = given.repr().map_or_else(|_| String::from("this"), |text| text.to_string());
    let message = format!("{shown} has a zone, which a set of addresses does not; leave it out");
    refused(given, Reason::ZoneForbidden.name(), message)
}

fn range_from(pair: &Bound<'_, PyAny>) -> PyResult<(Ip, Ip)> {
    let Ok((first, last)) = pair.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>() else {
        let message = format!("{} is not a range; give (first, last)", pair.repr()?);
        return Err(address_error(pair.py(), message));
    };
    check_range(end(&first)?, end(&last)?).map_err(|error| match pair.repr() {
        Ok(shown) => address_error(pair.py(), format!("range {shown} {error}")),
        Err(error) => error,
    })
}

/// Whether `given` is one prefix rather than many. Prefixes and the networks of `ipaddress` are
/// iterables of addresses, and text and bytes of their parts, so iterating comes last.
fn is_single(given: &Bound<'_, PyAny>) -> PyResult<bool> {
    let ours = given.is_exact_instance_of::<Prefix>();
    let text = given.is_instance_of::<PyString>() || given.is_instance_of::<PyBytes>();
    Ok(ours || text || given.hasattr("network_address")? || given.try_iter().is_err())
}

/// `("192.0.2.0", 24)` is one prefix where prefixes are expected, but an iterable here, and would
/// mean 192.0.2.0 and 0.0.0.24.
fn refuse_pair(given: &Bound<'_, PyAny>) -> PyResult<()> {
    let Ok(pair) = given.cast::<PyTuple>() else { return Ok(()) };
    if pair.len() != 2 || pair.get_item(0)?.is_instance_of::<PyInt>() {
        return Ok(());
    }
    if pair.get_item(1)?.is_instance_of::<PyInt>() {
        let message = format!("{0} may be one prefix or two; write [{0}] for one", pair.repr()?);
        return Err(address_error(given.py(), message));
    }
    Ok(())
}

pub(super) fn each<'py>(
    items: &Bound<'py, PyAny>,
    mut take: impl FnMut(&Bound<'py, PyAny>) -> PyResult<()>,
) -> PyResult<()> {
    for (index, item) in items.try_iter()?.enumerate() {
        if index % SIGNAL_INTERVAL == 0 {
            items.py().check_signals()?;
        }
        take(&item?)?;
    }
    Ok(())
}
