//! Each attribute by itself: its flags, its length, what its value may be (RFC 7606 7).

use super::{Cost, Multi, Parser, subcodes};
use crate::bgp::attributes::as_path::{CONFED_SEQUENCE, CONFED_SET, SEQUENCE, SET};
use crate::bgp::attributes::codes;
use crate::bgp::family::Family;
use crate::bgp::peer::{Relation, SessionOptions};

/// What is known of an attribute before its value is looked at.
struct Known {
    /// Flags that it must have, of `OPTIONAL` and `TRANSITIVE`.
    flags: u8,
    /// What it costs where the length is wrong; flags cost more, see `take`.
    cost: Cost,
    /// Whether a value may have this length.
    length: fn(usize) -> bool,
}

/// The longest path of two-octet numbers that has room for four-octet ones in canonical form.
const LONGEST_NARROW: usize = 0xFFFF / 2;

const WELL_KNOWN: u8 = codes::TRANSITIVE;
const PASSED_ON: u8 = codes::OPTIONAL | codes::TRANSITIVE;
const NOT_PASSED_ON: u8 = codes::OPTIONAL;

const fn known(code: u8, as4: bool) -> Option<Known> {
    let (flags, cost, length): (u8, Cost, fn(usize) -> bool) = match code {
        codes::ORIGIN => (WELL_KNOWN, Cost::Withdraw, |length| length == 1),
        codes::AS_PATH => (WELL_KNOWN, Cost::Withdraw, |_| true),
        codes::NEXT_HOP => (WELL_KNOWN, Cost::Withdraw, |length| length == 4),
        codes::MED => (NOT_PASSED_ON, Cost::Withdraw, |length| length == 4),
        codes::LOCAL_PREF => (WELL_KNOWN, Cost::Withdraw, |length| length == 4),
        codes::ATOMIC_AGGREGATE => (WELL_KNOWN, Cost::Discard, |length| length == 0),
        codes::AGGREGATOR if as4 => (PASSED_ON, Cost::Discard, |length| length == 8),
        codes::AGGREGATOR => (PASSED_ON, Cost::Discard, |length| length == 6),
        codes::COMMUNITIES => (PASSED_ON, Cost::Withdraw, |length| length > 0 && length % 4 == 0),
        codes::ORIGINATOR_ID => (NOT_PASSED_ON, Cost::Withdraw, |length| length == 4),
        codes::CLUSTER_LIST => {
            (NOT_PASSED_ON, Cost::Withdraw, |length| length > 0 && length % 4 == 0)
        }
        codes::MP_REACH_NLRI => (NOT_PASSED_ON, Cost::Reset, |length| length >= 5),
        codes::MP_UNREACH_NLRI => (NOT_PASSED_ON, Cost::Reset, |length| length >= 3),
        codes::EXTENDED_COMMUNITIES => {
            (PASSED_ON, Cost::Withdraw, |length| length > 0 && length % 8 == 0)
        }
        codes::AS4_PATH => (PASSED_ON, Cost::Discard, |_| true),
        codes::AS4_AGGREGATOR => (PASSED_ON, Cost::Discard, |length| length == 8),
        codes::IPV6_EXTENDED_COMMUNITIES => {
            (PASSED_ON, Cost::Withdraw, |length| length > 0 && length % 20 == 0)
        }
        codes::AIGP => (NOT_PASSED_ON, Cost::Discard, |length| length >= 3),
        codes::LARGE_COMMUNITIES => {
            (PASSED_ON, Cost::Withdraw, |length| length > 0 && length % 12 == 0)
        }
        codes::OTC => (PASSED_ON, Cost::Withdraw, |length| length == 4),
        _ => return None,
    };
    Some(Known { flags, cost, length })
}

