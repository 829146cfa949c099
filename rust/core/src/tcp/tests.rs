//! Two stacks back to back, and a stack alone with a hostile world.

use super::{End, Event, Handle, Kind, Options, Stack, State};
use crate::addr::Ip;
use proptest::collection::vec;
use proptest::prelude::*;

const OPTIONS: Options = Options {
    hop_limit: 64,
    minimum_hop_limit: 0,
    nagle: true,
    ack_delay: Some(10_000_000),
    keep_alive: None,
    timeout: Some(300_000_000_000),
    receive_buffer: 65_535,
    send_buffer: 65_536,
};

const MS: i64 = 1_000_000;

fn v4(host: u32) -> Ip {
    Ip::V4(0xc000_0200 | host)
}

fn v6(host: u128) -> Ip {
    Ip::V6(0x2001_0db8 << 96 | host)
}

fn end(ip: Ip, port: u16) -> End {
    End { ip, port }
}

/// Carry packets between two stacks without loss until both are silent at `now`.
fn settle(a: &mut Stack, b: &mut Stack, now: i64) {
    loop {
        let (to_b, to_a) = (a.poll(now), b.poll(now));
        if to_b.is_empty() && to_a.is_empty() {
            return;
        }
        to_b.iter().for_each(|packet| b.receive(packet, now));
        to_a.iter().for_each(|packet| a.receive(packet, now));
    }
}

fn kinds(stack: &mut Stack) -> Vec<Kind> {
    stack.events().iter().map(|event| event.kind).collect()
}

fn accepted(stack: &mut Stack) -> Handle {
    let events = stack.events();
    let accepted = |event: &&Event| event.kind == Kind::Accepted;
    events.iter().find(accepted).expect("a connection was accepted").handle
}

fn pair(ours: Ip, theirs: Ip) -> (Stack, Handle, Stack, Handle) {
    let (mut a, mut b) = (Stack::new(1500, 1, 64), Stack::new(1500, 2, 64));
    b.listen(179, None, 2, OPTIONS).expect("the port is free");
    let one = a.connect(end(ours, 0), end(theirs, 179), OPTIONS, 0).expect("there is room");
    settle(&mut a, &mut b, 0);
    assert_eq!(kinds(&mut a), [Kind::Connected]);
    let two = accepted(&mut b);
    (a, one, b, two)
}

#[test]
fn octets_cross_a_connection_of_either_family() {
    for (ours, theirs) in [(v4(1), v4(2)), (v6(1), v6(2))] {
        let (mut a, one, mut b, two) = pair(ours, theirs);
        assert_eq!(a.send(one, b"who goes there", MS), Ok(14));
        settle(&mut a, &mut b, MS);
        assert_eq!(kinds(&mut b), [Kind::Readable]);
        assert_eq!(b.recv(two, 100, MS).as_deref(), Ok(&b"who goes there"[..]));
        assert_eq!(a.flow(one).expect("it is known").remote, end(theirs, 179));
    }
}

#[test]
fn both_ends_finish_in_order_and_time_wait_ends() {
    let (mut a, one, mut b, two) = pair(v4(1), v4(2));
    a.close(one, MS).expect("it is open");
    settle(&mut a, &mut b, MS);
    assert_eq!((a.state(one), b.state(two)), (Ok(State::FinWait2), Ok(State::CloseWait)));
    b.close(two, MS).expect("it is open");
    settle(&mut a, &mut b, 20 * MS);
    assert_eq!((a.state(one), b.state(two)), (Ok(State::TimeWait), Ok(State::Closed)));
    assert_eq!(kinds(&mut b), [Kind::Ended, Kind::Closed]);
    let deadline = a.next_deadline().expect("TIME-WAIT has an end");
    settle(&mut a, &mut b, deadline);
    assert_eq!(kinds(&mut a), [Kind::Ended, Kind::Closed]);
    assert_eq!(a.next_deadline(), None);
}

