//! Octets of a session, in any pieces, right and wrong.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::bgp::paths::flags;
use crate::bgp::table::Action;
use crate::bgp::table::family::PATHS_MOST;

fn said(net: u8) -> Vec<u8> {
    update(&[], &attributes(&[US + 1], HOP, &[]), &nlri(net, None))
}

fn stream(kinds: &[u8]) -> Vec<u8> {
    let mut octets = Vec::new();
    for (&kind, net) in kinds.iter().zip(1..) {
        octets.extend(match kind {
            0 => said(net),
            1 => update(&nlri(net.saturating_sub(1), None), &[], &[]),
            2 => message(4, &[]),
            3 => update(&[], &[], &[]),
            _ => message(5, &[0, 1, 0, 1]),
        });
    }
    octets
}

/// All that comes of octets that arrive in pieces of `sizes`, `budget` messages at a time.
fn read(octets: &[u8], sizes: &[usize], budget: usize) -> (Vec<PathView>, Vec<usize>) {
    let mut lab = Lab::new(1, &FamilyRules::default());
    let (mut rest, mut sizes) = (octets, sizes.iter().cycle());
    let mut sums = vec![0; 6];
    while !rest.is_empty() {
        let cut = sizes.next().map_or(1, |&size| size.max(1)).min(rest.len());
        let (now, later) = rest.split_at(cut);
        rest = later;
        let mut data = now;
        loop {
            let got = lab.table.receive(1, data, 0, budget);
            data = &[];
            let more = [
                got.updates,
                got.keepalives,
                got.announced,
                got.withdrawn,
                got.end_of_rib.len(),
                usize::from(got.message.is_some()),
            ];
            sums.iter_mut().zip(more).for_each(|(sum, one)| *sum += one);
            assert_eq!(got.reset, None);
            if !got.is_more {
                break;
            }
        }
    }
    lab.settle();
    ((0..40).flat_map(|net| lab.views(net)).collect(), sums)
}

proptest! {
    #[test]
    fn how_octets_are_cut_means_nothing(
        kinds in prop::collection::vec(0_u8..5, 1..30),
        sizes in prop::collection::vec(1_usize..90, 1..6),
        budget in 1_usize..5,
    ) {
        let octets = stream(&kinds);
        // one End-of-RIB a call, so that those of several messages in one call are not one
        prop_assert_eq!(read(&octets, &sizes, 1), read(&octets, &[octets.len()], 1));
        let (views, sums) = read(&octets, &sizes, budget);
        let (all, whole) = read(&octets, &[octets.len()], usize::MAX);
        prop_assert_eq!(&views, &all);
        prop_assert_eq!(&sums[..4], &whole[..4]);
    }
}

#[test]
fn headers_that_cannot_be_end_the_session() {
    let mut no_marker = message(4, &[]);
    no_marker[3] = 0;
    let mut too_long = message(2, &[0; 4]);
    too_long[16..18].copy_from_slice(&4097_u16.to_be_bytes());
    let cases = [
        (no_marker, 1, vec![]),
        (too_long, 2, vec![0x10, 1]),
        (message(2, &[0; 3]), 2, vec![0, 22]),
        (message(4, &[0]), 2, vec![0, 20]),
        (message(3, &[6]), 2, vec![0, 20]),
        (message(6, &[]), 3, vec![6]),
        (message(0, &[]), 3, vec![0]),
    ];
    for (octets, subcode, data) in cases {
        let mut lab = Lab::new(1, &FamilyRules::default());
        let got = lab.say(1, &[said(1), octets.clone(), said(2)].concat());
        let reset = got.reset.expect("a session that ends");
        assert_eq!((reset.code, reset.subcode, reset.data), (1, subcode, data), "{octets:?}");
        assert_eq!((got.updates, lab.views(1).len(), lab.views(2).len()), (1, 1, 0));
    }
}

#[test]
fn nothing_is_read_without_a_session() {
    let mut lab = Lab::new(1, &FamilyRules::default());
    lab.table.close_session(1, &[]);
    assert_eq!(lab.say(1, &said(1)), Received::default());
    assert_eq!(lab.say(7, &said(1)), Received::default(), "of nobody");
}

