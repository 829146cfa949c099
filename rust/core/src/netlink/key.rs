//! Prefixes as the ledger orders them: as small as they can be, one type for each family.

use crate::addr::{Ip, Net};

/// A prefix of one family.
pub trait Key: Copy + Ord + std::fmt::Debug {
    /// `AF_INET` or `AF_INET6`.
    const FAMILY: u8;

    /// The key of a prefix, where it is of this family.
    fn of(net: Net) -> Option<Self>;

    /// The prefix length.
    fn length(self) -> u8;

    /// Give the address in network order.
    fn with_address<T>(self, see: impl FnOnce(&[u8]) -> T) -> T;

    /// As a prefix of either family.
    fn net(self) -> Net;
}

/// An IPv4 prefix: address, then length, in the low forty bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key4(u64);

/// An IPv6 prefix: address in network order, then length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key6([u8; 16], u8);

impl Key for Key4 {
    const FAMILY: u8 = 2;

    fn of(net: Net) -> Option<Self> {
        match net.ip() {
            Ip::V4(ip) => Some(Key4(u64::from(ip) << 8 | u64::from(net.len()))),
            Ip::V6(_) => None,
        }
    }

    fn length(self) -> u8 {
        self.0 as u8
    }

    fn with_address<T>(self, see: impl FnOnce(&[u8]) -> T) -> T {
        see(&((self.0 >> 8) as u32).to_be_bytes())
    }

    fn net(self) -> Net {
        let ip = Ip::V4((self.0 >> 8) as u32);
        Net::new(ip, self.length()).unwrap_or(Net::host(ip))
    }
}

impl Key for Key6 {
    const FAMILY: u8 = 10;

    fn of(net: Net) -> Option<Self> {
        match net.ip() {
            Ip::V4(_) => None,
            Ip::V6(ip) => Some(Key6(ip.to_be_bytes(), net.len())),
        }
    }

    fn length(self) -> u8 {
        self.1
    }

    fn with_address<T>(self, see: impl FnOnce(&[u8]) -> T) -> T {
        see(&self.0)
    }

    fn net(self) -> Net {
        let ip = Ip::V6(u128::from_be_bytes(self.0));
        Net::new(ip, self.1).unwrap_or(Net::host(ip))
    }
}

/// A prefix of either family, apart.
pub enum Either {
    V4(Key4),
    V6(Key6),
}

impl From<Net> for Either {
    fn from(net: Net) -> Either {
        match net.ip() {
            Ip::V4(ip) => Either::V4(Key4(u64::from(ip) << 8 | u64::from(net.len()))),
            Ip::V6(ip) => Either::V6(Key6(ip.to_be_bytes(), net.len())),
        }
    }
}
