//! Routes for the kernel: what is wanted, what the kernel has, and the messages between the two.
//!
//! A `Ledger` holds for every prefix the way that is wanted and the way that the kernel is known to
//! have; a way is a number that stands for the same few attributes in thousands of routes. `sync`
//! sends the differences over a `Port`, a hundred messages a call with an acknowledgement asked for
//! the last only: the kernel reports each message that fails whether asked or not. `Dump` takes
//! what the kernel has, and `Ledger::reconcile` holds the ledger against it. `Listener` reads what
//! others do to the table.
//!
//! Everything but `socket` is pure: bytes in, bytes out. Messages are in the byte order of the
//! machine, as rtnetlink(7) has them; whatever the kernel sends decodes or is `Malformed`.

mod answer;
mod dump;
mod format;
mod key;
mod ledger;
mod notice;
mod reconcile;
mod side;
#[cfg(target_os = "linux")]
mod socket;
mod sync;
#[cfg(test)]
mod tests;
mod wire;

pub use answer::{Answer, answer};
pub use dump::Dump;
pub use format::{Format, Way, dump_request, single};
pub use ledger::{Drift, Ledger, Refused, State};
pub use notice::{Notice, Who, notices};
pub use side::Phase;
#[cfg(target_os = "linux")]
pub use socket::{Listener, Socket};
pub use sync::{Port, Tally, sync};
pub use wire::{Malformed, Message, attributes, messages};

/// A way that is none: nothing wanted, or nothing there.
pub const NONE: u32 = 0;
/// As what is wanted: let it be, nobody has said yet. As what is there: something unknown.
pub const OTHER: u32 = u32::MAX;
