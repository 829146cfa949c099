//! `Telling`: what a cache tells between Cache Response and End of Data (RFC 8210 5.6, 5.7).
//!
//! Nothing of it counts before End of Data: then it is applied to what was held, at once.

use super::{Bits, Payload, Payloads, VrpTable};

const IPV4_PREFIX: u8 = 4;
const IPV6_PREFIX: u8 = 6;
const ANNOUNCED: u8 = 1;

/// Why octets were read no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// There is no whole PDU left.
    End,
    /// A PDU stands there that is not a prefix PDU, or a faulty one.
    Other,
    /// There are more prefixes than may be.
    Full,
}

/// What a cache told that contradicts what it told before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It announced again what is announced: the body of that PDU, behind its header.
    Duplicate(Vec<u8>),
    /// It withdrew what it had not announced.
    Unknown(Vec<u8>),
}

/// A payload that comes or goes; `order` counts what was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Step<B> {
    payload: Payload<B>,
    order: u32,
    comes: bool,
}

/// What a cache tells until End of Data.
#[derive(Clone, Debug)]
pub struct Telling {
    v4: Vec<Step<u32>>,
    v6: Vec<Step<u128>>,
    count: u32,
    most: u32,
}

impl Telling {
    /// Of `most` prefixes that come or go.
    #[must_use]
    pub const fn new(most: u32) -> Self {
        Self { v4: Vec::new(), v6: Vec::new(), count: 0, most }
    }

    /// How many prefixes came or went.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.count
    }

    /// Read prefix PDUs of a version; gives how many octets they were, and why it stopped.
    pub fn take(&mut self, version: u8, octets: &[u8]) -> (usize, Stopped) {
        let mut rest = octets;
        let stopped = loop {
            let Some((&[told, kind, _, _, a, b, c, d], _)) = rest.split_first_chunk() else {
                break Stopped::End;
            };
            let length = u32::from_be_bytes([a, b, c, d]);
            let wanted = match kind {
                IPV4_PREFIX if length == 20 => 20,
                IPV6_PREFIX if length == 32 => 32,
                _ => break Stopped::Other,
            };
            if told != version {
                break Stopped::Other;
            }
            let Some((pdu, after)) = rest.split_at_checked(wanted) else { break Stopped::End };
            if self.count >= self.most {
                break Stopped::Full;
            }
            if !self.note(pdu.get(8..).unwrap_or_default()) {
                break Stopped::Other;
            }
            rest = after;
        };
        (octets.len() - rest.len(), stopped)
    }

    /// Note the body of a PDU; false if it is faulty.
    fn note(&mut self, body: &[u8]) -> bool {
        let Some((&[flags, len, max, _], rest)) = body.split_first_chunk() else { return false };
        let (order, comes) = (self.count, flags & ANNOUNCED != 0);
        let Some((address, asn)) = rest.split_last_chunk() else { return false };
        let asn = u32::from_be_bytes(*asn);
        if let Ok(four) = address.try_into() {
            let bits = u32::from_be_bytes(four);
            let Some(payload) = exactly(bits, len, max, asn) else { return false };
            self.v4.push(Step { payload, order, comes });
        } else if let Ok(sixteen) = address.try_into() {
            let bits = u128::from_be_bytes(sixteen);
            let Some(payload) = exactly(bits, len, max, asn) else { return false };
            self.v6.push(Step { payload, order, comes });
        } else {
            return false;
        }
        self.count += 1;
        true
    }

    /// What is held after all of it.
    ///
    /// # Errors
    /// The first that was told and contradicts what was held by then.
    pub fn apply(mut self, held: &VrpTable) -> Result<VrpTable, Fault> {
        let mut fault = None;
        let v4 = applied(
            &mut self.v4,
            &held.v4,
            |step| body(step, &step.payload.bits.to_be_bytes()),
            &mut fault,
        );
        let v6 = applied(
            &mut self.v6,
            &held.v6,
            |step| body(step, &step.payload.bits.to_be_bytes()),
            &mut fault,
        );
        match fault {
            Some((_, fault)) => Err(fault),
            None => Ok(VrpTable { v4, v6 }),
        }
    }
}

/// A payload, unless bits are set beyond its length.
fn exactly<B: Bits>(bits: B, len: u8, max: u8, asn: u32) -> Option<Payload<B>> {
    Payload::new(bits, len, max, asn).filter(|one| one.bits == bits)
}

