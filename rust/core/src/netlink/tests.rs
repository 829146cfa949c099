//! The ledger against kernels that obey, refuse, fall silent or cannot be reached.

use std::collections::{BTreeMap, VecDeque};
use std::io;

use super::dump::{Dump, route};
use super::format::Format;
use super::wire::{self, Builder, attributes, messages};
use super::{Answer, Ledger, Malformed, NONE, OTHER, Phase, Port, Way, answer, sync};
use crate::addr::{Ip, Net};
use crate::dice::Dice;

const FORMAT: Format = Format { protocol: 70, table: 1000, metric: 20 };
const EEXIST: u16 = 17;
const ESRCH: u16 = 3;

/// A kernel in memory: the number of the way that each prefix has.
#[derive(Default)]
struct Kernel {
    routes: BTreeMap<Net, u32>,
    /// Prefixes that somebody else has.
    foreign: Vec<Net>,
    queue: VecDeque<Vec<u8>>,
    datagram: Vec<u8>,
    next: u32,
    /// How many answers fit; what is beyond is lost, and one call says so.
    room: Option<usize>,
    lost: bool,
    /// After so many calls nothing can be sent.
    calls: Option<usize>,
    sent: usize,
}

fn ended(message: &super::Message<'_>, errno: u16, words: &str) -> Vec<u8> {
    let mut out = Builder::default();
    let flags = if words.is_empty() { 0x100 } else { 0x300 };
    out.open(wire::ERROR, flags, message.sequence);
    out.put(&(-i32::from(errno)).to_ne_bytes());
    out.put(&[0; 16]);
    if !words.is_empty() {
        out.attribute(1, words.as_bytes());
    }
    out.close();
    out.bytes().to_vec()
}

impl Kernel {
    fn carry_out(&mut self, message: &super::Message<'_>) -> (u16, &'static str) {
        let found = route(message).unwrap().unwrap();
        assert_eq!((found.protocol, found.table, found.metric), (70, 1000, 20));
        let number = attributes(&message.body[12..]).flatten().last().unwrap().1;
        let number = u32::from_ne_bytes(number.try_into().unwrap());
        let is_there = self.routes.contains_key(&found.net);
        if message.kind == wire::DEL_ROUTE {
            return if self.routes.remove(&found.net).is_some() { (0, "") } else { (ESRCH, "") };
        }
        if self.foreign.contains(&found.net) {
            return (EEXIST, "not yours");
        }
        if message.flags & wire::EXCLUSIVE != 0 && is_there {
            return (EEXIST, "");
        }
        self.routes.insert(found.net, number);
        (0, "")
    }

    /// What a dump would give, with ways as tails.
    fn dump(&self) -> (Dump, Vec<u32>) {
        let mut dump = Dump::default();
        let mut out = Builder::default();
        for (net, number) in &self.routes {
            write(&mut out, *net, &way(*number));
        }
        assert_eq!(dump.take(out.bytes(), 7, &FORMAT), Ok(None));
        let ways = dump.tails().iter().map(|tail| {
            let number = attributes(&tail[8..]).flatten().last().unwrap().1;
            u32::from_ne_bytes(number.try_into().unwrap())
        });
        let ways = ways.collect();
        (dump, ways)
    }
}

fn write(out: &mut Builder, net: Net, way: &Way) {
    match super::key::Either::from(net) {
        super::key::Either::V4(key) => {
            FORMAT.route(out, (wire::NEW_ROUTE, 0, 7), key, Some(way));
        }
        super::key::Either::V6(key) => {
            FORMAT.route(out, (wire::NEW_ROUTE, 0, 7), key, Some(way));
        }
    }
}

impl Port for Kernel {
    fn sequence(&mut self, n: u32) -> u32 {
        self.next = self.next.wrapping_add(n);
        self.next.wrapping_sub(n)
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.calls == Some(self.sent) {
            return Err(io::ErrorKind::NetworkDown.into());
        }
        self.sent += 1;
        for message in messages(bytes) {
            let message = message.unwrap();
            let (errno, words) = self.carry_out(&message);
            if errno != 0 || message.flags & wire::ACK != 0 {
                if self.room.is_some_and(|room| self.queue.len() >= room) {
                    self.lost = true;
                } else {
                    self.queue.push_back(ended(&message, errno, words));
                }
            }
        }
        Ok(())
    }

