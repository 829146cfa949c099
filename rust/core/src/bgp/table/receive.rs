//! Octets of a session, as they come: framing (RFC 4271 4.1), UPDATEs taken in, all else handed up.

use super::family::{FamilyTable, Outcome, Said};
use super::import::{Checks, admitted, judged};
use super::peers::{FamilyCounts, Peer};
use super::{Identity, Surroundings, Table, with_family};
use crate::bgp::attributes::{SetId, Store, with_rest};
use crate::bgp::damping::Terms;
use crate::bgp::family::Family;
use crate::bgp::nets::{NetKey, Opaque};
use crate::bgp::paths::flags;
use crate::bgp::peer::{PeerId, Relation, SessionOptions};
use crate::bgp::policy::{Policies, Route};
use crate::bgp::update::nlri::{Named, Nlri};
use crate::bgp::update::{self, Parser};

/// Octets of a header.
const HEADER: usize = 19;
const UPDATE: u8 = 2;
const KEEPALIVE: u8 = 4;
/// The longest data of a NOTIFICATION (RFC 4271 4.5).
const DATA_MOST: usize = 4096 - HEADER - 2;
/// The most faults of one call that are handed up with their octets; all are counted.
const FAULTS_MOST: usize = 32;

/// A message that is not the table's: its type, and what follows the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its type (RFC 4271 4.1).
    pub kind: u8,
    /// Its body.
    pub body: Vec<u8>,
}

/// Something wrong with an UPDATE, with the octets that are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What, and what it costs.
    pub what: update::Fault,
    /// The octets.
    pub octets: Vec<u8>,
}

/// Why a session has to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reset {
    /// Of the NOTIFICATION.
    pub code: u8,
    /// Of the NOTIFICATION.
    pub subcode: u8,
    /// Of the NOTIFICATION.
    pub data: Vec<u8>,
    /// In words.
    pub reason: &'static str,
}

/// What came of octets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// UPDATEs.
    pub updates: usize,
    /// KEEPALIVEs.
    pub keepalives: usize,
    /// Prefixes that were announced.
    pub announced: usize,
    /// Prefixes that were withdrawn, also by what was wrong.
    pub withdrawn: usize,
    /// Families that end their first telling (RFC 4724 2).
    pub end_of_rib: Vec<Family>,
    /// What was wrong and did not end the session, the first of them.
    pub faults: Vec<Fault>,
    /// How many there were.
    pub fault_count: usize,
    /// A message that is Python's; what follows it waits for the next call.
    pub message: Option<Message>,
    /// The session has to end; nothing behind this was read.
    pub reset: Option<Reset>,
    /// Whole messages wait for the next call: the budget is spent, or a message was handed up.
    pub is_more: bool,
}

impl Table {
    /// Take octets of a neighbour, in order, and read up to `budget` messages. What is not a whole
    /// message yet waits. Without a session, or behind a reset, nothing is read.
    pub fn receive(&mut self, peer: PeerId, data: &[u8], now: u64, budget: usize) -> Received {
        let mut found = Received::default();
        let since = self.since(now);
        let Self {
            identity,
            surroundings,
            store,
            policies,
            v4,
            v6,
            others,
            peers,
            parser,
            mirror,
            ..
        } = self;
        let Some(held) = peers.get_mut(usize::from(peer)).and_then(Option::as_mut) else {
            return found;
        };
        let Some(session) = held.session.clone() else { return found };
        let mut pending = std::mem::take(&mut held.pending);
        let has_waited = !pending.is_empty();
        if has_waited {
            pending.extend(data);
        }
        let octets = if has_waited { pending.unread() } else { data };
        let mut intake = Intake {
            identity,
            surroundings,
            store,
            policies,
            peer: held,
            number: peer,
            session: &session,
            since,
        };
        let mut at = 0;
        for read in 0.. {
            let (kind, end) = match frame(octets, at, session.longest_in) {
                Framed::Whole(kind, end) => (kind, end),
                Framed::Short => break,
                Framed::Wrong(reset) => {
                    found.reset = Some(reset);
                    break;
                }
            };
            if read >= budget {
                found.is_more = true;
                break;
            }
            let body = octets.get(at + HEADER..end).unwrap_or_default();
            let is_logged = kind == UPDATE
                && mirror.is_on()
                && mirror.take(peer, false, octets.get(at..end).unwrap_or_default(), now);
            at = end;
            match kind {
                UPDATE => {
                    found.updates += 1;
                    let mut tables = Tables { v4, v6, others };
                    let faults = found.fault_count;
                    let is_over = !intake.update(body, parser, &mut tables, &mut found);
                    if is_logged && found.fault_count > faults {
                        mirror.fault();
                    }
                    if is_over {
                        break;
                    }
                }
                KEEPALIVE => found.keepalives += 1,
                kind => {
                    found.message = Some(Message { kind, body: body.to_vec() });
                    found.is_more = matches!(
                        frame(octets, at, session.longest_in),
                        Framed::Whole(..) | Framed::Wrong(_)
                    );
                    break;
                }
            }
        }
        if found.reset.is_some() {
            pending.clear();
        } else if has_waited {
            pending.advance(at);
        } else {
            pending.extend(data.get(at..).unwrap_or_default());
        }
        if let Some(held) = self.peer_mut(peer) {
            held.pending = pending;
        }
        found
    }
}

