//! Every entry of a dump as columns, with canonical attributes that are held once.
//!
//! Octets of attributes that were seen before are known by their number; those that were not go
//! through the parser of UPDATEs (RFC 7606), as what would have brought the prefix.

use super::DecodeError;
use super::path::AsSize;
use super::peers::Peer;
use super::record::{Decoder, Entry, Skipped};
use super::stream::Stream;
use crate::addr::{Ip, Net};
use crate::bgp::attributes::codes;
use crate::bgp::family::Family;
use crate::bgp::peer::{FamilySession, Relation, SessionOptions};
use crate::bgp::update::Parser;
use crate::text::Interner;
use std::collections::{BTreeMap, HashMap};

/// How many faults are kept; all are counted.
const FAULTS_MOST: usize = 1000;
/// Of a number of a set: its attributes cannot be used.
pub const UNUSABLE: u32 = u32::MAX;

/// Entries in file order, one place of each column an entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// The prefixes.
    pub nets: Vec<Net>,
    /// Indices into the peers.
    pub peers: Vec<u32>,
    /// Seconds since 1970.
    pub originated: Vec<u32>,
    /// Path identifiers; 0 without.
    pub path_ids: Vec<u32>,
    /// Numbers of sets of attributes, `UNUSABLE` for none.
    pub sets: Vec<u32>,
}

/// A dump read in batches.
pub struct MrtBatches {
    stream: Stream,
    decoder: Decoder,
    rows: Rows,
}

struct Rows {
    batch: Batch,
    peers: Vec<Peer>,
    numbers: HashMap<Peer, u32>,
    last_peer: Option<(Peer, u32)>,
    raw: Interner,
    of_raw: Vec<u32>,
    canonical: Interner,
    key: Vec<u8>,
    body: Vec<u8>,
    parser: Parser,
    sessions: [SessionOptions; 2],
    faults: Vec<DecodeError>,
    fault_count: u64,
    skipped: BTreeMap<Skipped, u64>,
}

fn options(as4: bool) -> SessionOptions {
    let family = |family| FamilySession {
        family,
        path_ids_in: false,
        path_ids_out: false,
        extended_next_hop: true,
        local_next_hop: Vec::new(),
    };
    let families = [Family::IPV4, Family::IPV6].map(family).to_vec();
    SessionOptions { as4, longest_out: 4096, longest_in: u16::MAX, families, scope: 0 }
}

impl Default for MrtBatches {
    fn default() -> Self {
        let rows = Rows {
            batch: Batch::default(),
            peers: Vec::new(),
            numbers: HashMap::new(),
            last_peer: None,
            raw: Interner::default(),
            of_raw: Vec::new(),
            canonical: Interner::default(),
            key: Vec::new(),
            body: Vec::new(),
            parser: Parser::default(),
            sessions: [options(false), options(true)],
            faults: Vec::new(),
            fault_count: 0,
            skipped: BTreeMap::new(),
        };
        Self { stream: Stream::default(), decoder: Decoder::default(), rows }
    }
}

impl MrtBatches {
    /// Take the next bytes of the (decompressed) file.
    pub fn feed(&mut self, chunk: &[u8]) {
        let Self { stream, decoder, rows } = self;
        stream.feed(chunk, |found| {
            let done = found.and_then(|(header, body)| {
                decoder.decode(header, body, &mut |entry| {
                    if let Err(error) = entry.map(|entry| rows.take(&entry)) {
                        rows.complain(error);
                    }
                })
            });
            match done {
                Ok(None) => {}
                Ok(Some(why)) => *rows.skipped.entry(why).or_default() += 1,
                Err(error) => rows.complain(error),
            }
        });
    }

    /// The file is over.
    pub fn finish(&mut self) {
        if let Err(error) = self.stream.finish() {
            self.rows.complain(error);
        }
    }

    /// The entries since this was last asked.
    pub fn take(&mut self) -> Batch {
        std::mem::take(&mut self.rows.batch)
    }

    /// Who said what, in order of appearance.
    #[must_use]
    pub fn peers(&self) -> &[Peer] {
        &self.rows.peers
    }

    /// The canonical bytes of a set.
    #[must_use]
    pub fn attributes(&self, set: u32) -> Option<&[u8]> {
        self.rows.canonical.get(set)
    }

    /// How many sets there are.
    #[must_use]
    pub fn sets(&self) -> usize {
        self.rows.canonical.len()
    }

    /// The first 1000 records and entries that did not decode.
    #[must_use]
    pub fn faults(&self) -> &[DecodeError] {
        &self.rows.faults
    }

    /// How many they were.
    #[must_use]
    pub const fn fault_count(&self) -> u64 {
        self.rows.fault_count
    }

