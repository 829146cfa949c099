//! Whether a best path is told to a group, and what it says then (RFC 4271 5, 9.1.3, 9.2).
//!
//! `fingerpost/bgp/exporting.py` is the same in Python, step by step.

use std::hash::{Hash, Hasher};

use super::group::Context;
use super::log::Audience;
use super::pack::{HEADER, Packer};
use crate::bgp::attributes::as_path::{CONFED_SEQUENCE, SEQUENCE, Segments};
use crate::bgp::attributes::{AttributeSet, Draft, SetId, Store, aigp, codes};
use crate::bgp::family::Family;
use crate::bgp::paths::{Path, flags};
use crate::bgp::peer::{PeerId, Relation, Role};
use crate::bgp::policy::marks;
use crate::bgp::table::{Identity, Standing};

/// What becomes of private AS numbers (RFC 6996).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PrivateAs {
    /// They stay.
    #[default]
    Kept,
    /// They go if the whole path is of such.
    Removed,
    /// They go wherever they stand.
    RemovedAll,
    /// Our AS stands in their place.
    Replaced,
}

/// All that makes a difference to what is told: neighbours for whom it is equal are a group.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExportRules {
    /// The family.
    pub family: Family,
    /// Where they are.
    pub relation: Relation,
    /// What we call ourselves there.
    pub local_asn: u32,
    /// Our AS that stands behind it (RFC 7705 3.3); 0: none.
    pub behind_asn: u32,
    /// Their AS, where it makes a difference (`overrides_as`, `private_as`); otherwise 0.
    pub asn: u32,
    /// What we are to them.
    pub role: Option<Role>,
    /// The export policy: 0 none, -1 nothing is told (RFC 8212).
    pub policy: i32,
    /// Nothing that came from a neighbour is told.
    pub own_only: bool,
    /// The next hop is ourselves; in any case where we have another to tell.
    pub next_hop_self: bool,
    /// Also where we reflect, which the RFC advises against (RFC 4456 10).
    pub reflects_as_self: bool,
    /// The next hop stays, to external neighbours too.
    pub next_hop_unchanged: bool,
    /// Their AS in a path is replaced by ours.
    pub overrides_as: bool,
    /// What becomes of private AS numbers.
    pub private_as: PrivateAs,
    /// Communities are told.
    pub sends_communities: bool,
    /// AIGP is told (RFC 7311 3.4).
    pub aigp: bool,
    /// They know of routes that are stale for long (RFC 9494 4.3).
    pub takes_long_lived: bool,
    /// LOCAL_PREF of a path without one (RFC 4271 5.1.5); the table says it.
    pub default_preference: u32,
    /// AS numbers have four octets.
    pub as4: bool,
    /// The longest message.
    pub longest: u16,
    /// IPv4 prefixes may have IPv6 next hops.
    pub extended_next_hop: bool,
    /// Octets of our next hop there.
    pub hop_length: u8,
    /// How many paths of a prefix are told; 0: one, without identifiers.
    pub paths: u8,
    /// Our saying of the default that is told in place of the best path to it; 0: none.
    pub default_route: u32,
    /// The least time between two messages about a prefix (RFC 4271 9.2.1.1), in nanoseconds.
    pub advertisement: u64,
}

/// A path that is told: the attributes that the export policy made of it, and whose it is. In eight
/// octets: there is one for each prefix and group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The attributes; 0: nothing is told.
    pub set: SetId,
    /// Who said it; 0 is ourselves.
    pub source: PeerId,
    marks: u8,
}

const _: () = assert!(size_of::<Told>() == 8);

const LONG_LIVED: u8 = 1;
const KEEPS_MED: u8 = 2;
const KEEPS_HOP: u8 = 4;
const INTERNAL: u8 = 8;

impl Hash for Told {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let marks = u64::from(self.marks);
        state.write_u64(u64::from(self.set) << 32 | u64::from(self.source) << 16 | marks);
    }
}