#[test]
fn however_octets_come_each_is_moved_a_few_times_at_most() {
    // many small messages that are handed up one by one, all that was left of them each time
    let refreshes = message(5, &[0, 1, 0, 1]).repeat(4_000);
    let moved = |lab: &Lab| lab.table.peer(1).map_or(0, |held| held.pending.moved);
    let mut lab = Lab::new(1, &FamilyRules::default());
    let mut got = lab.say(1, &refreshes);
    let mut count = usize::from(got.message.is_some());
    while got.is_more {
        got = lab.say(1, &[]);
        count += usize::from(got.message.is_some());
    }
    assert_eq!(count, 4_000);
    assert!(moved(&lab) <= 2 * refreshes.len(), "{}", moved(&lab));
    // one octet at a time
    let mut lab = Lab::new(1, &FamilyRules::default());
    let octets = said(1).repeat(500);
    let updates: usize = octets.iter().map(|&one| lab.say(1, &[one]).updates).sum();
    assert_eq!(updates, 500);
    assert!(moved(&lab) <= 4 * octets.len(), "{}", moved(&lab));
    // one message of a slice, and more come all the while
    let mut lab = Lab::new(1, &FamilyRules::default());
    let (mut updates, piece) = (0, said(2).repeat(3));
    for _ in 0..2_000 {
        updates += lab.table.receive(1, &piece, 0, 3).updates;
        updates += lab.table.receive(1, &said(3), 0, 1).updates;
    }
    while lab.table.peer(1).is_some_and(|held| !held.pending.is_empty()) {
        updates += lab.table.receive(1, &[], 0, 1_000).updates;
    }
    assert_eq!(updates, 8_000);
    let octets = 2_000 * (piece.len() + said(3).len());
    assert!(moved(&lab) <= 4 * octets, "{} of {octets}", moved(&lab));
    assert_eq!(lab.table.peer(1).map(|held| held.pending.memory()), Some(0));
}

#[test]
fn a_half_message_of_a_session_that_ended_is_forgotten() {
    let mut lab = Lab::new(1, &FamilyRules::default());
    lab.say(1, &said(1)[..30]);
    lab.table.close_session(1, &[]);
    lab.table.open_session(1, agreed(false));
    assert_eq!(lab.say(1, &said(2)).reset, None);
    assert_eq!((lab.views(1).len(), lab.views(2).len()), (0, 1));
}

#[test]
fn a_path_that_is_refused_by_its_checks_stays_to_be_seen() {
    let rules = FamilyRules { allow_own_as: 1, ..FamilyRules::default() };
    let mut lab = Lab::new(1, &rules);
    lab.say(1, &update(&[], &attributes(&[US + 1, US, US], HOP, &[]), &nlri(1, None)));
    lab.say(1, &update(&[], &attributes(&[US + 1, US], HOP, &[]), &nlri(2, None)));
    lab.say(1, &update(&[], &attributes(&[70_000], HOP, &[]), &nlri(3, None)));
    lab.settle();
    assert_eq!(lab.views(1)[0].flags & flags::REFUSED, flags::AS_LOOP);
    assert_eq!(lab.views(2)[0].flags & flags::REFUSED, 0, "once is allowed");
    assert_eq!(lab.views(3)[0].flags & flags::REFUSED, flags::FIRST_AS);
    assert_eq!(lab.counts(1), FamilyCounts { received: 4, accepted: 2, blocked: 0 });
}

#[test]
fn counts_follow_a_refeed() {
    let refused = FamilyRules { import_policy: -1, ..FamilyRules::default() };
    let mut lab = Lab::new(1, &refused);
    lab.say(1, &said(1));
    assert_eq!((lab.counts(1).received, lab.counts(1).accepted), (2, 0));
    let families = BTreeMap::from([(Family::IPV4.code(), FamilyRules::default())]);
    lab.table.set_peer(1, settings(1, Relation::External), families);
    lab.table.sweep(Family::IPV4, Some(1), Action::Refeed);
    lab.settle();
    assert_eq!((lab.counts(1).accepted, lab.best(1)), (2, Some(1)));
    let looped = attributes(&[US + 1, US], HOP, &[]);
    lab.say(1, &update(&[], &looped, &nlri(1, None)));
    lab.settle();
    assert_eq!((lab.counts(1).accepted, lab.best(1)), (1, None));
}

#[test]
fn prefixes_above_a_limit_that_blocks_are_not_held() {
    let rules = FamilyRules { blocks_above: 3, ..FamilyRules::default() };
    let mut lab = Lab::new(1, &rules);
    (1..9).for_each(|net| drop(lab.say(1, &said(net))));
    lab.say(1, &said(2)); // one that is there is taken all the same
    lab.settle();
    assert_eq!(lab.counts(1), FamilyCounts { received: 3, accepted: 3, blocked: 6 });
    assert_eq!((lab.views(2).len(), lab.views(3).len()), (1, 0));
    lab.say(1, &update(&nlri(2, None), &[], &[]));
    lab.say(1, &said(3));
    assert_eq!((lab.views(2).len(), lab.views(3).len()), (0, 1));
}

