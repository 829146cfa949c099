//! Whatever neighbours send in whatever order, lists refer to LSAs that are there, what leaves is
//! sound, nothing dead stays, and who follows the changes has what is in the database.

use std::collections::BTreeMap;

use fingerpost_core::ospf::lsa::{self, HEADER, Header, LsaKey, Version};
use fingerpost_core::ospf::{
    Database, InterfaceSettings, NeighborSettings, Role, Settings, State, UPDATE, checksum,
};

const US: u32 = 1;
const LIMIT: usize = 12;
const SECOND: i64 = 1_000_000_000;
const NEIGHBORS: u8 = 4;

/// A database, its clock, and one who follows its changes.
struct Lab {
    database: Database,
    now: i64,
    told: BTreeMap<(u32, LsaKey), Vec<u8>>,
}

/// The first byte chooses the version; then steps of four bytes follow: what, who, and two more.
pub fn check(data: &[u8]) {
    let Some((&first, mut rest)) = data.split_first() else { return };
    let version = if first & 1 == 0 { Version::V2 } else { Version::V3 };
    let mut lab = Lab::new(version);
    while let Some((&[what, who, a, b], more)) = rest.split_first_chunk::<4>() {
        rest = lab.step(what, who, a, b, more);
        lab.look();
    }
}

/// An LSA of few, with a right checksum: most meet another of their key.
fn made(version: Version, a: u8, b: u8) -> Vec<u8> {
    let kinds = match version {
        Version::V2 => [1, 2, 5, 5, 7, 9, 10, 11],
        Version::V3 => [0x2001, 0x4005, 0x0008, 0x2007, 0x2042, 0xa042, 0xc042, 0x6001],
    };
    let mut lsa = vec![0; 24];
    let age: u16 = [0, 5, 1000, 3600][usize::from(a >> 6)];
    lsa[..2].copy_from_slice(&age.to_be_bytes());
    lsa[2..4].copy_from_slice(&u16::to_be_bytes(kinds[usize::from(a & 7)]));
    lsa[7] = 7 + (b & 1);
    lsa[11] = 1 + (a >> 3 & 3);
    let sequence = if b & 0x1e == 0x1e { i32::MAX } else { i32::from(b >> 1 & 15) };
    lsa[12..16].copy_from_slice(&sequence.to_be_bytes());
    lsa[19] = 24;
    lsa[23] = b >> 6;
    let sum = checksum::of(&lsa);
    lsa[16..18].copy_from_slice(&sum.to_be_bytes());
    lsa
}

fn update(lsas: &[Vec<u8>]) -> Vec<u8> {
    [&(lsas.len() as u32).to_be_bytes()[..], &lsas.concat()].concat()
}

impl Lab {
    fn new(version: Version) -> Lab {
        let settings = Settings {
            version,
            router_id: US,
            limit: LIMIT,
            min_arrival_ns: SECOND,
            pace_ns: SECOND / 50,
        };
        let mut lab = Lab { database: Database::new(settings), now: 0, told: BTreeMap::new() };
        lab.database.set_addresses(vec![7]);
        for number in 1..=2 {
            lab.set_interface(number, 2);
        }
        for number in 1..=NEIGHBORS {
            lab.set_neighbor(number, 3);
        }
        lab
    }

    fn set_interface(&mut self, number: u8, flags: u8) {
        let settings = InterfaceSettings {
            area: 1,
            link: 100 + u32::from(number),
            is_backup: flags & 1 != 0,
            takes_as_scope: flags & 2 != 0,
            takes_type_7: flags & 4 != 0,
            transmit_delay_s: 1,
            retransmit_ns: 5 * SECOND,
            ack_delay_ns: SECOND,
            room: 40 + usize::from(flags),
        };
        self.database.set_interface(number.into(), settings);
    }

    fn set_neighbor(&mut self, number: u8, flags: u8) {
        let settings = NeighborSettings {
            state: [State::Below, State::Exchange, State::Loading, State::Full]
                [usize::from(flags & 3)],
            role: [Role::Other, Role::Backup, Role::Designated, Role::Other]
                [usize::from(flags >> 2 & 3)],
            takes_opaque: flags & 16 == 0,
        };
        let interface = u32::from(1 + number % 2);
        let is_there = self.database.interface(interface).is_some();
        assert_eq!(self.database.set_neighbor(number.into(), interface, settings), is_there);
    }

