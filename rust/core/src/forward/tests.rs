//! The stages against a model that takes one frame at a time and computes every checksum anew.

use super::*;
use crate::addr::{Ip, Net, parse_net};
use crate::dice::Dice;
use crate::lpm::{Form, Simd, Table};

impl Dice {
    fn one_in(&mut self, n: u64) -> bool {
        self.roll().is_multiple_of(n)
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize]
    }
}

const SEED: u64 = 0x1234_5678_9abc_def0;
const MACS: [[u8; 6]; 4] =
    [[2, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2], [2, 0, 0, 0, 0, 3]];

fn net(text: &str) -> Net {
    parse_net(text.as_bytes()).unwrap()
}

const ROUTES: [(&str, u32); 12] = [
    ("0.0.0.0/0", 1),
    ("20.0.0.0/8", 2),
    ("20.1.0.0/16", 3),
    ("20.1.2.0/24", 4),
    ("30.0.0.0/8", 5),
    ("40.0.0.0/8", 6),
    ("50.0.0.0/8", 7),
    ("10.0.0.0/8", 2),
    ("2000::/3", 2),
    ("2001:db8:1::/48", 4),
    ("2001:db8:2::/48", 5),
    ("2400::/12", 6),
];

/// Groups: 1 and 2 plain, 3 to a port of small MTU, 4 equal cost, 5 connected on port 2,
/// 6 not unicast, 7 to a neighbour that is not resolved.
fn setup() -> Setup {
    let mut table = Table::new(Form::Compact);
    let mut leaf = vec![0; ROUTES.len() + 1];
    for (text, group) in ROUTES {
        let slot = table.put(net(text)).unwrap().slot;
        leaf[slot as usize] = group;
    }
    let port = |number: usize| Port {
        mac: MACS[number],
        mtu: if number == 3 { 60 } else { 1500 },
        is_border: number == 1,
        // strict on port 2: the default route and what is connected
        reverse: (number == 2).then(|| vec![1 << 1 | 1 << 5]),
    };
    let adjacency =
        |port: u16, mac: u8| Adjacency { port, destination: Some([2, 1, 0, 0, 0, mac]) };
    let special = [
        ("0.0.0.0/8", Reason::Special),
        ("127.0.0.0/8", Reason::Special),
        ("10.0.0.0/8", Reason::Border),
        ("10.0.0.1/32", Reason::Own),
        ("30.0.0.1/32", Reason::Own),
        ("30.255.255.255/32", Reason::Broadcast),
        ("224.0.0.0/4", Reason::Multicast),
        ("240.0.0.0/4", Reason::Special),
        ("fe80::/10", Reason::LinkLocal),
        ("ff00::/8", Reason::Multicast),
        ("::/16", Reason::Special),
        ("2001:db8:1:1::/64", Reason::Special),
        ("fc00::/7", Reason::Border),
    ];
    Setup {
        routes: table.compile(Form::Compact, &leaf),
        ports: (0..4).map(port).collect(),
        adjacencies: vec![
            adjacency(1, 1),
            adjacency(2, 2),
            adjacency(3, 3),
            adjacency(2, 4),
            Adjacency { port: 1, destination: None },
            adjacency(1, 6),
        ],
        groups: vec![
            Group::Buckets(vec![1]),
            Group::Buckets(vec![2]),
            Group::Buckets(vec![3]),
            Group::Buckets(vec![1, 2, 1, 4, 5, 2, 1, 2]),
            Group::Connected(2),
            Group::NotUnicast,
            Group::Buckets(vec![5]),
        ],
        special: special.into_iter().map(|(text, reason)| (net(text), reason)).collect(),
        neighbours: vec![
            (Ip::V4(0x1e00_0002), 4),
            (Ip::V4(0x1e00_0003), 6), // on another port than the connected one
            (Ip::V6(0x2001_0db8_0002_0000_0000_0000_0000_0002), 4),
        ],
        seed: SEED,
    }
}

fn sum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|w| u64::from(w[0]) << 8 | u64::from(*w.get(1).unwrap_or(&0)));
    let mut sum: u64 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