#[test]
fn what_arrived_before_the_end_can_be_read_after_it() {
    let (mut a, one, mut b, two) = pair(v4(1), v4(2));
    a.send(one, b"last words", MS).expect("it is open");
    a.close(one, MS).expect("it is open");
    b.close(two, MS).expect("it is open");
    settle(&mut a, &mut b, MS);
    for at in [20 * MS, 20_000 * MS] {
        settle(&mut a, &mut b, at);
    }
    assert_eq!(b.state(two), Ok(State::Closed));
    assert_eq!(b.recv(two, 4, 20_000 * MS).as_deref(), Ok(&b"last"[..]));
    assert_eq!(b.recv(two, 99, 20_000 * MS).as_deref(), Ok(&b" words"[..]));
    b.forget(two).expect("it is over");
    assert!(b.state(two).is_err());
}

#[test]
fn a_repeated_syn_finds_the_half_open_connection_and_opens_no_second() {
    let (mut a, mut b) = (Stack::new(1500, 1, 8), Stack::new(1500, 2, 8));
    b.listen(179, None, 3, OPTIONS).expect("the port is free");
    let one = a.connect(end(v4(1), 0), end(v4(2), 179), OPTIONS, 0).expect("there is room");
    let syn = a.poll(0);
    b.receive(&syn[0], 0);
    let answer = b.poll(0);
    b.receive(&syn[0], MS);
    assert!(b.poll(MS).iter().all(|packet| packet[24..28] == answer[0][24..28]), "a second ISN");
    a.receive(&answer[0], MS);
    settle(&mut a, &mut b, MS);
    assert_eq!((a.state(one), kinds(&mut b)), (Ok(State::Established), vec![Kind::Accepted]));
}

#[test]
fn a_listener_takes_one_connection_after_another_up_to_the_limit() {
    let (mut a, mut b) = (Stack::new(1500, 1, 64), Stack::new(1500, 2, 4));
    b.listen(179, None, 2, OPTIONS).expect("the port is free");
    for port in 1..=6 {
        a.connect(end(v4(1), port), end(v4(2), 179), OPTIONS, 0).expect("there is room");
        settle(&mut a, &mut b, 0);
    }
    let outcome = kinds(&mut a);
    assert_eq!(outcome.iter().filter(|kind| **kind == Kind::Connected).count(), 4);
    assert_eq!(outcome.iter().filter(|kind| **kind == Kind::Refused).count(), 2);
    assert!(b.connect(end(v4(2), 1), end(v4(1), 1), OPTIONS, 0).is_err());
}

/// A peer made of nothing but packets: it shakes hands from `sequence` on, then sends the payloads
/// at their offsets, and the stack's reader takes one octet after each.
fn play(sequence: u32, buffer: usize, payloads: &[(u32, usize)]) -> Vec<Vec<u8>> {
    let options = Options { receive_buffer: buffer, ack_delay: None, ..OPTIONS };
    let mut stack = Stack::new(1500, 5, 8);
    stack.listen(179, None, 1, options).expect("the port is free");
    let mut sent = Vec::new();
    let mut say = |stack: &mut Stack, flags, at: u32, ack: u32, payload, options: &[u8]| {
        stack.receive(&segment(flags, sequence.wrapping_add(at), ack, payload, options), 0);
        let replies = stack.poll(0);
        sent.extend(replies.iter().cloned());
        replies
    };
    let answer = say(&mut stack, 0x02, 0, 0, 0, &[4, 2, 1, 1]);
    let acknowledged = word(&answer[0], 24).wrapping_add(1);
    say(&mut stack, 0x10, 1, acknowledged, 0, &[]);
    let handle = accepted(&mut stack);
    for (at, length) in payloads {
        say(&mut stack, 0x10, 1 + at, acknowledged, *length, &[]);
        stack.recv(handle, 1, 0).expect("the connection is open");
    }
    sent
}

fn word(packet: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([packet[at], packet[at + 1], packet[at + 2], packet[at + 3]])
}

#[test]
fn sequence_numbers_wrap_within_a_selective_acknowledgement() {
    let last = play(u32::MAX - 9, 1000, &[(20, 10)]).pop().expect("a hole is answered at once");
    assert_eq!(word(&last, 28), u32::MAX - 8, "the acknowledgement");
    assert_eq!((word(&last, 42), word(&last, 46)), (11, 21), "the block (RFC 2018 3)");
}