    fn step<'a>(&mut self, what: u8, who: u8, a: u8, b: u8, rest: &'a [u8]) -> &'a [u8] {
        let version = self.database.settings().version;
        let neighbor = u32::from(1 + who % NEIGHBORS);
        let now = self.now;
        let few = || {
            let next = [a.wrapping_mul(5).wrapping_add(who), b.wrapping_mul(3).wrapping_add(what)];
            vec![made(version, a, b), made(version, next[0], next[1])]
        };
        match what % 16 {
            0..=2 => {
                let _ = self.database.receive_update(neighbor, &update(&few()), now);
            }
            3 => {
                // any bytes, cut out of the input
                let (body, rest) = rest.split_at(rest.len().min(a.into()));
                let _ = self.database.receive_update(neighbor, body, now);
                let _ = self.database.take_description(neighbor, body, now);
                let _ = self.database.receive_ack(neighbor, body, now);
                let _ = self.database.answer_request(neighbor, body, now);
                return rest;
            }
            4 => {
                let _ = self.database.receive_ack(neighbor, &few().concat(), now);
            }
            5 => {
                let headers: Vec<u8> =
                    few().iter().flat_map(|lsa| lsa[..HEADER].to_vec()).collect();
                let _ = self.database.receive_ack(neighbor, &headers, now);
            }
            6 => {
                let headers: Vec<u8> =
                    few().iter().flat_map(|lsa| lsa[..HEADER].to_vec()).collect();
                if self.database.neighbor(neighbor).is_some_and(|(_, is)| is.state != State::Below)
                {
                    let _ = self.database.take_description(neighbor, &headers, now);
                }
            }
            7 => {
                let count = self.database.begin_summary(neighbor, now).unwrap_or(0);
                let headers = self.database.take_summary(neighbor, 9999, now).unwrap_or_default();
                assert_eq!(headers.len(), count * HEADER);
            }
            8 => {
                let asked = self.database.requests(neighbor, usize::from(a)).unwrap_or_default();
                assert!(asked.len() <= usize::from(a));
                let _ = self.database.answer_request(neighbor, &asked, now);
            }
            9 => self.set_neighbor(1 + who % NEIGHBORS, a),
            10 => self.set_interface(1 + who % 2, a),
            11 => {
                let mut own = made(version, a, b);
                own[11] = US as u8;
                let sum = checksum::of(&own);
                own[16..18].copy_from_slice(&sum.to_be_bytes());
                let key = Header::read(version, &own).map(|header| header.key);
                let interface = self.database.interface(1 + u32::from(who % 2));
                if let (Some(key), Some(interface)) = (key, interface)
                    && let Some(scope) = self.database.scope_of(&interface, key.kind)
                {
                    assert!(self.database.originate(scope, &own, now).is_ok());
                }
            }
            12 => {
                let header = Header::read(version, &made(version, a, b));
                if let Some(header) = header {
                    let _ = self.database.flush(1, header.key, now);
                }
            }
            13 => {
                let by = [1, SECOND / 100, SECOND, 1800 * SECOND][usize::from(a & 3)];
                self.now = now.saturating_add(by);
            }
            14 => self.leave(),
            _ => match a % 8 {
                0 => {
                    let _ = self.database.remove_scope(1);
                }
                1 => {
                    let _ = self.database.clear_neighbor(neighbor);
                }
                2 => {
                    let _ = self.database.remove_neighbor(neighbor);
                }
                3 => {
                    let _ = self.database.remove_interface((1 + who % 2).into());
                }
                _ => {
                    self.set_interface(1 + who % 2, b);
                    (1..=NEIGHBORS).for_each(|number| {
                        if self.database.neighbors((1 + number % 2).into()).is_some() {
                            self.set_neighbor(number, b);
                        }
                    });
                }
            },
        }
        rest
    }

    /// What leaves is whole, and nothing is left that is due.
    fn leave(&mut self) {
        let version = self.database.settings().version;
        self.database.pass_time(self.now);
        for packet in self.database.outgoing(self.now) {
            if packet.kind != UPDATE {
                assert_eq!(packet.body.len() % HEADER, 0);
                continue;
            }
            let (count, mut rest) = packet.body.split_first_chunk::<4>().expect("it has a count");
            for _ in 0..u32::from_be_bytes(*count) {
                let (header, lsa, more) = lsa::split(version, rest).expect("its LSAs are whole");
                assert!(header.age >= 1, "InfTransDelay is added");
                assert!(checksum::is_right(lsa));
                rest = more;
            }
            assert!(rest.is_empty());
        }
        assert!(self.database.next_deadline().is_none_or(|due| due > self.now));
    }

    fn look(&mut self) {
        self.database.pass_time(self.now);
        let (database, now) = (&mut self.database, self.now);
        let version = database.settings().version;
        for change in database.take_changes() {
            let name = (change.scope, change.key);
            match change.lsa {
                Some(lsa) => drop(self.told.insert(name, lsa.to_vec())),
                None => drop(self.told.remove(&name)),
            }
        }
        let held = database.entries(now, None, None);
        assert_eq!(held.len(), database.count(None));
        let (mut sums, mut waiting) = (BTreeMap::new(), BTreeMap::new());
        let (mut live, mut foreign) = (0, 0);
        for (scope, lsa) in &held {
            let header = Header::read(version, lsa).expect("what is held has a header");
            assert!(lsa::is_sound(version, lsa));
            *sums.entry(*scope).or_insert(0) += u32::from(header.checksum);
            foreign += usize::from(!database.is_own(header.key));
            let mut is_held = false;
            for number in 1..=u32::from(NEIGHBORS) {
                if database.is_unacknowledged(number, *scope, header.key) == Some(true) {
                    *waiting.entry(number).or_insert(0) += 1;
                    is_held = true;
                }
            }
            if header.is_max_age() {
                assert!(is_held || database.is_exchanging(), "RFC 2328 14: {header:?} stays");
                assert!(!self.told.contains_key(&(*scope, header.key)));
            } else {
                live += 1;
                // a refresh with the same content is not told
                let told = self.told.get(&(*scope, header.key)).expect("it was told of");
                assert!(lsa::is_same_content(told, lsa));
            }
        }
        assert_eq!(self.told.len(), live);
        assert!(foreign <= LIMIT);
        for (scope, sum) in sums {
            assert_eq!(database.checksum(scope), sum);
        }
        for number in 1..=u32::from(NEIGHBORS) {
            if let Some(sizes) = database.sizes(number) {
                assert_eq!(sizes.unacknowledged, waiting.get(&number).copied().unwrap_or(0));
                assert!(sizes.requests <= LIMIT);
                let is_empty = sizes.unacknowledged == 0;
                assert_eq!(database.unacknowledged_since(number).is_none(), is_empty);
            }
        }
    }
}
