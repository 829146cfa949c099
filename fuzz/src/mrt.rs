//! Any bytes make routes and counted faults, the same however the file is cut into chunks, and the
//! table holds what reading entry by entry finds: each prefix once, with a route that is its own.

use std::collections::HashSet;

use fingerpost_core::addr::Net;
use fingerpost_core::mrt::{DecodeError, MrtEntries, MrtRoutes, MrtTable, Route};

use super::chunks::chunks;

/// The least that an entry, a record, or a peer takes in a file.
const LEAST_ENTRY: usize = 8;

fn table_of<'a>(parts: impl Iterator<Item = &'a [u8]>) -> MrtTable {
    let mut table = MrtTable::new(None);
    parts.for_each(|part| table.feed(part));
    table.finish();
    table
}

type Found = Vec<Result<(Net, Route), DecodeError>>;

fn entries_of<'a>(parts: impl Iterator<Item = &'a [u8]>) -> Found {
    let mut entries = MrtEntries::default();
    let mut found: Found = parts.flat_map(|part| entries.feed(part)).collect();
    found.extend(entries.finish().err().map(Err));
    found
}

pub fn check(data: &[u8]) {
    let mut table = table_of(std::iter::once(data));
    check_same(&table, &mut table_of(chunks(data)));
    let found = entries_of(std::iter::once(data));
    assert_eq!(found, entries_of(chunks(data)));
    check_bounds(&table, data.len());
    check_entries(&mut table, &found);
    check_messages(data);
}

/// Routes are told again by whole UPDATEs, the same however the file is cut.
fn check_messages(data: &[u8]) {
    let routes_of = |parts: &mut dyn Iterator<Item = &[u8]>| {
        let mut routes = MrtRoutes::new(None);
        parts.for_each(|part| routes.feed(part));
        routes.finish();
        routes
    };
    let mut whole = routes_of(&mut std::iter::once(data));
    let mut cut = routes_of(&mut chunks(data));
    let counts: Vec<_> = whole.counts().collect();
    assert!(counts.iter().copied().eq(cut.counts()));
    for peer in 0..counts.len() as u32 {
        let mut from = Some(0);
        while let Some(start) = from {
            let hop = &[7; 20][..[0, 4, 16, 20][start % 4]];
            let (octets, next) = whole.messages(peer, start, 3, 4096, peer.is_multiple_of(2), hop);
            let same = cut.messages(peer, start, 3, 4096, peer.is_multiple_of(2), hop);
            assert_eq!((&octets, next), (&same.0, same.1));
            let mut rest = &octets[..];
            while !rest.is_empty() {
                let length = usize::from(u16::from_be_bytes([rest[16], rest[17]]));
                assert!((23..=4096).contains(&length));
                rest = &rest[length..];
            }
            from = next;
        }
    }
}

fn check_same(a: &MrtTable, b: &mut MrtTable) {
    assert_eq!(a.ids(), b.ids());
    assert!(a.routes().eq(b.routes()));
    assert_eq!((a.entries(), a.losers()), (b.entries(), b.losers()));
    assert_eq!((a.fault_total(), a.faults()), (b.fault_total(), b.faults()));
    assert_eq!(a.peers(), b.peers());
    assert_eq!(a.skipped(), b.skipped());
}

fn check_bounds(table: &MrtTable, len: usize) {
    assert!(table.entries() as usize * LEAST_ENTRY <= len);
    assert!(table.faults().iter().all(|fault| fault.offset <= len as u64));
    assert!(table.faults().len() as u64 <= table.fault_total());
    // Held memory follows the input; the constant is the interner's first slots.
    assert!(table.memory() <= 4096 + 512 * len);
}

fn check_entries(table: &mut MrtTable, found: &Found) {
    let faults: Vec<&DecodeError> = found.iter().filter_map(|one| one.as_ref().err()).collect();
    assert_eq!(faults.len() as u64, table.fault_total());
    assert!(faults.into_iter().take(table.faults().len()).eq(table.faults()));
    let entries: HashSet<&(Net, Route)> = found.iter().flatten().collect();
    assert_eq!(found.iter().flatten().count() as u64, table.entries());
    let routes: Vec<Route> =
        table.routes().collect::<Result<_, _>>().expect("what was taken in decodes again");
    let ids = table.ids().to_vec();
    let nets = table.take_nets();
    assert_eq!(nets.len() as u64 + table.losers(), table.entries());
    assert_eq!(nets.len(), ids.len());
    let distinct: HashSet<Net> = nets.iter().copied().collect();
    assert_eq!(distinct.len(), nets.len(), "a prefix stands twice");
    assert_eq!(distinct, entries.iter().map(|(net, _)| *net).collect());
    for (net, id) in nets.into_iter().zip(ids) {
        assert!(entries.contains(&(net, routes[id as usize].clone())));
    }
}
