//! `BgpTable`.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fingerpost_core::addr::{Ip, Net};
use fingerpost_core::bgp::damping::Terms;
use fingerpost_core::bgp::decision::Rules;
use fingerpost_core::bgp::family::Family;
use fingerpost_core::bgp::nets::{Net4, Net6, Opaque};
use fingerpost_core::bgp::out::{Explained, ExportRules, Group, PrivateAs, is_private};
use fingerpost_core::bgp::peer::{FamilySession, PeerSettings, Relation, Role, SessionOptions};
use fingerpost_core::bgp::policy::Route;
use fingerpost_core::bgp::table::{Action, FamilyRules, Identity, Key, Surroundings, Table, Walk};
use pyo3::prelude::*;
use pyo3::sync::MutexExt;
use pyo3::types::PyBytes;

use super::BgpReceived;
use super::inspect::{self, BgpWalk, Filter};
use super::policy::{StatementGiven, program};
use super::validation::{AspaTable, VrpTable};
use super::watched::{Watched, watched};
use crate::column::PrefixColumn;
use crate::convert::{ip_from, net_from};
use crate::errors::usage_error;

/// Import policy, how often our AS may stand in paths, weight, prefixes to refuse above.
type Import = (i32, u8, u32, usize);
/// Code, path ids in, path ids out, extended next hop, our next hop.
type Agreed = (u32, bool, bool, bool, Vec<u8>);
/// Peer, path id, received, imported, flags, since, metric, step, is best.
type View<'py> = (
    u16,
    u32,
    Bound<'py, PyBytes>,
    Option<Bound<'py, PyBytes>>,
    u16,
    u32,
    Option<u32>,
    Option<u8>,
    bool,
);
/// Whether they pass, the attributes then, marks, by which statements.
type Looked<'py> = (bool, Bound<'py, PyBytes>, u8, Vec<u16>);
/// Of a path that is told: who said it, by which identifier, the one that it is told by, the bytes or
/// the number of why not.
type ToldPath<'py> = (u16, u32, u32, Option<Bound<'py, PyBytes>>, u8);
/// Peer, next hops; the prefixes.
type Reached<'py> = (u16, Vec<Bound<'py, PyBytes>>, PrefixColumn);

/// Peer, path id, penalty, when it is used again.
type Flaps = (u16, u32, u32, Option<u64>);

/// The tables of one instance of BGP.
#[pyclass(frozen, module = "fingerpost._core")]
pub struct BgpTable {
    inner: Mutex<Table>,
}

