//! The ranges that the router, a border of areas, stands for (RFC 2328 3.5, 16.2 step 3).

use super::Calculator;
use super::route::{Path, Route};
use super::table::{Bits, DIRTY_INNER};
use crate::addr::Net;

/// A range, and how many networks in it have a path within its area: if any, it is active.
#[derive(Clone, Copy, Debug)]
pub struct Range {
    area: u16,
    pub net: Net,
    pub members: u32,
}

#[allow(private_bounds)] // as above
impl<K: Bits> Calculator<K> {
    /// Say which ranges stand for the networks of an area.
    pub fn set_ranges(&mut self, scope: u32, nets: &[Net]) {
        let Some(area) = self.area_of(scope) else { return };
        let is_of_area = |range: &&Range| range.area == area;
        if self.ranges.iter().filter(is_of_area).map(|range| &range.net).eq(nets) {
            return;
        }
        let old: Vec<Net> = self.ranges.iter().map(|range| range.net).collect();
        self.ranges.retain(|range| range.area != area);
        for &net in nets {
            let is_member = |route: &Route| route.path == Path::Intra && route.area == area;
            let inside = self.table.inside(net);
            let members = inside.iter().filter(|(_, net)| is_member(&self.table.at(*net).route));
            self.ranges.push(Range { area, net, members: members.count() as u32 });
        }
        for &net in old.iter().chain(nets) {
            self.mark_range(net);
        }
    }

    fn mark_range(&mut self, net: Net) {
        if let Some(number) = self.table.find(net) {
            self.table.mark(number, DIRTY_INNER);
            self.extent = self.extent.max(super::Extent::Partial);
        }
    }

    /// Count a network whose route changed; gives the ranges that became active or ceased to be.
    pub(super) fn count_in_ranges(&mut self, net: u32, before: &Route, after: &Route) -> Vec<Net> {
        let area = |route: &Route| (route.path == Path::Intra).then_some(route.area);
        let (left, joined) = (area(before), area(after));
        if self.ranges.is_empty() || left == joined {
            return Vec::new();
        }
        let Some(net) = self.table.at(net).net() else { return Vec::new() };
        let mut turned = Vec::new();
        for range in self.ranges.iter_mut().filter(|range| range.net.contains(net)) {
            let was_active = range.members > 0;
            if left == Some(range.area) {
                range.members = range.members.saturating_sub(1);
            }
            if joined == Some(range.area) {
                range.members += 1;
            }
            if was_active != (range.members > 0) {
                turned.push(range.net);
            }
        }
        turned
    }
}
