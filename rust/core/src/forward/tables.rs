//! What decides: ports, next hops, groups of them, addresses of our own.

use super::reason::Reason;
use super::special::{Special, compiled};
use crate::addr::{Ip, Net};
use crate::lpm::Snapshot;

/// A port, by its number.
pub struct Port {
    /// Its hardware address.
    pub mac: [u8; 6],
    /// Bytes of the longest packet that it sends.
    pub mtu: u32,
    /// Whether private addresses may not pass it.
    pub is_border: bool,
    /// By group, one bit each: whether a packet that comes in here may have a source of that
    /// group. `None`: any.
    pub reverse: Option<Vec<u32>>,
}

/// A neighbour.
pub struct Adjacency {
    /// The port where it is.
    pub port: u16,
    /// Its hardware address, once known.
    pub destination: Option<[u8; 6]>,
}

/// What the table answers with: where packets of a route go.
pub enum Group {
    /// Nowhere that we decide.
    NotUnicast,
    /// To one of these adjacencies, chosen by the flow; as many as a power of two.
    Buckets(Vec<u32>),
    /// To the neighbour that has the destination itself, on this port.
    Connected(u16),
}

/// All of it, as it is handed in.
pub struct Setup {
    /// Longest match; the answers are numbers of groups.
    pub routes: Snapshot,
    /// By number.
    pub ports: Vec<Port>,
    /// By number less one: 0 means none.
    pub adjacencies: Vec<Adjacency>,
    /// By number less one: 0 is the answer where nothing matches.
    pub groups: Vec<Group>,
    /// Addresses to hand up.
    pub special: Vec<(Net, Reason)>,
    /// Addresses of neighbours and their adjacencies, for connected groups.
    pub neighbours: Vec<(Ip, u32)>,
    /// Where flow hashes start.
    pub seed: u64,
}

/// Why a set-up is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TablesError {
    /// More than 32,767 ports.
    Ports(usize),
    /// More than 2**28 adjacencies.
    Adjacencies(usize),
    /// There is no such port.
    Port(u16),
    /// There is no such adjacency.
    Adjacency(u32),
    /// Not a power of two of buckets.
    Buckets(usize),
}

impl std::fmt::Display for TablesError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            TablesError::Ports(count) => write!(f, "{count} ports; at most 32,767"),
            TablesError::Adjacencies(count) => write!(f, "{count} adjacencies; at most 2**28"),
            TablesError::Port(port) => write!(f, "there is no port {port}"),
            TablesError::Adjacency(number) => write!(f, "there is no adjacency {number}"),
            TablesError::Buckets(count) => write!(f, "{count} buckets are no power of two"),
        }
    }
}

/// How to leave: one load a packet.
#[derive(Clone, Copy)]
#[repr(C, align(16))]
pub struct Rewrite {
    /// Destination, source.
    pub macs: [u8; 12],
    /// The longest packet; 0 where the neighbour is not resolved.
    pub mtu: u16,
    /// The port, and [`BORDER`].
    pub port: u16,
}

/// Set in a rewrite's port that is a border.
pub const BORDER: u16 = 0x8000;
const MOST_ADJACENCIES: usize = 1 << 28;

/// Kinds of group words, in their top bits; an adjacency's number has none of them.
pub const CONNECTED: u32 = 0x4000_0000;
/// The rest is an index of `spreads`, of which there are fewer than 2**28 as well.
pub const BUCKETS: u32 = 0x8000_0000;
/// The rest is the number of a reason.
pub const UP: u32 = 0xc000_0000;

/// All of it, checked and laid out for the stages.
pub struct Tables {
    pub(super) routes: Snapshot,
    pub(super) ports: Vec<Port>,
    /// By adjacency; the first is that of none.
    pub(super) rewrites: Vec<Rewrite>,
    /// By group: a kind and a number; the first is that of no route.
    pub(super) groups: Vec<u32>,
    /// First bucket and mask of each group that has several.
    pub(super) spreads: Vec<[u32; 2]>,
    pub(super) buckets: Vec<u32>,
    pub(super) special: Special,
    pub(super) neighbours: Snapshot,
    pub(super) seed: u64,
}