    fn receive(&mut self) -> io::Result<&[u8]> {
        if std::mem::take(&mut self.lost) {
            return Err(io::Error::from_raw_os_error(105));
        }
        self.datagram = self.queue.pop_front().ok_or(io::ErrorKind::WouldBlock)?;
        Ok(&self.datagram)
    }
}

fn way(number: u32) -> Way {
    let mut out = Builder::default();
    out.attribute(30, &number.to_ne_bytes());
    Way { kind: 1, scope: 0, flags: 0, attributes: out.bytes().to_vec() }
}

fn ledger() -> Ledger {
    let mut ledger = Ledger::default();
    (1..=5).for_each(|number| assert!(ledger.set_way(number, Some(way(number)))));
    ledger
}

fn net(at: u64) -> Net {
    let ip =
        if at.is_multiple_of(3) { Ip::V6(u128::from(at) << 64) } else { Ip::V4((at as u32) << 12) };
    Net::new(ip, if at.is_multiple_of(3) { 64 } else { 20 }).unwrap()
}

fn both(kernel: &mut Kernel, ledger: &mut Ledger) -> [super::Tally; 2] {
    [Phase::Puts, Phase::Drops]
        .map(|phase| sync(kernel, ledger, &FORMAT, phase, usize::MAX).unwrap())
}

/// The counts are what a recount of the entries gives.
fn recounted(ledger: &Ledger) {
    let entries: Vec<_> = ledger.entries().collect();
    let count = |test: &dyn Fn(u32, u32) -> bool| {
        entries.iter().filter(|entry| test(entry.1, entry.2)).count() as u64
    };
    let (wanted, held, _, spared) = ledger.counts();
    assert_eq!(wanted, count(&|want, _| want != NONE && want != OTHER));
    assert_eq!(held, count(&|_, held| held != NONE));
    assert_eq!(spared, count(&|want, _| want == OTHER));
    for number in 1..=5 {
        let expected = (count(&|want, _| want == number), count(&|_, held| held == number));
        assert_eq!(ledger.uses(number), expected);
    }
    assert!(entries.iter().all(|entry| entry.1 != NONE || entry.2 != NONE));
}

#[test]
fn whatever_is_wanted_in_whatever_batches_the_kernel_has_it() {
    let mut dice = Dice(1);
    let (mut kernel, mut ledger) = (Kernel::default(), ledger());
    let mut wanted: BTreeMap<Net, u32> = BTreeMap::new();
    for round in 0..60 {
        let many = [3, 500, 20_000][round % 3];
        if round % 5 == 4 {
            let first = dice.below(10_000);
            let mut nets: Vec<Net> = (first..first + many).map(net).collect();
            if round % 2 == 0 {
                nets.sort_unstable(); // else the families take turns
            }
            let number = dice.below(6) as u32;
            ledger.want_many(&nets, number);
            wanted.extend(nets.into_iter().map(|net| (net, number)));
        } else {
            for _ in 0..many {
                let (net, number) = (net(dice.below(30_000)), dice.below(6) as u32);
                ledger.want(net, number);
                wanted.insert(net, number);
            }
        }
        wanted.retain(|_, number| *number != NONE);
        both(&mut kernel, &mut ledger);
        assert!(kernel.routes == wanted, "round {round}");
        assert!(ledger.entries().all(|(_, want, held)| want == held));
        recounted(&ledger);
        let again = both(&mut kernel, &mut ledger);
        assert_eq!(again, [super::Tally::default(); 2]);
    }
}

#[test]
fn what_is_refused_is_told_with_the_kernels_words_and_not_tried_again_unasked() {
    let (mut kernel, mut ledger) = (Kernel::default(), ledger());
    kernel.foreign = (0..100).step_by(7).map(net).collect();
    (0..100).for_each(|at| ledger.want(net(at), 1));
    let [puts, _] = both(&mut kernel, &mut ledger);
    assert_eq!((puts.added, puts.refused, puts.surprises), (85, 15, 15));
    let mut refused: Vec<Net> = ledger.refusals().map(|(net, _)| net).collect();
    refused.sort_unstable();
    kernel.foreign.sort_unstable();
    assert_eq!(refused, kernel.foreign);
    let state = ledger.state(net(7)).unwrap();
    assert_eq!((state.want, state.held), (1, NONE));
    assert_eq!(ledger.words(state.refused.unwrap().words), "not yours");
    assert_eq!(both(&mut kernel, &mut ledger), [super::Tally::default(); 2]);
    kernel.foreign.clear();
    ledger.retry_one(net(7));
    assert_eq!(both(&mut kernel, &mut ledger)[0].added, 1);
    ledger.retry();
    assert_eq!(both(&mut kernel, &mut ledger)[0].added, 14);
    assert_eq!(kernel.routes.len(), 100);
    recounted(&ledger);
}

