//! Carrying out what differs: a hundred messages a call, an acknowledgement for the last.

use std::io;

use super::answer::{Answer, answer};
use super::format::{Format, another};
use super::key::Key;
use super::ledger::{Ledger, Refused, Uses};
use super::side::{Phase, Side, Step, Walk};
use super::wire::{self, Builder, messages};
use super::{NONE, OTHER, Way};

/// Messages a call: more gain nothing, and their errors would have to fit the socket's buffer.
pub const BATCH: usize = 100;
/// "No such process": what was to be removed is not there.
const ESRCH: u16 = 3;
/// "No such file", "file exists", "invalid argument": what is there is not as it was known.
const SURPRISES: [u16; 3] = [2, 17, 22];
/// "No buffer space available": messages for us were dropped.
const ENOBUFS: i32 = 105;

/// Where messages go and answers come from. The kernel answers while `send` runs, so `receive`
/// never waits: with nothing there it says so by `WouldBlock`.
pub trait Port {
    /// A number that `n` messages in a row may use, counting up.
    fn sequence(&mut self, n: u32) -> u32;

    /// Hand over messages.
    ///
    /// # Errors
    /// Whatever the system says.
    fn send(&mut self, messages: &[u8]) -> io::Result<()>;

    /// Take one datagram.
    ///
    /// # Errors
    /// `WouldBlock` where there is none; whatever the system says.
    fn receive(&mut self) -> io::Result<&[u8]>;
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Routes that came.
    pub added: u64,
    /// Routes that lead another way now.
    pub replaced: u64,
    /// Routes that went.
    pub deleted: u64,
    /// Routes that were to go and had gone.
    pub gone: u64,
    /// Changes that the kernel refused.
    pub refused: u64,
    /// Those among them that were refused because something is there, or is not, that was thought
    /// otherwise: a route of the same prefix and metric, a nexthop object.
    pub surprises: u64,
    /// Changes of which the kernel's answer was lost: only a dump says what became of them.
    pub lost: u64,
    /// There was more to do than was to be done at once.
    pub is_cut: bool,
}

/// Send what differs: either what comes and changes, or what goes; of each family no more than
/// `most` and what is left of a call.
///
/// # Errors
/// Where messages cannot be sent at all; what was to be sent is still wanted then.
pub fn sync(
    port: &mut impl Port,
    ledger: &mut Ledger,
    format: &Format,
    phase: Phase,
    most: usize,
) -> io::Result<Tally> {
    let mut tally = Tally::default();
    let asked = (phase, most);
    let mut four = std::mem::take(&mut ledger.v4);
    let done = run(port, ledger, &mut four, asked, format, &mut tally);
    ledger.v4 = four;
    done?;
    let mut six = std::mem::take(&mut ledger.v6);
    let done = run(port, ledger, &mut six, asked, format, &mut tally);
    ledger.v6 = six;
    done?;
    Ok(tally)
}

fn run<K: Key>(
    port: &mut impl Port,
    ledger: &mut Ledger,
    side: &mut Side<K>,
    (phase, most): (Phase, usize),
    format: &Format,
    tally: &mut Tally,
) -> io::Result<()> {
    if side.due() == 0 || (phase == Phase::Puts && ledger.uses.total.want == 0) {
        return Ok(());
    }
    let mut walk = side.walk(phase);
    let mut out = Builder::default();
    let mut steps: Vec<Step<K>> = Vec::with_capacity(BATCH);
    let mut sent = 0;
    loop {
        if sent >= most {
            tally.is_cut = true;
            side.leave(walk);
            return Ok(());
        }
        side.steps(&mut walk, phase, ledger.batch, &mut ledger.uses, &mut steps);
        if steps.is_empty() {
            break;
        }
        sent += steps.len();
        let first = port.sequence(steps.len() as u32);
        encode(&mut out, &steps, &ledger.ways, format, first);
        if let Err(error) = port.send(out.bytes()) {
            undo(side, walk, &steps, &mut ledger.uses);
            return Err(error);
        }
        count(&steps, tally, 1);
        let complete = answers(port, first, steps.len(), |at, errno, words| {
            let Some(step) = steps.get(at).filter(|_| errno != 0) else { return };
            count(std::slice::from_ref(step), tally, u64::MAX);
            if errno == ESRCH && step.after == NONE {
                tally.gone += 1;
            } else {
                tally.refused += 1;
                tally.surprises += u64::from(SURPRISES.contains(&errno));
                let refused = Refused { errno, words: ledger.keep_words(words) };
                side.refuse(step, refused, &mut ledger.uses);
            }
        });
        if !complete {
            tally.lost += steps.len() as u64;
            ledger.batch = (ledger.batch / 4).max(1); // what answers fewer messages may fit
        }
    }
    side.walked(walk, phase);
    Ok(())
}

/// Nothing was sent: all is as it was, and due.
fn undo<K: Key>(side: &mut Side<K>, walk: Walk<K>, steps: &[Step<K>], uses: &mut Uses) {
    for step in steps {
        side.want(step.key, step.after, uses);
        side.hold(step.key, step.before, uses);
    }
    side.leave(walk);
    side.tidy();
}

fn count<K>(steps: &[Step<K>], tally: &mut Tally, by: u64) {
    for step in steps {
        let field = match (step.before, step.after) {
            (NONE, _) => &mut tally.added,
            (_, NONE) => &mut tally.deleted,
            _ => &mut tally.replaced,
        };
        *field = field.wrapping_add(by);
    }
}

fn encode<K: Key>(
    out: &mut Builder,
    steps: &[Step<K>],
    ways: &[Option<Way>],
    format: &Format,
    first: u32,
) {
    out.clear();
    let mut latest = None;
    for (at, step) in steps.iter().enumerate() {
        let (kind, flags) = match (step.before, step.after) {
            (_, NONE) => (wire::DEL_ROUTE, 0),
            (NONE, _) => (wire::NEW_ROUTE, wire::CREATE | wire::EXCLUSIVE),
            _ => (wire::NEW_ROUTE, wire::CREATE | wire::REPLACE),
        };
        let ack = if at + 1 == steps.len() { wire::ACK } else { 0 };
        let sequence = first.wrapping_add(at as u32);
        if latest == Some((kind, step.after)) {
            another(out, step.key, flags | ack, sequence);
            continue;
        }
        let way = ways.get(step.after as usize).and_then(Option::as_ref);
        let way = way.filter(|_| step.after != NONE && step.after != OTHER);
        format.route(out, (kind, flags | ack, sequence), step.key, way);
        latest = Some((kind, step.after));
    }
}

/// Read until the last of `n` messages is answered; tells of each answer by the place of its
/// message. Gives whether all answers came.
fn answers(
    port: &mut impl Port,
    first: u32,
    n: usize,
    mut tell: impl FnMut(usize, u16, &str),
) -> bool {
    let mut complete = true;
    loop {
        let datagram = match port.receive() {
            Ok(datagram) => datagram,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) if error.raw_os_error() == Some(ENOBUFS) => {
                complete = false; // answers did not fit the buffer; those that did follow
                continue;
            }
            Err(_) => return false,
        };
        for message in messages(datagram).flatten() {
            let at = message.sequence.wrapping_sub(first) as usize;
            if let Ok(Answer::Ended { errno, words }) = answer(&message)
                && at < n
            {
                tell(at, errno, words);
                if at + 1 == n {
                    return complete;
                }
            }
        }
    }
}
