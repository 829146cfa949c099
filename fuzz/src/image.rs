//! A compiled table that comes back from a file with any bytes changed is refused, or answers every
//! address with a number below its count of answers, the same one by one and in bulk.

use fingerpost_core::addr::{Ip, Net};
use fingerpost_core::lpm::{Form, Image, Lookup, Parts, Snapshot, Table, Words};

/// Prefixes in the table before it is damaged.
const PREFIXES: usize = 16;

/// Damage follows from the input: pieces of five bytes are prefixes until a piece begins with 255,
/// and changes of single bytes after it.
pub fn check(data: &[u8]) {
    let (pieces, _) = data.as_chunks::<5>();
    let cut = pieces.iter().position(|piece| piece[0] == 255).unwrap_or(pieces.len());
    let (prefixes, changes) = pieces.split_at(cut);
    let form = if data.len().is_multiple_of(2) { Form::Compact } else { Form::Fast };
    let mut table = Table::new(form);
    let nets: Vec<Net> = prefixes.iter().take(PREFIXES).filter_map(net_of).collect();
    nets.iter().for_each(|&net| assert!(table.put(net).is_some()));
    table.publish(|_| ());
    let snapshot = table.readers().snapshot();
    let (v4, v6) = snapshot.images();
    let sound = Snapshot::from_parts(parts(v4, &[], 0), parts(v6, &[], 0), table.slots());
    let sound = sound.unwrap_or_else(|error| panic!("an intact image is refused: {error}"));
    ask(&sound, &nets, table.slots(), |ip| Some(snapshot.find(ip)));
    let damaged = (parts(v4, changes, 0), parts(v6, changes, 1));
    if let Ok(damaged) = Snapshot::from_parts(damaged.0, damaged.1, table.slots()) {
        ask(&damaged, &nets, table.slots(), |_| None);
    }
}

fn net_of(&[kind, len, a, b, c]: &[u8; 5]) -> Option<Net> {
    let word = u32::from_be_bytes([a, b, c, 0]);
    match kind % 3 {
        0 => Net::new(Ip::V4(word), len % 33),
        1 => Net::new(Ip::V6(u128::from(word) << 96), len % 129),
        _ => Net::new(Ip::V6(u128::from(word) << 64 | 0x2001 << 112), len % 129),
    }
}

/// The parts of an image with every change made that is meant for this family.
fn parts(image: &Image, changes: &[[u8; 5]], family: u8) -> Parts {
    let mut bytes = image.parts().map(Words::to_bytes);
    let (mut form, mut top) = (image.form(), image.top_bytes());
    for &[kind, high, low, value, more] in changes {
        if kind & 1 != family {
            continue;
        }
        let part = &mut bytes[usize::from(kind >> 1) % 3];
        let at = usize::from(u16::from_be_bytes([high, low])).checked_rem(part.len());
        match (more % 8, at) {
            (0, _) => top = value % 5,
            (1, _) => form = if form == Form::Fast { Form::Compact } else { Form::Fast },
            (2, Some(at)) => part.truncate(at),
            (3, _) => part.extend([0; 64]),
            (_, Some(at)) => part[at] = value,
            (_, None) => {}
        }
    }
    Parts { form, top, words: bytes.map(|part| Words::from_bytes(&part)) }
}

/// Ask for the ends of all prefixes and for addresses all over.
fn ask(table: &Snapshot, nets: &[Net], slots: u32, expected: impl Fn(Ip) -> Option<u32>) {
    let (mut v4, mut v6) = (Vec::new(), Vec::new());
    for net in nets {
        match (net.ip(), net.last()) {
            (Ip::V4(a), Ip::V4(b)) => v4.extend([a, b, a.wrapping_sub(1), b.wrapping_add(1)]),
            (Ip::V6(a), Ip::V6(b)) => v6.extend([a, b, a.wrapping_sub(1), b.wrapping_add(1)]),
            _ => {}
        }
    }
    v4.extend((0..=255).map(|byte| byte << 24 | byte << 8 | 1));
    v6.extend((0..=255).map(|byte| byte << 120 | byte << 64 | 1));
    let mut found = vec![u32::MAX; v4.len()];
    table.lookup4(&v4, &mut found);
    for (&address, &found) in v4.iter().zip(&found) {
        agree(table, Ip::V4(address), found, slots, &expected);
    }
    let rows: Vec<[u8; 16]> = v6.iter().map(|address| address.to_be_bytes()).collect();
    let mut found = vec![u32::MAX; rows.len()];
    table.lookup6(&rows, &mut found);
    for (&address, &found) in v6.iter().zip(&found) {
        agree(table, Ip::V6(address), found, slots, &expected);
    }
}

fn agree(table: &Snapshot, ip: Ip, found: u32, slots: u32, expected: impl Fn(Ip) -> Option<u32>) {
    assert!(found < slots);
    assert_eq!(found, table.find(ip), "{ip}");
    assert_eq!(found, expected(ip).unwrap_or(found), "{ip}");
}
