//! UPDATE (RFC 4271 4.3), read and judged by RFC 7606: what can be used is used, and what is wrong
//! costs no more than it must.
//!
//! The order: the lengths of the message; each attribute by itself (`values`); what must be there;
//! prefixes (`nlri`). `fingerpost/bgp/packet/update.py` tells the same as a table.

mod as4;
pub mod nlri;
mod values;

use crate::bgp::attributes::{codes, push};
use crate::bgp::family::Family;
use crate::bgp::peer::{FamilySession, Relation, SessionOptions};
use nlri::Nlri;

/// What a fault costs (RFC 7606 2), the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cost {
    /// The attribute is dropped.
    Discard,
    /// The prefixes are withdrawn.
    Withdraw,
    /// The session ends.
    Reset,
}

/// Something wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fault {
    /// What it costs.
    pub cost: Cost,
    /// The subcode of UPDATE Message Error (RFC 4271 6.3).
    pub subcode: u8,
    /// The attribute; 0: none.
    pub attribute: u8,
    /// Where in the body of the message.
    pub at: usize,
    /// How many octets from there are meant.
    pub length: usize,
    /// What is wrong.
    pub reason: &'static str,
}

/// Subcodes of UPDATE Message Error.
pub mod subcodes {
    /// Malformed Attribute List.
    pub const LIST: u8 = 1;
    /// Unrecognized Well-known Attribute.
    pub const UNRECOGNIZED: u8 = 2;
    /// Missing Well-known Attribute.
    pub const MISSING: u8 = 3;
    /// Attribute Flags Error.
    pub const FLAGS: u8 = 4;
    /// Attribute Length Error.
    pub const LENGTH: u8 = 5;
    /// Invalid ORIGIN Attribute.
    pub const ORIGIN: u8 = 6;
    /// Invalid NEXT_HOP Attribute.
    pub const NEXT_HOP: u8 = 8;
    /// Optional Attribute Error.
    pub const OPTIONAL: u8 = 9;
    /// Invalid Network Field.
    pub const NETWORK: u8 = 10;
    /// Malformed AS_PATH.
    pub const AS_PATH: u8 = 11;
}

/// Flags that mean something and are kept (RFC 4271 4.3).
const MEANT: u8 = codes::OPTIONAL | codes::TRANSITIVE | codes::PARTIAL;

/// An attribute on its way to canonical form.
#[derive(Clone, Copy, Debug)]
struct Part {
    code: u8,
    flags: u8,
    is_made: bool,
    start: usize,
    end: usize,
}

/// MP_REACH_NLRI or MP_UNREACH_NLRI.
#[derive(Clone, Copy, Debug)]
struct Multi {
    family: Family,
    next_hop: (usize, usize),
    nlri: (usize, usize),
}

/// Reads UPDATEs. It keeps its room from one to the next, so that usual ones allocate nothing.
#[derive(Debug, Default)]
pub struct Parser {
    parts: Vec<Part>,
    /// Values that did not come as they stand in canonical form.
    made: Vec<u8>,
    canonical: Vec<u8>,
    /// What was wrong with the last one.
    pub faults: Vec<Fault>,
    seen: [u64; 4],
    reach: Option<Multi>,
    unreach: Option<Multi>,
    withdrawn: (usize, usize),
    nlri: (usize, usize),
    is_withdrawn: bool,
    /// MP_REACH_NLRI has prefixes, of a family that was agreed on or not.
    has_reach: bool,
}

/// What an UPDATE says, by parts of its body.
#[derive(Clone, Copy, Debug)]
pub struct Reached<'a> {
    /// The family.
    pub family: Family,
    /// Its prefixes.
    pub nlri: Nlri<'a>,
    /// Whether they stand in MP_REACH_NLRI or MP_UNREACH_NLRI.
    pub is_multi: bool,
}

