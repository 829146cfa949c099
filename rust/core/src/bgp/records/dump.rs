//! Tables as records of TABLE_DUMP_V2 (RFC 6396 4.3, RFC 8050 4), in slices.

use crate::bgp::attributes::{Attributes, Store, codes, push};
use crate::bgp::family::Family;
use crate::bgp::nets::{NetIx, NetKey};
use crate::bgp::paths::{Path, flags};
use crate::bgp::table::{FamilyTable, Table};

use super::packed::on_the_wire;

const TABLE_DUMP_V2: u16 = 13;
const GENERIC: u16 = 6;

/// How a table is dumped.
#[derive(Clone, Debug, Default)]
pub struct DumpOptions {
    /// The place of each neighbour in the PEER_INDEX_TABLE, by its number; who is beyond is left
    /// out, as is who has `u16::MAX`.
    pub places: Vec<u16>,
    /// Seconds since 1970 of the records.
    pub instant_s: u32,
    /// Seconds since 1970 of the table's first instant.
    pub begun_s: u32,
    /// As it came; otherwise what is left behind the import policies.
    pub is_pre_policy: bool,
}

/// A part of a dump.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DumpSlice {
    /// Whole records.
    pub octets: Vec<u8>,
    /// How many they are.
    pub records: u32,
    /// Where the next part begins; None: this was the last.
    pub next: Option<NetIx>,
}

impl<K: NetKey> FamilyTable<K> {
    fn dump(
        &self,
        at: NetIx,
        budget: u32,
        sequence: u32,
        options: &DumpOptions,
        store: &Store,
    ) -> DumpSlice {
        let end = self.nets.end();
        let last = at.saturating_add(budget).min(end);
        let mut found = DumpSlice { next: (last < end).then_some(last), ..DumpSlice::default() };
        let mut paths: Vec<(u16, &Path)> = Vec::new();
        for net in at..last {
            let Some(entry) = self.nets.get(net) else { continue };
            paths.clear();
            paths.extend(self.paths.list(entry.first).filter_map(|(_, path)| {
                let place = *options.places.get(usize::from(path.peer))?;
                let is_shown = options.is_pre_policy || path.flags & flags::REFUSED == 0;
                (place != u16::MAX && is_shown).then_some((place, path))
            }));
            if paths.is_empty() {
                continue;
            }
            paths.sort_by_key(|(place, path)| (*place, path.path_id));
            let number = sequence.wrapping_add(found.records);
            let first = paths.first().and_then(|(_, path)| store.get(path.received));
            let rest = first.and_then(|set| set.value(codes::MP_REACH_NLRI)).unwrap_or_default();
            let mut nlri = Vec::new();
            entry.key.write_with(self.family, rest, &mut nlri);
            record(&mut found.octets, self.family, number, &nlri, &paths, options, store);
            found.records += 1;
        }
        found
    }
}

fn record(
    out: &mut Vec<u8>,
    family: Family,
    sequence: u32,
    nlri: &[u8],
    paths: &[(u16, &Path)],
    options: &DumpOptions,
    store: &Store,
) {
    let has_ids = paths.iter().any(|(_, path)| path.path_id != 0 && path.peer != 0);
    let plain = match (family.afi, family.safi) {
        (1, 1) => 2,
        (1, 2) => 3,
        (2, 1) => 4,
        (2, 2) => 5,
        _ => GENERIC,
    };
    let subtype: u16 = plain + if has_ids { 6 } else { 0 };
    out.extend(options.instant_s.to_be_bytes());
    out.extend(TABLE_DUMP_V2.to_be_bytes());
    out.extend(subtype.to_be_bytes());
    let length_at = out.len();
    out.extend([0; 4]);
    out.extend(sequence.to_be_bytes());
    if plain == GENERIC {
        out.extend(family.afi.to_be_bytes());
        out.push(family.safi);
    }
    out.extend_from_slice(nlri);
    let count_at = out.len();
    out.extend([0; 2]);
    let mut count: u16 = 0;
    for (place, path) in paths {
        let set = if options.is_pre_policy { path.received } else { path.imported };
        let attributes = shortened(store.get(set).map_or(&[], |set| set.bytes()), family);
        let Ok(length) = u16::try_from(attributes.len()) else { continue };
        if count == u16::MAX {
            break;
        }
        count += 1;
        out.extend(place.to_be_bytes());
        out.extend(options.begun_s.wrapping_add(path.since).to_be_bytes());
        if has_ids {
            out.extend(path.path_id.to_be_bytes());
        }
        out.extend(length.to_be_bytes());
        out.extend(attributes);
    }
    let length = (out.len() - length_at - 4) as u32;
    if let Some(place) = out.get_mut(length_at..length_at + 4) {
        place.copy_from_slice(&length.to_be_bytes());
    }
    if let Some(place) = out.get_mut(count_at..count_at + 2) {
        place.copy_from_slice(&count.to_be_bytes());
    }
}

/// Attributes as an entry has them: a next hop that is not of IPv4 stands alone in MP_REACH_NLRI
/// (RFC 6396 4.3.4).
fn shortened(canonical: &[u8], family: Family) -> Vec<u8> {
    let wire = on_the_wire(canonical);
    let hop = Attributes(&wire).value(codes::NEXT_HOP).unwrap_or_default();
    if family == Family::IPV4 && hop.len() == 4 || hop.is_empty() {
        return wire;
    }
    let mut out = Vec::with_capacity(wire.len() + 4);
    let mut is_owed = true;
    let value = [&[hop.len() as u8], hop].concat();
    for one in Attributes(&wire) {
        if is_owed && one.code > codes::MP_REACH_NLRI {
            push(&mut out, codes::OPTIONAL, codes::MP_REACH_NLRI, &value);
            is_owed = false;
        }
        if one.code != codes::NEXT_HOP {
            push(&mut out, one.flags, one.code, one.value);
        }
    }
    if is_owed {
        push(&mut out, codes::OPTIONAL, codes::MP_REACH_NLRI, &value);
    }
    out
}

impl Table {
    /// A part of a family, of the `budget` prefixes from `at` on, as records that are numbered from
    /// `sequence` on.
    pub fn dump(
        &mut self,
        family: Family,
        at: NetIx,
        budget: u32,
        sequence: u32,
        options: &DumpOptions,
    ) -> DumpSlice {
        let Self { store, v4, v6, others, .. } = self;
        match family {
            Family::IPV4 => v4.dump(at, budget, sequence, options, store),
            Family::IPV6 => v6.dump(at, budget, sequence, options, store),
            other => match others.get(&other.code()) {
                Some(table) => table.dump(at, budget, sequence, options, store),
                None => DumpSlice::default(),
            },
        }
    }
}
