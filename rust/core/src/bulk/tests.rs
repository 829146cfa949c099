//! Every layout of a column against a scan of all prefixes, one address at a time.

use proptest::prelude::*;

use super::*;
use crate::addr::{Ip, Net, parse_zoned};

/// The table that a child can read: the longest prefix that holds the address.
struct Scan(Vec<Net>);

impl Scan {
    fn find(&self, ip: Ip) -> u32 {
        let holds = |net: &Net| net.ip().bits() == ip.bits() && ip.masked(net.len()) == net.ip();
        let best = self.0.iter().enumerate().filter(|(_, net)| holds(net));
        best.max_by_key(|(_, net)| net.len()).map_or(0, |(at, _)| at as u32 + 1)
    }
}

impl Lookup for Scan {
    fn lookup4(&self, addrs: &[u32], out: &mut [u32]) {
        for (&address, cell) in addrs.iter().zip(out) {
            *cell = self.find(Ip::V4(address));
        }
    }

    fn lookup6(&self, addrs: &[[u8; 16]], out: &mut [u32]) {
        for (&address, cell) in addrs.iter().zip(out) {
            *cell = self.find(Ip::V6(u128::from_be_bytes(address)));
        }
    }
}

fn scan() -> Scan {
    let nets = ["10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/1", "2001:db8::/32", "2001:db8:1::/48"];
    let nets = nets.iter().map(|net| crate::addr::parse_net(net.as_bytes()).expect("a prefix"));
    Scan(nets.collect())
}

/// Texts as one buffer with 32-bit offsets.
struct Packed {
    offsets: Vec<[u8; 4]>,
    values: Vec<u8>,
}

fn pack(texts: &[impl AsRef<[u8]>]) -> Packed {
    let mut packed = Packed { offsets: vec![[0; 4]], values: Vec::new() };
    for text in texts {
        packed.values.extend_from_slice(text.as_ref());
        packed.offsets.push((packed.values.len() as u32).to_ne_bytes());
    }
    packed
}

impl Packed {
    fn texts(&self) -> Texts<'_> {
        Texts::Small { offsets: &self.offsets, values: &self.values }
    }
}

fn run(source: &Source<'_>, threads: usize) -> (Vec<u32>, BulkReport) {
    let mut out = vec![u32::MAX; source.column.len()];
    let report = lookup_source(&scan(), source, &mut out, threads);
    (out, report)
}

fn show(ip: Ip) -> String {
    match ip {
        Ip::V4(address) => std::net::Ipv4Addr::from(address).to_string(),
        Ip::V6(address) => std::net::Ipv6Addr::from(address).to_string(),
    }
}

fn any_ip() -> impl Strategy<Value = Ip> {
    prop_oneof![
        any::<u32>().prop_map(Ip::V4),
        any::<u16>().prop_map(|low| Ip::V4(0x0a01_0000 | u32::from(low))),
        any::<u128>().prop_map(Ip::V6),
        any::<u128>().prop_map(|low| Ip::V6(0x2001_0db8 << 96 | low >> 46)),
    ]
}

