//! Flooding (RFC 2328 13, RFC 5340 4.5, RFC 5250 3): the loop that every LSA of every update goes
//! through. `fingerpost/ospf/flooding.py` has the same rules to be read, step by step, and a test
//! holds both together. What is ours and newer than what we have is for Python (RFC 2328 13.4).

use std::cmp::Ordering;
use std::sync::Arc;

use super::database::{Damaged, Database};
use super::interface::{Role, State};
use super::lsa::{self, HEADER, Header, LsaKey, MAX_SEQUENCE};
use super::store::NEVER;
use super::{checksum, intern};

/// What became of the LSAs of one update.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// How many were looked at.
    pub lsas: u32,
    /// How many came to each end; by `Outcome`.
    pub outcomes: [u32; OUTCOMES],
    /// Of those installed, how many say something else than before.
    pub changed: u32,
    /// Scope and type of those, in their order, each as often as it is not that of the one before.
    pub changed_types: Vec<(u32, u16)>,
    /// The neighbour is below Exchange: nothing was looked at.
    pub is_ignored: bool,
    /// The bytes ended before the LSAs did.
    pub is_malformed: bool,
    /// BadLSReq: what followed was not looked at.
    pub is_bad_request: bool,
    /// The neighbour is in Loading and nothing is left to request.
    pub is_loaded: bool,
    /// All that was asked last has come, and there is more to ask for.
    pub may_request: bool,
    /// Offset and length of each LSA that is for Python.
    pub handed_up: Vec<(usize, usize)>,
}

/// Number of outcomes that are counted.
pub const OUTCOMES: usize = 11;

/// What becomes of an LSA; the steps are those of RFC 2328 13.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Step 5.
    Installed,
    /// Step 7.
    Duplicate,
    /// Step 8: ours is newer.
    Older,
    /// Step 8: ours is about to go, at the greatest sequence number.
    Wrapped,
    /// Step 5a.
    TooSoon,
    /// Step 4: nothing to take away.
    Unneeded,
    /// Step 2.
    UnknownType,
    /// Step 3.
    Misplaced,
    /// Step 1.
    BadChecksum,
    /// Beyond the limit.
    Refused,
    /// For Python.
    HandedUp,
    /// Step 6; not counted.
    BadRequest,
}

impl Received {
    /// How many came to an end.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> u32 {
        self.outcomes.get(outcome as usize).copied().unwrap_or(0)
    }

    fn add(&mut self, outcome: Outcome) {
        if let Some(count) = self.outcomes.get_mut(outcome as usize) {
            *count += 1;
        }
    }
}

/// An LSA that came in an update, and from whom.
struct Came<'a> {
    place: (usize, usize),
    header: Header,
    lsa: &'a [u8],
    now: i64,
}

impl Database {
    /// Take the body of an update: a count, and as many LSAs. `None` for an unknown neighbour.
    pub fn receive_update(&mut self, neighbor: u32, body: &[u8], now: i64) -> Option<Received> {
        let place = self.place(neighbor)?;
        let mut received = Received::default();
        if self.at(place)?.1.is.state == State::Below {
            received.is_ignored = true;
            return Some(received);
        }
        let Some((count, mut rest)) = body.split_first_chunk::<4>() else {
            received.is_malformed = true;
            return Some(received);
        };
        let mut ours: Vec<LsaKey> = Vec::new();
        for _ in 0..u32::from_be_bytes(*count) {
            let Some((header, lsa, after)) = lsa::split(self.is.version, rest) else {
                received.is_malformed = true;
                break;
            };
            received.lsas += 1;
            let is_ours = ours.contains(&header.key);
            let came = Came { place, header, lsa, now };
            let (outcome, changed) = self.receive_lsa(&came, is_ours);
            if let Some(scope) = changed {
                received.changed += 1;
                let what = (scope, header.key.kind);
                if received.changed_types.last() != Some(&what) {
                    received.changed_types.push(what);
                }
            }
            received.add(outcome);
            match outcome {
                Outcome::HandedUp => {
                    ours.push(header.key);
                    received.handed_up.push((body.len() - rest.len(), lsa.len()));
                }
                Outcome::BadRequest => {
                    received.is_bad_request = true;
                    break;
                }
                _ => {}
            }
            rest = after;
        }
        let neighbor = self.at(place)?.1;
        received.is_loaded = neighbor.is.state == State::Loading && neighbor.requests.len() == 0;
        received.may_request = neighbor.requests.may_ask();
        Some(received)
    }

