//! The peers of a collector: PEER_INDEX_TABLE (RFC 6396 4.3.1).
//!
//! ```text
//! +---------------------------------------------------------------+
//! |                      Collector BGP ID                         |
//! +-------------------------------+-------------------------------+
//! |       View Name Length        |     View Name (variable)      |
//! +-------------------------------+-------------------------------+
//! |          Peer Count           |    Peer Entries (variable)
//! +-------------------------------+
//! Peer Entry: Peer Type (8: bit 0x01 IPv6, bit 0x02 4-byte AS), Peer BGP ID (32),
//!             Peer IP Address (32 or 128), Peer AS (16 or 32)
//! ```

use super::DecodeError;
use super::reader::Reader;
use crate::addr::Ip;

/// A BGP neighbour of the collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Peer {
    /// Its address.
    pub address: Ip,
    /// Its AS number.
    pub asn: u32,
}

const IPV6: u8 = 0x01;
const AS4: u8 = 0x02;

/// Decode the body of a PEER_INDEX_TABLE record.
pub fn decode_peers(body: &Reader<'_>) -> Result<Vec<Peer>, DecodeError> {
    let mut reader = body.clone().under("RFC 6396 4.3.1");
    reader.u32("collector BGP ID")?;
    let name = reader.u16("view name length")?;
    reader.take(name.into(), "view name length")?;
    let count = reader.u16("peer count")?;
    (0..count).map(|_| peer(&mut reader)).collect()
}

fn peer(reader: &mut Reader<'_>) -> Result<Peer, DecodeError> {
    let kind = reader.u8("peer type")?;
    reader.u32("peer BGP ID")?;
    let address = match kind & IPV6 {
        0 => reader.ip4("peer IP address")?,
        _ => reader.ip6("peer IP address")?,
    };
    let asn = match kind & AS4 {
        0 => reader.u16("peer AS")?.into(),
        _ => reader.u32("peer AS")?,
    };
    Ok(Peer { address, asn })
}
