//! MRT RIB dumps: TABLE_DUMP and TABLE_DUMP_V2 of RFC 6396, add-path of RFC 8050.
//!
//! The life of a route: [`stream::Stream`] cuts the file into records (bounded, skippable),
//! [`record`] tells their kind, [`table_dump`] and [`rib`] yield one [`Entry`] per prefix and
//! peer, [`choice`] picks the entry that stands for a prefix, [`MrtTable`] interns it, and
//! [`Route`] is the decoded value, made once per distinct attributes.
//!
//! Decoding is total: bytes give entries or a [`DecodeError`], one per bad record or entry.
//!
//! Deliberate deviations: MP_REACH_NLRI is accepted in its full form beside the short form of
//! RFC 6396 4.3.4, because writers of both exist. BGP4MP, GEO_PEER_TABLE, multicast and
//! RIB_GENERIC records are counted, not decoded. Extended communities are checked, not kept.

mod attributes;
mod batches;
mod choice;
mod entries;
mod error;
mod path;
mod peers;
mod reader;
mod record;
mod rib;
mod routes;
mod stream;
mod table;
mod table_dump;

pub use attributes::{Aggregator, Attributes, Origin};
pub use batches::{Batch, MrtBatches, UNUSABLE};
pub use entries::{EntryOrError, MrtEntries};
pub use error::{DecodeError, Found};
pub use path::{AsPath, Segment, SegmentKind};
pub use peers::Peer;
pub use record::Skipped;
pub use routes::MrtRoutes;
pub use stream::MAX_RECORD;
pub use table::{Fault, MrtTable, PeerFilter, Route};
