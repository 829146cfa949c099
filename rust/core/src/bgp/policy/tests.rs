//! Parts of policies against slow models; what is remembered of sets that are gone.

use super::{
    Action, AsSet, Ask, Change, Number, Outcome, Policies, PrefixEntry, PrefixList, Program, Route,
    Statement,
};
use crate::addr::{Ip, Net};
use crate::bgp::attributes::{Draft, Store, codes};
use crate::bgp::peer::Relation;
use crate::bgp::table::Standing;

/// Numbers that look drawn, the same in every run.
fn drawn(state: &mut u64, below: u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % below
}

/// Of one family or the other; their ends are among them.
fn net(state: &mut u64, is_six: bool) -> Net {
    let fill = if drawn(state, 4) == 0 { u32::MAX } else { 0 };
    let address = (drawn(state, 4) as u32) << 30 | (drawn(state, 16) as u32) << 16 | fill >> 16;
    if is_six {
        let length = drawn(state, 129) as u8;
        let address = u128::from(address) << 96 | u128::from(fill);
        return Net::new(Ip::V6(address).masked(length), length).expect("a prefix");
    }
    let length = drawn(state, 33) as u8;
    Net::new(Ip::V4(address).masked(length), length).expect("a prefix")
}

#[test]
fn the_first_entry_that_means_a_prefix_decides() {
    let mut state = 1;
    for round in 0..400 {
        let is_six = round % 4 == 0;
        let width: u8 = if is_six { 128 } else { 32 };
        let count = drawn(&mut state, if round % 8 == 1 { 150 } else { 12 });
        let entries: Vec<PrefixEntry> = (0..count)
            .map(|_| {
                let net = net(&mut state, is_six);
                let least = net.len() + drawn(&mut state, u64::from(width + 1 - net.len())) as u8;
                let most = least + drawn(&mut state, u64::from(width + 1 - least)) as u8;
                PrefixEntry { net, least, most, permits: drawn(&mut state, 2) == 1 }
            })
            .collect();
        let list = PrefixList::new(&entries);
        for _ in 0..40 {
            let asked = net(&mut state, is_six);
            let meant = entries.iter().find(|one| {
                one.net.contains(asked) && one.least <= asked.len() && asked.len() <= one.most
            });
            assert_eq!(list.permits(asked), meant.is_some_and(|one| one.permits), "{entries:?}");
        }
    }
}

#[test]
fn ranges_of_as_numbers_may_meet_and_lie_inside_each_other() {
    let set = AsSet::new(vec![(10, 20), (21, 30), (5, 40), (50, 50), (9, 3), (u32::MAX, u32::MAX)]);
    let within: Vec<u32> =
        [4, 5, 40, 41, 50, 51, u32::MAX].into_iter().filter(|&one| set.contains(one)).collect();
    assert_eq!(within, [5, 40, 50, u32::MAX]);
    assert!(!AsSet::default().contains(0));
}

/// Subtracts where a prefix is inside of 10/8, and adds elsewhere.
fn program() -> Program {
    let inside = PrefixEntry {
        net: Net::new(Ip::V4(10 << 24), 8).expect("a prefix"),
        least: 8,
        most: 32,
        permits: true,
    };
    let list = std::sync::Arc::new(PrefixList::new(&[inside]));
    let by = |by| Action::Number(Number::Med, Change::By(by, 0));
    let statement = |place, asks, action| Statement {
        place,
        terms: Vec::new(),
        asks,
        actions: vec![action],
        outcome: Outcome::Accept,
    };
    let statements =
        vec![statement(0, vec![Ask::Prefix(list)], by(-1)), statement(1, Vec::new(), by(1))];
    Program::new(statements, false, 2)
}

#[test]
fn sets_that_are_made_are_held_by_their_users_alone() {
    let mut store = Store::new(1);
    let mut policies = Policies::default();
    policies.set(1, program());
    let standing = Standing { relation: Relation::External, router_id: 1, address: Ip::V4(1) };
    let inside = Net::new(Ip::V4(10 << 24), 16);
    let outside = Net::new(Ip::V4(11 << 24), 16);
    let med = |store: &Store, set| store.get(set).and_then(|set| set.summary.med());
    for round in 0..3_u32 {
        // another set has the number of the one before
        let mut draft = Draft::default();
        draft.set(codes::OPTIONAL, codes::MED, (5 + round).to_be_bytes().to_vec());
        let set = store.intern(&draft.bytes());
        for (net, wanted) in [(inside, 4), (outside, 6), (inside, 4)] {
            let route = Route { net, source: 1, standing: &standing };
            let answer = policies.judge(1, set, &route, &mut store);
            policies.count(1, answer.trail, 2);
            assert_eq!(med(&store, answer.set), Some(wanted + round));
            store.release(answer.set);
        }
        store.release(set);
        store.sweep();
        assert!(store.is_empty(), "nothing holds what was made");
    }
    assert_eq!(policies.take_hits(1), [12, 6, 0]);
    assert_eq!(policies.take_hits(1), [0, 0, 0]);
}

#[test]
fn a_policy_that_is_not_there_refuses() {
    let mut store = Store::new(1);
    let set = store.intern(&[]);
    let mut policies = Policies::default();
    let standing = Standing { relation: Relation::External, router_id: 1, address: Ip::V4(1) };
    let route = Route { net: None, source: 1, standing: &standing };
    for number in [-1, 0, 1, i32::MAX] {
        assert_eq!(policies.judge(number, set, &route, &mut store).set, 0);
        policies.count(number, 0, 1);
        policies.remove(number);
    }
}
