//! The table against a model that a child can read: a map from prefix to slot, scanned.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::{Form, Image, ImageError, Parts, Simd, Snapshot, Table, Words};
use crate::addr::{Ip, Net};
use crate::dice::Dice;

#[derive(Default)]
struct Model(BTreeMap<Net, u32>);

impl Model {
    fn find(&self, ip: Ip) -> u32 {
        let longest = (0..=ip.bits()).rev().find_map(|len| self.0.get(&Net::new(ip, len)?));
        longest.copied().unwrap_or(0)
    }
}

impl Dice {
    /// An address whose bytes come from few values, so that prefixes nest and collide.
    fn ip(&mut self, is_v6: bool) -> Ip {
        let few = [0x20, 0x20, 0x2a, 0x0a, 0, 1, 0x80, 0xff];
        let mut bytes = [0u8; 16];
        for byte in &mut bytes {
            *byte =
                if self.below(6) == 0 { self.roll() as u8 } else { few[self.below(8) as usize] };
        }
        let wide = u128::from_be_bytes(bytes);
        if is_v6 { Ip::V6(wide) } else { Ip::V4((wide >> 96) as u32) }
    }

    fn net(&mut self, is_v6: bool) -> Net {
        let ip = self.ip(is_v6);
        let len = self.below(u64::from(ip.bits()) + 1) as u8;
        Net::new(ip, len).unwrap()
    }
}

fn check(table: &Table, model: &Model, probes: &[Ip]) {
    let snapshot = table.readers().snapshot();
    let v4: Vec<u32> =
        probes.iter().filter_map(|ip| if let Ip::V4(a) = ip { Some(*a) } else { None }).collect();
    let v6: Vec<[u8; 16]> = probes
        .iter()
        .filter_map(|ip| if let Ip::V6(a) = ip { Some(a.to_be_bytes()) } else { None })
        .collect();
    let want4: Vec<u32> = v4.iter().map(|&a| model.find(Ip::V4(a))).collect();
    let want6: Vec<u32> = v6.iter().map(|&a| model.find(Ip::V6(u128::from_be_bytes(a)))).collect();
    for simd in [Simd::Scalar, Simd::Avx2, Simd::Avx512] {
        let (mut out4, mut out6) = (vec![9; v4.len() + 1], vec![9; v6.len() + 1]);
        snapshot.images().0.lookup4_with(simd, &v4, &mut out4);
        snapshot.images().1.lookup6_with(simd, &v6, &mut out6);
        assert_eq!((out4.pop(), out6.pop()), (Some(9), Some(9)), "more was written than asked");
        assert_eq!(out4, want4, "{simd:?} of {v4:x?}");
        assert_eq!(out6, want6, "{simd:?} of {v6:x?}");
    }
    for &ip in probes {
        let expected = model.find(ip);
        assert_eq!(snapshot.find(ip), expected, "single {ip:?}");
        let host = Net::new(ip, ip.bits()).unwrap();
        assert_eq!(table.longest(host).map_or(0, |(_, slot)| slot), expected);
        let covering = table.covering(host);
        assert_eq!(covering.last().map_or(0, |&(_, slot)| slot), expected);
        let listed: Vec<_> = (0..=ip.bits())
            .filter_map(|len| {
                let net = Net::new(ip, len)?;
                Some((net, *model.0.get(&net)?))
            })
            .collect();
        assert_eq!(covering, listed);
    }
}

fn check_order(table: &Table, model: &Model, within: Net, after: Net) {
    let pairs = |from: &mut dyn Iterator<Item = (&Net, &u32)>| {
        from.map(|(&n, &s)| (n, s)).collect::<Vec<_>>()
    };
    assert_eq!(table.entries(), pairs(&mut model.0.iter()));
    let is_inside = |net: &Net| {
        within.ip().bits() == net.ip().bits()
            && net.len() >= within.len()
            && net.ip().masked(within.len()) == within.ip()
    };
    let inside = pairs(&mut model.0.iter().filter(|(net, _)| is_inside(net)));
    assert_eq!(table.walk(within, None, usize::MAX), inside);
    let later: Vec<_> = inside.into_iter().filter(|&(net, _)| net > after).take(5).collect();
    if after.ip().bits() == within.ip().bits() {
        assert_eq!(table.walk(within, Some(after), 5), later);
    }
}