fn body<B>(step: &Step<B>, address: &[u8]) -> Vec<u8> {
    let mut found = vec![u8::from(step.comes), step.payload.len, step.payload.max, 0];
    found.extend(address);
    found.extend(step.payload.asn.to_be_bytes());
    found
}

/// One family after its steps; `fault` is the first of all that there is.
fn applied<B: Bits>(
    steps: &mut [Step<B>],
    held: &Payloads<B>,
    body: impl Fn(&Step<B>) -> Vec<u8>,
    fault: &mut Option<(u32, Fault)>,
) -> Payloads<B> {
    steps.sort_unstable();
    let mut found = Vec::with_capacity(held.as_slice().len() + steps.len());
    let mut before = held.as_slice();
    for group in steps.chunk_by(|one, other| one.payload == other.payload) {
        let Some(payload) = group.first().map(|step| step.payload) else { continue };
        let lower = before.partition_point(|one| *one < payload);
        let (less, rest) = before.split_at_checked(lower).unwrap_or((before, &[]));
        found.extend_from_slice(less);
        let mut is_there = rest.first() == Some(&payload);
        before = if is_there { rest.get(1..).unwrap_or_default() } else { rest };
        for step in group {
            if step.comes == is_there && fault.as_ref().is_none_or(|(order, _)| step.order < *order)
            {
                let made = if is_there { Fault::Duplicate } else { Fault::Unknown };
                *fault = Some((step.order, made(body(step))));
            }
            is_there = step.comes;
        }
        if is_there {
            found.push(payload);
        }
    }
    found.extend_from_slice(before);
    found.shrink_to_fit();
    Payloads::sorted(found)
}

#[cfg(test)]
mod tests {
    use super::{Fault, Stopped, Telling};
    use crate::bgp::validation::VrpTable;

    fn pdu(comes: u8, third: u8, asn: u8) -> Vec<u8> {
        vec![1, 4, 0, 0, 0, 0, 0, 20, comes, 24, 24, 0, 10, 0, third, 0, 0, 0, 0, asn]
    }

    fn told(pdus: &[Vec<u8>]) -> Telling {
        let mut telling = Telling::new(100);
        let octets = pdus.concat();
        assert_eq!(telling.take(1, &octets), (octets.len(), Stopped::End));
        telling
    }

    #[test]
    fn what_is_told_is_applied_in_order() {
        let first = told(&[pdu(1, 1, 1), pdu(1, 2, 1)]).apply(&VrpTable::default()).unwrap();
        assert_eq!(first.len(), 2);
        let next = told(&[pdu(0, 1, 1), pdu(1, 3, 1), pdu(0, 3, 1), pdu(1, 3, 1)]).apply(&first);
        let left: Vec<_> =
            next.unwrap().v4.as_slice().iter().map(|one| one.bits >> 8 & 255).collect();
        assert_eq!(left, [2, 3]);
    }

    #[test]
    fn the_first_contradiction_is_named() {
        let held = told(&[pdu(1, 2, 1)]).apply(&VrpTable::default()).unwrap();
        let found = told(&[pdu(1, 3, 1), pdu(0, 9, 1), pdu(1, 2, 1)]).apply(&held).unwrap_err();
        assert_eq!(found, Fault::Unknown(pdu(0, 9, 1).split_off(8)));
        let found = told(&[pdu(1, 2, 1), pdu(0, 1, 1)]).apply(&held).unwrap_err();
        assert_eq!(found, Fault::Duplicate(pdu(1, 2, 1).split_off(8)));
    }

    #[test]
    fn it_stops_before_what_it_does_not_read() {
        let whole = [pdu(1, 1, 1), pdu(1, 2, 1)].concat();
        for end in 0..whole.len() {
            let mut telling = Telling::new(9);
            assert_eq!(telling.take(1, &whole[..end]), (end / 20 * 20, Stopped::End));
        }
        let mut faulty = pdu(1, 1, 1);
        faulty[10] = 33; // longer than an address
        for (at, value) in [(0, 2), (1, 7), (7, 21), (10, 33), (15, 1)] {
            let mut faulty = pdu(1, 1, 1);
            faulty[at] = value;
            let all = [pdu(1, 9, 1), faulty].concat();
            assert_eq!(Telling::new(9).take(1, &all), (20, Stopped::Other), "{at}");
        }
        assert_eq!(Telling::new(1).take(1, &whole), (20, Stopped::Full));
    }
}