impl Parser {
    /// Judge an attribute and hold what is left of it. False where the session has to end.
    #[allow(clippy::too_many_arguments)] // one attribute, where it stands and who sent it
    pub(super) fn take(
        &mut self,
        body: &[u8],
        flags: u8,
        code: u8,
        range: (usize, usize),
        whole: (usize, usize),
        session: &SessionOptions,
        relation: Relation,
    ) -> bool {
        let Some(known) = known(code, session.as4) else {
            return self.take_unknown(flags, code, range, whole);
        };
        let value = body.get(range.0..range.1).unwrap_or_default();
        if is_not_for(code, relation) {
            self.fault(Cost::Discard, subcodes::LIST, code, whole, "not among different AS");
            return true;
        }
        if matches!(code, codes::AS4_PATH | codes::AS4_AGGREGATOR) && session.as4 {
            self.fault(Cost::Discard, subcodes::LIST, code, whole, "from one who has four octets");
            return true;
        }
        if flags & (codes::OPTIONAL | codes::TRANSITIVE) != known.flags {
            // RFC 7606 3 c, unless who defined it says otherwise: RFC 7311 3
            let cost =
                if code == codes::AIGP { known.cost } else { known.cost.max(Cost::Withdraw) };
            self.fault(cost, subcodes::FLAGS, code, whole, "wrong flags");
            return cost != Cost::Reset;
        }
        if !(known.length)(value.len()) {
            self.fault(known.cost, subcodes::LENGTH, code, whole, "wrong length");
            return known.cost != Cost::Reset;
        }
        let flags = if known.flags == PASSED_ON { flags } else { known.flags };
        match code {
            codes::MP_REACH_NLRI => return self.take_reach(value, range, whole, session),
            codes::MP_UNREACH_NLRI => {
                if let &[high, low, safi, ..] = value {
                    let family = Family { afi: u16::from_be_bytes([high, low]), safi };
                    let none = (range.0, range.0);
                    let nlri = (range.0 + 3, range.1);
                    self.unreach = Some(Multi { family, next_hop: none, nlri });
                }
                return true;
            }
            codes::ORIGIN if value > &[codes::INCOMPLETE][..] => {
                self.fault(Cost::Withdraw, subcodes::ORIGIN, code, whole, "unknown origin");
            }
            codes::NEXT_HOP if is_no_host(value) => {
                self.fault(Cost::Withdraw, subcodes::NEXT_HOP, code, whole, "no address of a host");
            }
            codes::AGGREGATOR | codes::AS4_AGGREGATOR if is_as_0(value) => {
                self.fault(Cost::Discard, subcodes::OPTIONAL, code, whole, "AS 0");
            }
            codes::AIGP if !is_aigp(value) => {
                self.fault(Cost::Discard, subcodes::OPTIONAL, code, whole, "TLV is cut short");
            }
            codes::AS_PATH | codes::AS4_PATH => {
                self.take_path(flags, code, value, range, whole, session, relation);
            }
            codes::AGGREGATOR if !session.as4 => {
                let start = self.made.len();
                self.made.extend([0, 0]);
                self.made.extend_from_slice(value);
                self.hold(flags, code, (start, self.made.len()), true);
            }
            _ => self.hold(flags, code, range, false),
        }
        true
    }

    /// RFC 4271 5, 9: who does not know it passes it on with the Partial bit, or not at all.
    fn take_unknown(
        &mut self,
        flags: u8,
        code: u8,
        range: (usize, usize),
        whole: (usize, usize),
    ) -> bool {
        if flags & codes::OPTIONAL == 0 {
            self.fault(Cost::Reset, subcodes::UNRECOGNIZED, code, whole, "unknown and well-known");
            return false;
        }
        if flags & codes::TRANSITIVE != 0 && code != codes::WEIGHT {
            let is_known = matches!(
                code,
                codes::PMSI_TUNNEL
                    | codes::TUNNEL_ENCAPSULATION
                    | codes::PREFIX_SID
                    | codes::ATTR_SET
            );
            let partial = if is_known { 0 } else { codes::PARTIAL };
            self.hold(flags | partial, code, range, false);
        } else if code == codes::LINK_STATE {
            self.hold(flags, code, range, false); // it belongs to its family
        }
        true
    }

    #[allow(clippy::too_many_arguments)] // as of `take`
    fn take_path(
        &mut self,
        flags: u8,
        code: u8,
        value: &[u8],
        range: (usize, usize),
        whole: (usize, usize),
        session: &SessionOptions,
        relation: Relation,
    ) {
        let width = if session.as4 || code == codes::AS4_PATH { 4 } else { 2 };
        let asked = if code == codes::AS4_PATH { Confederation::Dropped } else { relation.into() };
        if let Err(reason) = check_path(value, width, asked) {
            let cost = if code == codes::AS_PATH { Cost::Withdraw } else { Cost::Discard };
            self.fault(cost, subcodes::AS_PATH, code, whole, reason);
        } else if width == 2 && value.len() > LONGEST_NARROW {
            self.fault(Cost::Withdraw, subcodes::AS_PATH, code, whole, "too long in four octets");
        } else if code == codes::AS4_PATH {
            let start = self.made.len();
            super::as4::drop_confederation(value, &mut self.made);
            self.hold(flags, code, (start, self.made.len()), true);
        } else if width == 4 {
            self.hold(flags, code, range, false);
        } else {
            let start = self.made.len();
            super::as4::widen(value, &mut self.made);
            self.hold(flags, code, (start, self.made.len()), true);
        }
    }

