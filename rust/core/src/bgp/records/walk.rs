//! Adj-RIBs-In and the Loc-RIB as UPDATEs: all of them in slices, and what changes of them.

use super::mirror::{Behind, Format, Mirrored, monitoring};
use super::packed::Speech;
use crate::bgp::attributes::{Store, codes};
use crate::bgp::family::Family;
use crate::bgp::journal::Reader;
use crate::bgp::nets::{NetIx, NetKey, Opaque};
use crate::bgp::out::Packer;
use crate::bgp::paths::{NO_PATH, Path, flags};
use crate::bgp::peer::PeerId;
use crate::bgp::table::{FamilyTable, Table, with_family};
use crate::bgp::update::Parser;

const HEADER: usize = 19;

/// Which table is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// What a neighbour told, as it came.
    PrePolicy(PeerId),
    /// What is left of that after the import policy; what was refused is withdrawn.
    PostPolicy(PeerId),
    /// The best paths.
    LocRib,
}

/// How messages are handed out: each behind a per-peer header of BMP, or as they are if that is
/// empty. `instant` is nanoseconds since 1970.
#[derive(Clone, Copy, Debug, Default)]
pub struct Framing<'a> {
    /// The per-peer header.
    pub head: &'a [u8],
    /// What stands in it as time.
    pub instant: u64,
}

/// A part of a walk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// Whole messages.
    pub octets: Vec<u8>,
    /// Where the next part begins; None: this was the last.
    pub next: Option<NetIx>,
}

impl Framing<'_> {
    fn put(&self, out: &mut Vec<u8>, messages: &[u8]) {
        if self.head.is_empty() {
            out.extend_from_slice(messages);
            return;
        }
        let mut rest = messages;
        while let Some(&[high, low]) = rest.get(16..18).and_then(|two| two.first_chunk::<2>()) {
            let length = usize::from(u16::from_be_bytes([high, low]));
            let Some((one, after)) = rest.split_at_checked(length.max(HEADER)) else { return };
            monitoring(out, self.head, self.instant, one);
            rest = after;
        }
    }
}

impl<K: NetKey> FamilyTable<K> {
    /// Say how a view has a prefix.
    fn say(&self, net: NetIx, view: View, has_ids: bool, table: &Aside<'_>, speech: &mut Speech) {
        let Some(entry) = self.nets.get(net) else { return };
        let mut tell = |path: Option<&Path>, path_id, set: u32| {
            let source = path.map_or(0, |path| path.received);
            let rest = table.store.get(source).and_then(|set| set.value(codes::MP_REACH_NLRI));
            let id = has_ids.then_some(path_id);
            let family = self.family;
            speech.say(set, id, |out| entry.key.write_with(family, rest.unwrap_or_default(), out));
        };
        let (peer, is_post) = match view {
            View::LocRib => {
                let best = self.paths.get(entry.best);
                tell(best, 0, best.map_or(0, |path| path.imported));
                return;
            }
            View::PrePolicy(peer) => (peer, false),
            View::PostPolicy(peer) => (peer, true),
        };
        for (_, path) in self.paths.list(entry.first).filter(|(_, path)| path.peer == peer) {
            let is_refused = path.flags & flags::REFUSED != 0;
            let set = if !is_post {
                path.received
            } else if is_refused {
                0
            } else {
                path.imported
            };
            tell(Some(path), path.path_id, set);
        }
    }

    fn walk(&self, view: View, at: NetIx, budget: u32, has_ids: bool, aside: &Aside<'_>) -> Walked {
        let end = self.nets.end();
        let last = at.saturating_add(budget).min(end);
        let mut speech = Speech::new(self.family);
        for net in at..last {
            let is_there = self.nets.get(net).is_some_and(|entry| match view {
                View::LocRib => self.paths.get(entry.best).is_some(),
                _ => entry.first != NO_PATH,
            });
            if is_there {
                self.say(net, view, has_ids, aside, &mut speech);
            }
        }
        (speech.messages(aside.store), (last < end).then_some(last))
    }
}

