//! What becomes of a path on its way in: checks that refuse it, changes that we make to it.
//!
//! `fingerpost/bgp/importing.py` tells the same with reasons.

use super::peers::{FamilyRules, Peer};
use super::{Identity, Standing, Surroundings, Table};
use crate::bgp::attributes::as_path::{SEQUENCE, Segments};
use crate::bgp::attributes::{AttributeSet, Draft, SetId, Store, codes};
use crate::bgp::family::Family;
use crate::bgp::nets::{NetIx, NetKey};
use crate::bgp::out::prepended;
use crate::bgp::paths::{Path, flags};
use crate::bgp::peer::{PeerId, PeerSettings, Relation, Role};
use crate::bgp::policy::{Policies, Route};

/// What every path of a neighbour is checked for, whatever the policy.
#[derive(Clone, Copy, Debug)]
pub struct Checks<'a> {
    /// Who we are.
    pub identity: &'a Identity,
    /// The neighbour.
    pub peer: &'a Peer,
    /// The family.
    pub family: Family,
    /// What is configured for it.
    pub rules: &'a FamilyRules,
    /// Where we are.
    pub surroundings: &'a Surroundings,
}

impl Checks<'_> {
    /// Flags of why a path is refused; 0 if it is not.
    #[must_use]
    pub fn refused(&self, set: &AttributeSet) -> u16 {
        let settings = &self.peer.settings;
        let mut found = 0;
        if self.own_as_count(set) > usize::from(self.rules.allow_own_as) {
            found |= flags::AS_LOOP;
        }
        if settings.relation == Relation::External
            && settings.checks_first_as
            && set.summary.path().neighbor != settings.asn
        {
            found |= flags::FIRST_AS;
        }
        if settings.relation.is_internal() && self.is_cluster_loop(set) {
            found |= flags::CLUSTER_LOOP;
        }
        if set.summary.path().has_set && !self.identity.takes_sets {
            found |= flags::AS_SET;
        }
        if self.is_leak(set) {
            found |= flags::LEAK;
        }
        let is_direct = self.rules.is_direct && settings.relation == Relation::External;
        if self.surroundings.refuses(set, is_direct.then_some(settings.address)) {
            found |= flags::NEXT_HOP;
        }
        found
    }

    /// How often our AS numbers stand in the path (RFC 4271 9.1.2, RFC 5065 5.2).
    fn own_as_count(&self, set: &AttributeSet) -> usize {
        let Identity { asn, confederation, .. } = *self.identity;
        let local = self.peer.settings.local_asn;
        let is_ours = |&number: &u32| {
            number == asn || number == local || confederation != 0 && number == confederation
        };
        let path = set.value(codes::AS_PATH).unwrap_or_default();
        Segments(path).map(|segment| segment.numbers().filter(is_ours).count()).sum()
    }

    /// RFC 4456 8.
    fn is_cluster_loop(&self, set: &AttributeSet) -> bool {
        let Identity { router_id, cluster_id, .. } = *self.identity;
        let clusters = set.value(codes::CLUSTER_LIST).unwrap_or_default();
        set.originator() == Some(router_id)
            || clusters.chunks_exact(4).any(|one| one == cluster_id.to_be_bytes())
    }

    /// What we are to the neighbour: only where it is about routes of the Internet (RFC 9234 5).
    fn role(&self) -> Option<Role> {
        let is_unicast = matches!(self.family, Family::IPV4 | Family::IPV6);
        self.peer.settings.role.filter(|_| is_unicast)
    }

    /// RFC 9234 5, on reception.
    fn is_leak(&self, set: &AttributeSet) -> bool {
        let Some(otc) = set.value(codes::OTC) else { return false };
        match self.role() {
            Some(Role::Provider | Role::RouteServer) => true,
            Some(Role::Peer) => otc != self.peer.settings.asn.to_be_bytes(),
            _ => false,
        }
    }

    /// The set with what we add: OTC (RFC 9234 5), the weight, the least LOCAL_PREF of what is about
    /// to go (RFC 8326 4.2), the AS that we were there (RFC 7705 3.1); and without an AIGP that is
    /// not for us (RFC 7311 3.1). None where it stays as it is.
    #[must_use]
    pub fn changed(&self, set: &AttributeSet) -> Option<Vec<u8>> {
        let settings = &self.peer.settings;
        let needs_otc = !set.has(codes::OTC)
            && matches!(self.role(), Some(Role::Customer | Role::Peer | Role::RouteServerClient));
        let is_external = settings.relation == Relation::External;
        let goes_down = is_external && set.communities().any(|one| one == codes::GRACEFUL_SHUTDOWN);
        let has_aigp = set.has(codes::AIGP)
            && !self.rules.takes_aigp.unwrap_or(settings.relation != Relation::External);
        let prepends = if is_external { settings.prepends } else { 0 };
        if !needs_otc && self.rules.weight == 0 && !goes_down && !has_aigp && prepends == 0 {
            return None;
        }
        let mut draft = Draft::of(set.bytes());
        if needs_otc {
            let flags = codes::OPTIONAL | codes::TRANSITIVE;
            draft.set(flags, codes::OTC, settings.asn.to_be_bytes().to_vec());
        }
        if self.rules.weight != 0 {
            draft.set(0, codes::WEIGHT, self.rules.weight.to_be_bytes().to_vec());
        }
        if has_aigp {
            draft.remove(codes::AIGP);
        }
        if goes_down {
            draft.set(codes::TRANSITIVE, codes::LOCAL_PREF, vec![0; 4]);
        }
        if prepends != 0 {
            let path = draft.value(codes::AS_PATH).unwrap_or_default();
            let path = prepended(path, SEQUENCE, prepends);
            draft.set(codes::TRANSITIVE, codes::AS_PATH, path);
        }
        Some(draft.bytes())
    }
}