    /// RFC 4760 3: AFI, SAFI, length of the next hop, next hop, a reserved octet, NLRI.
    fn take_reach(
        &mut self,
        value: &[u8],
        range: (usize, usize),
        whole: (usize, usize),
        session: &SessionOptions,
    ) -> bool {
        let code = codes::MP_REACH_NLRI;
        let &[high, low, safi, length, ..] = value else { return true };
        let family = Family { afi: u16::from_be_bytes([high, low]), safi };
        let length = usize::from(length);
        let Some(next_hop) = value.get(4..4 + length).filter(|_| value.len() > 4 + length) else {
            self.fault(Cost::Reset, subcodes::OPTIONAL, code, whole, "next hop is cut short");
            return false;
        };
        let agreed = session.families.iter().find(|one| one.family == family);
        let fits = match (family.afi, family.safi, length) {
            (1, 1 | 2, 4) | (2, 1 | 2, 16 | 32) => true,
            (1, 1 | 2, 16 | 32) => agreed.is_none_or(|one| one.extended_next_hop),
            (1 | 2, 1 | 2, _) => false,
            _ => true, // a family that is carried only
        };
        if !fits {
            self.fault(
                Cost::Reset,
                subcodes::OPTIONAL,
                code,
                whole,
                "wrong length of the next hop",
            );
            return false;
        }
        let is_no_host = if length == 4 { is_no_host(next_hop) } else { is_no_host6(next_hop) };
        if family.safi <= 2 && is_no_host {
            self.fault(Cost::Withdraw, subcodes::NEXT_HOP, code, whole, "no address of a host");
        }
        let start = range.0 + 4;
        self.has_reach = start + length + 1 < range.1;
        if agreed.is_none() {
            self.fault(Cost::Discard, subcodes::OPTIONAL, code, whole, "family was not agreed on");
            return true;
        }
        let nlri = (start + length + 1, range.1);
        self.reach = Some(Multi { family, next_hop: (start, start + length), nlri });
        true
    }
}

/// What other AS have no business to tell (RFC 4271 5.1.5, RFC 7606 7.9, 7.10).
fn is_not_for(code: u8, relation: Relation) -> bool {
    let is_inside = matches!(code, codes::ORIGINATOR_ID | codes::CLUSTER_LIST);
    match relation {
        Relation::External => is_inside || code == codes::LOCAL_PREF,
        Relation::Confederation => is_inside,
        Relation::Internal | Relation::Client => false,
    }
}

/// RFC 4271 6.3: no address of a host that could forward.
fn is_no_host(value: &[u8]) -> bool {
    matches!(value, [0 | 127 | 224..=255, ..])
}

/// The same of IPv6: the unspecified address, the loopback, multicast.
fn is_no_host6(value: &[u8]) -> bool {
    value.first_chunk::<16>().is_some_and(|&address| {
        let address = u128::from_be_bytes(address);
        address <= 1 || address >> 120 == 0xff
    })
}

/// RFC 7607 2: the AS number before the address of the router.
fn is_as_0(value: &[u8]) -> bool {
    value.split_last_chunk::<4>().is_some_and(|(asn, _)| asn.iter().all(|&octet| octet == 0))
}

/// What segments of a confederation a path may have (RFC 5065 5, RFC 6793 3).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Confederation {
    None,
    First,
    Anywhere,
    Dropped,
}

impl From<Relation> for Confederation {
    fn from(relation: Relation) -> Self {
        match relation {
            Relation::External => Self::None,
            Relation::Confederation => Self::First,
            Relation::Internal | Relation::Client => Self::Anywhere,
        }
    }
}

/// RFC 7606 7.2, RFC 7607 2.
fn check_path(
    mut rest: &[u8],
    width: usize,
    confederation: Confederation,
) -> Result<(), &'static str> {
    let first = rest.first().copied();
    let mut has_confederation = false;
    while let Some((&kind, after)) = rest.split_first() {
        let (&count, after) = after.split_first().ok_or("segment without a count")?;
        match kind {
            SET | SEQUENCE => {}
            CONFED_SEQUENCE | CONFED_SET => has_confederation = true,
            _ => return Err("unknown kind of segment"),
        }
        if count == 0 {
            return Err("segment without AS numbers");
        }
        let (numbers, after) = after
            .split_at_checked(usize::from(count) * width)
            .ok_or("segment beyond the attribute")?;
        if numbers.chunks_exact(width).any(|number| number.iter().all(|&octet| octet == 0)) {
            return Err("AS 0 in the path");
        }
        rest = after;
    }
    match confederation {
        Confederation::None if has_confederation => Err("segment of a confederation from outside"),
        Confederation::First if first != Some(CONFED_SEQUENCE) => {
            Err("no segment of the confederation first")
        }
        _ => Ok(()),
    }
}

/// RFC 7311 3: TLVs of a type, a length that counts all, a value; the AIGP one has 11 octets.
fn is_aigp(mut rest: &[u8]) -> bool {
    while !rest.is_empty() {
        let &[kind, high, low, ..] = rest else { return false };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if length < 3 || kind == 1 && length != 11 {
            return false;
        }
        let Some(after) = rest.get(length..) else { return false };
        rest = after;
    }
    true
}