fn random_run(seed: u64, form: Form, steps: usize, batch: u64) {
    let mut dice = Dice(seed);
    let mut table = Table::new(form);
    let mut model = Model::default();
    for step in 0..steps {
        for _ in 0..=dice.below(batch) {
            let is_v6 = dice.below(2) == 0;
            let known = model.0.keys().nth(dice.below(model.0.len() as u64 + 1) as usize).copied();
            match dice.below(5) {
                0 | 1 => {
                    let net = known.unwrap_or_else(|| dice.net(is_v6));
                    assert_eq!(table.drop(net), model.0.remove(&net));
                }
                _ => {
                    let net = dice.net(is_v6);
                    let placed = table.put(net).unwrap();
                    let old = model.0.insert(net, placed.slot);
                    assert_eq!(old.is_none(), placed.is_new);
                    assert!(old.is_none_or(|old| old == placed.slot));
                }
            }
        }
        table.publish(|_| ());
        if step % 7 == 0 {
            let mut probes: Vec<Ip> = (0..40).map(|i| dice.ip(i % 2 == 0)).collect();
            probes.extend(model.0.keys().take(60).map(|net| net.ip()));
            check(&table, &model, &probes);
            for (&net, &slot) in model.0.iter().take(50) {
                assert_eq!(table.get(net), Some(slot));
            }
            assert_eq!(table.lens().0 + table.lens().1, model.0.len());
            check_order(&table, &model, dice.net(step % 2 == 0), dice.net(step % 2 == 0));
            table.audit();
        }
    }
    let twin = table.duplicate(form);
    let all: Vec<Net> = model.0.keys().copied().collect();
    let firsts: Vec<Ip> = all.iter().map(|net| net.ip()).collect();
    check(&twin, &model, &firsts);
    for net in all {
        assert_eq!(table.drop(net), model.0.remove(&net));
    }
    table.publish(|_| ());
    table.publish(|_| ());
    assert_eq!(table.lens(), (0, 0));
    check(&table, &model, &[Ip::V4(0), Ip::V6(0), dice.ip(true), dice.ip(false)]);
    table.audit();
}

#[test]
fn compact_tables_answer_like_the_model_through_random_changes() {
    for seed in 0..12 {
        random_run(seed, Form::Compact, 300, 4);
    }
}

#[test]
fn fast_tables_answer_like_the_model_through_random_changes() {
    for seed in 100..112 {
        random_run(seed, Form::Fast, 300, 4);
    }
}

#[test]
fn tables_that_outgrow_their_top_answer_like_the_model() {
    random_run(7, Form::Compact, 200, 3000);
    random_run(8, Form::Fast, 100, 3000);
}

#[test]
fn a_slot_is_not_given_out_again_while_a_reader_may_hold_it() {
    let net = Net::new(Ip::V4(0x0a00_0000), 8).unwrap();
    let other = Net::new(Ip::V4(0x0b00_0000), 8).unwrap();
    let mut table = Table::new(Form::Compact);
    let slot = table.put(net).unwrap().slot;
    table.publish(|_| ());
    let reader = table.readers().snapshot();
    table.drop(net);
    let mut freed = Vec::new();
    table.publish(|slot| freed.push(slot));
    assert!(freed.is_empty());
    assert_ne!(table.put(other).unwrap().slot, slot);
    drop(reader);
    table.publish(|slot| freed.push(slot));
    assert_eq!(freed, [slot]);
}

/// The words of a part, as a file would hold them, and room of our own to read them from.
fn reread(words: &Words, change: Option<(usize, u64)>) -> Words {
    use std::sync::atomic::Ordering::Relaxed;
    let twin = Words::zeroed(words.len());
    twin.copy_from(words, words.len());
    if let Some((at, xor)) = change.filter(|_| !words.is_empty()) {
        twin.words()[at % words.len()].fetch_xor(xor, Relaxed);
    }
    twin
}