/// What must become of a frame: where it leaves and its bytes, or why it is handed up.
fn model(setup: &Setup, frame: &[u8], ingress: u16) -> Result<(u16, Vec<u8>), Reason> {
    use Reason as R;
    let port = &setup.ports[usize::from(ingress)];
    let need = |n: usize| if frame.len() < n { Err(R::Short) } else { Ok(()) };
    need(14)?;
    if frame[0] & 1 == 1 || frame[6] & 1 == 1 {
        return Err(R::GroupFrame);
    }
    if frame[..6] != port.mac {
        return Err(R::OtherStation);
    }
    let packet = &frame[14..];
    let kind = u16::from_be_bytes([frame[12], frame[13]]);
    let (total, source, destination, protocol, headers) = match kind {
        0x0800 => {
            need(34)?;
            if packet[0] >> 4 != 4 || packet[0] & 15 < 5 {
                return Err(R::BadHeader);
            }
            if packet[0] & 15 > 5 {
                return Err(R::Options);
            }
            if sum(&packet[..20]) != 0xffff {
                return Err(R::BadChecksum);
            }
            let total = usize::from(u16::from_be_bytes([packet[2], packet[3]]));
            if total < 20 || total > packet.len() {
                return Err(R::BadLength);
            }
            if packet[8] < 2 {
                return Err(R::HopLimit);
            }
            let ip = |at: usize| Ip::V4(u32::from_be_bytes(packet[at..at + 4].try_into().unwrap()));
            (total, ip(12), ip(16), packet[9], 20)
        }
        0x86dd => {
            need(54)?;
            if packet[0] >> 4 != 6 {
                return Err(R::BadHeader);
            }
            let total = 40 + usize::from(u16::from_be_bytes([packet[4], packet[5]]));
            if total > packet.len() {
                return Err(R::BadLength);
            }
            if packet[6] == 0 {
                return Err(R::HopByHop);
            }
            if packet[7] < 2 {
                return Err(R::HopLimit);
            }
            let ip =
                |at: usize| Ip::V6(u128::from_be_bytes(packet[at..at + 16].try_into().unwrap()));
            (total, ip(8), ip(24), packet[6], 40)
        }
        0x8100 | 0x88a8 => return Err(R::Tagged),
        _ => return Err(R::NotIp),
    };
    let longest = |entries: &[(Net, u32)], ip: Ip| {
        let held = entries.iter().filter(|(net, _)| net.holds(ip));
        held.max_by_key(|(net, _)| net.len()).map_or(0, |&(_, answer)| answer)
    };
    let special: Vec<(Net, u32)> = setup.special.iter().map(|&(net, r)| (net, r as u32)).collect();
    let class = longest(&special, source).max(longest(&special, destination));
    let is_private = class == R::Border as u32;
    if class != 0 && (!is_private || port.is_border) {
        return Err(R::of_address(class).unwrap());
    }
    let routes: Vec<(Net, u32)> = ROUTES.iter().map(|&(text, group)| (net(text), group)).collect();
    if let Some(row) = &port.reverse
        && row[0] >> longest(&routes, source) & 1 == 0
    {
        return Err(R::ReversePath);
    }
    let group = longest(&routes, destination);
    let Some(group) = (group as usize).checked_sub(1).map(|at| &setup.groups[at]) else {
        return Err(R::NoRoute);
    };
    let payload = &packet[headers..total];
    let way = match group {
        Group::NotUnicast => return Err(R::NotUnicast),
        Group::Connected(port) => {
            let found = setup.neighbours.iter().find(|(ip, _)| *ip == destination);
            let way = found.map_or(0, |found| found.1);
            if way == 0 || setup.adjacencies[way as usize - 1].port != *port {
                return Err(R::Unresolved);
            }
            way
        }
        Group::Buckets(members) if members.len() == 1 => members[0],
        Group::Buckets(members) => {
            let is_fragment = headers == 20 && (packet[6] & 0x3f != 0 || packet[7] != 0);
            let error = match (protocol, payload.first()) {
                (1, Some(kind)) if headers == 20 => [3, 4, 5, 11, 12].contains(kind),
                (58, Some(kind)) if headers == 40 => *kind < 128,
                _ => false,
            };
            if error && !is_fragment {
                return Err(R::IcmpError);
            }
            let ported = [6, 17, 33, 132, 136].contains(&protocol) && payload.len() >= 4;
            let ports = if ported && !is_fragment {
                u32::from_be_bytes(payload[..4].try_into().unwrap())
            } else {
                0
            };
            let hash = match (source, destination) {
                (Ip::V4(a), Ip::V4(b)) => hash4(SEED, a, b, protocol, ports),
                (Ip::V6(a), Ip::V6(b)) => {
                    let label = u32::from_be_bytes(packet[..4].try_into().unwrap()) & 0xf_ffff;
                    hash6(SEED, a, b, label, protocol, ports)
                }
                _ => unreachable!(),
            };
            members[hash as usize % members.len()]
        }
    };
    let adjacency = &setup.adjacencies[way as usize - 1];
    let egress = &setup.ports[usize::from(adjacency.port)];
    if is_private && egress.is_border {
        return Err(R::Border);
    }
    let Some(mac) = adjacency.destination else { return Err(R::Unresolved) };
    if total > egress.mtu as usize {
        return Err(R::TooBig);
    }
    if adjacency.port == ingress {
        return Err(R::SamePort);
    }
    let mut out = frame[..14 + total].to_vec();
    out[..6].copy_from_slice(&mac);
    out[6..12].copy_from_slice(&egress.mac);
    if headers == 20 {
        out[22] -= 1;
        out[24..26].fill(0);
        let check = !sum(&out[14..34]);
        out[24..26].copy_from_slice(&check.to_be_bytes());
    } else {
        out[21] -= 1;
    }
    Ok((adjacency.port, out))
}

