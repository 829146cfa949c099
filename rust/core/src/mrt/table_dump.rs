//! TABLE_DUMP (RFC 6396 4.2): one prefix of one peer.
//!
//! ```text
//! View Number (16), Sequence Number (16), Prefix (32 or 128), Prefix Length (8), Status (8),
//! Originated Time (32), Peer IP Address (32 or 128), Peer AS (16), Attribute Length (16),
//! BGP Attributes (variable)
//! ```

use super::DecodeError;
use super::path::AsSize;
use super::peers::Peer;
use super::reader::Reader;
use super::record::Entry;
use crate::addr::Ip;

/// Decode the body of a TABLE_DUMP record.
pub fn entry(body: Reader<'_>, v6: bool) -> Result<Entry<'_>, DecodeError> {
    let mut reader = body.under("RFC 6396 4.2");
    reader.u16("view number")?;
    reader.u16("sequence number")?;
    let network = address(&mut reader, v6, "prefix")?;
    let here = reader.clone();
    let len = reader.u8("prefix length")?;
    let net = here.net(network, len)?;
    reader.u8("status")?;
    let originated = reader.u32("originated time")?;
    let address = address(&mut reader, v6, "peer IP address")?;
    let asn = reader.u16("peer AS")?.into();
    let length = reader.u16("attribute length")?;
    let attributes = reader.part(length.into(), "attribute length")?;
    let peer = Peer { address, asn };
    let as_size = AsSize::Two;
    Ok(Entry { net, peer, path_id: None, originated, attributes, as_size })
}

fn address(reader: &mut Reader<'_>, v6: bool, field: &'static str) -> Result<Ip, DecodeError> {
    if v6 { reader.ip6(field) } else { reader.ip4(field) }
}
