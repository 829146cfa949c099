//! TCP (RFC 9293) for virtual hosts: `smoltcp` behind a door through which time, packets and
//! chance are handed in.
//!
//! The life of a segment: [`Stack::receive`] takes an IP packet that the IP layer found to be whole
//! and ours, [`flow`] names its connection, `smoltcp` moves the state machine, [`connection`] and
//! [`listener`] compare what was with what is and note [`Event`]s. [`Stack::poll`] lets timers
//! fire and gives out the packets to send. Same seed and same calls, same bytes.
//!
//! Deliberate deviations, all of `smoltcp`: TIME-WAIT lasts 10 s instead of twice the maximum
//! segment lifetime (RFC 9293 3.4.2), urgent data is delivered in line, timestamps are not sent.
//! Windows stay below 64 KiB: before the first acknowledgement of a scaled connection it takes its
//! own window for larger than its buffer.

mod accept;
mod calls;
mod connection;
mod device;
mod error;
mod event;
mod flow;
mod listener;
mod options;
mod stack;
#[cfg(test)]
mod tests;

pub use error::TcpError;
pub use event::{Event, Kind};
pub use flow::{End, Flow};
pub use options::Options;
pub use smoltcp::socket::tcp::State;
pub use stack::{Counters, Handle, Stack};