type Walked = (Vec<u8>, Option<NetIx>);

struct Aside<'a> {
    store: &'a Store,
}

impl Table {
    /// Whether a neighbour's prefixes of a family have path identifiers.
    fn has_path_ids(&self, view: View, family: Family) -> bool {
        let (View::PrePolicy(peer) | View::PostPolicy(peer)) = view else { return false };
        let session = self.peer(peer).and_then(|peer| peer.session.as_ref());
        session
            .and_then(|session| session.families.iter().find(|one| one.family == family))
            .is_some_and(|one| one.path_ids_in)
    }

    /// A part of a table as UPDATEs, of the `budget` prefixes from `at` on; what changes between
    /// two parts may be in either.
    pub fn speak(
        &mut self,
        view: View,
        family: Family,
        at: NetIx,
        budget: u32,
        framing: Framing<'_>,
    ) -> Slice {
        let has_ids = self.has_path_ids(view, family);
        let Self { store, v4, v6, others, .. } = self;
        let aside = Aside { store };
        let (messages, next) = match family {
            Family::IPV4 => v4.walk(view, at, budget, has_ids, &aside),
            Family::IPV6 => v6.walk(view, at, budget, has_ids, &aside),
            other => match others.get(&other.code()) {
                Some(table) => table.walk(view, at, budget, has_ids, &aside),
                None => Walked::default(),
            },
        };
        let mut octets = Vec::new();
        framing.put(&mut octets, &messages);
        Slice { octets, next }
    }

    /// The best paths that changed since a reader of the journal looked, at most `limit`, as
    /// UPDATEs; with how many they were.
    pub fn best_news(
        &mut self,
        family: Family,
        reader: Reader,
        limit: usize,
        framing: Framing<'_>,
    ) -> (Vec<u8>, usize) {
        let mut changed = with_family!(self, family, table => table.journal.read(reader, limit))
            .unwrap_or_default();
        let count = changed.len();
        changed.sort_unstable();
        changed.dedup();
        let Self { store, v4, v6, others, .. } = self;
        let aside = Aside { store };
        let mut speech = Speech::new(family);
        for net in changed {
            match family {
                Family::IPV4 => v4.say(net, View::LocRib, false, &aside, &mut speech),
                Family::IPV6 => v6.say(net, View::LocRib, false, &aside, &mut speech),
                other => {
                    if let Some(table) = others.get(&other.code()) {
                        table.say(net, View::LocRib, false, &aside, &mut speech);
                    }
                }
            }
        }
        let mut octets = Vec::new();
        framing.put(&mut octets, &speech.messages(store));
        (octets, count)
    }

    /// A reader of the journal reads no more.
    pub fn close_reader(&mut self, family: Family, reader: Reader) {
        with_family!(self, family, table => table.journal.close(reader));
    }

    /// Log messages that went to a neighbour, whole ones.
    pub fn mirror_sent(&mut self, peer: PeerId, octets: &[u8], instant: u64) {
        let mut rest = octets;
        while let Some(&[high, low, kind]) = rest.get(16..19).and_then(|found| found.first_chunk())
        {
            let length = usize::from(u16::from_be_bytes([high, low])).max(HEADER);
            let Some((one, after)) = rest.split_at_checked(length) else { return };
            if kind == 2 {
                self.mirror.take(peer, true, one, instant);
            }
            rest = after;
        }
    }

    /// Messages that came and went since a reader looked, in a format. For BMP the views are chosen:
    /// as they came, what the import policy left of them by now, and what went. `now` stands with
    /// what has no instant of its own, in nanoseconds since 1970.
    pub fn mirrored(
        &mut self,
        from: u64,
        room: usize,
        format: Format,
        (pre, post, sent): (bool, bool, bool),
        now: u64,
    ) -> Mirrored {
        let mirror = std::mem::take(&mut self.mirror);
        let takes = |is_sent| if is_sent { sent } else { pre };
        let mut parser = Parser::default(); // that of the table reads what comes
        let found = mirror.read(from, room, format, takes, |peer, head, behind, instant, out| {
            if !post {
                return;
            }
            let messages = match behind {
                Behind::Message(octets) => {
                    let body = octets.get(HEADER..).unwrap_or_default();
                    self.after_policy(peer, body, &mut parser)
                }
                Behind::Judged(family, places) => self.judged(peer, family, places),
            };
            let mut head = head.to_vec();
            if let Some(flags) = head.get_mut(1) {
                *flags |= 0x40; // RFC 7854 4.2: L
            }
            let instant = if instant == 0 { now } else { instant };
            Framing { head: &head, instant }.put(out, &messages);
        });
        self.mirror = mirror;
        found
    }