impl Parser {
    /// Read the body of an UPDATE, what follows the header. `relation` is that of its sender. The
    /// last of `faults` is why the session has to end, where this gives false.
    pub fn read(&mut self, body: &[u8], session: &SessionOptions, relation: Relation) -> bool {
        self.begin();
        let Some(attributes) = self.lengths(body) else {
            self.fault(
                Cost::Reset,
                subcodes::LIST,
                0,
                (0, body.len()),
                "lengths beyond the message",
            );
            return false;
        };
        self.read_attributes(body, attributes, session, relation)
            && self.check_nlri(body, session)
            && self.check_reach()
            && self.check_missing(relation)
    }

    fn begin(&mut self) {
        self.parts.clear();
        self.made.clear();
        self.faults.clear();
        self.seen = [0; 4];
        self.reach = None;
        self.unreach = None;
        self.is_withdrawn = false;
        self.has_reach = false;
    }

    fn lengths(&mut self, body: &[u8]) -> Option<(usize, usize)> {
        let withdrawn = usize::from(u16::from_be_bytes(*body.first_chunk()?));
        let after = withdrawn.checked_add(2)?;
        let attributes = usize::from(u16::from_be_bytes(*body.get(after..)?.first_chunk()?));
        let start = after + 2;
        let end = start.checked_add(attributes).filter(|&end| end <= body.len())?;
        self.withdrawn = (2, after);
        self.nlri = (end, body.len());
        Some((start, end))
    }

    fn fault(
        &mut self,
        cost: Cost,
        subcode: u8,
        attribute: u8,
        (start, end): (usize, usize),
        reason: &'static str,
    ) {
        let length = end.saturating_sub(start);
        self.faults.push(Fault { cost, subcode, attribute, at: start, length, reason });
        self.is_withdrawn |= cost == Cost::Withdraw;
    }

    /// False where the session has to end.
    fn read_attributes(
        &mut self,
        body: &[u8],
        (mut at, end): (usize, usize),
        session: &SessionOptions,
        relation: Relation,
    ) -> bool {
        while at < end {
            let Some((flags, code, value)) = attribute(body, at, end) else {
                // RFC 7606 4: nothing behind it can be found, but prefixes behind the list can
                let reason = "attribute beyond the list";
                self.fault(Cost::Withdraw, subcodes::LIST, 0, (at, end), reason);
                break;
            };
            let whole = (at, value.1);
            at = value.1;
            if !self.is_first(code) {
                if matches!(code, codes::MP_REACH_NLRI | codes::MP_UNREACH_NLRI) {
                    self.fault(Cost::Reset, subcodes::LIST, code, whole, "attribute twice");
                    return false;
                }
                self.fault(Cost::Discard, subcodes::LIST, code, whole, "attribute twice");
                continue;
            }
            if !self.take(body, flags, code, value, whole, session, relation) {
                return false;
            }
        }
        if !session.as4 {
            self.merge_as4(body);
        }
        self.parts.retain(|part| !matches!(part.code, codes::AS4_PATH | codes::AS4_AGGREGATOR));
        true
    }

    fn is_first(&mut self, code: u8) -> bool {
        let Some(word) = self.seen.get_mut(usize::from(code) / 64) else { return true };
        let bit = 1 << (code % 64);
        let is_first = *word & bit == 0;
        *word |= bit;
        is_first
    }

    fn has(&self, code: u8) -> bool {
        self.parts.iter().any(|part| part.code == code)
    }

    /// Hold a value as it came, or as `made` from `start` on.
    fn hold(&mut self, flags: u8, code: u8, (start, end): (usize, usize), is_made: bool) {
        let part = Part { code, flags: flags & MEANT, is_made, start, end };
        let at = self.parts.partition_point(|held| held.code < code);
        self.parts.insert(at, part);
    }

