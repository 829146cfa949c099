//! A listener: as many `smoltcp` sockets as connections may be half open, each for one connection.

use smoltcp::iface::{SocketHandle, SocketSet};
use smoltcp::socket::tcp::{Socket, State};
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::IpListenEndpoint;

use super::Options;
use super::flow::{Flow, address};
use crate::addr::Ip;

/// How long a half-open connection may take (RFC 9293 3.8.3: a SYN is tried for 3 minutes).
const HANDSHAKE: Duration = Duration::from_secs(180);

/// A socket of a listener, and since when it is half open.
struct Seat {
    socket: SocketHandle,
    since: Option<Instant>,
}

pub struct Listener {
    pub port: u16,
    pub address: Option<Ip>,
    pub backlog: usize,
    pub options: Options,
    seats: Vec<Seat>,
}

impl Listener {
    pub fn new(port: u16, address: Option<Ip>, backlog: usize, options: Options) -> Self {
        Listener { port, address, backlog, options, seats: Vec::new() }
    }

    pub fn seats(&self) -> usize {
        self.seats.len()
    }

    /// Whether a segment to this end may be for this listener.
    pub fn hears(&self, flow: &Flow) -> bool {
        self.port == flow.local.port && self.address.is_none_or(|own| own == flow.local.ip)
    }

    /// Add listening sockets until there are `backlog`, at most `room`.
    pub fn fill(&mut self, sockets: &mut SocketSet<'static>, room: usize) {
        for _ in 0..self.backlog.saturating_sub(self.seats.len()).min(room) {
            let mut socket = self.options.socket();
            listen(&mut socket, self.endpoint());
            self.seats.push(Seat { socket: sockets.add(socket), since: None });
        }
    }

    /// Take out the sockets whose handshake is done; let the others listen again where they must.
    pub fn tend(&mut self, sockets: &mut SocketSet<'static>, now: Instant) -> Vec<SocketHandle> {
        let endpoint = self.endpoint();
        let mut done = Vec::new();
        self.seats.retain_mut(|seat| {
            let socket = sockets.get_mut::<Socket<'_>>(seat.socket);
            match socket.state() {
                State::Listen if seat.since.is_none() => {}
                // A reset while half open leaves traces of the old peer: begin anew.
                State::Listen | State::Closed => {
                    seat.since = None;
                    socket.close();
                    listen(socket, endpoint);
                }
                State::SynReceived => {
                    seat.since.get_or_insert(now);
                }
                _ => {
                    done.push(seat.socket);
                    return false;
                }
            }
            true
        });
        done
    }

    /// Give up half-open connections that took too long, without a word (RFC 9293 3.10.8).
    pub fn expire(&mut self, sockets: &mut SocketSet<'static>, now: Instant) {
        let endpoint = self.endpoint();
        for seat in &mut self.seats {
            if seat.since.is_some_and(|since| now >= since + HANDSHAKE) {
                let mut socket = self.options.socket();
                listen(&mut socket, endpoint);
                *sockets.get_mut::<Socket<'_>>(seat.socket) = socket;
                seat.since = None;
            }
        }
    }

    pub fn next_expiry(&self) -> Option<Instant> {
        self.seats.iter().filter_map(|seat| seat.since).min().map(|since| since + HANDSHAKE)
    }

    /// Whether the flow is half open here.
    pub fn has_half_open(&self, sockets: &SocketSet<'static>, flow: &Flow) -> bool {
        self.seats.iter().any(|seat| {
            let socket = sockets.get::<Socket<'_>>(seat.socket);
            socket.local_endpoint() == Some(flow.local.into())
                && socket.remote_endpoint() == Some(flow.remote.into())
        })
    }

    /// Let no socket listen for the moment: `smoltcp` would give a repeated SYN to one of them
    /// instead of to the connection that it belongs to. `tend` undoes it.
    pub fn hide(&self, sockets: &mut SocketSet<'static>) {
        for seat in &self.seats {
            let socket = sockets.get_mut::<Socket<'_>>(seat.socket);
            if socket.state() == State::Listen {
                socket.close();
            }
        }
    }

    /// Stop listening: drop idle sockets, give back those whose peer has to be told.
    pub fn close(self, sockets: &mut SocketSet<'static>) -> Vec<SocketHandle> {
        let mut half_open = Vec::new();
        for Seat { socket, .. } in self.seats {
            if sockets.get::<Socket<'_>>(socket).state() == State::SynReceived {
                sockets.get_mut::<Socket<'_>>(socket).abort();
                half_open.push(socket);
            } else {
                sockets.remove(socket);
            }
        }
        half_open
    }

    fn endpoint(&self) -> IpListenEndpoint {
        IpListenEndpoint { addr: self.address.map(address), port: self.port }
    }
}

/// Cannot fail: the socket is closed and the port is not 0 (`Stack::listen`).
fn listen(socket: &mut Socket<'_>, endpoint: IpListenEndpoint) {
    let listening = socket.listen(endpoint);
    debug_assert_eq!(listening, Ok(()));
}
