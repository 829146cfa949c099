//! AS boundary routers, and the addresses that externals are to be forwarded to.
//!
//! Each is known by number while an LSA names it. What is worked out for it holds until the next
//! run finds that something under it changed.

use std::collections::HashMap;

use super::graph::NONE;
use super::hops::SetId;
use super::route::Route;
use crate::addr::Ip;

/// The way to a boundary router that its AS-external-LSAs rest on (RFC 2328 16.4 step 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub area: u16,
    pub is_intra: bool,
    pub cost: u32,
    pub hops: SetId,
}

/// A router that is named by AS-external-LSAs, NSSA-LSAs or summaries of boundary routers.
#[derive(Debug)]
pub struct Boundary {
    pub router: u32,
    /// The first of its summaries, and of what it offers.
    pub summaries: u32,
    pub offers: u32,
    pub is_dirty: bool,
    pub entry: Option<Entry>,
}

/// An address that externals are to be forwarded to.
#[derive(Debug)]
pub struct Forward {
    pub ip: Ip,
    refs: u32,
    /// The route inside the AS that it was found in.
    pub route: Option<Route>,
    /// Whether it is the calculating router's own.
    pub is_own: bool,
}

/// All of them.
#[derive(Debug, Default)]
pub struct Boundaries {
    pub routers: Vec<Boundary>,
    router_of: HashMap<u32, u32>,
    free_routers: Vec<u32>,
    pub forwards: Vec<Forward>,
    forward_of: HashMap<Ip, u32>,
    free_forwards: Vec<u32>,
    /// Boundary routers that the next run looks at.
    pub dirty: Vec<u32>,
}

impl Boundaries {
    /// The number of a boundary router, if it is known.
    pub fn find(&self, router: u32) -> Option<u32> {
        self.router_of.get(&router).copied()
    }

    /// The number of a boundary router, made where it is not known.
    pub fn obtain(&mut self, router: u32) -> u32 {
        if let Some(known) = self.find(router) {
            return known;
        }
        let new = Boundary { router, summaries: NONE, offers: NONE, is_dirty: false, entry: None };
        let number = match self.free_routers.pop() {
            Some(number) => {
                self.routers[number as usize] = new;
                number
            }
            None => {
                self.routers.push(new);
                self.routers.len() as u32 - 1
            }
        };
        self.router_of.insert(router, number);
        number
    }

    /// Have the next run look at a boundary router.
    pub fn mark(&mut self, number: u32) {
        let boundary = &mut self.routers[number as usize];
        if !std::mem::replace(&mut boundary.is_dirty, true) {
            self.dirty.push(number);
        }
    }

    /// Have the next run look at all of them.
    pub fn mark_all(&mut self) {
        for number in 0..self.routers.len() as u32 {
            self.mark(number);
        }
    }

    /// Forget a boundary router that nothing names.
    pub fn settle(&mut self, number: u32) {
        let boundary = &self.routers[number as usize];
        let is_free = boundary.summaries == NONE && boundary.offers == NONE;
        if is_free && self.find(boundary.router) == Some(number) {
            self.router_of.remove(&boundary.router);
            self.free_routers.push(number);
        }
    }

    /// The number of a forwarding address, which its user gives back by `release`.
    pub fn hold(&mut self, ip: Ip, (route, is_own): (Option<Route>, bool)) -> u32 {
        if let Some(&known) = self.forward_of.get(&ip) {
            self.forwards[known as usize].refs += 1;
            return known;
        }
        let new = Forward { ip, refs: 1, route, is_own };
        let number = match self.free_forwards.pop() {
            Some(number) => {
                self.forwards[number as usize] = new;
                number
            }
            None => {
                self.forwards.push(new);
                self.forwards.len() as u32 - 1
            }
        };
        self.forward_of.insert(ip, number);
        number
    }

    /// Give a forwarding address back.
    pub fn release(&mut self, number: u32) {
        let Some(forward) = self.forwards.get_mut(number as usize) else { return };
        forward.refs -= 1;
        if forward.refs == 0 {
            self.forward_of.remove(&forward.ip);
            forward.route = None;
            self.free_forwards.push(number);
        }
    }

    /// Whether any external has a forwarding address.
    pub fn has_forwards(&self) -> bool {
        !self.forward_of.is_empty()
    }

    /// Bytes of memory held, about.
    pub fn memory(&self) -> usize {
        self.routers.capacity() * (size_of::<Boundary>() + 16)
            + self.forwards.capacity() * (size_of::<Forward>() + 48)
    }
}
