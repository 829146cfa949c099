//! Whoever reads the log of the tables of BGP gets whole messages of BMP and whole records of MRT,
//! whatever came in between; and so do those who walk over the tables.

use fingerpost_core::bgp::peer::PeerId;
use fingerpost_core::bgp::records::{DumpOptions, Format, Framing, Heads, View};
use fingerpost_core::bgp::table::Table;

const ROOM: usize = 1 << 14;
const PER_PEER: usize = 42;
const LEAST_BGP: usize = 19;

/// Has seen all until then, in either format.
#[derive(Default)]
pub struct Station {
    bmp: u64,
    mrt: u64,
}

/// Log what these neighbours say.
pub fn watch(table: &mut Table, peers: impl Iterator<Item = PeerId>) {
    table.mirror.set_room(ROOM, 0);
    for peer in peers {
        let heads = Heads { bmp: vec![0; PER_PEER], mrt: vec![0, 4, 7, 7] };
        table.mirror.set_heads(peer, false, Some(heads));
    }
}

impl Station {
    /// Read a part of the log.
    pub fn read(&mut self, table: &mut Table, much: usize) {
        assert!(table.mirror.held() <= ROOM);
        let found = table.mirrored(self.bmp, much, Format::Bmp, (true, true, true), 1);
        assert!(found.next >= self.bmp && found.next <= table.mirror.end());
        self.bmp = found.next;
        check_bmp(&found.octets);
        let found = table.mirrored(self.mrt, much, Format::Mrt, (true, false, false), 1);
        self.mrt = found.next;
        check_mrt(&found.octets);
    }
}

/// Walk over all tables.
pub fn walk(table: &mut Table, peer: PeerId, budget: u32) {
    let head = [0; PER_PEER];
    let framing = Framing { head: &head, instant: 1 };
    let options = DumpOptions {
        places: vec![0, 1, 2, 3, 4],
        instant_s: 1,
        begun_s: 1,
        is_pre_policy: budget.is_multiple_of(2),
    };
    for family in table.families().collect::<Vec<_>>() {
        for view in [View::PrePolicy(peer), View::PostPolicy(peer), View::LocRib] {
            let mut at = Some(0);
            while let Some(from) = at {
                let slice = table.speak(view, family, from, budget + 1, framing);
                check_bmp(&slice.octets);
                assert!(slice.next.is_none_or(|next| next > from));
                at = slice.next;
            }
        }
        check_mrt(&table.dump(family, 0, u32::MAX, 0, &options).octets);
    }
}

fn number(octets: &[u8]) -> usize {
    octets.iter().fold(0, |sum, octet| sum << 8 | usize::from(*octet))
}

fn check_bmp(mut octets: &[u8]) {
    while !octets.is_empty() {
        let (version, kind, length) = (octets[0], octets[5], number(&octets[1..5]));
        assert_eq!(version, 3);
        let (one, rest) = octets.split_at(length);
        let inner = &one[6 + PER_PEER..];
        match kind {
            0 => check_update(inner),
            6 => {
                assert_eq!(inner[..6], [0, 1, 0, 2, 0, 0]);
                assert_eq!(inner.len(), 10 + number(&inner[8..10]));
            }
            other => panic!("a message of type {other}"),
        }
        octets = rest;
    }
}

fn check_update(message: &[u8]) {
    assert!(message.len() >= LEAST_BGP);
    assert_eq!(message[..16], [0xff; 16]);
    assert_eq!(number(&message[16..18]), message.len());
}

fn check_mrt(mut octets: &[u8]) {
    while !octets.is_empty() {
        let length = number(&octets[8..12]);
        let (one, rest) = octets.split_at(12 + length);
        match number(&one[4..6]) {
            13 => assert!(length > 6),
            17 => check_update(&one[12 + 4 + 2..]),
            other => panic!("a record of type {other}"),
        }
        octets = rest;
    }
}