impl Told {
    /// A path as the import policy left it.
    #[must_use]
    pub fn of(path: &Path, source: &Standing) -> Self {
        let is_long_lived = path.flags & flags::LONG_LIVED_STALE != 0;
        let is_given = path.peer == 0 && path.imported == 0;
        let set = if is_given { path.received } else { path.imported };
        let told = Self { set, source: path.peer, marks: 0 };
        let is_internal = path.peer != 0 && source.relation.is_internal();
        told.marked(LONG_LIVED, is_long_lived).marked(INTERNAL, is_internal)
    }

    /// What a policy made of it, which has set what `marks` say.
    #[must_use]
    pub const fn judged(self, set: SetId, marks: u8) -> Self {
        let told = Self { set, ..self };
        let keeps_hop = marks & marks::NEXT_HOP != 0;
        told.marked(KEEPS_MED, marks & marks::MED != 0).marked(KEEPS_HOP, keeps_hop)
    }

    const fn marked(self, mark: u8, is_so: bool) -> Self {
        let marks = if is_so { self.marks | mark } else { self.marks & !mark };
        Self { marks, ..self }
    }

    /// It is stale for long (RFC 9494).
    #[must_use]
    pub const fn is_long_lived(self) -> bool {
        self.marks & LONG_LIVED != 0
    }

    /// The policy set MULTI_EXIT_DISC, so it goes to another AS too (RFC 4271 5.1.4).
    #[must_use]
    pub const fn keeps_med(self) -> bool {
        self.marks & KEEPS_MED != 0
    }

    /// The policy set the next hop, so that is told, whatever the rules say of others.
    #[must_use]
    pub const fn keeps_hop(self) -> bool {
        self.marks & KEEPS_HOP != 0
    }

    /// A neighbour of our AS said it.
    #[must_use]
    pub const fn is_internal(self) -> bool {
        self.marks & INTERNAL != 0
    }

    /// Everybody but the one that said it.
    #[must_use]
    pub const fn audience(self) -> Audience {
        if self.source == 0 { Audience::All } else { Audience::AllBut(self.source) }
    }
}

/// Why a path is not told. The numbers are those of `exporting.py`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Refusal {
    /// There is no path that can be used.
    NoPath = 1,
    /// It came from there.
    Origin = 2,
    /// From one of our AS to another, and neither is a client (RFC 4271 9.2.1, RFC 4456 6).
    Internal = 3,
    /// NO_ADVERTISE (RFC 1997).
    NoAdvertise = 4,
    /// NO_EXPORT or NO_EXPORT_SUBCONFED (RFC 1997), NO_PEER (RFC 3765), BLACKHOLE (RFC 7999 3.2).
    NoExport = 5,
    /// It would be a leak (RFC 9234 5).
    Leak = 6,
    /// There is no export policy for an external neighbour (RFC 8212).
    NoPolicy = 7,
    /// The export policy.
    Policy = 8,
    /// Stale for long, and they do not know of that (RFC 9494 4.3).
    LongLivedStale = 9,
    /// No next hop that they could use.
    NextHop = 10,
    /// Its attributes leave no room for a prefix.
    TooLong = 11,
    /// A neighbour told it, and only what is ours is told.
    OwnOnly = 12,
    /// An aggregate is told in its place (RFC 4271 9.2.2.2).
    Summarized = 13,
    /// As many better ones are told as may be (RFC 7911).
    Beyond = 14,
}

const NO_EXPORT: u32 = 0xFFFF_FF01;
const NO_ADVERTISE: u32 = 0xFFFF_FF02;
const NO_EXPORT_SUBCONFED: u32 = 0xFFFF_FF03;
const NO_PEER: u32 = 0xFFFF_FF04;
const LLGR_STALE: u32 = 0xFFFF_0006;
const BLACKHOLE: u32 = 0xFFFF_029A;
/// By how much a set may grow when it is written: two numbers in the path with segments of their
/// own, LOCAL_PREF, ONLY_TO_CUSTOMER, ORIGINATOR_ID, a cluster, two communities, longer lengths.
const GROWTH_MOST: usize = 6 + 6 + 7 + 7 + 7 + 7 + 7 + 4 + 16;