#[test]
fn a_peer_that_sends_beyond_the_window_is_cut_off_at_its_edge() {
    let sent = play(0, 1000, &[(0, 100), (100, 950), (1000, 950), (1010, 30)]);
    let mut edge = u32::MAX;
    for packet in &sent[1..] {
        let (acknowledged, window) =
            (word(packet, 28), u32::from(packet[34]) << 8 | u32::from(packet[35]));
        assert!(acknowledged <= edge, "{acknowledged} was never offered, only up to {edge}");
        edge = acknowledged + window;
    }
    assert!(edge > 1000, "nothing was taken");
}

/// A field of a TCP segment that an attacker sets well or badly.
#[derive(Clone, Debug)]
struct Forged {
    /// Index of a packet seen before, to start from.
    base: usize,
    flags: Option<u8>,
    sequence: i64,
    acknowledgement: i64,
    window: Option<u16>,
    payload: usize,
    options: Vec<u8>,
    flips: Vec<(usize, u8)>,
    wait_ms: i64,
}

fn forged() -> impl Strategy<Value = Forged> {
    let near = prop_oneof![
        4 => -3_i64..4,
        3 => -70_000_i64..70_000,
        1 => any::<i32>().prop_map(i64::from),
        1 => Just(i64::from(i32::MAX)),
    ];
    let waits = prop_oneof![6 => Just(0_i64), 2 => 1_i64..500, 1 => 1_000_i64..200_000];
    (
        any::<usize>(),
        proptest::option::of(any::<u8>()),
        (near.clone(), near),
        proptest::option::of(prop_oneof![Just(0), Just(1), Just(u16::MAX), any::<u16>()]),
        prop_oneof![3 => Just(0_usize), 2 => 1_usize..20, 1 => 1_usize..1460],
        vec(any::<u8>(), 0..40),
        vec((any::<usize>(), any::<u8>()), 0..2),
        waits,
    )
        .prop_map(
            |(
                base,
                flags,
                (sequence, acknowledgement),
                window,
                payload,
                options,
                flips,
                wait_ms,
            )| {
                Forged {
                    base,
                    flags,
                    sequence,
                    acknowledgement,
                    window,
                    payload,
                    options,
                    flips,
                    wait_ms,
                }
            },
        )
}

fn checksum(parts: &[&[u8]]) -> u16 {
    let joined = parts.concat();
    let words =
        joined.chunks(2).map(|it| u32::from(it[0]) << 8 | u32::from(*it.get(1).unwrap_or(&0)));
    let sum: u32 = words.sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    !(((folded & 0xffff) + (folded >> 16)) as u16)
}

/// An IPv4 packet from 192.0.2.1:1024 to 192.0.2.2:179.
fn segment(flags: u8, sequence: u32, ack: u32, payload: usize, options: &[u8]) -> Vec<u8> {
    let mut base = vec![0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2];
    base.extend([4, 0, 0, 179, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0, 0, 0, 0, 0, 0, 0]);
    let how = Forged {
        base: 0,
        flags: Some(flags),
        sequence: i64::from(sequence),
        acknowledgement: i64::from(ack),
        window: Some(u16::MAX),
        payload,
        options: options.to_vec(),
        flips: Vec::new(),
        wait_ms: 0,
    };
    forge(&base, &how)
}