    /// RFC 2328 13 for one LSA; `is_ours`: one of its key was handed up before. What became of it,
    /// and its scope if that says something new.
    fn receive_lsa(&mut self, came: &Came<'_>, is_ours: bool) -> (Outcome, Option<u32>) {
        let done = |outcome| (outcome, None);
        let Some(interface) = self.interfaces.get(came.place.0).map(|one| one.is) else {
            return done(Outcome::Refused);
        };
        let Header { key, .. } = came.header;
        let scope = self.scope_of(&interface, key.kind);
        let slot = scope.and_then(|scope| self.store.slot(scope, key));
        let entry = slot.and_then(|slot| self.store.get(slot));
        // (1) what has the bytes of an LSA whose checksum is right has a right one as well
        let is_held = entry.is_some_and(|it| it.lsa.get(2..) == came.lsa.get(2..));
        let shared = if is_held { None } else { intern::held(came.lsa) };
        if !is_held && shared.is_none() && !checksum::is_right(came.lsa) {
            return done(Outcome::BadChecksum);
        }
        let Some(scope) = scope else { return done(Outcome::UnknownType) }; // (2)
        if !self.takes(&interface, scope, key.kind) {
            return done(Outcome::Misplaced); // (3)
        }
        if is_ours {
            return done(Outcome::HandedUp);
        }
        let (Some(slot), Some(entry)) = (slot, entry) else {
            if came.header.is_max_age() && self.exchanging == 0 {
                self.ack_to(came); // (4)
                return done(Outcome::Unneeded);
            }
            return self.install_new(came, scope, shared, NEVER);
        };
        let ours = entry.header(came.now);
        match came.header.compare(&ours) {
            Ordering::Greater => {
                let arrived = entry.arrived;
                self.install_new(came, scope, shared, arrived)
            }
            _ if self.is_requested(came) => done(Outcome::BadRequest), // (6)
            Ordering::Equal => {
                self.receive_duplicate(came, slot); // (7)
                done(Outcome::Duplicate)
            }
            Ordering::Less if ours.is_max_age() && ours.sequence == MAX_SEQUENCE => {
                done(Outcome::Wrapped) // (8)
            }
            Ordering::Less => {
                if entry.sent.saturating_add(self.is.min_arrival_ns) <= came.now {
                    self.send_to(came.place, scope, key, came.now);
                }
                done(Outcome::Older)
            }
        }
    }

    fn is_requested(&self, came: &Came<'_>) -> bool {
        (self.at(came.place)).is_some_and(|(_, it)| it.requests.get(came.header.key).is_some())
    }

    /// Step 5: the LSA is newer than what is there, which arrived then.
    fn install_new(
        &mut self,
        came: &Came<'_>,
        scope: u32,
        shared: Option<Arc<[u8]>>,
        arrived: i64,
    ) -> (Outcome, Option<u32>) {
        // (a)
        if arrived != NEVER && arrived.saturating_add(self.is.min_arrival_ns) > came.now {
            return (Outcome::TooSoon, None);
        }
        if self.is_own(came.header.key) {
            return (Outcome::HandedUp, None); // (f)
        }
        if !self.has_room(scope, came.header.key) {
            self.refused += 1;
            return (Outcome::Refused, None);
        }
        let lsa = shared.unwrap_or_else(|| intern::hold(came.lsa));
        let (slot, is_changed) = self.put(scope, &came.header, lsa, came.now, came.now); // (c), (d)
        let is_back = self.flood_slot(slot, came.now, Some(came.place), !is_changed); // (b)
        self.ack_installed(came, is_back); // (e)
        self.settle(slot);
        (Outcome::Installed, is_changed.then_some(scope))
    }

    /// Table 19, first two lines.
    fn ack_installed(&mut self, came: &Came<'_>, is_back: bool) {
        let Some(interface) = self.interfaces.get_mut(came.place.0) else { return };
        let role = interface.neighbors.get(came.place.1).map(|neighbor| neighbor.is.role);
        if !is_back && (!interface.is.is_backup || role == Some(Role::Designated)) {
            interface.delay_ack(came.lsa, came.now);
        }
    }

    /// Step 7: what we expected an acknowledgment for is one.
    fn receive_duplicate(&mut self, came: &Came<'_>, slot: u32) {
        let Some(interface) = self.interfaces.get_mut(came.place.0) else { return };
        let is_backup = interface.is.is_backup;
        let Some(neighbor) = interface.neighbors.get_mut(came.place.1) else { return };
        if !neighbor.unacknowledged.remove(slot) {
            return neighbor.ack(came.lsa, came.now);
        }
        if is_backup && neighbor.is.role == Role::Designated {
            interface.delay_ack(came.lsa, came.now);
        }
        self.release(slot);
    }

    fn ack_to(&mut self, came: &Came<'_>) {
        if let Some(neighbor) = self.at_mut(came.place) {
            neighbor.ack(came.lsa, came.now);
        }
    }

    pub(super) fn send_to(&mut self, place: (usize, usize), scope: u32, key: LsaKey, now: i64) {
        if let Some(neighbor) = self.at_mut(place) {
            neighbor.push((scope, key), now);
        }
        if let Some(entry) = self.store.slot(scope, key).and_then(|at| self.store.get_mut(at)) {
            entry.sent = now;
        }
    }