enum Framed {
    Whole(u8, usize),
    Short,
    Wrong(Reset),
}

/// RFC 4271 6.1.
fn frame(octets: &[u8], at: usize, longest: u16) -> Framed {
    let Some(header) = octets.get(at..).and_then(|rest| rest.first_chunk::<HEADER>()) else {
        return Framed::Short;
    };
    let wrong = |subcode, data: &[u8], reason| {
        Framed::Wrong(Reset { code: 1, subcode, data: data.to_vec(), reason })
    };
    let (marker, rest) = header.split_at(16);
    let &[high, low, kind] = rest else { return Framed::Short };
    if marker != [0xff; 16] {
        return wrong(1, &[], "the marker is not all ones");
    }
    let length = u16::from_be_bytes([high, low]);
    let least = match kind {
        1 => 29,
        UPDATE => 23,
        3 => 21,
        _ => 19,
    };
    let most = match kind {
        KEEPALIVE => 19,
        1 => longest.min(4096), // RFC 8654 4: OPEN and KEEPALIVE stay as they were
        _ => longest,
    };
    if length < least || length > most {
        return wrong(2, &[high, low], "a length that its type cannot have");
    }
    if !(1..=5).contains(&kind) {
        return wrong(3, &[kind], "an unknown type");
    }
    let end = at + usize::from(length);
    if end > octets.len() { Framed::Short } else { Framed::Whole(kind, end) }
}

struct Tables<'a> {
    v4: &'a mut FamilyTable<crate::bgp::nets::Net4>,
    v6: &'a mut FamilyTable<crate::bgp::nets::Net6>,
    others: &'a mut std::collections::BTreeMap<u32, FamilyTable<Opaque>>,
}

struct Intake<'a> {
    identity: &'a Identity,
    surroundings: &'a Surroundings,
    store: &'a mut Store,
    policies: &'a mut Policies,
    peer: &'a mut Peer,
    number: PeerId,
    session: &'a SessionOptions,
    since: u32,
}

/// A received set and what was judged of it.
#[derive(Clone, Copy)]
struct Judged {
    received: SetId,
    imported: SetId,
    flags: u16,
}

