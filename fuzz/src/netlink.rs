//! Any bytes decode as messages of the kernel or are `Malformed`, and a ledger that was held against
//! whatever they say wants what it wanted: a kernel that carries out every message then has just that.

use std::collections::{BTreeMap, VecDeque};
use std::io;

use fingerpost_core::addr::{Ip, Net};
use fingerpost_core::netlink::{
    Answer, Dump, Format, Ledger, NONE, OTHER, Phase, Port, Way, answer, attributes, messages,
    notices, sync,
};

const FORMAT: Format = Format { protocol: 70, table: 254, metric: 70 };
const ENDED: u16 = 2; // in a word with no flags, on a machine that has the low half first
const DELETE: u16 = 25;

/// A kernel that carries out everything: prefix to its last attribute's payload.
#[derive(Default)]
struct Obedient {
    routes: BTreeMap<Vec<u8>, Vec<u8>>,
    answers: VecDeque<Vec<u8>>,
    read: Vec<u8>,
    next: u32,
}

impl Port for Obedient {
    fn sequence(&mut self, n: u32) -> u32 {
        self.next += n;
        self.next - n
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        for message in messages(bytes) {
            let message = message.expect("our own messages are well-formed");
            let of_route =
                attributes(&message.body[12..]).map(|found| found.expect("so are these"));
            let of_route: Vec<(u16, &[u8])> = of_route.collect();
            let prefix = [&message.body[..2], of_route[0].1].concat();
            if message.kind == DELETE {
                self.routes.remove(&prefix);
            } else {
                self.routes.insert(prefix, of_route.last().expect("one at least").1.to_vec());
            }
            let words = [36, u32::from(ENDED), message.sequence, 0, 0, 0, 0, 0, 0];
            self.answers.push_back(words.into_iter().flat_map(u32::to_ne_bytes).collect());
        }
        Ok(())
    }

    fn receive(&mut self) -> io::Result<&[u8]> {
        self.read = self.answers.pop_front().ok_or(io::ErrorKind::WouldBlock)?;
        Ok(&self.read)
    }
}

/// A few prefixes of both families, so that bytes meet.
fn net(at: u8) -> Net {
    let bits = u32::from(at >> 1);
    let ip = if at & 1 == 0 { Ip::V4(bits << 25) } else { Ip::V6(u128::from(bits) << 121) };
    Net::new(ip, 7).expect("seven bits are in range")
}

/// How the kernel has it.
fn row(net: Net, way: u32) -> (Vec<u8>, Vec<u8>) {
    let prefix = match net.ip() {
        Ip::V4(ip) => [&[2, net.len()], &ip.to_be_bytes()[..]].concat(),
        Ip::V6(ip) => [&[10, net.len()], &ip.to_be_bytes()[..]].concat(),
    };
    (prefix, way.to_ne_bytes().to_vec())
}

fn way(number: u32) -> Way {
    let attributes = [8_u16.to_ne_bytes(), 30_u16.to_ne_bytes()].concat();
    Way {
        kind: 1,
        scope: 0,
        flags: 0,
        attributes: [attributes, number.to_ne_bytes().to_vec()].concat(),
    }
}

/// The first byte says how many pairs (prefix, way) follow; the rest is what the kernel sends.
pub fn check(data: &[u8]) {
    let Some((&count, rest)) = data.split_first() else { return };
    let (pairs, datagram) = rest.split_at(rest.len().min(2 * usize::from(count % 32)));
    let mut ledger = Ledger::default();
    (1..=4).for_each(|number| assert!(ledger.set_way(number, Some(way(number)))));
    let mut wanted = BTreeMap::new();
    for pair in pairs.chunks_exact(2) {
        ledger.want(net(pair[0]), u32::from(pair[1] % 5));
        wanted.insert(net(pair[0]), u32::from(pair[1] % 5));
    }
    wanted.retain(|_, way| *way != NONE);
    for message in messages(datagram).flatten() {
        if let Ok(Answer::Ended { words, .. }) = answer(&message) {
            assert!(words.len() <= datagram.len());
        }
    }
    let _ = notices(datagram, &FORMAT);
    let mut dump = Dump::default();
    let _ = dump.take(datagram, 1, &FORMAT);
    let rows = dump.len();
    assert!(
        (0..dump.tails().len() as u32).map(|tail| dump.with_tail(tail).count()).sum::<usize>()
            == rows
    );
    let mut kernel = Obedient::default();
    let ways: Vec<u32> =
        (0..dump.tails().len() as u32).map(|tail| [1, 2, OTHER][tail as usize % 3]).collect();
    let drift = ledger.reconcile(&mut dump, &ways, false);
    assert!(drift.strange as usize <= rows && drift.missing == 0);
    let (_, held, _, _) = ledger.counts();
    for phase in [Phase::Puts, Phase::Drops] {
        let most = usize::from(datagram.first().copied().unwrap_or(0));
        while sync(&mut kernel, &mut ledger, &FORMAT, phase, most.max(1))
            .expect("an obedient kernel")
            .is_cut
        {}
    }
    assert!(held as usize <= rows);
    let entries: BTreeMap<Net, u32> = ledger
        .entries()
        .map(|(net, want, held)| {
            assert_eq!(want, held);
            (net, held)
        })
        .collect();
    assert_eq!(entries, wanted);
    let expected: BTreeMap<Vec<u8>, Vec<u8>> =
        wanted.iter().map(|(net, way)| row(*net, *way)).collect();
    assert!(kernel.routes.iter().all(|route| expected.get(route.0) == Some(route.1)));
    assert_eq!(ledger.counts(), (wanted.len() as u64, wanted.len() as u64, 0, 0));
}