    /// Flood what is in a slot (RFC 2328 13.3). Whether it went back to where it came from, which
    /// is its acknowledgment there, so that a refresh may not wait.
    pub(super) fn flood_slot(
        &mut self,
        slot: u32,
        now: i64,
        sender: Option<(usize, usize)>,
        is_refresh: bool,
    ) -> bool {
        let Some(entry) = self.store.get_mut(slot) else { return false };
        let (header, scope, serial) = (entry.header(now), entry.scope, entry.serial);
        let is_opaque = self.is.version.is_opaque(header.key.kind);
        let (mut is_back, mut is_queued) = (false, false);
        for (i, interface) in self.interfaces.iter_mut().enumerate() {
            if !interface.carries(scope) {
                continue;
            }
            let due = now.saturating_add(interface.is.retransmit_ns);
            let mut is_needed = false;
            for (n, neighbor) in interface.neighbors.iter_mut().enumerate() {
                if neighbor.is.state == State::Below {
                    continue; // (1a)
                }
                if neighbor.is.state != State::Full
                    && let Some(asked) = neighbor.requests.get(header.key)
                {
                    // (1b)
                    let order = header.compare(asked);
                    if order != Ordering::Less {
                        neighbor.requests.remove(header.key);
                    }
                    if order != Ordering::Greater {
                        continue;
                    }
                }
                if sender == Some((i, n)) || (is_opaque && !neighbor.is.takes_opaque) {
                    continue; // (1c), RFC 5250 3
                }
                entry.held += u32::from(neighbor.unacknowledged.add(slot, now, due)); // (1d)
                is_needed = true;
            }
            if !is_needed {
                continue; // (2)
            }
            if let Some((_, n)) = sender.filter(|&(from, _)| from == i) {
                let role = interface.neighbors.get(n).map_or(Role::Other, |one| one.is.role);
                if role != Role::Other || interface.is.is_backup {
                    continue; // (3), (4)
                }
                is_back = true;
            }
            let is_lazy = is_refresh && sender.is_none_or(|(from, _)| from != i);
            interface.queue.push(slot, serial, interface.due(now, header.age, is_lazy)); // (5)
            is_queued = true;
        }
        if is_queued {
            entry.sent = now;
            self.trim_queues();
        }
        is_back
    }

    /// What nobody takes must not pile up: instances that are no more leave the queues.
    fn trim_queues(&mut self) {
        let most = 1024 + 2 * self.store.len();
        for interface in self.interfaces.iter_mut().filter(|one| one.queue.len() > most) {
            let store = &self.store;
            let is_there = |slot, serial| store.get(slot).is_some_and(|it| it.serial == serial);
            interface.queue.retain(is_there);
        }
    }

    /// Install and flood an LSA of our own; whether it says something new.
    ///
    /// # Errors
    /// `Damaged` if its length or checksum is wrong.
    pub fn originate(&mut self, scope: u32, lsa: &[u8], now: i64) -> Result<bool, Damaged> {
        let key = Header::read(self.is.version, lsa).ok_or(Damaged)?.key;
        // what others sent in our name is answered at once (RFC 2328 13.4)
        let was_made_here = self.store.find(scope, key).is_some_and(|it| it.arrived == NEVER);
        let is_new = self.install(scope, lsa, now, false)?.unwrap_or(false);
        if let Some(slot) = self.store.slot(scope, key) {
            self.flood_slot(slot, now, None, was_made_here && !is_new);
            self.settle(slot);
        }
        Ok(is_new)
    }

    /// Flood what is in the database; whether it went back out of the sender's interface.
    pub fn flood(&mut self, scope: u32, key: LsaKey, now: i64, sender: Option<u32>) -> bool {
        let Some(slot) = self.store.slot(scope, key) else { return false };
        let is_back =
            self.flood_slot(slot, now, sender.and_then(|number| self.place(number)), false);
        self.settle(slot);
        is_back
    }

    /// Take headers that a neighbour acknowledges (RFC 2328 13.7): how many were on its
    /// retransmission list, and how many were there as another instance.
    pub fn receive_ack(&mut self, neighbor: u32, headers: &[u8], now: i64) -> Option<(u32, u32)> {
        let place = self.place(neighbor)?;
        let interface = self.at(place)?.0.is;
        let (mut removed, mut questionable) = (0, 0);
        for raw in headers.chunks_exact(HEADER) {
            let Some(header) = Header::read(self.is.version, raw) else { break };
            let Some(scope) = self.scope_of(&interface, header.key.kind) else { continue };
            let Some(slot) = self.store.slot(scope, header.key) else { continue };
            let Some(entry) = self.store.get(slot).filter(|entry| entry.held > 0) else { continue };
            let is_same = header.compare(&entry.header(now)) == Ordering::Equal;
            let Some(neighbor) = self.at_mut(place) else { break };
            if is_same && neighbor.unacknowledged.remove(slot) {
                removed += 1;
                self.release(slot);
            } else if !is_same && neighbor.unacknowledged.contains(slot) {
                questionable += 1;
            }
        }
        Some((removed, questionable))
    }
}