proptest! {
    #[test]
    fn texts_of_both_families_with_nulls_and_garbage(
        rows in prop::collection::vec((any_ip(), 0u8..8), 0..300), shift in 0usize..9,
    ) {
        let texts: Vec<String> = rows.iter().map(|&(ip, kind)| match kind {
            0 => format!("{}x", show(ip)),
            _ => show(ip),
        }).collect();
        let mut bits = vec![0u8; (rows.len() + shift) / 8 + 1];
        for (row, &(_, kind)) in rows.iter().enumerate() {
            bits[(row + shift) / 8] |= u8::from(kind != 1) << ((row + shift) % 8);
        }
        let packed = pack(&texts);
        let validity = Some(Validity { bits: &bits, offset: shift });
        let source = Source { column: Column::Texts(packed.texts()), validity };
        let (found, report) = run(&source, 1);
        let expected: Vec<u32> = rows.iter()
            .map(|&(ip, kind)| if kind <= 1 { 0 } else { scan().find(ip) }).collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(report.bad, rows.iter().filter(|(_, kind)| *kind == 0).count());
        let bad = rows.iter().enumerate().filter(|(_, (_, kind))| *kind == 0).map(|(row, _)| row);
        prop_assert_eq!(
            report.first.iter().map(|bad| bad.row).collect::<Vec<_>>(),
            bad.take(KEPT).collect::<Vec<_>>()
        );
        for bad in &report.first {
            prop_assert_eq!(&bad.value, &texts[bad.row]);
        }
    }

    #[test]
    fn all_layouts_agree(rows in prop::collection::vec(any_ip(), 0..100)) {
        let expected: Vec<u32> = rows.iter().map(|&ip| scan().find(ip)).collect();
        for (row, ip) in rows.iter().enumerate() {
            let texts = pack(&[show(*ip)]);
            prop_assert_eq!(Column::Texts(texts.texts()).get(0), Some(*ip), "row {}", row);
        }
        let mixed: Vec<Option<Ip>> = rows.iter().copied().map(Some).collect();
        prop_assert_eq!(&run(&Source::full(Column::Mixed(&mixed)), 1).0, &expected);
        let bytes: Vec<Vec<u8>> = rows.iter().map(|ip| match ip {
            Ip::V4(address) => address.to_be_bytes().to_vec(),
            Ip::V6(address) => address.to_be_bytes().to_vec(),
        }).collect();
        let packed = pack(&bytes);
        prop_assert_eq!(&run(&Source::full(Column::Bytes(packed.texts())), 1).0, &expected);
        let texts: Vec<String> = rows.iter().map(|&ip| show(ip)).collect();
        let packed = pack(&texts);
        let wide: Vec<[u8; 8]> = packed.offsets.iter()
            .map(|&offset| u64::from(u32::from_ne_bytes(offset)).to_ne_bytes()).collect();
        let large = Texts::Large { offsets: &wide, values: &packed.values };
        prop_assert_eq!(&run(&Source::full(Column::Texts(large)), 1).0, &expected);
        let (views, buffer) = views(&texts);
        let texts = Texts::Views { views: &views, buffers: vec![&[], &buffer] };
        prop_assert_eq!(&run(&Source::full(Column::Texts(texts)), 1).0, &expected);
    }

    #[test]
    fn ipv6_layouts_agree(rows in prop::collection::vec(any::<u128>(), 0..100), big: bool) {
        let expected: Vec<u32> = rows.iter().map(|&row| scan().find(Ip::V6(row))).collect();
        let packed: Vec<[u8; 16]> = rows.iter().map(|row| row.to_be_bytes()).collect();
        prop_assert_eq!(&run(&Source::full(Column::V6(&packed)), 1).0, &expected);
        let mut bytes = Vec::new();
        for row in &rows {
            let (high, low) = ((row >> 64) as u64, *row as u64);
            bytes.extend([0xaa; 3]);
            bytes.extend(if big { low.to_be_bytes() } else { low.to_le_bytes() });
            bytes.extend(if big { high.to_be_bytes() } else { high.to_le_bytes() });
        }
        let halves = Halves {
            bytes: &bytes, rows: rows.len(), stride: 19, high_at: 11, low_at: 3, big_endian: big,
        };
        prop_assert_eq!(&run(&Source::full(Column::Halves(halves)), 1).0, &expected);
    }

    #[test]
    fn hostile_offsets_and_views_are_bad_rows_and_nothing_else(
        words in prop::collection::vec(any::<[u8; 4]>(), 0..40),
        near in prop::collection::vec(0u32..40, 0..40),
    ) {
        let values = b"10.1.2.3::1garbage2001:db8::1";
        let near: Vec<[u8; 4]> = near.iter().map(|offset| offset.to_ne_bytes()).collect();
        for offsets in [&words, &near] {
            let texts = Texts::Small { offsets, values };
            let (found, report) = run(&Source::full(Column::Texts(texts.clone())), 1);
            prop_assert!(report.bad <= found.len());
            for (row, &found) in found.iter().enumerate() {
                let ip = texts.span(row).and_then(|span| parse_zoned(span.text()).ok());
                prop_assert_eq!(found, ip.map_or(0, |(ip, _)| scan().find(ip)));
            }
            let views = Texts::Views { views: offsets.as_flattened(), buffers: vec![values] };
            prop_assert_eq!(run(&Source::full(Column::Texts(views)), 1).0.len(), offsets.len() / 4);
        }
    }
}

