//! A bounded log of the messages of sessions, as they came and went, for whoever records them.
//!
//! Each reader has a number of its own: that of the first entry that it has not seen. What falls
//! out at the other end is lost to those who did not read it; they are told so.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use crate::bgp::family::Family;
use crate::bgp::nets::NetIx;
use crate::bgp::peer::PeerId;

/// What an entry costs beside its octets.
const ENTRY: usize = 64;
/// The per-peer header of BMP (RFC 7854 4.2).
const PER_PEER: usize = 42;
const NS_PER_S: u64 = 1_000_000_000;
/// MRT (RFC 6396 4.4).
const BGP4MP_ET: u16 = 17;

/// How a reader wants it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Route Monitoring messages (RFC 7854 4.6).
    Bmp,
    /// Records of BGP4MP_ET.
    Mrt,
}

/// What stands before a message, by format; an empty one: it is left out there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heads {
    /// The per-peer header, whose last 8 octets are the time.
    pub bmp: Vec<u8>,
    /// The subtype (16 bits), and the body up to the message.
    pub mrt: Vec<u8>,
}

#[derive(Clone, Debug)]
enum What {
    Message {
        heads: Arc<Heads>,
        is_sent: bool,
        is_faulty: bool,
    },
    /// Octets of a format that stand ready.
    Note(Format),
    /// An import policy thinks otherwise of what a neighbour said; the octets are places of prefixes.
    Judged {
        heads: Arc<Heads>,
        family: Family,
    },
}

/// What a reader may add octets to: something behind the import policy.
#[derive(Clone, Copy, Debug)]
pub enum Behind<'a> {
    /// What a message named.
    Message(&'a [u8]),
    /// Prefixes at these places, 32 bits each.
    Judged(Family, &'a [u8]),
}

#[derive(Clone, Debug)]
struct Seen {
    peer: PeerId,
    instant: u64,
    what: What,
    octets: Box<[u8]>,
}

/// The log.
#[derive(Debug, Default)]
pub struct Mirror {
    room: usize,
    epoch: u64,
    held: usize,
    first: u64,
    log: VecDeque<Seen>,
    heads: HashMap<(PeerId, bool), Arc<Heads>>,
}

/// What a reader gets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mirrored {
    /// Whole messages or records.
    pub octets: Vec<u8>,
    /// The reader's number from now on.
    pub next: u64,
    /// Something was lost before this.
    pub is_lost: bool,
}

impl Mirror {
    /// Hold so many octets at most; 0: nothing is logged. `epoch` makes instants nanoseconds since
    /// 1970.
    pub fn set_room(&mut self, room: usize, epoch: u64) {
        self.room = room;
        self.epoch = epoch;
        self.trim();
    }

    /// Log the messages of a neighbour from now on, those that come or those that go; None: no more.
    pub fn set_heads(&mut self, peer: PeerId, is_sent: bool, heads: Option<Heads>) {
        match heads {
            Some(heads) => self.heads.insert((peer, is_sent), Arc::new(heads)),
            None => self.heads.remove(&(peer, is_sent)),
        };
    }

