//! The columns of a batch: one lane a packet of one family.

use super::BATCH;
use super::family::Family;
use super::parse::Header;
use super::reason::Reason;
use super::special::Special;

/// Room behind the last lane for a whole vector store.
const SPARE: usize = 16;

/// A column.
pub type Column<T> = [T; BATCH + SPARE];

/// Packets of the family with addresses `A`.
pub struct Lanes<A> {
    /// How many.
    pub count: usize,
    /// Which frame of the batch.
    pub frame: Column<u32>,
    /// Where in the buffer it begins; at least its headers lie there.
    pub offset: Column<u32>,
    /// Bytes of the packet.
    pub total: Column<u32>,
    /// Source address.
    pub source: Column<A>,
    /// Destination address.
    pub destination: Column<A>,
    /// IPv4: the new TTL, protocol and checksum as they stand in the packet. IPv6: payload length,
    /// next header, new hop limit likewise.
    pub word: Column<u32>,
    /// Whether an address may be in a special range.
    pub is_near: bool,
    /// The greater of the answers to both addresses in the special table.
    pub class: Column<u32>,
    /// The group of the destination.
    pub to: Column<u32>,
    /// The group of the source.
    pub from: Column<u32>,
    /// The adjacency; 0 for packets that are handed up.
    pub way: Column<u32>,
    /// Destinations and behind them sources, to be asked for in one go.
    pub both: [A; 2 * BATCH],
    /// The answers.
    pub found: [u32; 2 * BATCH],
}

impl<A: Family> Lanes<A> {
    /// No packets.
    pub fn new() -> Box<Lanes<A>> {
        let numbers = || [0; BATCH + SPARE];
        Box::new(Lanes {
            count: 0,
            frame: numbers(),
            offset: numbers(),
            total: numbers(),
            source: [A::default(); BATCH + SPARE],
            destination: [A::default(); BATCH + SPARE],
            word: numbers(),
            is_near: false,
            class: numbers(),
            to: numbers(),
            from: numbers(),
            way: numbers(),
            both: [A::default(); 2 * BATCH],
            found: [0; 2 * BATCH],
        })
    }

    /// Begin a batch.
    pub fn clear(&mut self) {
        self.count = 0;
        self.is_near = false;
    }

    /// One more: frame `frame` of the batch, which begins at `offset`.
    pub fn push(&mut self, frame: usize, offset: usize, header: Header<A>, special: &Special) {
        let lane = self.count;
        self.frame[lane] = frame as u32;
        self.offset[lane] = offset as u32;
        self.total[lane] = header.total;
        self.source[lane] = header.source;
        self.destination[lane] = header.destination;
        self.word[lane] = header.word;
        self.is_near |= header.source.is_near(special) | header.destination.is_near(special);
        self.count += 1;
    }

    /// The flow hash of a packet; `bytes` are those of the buffer.
    ///
    /// # Errors
    /// `IcmpError`: what the error is about decides.
    #[inline]
    pub fn hash(&self, seed: u64, lane: usize, bytes: &[u8]) -> Result<u64, Reason> {
        let frame = bytes.get(self.offset[lane] as usize..).unwrap_or_default();
        let (source, destination) = (self.source[lane], self.destination[lane]);
        A::hash(seed, source, destination, frame, self.total[lane])
    }
}
