//! One connection: what was last seen of it, and what changed since.

use smoltcp::iface::SocketHandle;
use smoltcp::socket::tcp::{Socket, State};
use smoltcp::time::Instant;

use super::event::{Event, Kind};
use super::{Flow, Handle, Options};

/// Who moved the state machine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    Segment,
    Timer,
}

pub struct Connection {
    /// `None` once the connection is over.
    pub socket: Option<SocketHandle>,
    pub flow: Flow,
    pub options: Options,
    /// The last segment of the peer, or when we began to wait for one.
    pub heard: Instant,
    /// A send did not take everything.
    pub blocked: bool,
    /// Octets that wait for the reader, as far as reported.
    pub waiting: usize,
    /// What is left to read of a connection that takes no more.
    pub left: Vec<u8>,
    state: State,
    /// Beyond the handshake.
    opened: bool,
    /// The peer's FIN was seen.
    ended: bool,
}

impl Connection {
    /// A connection whose SYN will be sent.
    pub fn opening(socket: SocketHandle, flow: Flow, options: Options, now: Instant) -> Self {
        Connection {
            socket: Some(socket),
            flow,
            options,
            heard: now,
            blocked: false,
            waiting: 0,
            left: Vec::new(),
            state: State::SynSent,
            opened: false,
            ended: false,
        }
    }

    /// A connection that a listener took.
    pub fn accepted(socket: SocketHandle, flow: Flow, options: Options, now: Instant) -> Self {
        Connection {
            state: State::Established,
            opened: true,
            ..Connection::opening(socket, flow, options, now)
        }
    }

    /// Note what changed; true when the connection is over.
    pub fn observe(
        &mut self,
        handle: Handle,
        socket: &mut Socket<'_>,
        cause: Cause,
        events: &mut Vec<Event>,
    ) -> bool {
        let mut note = |kind| events.push(Event { kind, handle, listener: None });
        let (before, state) = (self.state, socket.state());
        self.state = state;
        if !self.opened && is_synchronized(state) {
            self.opened = true;
            note(Kind::Connected);
        }
        let waiting = socket.recv_queue();
        if waiting > self.waiting {
            note(Kind::Readable);
        }
        self.waiting = waiting;
        if !self.ended && has_ended(state) {
            self.ended = true;
            note(Kind::Ended);
        }
        if self.blocked && socket.can_send() {
            self.blocked = false;
            note(Kind::Writable);
        }
        // smoltcp empties its buffers when TIME-WAIT ends; nothing more arrives after the FIN.
        if matches!(state, State::TimeWait | State::Closed) {
            self.keep_rest(socket);
        }
        if state == State::Closed {
            note(ending(before, cause));
        }
        state == State::Closed
    }

    /// When the connection is given up unless the peer is heard; `None` while nothing is awaited.
    pub fn gives_up(&self, socket: &Socket<'_>) -> Option<Instant> {
        if self.options.keep_alive.is_some() && self.opened || awaits_peer(socket) {
            return self.options.gives_up(self.heard);
        }
        None
    }

    /// Take what is unread out of the socket.
    pub fn keep_rest(&mut self, socket: &mut Socket<'_>) {
        while let Ok(count @ 1..) = socket.recv(|octets| {
            self.left.extend_from_slice(octets);
            (octets.len(), octets.len())
        }) {
            debug_assert!(count > 0);
        }
        self.waiting = 0;
    }
}

/// Something of ours is unacknowledged: the SYN, data or the FIN.
pub fn awaits_peer(socket: &Socket<'_>) -> bool {
    let signalled = matches!(
        socket.state(),
        State::SynSent | State::SynReceived | State::FinWait1 | State::Closing | State::LastAck
    );
    signalled || socket.send_queue() > 0 && socket.state() != State::Closed
}

fn is_synchronized(state: State) -> bool {
    !matches!(state, State::Closed | State::Listen | State::SynSent | State::SynReceived)
}

fn has_ended(state: State) -> bool {
    matches!(state, State::CloseWait | State::LastAck | State::Closing | State::TimeWait)
}

/// What to call the end: RFC 9293 3.10.7.4, second check, tells the user of a reset only where it
/// takes something from him.
fn ending(before: State, cause: Cause) -> Kind {
    match (cause, before) {
        (Cause::Timer, _) | (_, State::LastAck | State::Closing | State::TimeWait) => Kind::Closed,
        (Cause::Segment, State::SynSent | State::SynReceived) => Kind::Refused,
        (Cause::Segment, _) => Kind::Reset,
    }
}
