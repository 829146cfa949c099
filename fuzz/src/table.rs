//! Whatever is put, dropped and published, in whatever order, the table answers exactly as a scan
//! of what it holds, one by one and in bulk, in both forms, with an old reader still about.

use std::collections::BTreeMap;

use fingerpost_core::addr::{Ip, Net};
use fingerpost_core::lpm::{Form, Lookup, Snapshot, Table};

type Model = BTreeMap<Net, u32>;

/// More steps than this cost time and find nothing new.
const MOST: usize = 100;

pub fn check(data: &[u8]) {
    let mut form = if data.len().is_multiple_of(2) { Form::Compact } else { Form::Fast };
    let (mut table, mut model) = (Table::new(form), Model::new());
    let mut held = table.readers().snapshot();
    let (steps, _) = data.as_chunks::<7>();
    for &[step, shift, len, a, b, c, d] in steps.iter().take(MOST) {
        let net = net_of(step & 8 != 0, shift, len, u32::from_be_bytes([a, b, c, d]));
        match step % 8 {
            0..4 => put(&mut table, &mut model, net),
            4 | 5 => assert_eq!(table.drop(net), model.remove(&net)),
            6 => {
                publish_and_ask(&mut table, &model);
                if shift.is_multiple_of(2) {
                    held = table.readers().snapshot();
                }
            }
            _ => {
                form = if form == Form::Fast { Form::Compact } else { Form::Fast };
                table = table.duplicate(form);
            }
        }
        check_truth(&table, &model, net);
    }
    publish_and_ask(&mut table, &model);
    let _ = held.find(Ip::V4(0));
}

/// IPv4 takes the word as it is, IPv6 shifted, so that prefixes of any length nest.
fn net_of(v6: bool, shift: u8, len: u8, word: u32) -> Net {
    let ip = if v6 { Ip::V6(u128::from(word) << (shift % 97)) } else { Ip::V4(word) };
    let len = len % (ip.bits() + 1);
    Net::new(ip, len).unwrap_or_else(|| unreachable!("the length fits"))
}

fn put(table: &mut Table, model: &mut Model, net: Net) {
    let placed = table.put(net).expect("a table has room for some hundred prefixes");
    match model.get(&net) {
        Some(&slot) => assert_eq!((placed.slot, placed.is_new), (slot, false)),
        None => {
            assert!(placed.is_new && placed.slot != 0 && placed.slot < table.slots());
            assert!(model.values().all(|&slot| slot != placed.slot), "a slot given out twice");
            model.insert(net, placed.slot);
        }
    }
}

fn check_truth(table: &Table, model: &Model, net: Net) {
    assert_eq!(table.get(net), model.get(&net).copied());
    let mut covering: Vec<(Net, u32)> =
        model.iter().filter(|(held, _)| held.contains(net)).map(|(&n, &slot)| (n, slot)).collect();
    covering.sort_by_key(|(net, _)| net.len());
    assert_eq!(table.longest(net), covering.last().copied());
    assert_eq!(table.covering(net), covering);
    let inside = model.iter().filter(|(held, _)| net.contains(**held)).map(|(&n, &s)| (n, s));
    assert!(table.walk(net, None, usize::MAX).into_iter().eq(inside));
}

fn publish_and_ask(table: &mut Table, model: &Model) {
    table.publish(|_| ());
    assert_eq!(table.entries(), model.iter().map(|(&net, &slot)| (net, slot)).collect::<Vec<_>>());
    let snapshot = table.readers().snapshot();
    let (mut v4, mut v6) = (vec![0, u32::MAX], vec![0, u128::MAX]);
    for net in model.keys() {
        match (net.ip(), net.last()) {
            (Ip::V4(a), Ip::V4(b)) => v4.extend([a, b, a.wrapping_sub(1), b.wrapping_add(1)]),
            (Ip::V6(a), Ip::V6(b)) => v6.extend([a, b, a.wrapping_sub(1), b.wrapping_add(1)]),
            _ => {}
        }
    }
    let expected: Vec<u32> = v4.iter().map(|&a| scan(model, Ip::V4(a))).collect();
    ask(&snapshot, &expected, v4.iter().map(|&a| Ip::V4(a)), |out| snapshot.lookup4(&v4, out));
    let expected: Vec<u32> = v6.iter().map(|&a| scan(model, Ip::V6(a))).collect();
    let rows: Vec<[u8; 16]> = v6.iter().map(|a| a.to_be_bytes()).collect();
    ask(&snapshot, &expected, v6.iter().map(|&a| Ip::V6(a)), |out| snapshot.lookup6(&rows, out));
}

fn ask(
    snapshot: &Snapshot,
    expected: &[u32],
    addresses: impl Iterator<Item = Ip>,
    bulk: impl Fn(&mut [u32]),
) {
    let mut out = vec![u32::MAX; expected.len()];
    bulk(&mut out);
    assert_eq!(out, expected);
    assert!(addresses.map(|ip| snapshot.find(ip)).eq(expected.iter().copied()));
}

fn scan(model: &Model, ip: Ip) -> u32 {
    let holding = model.iter().filter(|(net, _)| net.holds(ip));
    holding.max_by_key(|(net, _)| net.len()).map_or(0, |(_, &slot)| slot)
}