/// Arrow's views: short texts in place, longer ones in buffer 1.
fn views(texts: &[String]) -> (Vec<u8>, Vec<u8>) {
    let (mut views, mut buffer) = (Vec::new(), Vec::new());
    for text in texts {
        let mut view = [0u8; 16];
        view[..4].copy_from_slice(&(text.len() as u32).to_ne_bytes());
        if text.len() <= 12 {
            view[4..4 + text.len()].copy_from_slice(text.as_bytes());
        } else {
            view[4..8].copy_from_slice(&text.as_bytes()[..4]);
            view[8..12].copy_from_slice(&1u32.to_ne_bytes());
            view[12..].copy_from_slice(&(buffer.len() as u32).to_ne_bytes());
            buffer.extend_from_slice(text.as_bytes());
        }
        views.extend_from_slice(&view);
    }
    (views, buffer)
}

#[test]
fn numbers_must_fit_their_family() {
    let rows: Vec<[u8; 8]> =
        [0x0a01_0000i64, -1, 1 << 32, 0, 0xffff_ffff].map(i64::to_ne_bytes).to_vec();
    let (found, report) = run(&Source::full(Column::Numbers(Numbers::I64(&rows), Family::V4)), 1);
    assert_eq!(found, [2, 0, 0, 3, 0]);
    assert_eq!(report.bad, 2);
    assert_eq!(report.first[0].value, "-1");
    assert_eq!(report.first[1].row, 2);
    let (found, report) = run(&Source::full(Column::Numbers(Numbers::I64(&rows), Family::V6)), 1);
    assert_eq!((found, report.bad), (vec![0; 5], 1));
}

#[test]
fn a_dictionary_is_looked_up_once_and_its_bad_entries_count_where_used() {
    let packed = pack(&["10.1.0.1", "unused garbage", "used garbage", "2001:db8::"]);
    let values = Source {
        column: Column::Texts(packed.texts()),
        validity: Some(Validity { bits: &[0b1111], offset: 0 }),
    };
    let keys: Vec<[u8; 1]> = [3i8, 0, 2, 0, 2, 9, -1, 3].map(i8::to_ne_bytes).to_vec();
    let source = Source {
        column: Column::Dictionary(Numbers::I8(&keys), Box::new(values)),
        validity: Some(Validity { bits: &[0b0111_1111], offset: 0 }),
    };
    let (found, report) = run(&source, 1);
    assert_eq!(found, [4, 2, 0, 2, 0, 0, 0, 0]);
    assert_eq!(report.bad, 4);
    let shown: Vec<_> = report.first.iter().map(|bad| (bad.row, bad.value.as_str())).collect();
    assert_eq!(shown, [(2, "used garbage"), (4, "used garbage"), (5, "9"), (6, "-1")]);
}

#[test]
fn threads_give_the_same_answers_and_the_same_report() {
    let texts: Vec<String> = (0..4 * SHARE as u32 + 77)
        .map(|row| match row % 1000 {
            999 => format!("bad {row}"),
            _ => show(Ip::V4(row.wrapping_mul(0x9e37_79b9))),
        })
        .collect();
    let packed = pack(&texts);
    let source = Source::full(Column::Texts(packed.texts()));
    let alone = run(&source, 1);
    assert_eq!(alone.1.bad, 131);
    assert_eq!(alone.1.first[19].row, 19_999);
    for threads in [0, 2, 3, 100] {
        assert!(run(&source, threads) == alone, "{threads} threads");
    }
}

#[test]
fn rows_past_the_answers_are_left_alone_and_answers_past_the_rows_too() {
    let source = Source::full(Column::V4(&[0x0a01_0000; 3]));
    let mut out = [7; 2];
    lookup_source(&scan(), &source, &mut out, 1);
    assert_eq!(out, [2, 2]);
    let mut out = [7; 5];
    lookup_source(&scan(), &source, &mut out, 1);
    assert_eq!(out, [2, 2, 2, 7, 7]);
}

#[test]
fn nulls_have_no_match() {
    let (found, report) = run(&Source::full(Column::Nulls(3)), 1);
    assert_eq!((found, report), (vec![0; 3], BulkReport::default()));
}