impl ExportRules {
    /// Whether a path may be told, before any policy; `source` is who said it.
    ///
    /// # Errors
    /// Why it may not.
    pub fn admit(&self, said: Told, set: &AttributeSet, source: &Standing) -> Result<(), Refusal> {
        let is_learned = said.source != 0;
        if is_learned
            && source.relation == Relation::Internal
            && self.relation == Relation::Internal
        {
            return Err(Refusal::Internal);
        }
        let is_external = self.relation == Relation::External;
        for community in set.communities() {
            match community {
                NO_ADVERTISE => return Err(Refusal::NoAdvertise),
                NO_EXPORT if is_external => return Err(Refusal::NoExport),
                NO_EXPORT_SUBCONFED if !self.relation.is_internal() => {
                    return Err(Refusal::NoExport);
                }
                NO_PEER if is_external && self.role == Some(Role::Peer) => {
                    return Err(Refusal::NoExport);
                }
                BLACKHOLE if is_external && is_of_others(said, source) => {
                    return Err(Refusal::NoExport);
                }
                _ => {}
            }
        }
        let goes_up =
            matches!(self.role, Some(Role::Customer | Role::Peer | Role::RouteServerClient));
        if goes_up && self.is_unicast() && set.has(codes::OTC) {
            return Err(Refusal::Leak);
        }
        let is_long_lived = said.is_long_lived() || set.communities().any(|one| one == LLGR_STALE);
        if is_long_lived && !self.takes_long_lived {
            return Err(Refusal::LongLivedStale);
        }
        if self.own_only && is_learned {
            return Err(Refusal::OwnOnly);
        }
        if self.policy < 0 { Err(Refusal::NoPolicy) } else { Ok(()) }
    }

    /// What is told of a set that policy let through: its bytes, with an empty next hop where that
    /// is ourselves. None: there is no next hop that they could use.
    #[must_use]
    pub fn rewritten(
        &self,
        said: Told,
        set: &AttributeSet,
        source: &Standing,
        identity: &Identity,
    ) -> Option<Vec<u8>> {
        let mut draft = Draft::of(set.bytes());
        draft.remove(codes::WEIGHT);
        self.write_next_hop(said, &mut draft)?;
        self.write_path(&mut draft, identity);
        if !self.relation.is_internal() {
            draft.remove(codes::ORIGINATOR_ID); // RFC 4456 8: of an AS, and of a member too
            draft.remove(codes::CLUSTER_LIST);
        }
        if self.relation == Relation::External {
            draft.remove(codes::LOCAL_PREF);
            if said.source != 0 && !said.keeps_med() {
                draft.remove(codes::MED); // 5.1.4: it is not for a third AS
            }
        } else if draft.value(codes::LOCAL_PREF).is_none() {
            let preference = self.default_preference.to_be_bytes().to_vec();
            draft.set(codes::TRANSITIVE, codes::LOCAL_PREF, preference);
        }
        if said.source != 0 && source.relation.is_internal() && self.relation.is_internal() {
            reflect(&mut draft, source.router_id, identity.cluster_id);
        }
        let goes_down = matches!(self.role, Some(Role::Provider | Role::Peer | Role::RouteServer));
        if goes_down && self.is_unicast() && draft.value(codes::OTC).is_none() {
            let flags = codes::OPTIONAL | codes::TRANSITIVE;
            draft.set(flags, codes::OTC, self.local_asn.to_be_bytes().to_vec());
        }
        self.write_marks(said, source, &mut draft);
        if !self.sends_communities {
            draft.remove(codes::COMMUNITIES);
            draft.remove(codes::EXTENDED_COMMUNITIES);
            draft.remove(codes::LARGE_COMMUNITIES);
            draft.remove(codes::IPV6_EXTENDED_COMMUNITIES);
        }
        if !self.aigp {
            draft.remove(codes::AIGP);
        }
        Some(draft.bytes())
    }