impl BgpTable {
    pub(super) fn lock(&self, py: Python<'_>) -> MutexGuard<'_, Table> {
        self.inner.lock_py_attached(py).unwrap_or_else(PoisonError::into_inner)
    }

    /// Work on the tables while others run Python.
    pub(super) fn detached<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&mut Table) -> T + Send,
    ) -> T {
        py.detach(|| work(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn relation_of(py: Python<'_>, number: u8) -> PyResult<Relation> {
    match number {
        0 => Ok(Relation::External),
        1 => Ok(Relation::Confederation),
        2 => Ok(Relation::Internal),
        3 => Ok(Relation::Client),
        _ => Err(usage_error(py, format!("relation {number}, expected 0 to 3"))),
    }
}

fn role_of(py: Python<'_>, number: u8) -> PyResult<Role> {
    match number {
        0 => Ok(Role::Provider),
        1 => Ok(Role::RouteServer),
        2 => Ok(Role::RouteServerClient),
        3 => Ok(Role::Customer),
        4 => Ok(Role::Peer),
        _ => Err(usage_error(py, format!("role {number}, expected 0 to 4 (RFC 9234 4.1)"))),
    }
}

fn key_of(family: Family, obj: &Bound<'_, PyAny>) -> PyResult<Key> {
    if let Ok(bytes) = obj.cast::<PyBytes>() {
        return Ok(Key::Opaque(Opaque(bytes.as_bytes().into())));
    }
    let net = net_from(obj)?;
    match (family, net.ip()) {
        (Family::IPV4, Ip::V4(address)) => Ok(Key::V4(Net4::new(address, net.len()))),
        (Family::IPV6, Ip::V6(address)) => Ok(Key::V6(Net6::new(address, net.len()))),
        _ => Err(usage_error(obj.py(), format!("{obj} is no prefix of family {}", family.code()))),
    }
}

/// Prefixes of a family: a column, or any of what names one.
fn keys_of(family: Family, obj: &Bound<'_, PyAny>) -> PyResult<Vec<Key>> {
    if let Ok(column) = obj.cast::<PrefixColumn>() {
        let key = |net: &Net| match net.ip() {
            Ip::V4(address) => Key::V4(Net4::new(address, net.len())),
            Ip::V6(address) => Key::V6(Net6::new(address, net.len())),
        };
        return Ok(column.get().nets.iter().map(key).collect());
    }
    obj.try_iter()?.map(|one| key_of(family, &one?)).collect()
}

#[pymethods]
impl BgpTable {
    #[new]
    #[pyo3(signature = (asn, router_id, *, cluster_id, confederation, takes_sets, key))]
    fn new(
        asn: u32,
        router_id: u32,
        cluster_id: u32,
        confederation: u32,
        takes_sets: bool,
        key: u64,
    ) -> Self {
        let identity = Identity { asn, router_id, cluster_id, confederation, takes_sets };
        Self { inner: Mutex::new(Table::new(identity, Rules::default(), key)) }
    }

    #[pyo3(signature = (*, always_compares_med, missing_med_is_worst, ignores_path_length,
        prefers_oldest, multipath_external, multipath_internal, multipath_relaxed,
        default_local_preference))]
    #[allow(clippy::too_many_arguments)] // each by its name
    fn set_rules(
        &self,
        py: Python<'_>,
        always_compares_med: bool,
        missing_med_is_worst: bool,
        ignores_path_length: bool,
        prefers_oldest: bool,
        multipath_external: u16,
        multipath_internal: u16,
        multipath_relaxed: bool,
        default_local_preference: u32,
    ) {
        let mut table = self.lock(py);
        let rules = Rules {
            always_compares_med,
            missing_med_is_worst,
            ignores_path_length,
            prefers_oldest,
            multipath_external,
            multipath_internal,
            multipath_relaxed,
            default_local_preference,
        };
        table.set_rules(rules);
    }

    #[pyo3(signature = (peer, *, relation, asn, local_asn, address, router_id, role,
        checks_first_as, families, is_direct = false, takes_aigp = BTreeMap::new(),
        damping = BTreeMap::new(), prepends = 0))]
    #[allow(clippy::too_many_arguments)] // each by its name
    fn set_peer(
        &self,
        py: Python<'_>,
        peer: u16,
        relation: u8,
        asn: u32,
        local_asn: u32,
        address: &Bound<'_, PyAny>,
        router_id: u32,
        role: Option<u8>,
        checks_first_as: bool,
        families: BTreeMap<u32, Import>,
        is_direct: bool,
        takes_aigp: BTreeMap<u32, bool>,
        damping: BTreeMap<u32, (u32, u32, u32, u32)>,
        prepends: u32,
    ) -> PyResult<()> {
        if peer == 0 {
            return Err(usage_error(py, String::from("peer 0 is ourselves; number them from 1")));
        }
        let settings = PeerSettings {
            relation: relation_of(py, relation)?,
            asn,
            local_asn,
            prepends,
            address: ip_from(address)?,
            router_id,
            role: role.map(|role| role_of(py, role)).transpose()?,
            checks_first_as,
        };
        let rules = |(code, (import_policy, allow_own_as, weight, blocks_above))| {
            let takes_aigp = takes_aigp.get(&code).copied();
            let terms = |&(half_life, longest, suppress, reuse): &(u32, u32, u32, u32)| {
                Terms::new(half_life, longest, suppress, reuse)
            };
            let rules = FamilyRules {
                import_policy,
                allow_own_as,
                weight,
                blocks_above,
                is_direct,
                damping: damping.get(&code).map(terms),
                takes_aigp,
            };
            (code, rules)
        };
        let families = families.into_iter().map(rules).collect();
        self.lock(py).set_peer(peer, settings, families);
        Ok(())
    }

    /// Our addresses, and the networks of our links.
    fn set_surroundings(
        &self,
        py: Python<'_>,
        own: Vec<Bound<'_, PyAny>>,
        networks: Vec<Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let own = own.iter().map(ip_from).collect::<PyResult<_>>()?;
        let networks = networks.iter().map(net_from).collect::<PyResult<_>>()?;
        self.lock(py).set_surroundings(Surroundings { own, networks });
        Ok(())
    }

    fn remove_peer(&self, py: Python<'_>, peer: u16) {
        self.detached(py, |table| table.remove_peer(peer));
    }

    #[pyo3(signature = (peer, *, as4, longest_out, longest_in, families, scope))]
    #[allow(clippy::too_many_arguments)] // each by its name
    fn open_session(
        &self,
        py: Python<'_>,
        peer: u16,
        as4: bool,
        longest_out: u16,
        longest_in: u16,
        families: Vec<Agreed>,
        scope: u32,
    ) {
        let agreed =
            |(code, path_ids_in, path_ids_out, extended_next_hop, local_next_hop)| FamilySession {
                family: Family::of(code),
                path_ids_in,
                path_ids_out,
                extended_next_hop,
                local_next_hop,
            };
        let families = families.into_iter().map(agreed).collect();
        let options = SessionOptions { as4, longest_out, longest_in, families, scope };
        self.lock(py).open_session(peer, options);
    }

    #[pyo3(signature = (peer, keep = Vec::new()))]
    fn close_session(&self, py: Python<'_>, peer: u16, keep: Vec<u32>) {
        let keep: Vec<_> = keep.into_iter().map(Family::of).collect();
        self.detached(py, |table| table.close_session(peer, &keep));
    }

    fn receive(
        &self,
        py: Python<'_>,
        peer: u16,
        data: &[u8],
        now: u64,
        budget: usize,
    ) -> BgpReceived {
        self.detached(py, |table| {
            let found = table.receive(peer, data, now, budget);
            table.decide();
            found
        })
        .into()
    }

    /// Say a prefix ourselves; `source` tells our sayings apart.
    fn originate(
        &self,
        py: Python<'_>,
        family: u32,
        prefixes: &Bound<'_, PyAny>,
        attributes: &[u8],
        source: u32,
        now: u64,
    ) -> PyResult<()> {
        let family = Family::of(family);
        let keys = keys_of(family, prefixes)?;
        self.detached(py, |table| {
            table.originate(family, keys, attributes, source, now);
            table.decide();
        });
        Ok(())
    }

    /// Say prefixes ourselves no more.
    fn retract(
        &self,
        py: Python<'_>,
        family: u32,
        prefixes: &Bound<'_, PyAny>,
        source: u32,
    ) -> PyResult<()> {
        let family = Family::of(family);
        let keys = keys_of(family, prefixes)?;
        self.detached(py, |table| {
            table.retract(family, keys, source);
            table.decide();
        });
        Ok(())
    }

    #[pyo3(signature = (peer, family, hop, *, relation, local_asn, asn = 0, role = None, policy = 0,
        next_hop_self = false, reflects_as_self = false, next_hop_unchanged = false, overrides_as = false, private_as = 0,
        sends_communities = true, aigp = false, takes_long_lived = false, as4 = true,
        longest = 4096, extended_next_hop = false, paths = 0, again = false, own_only = false,
        behind_asn = 0, default_route = 0, advertisement = 0))]
    #[allow(clippy::too_many_arguments)] // each by its name
    fn tell(
        &self,
        py: Python<'_>,
        peer: u16,
        family: u32,
        hop: Vec<u8>,
        relation: u8,
        local_asn: u32,
        asn: u32,
        role: Option<u8>,
        policy: i32,
        next_hop_self: bool,
        reflects_as_self: bool,
        next_hop_unchanged: bool,
        overrides_as: bool,
        private_as: u8,
        sends_communities: bool,
        aigp: bool,
        takes_long_lived: bool,
        as4: bool,
        longest: u16,
        extended_next_hop: bool,
        paths: u8,
        again: bool,
        own_only: bool,
        behind_asn: u32,
        default_route: u32,
        advertisement: u64,
    ) -> PyResult<()> {
        let rules = ExportRules {
            family: Family::of(family),
            relation: relation_of(py, relation)?,
            local_asn,
            behind_asn,
            asn: if overrides_as || private_as != 0 && is_private(asn) { asn } else { 0 },
            role: role.map(|role| role_of(py, role)).transpose()?,
            policy,
            own_only,
            next_hop_self,
            reflects_as_self,
            next_hop_unchanged,
            overrides_as,
            private_as: match private_as {
                0 => PrivateAs::Kept,
                1 => PrivateAs::Removed,
                2 => PrivateAs::RemovedAll,
                _ => PrivateAs::Replaced,
            },
            sends_communities,
            aigp,
            takes_long_lived,
            default_preference: 0,
            as4,
            longest,
            extended_next_hop,
            hop_length: 0,
            paths,
            default_route,
            advertisement,
        };
        let mut table = self.lock(py);
        if again {
            table.tell_differently(peer, rules)
        } else {
            table.tell(peer, rules, hop)
        }
        Ok(())
    }

    #[pyo3(signature = (peer, family = None))]
    fn tell_no_more(&self, py: Python<'_>, peer: u16, family: Option<u32>) {
        self.lock(py).tell_no_more(peer, family.map(Family::of));
    }

    /// Tell all again, between markers or not (RFC 7313 4).
    #[pyo3(signature = (peer, family, is_marked = false))]
    fn tell_again(&self, py: Python<'_>, peer: u16, family: u32, is_marked: bool) {
        self.lock(py).tell_again(peer, Family::of(family), is_marked);
    }

    /// What a neighbour is told of a prefix: canonical bytes, or the number of why not.
    fn told<'py>(
        &self,
        py: Python<'py>,
        peer: u16,
        family: u32,
        prefix: &Bound<'py, PyAny>,
    ) -> PyResult<Option<(Option<Bound<'py, PyBytes>>, u8)>> {
        let family = Family::of(family);
        let key = key_of(family, prefix)?;
        let found = self.lock(py).told(peer, family, &key);
        Ok(found.map(|one| match one {
            Ok(bytes) => (Some(PyBytes::new(py, &bytes)), 0),
            Err(refusal) => (None, refusal as u8),
        }))
    }

    fn told_each<'py>(
        &self,
        py: Python<'py>,
        peer: u16,
        family: u32,
        prefix: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Vec<ToldPath<'py>>>> {
        let family = Family::of(family);
        let key = key_of(family, prefix)?;
        let Some(found) = self.lock(py).told_each(peer, family, &key) else { return Ok(None) };
        let row = |one: Explained| {
            let (octets, number) = match one.said {
                Ok(bytes) => (Some(PyBytes::new(py, &bytes)), 0),
                Err(refusal) => (None, refusal as u8),
            };
            (one.source, one.path_id, one.id, octets, number)
        };
        Ok(Some(found.into_iter().map(row).collect()))
    }

    #[pyo3(signature = (peer, room, now = 0))]
    fn outgoing<'py>(
        &self,
        py: Python<'py>,
        peer: u16,
        room: usize,
        now: u64,
    ) -> Bound<'py, PyBytes> {
        let octets = self.detached(py, |table| table.outgoing(peer, room, now));
        PyBytes::new(py, &octets)
    }

    /// Tell nothing inside of these.
    fn set_summaries(&self, py: Python<'_>, prefixes: Vec<Bound<'_, PyAny>>) -> PyResult<()> {
        let summaries = prefixes.iter().map(net_from).collect::<PyResult<_>>()?;
        self.lock(py).set_summaries(summaries);
        Ok(())
    }

    /// When something that waits may be told.
    fn told_deadline(&self, py: Python<'_>) -> Option<u64> {
        self.lock(py).told_deadline()
    }

    /// Give a default to neighbours whose rules name `source`; None: no more.
    #[pyo3(signature = (family, attributes, source, now))]
    fn give(&self, py: Python<'_>, family: u32, attributes: Option<&[u8]>, source: u32, now: u64) {
        let mut table = self.lock(py);
        table.give(Family::of(family), attributes, source, now);
        table.decide();
    }

    /// Prefixes that it was told, octets that stand ready.
    fn told_counts(&self, py: Python<'_>, peer: u16, family: u32) -> (usize, usize) {
        self.lock(py).told_counts(peer, Family::of(family))
    }

    /// For each group: its family, its members, how many prefixes they were told.
    fn groups(&self, py: Python<'_>) -> Vec<(u32, Vec<u16>, usize)> {
        let table = self.lock(py);
        let group = |one: &Group| (one.rules.family.code(), one.peers().collect(), one.count());
        table.groups().map(group).collect()
    }

    /// Go by what the RPKI says.
    fn set_rpki(&self, py: Python<'_>, vrps: &VrpTable, aspas: &AspaTable) {
        let (vrps, aspas) = (Arc::clone(&vrps.inner), Arc::clone(&aspas.inner));
        self.detached(py, |table| table.set_rpki(vrps, aspas));
    }

    /// Have a policy by a number above 0: place, terms, asks, actions, outcome of each statement.
    fn set_policy(
        &self,
        py: Python<'_>,
        number: i32,
        statements: Vec<StatementGiven<'_>>,
        accepts: bool,
        written: u16,
    ) -> PyResult<()> {
        let program = program(py, statements, accepts, written)?;
        self.lock(py).policies.set(number, program);
        Ok(())
    }

    fn remove_policy(&self, py: Python<'_>, number: i32) {
        self.lock(py).policies.remove(number);
    }

    /// How many routes each statement meant, and how many reached the end, since last asked.
    fn take_policy_hits(&self, py: Python<'_>, number: i32) -> Vec<u64> {
        self.lock(py).policies.take_hits(number)
    }

    /// What a policy makes of attributes: whether they pass, what they are then, marks, by which
    /// statements. Nothing is counted. None: there is no such policy.
    #[pyo3(signature = (number, attributes, prefix, source, metric = None))]
    fn look_policy<'py>(
        &self,
        py: Python<'py>,
        number: i32,
        attributes: &[u8],
        prefix: Option<&Bound<'py, PyAny>>,
        source: u16,
        metric: Option<u32>,
    ) -> PyResult<Option<Looked<'py>>> {
        let net = prefix.map(net_from).transpose()?;
        let table = self.lock(py);
        let found = table.standing(source).and_then(|standing| {
            let route = Route { net, source, standing };
            table.policies.look(number, attributes, &route, metric)
        });
        Ok(found.map(|one| {
            let bytes = PyBytes::new(py, one.bytes.as_deref().unwrap_or(attributes));
            (one.accepted, bytes, one.marks, one.trail)
        }))
    }

    fn work(&self, py: Python<'_>, budget: usize) -> bool {
        self.detached(py, |table| {
            let is_more = table.work(budget);
            table.decide();
            table.trim();
            is_more
        })
    }

    fn refresh(&self, py: Python<'_>, peer: u16, family: u32) {
        self.lock(py).begin_refresh(peer, Family::of(family));
    }

    fn drop_stale(&self, py: Python<'_>, peer: u16, family: u32) {
        self.lock(py).sweep(Family::of(family), Some(peer), Action::DropStale);
    }

    fn keep_long(&self, py: Python<'_>, peer: u16, family: u32) {
        self.lock(py).sweep(Family::of(family), Some(peer), Action::LongLived);
    }

    #[pyo3(signature = (family, peer = None))]
    fn refeed(&self, py: Python<'_>, family: u32, peer: Option<u16>) {
        self.lock(py).sweep(Family::of(family), peer, Action::Refeed);
    }

    fn next_hop_news<'py>(
        &self,
        py: Python<'py>,
    ) -> (Vec<Bound<'py, PyBytes>>, Vec<Bound<'py, PyBytes>>) {
        let (came, went) = self.lock(py).store.next_hops.take_news();
        let bytes =
            |values: Vec<Box<[u8]>>| values.iter().map(|one| PyBytes::new(py, one)).collect();
        (bytes(came), bytes(went))
    }

    #[pyo3(signature = (value, metric))]
    fn set_next_hop(&self, py: Python<'_>, value: &[u8], metric: Option<u32>) {
        self.lock(py).set_next_hop(value, metric);
    }

    fn open_reader(&self, py: Python<'_>, family: u32) -> PyResult<u32> {
        self.lock(py).open_reader(Family::of(family)).ok_or_else(|| {
            usage_error(py, format!("family {family} has no table; name it in a neighbour first"))
        })
    }

    fn news<'py>(
        &self,
        py: Python<'py>,
        family: u32,
        reader: u32,
        limit: usize,
    ) -> (Vec<Reached<'py>>, PrefixColumn) {
        let news = self.detached(py, |table| table.news(Family::of(family), reader, limit));
        let table = self.lock(py);
        let value = |&id: &u32| {
            let hop = table.store.next_hops.get(id).map(|hop| &*hop.value);
            PyBytes::new(py, hop.unwrap_or_default())
        };
        let groups = news.announced.into_iter().map(|(group, nets)| {
            let next_hops = group.next_hops.iter().map(value).collect();
            (group.peer, next_hops, PrefixColumn { nets })
        });
        (groups.collect(), PrefixColumn { nets: news.withdrawn })
    }

    /// Watch the paths of a family from now on.
    fn watch(&self, py: Python<'_>, family: u32, is_best: bool, replays: bool) -> PyResult<u32> {
        let mut table = self.lock(py);
        table.add_family(Family::of(family));
        let watcher = table.watch(Family::of(family), is_best, replays);
        watcher.ok_or_else(|| usage_error(py, format!("family {family} has no table")))
    }

    fn unwatch(&self, py: Python<'_>, family: u32, watcher: u32) {
        self.lock(py).unwatch(Family::of(family), watcher);
    }

    fn watched<'py>(
        &self,
        py: Python<'py>,
        family: u32,
        watcher: u32,
        limit: usize,
    ) -> PyResult<Watched<'py>> {
        let found = self.detached(py, |table| table.watched(Family::of(family), watcher, limit));
        let found = found
            .ok_or_else(|| usage_error(py, format!("watcher {watcher} is closed, or never was")))?;
        watched(py, found)
    }

    fn paths<'py>(
        &self,
        py: Python<'py>,
        family: u32,
        prefix: &Bound<'py, PyAny>,
    ) -> PyResult<Vec<View<'py>>> {
        let family = Family::of(family);
        let key = key_of(family, prefix)?;
        let found = self.lock(py).paths(family, &key);
        let view = |one: fingerpost_core::bgp::table::PathView| {
            let received = PyBytes::new(py, &one.received);
            let imported = one.imported.map(|bytes| PyBytes::new(py, &bytes));
            let lost = one.lost.map(|step| step as u8);
            let (flags, since, metric) = (one.flags, one.since, one.metric);
            (one.peer, one.path_id, received, imported, flags, since, metric, lost, one.is_best)
        };
        Ok(found.into_iter().map(view).collect())
    }

    /// Prefixes, paths.
    fn counts(&self, py: Python<'_>, family: u32) -> (usize, usize) {
        self.lock(py).family_counts(Family::of(family))
    }

    /// Received, accepted.
    fn peer_counts(&self, py: Python<'_>, peer: u16, family: u32) -> (usize, usize) {
        let counts = self.lock(py).peer_counts(peer, Family::of(family));
        (counts.received, counts.accepted)
    }

    /// Use paths again that flapped and whose time has come; whether something may have changed.
    fn pass_time(&self, py: Python<'_>, now: u64) -> bool {
        self.lock(py).pass_time(now)
    }

    /// The instant at which `pass_time` is owed.
    fn next_deadline(&self, py: Python<'_>) -> Option<u64> {
        self.lock(py).next_deadline()
    }

    /// Of the paths to a prefix that flap: peer, path id, penalty, when it is used again.
    fn flapping(
        &self,
        py: Python<'_>,
        family: u32,
        prefix: &Bound<'_, PyAny>,
        now: u64,
    ) -> PyResult<Vec<Flaps>> {
        let family = Family::of(family);
        let key = key_of(family, prefix)?;
        let found = self.lock(py).flapping(family, &key, now).into_iter();
        Ok(found.map(|one| (one.peer, one.path_id, one.penalty, one.until)).collect())
    }

    /// How often a prefix was one more than may be taken.
    fn peer_blocked(&self, py: Python<'_>, peer: u16, family: u32) -> usize {
        self.lock(py).peer_counts(peer, Family::of(family)).blocked
    }

    fn memory(&self, py: Python<'_>) -> usize {
        self.lock(py).memory()
    }

    #[pyo3(signature = (family, *, limit, within = None, after = None, filter = None))]
    fn walk(
        &self,
        py: Python<'_>,
        family: u32,
        limit: usize,
        within: Option<Bound<'_, PyAny>>,
        after: Option<Bound<'_, PyAny>>,
        filter: Option<Filter<'_>>,
    ) -> PyResult<BgpWalk> {
        let family = Family::of(family);
        let within = within.map(|one| key_of(family, &one)).transpose()?;
        let after = after.map(|one| key_of(family, &one)).transpose()?;
        let filter = inspect::filter_of(py, filter)?;
        Ok(BgpWalk::new(Walk::new(family, within, after, limit, filter)))
    }

    #[pyo3(signature = (family, prefixes, filter = None))]
    fn walk_over(
        &self,
        py: Python<'_>,
        family: u32,
        prefixes: &Bound<'_, PyAny>,
        filter: Option<Filter<'_>>,
    ) -> PyResult<BgpWalk> {
        let family = Family::of(family);
        let keys = keys_of(family, prefixes)?;
        Ok(BgpWalk::new(Walk::of(family, &keys, inspect::filter_of(py, filter)?)))
    }

    /// Look at more prefixes; false: the page is whole.
    fn step(&self, py: Python<'_>, walk: &Bound<'_, BgpWalk>, budget: usize) -> bool {
        let walk = walk.get();
        self.detached(py, |table| walk.step(table, budget))
    }

    fn rows<'py>(
        &self,
        py: Python<'py>,
        walk: &Bound<'_, BgpWalk>,
        prefixes: &Bound<'_, PyAny>,
    ) -> PyResult<inspect::Rows<'py>> {
        let walk = walk.get();
        let keys = keys_of(walk.family(), prefixes)?;
        walk.rows(py, &self.lock(py), &keys)
    }

    #[pyo3(signature = (family, prefix, filter = None))]
    fn around<'py>(
        &self,
        py: Python<'py>,
        family: u32,
        prefix: &Bound<'py, PyAny>,
        filter: Option<Filter<'_>>,
    ) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let family = Family::of(family);
        let key = key_of(family, prefix)?;
        let filter = inspect::filter_of(py, filter)?;
        let found = self.lock(py).around(family, &key, &filter);
        found.iter().map(|key| inspect::shown(py, key)).collect()
    }

    /// The sets that are used most: number, uses, canonical bytes.
    fn common_sets<'py>(&self, py: Python<'py>, limit: usize) -> Vec<inspect::SetRow<'py>> {
        inspect::common(py, &self.lock(py), limit)
    }

    /// How much is held: by what it is for, things and octets.
    fn holdings(&self, py: Python<'_>) -> Vec<(&'static str, usize, usize)> {
        self.lock(py).holdings()
    }
}