    /// NLRI that cannot be read ends the session (RFC 7606 5.3).
    fn check_nlri(&mut self, body: &[u8], session: &SessionOptions) -> bool {
        let classic =
            [(self.withdrawn, 0), (self.nlri, 0)].map(|(range, code)| (Family::IPV4, range, code));
        let multi = [(self.unreach, codes::MP_UNREACH_NLRI), (self.reach, codes::MP_REACH_NLRI)];
        let multi =
            multi.into_iter().filter_map(|(one, code)| Some((one?.family, one?.nlri, code)));
        for (family, range, code) in classic.into_iter().chain(multi).collect::<Vec<_>>() {
            if range.0 == range.1 {
                continue;
            }
            let Some(agreed) = agreed(session, family) else {
                continue; // passed over when prefixes are asked for
            };
            if let Err((at, reason)) = slice(body, range, agreed).check() {
                let subcode = if code == 0 { subcodes::NETWORK } else { subcodes::OPTIONAL };
                self.fault(Cost::Reset, subcode, code, (range.0 + at, range.1), reason);
                return false;
            }
        }
        true
    }

    /// RFC 7606 5.2: where something is wrong and nothing is announced, what was announced may be
    /// what is wrong.
    fn check_reach(&mut self) -> bool {
        if self.nlri.0 < self.nlri.1 || self.has_reach {
            return true;
        }
        let Some(&first) = self.faults.iter().find(|one| one.cost == Cost::Withdraw) else {
            return true;
        };
        let reason = "wrong where no prefix is announced";
        self.faults.push(Fault { cost: Cost::Reset, reason, ..first });
        false
    }

    /// RFC 4271 5, RFC 7606 3 d: what has to be there, where prefixes are announced.
    fn check_missing(&mut self, relation: Relation) -> bool {
        let is_classic = self.nlri.0 < self.nlri.1;
        if !is_classic && self.reach.is_none() {
            return true;
        }
        let needed = [
            (codes::ORIGIN, true),
            (codes::AS_PATH, true),
            (codes::NEXT_HOP, is_classic),
            (codes::LOCAL_PREF, relation.is_internal()),
        ];
        for (code, is_needed) in needed {
            if !is_needed || self.has(code) {
                continue;
            }
            if !self.is_withdrawn || !self.seen_at_all(code) {
                self.fault(Cost::Withdraw, subcodes::MISSING, code, (0, 0), "attribute is missing");
            }
        }
        true
    }

    fn seen_at_all(&self, code: u8) -> bool {
        self.seen.get(usize::from(code) / 64).is_some_and(|word| word >> (code % 64) & 1 == 1)
    }

    /// Whether the prefixes that were announced count as withdrawn (RFC 7606 2).
    #[must_use]
    pub const fn is_withdrawn(&self) -> bool {
        self.is_withdrawn
    }

    /// The family that this ends the first telling of, if it does no more than that (RFC 4724 2).
    #[must_use]
    pub fn end_of_rib(&self, body: &[u8]) -> Option<Family> {
        if body == [0; 4] {
            return Some(Family::IPV4);
        }
        let one = self.unreach.filter(|one| one.nlri.0 == one.nlri.1)?;
        let is_alone = self.withdrawn.0 == self.withdrawn.1
            && self.nlri.0 == self.nlri.1
            && self.parts.is_empty()
            && self.reach.is_none();
        is_alone.then_some(one.family)
    }