impl Intake<'_> {
    /// Take an UPDATE in. False where the session has to end.
    fn update(
        &mut self,
        body: &[u8],
        parser: &mut Parser,
        tables: &mut Tables<'_>,
        found: &mut Received,
    ) -> bool {
        let relation: Relation = self.peer.settings.relation;
        let is_whole = parser.read(body, self.session, relation);
        found.fault_count += parser.faults.len();
        if !is_whole {
            let Some(why) = parser.faults.last() else { return false };
            let octets = body.get(why.at..why.at + why.length).unwrap_or_default();
            let data = octets.iter().take(DATA_MOST).copied().collect();
            let (subcode, reason) = (why.subcode, why.reason);
            found.reset = Some(Reset { code: 3, subcode, data, reason });
            return false;
        }
        for &what in &parser.faults {
            if found.faults.len() < FAULTS_MOST {
                let octets = body.get(what.at..what.at + what.length).unwrap_or_default();
                found.faults.push(Fault { what, octets: octets.to_vec() });
            }
        }
        if let Some(family) = parser.end_of_rib(body) {
            if !found.end_of_rib.contains(&family) {
                found.end_of_rib.push(family);
            }
            return true;
        }
        for one in parser.unreach(body, self.session) {
            found.withdrawn += match one.family {
                Family::IPV4 => self.withdraw(tables.v4, one.nlri.each4()),
                Family::IPV6 => self.withdraw(tables.v6, one.nlri.each6()),
                other => match tables.others.get_mut(&other.code()) {
                    Some(table) => self.withdraw(table, one.nlri.each_opaque()),
                    None => 0,
                },
            };
        }
        let reach = parser.reach(body, self.session);
        for one in reach.into_iter().flatten() {
            if parser.is_withdrawn() {
                found.withdrawn += match one.family {
                    Family::IPV4 => self.withdraw(tables.v4, one.nlri.each4()),
                    Family::IPV6 => self.withdraw(tables.v6, one.nlri.each6()),
                    other => match tables.others.get_mut(&other.code()) {
                        Some(table) => self.withdraw(table, one.nlri.each_opaque()),
                        None => 0,
                    },
                };
                continue;
            }
            let bytes = parser.canonical(body, one.is_multi, self.session.scope);
            found.announced += match one.family {
                Family::IPV4 => self.announce(tables.v4, bytes, one.nlri.each4()),
                Family::IPV6 => self.announce(tables.v6, bytes, one.nlri.each6()),
                other => match tables.others.get_mut(&other.code()) {
                    Some(table) => self.announce_parted(table, bytes, one.nlri),
                    None => 0,
                },
            };
        }
        true
    }

    /// RFC 2439 2: routes of our own AS are not damped.
    fn damping(&self, family: u32) -> Option<Terms> {
        let rules = self.peer.families.get(&family)?;
        rules.damping.filter(|_| !self.peer.settings.relation.is_internal())
    }

    fn withdraw<K: NetKey>(
        &mut self,
        table: &mut FamilyTable<K>,
        nlri: impl Iterator<Item = Named<K>>,
    ) -> usize {
        let code = table.family.code();
        let mut count = 0;
        let terms = self.damping(code);
        for (path_id, key) in nlri {
            count += 1;
            let gone = table.withdraw(&key, self.number, path_id, self.store);
            let counts = self.peer.counts.entry(code).or_default();
            if gone.is_some() {
                counts.note(gone, None);
                if let Some(terms) = terms {
                    let place = (&key, self.number, path_id);
                    table.damping.count(place, terms.withdrawal, &terms, self.since);
                }
            }
        }
        count
    }

    /// Routes with octets that do not name them: those are attributes of each (`route_key`).
    fn announce_parted(
        &mut self,
        table: &mut FamilyTable<Opaque>,
        bytes: &[u8],
        nlri: Nlri<'_>,
    ) -> usize {
        let parted: Vec<_> = nlri.each_parted().collect();
        let mut count = 0;
        for run in parted.chunk_by(|(_, one), (_, next)| one.1 == next.1) {
            let Some((_, (_, rest))) = run.first() else { continue };
            let routes = run.iter().map(|(path_id, (key, _))| (*path_id, key.clone()));
            count += self.announce(table, &with_rest(bytes, rest), routes);
        }
        count
    }

    fn announce<K: NetKey>(
        &mut self,
        table: &mut FamilyTable<K>,
        bytes: &[u8],
        nlri: impl Iterator<Item = Named<K>>,
    ) -> usize {
        let code = table.family.code();
        let Some(received) = self.store.intern_of(bytes, self.number) else {
            let count = self.withdraw(table, nlri);
            self.peer.counts.entry(code).or_default().blocked += count;
            return 0;
        };
        let rules = self.peer.families.get(&code).cloned().unwrap_or_default();
        let family = table.family;
        let Self { identity, surroundings, .. } = *self;
        let checks = Checks { identity, peer: self.peer, family, rules: &rules, surroundings };
        let (seen, refused) = admitted(&checks, received, self.store);
        let telling = self.peer.telling_flag(code);
        let mut found = Judged { received, imported: seen, flags: refused | telling };
        let policy = if refused == 0 { rules.import_policy } else { 0 };
        let is_each = self.policies.asks(policy);
        let (standing, source) = (self.peer.standing(), self.number);
        let mut route = Route { net: None, source, standing: &standing };
        let mut trail = 0;
        if policy > 0 && !is_each {
            let (imported, refused, by) = judged(policy, seen, &route, self.policies, self.store);
            (found.imported, found.flags, trail) = (imported, refused | telling, by);
        }
        let damping = self.damping(code);
        let counts = self.peer.counts.entry(code).or_default();
        let mut count = 0;
        for (path_id, key) in nlri {
            count += 1;
            if is_each {
                route.net = key.prefix();
                let (imported, refused, by) =
                    judged(policy, seen, &route, self.policies, self.store);
                self.policies.count(policy, by, 1);
                (found.imported, found.flags) = (imported, refused | telling);
            }
            let blocked = rules.blocks_above > 0 && counts.received >= rules.blocks_above;
            let one = Announced { peer: self.number, since: self.since, blocked, damping };
            one.put(table, key, path_id, found, self.store, counts);
            if is_each {
                self.store.release(found.imported);
            }
        }
        if policy > 0 {
            self.store.release(seen);
        }
        if !is_each {
            self.store.release(found.imported);
            self.policies.count(policy, trail, count);
        }
        self.store.release(received);
        count
    }
}