/// A frame that is mostly in order.
fn frame(dice: &mut Dice, ingress: usize) -> Vec<u8> {
    let station = if dice.one_in(16) { dice.below(4) as usize } else { ingress };
    let mut frame = MACS[station].to_vec();
    frame.extend([2, 9, 9, 9, 9, 9]);
    let payload = dice.pick(&[0, 3, 4, 8, 20, 21, 40, 41, 46, 200]);
    let protocol = dice.pick(&[6u8, 17, 17, 33, 132, 136, 1, 58, 47, 0, 44]);
    let ttl = dice.pick(&[0u8, 1, 2, 3, 64, 64, 64, 64, 64, 64, 64, 255]);
    if dice.one_in(2) {
        let firsts = [20u32, 20, 20, 20, 20, 30, 30, 40, 50, 60, 60, 60, 10, 10, 0, 127, 224, 240];
        let mut address = || {
            let rest =
                dice.pick(&[0x0000_0001, 0x0000_0002, 0x0001_0203, 0x00ff_ffff, 0x0001_0900]);
            (dice.pick(&firsts) << 24 | rest).to_be_bytes()
        };
        let (source, destination) = (address(), address());
        let length = (20 + payload as u16).to_be_bytes();
        let fragment = dice.pick(&[[0u8, 0], [0, 0], [0x40, 0], [0x20, 0], [0, 5], [0x80, 0]]);
        let mut header = vec![0x45, 0, length[0], length[1], dice.roll() as u8, dice.roll() as u8];
        header.extend(fragment);
        header.extend([ttl, protocol, 0, 0]);
        header.extend(source);
        header.extend(destination);
        if dice.one_in(4) {
            // steer towards the checksums where RFC 1624 matters
            let base = sum(&header);
            let wanted = dice.pick(&[0u16, 1, 0x00ff, 0x0100, 0xfeff, 0xff00, 0xfffe]);
            let id = u16::from_be_bytes([header[4], header[5]]);
            let id =
                sum(&[id.to_be_bytes(), (!base).to_be_bytes(), (!wanted).to_be_bytes()].concat());
            header[4..6].copy_from_slice(&id.to_be_bytes());
        }
        let check = !sum(&header);
        header[10..12].copy_from_slice(&check.to_be_bytes());
        if check == 0 && dice.one_in(2) {
            header[10..12].fill(0xff); // minus zero holds as well
        }
        frame.extend([8, 0]);
        frame.extend(header);
    } else {
        let prefixes: [u128; 9] = [
            0x2001_0db8_0001,
            0x2001_0db8_0002,
            0x2001_0db8_0001,
            0x2400_0000_0000,
            0x2600_1234_0000,
            0xfe80_0000_0000,
            0xff02_0000_0000,
            0xfc00_0000_0000,
            0,
        ];
        let mut address = || {
            let rest = dice.pick(&[1u128, 2, 1 << 64 | 1, 0xffff << 16]);
            (dice.pick(&prefixes) << 80 | rest).to_be_bytes()
        };
        let (source, destination) = (address(), address());
        let length = (payload as u16).to_be_bytes();
        frame.extend([0x86, 0xdd, 0x60, dice.roll() as u8, dice.roll() as u8, 7]);
        frame.extend([length[0], length[1], protocol, ttl]);
        frame.extend(source);
        frame.extend(destination);
    }
    frame.extend((0..payload).map(|i| if i == 0 { dice.pick(&[3, 8, 11, 128, 1]) } else { i }));
    if dice.one_in(3) {
        frame.resize(frame.len() + dice.below(20) as usize, 0xaa); // padding
    }
    if dice.one_in(4) {
        let at = dice.below(frame.len() as u64) as usize;
        frame[at] = dice.roll() as u8;
    }
    if dice.one_in(8) {
        frame.truncate(dice.below(frame.len() as u64 + 1) as usize);
    }
    frame
}

