//! RIB_IPV4_UNICAST and RIB_IPV6_UNICAST (RFC 6396 4.3.2), with add-path (RFC 8050 4.1).
//!
//! ```text
//! +---------------------------------------------------------------+
//! |                         Sequence Number                       |
//! +---------------+-----------------------------------------------+
//! | Prefix Length |                Prefix (variable)              |
//! +---------------+---------------+-------------------------------+
//! |         Entry Count           |  RIB Entries (variable)
//! +-------------------------------+
//! RIB Entry: Peer Index (16), Originated Time (32), [Path Identifier (32), add-path only],
//!            Attribute Length (16), BGP Attributes (variable)
//! ```

use super::DecodeError;
use super::path::AsSize;
use super::peers::Peer;
use super::reader::Reader;
use super::record::Entry;
use crate::addr::Net;

const SECTION: &str = "RFC 6396 4.3.2";
const ENTRY_SECTION: &str = "RFC 6396 4.3.4";
const ADD_PATH_SECTION: &str = "RFC 8050 4.1";

/// Hand each entry of the record to `sink`.
pub fn entries<'a>(
    body: Reader<'a>,
    v6: bool,
    add_path: bool,
    peers: &[Peer],
    sink: &mut dyn FnMut(Result<Entry<'a>, DecodeError>),
) -> Result<(), DecodeError> {
    let mut reader = body.under(SECTION);
    reader.u32("sequence number")?;
    let net = reader.nlri(v6)?;
    let count = reader.u16("entry count")?;
    reader = reader.under(if add_path { ADD_PATH_SECTION } else { ENTRY_SECTION });
    for _ in 0..count {
        let found = entry(&mut reader, net, add_path, peers)?;
        sink(found);
    }
    match reader.left() {
        0 => Ok(()),
        left => Err(reader.error("bytes after the last entry", left as u64, "0")),
    }
}

/// One entry: the outer error is of the layout, the inner one of this entry alone.
fn entry<'a>(
    reader: &mut Reader<'a>,
    net: Net,
    add_path: bool,
    peers: &[Peer],
) -> Result<Result<Entry<'a>, DecodeError>, DecodeError> {
    let here = reader.clone();
    let index = reader.u16("peer index")?;
    let originated = reader.u32("originated time")?;
    let path_id = if add_path { Some(reader.u32("path identifier")?) } else { None };
    let length = reader.u16("attribute length")?;
    let attributes = reader.part(length.into(), "attribute length")?;
    Ok(match peers.get(usize::from(index)) {
        Some(&peer) => {
            let as_size = AsSize::Four;
            Ok(Entry { net, peer, path_id, originated, attributes, as_size })
        }
        None => Err(here.error("peer index", index.into(), "an index into PEER_INDEX_TABLE")),
    })
}
