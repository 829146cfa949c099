//! What an LSA says to the calculation, read from its bytes; both versions give the same.
//!
//! Whatever cannot be read gives nothing: an LSA of wrong form has no part in the calculation.

use crate::addr::{Ip, Net, mask4};
use crate::ospf::lsa::{HEADER, Header, Version};

/// The cost that means unreachable in summaries and externals (RFC 2328 appendix B).
pub const INFINITY: u32 = 0x00ff_ffff;

/// Bits of a router-LSA, as both versions have them (RFC 2328 A.4.2, RFC 5340 A.4.3).
pub const BORDER: u8 = 1;
/// An AS boundary router.
pub const BOUNDARY: u8 = 2;
/// The end of a virtual link.
pub const VIRTUAL_END: u8 = 4;
/// Ours: nothing is forwarded through it, its R bit is clear (RFC 5340 A.2).
pub const NO_TRANSIT: u8 = 0x10;

/// The type of a link, as in a router-LSA; 0 leads from a network to a router.
pub const TO_ROUTER: u8 = 0;
/// To a router, of one or more on the link.
pub const POINT_TO_POINT: u8 = 1;
/// To a network that others are on.
pub const TRANSIT: u8 = 2;
const STUB: u8 = 3;
/// To a router, across an area.
pub const VIRTUAL: u8 = 4;

/// What a vertex of an area's graph stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VertexKey {
    /// A network, else a router.
    pub is_network: bool,
    /// Of a router its id; of a network the link state id of its LSA.
    pub id: u32,
    /// Of a network in version 3 its designated router, else 0.
    pub router: u32,
}

impl VertexKey {
    /// A router.
    pub fn router(id: u32) -> VertexKey {
        VertexKey { is_network: false, id, router: 0 }
    }
}

/// A link of a router or network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    pub to: VertexKey,
    /// 1, 2 or 4, or 0 from a network.
    pub kind: u8,
    /// Link data in version 2, the router's own interface id in version 3.
    pub data: u32,
    pub cost: u16,
}

/// A vertex with its links, and what prefixes stand in the same LSA.
#[derive(Debug, PartialEq, Eq)]
pub struct Node {
    pub key: VertexKey,
    pub flags: u8,
    pub links: Vec<Link>,
    pub prefixes: Vec<(Net, u32)>,
}

/// A prefix outside the AS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct External {
    pub net: Net,
    pub metric: u32,
    pub is_type2: bool,
    pub forward: Option<Ip>,
    pub tag: u32,
    /// The P bit of an NSSA-LSA (RFC 3101 2.3).
    pub propagates: bool,
}

/// What an LSA says.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// Nothing that the calculation uses.
    Nothing,
    /// Router-LSA and network-LSA.
    Node(Node),
    /// Intra-area-prefix-LSA: prefixes of another vertex.
    Prefixes(VertexKey, Vec<(Net, u32)>),
    /// Summary of a network.
    Summary(Net, u32, IsDown),
    /// Summary of an AS boundary router.
    RouterSummary(u32, u32),
    /// AS-external-LSA or NSSA-LSA.
    External(External, IsDown),
}

/// The DN bit: a provider's edge sent it, no other is to use it (RFC 4576).
pub type IsDown = bool;

/// Bytes, read from the front.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn half(&mut self) -> Option<u16> {
        self.take().map(u16::from_be_bytes)
    }

    fn word(&mut self) -> Option<u32> {
        self.take().map(u32::from_be_bytes)
    }

    /// The prefix of RFC 5340 A.4.1 whose length was read before; `None` as well where it is too
    /// long for the family. The outer `None`: the bytes end too soon.
    fn prefix(&mut self, len: u8, family: Family) -> Option<Option<Net>> {
        let octets = usize::from(len).div_ceil(32) * 4;
        let (packed, rest) = self.0.split_at_checked(octets)?;
        self.0 = rest;
        let mut wide = [0; 16];
        for (to, &from) in wide.iter_mut().zip(packed) {
            *to = from;
        }
        Some(Net::new(family.address(wide), len))
    }
}

/// Which addresses the prefixes of version 3 are of (RFC 5838).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// 32 bits.
    V4,
    /// 128 bits.
    V6,
}

impl Family {
    /// An address in a field of 128 bits: that of IPv4 stands in the first 32 (RFC 5838 2.5).
    fn address(self, wide: [u8; 16]) -> Ip {
        let number = u128::from_be_bytes(wide);
        match self {
            Family::V4 => Ip::V4((number >> 96) as u32),
            Family::V6 => Ip::V6(number),
        }
    }
}

