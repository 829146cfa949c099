//! The store against a model that a child can read: maps, everything computed anew each time.

use std::collections::{BTreeMap, HashMap};

use super::{Changes, Held, Kind, Moves, Stop, Store};
use crate::addr::{Ip, Net};
use crate::dice::Dice;

const SOURCES: u32 = 3;
const PATHS: u32 = 12; // path p is of source p % 3
const WITHDRAWAL: u32 = 1 << 31;

/// Candidates in order of rank, which here is that of their numbers, with their instants.
type Candidates = Vec<(u32, u64)>;

#[derive(Clone, Default)]
struct Model(BTreeMap<Net, Candidates>);

impl Model {
    fn apply(&mut self, net: Net, operation: u32, since: u64) {
        let held = self.0.remove(&net).unwrap_or_default();
        let source = operation & !WITHDRAWAL;
        let mut left = held.clone();
        if operation & WITHDRAWAL != 0 {
            left.retain(|(path, _)| path % SOURCES != source);
        } else if !held.iter().any(|&(path, _)| path == operation) {
            left.retain(|(path, _)| path % SOURCES != operation % SOURCES);
            left.push((operation, since));
            left.sort_unstable();
        }
        if !left.is_empty() {
            self.0.insert(net, left);
        }
    }

    fn best(&self, net: Net) -> Option<(u32, u64)> {
        self.0.get(&net).map(|held| held[0])
    }
}

/// What an operation makes of paths: the rule that Python has otherwise.
fn after(paths: &[u32], operation: u32) -> Vec<u32> {
    let mut model = Model::default();
    let net = Net::host(Ip::V4(0));
    model.0.insert(net, paths.iter().map(|&path| (path, 0)).collect());
    model.apply(net, operation, 0);
    model.0.remove(&net).unwrap_or_default().into_iter().map(|(path, _)| path).collect()
}

fn filled() -> Store {
    let mut store = Store::default();
    (0..PATHS).for_each(|path| store.set_path(path, path % SOURCES, u64::from(path / 5)));
    store
}

fn run(store: &mut Store, mut moves: Moves) {
    loop {
        match store.run(&mut moves) {
            Stop::Done => return,
            Stop::Unknown { group, operation } => {
                let paths = after(&store.paths(group), operation);
                let to = store.group(&paths).expect("all paths are known");
                assert!(store.teach(group, operation, to));
            }
            Stop::Full => panic!("the table is far from full"),
        }
    }
}

fn net(dice: &mut Dice) -> Net {
    let lens = [0, 8, 16, 17, 24, 32];
    let len = lens[dice.below(6) as usize];
    if dice.below(2) == 0 {
        let address = (10 << 24) | (dice.below(3) << 16) | (dice.below(3) << 8) | dice.below(2);
        Net::new(Ip::V4(address as u32), len).unwrap()
    } else {
        let address = (0x2001 << 112) | (u128::from(dice.below(3)) << 96);
        Net::new(Ip::V6(address), len * 2).unwrap()
    }
}

fn random_moves(dice: &mut Dice, now: u64) -> Moves {
    let count = dice.below(6) as usize;
    let nets: Vec<Net> = (0..count).map(|_| net(dice)).collect();
    let mut operation = || match dice.below(3) {
        0 => WITHDRAWAL | dice.below(u64::from(SOURCES)) as u32,
        _ => dice.below(u64::from(PATHS)) as u32,
    };
    let is_one = count == 0 || operation() % 2 == 0;
    let operations =
        if is_one { vec![operation()] } else { nets.iter().map(|_| operation()).collect() };
    let since = if is_one { vec![now] } else { (0..count as u64).map(|at| now + at).collect() };
    Moves { nets, operations, since, done: 0 }
}

/// Tell the model; gives the prefixes whose candidates were changed, as often as they were.
fn tell(model: &mut Model, moves: &Moves) -> Vec<Net> {
    let mut moved = Vec::new();
    for (at, &net) in moves.nets.iter().enumerate() {
        let before = model.0.get(&net).cloned();
        let operation = *moves.operations.get(at).unwrap_or(&moves.operations[0]);
        model.apply(net, operation, *moves.since.get(at).unwrap_or(&moves.since[0]));
        if model.0.get(&net) != before.as_ref() {
            moved.push(net);
        }
    }
    moved
}

