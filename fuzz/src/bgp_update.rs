//! Whatever an UPDATE holds: faults lie inside it, canonical attributes ascend and are read back as
//! they were written, prefixes are as many octets as they came in, and nothing is both told to end
//! the session and told to be used.

use fingerpost_core::bgp::attributes::{Attributes, Draft};
use fingerpost_core::bgp::family::Family;
use fingerpost_core::bgp::nets::NetKey;
use fingerpost_core::bgp::peer::{FamilySession, Relation, SessionOptions};
use fingerpost_core::bgp::update::nlri::{Named, Nlri};
use fingerpost_core::bgp::update::{Cost, Parser};

const FAMILIES: [(u16, u8); 9] =
    [(1, 1), (2, 1), (1, 2), (1, 4), (1, 128), (25, 70), (1, 133), (16_388, 71), (25, 65)];

/// What was agreed, by the bits of a byte.
pub fn session(bits: u8) -> SessionOptions {
    let family = |(afi, safi): &(u16, u8)| FamilySession {
        family: Family { afi: *afi, safi: *safi },
        path_ids_in: bits & 2 != 0,
        path_ids_out: false,
        extended_next_hop: bits & 4 != 0,
        local_next_hop: vec![10, 0, 0, 9],
    };
    SessionOptions {
        as4: bits & 1 == 0,
        longest_out: 4096,
        longest_in: if bits & 8 == 0 { 4096 } else { 65_535 },
        families: FAMILIES.iter().map(family).collect(),
        scope: 3,
    }
}

/// Where a neighbour is, by two bits.
pub fn relation(bits: u8) -> Relation {
    match bits & 3 {
        0 => Relation::External,
        1 => Relation::Confederation,
        2 => Relation::Internal,
        _ => Relation::Client,
    }
}

/// The first byte chooses what was agreed and who it is; the rest is the body.
pub fn check(data: &[u8]) {
    let Some((&first, body)) = data.split_first() else { return };
    let session = session(first);
    let mut parser = Parser::default();
    let is_whole = parser.read(body, &session, relation(first >> 4));
    for fault in &parser.faults {
        assert!(fault.at + fault.length <= body.len(), "{fault:?}");
        assert_eq!(fault.cost == Cost::Reset, !is_whole && fault == parser.faults.last().unwrap());
    }
    if !is_whole {
        assert!(!parser.faults.is_empty());
        return;
    }
    parser.unreach(body, &session).for_each(|one| look(one.nlri));
    let reached = parser.reach(body, &session);
    for one in reached.into_iter().flatten() {
        look(one.nlri);
        let bytes = parser.canonical(body, one.is_multi, session.scope).to_vec();
        let codes: Vec<u8> = Attributes(&bytes).map(|one| one.code).collect();
        assert!(codes.windows(2).all(|two| two[0] < two[1]), "{codes:?}");
        assert_eq!(Draft::of(&bytes).bytes(), bytes, "{codes:?}");
    }
}

fn look(nlri: Nlri<'_>) {
    match nlri.family {
        Family::IPV4 => count(nlri, nlri.each4()),
        Family::IPV6 => count(nlri, nlri.each6()),
        _ => count(nlri, nlri.each_opaque()),
    }
}

fn count<K: NetKey>(nlri: Nlri<'_>, each: impl Iterator<Item = Named<K>>) {
    let mut written = Vec::new();
    for (path_id, key) in each {
        if nlri.has_path_ids {
            written.extend(path_id.to_be_bytes());
        }
        key.write(&mut written);
    }
    assert_eq!(written.len(), nlri.bytes.len());
}
