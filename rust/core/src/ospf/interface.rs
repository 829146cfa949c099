//! Interfaces and neighbours as far as flooding is concerned.

use std::collections::VecDeque;

use super::lists::{Paced, Requests, Unacknowledged};
use super::lsa::{HEADER, LsaKey};
use super::store::{NEVER, Name};

/// In nanoseconds: an LSA that says what the one before said waits so long at each router for
/// others, so that refreshes travel together.
const REFRESH_WAIT: i64 = 2_000_000_000;
/// In seconds: what is as old waits no more, so that in the longest chain of routers a refresh is
/// there long before the instance before it dies.
const REFRESH_WAITS_UNTIL: u16 = 600;

/// How far a conversation has come (RFC 2328 10.1), as far as flooding asks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Below Exchange.
    #[default]
    Below,
    /// Headers are being exchanged.
    Exchange,
    /// LSAs are being asked for.
    Loading,
    /// All is known.
    Full,
}

/// What a neighbour is on its network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Neither of the two.
    #[default]
    Other,
    /// The Backup Designated Router.
    Backup,
    /// The Designated Router.
    Designated,
}

/// What is said about an interface.
#[derive(Clone, Copy, Debug)]
pub struct InterfaceSettings {
    /// The scope of its area.
    pub area: u32,
    /// The scope of its own LSAs.
    pub link: u32,
    /// Whether we are its Backup Designated Router.
    pub is_backup: bool,
    /// Not so in stubs, NSSAs and on virtual links.
    pub takes_as_scope: bool,
    /// In NSSAs only.
    pub takes_type_7: bool,
    /// InfTransDelay, in seconds.
    pub transmit_delay_s: u16,
    /// RxmtInterval, in nanoseconds.
    pub retransmit_ns: i64,
    /// How long an acknowledgment may wait for others, in nanoseconds.
    pub ack_delay_ns: i64,
    /// Octets of the body of an update or acknowledgment that fit.
    pub room: usize,
}

/// What is said about a neighbour.
#[derive(Clone, Copy, Debug, Default)]
pub struct NeighborSettings {
    /// The state of the conversation.
    pub state: State,
    /// What it is on its network.
    pub role: Role,
    /// Whether it has said that it takes opaque LSAs (RFC 5250 3).
    pub takes_opaque: bool,
}

#[derive(Debug)]
pub(super) struct Interface {
    pub number: u32,
    pub is: InterfaceSettings,
    pub neighbors: Vec<Neighbor>,
    /// What is flooded.
    pub queue: Paced,
    /// Headers of delayed acknowledgments, one behind the other.
    pub acks: Vec<u8>,
    pub acks_due: i64,
}

#[derive(Debug)]
pub(super) struct Neighbor {
    pub number: u32,
    pub is: NeighborSettings,
    pub summary: VecDeque<LsaKey>,
    pub requests: Requests,
    pub unacknowledged: Unacknowledged,
    /// Retransmissions rest until then.
    pub rests_until: i64,
    /// Headers of direct acknowledgments, one behind the other.
    pub acks: Vec<u8>,
    /// What it asked for, or has an old instance of.
    pub queue: Vec<Name>,
    /// Since when something of these two waits.
    pub waits_since: i64,
}

impl Interface {
    /// Whether LSAs of a scope are flooded here (RFC 2328 13.3, RFC 5340 4.5.2).
    pub fn carries(&self, scope: u32) -> bool {
        match scope {
            0 => self.is.takes_as_scope,
            _ => scope == self.is.area || scope == self.is.link,
        }
    }

    /// When an LSA of this age that is queued now has to leave: a refresh is in no hurry, but has to
    /// be acknowledged before it would be sent again.
    pub fn due(&self, now: i64, age: u16, is_refresh: bool) -> i64 {
        if !is_refresh || age >= REFRESH_WAITS_UNTIL {
            return now;
        }
        now.saturating_add(REFRESH_WAIT.min(self.is.retransmit_ns / 5 * 2))
    }

    /// Queue a delayed acknowledgment. What fills a packet need not wait.
    pub fn delay_ack(&mut self, header: &[u8], now: i64) {
        if self.acks.is_empty() {
            self.acks_due = now.saturating_add(self.is.ack_delay_ns);
        }
        self.acks.extend_from_slice(header.get(..HEADER).unwrap_or_default());
        if self.acks.len() + HEADER > self.is.room {
            self.acks_due = now;
        }
    }
}

impl Neighbor {
    pub fn new(number: u32) -> Neighbor {
        Neighbor {
            number,
            is: NeighborSettings::default(),
            summary: VecDeque::new(),
            requests: Requests::default(),
            unacknowledged: Unacknowledged::default(),
            rests_until: NEVER,
            acks: Vec::new(),
            queue: Vec::new(),
            waits_since: NEVER,
        }
    }

    pub fn is_exchanging(&self) -> bool {
        matches!(self.is.state, State::Exchange | State::Loading)
    }

    /// Queue an acknowledgment to it alone.
    pub fn ack(&mut self, header: &[u8], now: i64) {
        self.wait(now);
        self.acks.extend_from_slice(header.get(..HEADER).unwrap_or_default());
    }

    /// Queue an LSA to it alone.
    pub fn push(&mut self, name: Name, now: i64) {
        self.wait(now);
        self.queue.push(name);
    }

    fn wait(&mut self, now: i64) {
        if self.acks.is_empty() && self.queue.is_empty() {
            self.waits_since = now;
        }
    }
}