impl Tables {
    /// Check and lay out.
    ///
    /// # Errors
    /// The first number that names nothing, and what is too many.
    pub fn new(setup: Setup) -> Result<Tables, TablesError> {
        let Setup { routes, mut ports, adjacencies, groups, special, neighbours, seed } = setup;
        if ports.len() >= BORDER.into() {
            return Err(TablesError::Ports(ports.len()));
        }
        if adjacencies.len() >= MOST_ADJACENCIES {
            return Err(TablesError::Adjacencies(adjacencies.len()));
        }
        let mut rewrites = vec![Rewrite { macs: [0; 12], mtu: 0, port: 0 }];
        for adjacency in &adjacencies {
            rewrites.push(rewrite(&ports, adjacency)?);
        }
        let rows = (groups.len() + 1).div_ceil(32);
        ports.iter_mut().flat_map(|port| &mut port.reverse).for_each(|row| row.resize(rows, 0));
        let known = |&number: &u32| match rewrites.get(number as usize) {
            Some(_) if number > 0 => Ok(number),
            _ => Err(TablesError::Adjacency(number)),
        };
        let mut words = vec![UP | Reason::NoRoute as u32];
        let (mut spreads, mut buckets) = (Vec::new(), Vec::new());
        for group in &groups {
            words.push(match group {
                Group::NotUnicast => UP | Reason::NotUnicast as u32,
                Group::Connected(port) if usize::from(*port) < ports.len() => {
                    CONNECTED | u32::from(*port)
                }
                Group::Connected(port) => return Err(TablesError::Port(*port)),
                Group::Buckets(members) if !members.len().is_power_of_two() => {
                    return Err(TablesError::Buckets(members.len()));
                }
                Group::Buckets(members) => {
                    let members = members.iter().map(known).collect::<Result<Vec<_>, _>>()?;
                    match members[..] {
                        [only] => only,
                        _ => {
                            spreads.push([buckets.len() as u32, members.len() as u32 - 1]);
                            buckets.extend(members);
                            BUCKETS | (spreads.len() as u32 - 1)
                        }
                    }
                }
            });
        }
        neighbours.iter().try_for_each(|(_, number)| known(number).map(drop))?;
        let neighbours = neighbours.into_iter().map(|(ip, number)| (Net::host(ip), number));
        Ok(Tables {
            routes,
            ports,
            rewrites,
            groups: words,
            spreads,
            buckets,
            special: Special::new(&special),
            neighbours: compiled(neighbours),
            seed,
        })
    }

    /// Number of ports.
    #[must_use]
    pub fn ports(&self) -> usize {
        self.ports.len()
    }

    /// The port of an adjacency.
    #[must_use]
    pub fn port_of(&self, adjacency: usize) -> Option<u16> {
        self.rewrites.get(adjacency).filter(|_| adjacency > 0).map(|way| way.port & !BORDER)
    }
}

fn rewrite(ports: &[Port], adjacency: &Adjacency) -> Result<Rewrite, TablesError> {
    let port = ports.get(usize::from(adjacency.port)).ok_or(TablesError::Port(adjacency.port))?;
    let mut macs = [0; 12];
    macs[..6].copy_from_slice(&adjacency.destination.unwrap_or_default());
    macs[6..].copy_from_slice(&port.mac);
    let mtu = port.mtu.clamp(1, u32::from(u16::MAX)) as u16;
    let border = if port.is_border { BORDER } else { 0 };
    Ok(Rewrite {
        macs,
        mtu: if adjacency.destination.is_some() { mtu } else { 0 },
        port: adjacency.port | border,
    })
}
