//! A listener: `smoltcp` knows sockets of one connection each, so one is made for every SYN.

use smoltcp::iface::{SocketHandle, SocketSet};
use smoltcp::socket::tcp::{Socket, State};
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::IpListenEndpoint;

use super::flow::{Flow, address};
use super::options::Options;
use crate::addr::Ip;

/// How long a half-open connection may take (RFC 9293 3.8.3: a SYN is tried for 3 minutes).
const HANDSHAKE: Duration = Duration::from_secs(180);

/// A connection whose handshake is not done, and since when.
struct HalfOpen {
    socket: SocketHandle,
    since: Instant,
}

pub struct Listener {
    pub port: u16,
    pub address: Option<Ip>,
    pub options: Options,
    backlog: usize,
    half_open: Vec<HalfOpen>,
}

impl Listener {
    pub fn new(port: u16, address: Option<Ip>, backlog: usize, options: Options) -> Self {
        Listener { port, address, options, backlog, half_open: Vec::new() }
    }

    /// Sockets that it holds.
    pub fn half_open(&self) -> usize {
        self.half_open.len()
    }

    /// Whether a segment to this end may be for this listener.
    pub fn hears(&self, flow: &Flow) -> bool {
        self.port == flow.local.port && self.address.is_none_or(|own| own == flow.local.ip)
    }

    /// Let the next segment find a socket that listens, unless the backlog is used up.
    pub fn open(&mut self, sockets: &mut SocketSet<'static>, now: Instant) {
        if self.half_open.len() >= self.backlog {
            return;
        }
        let mut socket = self.options.socket();
        let endpoint = IpListenEndpoint { addr: self.address.map(address), port: self.port };
        // Cannot fail: the socket is new and the port is not 0 (`Stack::listen`).
        if socket.listen(endpoint).is_ok() {
            self.half_open.push(HalfOpen { socket: sockets.add(socket), since: now });
        }
    }

    /// Take out the sockets whose handshake is done, drop those that came to nothing.
    pub fn tend(&mut self, sockets: &mut SocketSet<'static>) -> Vec<SocketHandle> {
        let mut done = Vec::new();
        self.half_open.retain(|it| {
            match sockets.get::<Socket<'_>>(it.socket).state() {
                State::SynReceived => return true,
                State::Listen | State::Closed => drop(sockets.remove(it.socket)),
                _ => done.push(it.socket),
            }
            false
        });
        done
    }

    /// Give up half-open connections that took too long, without a word (RFC 9293 3.10.8).
    pub fn expire(&mut self, sockets: &mut SocketSet<'static>, now: Instant) {
        self.half_open.retain(|it| {
            let lives = now < it.since + HANDSHAKE;
            if !lives {
                sockets.remove(it.socket);
            }
            lives
        });
    }

    pub fn next_expiry(&self) -> Option<Instant> {
        self.half_open.iter().map(|it| it.since + HANDSHAKE).min()
    }

    /// Whether the flow is half open here.
    pub fn has(&self, sockets: &SocketSet<'static>, flow: &Flow) -> bool {
        self.half_open.iter().any(|it| {
            let socket = sockets.get::<Socket<'_>>(it.socket);
            socket.local_endpoint() == Some(flow.local.into())
                && socket.remote_endpoint() == Some(flow.remote.into())
        })
    }

    /// Stop listening; gives back the sockets whose peers have to be told.
    pub fn close(self, sockets: &mut SocketSet<'static>) -> Vec<SocketHandle> {
        let all: Vec<SocketHandle> = self.half_open.iter().map(|it| it.socket).collect();
        all.iter().for_each(|socket| sockets.get_mut::<Socket<'_>>(*socket).abort());
        all
    }
}