fn check_all(engine: &mut Forward, setup: &Setup, frames: &[Vec<u8>], ingress: u16) -> usize {
    let stride = frames.iter().map(Vec::len).max().unwrap_or(0).max(1);
    let slots: Vec<u8> = frames
        .iter()
        .flat_map(|frame| {
            let mut slot = frame.clone();
            slot.resize(stride, 0xee);
            slot
        })
        .collect();
    let packed = frames.concat();
    let offsets: Vec<u32> = frames
        .iter()
        .scan(0, |at, frame| {
            *at += frame.len() as u32;
            Some(*at - frame.len() as u32)
        })
        .collect();
    let lengths: Vec<u32> = frames.iter().map(|frame| frame.len() as u32).collect();
    let mut left = 0;
    for (bytes, place) in
        [(&slots, Place::Slots(stride as u32)), (&packed, Place::Offsets(&offsets))]
    {
        let mut bytes = bytes.clone();
        let mut out = vec![Outcome::default(); frames.len()];
        let mut batch = Frames::new(&mut bytes, &lengths, place).unwrap();
        let found = engine.run(&mut batch, ingress, &mut out).unwrap();
        left = out.iter().filter(|outcome| outcome.port().is_some()).count();
        assert_eq!(found, left);
        for (at, frame) in frames.iter().enumerate() {
            let start = match place {
                Place::Slots(_) => at * stride,
                Place::Offsets(offsets) => offsets[at] as usize,
            };
            let now = &bytes[start..start + frame.len()];
            match model(setup, frame, ingress) {
                Ok((port, expected)) => {
                    assert_eq!(out[at].port(), Some(port), "{frame:02x?}");
                    assert_eq!(out[at].length() as usize, expected.len());
                    assert_eq!(now[..expected.len()], expected);
                    assert_eq!(now[expected.len()..], frame[expected.len()..]);
                }
                Err(reason) => {
                    let name = Reason::names()[usize::from(out[at].reason())];
                    assert_eq!(name, reason.name(), "{frame:02x?}");
                    assert_eq!(out[at].length() as usize, frame.len());
                    assert_eq!(now, frame);
                }
            }
        }
    }
    left
}

#[test]
fn every_path_decides_like_the_model() {
    let setup_of_model = setup();
    for simd in [Simd::Scalar, Simd::Avx2, Simd::Avx512] {
        let mut dice = Dice(1);
        let mut engine = Forward::new(Tables::new(setup()).unwrap());
        engine.set_simd(simd);
        let (mut frames_seen, mut left) = (0, 0);
        for turn in 0..400 {
            let count = dice.pick(&[0, 1, 2, 15, 16, 17, 33, 100, 255, 256, 257, 300]);
            let frames: Vec<Vec<u8>> = (0..count).map(|_| frame(&mut dice, turn % 3)).collect();
            left += check_all(&mut engine, &setup_of_model, &frames, turn as u16 % 3);
            frames_seen += count;
        }
        assert!(left * 15 > frames_seen, "{left} of {frames_seen} leave by {simd:?}");
        let met = engine.counters().ports.iter().map(|port| port.handed_up);
        let met =
            met.fold([0; 26], |all: [u64; 26], port| std::array::from_fn(|i| all[i] + port[i]));
        let never: Vec<_> = (2..26).filter(|&i| met[i] == 0).map(|i| Reason::names()[i]).collect();
        assert!(never.is_empty(), "reasons that no frame met: {never:?}");
    }
}