#[test]
fn a_refused_route_that_is_wanted_otherwise_is_tried_at_once() {
    let (mut kernel, mut ledger) = (Kernel::default(), ledger());
    kernel.foreign.push(net(1));
    ledger.want(net(1), 1);
    both(&mut kernel, &mut ledger);
    kernel.foreign.clear();
    ledger.want(net(1), 2);
    assert_eq!(both(&mut kernel, &mut ledger)[0].added, 1);
    kernel.foreign.push(net(1));
    ledger.want(net(1), 3);
    assert_eq!(both(&mut kernel, &mut ledger)[0].refused, 1);
    ledger.want(net(1), 2); // what the kernel still has
    assert_eq!(both(&mut kernel, &mut ledger), [super::Tally::default(); 2]);
    assert_eq!(ledger.refusals().count(), 0);
    recounted(&ledger);
}

#[test]
fn what_had_gone_before_it_was_removed_is_counted_and_no_fault() {
    let (mut kernel, mut ledger) = (Kernel::default(), ledger());
    (0..10).for_each(|at| ledger.want(net(at), 1));
    both(&mut kernel, &mut ledger);
    kernel.routes.clear();
    (0..10).for_each(|at| ledger.want(net(at), NONE));
    let [_, drops] = both(&mut kernel, &mut ledger);
    assert_eq!((drops.deleted, drops.gone, drops.refused), (0, 10, 0));
    assert_eq!(ledger.entries().count(), 0);
    assert_eq!(ledger.take_idle(), [1]);
}

#[test]
fn after_lost_answers_a_comparison_tells_what_became_of_the_changes() {
    let (mut kernel, mut ledger) = (Kernel::default(), ledger());
    kernel.room = Some(6);
    kernel.routes = (0..20_000).step_by(2).map(|at| (net(at), 5)).collect(); // not known to us
    (0..20_000).for_each(|at| ledger.want(net(at), 1));
    let [puts, _] = both(&mut kernel, &mut ledger);
    assert!(puts.lost > 0);
    let (mut dump, ways) = kernel.dump();
    let drift = ledger.reconcile(&mut dump, &ways, false);
    assert_eq!(drift.missing, 0);
    let [puts, _] = both(&mut kernel, &mut ledger);
    assert_eq!((puts.lost, puts.refused), (0, 0));
    assert_eq!(puts.replaced, 10_000);
    assert!(kernel.routes.values().all(|number| *number == 1));
    recounted(&ledger);
}

#[test]
fn what_could_not_be_sent_is_sent_the_next_time() {
    for count in [50, 450, 30_000] {
        let (mut kernel, mut ledger) = (Kernel::default(), ledger());
        (0..count).for_each(|at| ledger.want(net(at), 1));
        for (number, calls) in [(1, 2), (2, 40), (NONE, 3)] {
            (0..count).for_each(|at| ledger.want(net(at), number));
            (kernel.calls, kernel.sent) = (Some(calls), 0);
            for phase in [Phase::Puts, Phase::Drops] {
                let _ = sync(&mut kernel, &mut ledger, &FORMAT, phase, usize::MAX);
            }
            recounted(&ledger);
            kernel.calls = None;
            both(&mut kernel, &mut ledger);
            let expected: BTreeMap<Net, u32> =
                (0..count).filter(|_| number != NONE).map(|at| (net(at), number)).collect();
            assert!(kernel.routes == expected, "{count} routes, way {number}, {calls} calls");
            recounted(&ledger);
        }
    }
}