    /// A path with what the way to its next hop costs added to its AIGP, where the next hop becomes
    /// ourselves (RFC 7311 3.4.3). Its set is one that nobody uses yet.
    pub(super) fn accumulated(&self, told: Told, path: &Path, store: &mut Store) -> Told {
        if !self.aigp {
            return told;
        }
        let Some(set) = store.get(told.set).filter(|set| set.has(codes::AIGP)) else {
            return told;
        };
        let held = set.value(codes::NEXT_HOP).unwrap_or_default();
        let way = store.get(path.imported).and_then(|set| store.next_hops.get(set.next_hop));
        let cost = way.and_then(|way| way.metric).unwrap_or(0);
        if cost == 0 || matches!(self.next_hop(told, held), NextHop::Theirs(_)) {
            return told;
        }
        let mut draft = Draft::of(set.bytes());
        let raised = aigp::raised(set.value(codes::AIGP).unwrap_or_default(), cost);
        draft.set(codes::OPTIONAL, codes::AIGP, raised);
        let bytes = draft.bytes();
        let made = store.intern(&bytes);
        store.release(made);
        Told { set: made, ..told }
    }

    /// Communities that say where it may go on: stale for long (RFC 9494 4.3), or a blackhole of
    /// another AS, which stays in ours (RFC 7999 3.2).
    fn write_marks(&self, said: Told, source: &Standing, draft: &mut Draft<'_>) {
        let held = draft.value(codes::COMMUNITIES).unwrap_or_default();
        let has = |wanted: u32| held.chunks_exact(4).any(|one| one == wanted.to_be_bytes());
        let mut more = Vec::new();
        if said.is_long_lived() && !has(LLGR_STALE) {
            more.extend(LLGR_STALE.to_be_bytes());
        }
        let is_kept = self.relation != Relation::External && is_of_others(said, source);
        if is_kept && has(BLACKHOLE) && !has(NO_EXPORT) {
            more.extend(NO_EXPORT.to_be_bytes());
        }
        if !more.is_empty() {
            let value = [held, &more].concat();
            draft.set(codes::OPTIONAL | codes::TRANSITIVE, codes::COMMUNITIES, value);
        }
    }

    /// RFC 4271 5.1.3, RFC 2545 3, RFC 8950. None: there is none that they could use.
    fn write_next_hop(&self, said: Told, draft: &mut Draft<'_>) -> Option<()> {
        let held = draft.value(codes::NEXT_HOP).unwrap_or_default();
        let told = self.told_hop(said, held)?.to_vec();
        draft.set(codes::TRANSITIVE, codes::NEXT_HOP, told);
        Some(())
    }

