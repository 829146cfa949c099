//! From a record to its entries, by type (RFC 6396 4).

use super::DecodeError;
use super::path::AsSize;
use super::peers::{Peer, decode_peers};
use super::reader::Reader;
use super::stream::Header;
use super::{rib, table_dump};
use crate::addr::Net;

/// What one peer says about one prefix.
#[derive(Clone)]
pub struct Entry<'a> {
    /// The prefix.
    pub net: Net,
    /// Who says it.
    pub peer: Peer,
    /// Path identifier of add-path (RFC 7911), where the record has one.
    pub path_id: Option<u32>,
    /// When it came, in seconds since 1970.
    pub originated: u32,
    /// The encoded attributes.
    pub(super) attributes: Reader<'a>,
    /// Width of AS numbers in them.
    pub as_size: AsSize,
}

/// A record that holds no unicast route, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Skipped {
    /// BGP4MP or BGP4MP_ET: a message or state change, not a RIB entry.
    Message,
    /// A multicast RIB.
    Multicast,
    /// RIB_GENERIC: another address family.
    Generic,
    /// Any other type or subtype.
    Other,
}

const TABLE_DUMP: u16 = 12;
const TABLE_DUMP_V2: u16 = 13;
const BGP4MP: u16 = 16;
const BGP4MP_ET: u16 = 17;

/// What a record is.
enum Body {
    TableDump { v6: bool },
    PeerIndex,
    Rib { v6: bool, add_path: bool },
    Skip(Skipped),
}

fn body_of(header: Header) -> Body {
    match (header.kind, header.subtype) {
        (TABLE_DUMP, 1) => Body::TableDump { v6: false },
        (TABLE_DUMP, 2) => Body::TableDump { v6: true },
        (TABLE_DUMP_V2, 1) => Body::PeerIndex,
        (TABLE_DUMP_V2, 2) => Body::Rib { v6: false, add_path: false },
        (TABLE_DUMP_V2, 4) => Body::Rib { v6: true, add_path: false },
        (TABLE_DUMP_V2, 8) => Body::Rib { v6: false, add_path: true }, // RFC 8050 4
        (TABLE_DUMP_V2, 10) => Body::Rib { v6: true, add_path: true },
        (TABLE_DUMP_V2, 3 | 5 | 9 | 11) => Body::Skip(Skipped::Multicast),
        (TABLE_DUMP_V2, 6 | 12) => Body::Skip(Skipped::Generic),
        (BGP4MP | BGP4MP_ET, _) => Body::Skip(Skipped::Message),
        _ => Body::Skip(Skipped::Other),
    }
}

/// Decodes records one after another; remembers the peers between them.
#[derive(Default)]
pub struct Decoder {
    peers: Option<Vec<Peer>>,
}

impl Decoder {
    /// Hand each entry of a record, or the error of that entry, to `sink`.
    ///
    /// An entry whose attributes do not decode is one error; a record whose layout does not is
    /// another and ends the record.
    pub(super) fn decode<'a>(
        &mut self,
        header: Header,
        body: Reader<'a>,
        sink: &mut dyn FnMut(Result<Entry<'a>, DecodeError>),
    ) -> Result<Option<Skipped>, DecodeError> {
        match body_of(header) {
            Body::TableDump { v6 } => sink(Ok(table_dump::entry(body, v6)?)),
            Body::PeerIndex => self.peers = Some(decode_peers(&body)?),
            Body::Rib { v6, add_path } => {
                let Some(peers) = &self.peers else {
                    let expected = "a PEER_INDEX_TABLE record before it";
                    let subtype = u64::from(header.subtype);
                    return Err(body.under("RFC 6396 4.3").error("subtype", subtype, expected));
                };
                rib::entries(body, v6, add_path, peers, sink)?;
            }
            Body::Skip(why) => return Ok(Some(why)),
        }
        Ok(None)
    }
}
