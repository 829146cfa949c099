//! What the RPKI says has changed: what rests on it is judged again, and nothing else.

use std::ops::Range;
use std::sync::Arc;

use super::{Action, Table};
use crate::bgp::family::Family;
use crate::bgp::nets::{NetIx, NetKey};
use crate::bgp::validation::{Aspas, Rpki, VrpTable};

impl Table {
    /// Go by these from now on. Paths to prefixes that a VRP covers which came or went are judged
    /// again, in slices; all paths if an ASPA changed.
    pub fn set_rpki(&mut self, vrps: Arc<VrpTable>, aspas: Arc<Aspas>) {
        let Self { identity, .. } = self;
        let asn = if identity.confederation == 0 { identity.asn } else { identity.confederation };
        let after = Rpki { vrps, aspas, asn };
        let before = std::mem::replace(&mut self.rpki, after.clone());
        let changed = Arc::new(before.vrps.differing(&after.vrps));
        let is_other_path = before.aspas != after.aspas;
        self.policies.set_vrps(Some(Arc::new(after)));
        for family in [Family::IPV4, Family::IPV6] {
            if is_other_path {
                self.sweep(family, None, Action::Refeed);
            }
            let is_meant = match family {
                Family::IPV4 => !changed.v4.as_slice().is_empty(),
                _ => !changed.v6.as_slice().is_empty(),
            };
            if is_meant {
                self.sweep(family, None, Action::Validate(Arc::clone(&changed)));
            }
        }
    }

    /// Judge paths again to those of some prefixes that one of these covers.
    pub(super) fn validate(&mut self, family: Family, changed: &VrpTable, nets: Range<NetIx>) {
        let code = family.code();
        let asks_in = self.peers.iter().flatten().any(|peer| {
            peer.families.get(&code).is_some_and(|rules| self.policies.asks(rules.import_policy))
        });
        let asks_out = self
            .groups
            .iter()
            .any(|group| group.rules.family == family && self.policies.asks(group.rules.policy));
        let mut judged = Vec::new();
        for net in nets {
            let prefix = match family {
                Family::IPV4 => self.v4.nets.get(net).and_then(|entry| entry.key.prefix()),
                Family::IPV6 => self.v6.nets.get(net).and_then(|entry| entry.key.prefix()),
                _ => None,
            };
            if !prefix.is_some_and(|prefix| changed.covers(prefix)) {
                continue;
            }
            if asks_in {
                self.refeed(family, None, net..net.saturating_add(1), &mut judged);
            }
            match family {
                Family::IPV4 if asks_out => self.v4.note(net),
                Family::IPV6 if asks_out => self.v6.note(net),
                _ => {}
            }
        }
        self.tell_judged(family, judged);
    }
}