fn check(store: &Store, model: &Model, probe: Net) {
    assert_eq!(store.len(), model.0.len());
    assert_eq!(store.is_empty(), model.0.is_empty());
    let held: Vec<Held> = everything().iter().flat_map(|&all| store.walk(all, None, 999)).collect();
    assert!(held.iter().map(|held| &held.0).eq(model.0.keys()));
    let mut groups: BTreeMap<Vec<u32>, Vec<Net>> = BTreeMap::new();
    for (&net, group) in held.iter().map(|(net, group)| (net, *group)) {
        let wanted = &model.0[&net];
        let paths: Vec<u32> = wanted.iter().map(|&(path, _)| path).collect();
        assert_eq!((store.get(net), store.paths(group)), (group, paths.clone()));
        for &(path, since) in wanted {
            assert_eq!(store.since(net, path), Some(since));
            assert!(store.groups_of(path).contains(&group));
        }
        groups.entry(paths).or_default().push(net);
    }
    assert_eq!(store.group_count(), groups.len());
    assert_eq!(store.groups().len(), groups.len());
    for (paths, nets) in &groups {
        let group = store.get(nets[0]);
        let members: Vec<Net> = store.members(&[group]).into_iter().map(|held| held.0).collect();
        assert_eq!(&members, nets, "of {paths:?}");
        assert_eq!(store.count(group) as usize, nets.len());
    }
    for source in 0..SOURCES {
        let all = model.0.values().flatten();
        let wanted = all.filter(|(path, _)| path % SOURCES == source).count();
        assert_eq!(store.count_of_source(source), wanted as u64);
    }
    let around: Vec<Net> = model.0.keys().copied().filter(|net| net.contains(probe)).collect();
    assert_eq!(store.covering(probe).into_iter().map(|held| held.0).collect::<Vec<_>>(), around);
    for within in everything().into_iter().chain([probe]) {
        let later = held.iter().filter(|held| within.contains(held.0) && held.0 > probe);
        let wanted: Vec<Held> = later.take(3).copied().collect();
        assert_eq!(store.walk(within, Some(probe), 3), wanted);
    }
}

fn everything() -> [Net; 2] {
    [Ip::V4(0), Ip::V6(0)].map(|ip| Net::new(ip, 0).expect("0 bits fit"))
}

/// Tell changes as Python does: the best path of a group is its first.
fn changes(store: &mut Store, single: Option<Net>) -> Changes {
    let best = |store: &Store, group: u32| store.paths(group).first().copied();
    let mut kinds: Vec<Kind> = Vec::new();
    let mut of_pairs = Vec::new();
    for (was, is) in store.pairs() {
        let kind = (best(store, was), best(store, is));
        of_pairs.push((kind.0 != kind.1).then(|| {
            kinds.push(kind);
            kinds.len() as u32 - 1
        }));
    }
    let singles: HashMap<Net, Option<u32>> = single.map(|net| (net, None)).into_iter().collect();
    store.changes(&kinds, &of_pairs, &[], &singles)
}

#[test]
fn random_batches_leave_what_the_model_has_and_tell_what_changed() {
    for seed in 0..60 {
        let mut dice = Dice(seed);
        let (mut store, mut model) = (filled(), Model::default());
        for round in 1..60 {
            let before = model.clone();
            let mut order: Vec<Net> = Vec::new();
            for _ in 0..=dice.below(2) {
                let moves = random_moves(&mut dice, 1000 * round);
                order.extend(tell(&mut model, &moves));
                run(&mut store, moves);
            }
            let paths_used = |model: &Model| -> Vec<bool> {
                let used = |path| model.0.values().flatten().any(|&(held, _)| held == path);
                (0..PATHS).map(used).collect()
            };
            let turnover = store.commit();
            let (was, is) = (paths_used(&before), paths_used(&model));
            for path in 0..PATHS {
                let at = path as usize;
                assert_eq!(turnover.used.contains(&path), !was[at] && is[at]);
                assert_eq!(turnover.unused.contains(&path), was[at] && !is[at]);
            }
            assert!(turnover.came.iter().all(|&group| store.count(group) > 0));
            assert!(turnover.went.iter().all(|&group| store.count(group) == 0));
            for &net in before.0.keys() {
                let wanted: Vec<u32> = before.0[&net].iter().map(|held| held.0).collect();
                assert_eq!(store.paths(store.before(&[net])[0]), wanted);
            }
            let told = changes(&mut store, None);
            let mut seen: HashMap<Net, (u64, u64)> = HashMap::new();
            for at in 0..told.len() {
                let (net, _, was, is) = told.row(at).unwrap();
                assert_eq!(seen.insert(net, (was, is)), None, "each prefix once");
            }
            for &net in before.0.keys().chain(model.0.keys()) {
                let (was, is) = (before.best(net), model.best(net));
                let since = |held: Option<(u32, u64)>| held.map_or(0, |held| held.1);
                let differs = was.map(|held| held.0) != is.map(|held| held.0);
                assert_eq!(seen.get(&net).copied(), differs.then(|| (since(was), since(is))));
            }
            let places: Vec<_> =
                told.nets.iter().map(|net| order.iter().position(|o| o == net)).collect();
            assert!(places.is_sorted(), "in the order of the batch");
            if let Some(&first) = told.nets.first() {
                assert_eq!(changes(&mut store, Some(first)).len(), told.len() - 1);
            }
            let probe = net(&mut dice);
            let host = Net::host(probe.ip());
            for at_least in [0, 1, 17] {
                let moved = order.iter().any(|net| net.contains(host) && net.len() >= at_least);
                assert_eq!(store.concerns(probe.ip(), at_least), moved);
            }
            store.finish();
            check(&store, &model, probe);
            assert!(!store.concerns(probe.ip(), 0), "the batch is over");
        }
    }
}

