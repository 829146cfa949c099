//! Whatever the bytes of frames and wherever they lie, plain and vector code forward alike; a frame
//! that is handed up stays as it was, one that leaves has one hop less and a sound checksum.

use fingerpost_core::addr::{Ip, Net};
use fingerpost_core::forward::{
    Adjacency, Forward, Frames, Group, Outcome, Place, Port, Reason, Setup, Tables,
};
use fingerpost_core::lpm::{Form, Simd, Table};

const MAC: [u8; 6] = [2, 0, 0, 0, 0, 0];
/// So many frames at most.
const FRAMES: usize = 64;

/// The first byte chooses the layout, then frames follow, each after a byte with its length.
pub fn check(data: &[u8]) {
    let Some((&layout, mut rest)) = data.split_first() else { return };
    let mut pieces: Vec<Vec<u8>> = Vec::new();
    while let Some((&length, more)) = rest.split_first() {
        let (piece, more) = more.split_at(more.len().min(length.into()));
        // the header that gets a frame past the first check, unless the input has its own
        let start: &[u8] = if layout & 2 == 0 { &MAC } else { &[] };
        pieces.push([start, piece].concat());
        rest = more;
        if pieces.len() == FRAMES {
            break;
        }
    }
    let longest = pieces.iter().map(Vec::len).max().unwrap_or(0);
    let mut bytes = Vec::new();
    let mut offsets = Vec::new();
    for piece in &pieces {
        offsets.push(bytes.len() as u32);
        bytes.extend(piece);
        if layout & 1 == 1 {
            bytes.resize(bytes.len() + longest - piece.len(), 0xee);
        }
    }
    let lengths: Vec<u32> = pieces.iter().map(|piece| piece.len() as u32).collect();
    let place = match layout & 1 {
        1 => Place::Slots(longest as u32),
        _ => Place::Offsets(&offsets),
    };
    let (plain, outcomes) = forward(Simd::Scalar, &bytes, &lengths, place);
    for simd in [Simd::Avx2, Simd::Avx512] {
        let other = forward(simd, &bytes, &lengths, place);
        assert_eq!((&plain, &outcomes), (&other.0, &other.1), "{simd:?}");
    }
    for ((piece, &start), outcome) in pieces.iter().zip(&offsets).zip(&outcomes) {
        let start = start as usize;
        look_at(piece, &plain[start..start + piece.len()], *outcome);
    }
    hostile(layout, data);
}

fn look_at(before: &[u8], after: &[u8], outcome: Outcome) {
    let Some(port) = outcome.port() else {
        assert_eq!(before, after);
        return;
    };
    assert!(usize::from(port) == 1 && outcome.length() as usize <= before.len());
    assert_eq!(after[..12], [2, 1, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1]);
    let hops = if before[12] == 8 { 22 } else { 21 };
    assert_eq!(after[hops], before[hops] - 1);
    if hops == 22 {
        let words = after[14..34].as_chunks::<2>().0.iter();
        let sum: u32 = words.map(|word| u32::from(u16::from_be_bytes(*word))).sum();
        assert_eq!((sum & 0xffff) + (sum >> 16), 0xffff);
        assert_eq!((&before[23], &before[26..]), (&after[23], &after[26..]));
    } else {
        assert_eq!(before[22..], after[22..]);
    }
    assert_eq!(before[12..hops], after[12..hops]);
}

/// Offsets and lengths that are the input itself: nothing is read or written outside.
fn hostile(layout: u8, data: &[u8]) {
    let numbers = data.as_chunks::<4>().0.iter().map(|four| u32::from_le_bytes(*four));
    let offsets: Vec<u32> = numbers.clone().map(|n| n % (data.len() as u32 + 9)).collect();
    let lengths: Vec<u32> = numbers.map(|n| if layout & 4 == 0 { n >> 24 } else { n }).collect();
    forward(Simd::Avx512, data, &lengths, Place::Offsets(&offsets));
}

fn forward(simd: Simd, bytes: &[u8], lengths: &[u32], place: Place<'_>) -> (Vec<u8>, Vec<Outcome>) {
    let mut engine = Forward::new(tables());
    engine.set_simd(simd);
    let mut bytes = bytes.to_vec();
    let mut outcomes = vec![Outcome::default(); lengths.len()];
    let frames = Frames::new(&mut bytes, lengths, place);
    if let Some(mut frames) = frames {
        let left = engine.run(&mut frames, 0, &mut outcomes);
        assert_eq!(left, Some(outcomes.iter().filter(|o| o.port().is_some()).count()));
    }
    (bytes, outcomes)
}

/// Half of each family is routed, a quarter to several next hops, and some is special.
fn tables() -> Tables {
    let net = |ip, len| Net::new(ip, len).expect("a length of the family");
    let mut table = Table::new(Form::Compact);
    let routes = [
        (net(Ip::V4(0), 1), 1),
        (net(Ip::V4(0x4000_0000), 2), 2),
        (net(Ip::V6(0x2000 << 112), 4), 1),
        (net(Ip::V6(0x2800 << 112), 5), 2),
    ];
    let mut leaf = vec![0; 5];
    for (net, group) in routes {
        leaf[table.put(net).map_or(0, |placed| placed.slot as usize)] = group;
    }
    let port =
        |number| Port { mac: [2, 0, 0, 0, 0, number], mtu: 100, is_border: false, reverse: None };
    let adjacency = Adjacency { port: 1, destination: Some([2, 1, 0, 0, 0, 1]) };
    let setup = Setup {
        routes: table.compile(Form::Compact, &leaf),
        ports: vec![port(0), port(1)],
        adjacencies: vec![adjacency],
        groups: vec![Group::Buckets(vec![1]), Group::Buckets(vec![1; 4])],
        special: vec![
            (net(Ip::V4(0), 8), Reason::Special),
            (net(Ip::V6(0x2001_0db8 << 96), 32), Reason::Special),
        ],
        neighbours: Vec::new(),
        seed: 7,
    };
    Tables::new(setup).unwrap_or_else(|error| panic!("the set-up is refused: {error}"))
}