#[test]
fn paths_to_one_prefix_have_a_bound() {
    let mut lab = Lab::new(1, &FamilyRules::default());
    lab.table.open_session(1, agreed(true));
    for id in 0..1000 {
        lab.say(1, &update(&[], &attributes(&[US + 1], HOP, &[]), &nlri(1, Some(id))));
    }
    assert_eq!(lab.views(1).len(), PATHS_MOST);
    assert_eq!(lab.counts(1).blocked, 1000 - PATHS_MOST);
    lab.settle();
    let sets = lab.table.store.len();
    assert!(sets <= 2, "{sets}");
}

#[test]
fn attributes_of_a_neighbour_have_a_bound_and_no_other_pays_for_it() {
    let mut lab = Lab::new(2, &FamilyRules::default());
    lab.table.store.most = 20_000;
    let communities = |number: u32| {
        let value = number.to_be_bytes().repeat(60);
        attribute(codes::OPTIONAL | codes::TRANSITIVE, codes::COMMUNITIES, &value)
    };
    for number in 0..1_000_u32 {
        let said = attributes(&[US + 1], HOP, &communities(number));
        lab.say(1, &update(&[], &said, &nlri((number % 200) as u8 + 1, None)));
    }
    lab.settle();
    assert!(lab.table.store.charge(1) <= 20_000);
    assert!(lab.table.memory() < 200_000, "{}", lab.table.memory());
    let counts = lab.counts(1);
    assert!(counts.blocked > 900 && counts.received < 100, "{counts:?}");
    // another neighbour goes on, also by what the first said already
    lab.say(2, &update(&[], &attributes(&[US + 2], HOP, &communities(5_000)), &nlri(7, None)));
    lab.settle();
    assert_eq!(lab.best(7), Some(2));
    // and when it has withdrawn it may say more
    (1..202).for_each(|net| drop(lab.say(1, &update(&nlri(net, None), &[], &[]))));
    lab.settle();
    assert!(lab.table.store.charge(1) < 1_000);
    lab.say(1, &update(&[], &attributes(&[US + 1], HOP, &communities(1)), &nlri(9, None)));
    assert_eq!(lab.counts(1).received, 2);
}

#[test]
fn withdrawals_of_what_was_never_told_leave_nothing() {
    let mut lab = Lab::new(1, &FamilyRules::default());
    let before = lab.table.memory();
    for block in 0..2_000_u32 {
        let one = |host: u32| [&[32][..], &(block << 9 | host).to_be_bytes()].concat();
        let withdrawn: Vec<u8> = (0..500).flat_map(one).collect();
        assert_eq!(lab.say(1, &update(&withdrawn, &[], &[])).withdrawn, 500);
    }
    lab.settle();
    assert_eq!(lab.table.memory(), before);
}

#[test]
fn what_flaps_while_somebody_does_not_read_costs_what_there_is() {
    let mut lab = Lab::new(1, &FamilyRules::default());
    let stuck = lab.table.open_reader(Family::IPV4).expect("a family that is there");
    let quick = lab.table.open_reader(Family::IPV4).expect("a family that is there");
    for round in 0..2_000_u32 {
        let net = (round % 7) as u8 + 1;
        lab.say(1, &said(net));
        lab.table.decide();
        lab.say(1, &update(&nlri(net, None), &[], &[]));
        lab.settle();
        lab.table.news(Family::IPV4, quick, 9);
        assert!(lab.table.v4.journal.len() <= 2 * 8 + 2, "{}", lab.table.v4.journal.len());
    }
    let gone = lab.table.news(Family::IPV4, stuck, usize::MAX).withdrawn;
    assert_eq!(gone.iter().collect::<BTreeSet<_>>().len(), 7);
    lab.settle();
    assert_eq!(lab.table.family_counts(Family::IPV4), (1, 1));
}

#[test]
fn aigp_counts_inside_our_as_alone() {
    let value = [&[1, 0, 11][..], &5_u64.to_be_bytes()].concat();
    let aigp = attribute(codes::OPTIONAL, codes::AIGP, &value);
    let holds = |takes_aigp| {
        let rules = FamilyRules { takes_aigp, ..FamilyRules::default() };
        let mut lab = Lab::new(1, &rules);
        lab.say(1, &update(&[], &attributes(&[US + 1], HOP, &aigp), &nlri(1, None)));
        let imported = lab.views(1)[0].imported.clone().unwrap_or_default();
        imported.windows(value.len()).any(|part| part == value)
    };
    assert!(!holds(None) && holds(Some(true)));
}
