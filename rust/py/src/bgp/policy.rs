//! Policies as `fingerpost.bgp.program` gives them: tuples that begin with a word.

use std::sync::Arc;

use fingerpost_core::addr::Ip;
use fingerpost_core::bgp::policy::{
    Action, AsSet, Ask, Automaton, Change, Number, Outcome, Pattern, Place, PrefixEntry,
    PrefixList, Program, Sort, Statement, Term,
};
use fingerpost_core::bgp::validation::Direction;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::convert::{ip_from, net_from};
use crate::errors::usage_error;

type Ranges = Vec<(u64, u64)>;
type Patterns = Vec<(u8, Vec<(u8, u64, u64)>)>;
/// Place, terms, asks, actions, outcome.
pub type StatementGiven<'py> =
    (u16, Vec<Bound<'py, PyTuple>>, Vec<Bound<'py, PyTuple>>, Vec<Bound<'py, PyTuple>>, u8);

/// A set of AS numbers.
#[pyclass(frozen, module = "fingerpost._core")]
pub struct BgpAsSet(Arc<AsSet>);

#[pymethods]
impl BgpAsSet {
    #[new]
    fn new(ranges: Vec<(u32, u32)>) -> Self {
        Self(Arc::new(AsSet::new(ranges)))
    }

    fn __contains__(&self, number: u32) -> bool {
        self.0.contains(number)
    }
}

/// A prefix list.
#[pyclass(frozen, module = "fingerpost._core")]
pub struct BgpPrefixList(Arc<PrefixList>);

#[pymethods]
impl BgpPrefixList {
    #[new]
    fn new(entries: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut made = Vec::new();
        for one in entries.try_iter()? {
            let (net, least, most, permits): (Bound<'_, PyAny>, u8, u8, bool) = one?.extract()?;
            made.push(PrefixEntry { net: net_from(&net)?, least, most, permits });
        }
        Ok(Self(Arc::new(PrefixList::new(&made))))
    }

    fn permits(&self, prefix: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.0.permits(net_from(prefix)?))
    }
}

/// An AS-path expression.
#[pyclass(frozen, module = "fingerpost._core")]
pub struct BgpAutomaton(pub(super) Arc<Automaton>);

#[pymethods]
impl BgpAutomaton {
    #[new]
    fn new(
        py: Python<'_>,
        groups: [u8; 128],
        width: usize,
        table: Vec<u16>,
        ends: Vec<u8>,
    ) -> PyResult<Self> {
        let made = Automaton::new(groups, width, table, ends);
        let wrong = || usage_error(py, String::from("the parts of an automaton do not fit"));
        Ok(Self(Arc::new(made.ok_or_else(wrong)?)))
    }

    /// Whether a path as text fits.
    fn fits(&self, path: &str) -> bool {
        self.0.fits(path.as_bytes())
    }
}

/// A program of statements.
pub fn program(
    py: Python<'_>,
    statements: Vec<StatementGiven<'_>>,
    accepts: bool,
    written: u16,
) -> PyResult<Program> {
    let mut made = Vec::with_capacity(statements.len());
    for (place, terms, asks, actions, outcome) in statements {
        made.push(Statement {
            place,
            terms: terms.iter().map(term).collect::<PyResult<_>>()?,
            asks: asks.iter().map(ask).collect::<PyResult<_>>()?,
            actions: actions.iter().map(action).collect::<PyResult<_>>()?,
            outcome: match outcome {
                0 => Outcome::Accept,
                1 => Outcome::Reject,
                2 => Outcome::Continue,
                _ => return Err(usage_error(py, format!("outcome {outcome}, expected 0 to 2"))),
            },
        });
    }
    Ok(Program::new(made, accepts, written))
}

fn unknown(py: Python<'_>, what: &str) -> PyErr {
    usage_error(py, format!("{what:?} is no part of a policy's program"))
}

fn word(of: &Bound<'_, PyTuple>) -> PyResult<String> {
    of.get_item(0)?.extract()
}

fn number(py: Python<'_>, name: &str) -> PyResult<Number> {
    Ok(match name {
        "med" => Number::Med,
        "local_preference" => Number::LocalPreference,
        "weight" => Number::Weight,
        "aigp" => Number::Aigp,
        "otc" => Number::Otc,
        _ => return Err(unknown(py, name)),
    })
}

fn sort(py: Python<'_>, number: u8) -> PyResult<Sort> {
    let found = Sort::ALL.get(usize::from(number)).copied();
    found.ok_or_else(|| usage_error(py, format!("sort {number} of community, expected 0 to 2")))
}

fn patterns(py: Python<'_>, given: Patterns) -> PyResult<Vec<Pattern>> {
    given.into_iter().map(|(of, parts)| Ok(Pattern { sort: sort(py, of)?, parts })).collect()
}

fn term(of: &Bound<'_, PyTuple>) -> PyResult<Term> {
    let py = of.py();
    let kind = word(of)?;
    Ok(match kind.as_str() {
        "number" => {
            type Given = (String, String, Ranges, Option<u64>, bool);
            let (_, name, ranges, absent, or_none): Given = of.extract()?;
            Term::Number { of: number(py, &name)?, ranges, absent, or_none }
        }
        "path-length" => Term::PathLength(of.get_item(1)?.extract()?),
        "origin" => Term::Origin(of.get_item(1)?.extract()?),
        "as-path" => {
            let all: Vec<Bound<'_, BgpAutomaton>> = of.get_item(1)?.extract()?;
            Term::Path(all.iter().map(|one| Arc::clone(&one.get().0)).collect())
        }
        "as-in" => {
            let (_, place, set): (String, String, Bound<'_, BgpAsSet>) = of.extract()?;
            let place = match place.as_str() {
                "first" => Place::First,
                "origin" => Place::Origin,
                "any" => Place::Any,
                _ => return Err(unknown(py, &place)),
            };
            Term::AsIn(place, Arc::clone(&set.get().0))
        }
        "any-community" => Term::AnyCommunity(patterns(py, of.get_item(1)?.extract()?)?),
        "all-communities" => Term::AllCommunities(patterns(py, of.get_item(1)?.extract()?)?),
        "next-hop" => Term::NextHop(list(of)?),
        _ => return Err(unknown(py, &kind)),
    })
}

fn list(of: &Bound<'_, PyTuple>) -> PyResult<Arc<PrefixList>> {
    let list: Bound<'_, BgpPrefixList> = of.get_item(1)?.extract()?;
    Ok(Arc::clone(&list.get().0))
}

fn ask(of: &Bound<'_, PyTuple>) -> PyResult<Ask> {
    let kind = word(of)?;
    Ok(match kind.as_str() {
        "prefix" => Ask::Prefix(list(of)?),
        "length" => Ask::Length(of.get_item(1)?.extract()?),
        "validity" => Ask::Validity(of.get_item(1)?.extract()?),
        "verified" => {
            let (_, mask, neighbor, from_provider): (String, u8, Option<u32>, bool) =
                of.extract()?;
            let way = if from_provider { Direction::Downstream } else { Direction::Upstream };
            Ask::Verified(mask, neighbor, way)
        }
        "source" => Ask::Source(of.get_item(1)?.extract()?),
        "told-by" => {
            let all: Vec<Bound<'_, PyAny>> = of.get_item(1)?.extract()?;
            Ask::ToldBy(all.iter().map(ip_from).collect::<PyResult<Vec<Ip>>>()?)
        }
        _ => return Err(unknown(of.py(), &kind)),
    })
}

fn action(of: &Bound<'_, PyTuple>) -> PyResult<Action> {
    let py = of.py();
    let kind = word(of)?;
    Ok(match kind.as_str() {
        "set" => {
            let (_, name, value): (String, String, u64) = of.extract()?;
            Action::Number(number(py, &name)?, Change::To(value))
        }
        "add-number" => {
            let (_, name, by, default): (String, String, i64, u64) = of.extract()?;
            Action::Number(number(py, &name)?, Change::By(by, default))
        }
        "set-metric" => {
            Action::Number(number(py, &of.get_item(1)?.extract::<String>()?)?, Change::ToMetric)
        }
        "drop" => Action::Number(number(py, &of.get_item(1)?.extract::<String>()?)?, Change::Gone),
        "origin" => Action::Origin(of.get_item(1)?.extract()?),
        "prepend" => Action::Prepend(of.get_item(1)?.extract()?),
        "in-place" => {
            let (_, set, other): (String, Bound<'_, BgpAsSet>, Option<u32>) = of.extract()?;
            Action::InPlaceOf(Arc::clone(&set.get().0), other)
        }
        "add" => {
            let (_, of, octets): (String, u8, Vec<u8>) = of.extract()?;
            Action::Add(sort(py, of)?, octets)
        }
        "replace" => {
            let (_, of, octets): (String, u8, Vec<u8>) = of.extract()?;
            Action::Replace(sort(py, of)?, octets)
        }
        "remove" => Action::Remove(patterns(py, of.get_item(1)?.extract()?)?),
        "remove-all" => Action::RemoveAll,
        "next-hop" => Action::NextHop(of.get_item(1)?.extract()?),
        "next-hop-stays" => Action::NextHopStays,
        _ => return Err(unknown(py, &kind)),
    })
}
