//! `Program`: a policy as the core runs it.

use super::actions::{Action, Change, drop_empty};
use super::route::{Evidence, Route, Validates};
use super::terms::{Ask, Term};
use crate::bgp::attributes::Draft;

/// Where a route goes after a statement that means it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is let through.
    Accept,
    /// It is not.
    Reject,
    /// To the next statement.
    Continue,
}

/// If all this holds, change that, then accept, reject or go on.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Its place among the statements that were written, of which some can never be meant.
    pub place: u16,
    /// What must hold of the attributes.
    pub terms: Vec<Term>,
    /// What must hold of the route itself.
    pub asks: Vec<Ask>,
    /// What is changed then.
    pub actions: Vec<Action>,
    /// What happens then.
    pub outcome: Outcome,
}

impl Statement {
    /// Whether all that it asks of a route holds.
    pub(super) fn asks(&self, route: &Route<'_>, evidence: Evidence<'_>) -> bool {
        self.asks.iter().all(|one| one.holds(route, evidence))
    }
}

/// What a policy did that attributes do not say.
pub mod marks {
    /// It set MULTI_EXIT_DISC: that goes to another AS too (RFC 4271 5.1.4).
    pub const MED: u8 = 1 << 0;
    /// It set the next hop: that is told.
    pub const NEXT_HOP: u8 = 1 << 1;
}

/// Statements in order; the first that means a route and does not go on decides.
#[derive(Clone, Debug)]
pub struct Program {
    statements: Vec<Statement>,
    /// What happens to a route about which none does.
    accepts: bool,
    /// How many statements were written.
    written: u16,
}

/// What became of a route.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// It is let through.
    pub accepted: bool,
    /// The attributes that it has then, where they differ.
    pub bytes: Option<Vec<u8>>,
    /// Of `marks`.
    pub marks: u8,
    /// The statements that meant it by their places; `written` stands for the end.
    pub trail: Vec<u16>,
    /// The statements that asked about the route itself by their numbers here, with the answers.
    pub asked: Vec<(u32, bool)>,
}

impl Program {
    /// Of `written` statements those that could be meant.
    #[must_use]
    pub fn new(statements: Vec<Statement>, accepts: bool, written: u16) -> Self {
        Self { statements, accepts, written }
    }

    /// How many counters it has: one a statement that was written, and one for the end.
    #[must_use]
    pub fn counters(&self) -> usize {
        usize::from(self.written) + 1
    }

    /// Whether it looks at more than attributes.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.statements.iter().any(|one| !one.asks.is_empty())
    }

    /// Whether the metric of the way to the next hop makes a difference.
    #[must_use]
    pub fn asks_metric(&self) -> bool {
        let mut actions = self.statements.iter().flat_map(|one| &one.actions);
        actions.any(|one| matches!(one, Action::Number(_, Change::ToMetric)))
    }

    pub(super) fn statement(&self, number: u32) -> Option<&Statement> {
        self.statements.get(number as usize)
    }

    /// Judge a route with these attributes.
    #[must_use]
    pub fn judge(
        &self,
        bytes: &[u8],
        route: &Route<'_>,
        metric: Option<u32>,
        vrps: Option<&dyn Validates>,
    ) -> Judged {
        let mut found = Judged::default();
        self.judge_into(bytes, route, metric, vrps, &mut found);
        found
    }

    /// The same into what was found of another before, whose room is used again.
    pub(super) fn judge_into(
        &self,
        bytes: &[u8],
        route: &Route<'_>,
        metric: Option<u32>,
        vrps: Option<&dyn Validates>,
        found: &mut Judged,
    ) {
        found.trail.clear();
        found.asked.clear();
        (found.accepted, found.bytes, found.marks) = (self.accepts, None, 0);
        let evidence = Evidence { bytes, rpki: vrps };
        let mut draft = Draft::of(bytes);
        let mut is_decided = false;
        for (number, one) in (0..).zip(&self.statements) {
            if !one.terms.iter().all(|term| term.holds(&draft)) {
                continue;
            }
            if !one.asks.is_empty() {
                let holds = one.asks(route, evidence);
                found.asked.push((number, holds));
                if !holds {
                    continue;
                }
            }
            found.trail.push(one.place);
            for action in &one.actions {
                found.marks |= action.apply(&mut draft, metric);
            }
            if one.outcome != Outcome::Continue {
                found.accepted = one.outcome == Outcome::Accept;
                is_decided = true;
                break;
            }
        }
        if !is_decided {
            found.trail.push(self.written);
        }
        if found.accepted && draft.is_changed() {
            drop_empty(&mut draft);
            found.bytes = Some(draft.bytes()).filter(|made| made != bytes);
        }
    }
}