struct Announced {
    peer: PeerId,
    since: u32,
    blocked: bool,
    damping: Option<Terms>,
}

impl Announced {
    /// Whether a path is suppressed, after what is said of it now (RFC 2439 4.8.3, 4.8.4).
    fn is_damped<K: NetKey>(
        &self,
        table: &mut FamilyTable<K>,
        key: &K,
        path_id: u32,
        received: SetId,
    ) -> bool {
        let Some(terms) = self.damping else { return false };
        let cost = match table.received(key, self.peer, path_id) {
            Some(before) if before == received => 0,
            Some(_) => terms.change,
            None => terms.readvertisement,
        };
        table.damping.count((key, self.peer, path_id), cost, &terms, self.since)
    }

    fn put<K: NetKey>(
        &self,
        table: &mut FamilyTable<K>,
        key: K,
        path_id: u32,
        judged: Judged,
        store: &mut Store,
        counts: &mut FamilyCounts,
    ) {
        let Judged { received, imported, flags } = judged;
        if self.blocked && !table.has(&key, self.peer, path_id) {
            counts.blocked += 1;
            return;
        }
        store.retain(received);
        store.retain(imported);
        let flags = if self.is_damped(table, &key, path_id, received) {
            flags | flags::DAMPED
        } else {
            flags
        };
        let (peer, since) = (self.peer, self.since);
        let said = Said { peer, path_id, received, imported, flags, since };
        match table.announce(key, said, store) {
            Outcome::New => counts.note(None, Some(flags)),
            Outcome::Changed(before) | Outcome::Same(before) => {
                counts.note(Some(before), Some(flags));
            }
            Outcome::Full => counts.blocked += 1,
        }
    }
}

impl Table {
    /// How many paths of a neighbour a family has, by its own count.
    #[must_use]
    pub fn peer_counts(&self, peer: PeerId, family: Family) -> FamilyCounts {
        let counts = self.peer(peer).and_then(|one| one.counts.get(&family.code()));
        counts.copied().unwrap_or_default()
    }

    /// Whether a family is held at all.
    #[must_use]
    pub fn has_family(&mut self, family: Family) -> bool {
        with_family!(self, family, _table => ()).is_some()
    }
}