    /// The next hop that is told of a path that has this one; empty: ours. None: they could use
    /// none.
    fn told_hop<'a>(&self, said: Told, held: &'a [u8]) -> Option<&'a [u8]> {
        let told = match self.next_hop(said, held) {
            NextHop::Ours => &[],
            NextHop::Theirs(hop) => hop,
        };
        let length = if told.is_empty() { usize::from(self.hop_length) } else { told.len() };
        let fits = match self.family {
            Family::IPV4 => length == 4 || self.extended_next_hop && matches!(length, 16 | 32),
            Family::IPV6 => matches!(length, 16 | 32),
            _ => true,
        };
        fits.then_some(told)
    }

    /// Whose next hop is told of a path that has this one.
    fn next_hop<'a>(&self, said: Told, held: &'a [u8]) -> NextHop<'a> {
        let is_external = self.relation == Relation::External;
        let is_reflected = said.is_internal() && self.relation.is_internal();
        let is_set = self.next_hop_self
            && (said.source != 0 || is_external)
            && (self.reflects_as_self || !is_reflected);
        if !self.is_unicast() {
            // labels and rules belong to the next hop that they came with
            let is_own = self.family.safi < 133 && (held.is_empty() || is_set);
            return if is_own { NextHop::Ours } else { NextHop::Theirs(held) };
        }
        let is_own = held.is_empty()
            || !said.keeps_hop() && (is_set || is_external && !self.next_hop_unchanged)
            || held.len() == 20; // link-local alone: known on that link only
        if is_own {
            return NextHop::Ours;
        }
        // a global address goes alone: its link-local one is for that link (RFC 2545 3)
        NextHop::Theirs(if held.len() == 36 { held.get(..16).unwrap_or(held) } else { held })
    }

    /// Whether prefixes are IPv4 or IPv6 unicast (RFC 9234 5 speaks of no others).
    fn is_unicast(&self) -> bool {
        matches!(self.family, Family::IPV4 | Family::IPV6)
    }

    /// Whether a path, as the export policy left it, can be told.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn fits(&self, told: Told, context: &Context<'_>) -> Result<(), Refusal> {
        let set = context.store.get(told.set).ok_or(Refusal::NoPath)?;
        let held = set.value(codes::NEXT_HOP).unwrap_or_default();
        self.told_hop(told, held).ok_or(Refusal::NextHop)?;
        let longest_prefix = self.id_length() + if self.family == Family::IPV4 { 5 } else { 17 };
        if self.is_unicast() && !self.leaves_room(told, longest_prefix, context) {
            return Err(Refusal::TooLong);
        }
        Ok(())
    }

    /// Whether a message has room for the attributes and a prefix of so many octets.
    #[must_use]
    pub fn leaves_room(&self, told: Told, prefix: usize, context: &Context<'_>) -> bool {
        let Some(set) = context.store.get(told.set) else { return false };
        // the next hop of MP_REACH_NLRI is as long as NEXT_HOP, or ours
        let rest = HEADER + 4 + 9 + 4 + prefix + usize::from(self.hop_length);
        let most = set.bytes().len() * if self.as4 { 1 } else { 2 } + GROWTH_MOST + rest;
        if most <= usize::from(self.longest) {
            return true;
        }
        let packer = self.packer();
        self.written(told, context).is_some_and(|bytes| packer.leaves_room(&bytes, prefix))
    }

    /// What is told, as canonical bytes with an empty next hop where that is ourselves.
    #[must_use]
    pub fn written(&self, told: Told, context: &Context<'_>) -> Option<Vec<u8>> {
        let set = context.store.get(told.set)?;
        let source = context.standings.get(usize::from(told.source))?;
        self.rewritten(told, set, source, context.identity)
    }

    /// Octets of a path identifier in front of each prefix (RFC 7911 3).
    pub(super) const fn id_length(&self) -> usize {
        if self.paths > 0 { 4 } else { 0 }
    }

    /// Whether the same bytes make other messages by other rules.
    #[must_use]
    pub const fn packs_otherwise(&self, other: &Self) -> bool {
        self.as4 != other.as4 || self.hop_length != other.hop_length
    }

    /// How messages are made.
    #[must_use]
    pub fn packer(&self) -> Packer {
        Packer {
            family: self.family,
            longest: usize::from(self.longest),
            as4: self.as4,
            hop_length: usize::from(self.hop_length),
        }
    }

    /// RFC 4271 5.1.2, RFC 5065 4.
    fn write_path(&self, draft: &mut Draft<'_>, identity: &Identity) {
        let held = draft.value(codes::AS_PATH).unwrap_or_default().to_vec();
        let made = match self.relation {
            Relation::Internal | Relation::Client => return,
            Relation::Confederation => prepended(&held, CONFED_SEQUENCE, identity.asn),
            Relation::External => {
                let mut path = without_confederation(&held);
                path = self.without_private(path);
                if self.overrides_as {
                    path = mapped(&path, |one| if one == self.asn { self.local_asn } else { one });
                }
                if self.role == Some(Role::RouteServer) {
                    path // RFC 7947 2.2.2.1: a route server is not on the way
                } else {
                    if self.behind_asn != 0 {
                        path = prepended(&path, SEQUENCE, self.behind_asn);
                    }
                    prepended(&path, SEQUENCE, self.local_asn)
                }
            }
        };
        draft.set(codes::TRANSITIVE, codes::AS_PATH, made);
    }

    /// Their own number stays: without it they would not see that it comes back to them.
    fn without_private(&self, path: Vec<u8>) -> Vec<u8> {
        let is_private = |one: u32| is_private(one) && one != self.asn;
        match self.private_as {
            PrivateAs::Kept => path,
            PrivateAs::Replaced => {
                mapped(&path, |one| if is_private(one) { self.local_asn } else { one })
            }
            PrivateAs::Removed => {
                let is_all = Segments(&path).all(|segment| segment.numbers().all(is_private));
                if is_all { Vec::new() } else { path }
            }
            PrivateAs::RemovedAll => {
                let mut made = Vec::new();
                for segment in Segments(&path) {
                    let left: Vec<u32> =
                        segment.numbers().filter(|&one| !is_private(one)).collect();
                    push_segment(&mut made, segment.kind, &left);
                }
                made
            }
        }
    }
}