    /// The number of what comes next.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.first + self.log.len() as u64
    }

    /// How many octets are held, all things counted.
    #[must_use]
    pub const fn held(&self) -> usize {
        self.held
    }

    /// Whether anything is logged.
    #[inline]
    #[must_use]
    pub const fn is_on(&self) -> bool {
        self.room > 0
    }

    /// Log a message, whole with its header; false: the neighbour is not watched.
    pub fn take(&mut self, peer: PeerId, is_sent: bool, message: &[u8], instant: u64) -> bool {
        let Some(heads) = self.heads.get(&(peer, is_sent)).filter(|_| self.room > 0) else {
            return false;
        };
        let what = What::Message { heads: heads.clone(), is_sent, is_faulty: false };
        let instant = instant.wrapping_add(self.epoch);
        self.push(Seen { peer, instant, what, octets: message.into() });
        true
    }

    /// An import policy thinks otherwise of what a neighbour told of some prefixes.
    pub fn judge(&mut self, peer: PeerId, family: Family, nets: &[NetIx]) {
        if let Some(heads) = self.heads.get(&(peer, false)).filter(|_| self.room > 0) {
            let what = What::Judged { heads: heads.clone(), family };
            let octets = nets.iter().flat_map(|net| net.to_be_bytes()).collect();
            self.push(Seen { peer, instant: 0, what, octets });
        }
    }

    /// The last message was not as it should be.
    pub fn fault(&mut self) {
        if let Some(Seen { what: What::Message { is_faulty, .. }, .. }) = self.log.back_mut() {
            *is_faulty = true;
        }
    }

    /// Log octets that stand ready in a format, in their order with messages.
    pub fn note(&mut self, format: Format, octets: &[u8]) {
        if self.room > 0 {
            let what = What::Note(format);
            self.push(Seen { peer: 0, instant: 0, what, octets: octets.into() });
        }
    }

    fn push(&mut self, seen: Seen) {
        self.held += seen.octets.len() + ENTRY;
        self.log.push_back(seen);
        self.trim();
    }

    fn trim(&mut self) {
        while self.held > self.room
            && let Some(gone) = self.log.pop_front()
        {
            self.held -= gone.octets.len() + ENTRY;
            self.first += 1;
        }
    }

    /// Forget what all have seen whose numbers are not below this one.
    pub fn forget(&mut self, before: u64) {
        while self.first < before
            && let Some(gone) = self.log.pop_front()
        {
            self.held -= gone.octets.len() + ENTRY;
            self.first += 1;
        }
    }

    /// Give a reader what it has not seen, about `room` octets of it. `sent`: also what went, not
    /// for BMP's pre-policy view alone; `each` may add octets behind a message that came.
    pub fn read(
        &self,
        from: u64,
        room: usize,
        format: Format,
        takes: impl Fn(bool) -> bool,
        mut each: impl FnMut(PeerId, &[u8], Behind<'_>, u64, &mut Vec<u8>),
    ) -> Mirrored {
        let is_lost = from < self.first;
        let skipped = usize::try_from(from.saturating_sub(self.first)).unwrap_or(usize::MAX);
        let mut found = Mirrored { is_lost, next: from.max(self.first), ..Mirrored::default() };
        for seen in self.log.iter().skip(skipped) {
            if found.octets.len() >= room {
                break;
            }
            found.next += 1;
            match &seen.what {
                What::Note(one) if *one == format => found.octets.extend_from_slice(&seen.octets),
                What::Judged { heads, family } if format == Format::Bmp => {
                    let behind = Behind::Judged(*family, &seen.octets);
                    each(seen.peer, &heads.bmp, behind, 0, &mut found.octets);
                }
                What::Note(_) | What::Judged { .. } => {}
                What::Message { heads, is_sent, is_faulty } => {
                    let (out, instant) = (&mut found.octets, seen.instant);
                    match format {
                        Format::Bmp => {
                            if takes(*is_sent) {
                                monitoring(out, &heads.bmp, instant, &seen.octets);
                            }
                            if *is_faulty {
                                mirroring(out, &heads.bmp, instant, &seen.octets);
                            }
                            if !is_sent {
                                let behind = Behind::Message(&seen.octets);
                                each(seen.peer, &heads.bmp, behind, instant, out);
                            }
                        }
                        Format::Mrt if takes(*is_sent) => {
                            record(out, &heads.mrt, instant, &seen.octets);
                        }
                        Format::Mrt => {}
                    }
                }
            }
        }
        found
    }
}

/// A Route Monitoring message around an UPDATE; nothing without a per-peer header.
pub(super) fn monitoring(out: &mut Vec<u8>, head: &[u8], instant: u64, message: &[u8]) {
    let Some((head, _)) = head.split_at_checked(PER_PEER - 8).filter(|_| head.len() == PER_PEER)
    else {
        return;
    };
    out.push(3);
    out.extend(((6 + PER_PEER + message.len()) as u32).to_be_bytes());
    out.push(0);
    out.extend_from_slice(head);
    out.extend(((instant / NS_PER_S) as u32).to_be_bytes());
    out.extend(((instant % NS_PER_S / 1_000) as u32).to_be_bytes());
    out.extend_from_slice(message);
}

/// A Route Mirroring message with an errored PDU (RFC 7854 4.7).
fn mirroring(out: &mut Vec<u8>, head: &[u8], instant: u64, message: &[u8]) {
    let start = out.len();
    let mut body = vec![0, 1, 0, 2, 0, 0, 0, 0];
    body.extend((message.len() as u16).to_be_bytes());
    body.extend_from_slice(message);
    monitoring(out, head, instant, &body);
    if let Some(kind) = out.get_mut(start + 5) {
        *kind = 6;
    }
}

fn record(out: &mut Vec<u8>, head: &[u8], instant: u64, message: &[u8]) {
    let Some((subtype, body)) = head.split_at_checked(2) else { return };
    out.extend(((instant / NS_PER_S) as u32).to_be_bytes());
    out.extend(BGP4MP_ET.to_be_bytes());
    out.extend_from_slice(subtype);
    out.extend(((4 + body.len() + message.len()) as u32).to_be_bytes());
    out.extend(((instant % NS_PER_S / 1_000) as u32).to_be_bytes());
    out.extend_from_slice(body);
    out.extend_from_slice(message);
}
