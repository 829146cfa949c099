//! The tables from outside: octets in, paths and news out.

mod model;
mod octets;
mod sweeps;

use std::collections::BTreeMap;

use super::{FamilyCounts, FamilyRules, Identity, Key, PathView, Received, Table};
use crate::addr::Ip;
use crate::bgp::attributes::{as_path, codes};
use crate::bgp::decision::Rules;
use crate::bgp::family::Family;
use crate::bgp::nets::Net4;
use crate::bgp::peer::{FamilySession, PeerId, PeerSettings, Relation, SessionOptions};

/// Our AS; neighbour n is of AS 65000 + n.
const US: u32 = 65_000;
/// A next hop that is reached in every lab.
const HOP: [u8; 4] = [10, 0, 0, 1];

/// A path attribute as it stands in messages.
fn attribute(flags: u8, code: u8, value: &[u8]) -> Vec<u8> {
    [&[flags, code, value.len() as u8][..], value].concat()
}

/// A path of one sequence.
fn path(numbers: &[u32]) -> Vec<u8> {
    let mut value = vec![as_path::SEQUENCE, numbers.len() as u8];
    value.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
    attribute(codes::TRANSITIVE, codes::AS_PATH, &value)
}

/// What has to be there, and more.
fn attributes(numbers: &[u32], hop: [u8; 4], more: &[u8]) -> Vec<u8> {
    let origin = attribute(codes::TRANSITIVE, codes::ORIGIN, &[0]);
    let hop = attribute(codes::TRANSITIVE, codes::NEXT_HOP, &hop);
    [&origin, &path(numbers), &hop, more].concat()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = (19 + body.len()) as u16;
    [&[0xff; 16][..], &length.to_be_bytes(), &[kind], body].concat()
}

fn update(withdrawn: &[u8], attributes: &[u8], nlri: &[u8]) -> Vec<u8> {
    let long = |part: &[u8]| (part.len() as u16).to_be_bytes();
    let body = [&long(withdrawn)[..], withdrawn, &long(attributes), attributes, nlri].concat();
    message(2, &body)
}

/// 10.n.0.0/16 as NLRI, with a path identifier where there is one.
fn nlri(net: u8, path_id: Option<u32>) -> Vec<u8> {
    let id = path_id.map(u32::to_be_bytes);
    [id.as_ref().map_or(&[][..], |id| &id[..]), &[16, 10, net]].concat()
}

fn net(number: u8) -> Net4 {
    Net4::new(u32::from_be_bytes([10, number, 0, 0]), 16)
}

fn settings(peer: PeerId, relation: Relation) -> PeerSettings {
    PeerSettings {
        relation,
        asn: if relation == Relation::External { US + u32::from(peer) } else { US },
        prepends: 0,
        local_asn: US,
        address: Ip::V4(u32::from(peer)),
        router_id: 100 + u32::from(peer),
        role: None,
        checks_first_as: true,
    }
}

fn agreed(path_ids_in: bool) -> SessionOptions {
    let family = FamilySession {
        family: Family::IPV4,
        path_ids_in,
        path_ids_out: false,
        extended_next_hop: false,
        local_next_hop: vec![10, 0, 0, 9],
    };
    SessionOptions {
        as4: true,
        longest_out: 4096,
        longest_in: 4096,
        families: vec![family],
        scope: 0,
    }
}

/// A table with external neighbours 1 to `peers`, IPv4 only; `HOP` is reached.
struct Lab {
    table: Table,
}

impl Lab {
    fn new(peers: PeerId, rules: &FamilyRules) -> Self {
        let identity = Identity { asn: US, router_id: 9, cluster_id: 9, ..Identity::default() };
        let mut table = Table::new(identity, Rules::default(), 1);
        for peer in 1..=peers {
            let families = BTreeMap::from([(Family::IPV4.code(), rules.clone())]);
            table.set_peer(peer, settings(peer, Relation::External), families);
            table.open_session(peer, agreed(false));
        }
        let mut lab = Self { table };
        // the routing table answers when a next hop comes up for the first time
        lab.say(1, &update(&[], &attributes(&[US + 1], HOP, &[]), &nlri(0, None)));
        lab.table.set_next_hop(&HOP, Some(0));
        lab
    }

    fn say(&mut self, peer: PeerId, octets: &[u8]) -> Received {
        self.table.receive(peer, octets, 0, usize::MAX)
    }

    /// Do all that is owed.
    fn settle(&mut self) {
        while self.table.work(3) {
            self.table.decide();
            self.table.trim();
        }
        self.table.decide();
        self.table.trim();
    }

    fn views(&self, number: u8) -> Vec<PathView> {
        let mut views = self.table.paths(Family::IPV4, &Key::V4(net(number)));
        views.sort_by_key(|view| (view.peer, view.path_id));
        views
    }

    fn counts(&self, peer: PeerId) -> FamilyCounts {
        self.table.peer_counts(peer, Family::IPV4)
    }

    fn best(&self, number: u8) -> Option<PeerId> {
        self.views(number).iter().find(|view| view.is_best).map(|view| view.peer)
    }
}
