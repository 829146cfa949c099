//! Type codes of path attributes, their flags, and values of ORIGIN (IANA, BGP Parameters).

/// Ours: the weight of a path, 32 bits; never sent.
pub const WEIGHT: u8 = 0;
/// RFC 4271 5.1.1.
pub const ORIGIN: u8 = 1;
/// RFC 4271 5.1.2.
pub const AS_PATH: u8 = 2;
/// RFC 4271 5.1.3.
pub const NEXT_HOP: u8 = 3;
/// MULTI_EXIT_DISC, RFC 4271 5.1.4.
pub const MED: u8 = 4;
/// RFC 4271 5.1.5.
pub const LOCAL_PREF: u8 = 5;
/// RFC 4271 5.1.6.
pub const ATOMIC_AGGREGATE: u8 = 6;
/// RFC 4271 5.1.7.
pub const AGGREGATOR: u8 = 7;
/// RFC 1997.
pub const COMMUNITIES: u8 = 8;
/// RFC 4456 8.
pub const ORIGINATOR_ID: u8 = 9;
/// RFC 4456 8.
pub const CLUSTER_LIST: u8 = 10;
/// RFC 4760 3. In canonical form, where it has no other place: octets of NLRI that do not name a
/// route (`route_key`).
pub const MP_REACH_NLRI: u8 = 14;
/// RFC 4760 4.
pub const MP_UNREACH_NLRI: u8 = 15;
/// RFC 4360.
pub const EXTENDED_COMMUNITIES: u8 = 16;
/// RFC 6793.
pub const AS4_PATH: u8 = 17;
/// RFC 6793.
pub const AS4_AGGREGATOR: u8 = 18;
/// RFC 6514 5.
pub const PMSI_TUNNEL: u8 = 22;
/// RFC 9012.
pub const TUNNEL_ENCAPSULATION: u8 = 23;
/// RFC 5701.
pub const IPV6_EXTENDED_COMMUNITIES: u8 = 25;
/// RFC 7311.
pub const AIGP: u8 = 26;
/// RFC 9552.
pub const LINK_STATE: u8 = 29;
/// RFC 8092.
pub const LARGE_COMMUNITIES: u8 = 32;
/// ONLY_TO_CUSTOMER, RFC 9234 5.
pub const OTC: u8 = 35;
/// RFC 8669.
pub const PREFIX_SID: u8 = 40;
/// RFC 6368.
pub const ATTR_SET: u8 = 128;

/// Flag: not every implementation knows it (RFC 4271 4.3).
pub const OPTIONAL: u8 = 0x80;
/// Flag: passed on by those who do not know it.
pub const TRANSITIVE: u8 = 0x40;
/// Flag: someone who did not know it passed it on.
pub const PARTIAL: u8 = 0x20;
/// Flag: its length has two octets.
pub const EXTENDED: u8 = 0x10;

/// Community: stale for long where it was told (RFC 9494 4.6).
pub const LLGR_STALE: u32 = 0xFFFF_0006;
/// Community: not to be kept for long (RFC 9494 4.6).
pub const NO_LLGR: u32 = 0xFFFF_0007;
/// Community: about to go (RFC 8326 4).
pub const GRACEFUL_SHUTDOWN: u32 = 0xFFFF_0000;

/// Interior to the originating AS; the best.
pub const IGP: u8 = 0;
/// Learned by EGP.
pub const EGP: u8 = 1;
/// By other means.
pub const INCOMPLETE: u8 = 2;
