//! Programs that look on: what of each family they have not seen.

use super::{Table, with_family};
use crate::addr::Net;
use crate::bgp::attributes::{AttributeSet, Draft, codes};
use crate::bgp::family::Family;
use crate::bgp::nets::{Net4, Net6, NetKey, Opaque};
use crate::bgp::peer::PeerId;
use crate::bgp::watch::{Sights, Watcher};

/// Prefixes of a family, or NLRI that nobody here understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// Of IPv4 or IPv6.
    Nets(Vec<Net>),
    /// Of a family that is carried only.
    Opaque(Vec<Box<[u8]>>),
}

/// What a watcher is told of several prefixes alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Who said it; of a best path that is gone: 0.
    pub peer: PeerId,
    /// Its path identifier.
    pub path_id: u32,
    /// Canonical bytes; None: it is gone.
    pub attributes: Option<Vec<u8>>,
    /// Whether the import policy took it.
    pub is_accepted: bool,
    /// The prefixes.
    pub named: Named,
}

/// What there is for a watcher, as `Sights`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeenAll {
    /// Forget all that was told: what follows is everything from the beginning.
    pub is_anew: bool,
    /// Whether all that was there at the beginning has been told.
    pub is_caught_up: bool,
    /// What is told, in order.
    pub told: Vec<Seen>,
}

impl Table {
    /// Watch a family from now on; None: it has no table.
    pub fn watch(&mut self, family: Family, is_best: bool, replays: bool) -> Option<Watcher> {
        with_family!(self, family, table => table.watch.open(is_best, replays))
    }

    /// Watch no more.
    pub fn unwatch(&mut self, family: Family, watcher: Watcher) {
        with_family!(self, family, table => table.watch.close(watcher));
    }

    /// About `limit` paths that a watcher has not seen; None: there is no such watcher.
    pub fn watched(&mut self, family: Family, watcher: Watcher, limit: usize) -> Option<SeenAll> {
        let nets4 = |keys: Vec<Net4>, _: &[u8]| {
            Named::Nets(keys.into_iter().filter_map(Net4::net).collect())
        };
        let nets6 = |keys: Vec<Net6>, _: &[u8]| {
            Named::Nets(keys.into_iter().filter_map(Net6::net).collect())
        };
        let opaque = |keys: Vec<Opaque>, rest: &[u8]| {
            let whole = |key: &Opaque| {
                let mut nlri = Vec::new();
                key.write_with(family, rest, &mut nlri);
                nlri.into_boxed_slice()
            };
            Named::Opaque(keys.iter().map(whole).collect())
        };
        match family {
            Family::IPV4 => self.v4.sights(watcher, limit).map(|one| self.seen(one, nets4)),
            Family::IPV6 => self.v6.sights(watcher, limit).map(|one| self.seen(one, nets6)),
            other => {
                let table = self.others.get_mut(&other.code())?;
                table.sights(watcher, limit).map(|one| self.seen(one, opaque))
            }
        }
    }

    fn seen<K>(&self, sights: Sights<K>, named: impl Fn(Vec<K>, &[u8]) -> Named) -> SeenAll {
        let told = sights.told.into_iter().map(|one| {
            let set = self.store.get(one.set);
            let rest = set.and_then(|set| set.value(codes::MP_REACH_NLRI));
            let shown = |set: &AttributeSet| {
                let mut draft = Draft::of(set.bytes());
                draft.remove(codes::MP_REACH_NLRI); // it stands in the NLRI
                draft.bytes()
            };
            let whole = |set: &AttributeSet| set.bytes().to_vec();
            Seen {
                peer: one.peer,
                path_id: one.path_id,
                attributes: if rest.is_some() { set.map(shown) } else { set.map(whole) },
                is_accepted: one.is_accepted,
                named: named(one.keys, rest.unwrap_or_default()),
            }
        });
        SeenAll { is_anew: sights.is_anew, is_caught_up: sights.is_caught_up, told: told.collect() }
    }
}