    /// The prefixes that are withdrawn by name.
    pub fn unreach<'a>(
        &self,
        body: &'a [u8],
        session: &'a SessionOptions,
    ) -> impl Iterator<Item = Reached<'a>> + use<'a> {
        let multi = self.unreach.map(|one| (one.family, one.nlri));
        of_agreed(body, session, self.withdrawn, multi)
    }

    /// The prefixes that are announced; withdrawn all the same if `is_withdrawn`.
    pub fn reach<'a>(
        &self,
        body: &'a [u8],
        session: &'a SessionOptions,
    ) -> [Option<Reached<'a>>; 2] {
        let multi = self.reach.map(|one| (one.family, one.nlri));
        let mut found = of_agreed(body, session, self.nlri, multi);
        [found.next(), found.next()]
    }

    /// Canonical bytes of the attributes, with the next hop of the message itself or of its
    /// MP_REACH_NLRI; `scope` as of `SessionOptions`.
    pub fn canonical(&mut self, body: &[u8], of_multi: bool, scope: u32) -> &[u8] {
        self.canonical.clear();
        let multi = self.reach.filter(|_| of_multi);
        let mut is_owed = multi.is_some();
        for part in &self.parts {
            if is_owed && part.code >= codes::NEXT_HOP {
                next_hop(&mut self.canonical, body, multi, scope);
                is_owed = false;
            }
            if part.code == codes::NEXT_HOP && of_multi {
                continue;
            }
            let from = if part.is_made { self.made.as_slice() } else { body };
            let value = from.get(part.start..part.end).unwrap_or_default();
            push(&mut self.canonical, part.flags, part.code, value);
        }
        if is_owed {
            next_hop(&mut self.canonical, body, multi, scope);
        }
        &self.canonical
    }
}

fn next_hop(canonical: &mut Vec<u8>, body: &[u8], multi: Option<Multi>, scope: u32) {
    let Some(one) = multi else { return };
    let value = body.get(one.next_hop.0..one.next_hop.1).unwrap_or_default();
    let is_local = |bytes: &[u8]| matches!(bytes, [0xfe, second, ..] if second & 0xc0 == 0x80);
    let (flags, scope) = (codes::TRANSITIVE, scope.to_be_bytes());
    match value.split_at_checked(16).filter(|_| one.family.safi <= 2) {
        // RFC 2545 3: a global address and a link-local one; some send the latter twice, or nothing
        Some((global, local)) if is_local(global) => {
            let local = if is_local(local) { local } else { global };
            push(canonical, flags, codes::NEXT_HOP, &[local, &scope].concat());
        }
        Some((global, local)) if !is_local(local) => {
            push(canonical, flags, codes::NEXT_HOP, global);
        }
        Some(_) => push(canonical, flags, codes::NEXT_HOP, &[value, &scope].concat()),
        None => push(canonical, flags, codes::NEXT_HOP, value),
    }
}

fn attribute(body: &[u8], at: usize, end: usize) -> Option<(u8, u8, (usize, usize))> {
    let list = body.get(..end)?;
    let &[flags, code] = list.get(at..)?.first_chunk()?;
    let (start, length) = if flags & codes::EXTENDED == 0 {
        (at + 3, usize::from(*list.get(at + 2)?))
    } else {
        (at + 4, usize::from(u16::from_be_bytes(*list.get(at + 2..)?.first_chunk()?)))
    };
    let last = start.checked_add(length).filter(|&last| last <= end)?;
    Some((flags, code, (start, last)))
}

fn agreed(session: &SessionOptions, family: Family) -> Option<&FamilySession> {
    session.families.iter().find(|one| one.family == family)
}

fn slice<'a>(body: &'a [u8], range: (usize, usize), agreed: &FamilySession) -> Nlri<'a> {
    let bytes = body.get(range.0..range.1).unwrap_or_default();
    Nlri { family: agreed.family, bytes, has_path_ids: agreed.path_ids_in }
}

fn of_agreed<'a>(
    body: &'a [u8],
    session: &'a SessionOptions,
    classic: (usize, usize),
    multi: Option<(Family, (usize, usize))>,
) -> impl Iterator<Item = Reached<'a>> + use<'a> {
    let ranges = [Some((Family::IPV4, classic, false)), multi.map(|(one, at)| (one, at, true))];
    ranges.into_iter().flatten().filter(|(_, range, _)| range.0 < range.1).filter_map(
        move |(family, range, is_multi)| {
            let agreed = agreed(session, family)?;
            Some(Reached { family, nlri: slice(body, range, agreed), is_multi })
        },
    )
}
