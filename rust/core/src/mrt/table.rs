//! From a whole dump to two columns: prefixes and the numbers of their distinct routes.

use std::collections::{BTreeMap, HashMap};

use super::DecodeError;
use super::attributes::{Attributes, scan};
use super::choice::Election;
use super::path::AsSize;
use super::peers::Peer;
use super::reader::Reader;
use super::record::{Decoder, Entry, Skipped};
use super::stream::Stream;
use crate::addr::{Ip, Net};
use crate::text::{Interner, repeated_rows};

/// How many faults are kept for the report; all are counted.
const MAX_FAULTS: usize = 1000;
/// Memory that one row will take: prefix, route number, and its place in the Python list.
const ROW_BYTES: usize = 64;
/// Memory that one distinct route will take beside its encoded attributes.
const ROUTE_BYTES: usize = 320;

/// A record or entry that did not decode.
pub type Fault = DecodeError;

/// Only the entries of this peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerFilter {
    /// By address.
    Address(Ip),
    /// By AS number.
    Asn(u32),
}

impl PeerFilter {
    pub(super) fn admits(self, peer: Peer) -> bool {
        match self {
            PeerFilter::Address(address) => address == peer.address,
            PeerFilter::Asn(asn) => asn == peer.asn,
        }
    }
}

/// A decoded entry: the value of a prefix.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Route {
    /// Who announced it.
    pub peer: Peer,
    /// Path identifier, with add-path.
    pub path_id: Option<u32>,
    /// Its attributes.
    pub attributes: Attributes,
}

impl Route {
    /// The AS that originates the prefix; see [`super::AsPath::origin`].
    #[must_use]
    pub fn origin_as(&self) -> Option<u32> {
        self.attributes.as_path.origin(self.peer.asn)
    }
}

/// A dump under construction: `feed` the file's chunks, then `finish`.
#[derive(Default)]
pub struct MrtTable {
    stream: Stream,
    decoder: Decoder,
    rows: Rows,
}

#[derive(Default)]
struct Rows {
    filter: Option<PeerFilter>,
    election: Election,
    nets: Vec<Net>,
    ids: Vec<u32>,
    keys: Interner,
    peers: Peers,
    entries: u64,
    losers: u64,
    faults: Vec<Fault>,
    fault_total: u64,
    skipped: BTreeMap<Skipped, u64>,
}

impl MrtTable {
    /// A table of the entries of one peer, or of all.
    #[must_use]
    pub fn new(filter: Option<PeerFilter>) -> Self {
        MrtTable { rows: Rows { filter, ..Rows::default() }, ..MrtTable::default() }
    }

    /// Take the next bytes of the (decompressed) file.
    pub fn feed(&mut self, chunk: &[u8]) {
        let MrtTable { stream, decoder, rows } = self;
        stream.feed(chunk, |found| rows.record(decoder, found));
    }

    /// The file is over: decide the last prefix, and drop prefixes that return later in the file
    /// (the first group of adjacent entries counts).
    pub fn finish(&mut self) {
        if let Err(error) = self.stream.finish() {
            self.rows.complain(error);
        }
        self.rows.decide();
        self.rows.drop_repeated();
    }

    /// Take the prefixes out.
    pub fn take_nets(&mut self) -> Vec<Net> {
        std::mem::take(&mut self.rows.nets)
    }

    /// How many prefixes there are so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.nets.len()
    }

    /// No prefix yet?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.nets.is_empty()
    }

    /// For each prefix an index into [`MrtTable::routes`].
    #[must_use]
    pub fn ids(&self) -> &[u32] {
        &self.rows.ids
    }

    /// The distinct routes.
    pub fn routes(&self) -> impl Iterator<Item = Result<Route, DecodeError>> {
        self.rows.keys.texts().map(|key| self.rows.route(key))
    }

    /// Entries of the chosen peers, winners and losers.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.rows.entries
    }

    /// Entries that lost against another entry of their prefix.
    #[must_use]
    pub fn losers(&self) -> u64 {
        self.rows.losers
    }

    /// The peers whose entries count, and with a filter all that have entries; in order of
    /// appearance.
    #[must_use]
    pub fn peers(&self) -> &[Peer] {
        &self.rows.peers.order
    }

    /// The first 1000 faults.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.rows.faults
    }

    /// How many records and entries did not decode.
    #[must_use]
    pub fn fault_total(&self) -> u64 {
        self.rows.fault_total
    }

    /// Records that hold no unicast route, counted.
    #[must_use]
    pub fn skipped(&self) -> &BTreeMap<Skipped, u64> {
        &self.rows.skipped
    }

    /// Memory that the table will take, in bytes, roughly.
    #[must_use]
    pub fn memory(&self) -> usize {
        let rows = &self.rows;
        rows.nets.len() * ROW_BYTES
            + rows.keys.memory()
            + rows.keys.len() * ROUTE_BYTES
            + rows.peers.order.len() * 2 * size_of::<Peer>()
    }
}

