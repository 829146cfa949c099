//! LSAs of version 2 (RFC 2328 A.4).

use super::{
    BORDER, BOUNDARY, Content, External, INFINITY, Link, Node, POINT_TO_POINT, Reader, STUB,
    TRANSIT, VIRTUAL, VIRTUAL_END, VertexKey, attached,
};
use crate::addr::{Ip, Net, mask4};
use crate::ospf::lsa::Header;

/// The prefix of an address and its mask; `None` where ones follow zeros.
fn masked(address: u32, mask: u32) -> Option<Net> {
    let len = mask.leading_ones() as u8;
    (mask == mask4(len)).then(|| Net::new(Ip::V4(address), len)).flatten()
}

/// RFC 2328 A.4.2. One that is not named by its router (12.1.4) is nobody's.
pub(super) fn router(header: &Header, mut body: Reader<'_>) -> Option<Content> {
    if header.key.id != header.key.router {
        return None;
    }
    let [flags, _] = body.take()?;
    let count = body.half()?;
    let (mut links, mut prefixes) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let (id, data) = (body.word()?, body.word()?);
        let [kind, tos] = body.take()?;
        let cost = body.half()?;
        for _ in 0..tos {
            body.word()?;
        }
        let to = VertexKey { is_network: kind == TRANSIT, id, router: 0 };
        match kind {
            POINT_TO_POINT | TRANSIT | VIRTUAL => links.push(Link { to, kind, data, cost }),
            STUB => prefixes.extend(masked(id, data).map(|net| (net, u32::from(cost)))),
            _ => {}
        }
    }
    let key = VertexKey::router(header.key.router);
    let flags = flags & (BORDER | BOUNDARY | VIRTUAL_END);
    Some(Content::Node(Node { key, flags, links, prefixes }))
}

/// The mask of a network that is for transit only: it is no destination (RFC 6860 2.2).
const HIDDEN: u32 = u32::MAX;

/// RFC 2328 A.4.3.
pub(super) fn network(header: &Header, mut body: Reader<'_>) -> Option<Content> {
    let mask = body.word()?;
    let net = masked(header.key.id, mask).filter(|_| mask != HIDDEN);
    let key = VertexKey { is_network: true, id: header.key.id, router: 0 };
    let prefixes = net.map(|net| (net, 0)).into_iter().collect();
    Some(Content::Node(Node { key, flags: 0, links: attached(body), prefixes }))
}

/// The DN bit of the options of version 2 (RFC 4576 2).
fn is_down(header: &Header) -> bool {
    header.options & 0x80 != 0
}

/// RFC 2328 A.4.4.
pub(super) fn summary(header: &Header, mut body: Reader<'_>) -> Option<Content> {
    let net = masked(header.key.id, body.word()?)?;
    Some(Content::Summary(net, body.word()? & INFINITY, is_down(header)))
}

pub(super) fn router_summary(header: &Header, mut body: Reader<'_>) -> Option<Content> {
    body.word()?;
    Some(Content::RouterSummary(header.key.id, body.word()? & INFINITY))
}

/// RFC 2328 A.4.5, RFC 3101 appendix A.
pub(super) fn external(header: &Header, mut body: Reader<'_>) -> Option<Content> {
    let net = masked(header.key.id, body.word()?)?;
    let metric = body.word()?;
    let forward = Some(body.word()?).filter(|&address| address != 0).map(Ip::V4);
    let external = External {
        net,
        metric: metric & INFINITY,
        is_type2: metric >> 31 != 0,
        forward,
        tag: body.word()?,
        propagates: header.options & 0x08 != 0,
    };
    Some(Content::External(external, is_down(header)))
}