/// Check a received set: the set as a policy sees it with a use handed over, 0 if refused, and
/// flags.
pub(super) fn admitted(checks: &Checks<'_>, received: SetId, store: &mut Store) -> (SetId, u16) {
    let Some(set) = store.get(received) else { return (0, flags::POLICY) };
    let mut refused = checks.refused(set);
    if checks.rules.import_policy < 0 {
        refused |= flags::NO_POLICY;
    }
    if refused != 0 {
        return (0, refused);
    }
    let imported = match checks.changed(set) {
        Some(bytes) => store.intern(&bytes),
        None => {
            store.retain(received);
            received
        }
    };
    (imported, 0)
}

/// Judge a set that was admitted by a policy: the set after it with a use handed over, 0 if refused,
/// flags, and by which statements.
pub(super) fn judged(
    policy: i32,
    set: SetId,
    route: &Route<'_>,
    policies: &mut Policies,
    store: &mut Store,
) -> (SetId, u16, u32) {
    let answer = policies.judge(policy, set, route, store);
    let refused = if answer.set == 0 { flags::POLICY } else { 0 };
    (answer.set, refused, answer.trail)
}

impl Peer {
    /// What policies and the choice ask of it.
    pub(super) const fn standing(&self) -> Standing {
        let PeerSettings { relation, router_id, address, .. } = self.settings;
        Standing { relation, router_id, address }
    }
}

impl Table {
    /// Judge the paths of a neighbour, or of all, to some prefixes again; those that fare otherwise
    /// are for the log (`tell_judged`).
    pub(super) fn refeed(
        &mut self,
        family: Family,
        peer: Option<PeerId>,
        nets: std::ops::Range<NetIx>,
        judged_anew: &mut Vec<(PeerId, NetIx)>,
    ) {
        let Self { store, identity, surroundings, peers, policies, v4, v6, others, .. } = self;
        let code = family.code();
        for net in nets {
            let prefix = match family {
                Family::IPV4 => v4.nets.get(net).and_then(|entry| entry.key.prefix()),
                Family::IPV6 => v6.nets.get(net).and_then(|entry| entry.key.prefix()),
                _ => None,
            };
            let change = |path: &mut Path| {
                if path.peer == 0 || peer.is_some_and(|peer| peer != path.peer) {
                    return false;
                }
                let held = peers.get_mut(usize::from(path.peer)).and_then(Option::as_mut);
                let Some(held) = held else { return false };
                let Some(rules) = held.families.get(&code) else { return false };
                let checks = Checks { identity, peer: held, family, rules, surroundings };
                let (mut imported, mut refused) = admitted(&checks, path.received, store);
                let policy = rules.import_policy;
                if refused == 0 && policy > 0 {
                    let standing = held.standing();
                    let route = Route { net: prefix, source: path.peer, standing: &standing };
                    let seen = imported;
                    let trail;
                    (imported, refused, trail) = judged(policy, seen, &route, policies, store);
                    policies.count(policy, trail, 1);
                    store.release(seen);
                }
                let before = (path.imported, path.flags);
                store.release(path.imported);
                path.imported = imported;
                // what flaps does so by any policy
                let is_kept = rules.damping.is_some() && path.flags & flags::DAMPED != 0;
                let damped = if is_kept { flags::DAMPED } else { 0 };
                path.flags = path.flags & !flags::REFUSED | refused | damped;
                let counts = held.counts.entry(code).or_default();
                counts.note(Some(before.1), Some(path.flags));
                let is_changed = before != (path.imported, path.flags);
                if is_changed {
                    judged_anew.push((path.peer, net));
                }
                is_changed
            };
            match family {
                Family::IPV4 => v4.change_each(net, change),
                Family::IPV6 => v6.change_each(net, change),
                _ => {
                    if let Some(table) = others.get_mut(&family.code()) {
                        table.change_each(net, change);
                    }
                }
            }
        }
    }
    /// Have those who read the log know what refeeding has changed, an entry a neighbour.
    pub(super) fn tell_judged(&mut self, family: Family, mut changed: Vec<(PeerId, NetIx)>) {
        if !self.mirror.is_on() {
            return;
        }
        changed.sort_unstable();
        changed.dedup();
        for part in changed.chunk_by(|one, next| one.0 == next.0) {
            let nets: Vec<_> = part.iter().map(|(_, net)| *net).collect();
            if let Some((peer, _)) = part.first() {
                self.mirror.judge(*peer, family, &nets);
            }
        }
    }
}
