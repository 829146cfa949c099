//! Longest-prefix match.

/// A compiled table that answers batches of addresses with indices; 0 says that nothing matches.
///
/// `out` must be at least as long as `addrs`; its tail beyond `addrs` is left alone.
pub trait Lookup: Sync {
    /// Match IPv4 addresses, numbers in host order.
    fn lookup4(&self, addrs: &[u32], out: &mut [u32]);

    /// Match IPv6 addresses, sixteen bytes each in network order.
    fn lookup6(&self, addrs: &[[u8; 16]], out: &mut [u32]);
}
