//! Several paths to a prefix at once (RFC 7911): the best of those that may be told, each by an
//! identifier of ours. One that a member said itself has its place among them, and is not told there.
//!
//! The identifier is the number of the path in its family, from 1 on: it stays while the path does,
//! whatever becomes of the others, and is another for each path to a prefix.

use super::export::Told;
use super::group::{Context, Group, Slice};
use super::log::Audience;
use crate::bgp::nets::{NetIx, NetKey};
use crate::bgp::table::FamilyTable;

/// What members were told of a prefix, by identifier.
pub(super) type Several = Vec<(u32, Told)>;

impl Group {
    /// Work out what is told of a prefix by the best paths to it.
    pub(super) fn work_out_several<K: NetKey>(
        &mut self,
        net: NetIx,
        table: &FamilyTable<K>,
        context: &mut Context<'_>,
        slice: &mut Slice,
    ) {
        let at = net as usize;
        let before = self.several.get_mut(at).map(std::mem::take).unwrap_or_default();
        let after = self.several_now(net, table, context);
        for &(id, told) in &before {
            if after.iter().all(|&(other, _)| other != id) {
                let is_its_own = self.is_member(told.source);
                let audience = if is_its_own { told.audience() } else { Audience::All };
                slice.withdraw(audience, (net, id));
            }
        }
        for &(id, told) in &after {
            let held = before.iter().find(|(other, _)| *other == id).map(|(_, held)| *held);
            if held == Some(told) && !self.says_otherwise(told, context) {
                continue;
            }
            slice.announce(told, (net, id));
            let is_its_own = held.is_some_and(|held| held.source != told.source);
            if is_its_own && (self.log.is_whole() || self.is_member(told.source)) {
                slice.withdraw(Audience::Only(told.source), (net, id));
            }
        }
        self.count = self.count + usize::from(!after.is_empty()) - usize::from(!before.is_empty());
        before.iter().for_each(|(_, told)| context.store.release(told.set));
        if self.several.len() <= at && !after.is_empty() {
            self.several.resize_with(at + 1, Vec::new);
        }
        if let Some(place) = self.several.get_mut(at) {
            *place = after;
        }
    }

    /// What is told now; its sets have a use of it.
    fn several_now<K: NetKey>(
        &mut self,
        net: NetIx,
        table: &FamilyTable<K>,
        context: &mut Context<'_>,
    ) -> Several {
        let prefix = table.nets.get(net).and_then(|entry| entry.key.prefix());
        let most = usize::from(self.rules.paths);
        let given = self.given(net, prefix, table).map(|(at, _)| at);
        let mut found = Several::with_capacity(most);
        let (mut looked, mut wanted) = (0, most);
        loop {
            let ranked = match given {
                Some(at) => vec![at],
                None => table.ranked(net, wanted, &context.grounds()),
            };
            for &at in ranked.iter().skip(looked) {
                let Some(path) = table.paths.get(at) else { continue };
                let told = self.told_of(prefix, path, context);
                let told = told.filter(|told| self.leaves_room(net, *told, table, context));
                if let Some(told) = told {
                    context.store.retain(told.set);
                    found.push((at.wrapping_add(1), told));
                }
                if found.len() == most {
                    return found;
                }
            }
            if ranked.len() < wanted {
                return found; // there are no more
            }
            // some of the best are not for them: those behind have their places
            (looked, wanted) = (ranked.len(), wanted.saturating_mul(2));
        }
    }
}
