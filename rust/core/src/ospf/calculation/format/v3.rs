//! LSAs of version 3 (RFC 5340 A.4, RFC 5838).

use super::{
    BORDER, BOUNDARY, Content, External, Family, INFINITY, Link, NO_TRANSIT, Node, POINT_TO_POINT,
    Reader, TRANSIT, VIRTUAL, VIRTUAL_END, VertexKey, attached,
};
use crate::addr::Ip;
use crate::ospf::lsa::Header;

/// RFC 5340 A.4.3. Without the V6 bit it has no part in IPv6 (A.2): it is left without links.
pub(super) fn router(header: &Header, mut body: Reader<'_>, family: Family) -> Option<Content> {
    let word = body.word()?;
    let mut flags = (word >> 24) as u8 & (BORDER | BOUNDARY | VIRTUAL_END);
    if word & 0x10 == 0 {
        flags |= NO_TRANSIT;
    }
    let takes_part = family == Family::V4 || word & 1 != 0;
    let mut links = Vec::new();
    while !body.0.is_empty() {
        let [kind, _] = body.take()?;
        let (cost, own) = (body.half()?, body.word()?);
        let (interface, router) = (body.word()?, body.word()?);
        let to = match kind {
            POINT_TO_POINT | VIRTUAL => VertexKey::router(router),
            TRANSIT => VertexKey { is_network: true, id: interface, router },
            _ => continue,
        };
        if takes_part {
            links.push(Link { to, kind, data: own, cost });
        }
    }
    let key = VertexKey::router(header.key.router);
    Some(Content::Node(Node { key, flags, links, prefixes: Vec::new() }))
}

/// RFC 5340 A.4.4.
pub(super) fn network(header: &Header, mut body: Reader<'_>) -> Option<Content> {
    body.word()?;
    let key = VertexKey { is_network: true, id: header.key.id, router: header.key.router };
    Some(Content::Node(Node { key, flags: 0, links: attached(body), prefixes: Vec::new() }))
}

/// Options of a prefix (RFC 5340 A.4.1.1): not for unicast.
const NOT_UNICAST: u8 = 0x01;
const PROPAGATE: u8 = 0x08;
const DOWN: u8 = 0x10;

/// RFC 5340 A.4.5.
pub(super) fn summary(mut body: Reader<'_>, family: Family) -> Option<Content> {
    let metric = body.word()? & INFINITY;
    let [len, options] = body.take()?;
    body.half()?;
    let net = body.prefix(len, family)??;
    let is_used = options & NOT_UNICAST == 0;
    is_used.then_some(Content::Summary(net, metric, options & DOWN != 0))
}

/// RFC 5340 A.4.6.
pub(super) fn router_summary(mut body: Reader<'_>) -> Option<Content> {
    body.word()?;
    let metric = body.word()? & INFINITY;
    Some(Content::RouterSummary(body.word()?, metric))
}

/// RFC 5340 A.4.7 and A.4.8.
pub(super) fn external(mut body: Reader<'_>, family: Family) -> Option<Content> {
    let metric = body.word()?;
    let [len, options] = body.take()?;
    body.half()?;
    let net = body.prefix(len, family)??;
    let has = |bit: u32| metric >> 24 & bit != 0;
    let forward = if has(2) { Some(family.address(body.take()?)) } else { None };
    let tag = if has(1) { body.word()? } else { 0 };
    if options & NOT_UNICAST != 0 {
        return None;
    }
    let external = External {
        net,
        metric: metric & INFINITY,
        is_type2: has(4),
        forward: forward.filter(|ip| !matches!(ip, Ip::V4(0) | Ip::V6(0))),
        tag,
        propagates: options & PROPAGATE != 0,
    };
    Some(Content::External(external, options & DOWN != 0))
}

/// RFC 5340 A.4.10.
pub(super) fn prefixes(mut body: Reader<'_>, family: Family) -> Option<Content> {
    let (count, kind) = (body.half()?, body.half()?);
    let (id, router) = (body.word()?, body.word()?);
    let of = match kind {
        0x2001 => VertexKey::router(router),
        0x2002 => VertexKey { is_network: true, id, router },
        _ => return None,
    };
    let mut prefixes = Vec::new();
    for _ in 0..count {
        let (len, options) = (body.byte()?, body.byte()?);
        let metric = body.half()?;
        let net = body.prefix(len, family)?;
        if options & NOT_UNICAST == 0 {
            prefixes.extend(net.map(|net| (net, u32::from(metric))));
        }
    }
    Some(Content::Prefixes(of, prefixes))
}