#[test]
fn little_at_a_time_comes_to_the_same() {
    for (count, most) in [(300, 100), (9000, 2000), (30_000, 7000)] {
        let (mut kernel, mut ledger) = (Kernel::default(), ledger());
        for number in [1, 2, NONE] {
            (0..count).for_each(|at| ledger.want(net(at), number));
            let (mut changed, mut calls) = (0, 0);
            for phase in [Phase::Puts, Phase::Drops] {
                loop {
                    let tally = sync(&mut kernel, &mut ledger, &FORMAT, phase, most).unwrap();
                    let done = tally.added + tally.replaced + tally.deleted;
                    assert!(done <= 2 * (most + ledger.batch) as u64); // of either family
                    (changed, calls) = (changed + done, calls + 1);
                    recounted(&ledger);
                    assert_eq!(
                        ledger.entries().filter(|row| row.2 != NONE).count(),
                        kernel.routes.len()
                    );
                    // somebody wants something else meanwhile
                    ledger.want(net(7), if calls % 2 == 0 { number } else { 3 });
                    if !tally.is_cut {
                        break;
                    }
                }
            }
            assert!(calls > 3 && changed >= count);
            ledger.want(net(7), number);
            assert!(both(&mut kernel, &mut ledger).iter().all(|tally| !tally.is_cut));
            let expected: BTreeMap<Net, u32> =
                (0..count).filter(|_| number != NONE).map(|at| (net(at), number)).collect();
            assert!(kernel.routes == expected, "{count} routes, way {number}");
            recounted(&ledger);
        }
    }
}

#[test]
fn what_an_earlier_run_left_stays_until_it_is_wanted_or_swept() {
    let (mut kernel, mut ledger) = (Kernel::default(), ledger());
    kernel.routes = (0..10).map(|at| (net(at), 1 + (at as u32) % 2)).collect();
    let before = kernel.routes.clone();
    let (mut dump, ways) = kernel.dump();
    assert_eq!(ledger.reconcile(&mut dump, &ways, true).strange, 10);
    both(&mut kernel, &mut ledger);
    assert_eq!(kernel.routes, before);
    recounted(&ledger);
    ledger.want(net(0), 1);
    ledger.want(net(1), 1);
    ledger.want(net(2), 1);
    ledger.want(net(2), NONE);
    let [puts, drops] = both(&mut kernel, &mut ledger);
    assert_eq!((puts.replaced, drops.deleted), (1, 1));
    assert_eq!(ledger.sweep(), 7);
    both(&mut kernel, &mut ledger);
    assert_eq!(kernel.routes, [(net(0), 1), (net(1), 1)].into());
    recounted(&ledger);
}

#[test]
fn what_is_not_wanted_any_more_goes_before_a_sweep_though_it_was_compared() {
    let (mut kernel, mut ledger) = (Kernel::default(), ledger());
    kernel.routes = [(net(9), 1)].into();
    ledger.want(net(1), 1);
    both(&mut kernel, &mut ledger);
    ledger.want(net(1), NONE);
    let (mut dump, ways) = kernel.dump();
    ledger.reconcile(&mut dump, &ways, true);
    both(&mut kernel, &mut ledger);
    assert_eq!(kernel.routes, [(net(9), 1)].into());
    recounted(&ledger);
}

#[test]
fn a_comparison_finds_and_mends_what_others_did() {
    let mut dice = Dice(2);
    let (mut kernel, mut ledger) = (Kernel::default(), ledger());
    (0..3000).for_each(|at| ledger.want(net(at), 1 + (at as u32) % 3));
    both(&mut kernel, &mut ledger);
    let good = kernel.routes.clone();
    for _ in 0..20 {
        let gone: Vec<Net> = (0..dice.below(200)).map(|_| net(dice.below(3000))).collect();
        kernel.routes.retain(|net, _| !gone.contains(net));
        let added = dice.below(50);
        kernel.routes.extend((0..added).map(|at| (net(4000 + at), 4)));
        let missing = good.keys().filter(|net| !kernel.routes.contains_key(net)).count();
        let (mut dump, ways) = kernel.dump();
        let drift = ledger.reconcile(&mut dump, &ways, false);
        assert_eq!((drift.missing, drift.strange), (missing as u64, added));
        assert_eq!(drift.kept + drift.missing, 3000);
        both(&mut kernel, &mut ledger);
        assert!(kernel.routes == good);
        recounted(&ledger);
    }
}

