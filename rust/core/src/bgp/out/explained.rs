//! What a neighbour is told of a prefix, path by path, or why it is not: for who asks.

use super::export::{Refusal, Told, put_next_hop};
use super::group::{Context, Group, is_given, is_summarized};
use crate::addr::Net;
use crate::bgp::nets::{NetIx, NetKey};
use crate::bgp::paths::Path;
use crate::bgp::peer::PeerId;
use crate::bgp::policy::Route;
use crate::bgp::table::FamilyTable;

/// What becomes of a path for somebody of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// Who said it; 0 is ourselves.
    pub source: PeerId,
    /// The identifier that it came with.
    pub path_id: u32,
    /// The identifier that it is told by; 0: by none.
    pub id: u32,
    /// Canonical bytes that are told, or why they are not.
    pub said: Result<Vec<u8>, Refusal>,
}

impl Group {
    /// What becomes of each path to a prefix that may be told to a member, the best first; without
    /// identifiers that is one.
    pub fn explain<K: NetKey>(
        &self,
        peer: PeerId,
        net: Option<NetIx>,
        table: &FamilyTable<K>,
        context: &mut Context<'_>,
    ) -> Vec<Explained> {
        let mut found = Vec::new();
        let Some(net) = net else { return found };
        let prefix = table.nets.get(net).and_then(|entry| entry.key.prefix());
        let places = match self.given(net, prefix, table) {
            Some((at, _)) => vec![at],
            None if self.rules.paths > 0 => table.ranked(net, usize::MAX, &context.grounds()),
            None => table.nets.get(net).map(|entry| entry.best).into_iter().collect(),
        };
        let most = usize::from(self.rules.paths.max(1));
        let mut count = 0;
        for at in places {
            let Some(path) = table.paths.get(at) else { continue };
            let told = self.explain_path((net, prefix), path, table, context);
            let is_beyond = count >= most;
            count += usize::from(told.is_ok());
            let said = if path.peer == peer && peer != 0 {
                Err(Refusal::Origin)
            } else if is_beyond && told.is_ok() {
                Err(Refusal::Beyond)
            } else {
                told.and_then(|told| self.said_to(peer, told, context))
            };
            let id = if self.rules.paths > 0 { at.wrapping_add(1) } else { 0 };
            found.push(Explained { source: path.peer, path_id: path.path_id, id, said });
        }
        found
    }

    /// What is told of a path to everybody but who said it.
    fn explain_path<K: NetKey>(
        &self,
        (net, prefix): (NetIx, Option<Net>),
        path: &Path,
        table: &FamilyTable<K>,
        context: &mut Context<'_>,
    ) -> Result<Told, Refusal> {
        let standings = context.standings;
        let source = standings.get(usize::from(path.peer)).ok_or(Refusal::NoPath)?;
        let said = Told::of(path, source);
        let set = context.store.get(said.set).ok_or(Refusal::NoPath)?;
        if is_summarized(prefix, context.summaries) {
            return Err(Refusal::Summarized);
        }
        self.rules.admit(said, set, source)?;
        let mut told = said;
        if self.rules.policy != 0 && !is_given(path) {
            let route = Route { net: prefix, source: path.peer, standing: source };
            let answer = context.policies.judge(self.rules.policy, said.set, &route, context.store);
            context.store.release(answer.set);
            told = told.judged(answer.set, answer.marks);
        }
        if told.set == 0 {
            return Err(Refusal::Policy);
        }
        self.rules.fits(told, context)?;
        if !self.leaves_room(net, told, table, context) {
            return Err(Refusal::TooLong);
        }
        Ok(self.rules.accumulated(told, path, context.store))
    }

    fn said_to(&self, peer: PeerId, told: Told, context: &Context<'_>) -> Result<Vec<u8>, Refusal> {
        let mut bytes = self.rules.written(told, context).ok_or(Refusal::NextHop)?;
        if let Some(member) = self.members.iter().find(|one| one.peer == peer) {
            put_next_hop(&mut bytes, &member.hop);
        }
        Ok(bytes)
    }
}
