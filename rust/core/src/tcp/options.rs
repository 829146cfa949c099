//! How a connection behaves.

use smoltcp::socket::tcp::{CongestionControl, Socket, SocketBuffer};
use smoltcp::time::{Duration, Instant};

use super::TcpError;

/// The largest receive buffer, one window without scaling (see the module's deviations).
const RECEIVE_MAX: usize = 65_535;

/// The largest send buffer.
const SEND_MAX: usize = 1 << 24;

/// What the caller may set for a connection or for all that a listener takes. Durations in ns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// TTL or hop limit of what is sent, at least 1.
    pub hop_limit: u8,
    /// Segments that arrive with less are dropped (RFC 5082: 255).
    pub minimum_hop_limit: u8,
    /// Hold small segments back while data is unacknowledged (RFC 9293 3.7.4).
    pub nagle: bool,
    /// How long an acknowledgement may wait, `None` for not at all (RFC 9293 3.8.6.3).
    pub ack_delay: Option<u64>,
    /// Silence after which the peer is asked whether it lives (RFC 9293 3.8.4), `None` for never.
    pub keep_alive: Option<u64>,
    /// The user timeout (RFC 9293 3.9.1): silence that ends a connection which waits for the peer.
    pub timeout: Option<u64>,
    /// Octets that wait for the reader at most.
    pub receive_buffer: usize,
    /// Octets that wait for the peer's acknowledgement at most.
    pub send_buffer: usize,
}

impl Options {
    /// Every value is in its range, or which rule is broken.
    pub fn check(&self) -> Result<(), TcpError> {
        let rule = if self.hop_limit == 0 {
            "the hop limit must be from 1 to 255"
        } else if !(1..=RECEIVE_MAX).contains(&self.receive_buffer) {
            "the receive buffer must have from 1 to 65535 octets"
        } else if !(1..=SEND_MAX).contains(&self.send_buffer) {
            "the send buffer must have from 1 to 16777216 octets"
        } else if self.keep_alive.is_some_and(|interval| micros(interval) == 0) {
            "the keep-alive interval must be at least 1 us"
        } else if self.timeout.is_some_and(|timeout| {
            micros(timeout) == 0 || self.keep_alive.is_some_and(|interval| timeout <= interval)
        }) {
            "the timeout must be at least 1 us and longer than the keep-alive interval"
        } else {
            return Ok(());
        };
        Err(TcpError::Option(rule))
    }

    pub(super) fn socket(&self) -> Socket<'static> {
        let mut socket = Socket::new(
            SocketBuffer::new(vec![0; self.receive_buffer]),
            SocketBuffer::new(vec![0; self.send_buffer]),
        );
        socket.set_hop_limit(Some(self.hop_limit));
        socket.set_nagle_enabled(self.nagle);
        socket.set_ack_delay(self.ack_delay.map(duration));
        socket.set_keep_alive(self.keep_alive.map(duration));
        socket.set_congestion_control(CongestionControl::Reno);
        socket
    }

    /// When the user timeout strikes if the peer was heard last at `heard`.
    pub(super) fn gives_up(&self, heard: Instant) -> Option<Instant> {
        self.timeout.map(|timeout| heard + duration(timeout))
    }
}

/// `smoltcp` counts microseconds; a century is more than any timer needs and overflows nothing.
fn micros(nanoseconds: u64) -> u64 {
    (nanoseconds / 1000).min(3_155_760_000_000_000)
}

fn duration(nanoseconds: u64) -> Duration {
    Duration::from_micros(micros(nanoseconds))
}