/// The IPv4 packet `base` with its TCP header changed; checksums are right but for the flips.
fn forge(base: &[u8], how: &Forged) -> Vec<u8> {
    let mut options = how.options.clone();
    options.truncate(options.len() / 4 * 4);
    let mut tcp = base[20..40].to_vec();
    tcp[4..8].copy_from_slice(&word(base, 24).wrapping_add(how.sequence as u32).to_be_bytes());
    tcp[8..12]
        .copy_from_slice(&word(base, 28).wrapping_add(how.acknowledgement as u32).to_be_bytes());
    tcp[12] = ((20 + options.len()) as u8 / 4) << 4;
    tcp[13] = how.flags.unwrap_or(tcp[13]);
    let window = how.window.unwrap_or(u16::from_be_bytes([tcp[14], tcp[15]]));
    tcp[14..16].copy_from_slice(&window.to_be_bytes());
    tcp[16..18].fill(0);
    tcp.extend(options);
    tcp.resize(tcp.len() + how.payload, b'x');
    let length = (tcp.len() as u16).to_be_bytes();
    let sum = checksum(&[&base[12..20], &[0, 6], &length, &tcp]);
    tcp[16..18].copy_from_slice(&sum.to_be_bytes());
    let mut packet = base[..20].to_vec();
    packet[2..4].copy_from_slice(&(20 + tcp.len() as u16).to_be_bytes());
    packet[10..12].fill(0);
    let sum = checksum(&[&packet]);
    packet[10..12].copy_from_slice(&sum.to_be_bytes());
    packet.extend(tcp);
    for (at, flip) in &how.flips {
        let at = at % packet.len();
        packet[at] ^= flip;
    }
    packet
}

/// A stack amid connections of every kind; the forger sees every packet and may shift its fields.
fn endure(seed: u64, buffer: usize, attack: &[Forged]) {
    let options = Options { receive_buffer: buffer, send_buffer: buffer, ..OPTIONS };
    let (mut a, mut b) = (Stack::new(1500, seed, 12), Stack::new(600, seed ^ 1, 12));
    b.listen(179, None, 3, options).expect("the port is free");
    a.listen(180, Some(v4(1)), 1, options).expect("the port is free");
    let one = a.connect(end(v4(1), 7), end(v4(2), 179), options, 0).expect("there is room");
    b.connect(end(v4(2), 9), end(v4(1), 180), options, 0).expect("there is room");
    let mut now = 0;
    let (mut seen, mut to_a, mut to_b) = (Vec::new(), Vec::new(), a.poll(0));
    for how in attack {
        now += how.wait_ms * MS;
        seen.extend(to_a.iter().chain(&to_b).cloned());
        to_a.iter().for_each(|packet: &Vec<u8>| a.receive(packet, now));
        to_b.iter().for_each(|packet| b.receive(packet, now));
        let packet = forge(&seen[seen.len() - 1 - how.base % seen.len().min(6)], how);
        a.receive(&packet, now);
        b.receive(&packet, now);
        for stack in [&mut a, &mut b] {
            for event in stack.events() {
                let _ = stack.send(event.handle, &[how.window.unwrap_or(7) as u8; 3000], now);
                match how.base % 16 {
                    0 => drop(stack.close(event.handle, now)),
                    1 => drop(stack.abort(event.handle, now)),
                    2 => drop(stack.forget(event.handle)),
                    3..8 => drop(stack.recv(event.handle, 1 + how.payload, now)),
                    _ => {}
                }
            }
        }
        let _ = a.send(one, b"more", now);
        (to_b, to_a) = (a.poll(now), b.poll(now));
        assert!(to_b.iter().all(|packet| packet.len() <= 1500));
        assert!(to_a.iter().all(|packet| packet.len() <= 600));
        for stack in [&mut a, &mut b] {
            assert!(stack.next_deadline().is_none_or(|deadline| deadline > now));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn no_segment_makes_a_stack_panic_or_spin(
        seed: u64,
        buffer in prop_oneof![Just(65_535_usize), 1_usize..5000],
        attack in vec(forged(), 1..60),
    ) {
        endure(seed, buffer, &attack);
    }

    #[test]
    fn no_octets_make_a_stack_panic(packets in vec(vec(any::<u8>(), 0..200), 1..40)) {
        let mut stack = Stack::new(1280, 3, 4);
        stack.listen(179, None, 2, OPTIONS).expect("the port is free");
        for mut packet in packets {
            for head in [0x45, 0x60] {
                if let Some(first) = packet.first_mut() {
                    *first = head;
                }
                stack.receive(&packet, 0);
            }
            stack.poll(0);
        }
    }
}
