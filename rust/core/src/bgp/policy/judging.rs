//! `Policies`: programs by number, what each made of a set of attributes, and what they counted.

use std::sync::Arc;

use super::program::{Judged, Program};
use super::route::{Evidence, Route, Validates};
use super::trails::{self, Trails};
use crate::bgp::attributes::{SetId, Store};

const NONE: u32 = u32::MAX;
/// Routes that ask for more are judged each time anew.
const ASKS_MOST: usize = 24;
/// How many parts all trees of a policy may have; with more they are made again.
const NODES_MOST: usize = 1 << 24;

/// What a policy made of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The set that it has then, 0 if it is refused; a use that is handed over.
    pub set: SetId,
    /// Of `marks`.
    pub marks: u8,
    /// By which statements, for `Policies::count`.
    pub trail: u32,
}

#[derive(Clone, Copy, Debug)]
enum Node {
    /// Whether a statement's asks hold decides where it goes on.
    Branch { statement: u32, yes: u32, no: u32 },
    /// What was made of it. `born` is that of the result, which the tree does not keep.
    Leaf { answer: Answer, born: u32 },
}

/// The tree of a set, which is that one only if it was born then.
#[derive(Clone, Copy, Debug)]
struct Root {
    node: u32,
    born: u32,
}

#[derive(Debug)]
struct Held {
    program: Arc<Program>,
    asks: bool,
    roots: Vec<Root>,
    nodes: Vec<Node>,
    free: Vec<u32>,
    trails: Trails,
    hits: Vec<u64>,
    /// What was found last, for its room.
    judged: Judged,
}

/// All policies of a table.
#[derive(Debug, Default)]
pub struct Policies {
    held: Vec<Option<Held>>,
    vrps: Option<Arc<dyn Validates>>,
    version: u64,
}

impl Policies {
    /// Have a policy by a number above 0, in place of the one that had it.
    pub fn set(&mut self, number: i32, program: Program) {
        let Some(at) = usize::try_from(number).ok().filter(|&at| at > 0) else { return };
        self.version += 1;
        if self.held.len() <= at {
            self.held.resize_with(at + 1, || None);
        }
        let (hits, asks) = (vec![0; program.counters()], program.asks());
        let (roots, nodes, free) = Default::default();
        let program = Arc::new(program);
        if let Some(place) = self.held.get_mut(at) {
            let (trails, judged) = Default::default();
            *place = Some(Held { program, asks, roots, nodes, free, trails, hits, judged });
        }
    }

    /// Have it no more: what asks it is refused.
    pub fn remove(&mut self, number: i32) {
        self.version += 1;
        let place = usize::try_from(number).ok().and_then(|at| self.held.get_mut(at));
        if let Some(place) = place {
            *place = None;
        }
    }

    /// Who is asked for the validity of origins; routes have to be judged anew then.
    pub fn set_vrps(&mut self, vrps: Option<Arc<dyn Validates>>) {
        self.vrps = vrps;
    }

    /// Whether a policy looks at more than attributes, so that each route has to be judged.
    #[must_use]
    pub fn asks(&self, number: i32) -> bool {
        self.get(number).is_some_and(|held| held.asks)
    }

    /// Another number whenever the same may be judged otherwise than before.
    #[must_use]
    pub const fn version(&self) -> u64 {
        self.version
    }

    /// Whether there is a policy of this number.
    #[must_use]
    pub fn has(&self, number: i32) -> bool {
        self.get(number).is_some()
    }

    /// Forget what was made of sets by policies that look at the metric of next hops; gives their
    /// numbers.
    pub fn forget_metrics(&mut self) -> Vec<i32> {
        self.version += 1;
        let mut found = Vec::new();
        for (number, held) in (0..).zip(&mut self.held) {
            if let Some(held) = held.as_mut().filter(|held| held.program.asks_metric()) {
                held.clear();
                found.push(number);
            }
        }
        found
    }

    fn get(&self, number: i32) -> Option<&Held> {
        self.held.get(usize::try_from(number).ok()?)?.as_ref()
    }

    /// Judge a set of a route. Nothing is counted yet. A policy that is not there refuses all.
    pub fn judge(
        &mut self,
        number: i32,
        set: SetId,
        route: &Route<'_>,
        store: &mut Store,
    ) -> Answer {
        let refused = Answer { set: 0, marks: 0, trail: NONE };
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        let Some(held) = self.held.get_mut(at).and_then(Option::as_mut) else { return refused };
        let vrps = self.vrps.as_deref();
        let Some(of) = store.get(set) else { return refused };
        let born = of.born;
        match held.find(set, born, route, Evidence { bytes: of.bytes(), rpki: vrps }, store) {
            Some(answer) => {
                store.retain(answer.set);
                answer
            }
            None => held.work_out(set, born, route, vrps, store),
        }
    }

    /// What a policy makes of canonical bytes, without being counted; None: there is none.
    #[must_use]
    pub fn look(
        &self,
        number: i32,
        bytes: &[u8],
        route: &Route<'_>,
        metric: Option<u32>,
    ) -> Option<Judged> {
        let held = self.get(number)?;
        Some(held.program.judge(bytes, route, metric, self.vrps.as_deref()))
    }

