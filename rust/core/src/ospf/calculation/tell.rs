//! What a run tells: routes that are others than before, alike ones together.

use std::collections::HashMap;

use super::Calculator;
use super::hops::NO_HOPS;
use super::route::{NO_AREA, Route};
use super::table::{Bits, NOTED};
use crate::addr::{Ip, Net};

/// How much a run had to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// Nothing had changed.
    #[default]
    Nothing,
    /// Prefixes of vertices, no tree.
    Prefixes,
    /// Summaries, externals, bits or settings, no tree (RFC 2328 16.5, 16.6).
    Partial,
    /// The changed parts of trees.
    Incremental,
    /// The whole tree of an area.
    Whole,
}

impl Extent {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Extent::Nothing => "nothing",
            Extent::Prefixes => "prefixes",
            Extent::Partial => "partial",
            Extent::Incremental => "incremental",
            Extent::Whole => "whole",
        }
    }
}

/// A next hop as it is told: interface and gateway.
pub type Way = (u32, Option<Ip>);

/// A route as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// 0 within an area, 1 by summaries, then E1, E2, N1, N2.
    pub path: u8,
    /// Of the whole way; for E2 and N2 of the part inside the AS.
    pub cost: u32,
    /// The advertised cost of E2 and N2, else 0.
    pub cost2: u32,
    /// 0 for E1 and E2.
    pub area_id: u32,
    /// Of an external, else 0.
    pub tag: u32,
    /// In order; empty for a network of the router itself whose interface is not known.
    pub hops: Vec<Way>,
    /// Whether the destination is on one of the router's own networks.
    pub is_connected: bool,
}

/// What a run came to.
#[derive(Debug, Default)]
pub struct Calculated {
    /// New and changed routes, by what they say.
    pub announced: Vec<(Told, Vec<Net>)>,
    /// Prefixes that have no route any more.
    pub withdrawn: Vec<Net>,
    /// Whether the ways to border or boundary routers changed.
    pub routers_changed: bool,
    /// How much it had to do.
    pub extent: Extent,
    /// How many vertices, edges and prefixes it looked at.
    pub vertices: usize,
    /// See `vertices`.
    pub edges: usize,
    /// See `vertices`.
    pub prefixes: usize,
}

impl<K: Bits> Calculator<K> {
    /// Sort what changed by what it changed to.
    pub(super) fn tell(&mut self, mut noted: Vec<(u32, Route)>, result: &mut Calculated) {
        let paths = self.options.maximum_paths;
        let cut = self.told_paths.replace(paths).map(|old| (old, paths));
        let cut = cut.filter(|(old, new)| old != new);
        if cut.is_some() {
            for net in 0..self.table.prefixes.len() as u32 {
                self.note(net, &mut noted);
            }
        }
        let mut group_of: HashMap<Route, usize> = HashMap::new();
        let (mut last, mut alike) = (None, (NO_HOPS, NO_HOPS, true));
        for (net, before) in noted {
            let prefix = &mut self.table.prefixes[net as usize];
            prefix.marks &= !NOTED;
            let (route, named) = (prefix.route, prefix.net());
            let is_other = match cut {
                Some(paths) => self.told_of(&route, paths.1) != self.told_of(&before, paths.0),
                None => route != before && !self.is_told_alike(&route, &before, &mut alike),
            };
            if is_other && let Some(named) = named {
                if !route.is_there() {
                    result.withdrawn.push(named);
                } else {
                    let group = match last {
                        Some((held, group)) if held == route => group,
                        _ => *group_of.entry(route).or_insert_with(|| {
                            result.announced.push((self.told(&route), Vec::new()));
                            result.announced.len() - 1
                        }),
                    };
                    last = Some((route, group));
                    result.announced[group].1.push(named);
                }
            }
            self.table.settle(net);
        }
    }

    /// Whether two different routes are the same to the caller, who does not see all that we know
    /// of next hops. `last` are the sets that were compared last, and what came of it.
    fn is_told_alike(&self, one: &Route, other: &Route, last: &mut (u32, u32, bool)) -> bool {
        if *one != (Route { hops: one.hops, area: one.area, ..*other }) || !one.is_there() {
            return false;
        }
        if (last.0, last.1) != (one.hops, other.hops) {
            let is_alike = self.told(one).hops == self.told(other).hops
                && self.hops.is_connected(one.hops) == self.hops.is_connected(other.hops);
            *last = (one.hops, other.hops, is_alike);
        }
        last.2 && self.told_area(one) == self.told_area(other)
    }

    fn told_area(&self, route: &Route) -> u32 {
        if route.area == NO_AREA { 0 } else { self.area(route.area).id }
    }

    /// A route in the caller's numbers.
    pub(super) fn told(&self, route: &Route) -> Told {
        self.told_of(route, self.options.maximum_paths)
    }

    fn told_of(&self, route: &Route, paths: usize) -> Told {
        Told {
            path: route.path as u8,
            cost: route.cost,
            cost2: route.cost2,
            area_id: self.told_area(route),
            tag: route.tag,
            hops: self.hops.told(route.hops, paths),
            is_connected: self.hops.is_connected(route.hops),
        }
    }
}