#[test]
fn ways_leave_when_all_of_their_many_routes_are_to_go() {
    let (mut kernel, mut ledger) = (Kernel::default(), ledger());
    (0..3000).for_each(|at| ledger.want(net(at), if at < 2000 { 1 } else { 2 }));
    both(&mut kernel, &mut ledger);
    (0..2000).for_each(|at| ledger.want(net(at), NONE));
    assert_eq!(ledger.leaving(2001), []);
    assert_eq!(ledger.leaving(2000), [1]);
    ledger.want(net(5), 3); // not before it leads another way
    assert_eq!(ledger.leaving(1000), []);
    sync(&mut kernel, &mut ledger, &FORMAT, Phase::Puts, usize::MAX).unwrap();
    assert_eq!(ledger.leaving(1000), [1]);
    kernel.routes.retain(|_, number| *number != 1);
    assert_eq!(ledger.flushed(1), 1999);
    recounted(&ledger);
    assert_eq!(both(&mut kernel, &mut ledger), [super::Tally::default(); 2]);
    (0..3000).for_each(|at| ledger.want(net(at), NONE));
    both(&mut kernel, &mut ledger);
    assert_eq!(ledger.take_idle(), [1, 2, 3]);
    assert_eq!(kernel.routes.len(), 0);
    recounted(&ledger);
}

#[test]
fn a_route_reads_back_as_it_was_written() {
    let mut out = Builder::default();
    for at in 0..50 {
        write(&mut out, net(at), &way(3));
    }
    let read: Vec<Net> = messages(out.bytes())
        .map(|message| {
            let message = message.unwrap();
            let found = route(&message).unwrap().unwrap();
            assert_eq!((found.protocol, found.table, found.metric, found.tos), (70, 1000, 20, 0));
            found.net
        })
        .collect();
    assert_eq!(read, (0..50).map(net).collect::<Vec<_>>());
}

#[test]
fn what_differs_only_in_being_on_the_link_has_another_tail() {
    let gateway = |flags, kind| {
        let mut out = Builder::default();
        out.attribute(kind, &[10, 0, 0, 2]);
        Way { kind: 1, scope: 0, flags, attributes: out.bytes().to_vec() }
    };
    let tails_of = |ways: &[Way]| {
        let mut out = Builder::default();
        ways.iter().for_each(|way| write(&mut out, net(1), way));
        let mut dump = Dump::default();
        assert_eq!(dump.take(out.bytes(), 7, &FORMAT), Ok(None));
        dump.tails().iter().map(|tail| tail[3]).collect::<Vec<_>>()
    };
    let (dead, on_link, offloaded) = (0x1, 0x4, 0x4000);
    let ways = [0, dead | offloaded, on_link, on_link | dead].map(|flags| gateway(flags, 5));
    assert_eq!(tails_of(&ways), [0, 4]);
    let by_object = [0, on_link].map(|flags| gateway(flags, 30));
    assert_eq!(tails_of(&by_object), [0]); // the kernel adds the flags of the object
}

#[test]
fn bytes_that_end_too_soon_are_malformed_at_their_offset() {
    let mut out = Builder::default();
    write(&mut out, net(1), &way(3));
    let whole = out.bytes();
    for cut in 1..whole.len() {
        let found: Vec<_> = messages(&whole[..cut]).collect();
        assert_eq!(found, [Err(Malformed { what: "message", offset: 0 })]);
        assert!(Dump::default().take(&whole[..cut], 7, &FORMAT).is_err());
    }
    let inner: Vec<_> = attributes(&whole[28..whole.len() - 1]).collect();
    assert!(matches!(inner.last(), Some(Err(Malformed { what: "attribute", .. }))));
}

#[test]
fn the_kernels_words_are_found_behind_capped_and_whole_echoes() {
    let mut request = Builder::default();
    write(&mut request, net(1), &way(3));
    for (flags, echo) in [(0x300, &request.bytes()[..16]), (0x200, request.bytes())] {
        let mut out = Builder::default();
        out.open(wire::ERROR, flags, 9);
        out.put(&(-101_i32).to_ne_bytes());
        out.put(echo);
        out.attribute(1, b"Nexthop has invalid gateway\0");
        out.close();
        let message = messages(out.bytes()).next().unwrap().unwrap();
        let expected = Answer::Ended { errno: 101, words: "Nexthop has invalid gateway" };
        assert_eq!(answer(&message), Ok(expected));
    }
}