    /// Records that hold no unicast route, counted.
    #[must_use]
    pub const fn skipped(&self) -> &BTreeMap<Skipped, u64> {
        &self.rows.skipped
    }

    /// Memory held by what was seen, in octets, roughly.
    #[must_use]
    pub fn memory(&self) -> usize {
        let rows = &self.rows;
        rows.raw.memory() + rows.canonical.memory() + rows.of_raw.len() * 4 + rows.peers.len() * 64
    }
}

impl Rows {
    fn take(&mut self, entry: &Entry<'_>) {
        let peer = self.peer(entry.peer);
        let set = self.set(entry);
        let batch = &mut self.batch;
        batch.nets.push(entry.net);
        batch.peers.push(peer);
        batch.originated.push(entry.originated);
        batch.path_ids.push(entry.path_id.unwrap_or(0));
        batch.sets.push(set);
    }

    fn complain(&mut self, error: DecodeError) {
        self.fault_count += 1;
        if self.faults.len() < FAULTS_MOST {
            self.faults.push(error);
        }
    }

    fn peer(&mut self, peer: Peer) -> u32 {
        if let Some((last, number)) = self.last_peer
            && last == peer
        {
            return number;
        }
        let peers = &mut self.peers;
        let number = *self.numbers.entry(peer).or_insert_with(|| {
            peers.push(peer);
            (peers.len() - 1) as u32
        });
        self.last_peer = Some((peer, number));
        number
    }

    fn set(&mut self, entry: &Entry<'_>) -> u32 {
        let is_v6 = matches!(entry.net.ip(), Ip::V6(_));
        let as4 = entry.as_size == AsSize::Four;
        let octets = entry.attributes.rest();
        self.key.clear();
        self.key.push(u8::from(is_v6) << 1 | u8::from(as4));
        self.key.extend_from_slice(octets);
        let known = self.raw.len() as u32;
        let raw = self.raw.intern(&self.key);
        if raw < known {
            return self.of_raw.get(raw as usize).copied().unwrap_or(UNUSABLE);
        }
        let set = self.canonical_of(octets, is_v6, as4).unwrap_or_else(|| {
            self.complain(entry.attributes.error(
                "attributes",
                octets.len() as u64,
                "such as an UPDATE may have",
            ));
            UNUSABLE
        });
        self.of_raw.push(set);
        set
    }

    fn canonical_of(&mut self, octets: &[u8], is_v6: bool, as4: bool) -> Option<u32> {
        let is_multi = as_update(&mut self.body, octets, is_v6)?;
        let [two, four] = &self.sessions;
        let session = if as4 { four } else { two };
        if !self.parser.read(&self.body, session, Relation::Internal) {
            return None;
        }
        Some(self.canonical.intern(self.parser.canonical(&self.body, is_multi, 0)))
    }
}

/// The body of the UPDATE that would have brought an entry; whether it has MP_REACH_NLRI.
fn as_update(body: &mut Vec<u8>, octets: &[u8], is_v6: bool) -> Option<bool> {
    body.clear();
    body.extend([0, 0, 0, 0]);
    let (mut rest, mut is_multi) = (octets, false);
    while let Some((&[flags, code], after)) = rest.split_first_chunk() {
        let (length, after) = if flags & codes::EXTENDED == 0 {
            let (&length, after) = after.split_first()?;
            (usize::from(length), after)
        } else {
            let (&length, after) = after.split_first_chunk()?;
            (usize::from(u16::from_be_bytes(length)), after)
        };
        let (value, after) = after.split_at_checked(length)?;
        if code == codes::MP_REACH_NLRI {
            // RFC 6396 4.3.4: the next hop alone; in full it begins with the zero of a family
            let hop = if value.first() == Some(&0) { value.get(3..)? } else { value };
            let (&size, hop) = hop.split_first()?;
            let hop = hop.get(..usize::from(size))?;
            let afi = if is_v6 { 2 } else { 1 };
            body.extend([codes::OPTIONAL, codes::MP_REACH_NLRI, u8::try_from(hop.len() + 6).ok()?]);
            body.extend([0, afi, 1, size]);
            body.extend_from_slice(hop);
            body.extend([0, 0]); // reserved, and the default route
            is_multi = true;
        } else {
            body.extend_from_slice(rest.get(..rest.len() - after.len())?);
        }
        rest = after;
    }
    if !rest.is_empty() {
        return None;
    }
    let length = u16::try_from(body.len() - 4).ok()?;
    body.get_mut(2..4)?.copy_from_slice(&length.to_be_bytes());
    if !is_multi && !is_v6 {
        body.push(0);
    }
    Some(is_multi)
}