#[test]
fn counters_add_up() {
    let mut dice = Dice(9);
    let mut engine = Forward::new(Tables::new(setup()).unwrap());
    let frames: Vec<Vec<u8>> = (0..1000).map(|_| frame(&mut dice, 0)).collect();
    let left = check_all(&mut engine, &setup(), &frames, 0) as u64;
    let counters = engine.counters();
    let port = &counters.ports[0];
    assert_eq!(port.received.packets, 2000); // in both layouts
    assert_eq!(port.received.bytes, 2 * frames.iter().map(|f| f.len() as u64).sum::<u64>());
    assert_eq!(port.handed_up.iter().sum::<u64>(), 2000 - 2 * left);
    let sent = counters.adjacencies.iter().map(|traffic| traffic.packets).sum::<u64>();
    assert_eq!(sent, 2 * left);
    let bytes = frames.iter().filter_map(|frame| model(&setup(), frame, 0).ok());
    let bytes = bytes.map(|(_, frame)| frame.len() as u64).sum::<u64>();
    assert_eq!(counters.adjacencies.iter().map(|traffic| traffic.bytes).sum::<u64>(), 2 * bytes);
}

#[test]
fn frames_outside_the_buffer_are_handed_up() {
    for simd in [Simd::Scalar, Simd::Avx512] {
        let mut engine = Forward::new(Tables::new(setup()).unwrap());
        engine.set_simd(simd);
        let mut bytes = [0xaa; 100];
        let offsets = [0, 50, 100, 101, u32::MAX, 90, 0, 60];
        let lengths = [101, 51, 1, 0, 60, u32::MAX, u32::MAX, 0];
        let mut out = [Outcome::default(); 8];
        let mut frames = Frames::new(&mut bytes, &lengths, Place::Offsets(&offsets)).unwrap();
        assert_eq!(engine.run(&mut frames, 0, &mut out), Some(0));
        let reasons = out.map(Outcome::reason);
        assert_eq!(reasons[..7], [Reason::Outside as u8; 7]);
        assert_eq!(reasons[7], Reason::Short as u8);
        let mut out = [Outcome::default(); 2];
        let mut frames = Frames::new(&mut bytes, &[51, 50], Place::Slots(50)).unwrap();
        assert_eq!(engine.run(&mut frames, 0, &mut out), Some(0));
        let reasons = out.map(Outcome::reason);
        assert_eq!(reasons, [Reason::Outside as u8, Reason::GroupFrame as u8 + 1]);
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut engine = Forward::new(Tables::new(setup()).unwrap());
    let mut bytes = [0; 100];
    assert!(Frames::new(&mut bytes, &[0; 3], Place::Slots(50)).is_none());
    assert!(Frames::new(&mut bytes, &[0; 3], Place::Offsets(&[0; 2])).is_none());
    let mut frames = Frames::new(&mut bytes, &[50; 2], Place::Slots(50)).unwrap();
    assert_eq!(engine.run(&mut frames, 4, &mut [Outcome::default(); 2]), None);
    assert_eq!(engine.run(&mut frames, 0, &mut [Outcome::default(); 1]), None);
}

#[test]
fn a_setup_that_names_what_is_not_there_is_refused() {
    let refused = |change: fn(&mut Setup)| {
        let mut setup = setup();
        change(&mut setup);
        Tables::new(setup).err()
    };
    assert_eq!(refused(|s| s.adjacencies[0].port = 4), Some(TablesError::Port(4)));
    assert_eq!(refused(|s| s.groups[0] = Group::Connected(9)), Some(TablesError::Port(9)));
    assert_eq!(refused(|s| s.groups[0] = Group::Buckets(vec![7])), Some(TablesError::Adjacency(7)));
    assert_eq!(refused(|s| s.neighbours[0].1 = 0), Some(TablesError::Adjacency(0)));
    assert_eq!(
        refused(|s| s.groups[0] = Group::Buckets(vec![1, 1, 1])),
        Some(TablesError::Buckets(3))
    );
    assert_eq!(
        refused(|s| s.groups[0] = Group::Buckets(Vec::new())),
        Some(TablesError::Buckets(0))
    );
    assert_eq!(refused(|_| ()), None);
}

#[test]
fn reasons_are_named_in_order() {
    assert_eq!(Reason::Outside.name(), "outside");
    assert_eq!(Reason::ReversePath.name(), "reverse-path");
    assert_eq!(Reason::SamePort.name(), "same-port");
    assert_eq!(Reason::SamePort as usize, Reason::names().len() - 1);
}
