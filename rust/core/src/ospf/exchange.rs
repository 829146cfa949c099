//! Exchange of databases with a neighbour (RFC 2328 10.3, 10.6 to 10.9).

use std::cmp::Ordering;
use std::fmt;

use super::database::Database;
use super::lsa::{HEADER, Header, LsaKey, Version};

/// Octets of an entry of a request.
const REQUEST: usize = 12;

/// Why a description contradicts the protocol (RFC 2328 10.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no such neighbour.
    Stranger,
    /// It ends inside a header.
    Torn,
    /// An LSA's type or scope is not known.
    UnknownType(u16),
    /// An LSA's type has no business in the area.
    Misplaced(u16),
    /// It lists more than the database takes.
    TooMany(usize),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Stranger => f.write_str("it is of no neighbour"),
            Fault::Torn => f.write_str("it ends inside a header"),
            Fault::UnknownType(kind) => write!(f, "it lists an LSA of type {kind:#x}, not known"),
            Fault::Misplaced(kind) => {
                write!(f, "it lists an LSA of type {kind:#x}, which this area does not take")
            }
            Fault::TooMany(limit) => write!(f, "it lists more LSAs than the limit of {limit}"),
        }
    }
}

fn word(entry: &[u8; REQUEST], at: usize) -> u32 {
    u32::from_be_bytes([entry[at], entry[at + 1], entry[at + 2], entry[at + 3]])
}

/// What an entry of a request asks for; `None` if its type is no number of 16 bits.
fn key_of(version: Version, entry: &[u8; REQUEST]) -> Option<LsaKey> {
    let kind = match version {
        Version::V2 => u16::try_from(word(entry, 0)).ok()?,
        Version::V3 => word(entry, 0) as u16, // what stands before it is reserved
    };
    Some(LsaKey { kind, id: word(entry, 4), router: word(entry, 8) })
}

impl Database {
    /// Fill a neighbour's summary list with what it shall hear of, MaxAge aside: that goes to its
    /// retransmission list (RFC 2328 10.3). The number of headers.
    pub fn begin_summary(&mut self, neighbor: u32, now: i64) -> Option<usize> {
        let place = self.place(neighbor)?;
        let (interface, it) = self.at(place)?;
        let takes_opaque = it.is.takes_opaque;
        let (mut summary, mut dying) = (std::collections::VecDeque::new(), Vec::new());
        for (_, entry) in self.store.iter().filter(|(_, entry)| interface.carries(entry.scope)) {
            if self.is.version.is_opaque(entry.key.kind) && !takes_opaque {
                continue; // RFC 5250 3
            }
            if entry.header(now).is_max_age() {
                dying.push((entry.scope, entry.key));
            } else {
                summary.push_back(entry.key);
            }
        }
        let count = summary.len();
        self.at_mut(place)?.summary = summary;
        for name in dying {
            self.add_unacknowledged(neighbor, name, now);
        }
        Some(count)
    }

    /// Take as many headers off a neighbour's summary list as there is room for.
    pub fn take_summary(&mut self, neighbor: u32, room: usize, now: i64) -> Option<Vec<u8>> {
        let place = self.place(neighbor)?;
        let interface = self.at(place)?.0.is;
        let mut headers = Vec::new();
        while headers.len() + HEADER <= room {
            let Some(key) = self.at_mut(place)?.summary.pop_front() else { break };
            let scope = self.scope_of(&interface, key.kind);
            if let Some(entry) = scope.and_then(|scope| self.store.find(scope, key)) {
                entry.write(&mut headers, HEADER, entry.age(now));
            }
        }
        Some(headers)
    }

    /// Put what a neighbour has newer than we do on its request list (RFC 2328 10.6).
    pub fn take_description(
        &mut self,
        neighbor: u32,
        headers: &[u8],
        now: i64,
    ) -> Result<(), Fault> {
        let place = self.place(neighbor).ok_or(Fault::Stranger)?;
        let interface = self.at(place).ok_or(Fault::Stranger)?.0.is;
        let (raws, []) = headers.as_chunks::<HEADER>() else { return Err(Fault::Torn) };
        for raw in raws {
            let header = Header::read(self.is.version, raw).ok_or(Fault::Torn)?;
            let kind = header.key.kind;
            let scope = self.scope_of(&interface, kind).ok_or(Fault::UnknownType(kind))?;
            if !self.takes(&interface, scope, kind) {
                return Err(Fault::Misplaced(kind));
            }
            let is_newer = match self.store.find(scope, header.key) {
                Some(entry) => header.compare(&entry.header(now)) == Ordering::Greater,
                None => true,
            };
            if is_newer {
                let limit = self.is.limit;
                let neighbor = self.at_mut(place).ok_or(Fault::Stranger)?;
                if neighbor.requests.len() >= limit {
                    return Err(Fault::TooMany(limit));
                }
                neighbor.requests.add(header, *raw);
            }
        }
        Ok(())
    }

    /// The body of a request for what comes first on a neighbour's request list.
    pub fn requests(&mut self, neighbor: u32, room: usize) -> Option<Vec<u8>> {
        let neighbor = self.neighbor_mut(neighbor)?;
        let mut body = Vec::new();
        for key in neighbor.requests.ask(room / REQUEST) {
            body.extend_from_slice(&u32::from(key.kind).to_be_bytes());
            body.extend_from_slice(&key.id.to_be_bytes());
            body.extend_from_slice(&key.router.to_be_bytes());
        }
        Some(body)
    }

    /// Whether something is on a neighbour's request list and nothing of it has been asked for.
    #[must_use]
    pub fn may_request(&self, neighbor: u32) -> Option<bool> {
        self.neighbor_at(neighbor).map(|(_, neighbor)| neighbor.requests.may_ask())
    }

    /// Whether a neighbour is in Loading and nothing is left to request.
    #[must_use]
    pub fn is_loaded(&self, neighbor: u32) -> Option<bool> {
        use super::interface::State;
        self.neighbor_at(neighbor)
            .map(|(_, it)| it.is.state == State::Loading && it.requests.len() == 0)
    }

    /// Queue what the body of a request asks for (RFC 2328 10.7). False: something of it is not
    /// there (BadLSReq), and nothing is queued.
    pub fn answer_request(&mut self, neighbor: u32, body: &[u8], now: i64) -> Option<bool> {
        let place = self.place(neighbor)?;
        let interface = self.at(place)?.0.is;
        let (entries, rest) = body.as_chunks::<REQUEST>();
        let name = |entry| {
            let key = key_of(self.is.version, entry)?;
            let scope = self.scope_of(&interface, key.kind)?;
            self.store.slot(scope, key).map(|_| (scope, key))
        };
        let Some(names) = entries.iter().map(name).collect::<Option<Vec<_>>>() else {
            return Some(false);
        };
        if !rest.is_empty() {
            return Some(false);
        }
        let mut asked = std::collections::BTreeSet::new();
        for (scope, key) in names {
            // what is asked for many times in one request goes once, lest 12 octets bring 64 KiB each
            if asked.insert((scope, key)) {
                self.send_to(place, scope, key, now);
            }
        }
        Some(true)
    }
}