/// A next hop that is told.
enum NextHop<'a> {
    Ours,
    Theirs(&'a [u8]),
}

/// Put our next hop into canonical bytes where it is ourselves.
pub(super) fn put_next_hop(bytes: &mut Vec<u8>, hop: &[u8]) {
    let mut draft = Draft::of(bytes);
    if draft.value(codes::NEXT_HOP).is_some_and(<[u8]>::is_empty) {
        draft.set(codes::TRANSITIVE, codes::NEXT_HOP, hop.to_vec());
        *bytes = draft.bytes();
    }
}

/// Whether another AS said it.
fn is_of_others(said: Told, source: &Standing) -> bool {
    said.source != 0 && source.relation == Relation::External
}

/// RFC 6996 5.
pub const fn is_private(asn: u32) -> bool {
    matches!(asn, 64_512..=65_534 | 4_200_000_000..=4_294_967_294)
}

/// RFC 4456 8.
fn reflect(draft: &mut Draft<'_>, originator: u32, cluster: u32) {
    if draft.value(codes::ORIGINATOR_ID).is_none() {
        draft.set(codes::OPTIONAL, codes::ORIGINATOR_ID, originator.to_be_bytes().to_vec());
    }
    let mut clusters = cluster.to_be_bytes().to_vec();
    clusters.extend_from_slice(draft.value(codes::CLUSTER_LIST).unwrap_or_default());
    draft.set(codes::OPTIONAL, codes::CLUSTER_LIST, clusters);
}

fn push_segment(path: &mut Vec<u8>, kind: u8, numbers: &[u32]) {
    for some in numbers.chunks(255) {
        path.extend([kind, some.len() as u8]);
        path.extend(some.iter().flat_map(|number| number.to_be_bytes()));
    }
}

fn mapped(path: &[u8], of: impl Fn(u32) -> u32) -> Vec<u8> {
    let mut made = Vec::with_capacity(path.len());
    for segment in Segments(path) {
        let numbers: Vec<u32> = segment.numbers().map(&of).collect();
        push_segment(&mut made, segment.kind, &numbers);
    }
    made
}

fn without_confederation(path: &[u8]) -> Vec<u8> {
    let mut made = Vec::with_capacity(path.len() + 6);
    for segment in Segments(path).filter(|segment| !segment.is_confederation()) {
        let numbers: Vec<u32> = segment.numbers().collect();
        push_segment(&mut made, segment.kind, &numbers);
    }
    made
}

/// A number more at the head, in a segment of this kind (5.1.2 b).
pub(crate) fn prepended(path: &[u8], kind: u8, asn: u32) -> Vec<u8> {
    let mut made = Vec::with_capacity(path.len() + 6);
    match path {
        [held, count @ 1..=254, rest @ ..] if *held == kind => {
            made.extend([kind, count + 1]);
            made.extend(asn.to_be_bytes());
            made.extend_from_slice(rest);
        }
        _ => {
            made.extend([kind, 1]);
            made.extend(asn.to_be_bytes());
            made.extend_from_slice(path);
        }
    }
    made
}
