//! What an LSA says to the calculation, read from its bytes; both versions give the same.
//!
//! Whatever cannot be read gives nothing: an LSA of wrong form has no part in the calculation.

mod v2;
mod v3;

use crate::addr::{Ip, Net};
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
        (Version::V2, 1) => v2::router(header, reader),
        (Version::V2, 2) => v2::network(header, reader),
        (Version::V2, 3) => v2::summary(header, reader),
        (Version::V2, 4) => v2::router_summary(header, reader),
        (Version::V2, 5 | 7) => v2::external(header, reader),
        (Version::V3, 0x2001) => v3::router(header, reader, family),
        (Version::V3, 0x2002) => v3::network(header, reader),
        (Version::V3, 0x2003) => v3::summary(reader, family),
        (Version::V3, 0x2004) => v3::router_summary(reader),
        (Version::V3, 0x4005 | 0x2007) => v3::external(reader, family),
        (Version::V3, 0x2009) => v3::prefixes(reader, family),
        _ => None,
    };
    content.unwrap_or(Content::Nothing)
}

/// The routers on a network.
fn attached(mut body: Reader<'_>) -> Vec<Link> {
    let mut links = Vec::new();
    while let Some(id) = body.word() {
        links.push(Link { to: VertexKey::router(id), kind: TO_ROUTER, data: 0, cost: 0 });
    }
    links
}
