//! `Dump`: all that a group was told, for members that come later.

use super::export::{ExportRules, Told};
use super::group::{Context, Slice};
use super::log::{Block, Log, Position};
use super::several::Several;
use crate::bgp::nets::NetKey;
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

    /// Add up to so many prefixes.
    pub(super) fn go_on<K: NetKey>(
        &mut self,
        held: (&[Told], &[Several]),
        rules: &ExportRules,
        table: &FamilyTable<K>,
        context: &Context<'_>,
        limit: usize,
    ) {
        let (told, several) = held;
        let end = told.len().max(several.len());
        let last = (self.next + limit).min(end);
        let mut slice = Slice::default();
        for (net, one) in (0_u32..).zip(told).take(last).skip(self.next) {
            if one.set != 0 {
                slice.announce(*one, (net, 0));
            }
        }
        for (net, all) in (0_u32..).zip(several).take(last).skip(self.next) {
            all.iter().for_each(|&(id, one)| slice.announce(one, (net, id)));
        }
        let mut block = Block::default();
        slice.pack(rules, table, context, &mut block);
        self.next = last;
        self.is_done = last >= end;
        self.log.push(block);
    }
}
