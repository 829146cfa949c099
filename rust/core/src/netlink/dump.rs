//! What the kernel has: rows of a dump, each a prefix and the number of its tail.
//!
//! A tail is everything else that tells routes apart: family, type, tos, metric, and the attributes
//! that say where to. There are few different ones, so each is kept once, for whoever reads them:
//! `u8 family, u8 type, u8 tos, u8 flags, u32 metric`, then attributes.

use std::collections::HashMap;

use super::answer::{Answer, answer};
use super::format::{Format, RTA_DST, RTA_PRIORITY, RTA_TABLE};
use super::key::{Either, Key, Key4, Key6};
use super::wire::{self, Malformed, Message, attributes, messages, u32_at};
use crate::addr::{Ip, Net};

const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const RTA_MULTIPATH: u16 = 9;
const RTA_VIA: u16 = 18;
const RTA_NH_ID: u16 = 30;
/// A copy that the kernel made for one destination.
const CLONED: u32 = 0x200;
/// The gateway is on the link, whatever networks are there; all else in the flags comes and goes.
const ON_LINK: u8 = 0x4;

/// One route as a message has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route<'a> {
    pub net: Net,
    pub tos: u8,
    pub protocol: u8,
    pub kind: u8,
    pub table: u32,
    pub metric: u32,
    flags: u32,
    attributes: &'a [u8],
}

/// The route in the body of a message; `None` for a message that is about something else.
pub fn route<'a>(message: &Message<'a>) -> Result<Option<Route<'a>>, Malformed> {
    if !matches!(message.kind, wire::NEW_ROUTE | wire::DEL_ROUTE) {
        return Ok(None);
    }
    let cut = Malformed { what: "route", offset: wire::HEADER };
    let (head, attributes_of) = message.body.split_first_chunk::<12>().ok_or(cut)?;
    let [family, length, _, tos, table, protocol, _, kind, flags @ ..] = *head;
    let flags = u32::from_ne_bytes(flags);
    if flags & CLONED != 0 {
        return Ok(None);
    }
    let mut address: &[u8] = &[];
    let (mut table, mut metric) = (u32::from(table), 0);
    for attribute in attributes(attributes_of) {
        let (kind, payload) = attribute?;
        let number = u32_at(payload, 0).unwrap_or(0);
        match kind {
            RTA_DST => address = payload,
            RTA_PRIORITY => metric = number,
            RTA_TABLE => table = number,
            _ => {}
        }
    }
    let ip = match (family, address) {
        (2, []) => Ip::V4(0),
        (10, []) => Ip::V6(0),
        (2, address) => Ip::V4(u32::from_be_bytes(address.try_into().map_err(|_| cut)?)),
        (10, address) => Ip::V6(u128::from_be_bytes(address.try_into().map_err(|_| cut)?)),
        _ => return Ok(None),
    };
    let net = Net::new(ip, length).ok_or(cut)?;
    Ok(Some(Route { net, tos, protocol, kind, table, metric, flags, attributes: attributes_of }))
}

impl Route<'_> {
    /// Write the tail in place of what `out` holds.
    fn tail(&self, out: &mut Vec<u8>) {
        out.clear();
        let family = if self.net.ip().bits() == 32 { 2 } else { 10 };
        let all = || attributes(self.attributes).flatten();
        let by_object = all().any(|(kind, _)| kind == RTA_NH_ID);
        let flags = if by_object { 0 } else { self.flags as u8 & ON_LINK };
        out.extend([family, self.kind, self.tos, flags]);
        out.extend(self.metric.to_ne_bytes());
        for (kind, payload) in all() {
            let counts = match kind {
                RTA_NH_ID => true, // the kernel adds where the object leads to
                RTA_OIF | RTA_GATEWAY | RTA_MULTIPATH | RTA_VIA => !by_object,
                _ => false,
            };
            if counts {
                out.extend((4 + payload.len() as u16).to_ne_bytes());
                out.extend(kind.to_ne_bytes());
                out.extend_from_slice(payload);
                out.resize(out.len().next_multiple_of(4), 0);
            }
        }
    }
}

/// What one family's rows and both families' tails are kept in.
#[derive(Default)]
pub struct Dump {
    pub(super) v4: Vec<(Key4, u32)>,
    pub(super) v6: Vec<(Key6, u32)>,
    tails: Vec<Box<[u8]>>,
    numbers: HashMap<Box<[u8]>, u32>,
    scratch: Vec<u8>,
    latest: u32,
    is_interrupted: bool,
}

impl Dump {
    /// Take in one datagram that answers request `sequence`; rows of other protocols or tables are
    /// passed over. Gives the errno with which the dump ended, once it has.
    ///
    /// # Errors
    /// `Malformed` where the bytes are no messages.
    pub fn take(
        &mut self,
        datagram: &[u8],
        sequence: u32,
        format: &Format,
    ) -> Result<Option<u16>, Malformed> {
        for message in messages(datagram) {
            let message = message?;
            if message.sequence != sequence {
                continue;
            }
            self.is_interrupted |= message.flags & wire::INTERRUPTED != 0;
            match answer(&message)? {
                Answer::Ended { errno, .. } | Answer::Done { errno } => return Ok(Some(errno)),
                Answer::Item => {}
            }
            if message.kind != wire::NEW_ROUTE {
                continue;
            }
            if let Some(found) = route(&message)?
                && found.protocol == format.protocol
                && found.table == format.table
            {
                let tail = self.number(&found);
                match Either::from(found.net) {
                    Either::V4(key) => self.v4.push((key, tail)),
                    Either::V6(key) => self.v6.push((key, tail)),
                }
            }
        }
        Ok(None)
    }

    fn number(&mut self, route: &Route<'_>) -> u32 {
        let mut tail = std::mem::take(&mut self.scratch);
        route.tail(&mut tail);
        if self.tails.get(self.latest as usize).is_none_or(|latest| **latest != *tail) {
            self.latest = match self.numbers.get(tail.as_slice()) {
                Some(&number) => number,
                None => {
                    let number = self.tails.len() as u32;
                    self.tails.push(tail.as_slice().into());
                    self.numbers.insert(tail.as_slice().into(), number);
                    number
                }
            };
        }
        self.scratch = tail;
        self.latest
    }

    /// The different tails, by number.
    #[must_use]
    pub fn tails(&self) -> &[Box<[u8]>] {
        &self.tails
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.v4.len() + self.v6.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the table changed while it was read, so that rows may be missing.
    #[must_use]
    pub fn is_interrupted(&self) -> bool {
        self.is_interrupted
    }

    /// The prefixes whose tail has this number.
    pub fn with_tail(&self, tail: u32) -> impl Iterator<Item = Net> {
        let four = self.v4.iter().filter(move |row| row.1 == tail).map(|row| row.0.net());
        four.chain(self.v6.iter().filter(move |row| row.1 == tail).map(|row| row.0.net()))
    }
}