    /// So many routes were judged by an answer.
    #[inline]
    pub fn count(&mut self, number: i32, trail: u32, routes: usize) {
        let held = usize::try_from(number).ok().and_then(|at| self.held.get_mut(at));
        if let Some(Some(held)) = held {
            held.trails.count(trail, routes as u64);
        }
    }

    /// How many routes each statement meant, and how many reached the end, since this was last
    /// asked.
    pub fn take_hits(&mut self, number: i32) -> Vec<u64> {
        let held = usize::try_from(number).ok().and_then(|at| self.held.get_mut(at));
        let Some(Some(held)) = held else { return Vec::new() };
        held.trails.take(&mut held.hits);
        let counters = held.hits.len();
        std::mem::replace(&mut held.hits, vec![0; counters])
    }

    /// Bytes of memory held, as far as one can know.
    #[must_use]
    pub fn memory(&self) -> usize {
        let of = |held: &Held| {
            held.roots.capacity() * size_of::<Root>() + held.nodes.capacity() * size_of::<Node>()
        };
        self.held.iter().flatten().map(of).sum()
    }
}

impl Held {
    /// What was made of a set of such a route before, if that is still there.
    fn find(
        &self,
        set: SetId,
        born: u32,
        route: &Route<'_>,
        evidence: Evidence<'_>,
        store: &Store,
    ) -> Option<Answer> {
        let root = self.roots.get(set as usize).filter(|root| root.born == born)?;
        let mut at = root.node;
        loop {
            match *self.nodes.get(at as usize)? {
                Node::Branch { statement, yes, no } => {
                    let holds = self.program.statement(statement)?.asks(route, evidence);
                    at = if holds { yes } else { no };
                }
                Node::Leaf { answer, born } => {
                    let is_there = answer.set == 0
                        || store.get(answer.set).is_some_and(|held| held.born == born);
                    return is_there.then_some(answer);
                }
            }
        }
    }

    /// Judge a set and keep what was made of it.
    fn work_out(
        &mut self,
        set: SetId,
        born: u32,
        route: &Route<'_>,
        vrps: Option<&dyn Validates>,
        store: &mut Store,
    ) -> Answer {
        let refused = Answer { set: 0, marks: 0, trail: NONE };
        let Some(of) = store.get(set) else { return refused };
        let metric = store.next_hops.get(of.next_hop).and_then(|hop| hop.metric);
        let mut judged = std::mem::take(&mut self.judged);
        self.program.judge_into(of.bytes(), route, metric, vrps, &mut judged);
        if self.trails.len() >= trails::MOST || self.nodes.len() >= NODES_MOST {
            self.clear();
        }
        let trail = self.trails.number(&judged.trail);
        let result = match &judged.bytes {
            _ if !judged.accepted => 0,
            Some(bytes) => store.intern(bytes),
            None => {
                store.retain(set);
                set
            }
        };
        let answer = Answer { set: result, marks: judged.marks, trail };
        if judged.asked.len() <= ASKS_MOST {
            let born_then = store.get(result).map_or(0, |held| held.born);
            self.keep(set, born, &judged.asked, Node::Leaf { answer, born: born_then });
        }
        self.judged = judged;
        answer
    }

    fn keep(&mut self, set: SetId, born: u32, asked: &[(u32, bool)], leaf: Node) {
        let at = set as usize;
        if self.roots.len() <= at {
            self.roots.resize(at + 1, Root { node: NONE, born: 0 });
        }
        let Some(root) = self.roots.get(at).copied() else { return };
        let mut first = root.node;
        if root.born != born {
            self.drop_tree(root.node);
            first = NONE;
        }
        let first = self.grown(first, asked, leaf);
        if let Some(root) = self.roots.get_mut(at) {
            *root = Root { node: first, born };
        }
    }

    /// A tree with a leaf where these answers lead; gives its first node.
    fn grown(&mut self, first: u32, asked: &[(u32, bool)], leaf: Node) -> u32 {
        let Some((&(statement, holds), rest)) = asked.split_first() else {
            return self.put(first, leaf);
        };
        let (yes, no) = match self.nodes.get(first as usize) {
            Some(&Node::Branch { yes, no, .. }) => (yes, no),
            _ => (NONE, NONE),
        };
        let (yes, no) = if holds {
            (self.grown(yes, rest, leaf), no)
        } else {
            (yes, self.grown(no, rest, leaf))
        };
        self.put(first, Node::Branch { statement, yes, no })
    }

    fn put(&mut self, at: u32, node: Node) -> u32 {
        let at = if at == NONE { self.free.pop().unwrap_or(NONE) } else { at };
        match self.nodes.get_mut(at as usize) {
            Some(place) => {
                *place = node;
                at
            }
            None => {
                self.nodes.push(node);
                self.nodes.len() as u32 - 1
            }
        }
    }

    fn drop_tree(&mut self, first: u32) {
        let mut left = vec![first];
        while let Some(at) = left.pop() {
            let Some(node) = self.nodes.get(at as usize) else { continue };
            if let Node::Branch { yes, no, .. } = *node {
                left.extend([yes, no]);
            }
            self.free.push(at);
        }
    }

    fn clear(&mut self) {
        self.trails.take(&mut self.hits);
        self.trails = Trails::default();
        self.roots.clear();
        self.nodes.clear();
        self.free.clear();
    }
}