/// What the LSA says; `Nothing` too where its form is wrong.
pub fn read(version: Version, family: Family, header: &Header, lsa: &[u8]) -> Content {
    let reader = Reader(lsa.get(HEADER..).unwrap_or_default());
    let content = match (version, header.key.kind) {
        (Version::V2, 1) => router_v2(header, reader),
        (Version::V2, 2) => network_v2(header, reader),
        (Version::V2, 3) => summary_v2(header, reader),
        (Version::V2, 4) => router_summary_v2(header, reader),
        (Version::V2, 5 | 7) => external_v2(header, reader),
        (Version::V3, 0x2001) => router_v3(header, reader, family),
        (Version::V3, 0x2002) => network_v3(header, reader),
        (Version::V3, 0x2003) => summary_v3(reader, family),
        (Version::V3, 0x2004) => router_summary_v3(reader),
        (Version::V3, 0x4005 | 0x2007) => external_v3(reader, family),
        (Version::V3, 0x2009) => prefixes_v3(reader, family),
        _ => None,
    };
    content.unwrap_or(Content::Nothing)
}

/// The prefix of an address and its mask; `None` where ones follow zeros.
fn masked(address: u32, mask: u32) -> Option<Net> {
    let len = mask.leading_ones() as u8;
    (mask == mask4(len)).then(|| Net::new(Ip::V4(address), len)).flatten()
}

/// RFC 2328 A.4.2.
fn router_v2(header: &Header, mut body: Reader<'_>) -> Option<Content> {
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

fn attached(mut body: Reader<'_>) -> Vec<Link> {
    let mut links = Vec::new();
    while let Some(id) = body.word() {
        links.push(Link { to: VertexKey::router(id), kind: TO_ROUTER, data: 0, cost: 0 });
    }
    links
}

/// RFC 2328 A.4.3.
fn network_v2(header: &Header, mut body: Reader<'_>) -> Option<Content> {
    let net = masked(header.key.id, body.word()?);
    let key = VertexKey { is_network: true, id: header.key.id, router: 0 };
    let prefixes = net.map(|net| (net, 0)).into_iter().collect();
    Some(Content::Node(Node { key, flags: 0, links: attached(body), prefixes }))
}

/// The DN bit of the options of version 2 (RFC 4576 2).
fn is_down_v2(header: &Header) -> bool {
    header.options & 0x80 != 0
}

/// RFC 2328 A.4.4.
fn summary_v2(header: &Header, mut body: Reader<'_>) -> Option<Content> {
    let net = masked(header.key.id, body.word()?)?;
    Some(Content::Summary(net, body.word()? & INFINITY, is_down_v2(header)))
}

fn router_summary_v2(header: &Header, mut body: Reader<'_>) -> Option<Content> {
    body.word()?;
    Some(Content::RouterSummary(header.key.id, body.word()? & INFINITY))
}

/// RFC 2328 A.4.5, RFC 3101 appendix A.
fn external_v2(header: &Header, mut body: Reader<'_>) -> Option<Content> {
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
    Some(Content::External(external, is_down_v2(header)))
}

/// RFC 5340 A.4.3. Without the V6 bit it has no part in IPv6 (A.2): it is left without links.
fn router_v3(header: &Header, mut body: Reader<'_>, family: Family) -> Option<Content> {
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
fn network_v3(header: &Header, mut body: Reader<'_>) -> Option<Content> {
    body.word()?;
    let key = VertexKey { is_network: true, id: header.key.id, router: header.key.router };
    Some(Content::Node(Node { key, flags: 0, links: attached(body), prefixes: Vec::new() }))
}

/// Options of a prefix (RFC 5340 A.4.1.1): not for unicast.
const NOT_UNICAST: u8 = 0x01;
const PROPAGATE: u8 = 0x08;
const DOWN: u8 = 0x10;

/// RFC 5340 A.4.5.
fn summary_v3(mut body: Reader<'_>, family: Family) -> Option<Content> {
    let metric = body.word()? & INFINITY;
    let [len, options] = body.take()?;
    body.half()?;
    let net = body.prefix(len, family)??;
    let is_used = options & NOT_UNICAST == 0;
    is_used.then_some(Content::Summary(net, metric, options & DOWN != 0))
}

/// RFC 5340 A.4.6.
fn router_summary_v3(mut body: Reader<'_>) -> Option<Content> {
    body.word()?;
    let metric = body.word()? & INFINITY;
    Some(Content::RouterSummary(body.word()?, metric))
}

/// RFC 5340 A.4.7 and A.4.8.
fn external_v3(mut body: Reader<'_>, family: Family) -> Option<Content> {
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
fn prefixes_v3(mut body: Reader<'_>, family: Family) -> Option<Content> {
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