    /// How prefixes of a neighbour stand behind the import policy by now.
    fn judged(&self, peer: PeerId, family: Family, places: &[u8]) -> Vec<u8> {
        let (view, aside) = (View::PostPolicy(peer), Aside { store: &self.store });
        let has_ids = self.has_path_ids(view, family);
        let mut speech = Speech::new(family);
        for net in places.as_chunks::<4>().0.iter().map(|octets| NetIx::from_be_bytes(*octets)) {
            match family {
                Family::IPV4 => self.v4.say(net, view, has_ids, &aside, &mut speech),
                Family::IPV6 => self.v6.say(net, view, has_ids, &aside, &mut speech),
                other => {
                    if let Some(table) = self.others.get(&other.code()) {
                        table.say(net, view, has_ids, &aside, &mut speech);
                    }
                }
            }
        }
        speech.messages(&self.store)
    }

    /// What an UPDATE named, as it is now behind the import policy.
    fn after_policy(&mut self, peer: PeerId, body: &[u8], parser: &mut Parser) -> Vec<u8> {
        let Some(held) = self.peer(peer) else { return Vec::new() };
        let Some(session) = held.session.clone() else { return Vec::new() };
        let relation = held.settings.relation;
        let mut out = Vec::new();
        if !parser.read(body, &session, relation) {
            return out;
        }
        if let Some(family) = parser.end_of_rib(body) {
            let longest = usize::from(u16::MAX);
            return Packer { family, longest, as4: true, hop_length: 0 }.end_of_rib();
        }
        let reach = parser.reach(body, &session).into_iter().flatten();
        let said: Vec<_> = parser.unreach(body, &session).chain(reach).collect();
        for one in said {
            let mut speech = Speech::new(one.family);
            let has_ids = one.nlri.has_path_ids;
            match one.family {
                Family::IPV4 => {
                    self.v4.say_named(one.nlri.each4(), peer, has_ids, &mut speech, b"")
                }
                Family::IPV6 => {
                    self.v6.say_named(one.nlri.each6(), peer, has_ids, &mut speech, b"")
                }
                other => {
                    if let Some(table) = self.others.get(&other.code()) {
                        for (path_id, octets) in one.nlri.each_opaque() {
                            let (key, rest) = Opaque::of(other, &octets.0);
                            let named = std::iter::once((path_id, key));
                            table.say_named(named, peer, has_ids, &mut speech, &rest);
                        }
                    }
                }
            }
            out.extend(speech.messages(&self.store));
        }
        out
    }
}

impl<K: NetKey> FamilyTable<K> {
    /// Say how each of some prefixes stands behind the import policy of who named it.
    fn say_named(
        &self,
        named: impl Iterator<Item = (u32, K)>,
        peer: PeerId,
        has_ids: bool,
        speech: &mut Speech,
        rest: &[u8],
    ) {
        for (path_id, key) in named {
            let first = self.nets.find(&key).and_then(|net| self.nets.get(net));
            let mut listed = self.paths.list(first.map_or(NO_PATH, |entry| entry.first));
            let found = listed.find(|(_, path)| path.peer == peer && path.path_id == path_id);
            let set = found
                .filter(|(_, path)| path.flags & flags::REFUSED == 0)
                .map_or(0, |(_, path)| path.imported);
            let id = has_ids.then_some(path_id);
            speech.say(set, id, |out| key.write_with(self.family, rest, out));
        }
    }
}