#[test]
fn members_of_groups_that_use_something_else_are_told_behind_the_batch_in_order() {
    let mut store = filled();
    let nets: Vec<Net> =
        [3, 1, 2].map(|at| Net::new(Ip::V4(at << 24), 8).unwrap()).into_iter().collect();
    run(&mut store, Moves { nets: nets.clone(), operations: vec![4], since: vec![7], done: 0 });
    store.commit();
    store.finish();
    let group = store.get(nets[0]);
    run(&mut store, Moves { nets: vec![nets[2]], operations: vec![5], since: vec![9], done: 0 });
    store.commit();
    assert_eq!(store.pairs().len(), 1);
    let kinds = [(Some(4), Some(5)), (Some(4), None)];
    let told = store.changes(&kinds, &[Some(0)], &[(group, 1)], &HashMap::new());
    let rows: Vec<_> = (0..told.len()).map(|at| told.row(at).unwrap()).collect();
    assert_eq!(rows, [(nets[2], 0, 7, 9), (nets[1], 1, 7, 0), (nets[0], 1, 7, 0)]);
    assert_eq!(told.counts(2), [1, 2]);
    assert_eq!(told.split(2), [(0, vec![nets[2]]), (1, vec![nets[1], nets[0]])]);
    assert_eq!(told.select(&[None, Some(0)]).nets, [nets[1], nets[0]]);
    let twice = told.joined(&told, 2);
    assert_eq!((twice.len(), twice.kinds), (6, vec![0, 1, 1, 2, 3, 3]));
}

#[test]
fn paths_are_found_by_their_hash_until_they_are_dropped() {
    let mut store = filled();
    let mut found = store.paths_like(1);
    found.sort_unstable();
    assert_eq!(found, [5, 6, 7, 8, 9]);
    store.drop_path(7);
    assert!(!store.paths_like(1).contains(&7));
    store.set_path(7, 0, 2);
    assert!(store.paths_like(2).contains(&7));
    store.drop_path(PATHS + 9);
}

#[test]
fn what_is_not_known_is_refused() {
    let mut store = filled();
    assert_eq!(store.group(&[PATHS]), None);
    assert!(!store.teach(0, 0, 99));
    assert_eq!((store.paths(99), store.count(99)), (vec![], 0));
    let mut moves =
        Moves { nets: vec![Net::host(Ip::V4(1))], operations: vec![], since: vec![], done: 0 };
    assert_eq!(store.run(&mut moves), Stop::Done);
    assert!(store.is_empty());
}

#[test]
fn a_prefix_costs_little_whether_neighbours_are_many_or_none() {
    for (spread, most) in [(1u32, 60), (997, 220)] {
        let mut store = filled();
        let count = 100_000;
        let nets = (0..count).map(|at| Net::new(Ip::V4((at * spread) << 8), 24).unwrap()).collect();
        run(&mut store, Moves { nets, operations: vec![0], since: vec![1], done: 0 });
        store.commit();
        store.finish();
        let (v4, v6, groups) = store.memory();
        assert_eq!(store.len(), count as usize);
        let each = (v4 + v6 + groups) / count as usize;
        assert!(each < most, "{each} bytes");
    }
}
