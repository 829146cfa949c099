//! The hash of a flow, which chooses among several next hops. `fingerpost/forwarding/ecmp.py`
//! defines the same one.
//!
//! ```text
//!  IPv4: source | destination                      24 bits of zero | protocol | ports
//!  IPv6: source (2 words), destination (2 words)   flow label, 24 bits | next header | ports
//! ```

const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
const LAST: [u64; 2] = [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb];

#[inline]
fn absorb(hash: u64, word: u64) -> u64 {
    let hash = (hash ^ word).wrapping_mul(STEP);
    hash ^ hash >> 32
}

#[inline]
fn finish(hash: u64) -> u64 {
    LAST.into_iter().fold(hash, |hash, factor| {
        let hash = hash.wrapping_mul(factor);
        hash ^ hash >> 32
    })
}

/// Whether the first four bytes after the IP header are ports: TCP, UDP, DCCP, SCTP, UDP-Lite.
#[inline]
pub fn has_ports(protocol: u8) -> bool {
    matches!(protocol, 6 | 17 | 33 | 132 | 136)
}

/// The hash of an IPv4 flow; `ports` is 0 where there are none.
#[inline]
#[must_use]
pub fn hash4(seed: u64, source: u32, destination: u32, protocol: u8, ports: u32) -> u64 {
    let hash = absorb(seed, u64::from(source) << 32 | u64::from(destination));
    finish(absorb(hash, u64::from(protocol) << 32 | u64::from(ports)))
}

/// The hash of an IPv6 flow.
#[inline]
#[must_use]
pub fn hash6(seed: u64, source: u128, destination: u128, label: u32, next: u8, ports: u32) -> u64 {
    let last = u64::from(label) << 40 | u64::from(next) << 32 | u64::from(ports);
    let words = [source >> 64, source, destination >> 64, destination].map(|word| word as u64);
    let hash = words.into_iter().fold(seed, absorb);
    finish(absorb(hash, last))
}
