//! The tables against a slow model: a map of paths, one rule after the other.

use proptest::prelude::*;

use super::*;
use crate::bgp::paths::flags;
use crate::bgp::table::Action;
use crate::bgp::table::family::PATHS_MOST;

const PEERS: PeerId = 3;
const NETS: u8 = 6;
/// A next hop that comes and goes.
const OTHER: [u8; 4] = [10, 0, 0, 2];

#[derive(Clone, Debug)]
enum Act {
    /// Of a neighbour: a prefix, a path identifier, one of `variant`.
    Say(PeerId, u8, u32, u8),
    Unsay(PeerId, u8, u32),
    Close(PeerId, bool),
    Refresh(PeerId),
    DropStale(PeerId),
    KeepLong(PeerId),
    Refeed(PeerId),
    Hop(bool),
    Work(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let peer = || 1..=PEERS;
    prop_oneof![
        10 => (peer(), 0..NETS, 0_u32..3, 0_u8..6).prop_map(|(a, b, c, d)| Act::Say(a, b, c, d)),
        4 => (peer(), 0..NETS, 0_u32..3).prop_map(|(a, b, c)| Act::Unsay(a, b, c)),
        1 => (peer(), any::<bool>()).prop_map(|(a, b)| Act::Close(a, b)),
        1 => peer().prop_map(Act::Refresh),
        1 => peer().prop_map(Act::DropStale),
        1 => peer().prop_map(Act::KeepLong),
        1 => peer().prop_map(Act::Refeed),
        1 => any::<bool>().prop_map(Act::Hop),
        4 => (1_usize..4).prop_map(Act::Work),
    ]
}

/// Attributes: plain, longer, looped, not to be kept long, by the other next hop, already stale.
fn variant(peer: PeerId, kind: u8) -> Vec<u8> {
    let first = US + u32::from(peer);
    let community = |last: u8| {
        let flags = codes::OPTIONAL | codes::TRANSITIVE;
        attribute(flags, codes::COMMUNITIES, &[0xff, 0xff, 0, last])
    };
    match kind {
        1 => attributes(&[first, 1, 2], HOP, &[]),
        2 => attributes(&[first, US], HOP, &[]),
        3 => attributes(&[first], HOP, &community(7)),
        4 => attributes(&[first], OTHER, &[]),
        5 => attributes(&[first], HOP, &community(6)),
        _ => attributes(&[first], HOP, &[]),
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Held {
    kind: u8,
    is_stale: bool,
    is_long: bool,
}

#[derive(Default)]
struct Model {
    paths: BTreeMap<(u8, PeerId, u32), Held>,
    reaches_other: bool,
}

impl Model {
    fn close(&mut self, peer: PeerId, keeps: bool) {
        self.paths.retain(|&(_, of, _), held| of != peer || keeps && !held.is_stale);
        self.mark(peer);
    }

    fn mark(&mut self, peer: PeerId) {
        let mine = self.paths.iter_mut().filter(|((_, of, _), _)| *of == peer);
        mine.for_each(|(_, held)| held.is_stale = true);
    }

    fn keep_long(&mut self, peer: PeerId) {
        self.paths.retain(|&(_, of, _), held| of != peer || !held.is_stale || held.kind != 3);
        let mine = self.paths.iter_mut().filter(|((_, of, _), _)| *of == peer);
        mine.for_each(|(_, held)| held.is_long |= held.is_stale);
    }

    fn best(&self, net: u8) -> Option<PeerId> {
        let of_net = self.paths.iter().filter(|((of, ..), _)| *of == net);
        let usable = of_net.filter(|(_, held)| match held.kind {
            2 => false,
            4 => self.reaches_other,
            _ => true,
        });
        let order = |&(&(_, peer, id), held): &(&(u8, PeerId, u32), &Held)| {
            let length = if held.kind == 1 { 3 } else { 1 };
            (held.is_long || held.kind == 5, length, peer, id)
        };
        usable.min_by_key(order).map(|((_, peer, _), _)| *peer)
    }

    fn is_refused(held: &Held) -> bool {
        held.kind == 2
    }
}

struct Both {
    lab: Lab,
    model: Model,
    reader: u32,
    followed: BTreeMap<crate::addr::Net, PeerId>,
}

impl Both {
    fn new() -> Self {
        let mut lab = Lab::new(PEERS, &FamilyRules::default());
        let reader = lab.table.open_reader(Family::IPV4).expect("a family that is there");
        lab.table.close_session(1, &[]);
        lab.settle();
        (1..=PEERS).for_each(|peer| lab.table.open_session(peer, agreed(true)));
        // something of our own that nobody else says rests on both next hops, so that they stay
        let key = || vec![Key::V4(net(200))];
        lab.table.originate(Family::IPV4, key(), &variant(1, 4), 1, 0);
        lab.table.originate(Family::IPV4, key(), &variant(1, 0), 2, 0);
        lab.table.set_next_hop(&HOP, Some(0));
        Self { lab, model: Model::default(), reader, followed: BTreeMap::new() }
    }

    fn step(&mut self, act: &Act) {
        let Self { lab, model, .. } = self;
        let table = &mut lab.table;
        let sweep = |table: &mut Table, peer, action| {
            table.sweep(Family::IPV4, Some(peer), action);
        };
        match *act {
            Act::Say(peer, net, id, kind) => {
                let octets = update(&[], &variant(peer, kind), &nlri(net, Some(id)));
                assert_eq!(lab.say(peer, &octets).announced, 1);
                let held = Held { kind, is_stale: false, is_long: false };
                model.paths.insert((net, peer, id), held);
            }
            Act::Unsay(peer, net, id) => {
                lab.say(peer, &update(&nlri(net, Some(id)), &[], &[]));
                model.paths.remove(&(net, peer, id));
            }
            Act::Close(peer, keeps) => {
                table.close_session(peer, if keeps { &[Family::IPV4] } else { &[] });
                table.open_session(peer, agreed(true));
                model.close(peer, keeps);
            }
            Act::Refresh(peer) => {
                let is_refresh = |one: &super::super::Sweep| {
                    one.peer == Some(peer) && matches!(one.action, Action::Refresh { .. })
                };
                if !table.sweeps().any(is_refresh) {
                    model.mark(peer);
                }
                table.begin_refresh(peer, Family::IPV4);
            }
            Act::DropStale(peer) => {
                sweep(table, peer, Action::DropStale);
                model.paths.retain(|&(_, of, _), held| of != peer || !held.is_stale);
            }
            Act::KeepLong(peer) => {
                sweep(table, peer, Action::LongLived);
                // what is said from now on is not meant, so it must not wait
                lab.settle();
                model.keep_long(peer);
            }
            Act::Refeed(peer) => sweep(table, peer, Action::Refeed),
            Act::Hop(is_there) => {
                table.set_next_hop(&OTHER, is_there.then_some(0));
                model.reaches_other = is_there;
            }
            Act::Work(budget) => {
                table.work(budget);
                table.decide();
                table.trim();
                self.follow(2);
            }
        }
    }

    fn follow(&mut self, limit: usize) {
        let news = self.lab.table.news(Family::IPV4, self.reader, limit);
        for net in news.withdrawn {
            self.followed.remove(&net);
        }
        for (group, nets) in news.announced {
            self.followed.extend(nets.into_iter().map(|net| (net, group.peer)));
        }
    }

    fn check(&mut self) {
        self.lab.settle();
        self.follow(usize::MAX);
        self.lab.settle();
        let Self { lab, model, followed, .. } = self;
        let mut count = 0;
        for number in 0..NETS {
            let held: Vec<_> = lab
                .views(number)
                .iter()
                .map(|view| {
                    let is_stale = view.flags & flags::STALE != 0;
                    let is_long = view.flags & flags::LONG_LIVED_STALE != 0;
                    let is_refused = view.flags & flags::REFUSED != 0;
                    (view.peer, view.path_id, is_stale, is_long, is_refused)
                })
                .collect();
            let of_net = model.paths.iter().filter(|((net, ..), _)| *net == number);
            let wanted: Vec<_> = of_net
                .map(|(&(_, peer, id), one)| {
                    (peer, id, one.is_stale, one.is_long, Model::is_refused(one))
                })
                .collect();
            assert_eq!(held, wanted, "10.{number}.0.0/16");
            assert_eq!(lab.best(number), model.best(number), "10.{number}.0.0/16: {held:?}");
            let prefix = net(number).net().expect("a prefix");
            assert_eq!(followed.get(&prefix).copied(), model.best(number), "what was told");
            count += usize::from(!held.is_empty());
        }
        for peer in 1..=PEERS {
            let mine = model.paths.iter().filter(|((_, of, _), _)| *of == peer);
            let accepted = mine.clone().filter(|(_, held)| !Model::is_refused(held)).count();
            let wanted = FamilyCounts { received: mine.count(), accepted, blocked: 0 };
            assert_eq!(lab.counts(peer), wanted);
        }
        let paths = model.paths.len() + 2;
        assert_eq!(lab.table.family_counts(Family::IPV4), (count + 1, paths));
        assert!(lab.table.store.len() <= usize::from(PEERS) * 6 + 2);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_happens_the_tables_hold_what_a_map_of_paths_holds(
        acts in prop::collection::vec(act(), 1..80),
    ) {
        const { assert!(PATHS_MOST > 3) };
        let mut both = Both::new();
        for (act, number) in acts.iter().zip(0..) {
            both.step(act);
            if number % 16 == 15 {
                both.check();
            }
        }
        both.check();
        (1..=PEERS).for_each(|peer| both.step(&Act::Close(peer, false)));
        both.check();
        prop_assert_eq!(both.lab.table.family_counts(Family::IPV4), (1, 2));
    }
}
