//! `Dump`: all that a group was told, for members that come later.

use super::export::{ExportRules, Told};
use super::group::{Context, Slice};
use super::log::{Audience, Block, Log, Position};
use super::pack::Packer;
use crate::bgp::nets::NetKey;
use crate::bgp::peer::PeerId;
use crate::bgp::table::FamilyTable;

/// A walk through what a group was told. What changes meanwhile is in the group's log, behind
/// `joined`; so its readers end with what is true, whatever they see in between.
#[derive(Clone, Debug)]
pub(super) struct Dump {
    /// Where the log of the group goes on.
    pub(super) joined: Position,
    pub(super) log: Log,
    next: usize,
    is_done: bool,
}

impl Dump {
    pub(super) fn new(joined: Position) -> Self {
        Self { joined, log: Log::default(), next: 0, is_done: false }
    }

    /// Whether one who comes now can read it from its beginning.
    pub(super) const fn is_whole(&self) -> bool {
        self.log.is_whole()
    }

    /// Whether nothing will be added.
    pub(super) const fn is_done(&self) -> bool {
        self.is_done
    }

    /// Add up to so many prefixes; at the end that all was told, if it is.
    #[allow(clippy::too_many_arguments)] // what a group has, none of which may change meanwhile
    pub(super) fn go_on<K: NetKey>(
        &mut self,
        told: &[Told],
        members: &[PeerId],
        rules: &ExportRules,
        table: &FamilyTable<K>,
        context: &Context<'_>,
        packer: &Packer,
        (limit, is_last): (usize, bool),
    ) {
        let last = (self.next + limit).min(told.len());
        let mut slice = Slice::default();
        for (net, one) in (0_u32..).zip(told).take(last).skip(self.next) {
            if one.set != 0 {
                let is_said = one.source != 0 && members.contains(&one.source);
                let audience = if is_said { Audience::AllBut(one.source) } else { Audience::All };
                slice.announce(*one, audience, net);
            }
        }
        let mut block = Block::default();
        slice.pack(rules, packer, table, context, &mut block);
        self.next = last;
        self.is_done = last >= told.len();
        if self.is_done && is_last {
            packer.end_of_rib(&mut block);
        }
        self.log.push(block);
    }
}
