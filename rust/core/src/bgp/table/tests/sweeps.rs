//! What is done to whole tables in slices, while neighbours go on talking.

use super::*;
use crate::bgp::paths::flags;
use crate::bgp::table::Action;

fn said(net: u8) -> Vec<u8> {
    update(&[], &attributes(&[US + 1], HOP, &[]), &nlri(net, None))
}

/// A neighbour that told prefixes 0 to 8, everybody at rest.
fn told() -> Lab {
    let mut lab = Lab::new(2, &FamilyRules::default());
    (1..9).for_each(|net| drop(lab.say(1, &said(net))));
    lab.settle();
    lab
}

fn held(lab: &Lab) -> Vec<u8> {
    (0..9).filter(|&net| !lab.views(net).is_empty()).collect()
}

#[test]
fn what_comes_again_after_a_refresh_began_stays() {
    let mut lab = told();
    lab.table.begin_refresh(1, Family::IPV4);
    [2, 5, 8].into_iter().for_each(|net| drop(lab.say(1, &said(net))));
    lab.table.begin_refresh(1, Family::IPV4); // not gone through yet: the same one
    lab.table.work(4);
    lab.say(1, &said(6));
    lab.table.sweep(Family::IPV4, Some(1), Action::DropStale);
    lab.settle();
    assert_eq!(held(&lab), [2, 5, 6, 8]);
    assert_eq!((lab.counts(1).received, lab.counts(1).accepted), (4, 4));
}

#[test]
fn what_comes_again_as_it_was_is_no_news() {
    let mut lab = told();
    let reader = lab.table.open_reader(Family::IPV4).expect("a family that is there");
    lab.table.close_session(1, &[Family::IPV4]);
    lab.settle();
    assert!(lab.views(3).iter().all(|view| view.flags & flags::STALE != 0));
    lab.table.open_session(1, agreed(false));
    (0..9).for_each(|net| drop(lab.say(1, &said(net))));
    lab.table.sweep(Family::IPV4, Some(1), Action::DropStale);
    lab.settle();
    assert_eq!(held(&lab).len(), 9);
    assert!(lab.views(3).iter().all(|view| view.flags & flags::STALE == 0));
    let news = lab.table.news(Family::IPV4, reader, usize::MAX);
    assert!(news.announced.is_empty() && news.withdrawn.is_empty(), "{news:?}");
}

#[test]
fn what_is_stale_twice_is_gone() {
    let mut lab = told();
    lab.table.close_session(1, &[Family::IPV4]);
    lab.table.open_session(1, agreed(false));
    [1, 2].into_iter().for_each(|net| drop(lab.say(1, &said(net))));
    lab.table.close_session(1, &[Family::IPV4]);
    lab.settle();
    assert_eq!(held(&lab), [1, 2]);
}

#[test]
fn what_is_stale_for_long_is_the_last_choice() {
    let mut lab = told();
    lab.say(2, &update(&[], &attributes(&[US + 2, 7, 8], HOP, &[]), &nlri(3, None)));
    let none =
        attribute(codes::OPTIONAL | codes::TRANSITIVE, codes::COMMUNITIES, &[0xff, 0xff, 0, 7]);
    lab.say(1, &update(&[], &attributes(&[US + 1], HOP, &none), &nlri(4, None)));
    lab.settle();
    assert_eq!(lab.best(3), Some(1));
    lab.table.close_session(1, &[Family::IPV4]);
    lab.settle();
    assert_eq!(lab.best(3), Some(1), "stale, and as good as before (RFC 4724 4.2)");
    lab.table.sweep(Family::IPV4, Some(1), Action::LongLived);
    lab.settle();
    assert_eq!((lab.best(3), lab.best(5)), (Some(2), Some(1)));
    assert!(lab.views(4).is_empty(), "NO_LLGR (RFC 9494 4.2)");
}

#[test]
fn a_community_tells_that_others_hold_it_stale_for_long() {
    let mut lab = told();
    let stale =
        attribute(codes::OPTIONAL | codes::TRANSITIVE, codes::COMMUNITIES, &[0xff, 0xff, 0, 6]);
    lab.say(2, &update(&[], &attributes(&[US + 2, 7, 8], HOP, &[]), &nlri(3, None)));
    lab.say(1, &update(&[], &attributes(&[US + 1], HOP, &stale), &nlri(3, None)));
    lab.settle();
    assert_eq!(lab.best(3), Some(2));
}

#[test]
fn next_hops_that_change_at_once_are_one_sweep_a_family() {
    let mut lab = told();
    for last in 10..200 {
        let hop = [10, 0, 0, last];
        lab.say(1, &update(&[], &attributes(&[US + 1], hop, &[]), &nlri(1, None)));
        lab.say(1, &update(&[], &attributes(&[US + 1], hop, &[]), &nlri(2, None)));
        lab.table.set_next_hop(&hop, Some(5));
    }
    assert!(lab.table.sweeps().count() <= 4, "{}", lab.table.sweeps().count());
    lab.settle();
    assert_eq!((lab.best(1), lab.table.sweeps().count()), (Some(1), 0));
    lab.table.set_next_hop(&[10, 0, 0, 199], None);
    lab.settle();
    assert_eq!((lab.best(1), lab.best(3)), (None, Some(1)));
}

#[test]
fn a_path_beside_the_best_that_goes_is_news() {
    let mut lab = told();
    lab.table.rules.multipath_external = 2;
    lab.table.rules.multipath_relaxed = true;
    let hop = [10, 0, 0, 2];
    lab.say(2, &update(&[], &attributes(&[US + 2], hop, &[]), &nlri(1, None)));
    lab.table.set_next_hop(&hop, Some(0));
    let reader = lab.table.open_reader(Family::IPV4).expect("a family that is there");
    let hops = |lab: &mut Lab| {
        let news = lab.table.news(Family::IPV4, reader, usize::MAX);
        news.announced.iter().map(|(group, nets)| (group.next_hops.len(), nets.len())).collect()
    };
    lab.settle();
    let found: Vec<_> = hops(&mut lab);
    assert_eq!(found, [(2, 1)]);
    lab.say(2, &update(&nlri(1, None), &[], &[]));
    lab.settle();
    let found: Vec<_> = hops(&mut lab);
    assert_eq!(found, [(1, 1)]);
}

#[test]
fn who_withdraws_before_it_was_decided_is_told_of() {
    let mut lab = told();
    let reader = lab.table.open_reader(Family::IPV4).expect("a family that is there");
    lab.say(1, &update(&[], &attributes(&[US + 1, 4], HOP, &[]), &nlri(3, None)));
    lab.settle();
    assert_eq!(lab.table.news(Family::IPV4, reader, 9).announced.len(), 1);
    lab.say(1, &update(&nlri(3, None), &[], &[]));
    lab.table.trim();
    lab.settle();
    assert_eq!(lab.table.news(Family::IPV4, reader, 9).withdrawn.len(), 1);
    let (prefixes, paths) = lab.table.family_counts(Family::IPV4);
    assert_eq!((prefixes, paths), (9, 8), "its number is held until that was forgotten");
    lab.settle();
    assert_eq!(lab.table.family_counts(Family::IPV4), (8, 8));
}