/// Peers, numbered in order of appearance.
#[derive(Default)]
struct Peers {
    numbers: HashMap<Peer, u32>,
    order: Vec<Peer>,
}

impl Peers {
    fn number(&mut self, peer: Peer) -> u32 {
        *self.numbers.entry(peer).or_insert_with(|| {
            self.order.push(peer);
            (self.order.len() - 1) as u32
        })
    }
}

impl Rows {
    fn record(
        &mut self,
        decoder: &mut Decoder,
        found: Result<(super::stream::Header, Reader<'_>), DecodeError>,
    ) {
        let done = found.and_then(|(header, body)| {
            decoder.decode(header, body, &mut |entry| {
                if let Err(error) = entry.and_then(|entry| self.entry(&entry)) {
                    self.complain(error);
                }
            })
        });
        match done {
            Ok(None) => {}
            Ok(Some(why)) => *self.skipped.entry(why).or_default() += 1,
            Err(error) => self.complain(error),
        }
    }

    fn entry(&mut self, entry: &Entry<'_>) -> Result<(), DecodeError> {
        if let Some(filter) = self.filter {
            self.peers.number(entry.peer); // also the unwanted ones: an error lists them
            if !filter.admits(entry.peer) {
                return Ok(());
            }
        }
        let origin = scan(&entry.attributes, entry.as_size, entry.peer.asn)?;
        if self.election.net().is_some_and(|net| net != entry.net) {
            self.decide();
        }
        self.entries += 1;
        let peers = &mut self.peers;
        self.election.vote(entry, origin, |key| write_key(key, peers.number(entry.peer), entry));
        Ok(())
    }

    fn decide(&mut self) {
        if let Some(winner) = self.election.winner() {
            self.nets.push(winner.net);
            self.ids.push(self.keys.intern(winner.key));
            self.losers += winner.losers;
        }
        self.election.clear();
    }

    fn drop_repeated(&mut self) {
        let mut repeated = repeated_rows(&self.nets).into_iter().peekable();
        if repeated.peek().is_none() {
            return;
        }
        let mut kept = 0;
        for row in 0..self.nets.len() {
            if repeated.peek().is_some_and(|&next| next as usize == row) {
                repeated.next();
                self.losers += 1;
                continue;
            }
            self.nets.swap(kept, row);
            self.ids.swap(kept, row);
            kept += 1;
        }
        self.nets.truncate(kept);
        self.ids.truncate(kept);
    }

    fn complain(&mut self, fault: Fault) {
        self.fault_total += 1;
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(fault);
        }
    }

    fn route(&self, key: &[u8]) -> Result<Route, DecodeError> {
        let mut reader = Reader::new(key, 0, "RFC 4271 4.3");
        let peer = reader.u32("peer")?;
        let size = if reader.u8("AS size")? == 2 { AsSize::Two } else { AsSize::Four };
        let with_id = reader.u8("path identifier")? != 0;
        let path_id = reader.u32("path identifier")?;
        let Some(&peer) = self.peers.order.get(peer as usize) else {
            return Err(reader.error("peer", peer.into(), "a known peer"));
        };
        let attributes = Attributes::decode(&reader, size)?;
        Ok(Route { peer, path_id: with_id.then_some(path_id), attributes })
    }
}

/// What makes a route distinct: peer, width of AS numbers, path identifier, attributes.
fn write_key(key: &mut Vec<u8>, peer: u32, entry: &Entry<'_>) {
    key.extend(peer.to_be_bytes());
    key.push(if entry.as_size == AsSize::Two { 2 } else { 4 });
    key.push(entry.path_id.is_some().into());
    key.extend(entry.path_id.unwrap_or(0).to_be_bytes());
    key.extend(entry.attributes.rest());
}