fn parts(image: &Image, at: usize, change: Option<(usize, u64)>) -> Parts {
    let mut part = 0;
    let words = image.parts().map(|words| {
        part += 1;
        reread(words, change.filter(|_| part - 1 == at))
    });
    Parts { form: image.form(), top: image.top_bytes(), words }
}

#[test]
fn an_image_read_back_is_checked_and_answers_the_same() {
    for (form, size) in [(Form::Compact, 30), (Form::Compact, 3000), (Form::Fast, 300)] {
        let mut dice = Dice(size);
        let mut table = Table::new(form);
        for i in 0..size {
            table.put(dice.net(i % 2 == 0));
        }
        let slots = table.slots();
        let leaf: Vec<u32> = (0..slots).map(|slot| slot.min(1) * (1 + slot % 5)).collect();
        let frozen = table.compile(form, &leaf);
        let (v4, v6) = frozen.images();
        let back = Snapshot::from_parts(parts(v4, 9, None), parts(v6, 9, None), 6).unwrap();
        for i in 0..2000 {
            let ip = dice.ip(i % 2 == 0);
            let host = Net::host(ip);
            let want = table.longest(host).map_or(0, |(_, slot)| leaf[slot as usize]);
            assert_eq!((frozen.find(ip), back.find(ip)), (want, want));
        }
        let few = Snapshot::from_parts(parts(v4, 9, None), parts(v6, 9, None), 5);
        assert!(matches!(few.err(), Some(ImageError::Slot(5))));
    }
}

#[test]
fn a_damaged_image_is_refused_or_harmless() {
    let mut dice = Dice(5);
    for form in [Form::Compact, Form::Fast] {
        let mut table = Table::new(form);
        for i in 0..400 {
            table.put(dice.net(i % 2 == 0));
        }
        let slots = table.slots();
        let leaf: Vec<u32> = (0..slots).collect();
        let frozen = table.compile(form, &leaf);
        let (v4, v6) = frozen.images();
        let mut refused = 0;
        for i in 0..2000 {
            let change = Some((dice.roll() as usize, 1u64 << dice.below(64)));
            let at = dice.below(6) as usize;
            let damaged = Snapshot::from_parts(
                parts(v4, at, change),
                parts(v6, at.wrapping_sub(3), change),
                slots,
            );
            let Ok(damaged) = damaged else {
                refused += 1;
                continue;
            };
            let v4s: Vec<u32> = (0..40).map(|_| dice.roll() as u32).collect();
            let v6s: Vec<[u8; 16]> = (0..40)
                .map(|_| {
                    u128::from_be_bytes(match dice.ip(true) {
                        Ip::V6(a) => a.to_be_bytes(),
                        Ip::V4(_) => [i as u8; 16],
                    })
                    .to_be_bytes()
                })
                .collect();
            for simd in [Simd::Scalar, Simd::Avx2, Simd::Avx512] {
                let mut out = [0; 40];
                damaged.images().0.lookup4_with(simd, &v4s, &mut out);
                assert!(out.iter().all(|&slot| slot < slots));
                damaged.images().1.lookup6_with(simd, &v6s, &mut out);
                assert!(out.iter().all(|&slot| slot < slots));
            }
        }
        assert!(refused > 100, "{refused}");
    }
}

proptest! {
    #[test]
    fn any_table_answers_like_the_model(
        nets in prop::collection::vec((any::<u128>(), 0u8..=128, any::<bool>()), 0..60),
        extra in prop::collection::vec(any::<u128>(), 0..20),
        is_fast in any::<bool>(),
    ) {
        let mut table = Table::new(if is_fast { Form::Fast } else { Form::Compact });
        let mut model = Model::default();
        let mut probes = Vec::new();
        for (bits, len, is_v6) in nets {
            let ip = if is_v6 { Ip::V6(bits) } else { Ip::V4((bits >> 96) as u32) };
            let net = Net::new(ip, len % (ip.bits() + 1)).unwrap();
            model.0.insert(net, table.put(net).unwrap().slot);
            probes.push(net.ip());
            probes.push(ip);
        }
        probes.extend(extra.iter().flat_map(|&bits| [Ip::V6(bits), Ip::V4(bits as u32)]));
        table.publish(|_| ());
        check(&table, &model, &probes);
        table.audit();
    }
}
