//! Declarative policies over attributes and prefixes: compiled by Python, repeated here.
//!
//! The way of a route through it: its set of attributes is judged once by the statements of a
//! `Program`; what depends on the route itself (its prefix, its validity, who told it) is an `Ask`.
//! The answers to these make a small tree for each set, which grows as routes come by (`Policies`),
//! so that a policy without asks costs one look for a route. `fingerpost/policy` is the same in
//! Python, line by line.

mod actions;
mod as_set;
mod automaton;
mod communities;
mod judging;
mod prefix_list;
mod program;
mod route;
mod terms;
#[cfg(test)]
mod tests;
mod trails;

pub use actions::{Action, Change, Number};
pub use as_set::AsSet;
pub use automaton::Automaton;
pub use communities::{Pattern, Sort};
pub use judging::{Answer, Policies};
pub use prefix_list::{PrefixEntry, PrefixList};
pub use program::{Judged, Outcome, Program, Statement, marks};
pub use route::{Evidence, Route, Validates, Validity};
pub use terms::{Ask, Place, Term};
