//! The stack: packets in, packets and events out, and when to poll next.

use std::collections::BTreeMap;
use std::mem;

use smoltcp::iface::{Config, Interface, PollResult, SocketHandle, SocketSet};
use smoltcp::socket::tcp::Socket;
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::HardwareAddress;

use super::connection::{Cause, Connection};
use super::device::Queue;
use super::event::{Event, Kind};
use super::flow::{Flow, Segment};
use super::listener::Listener;
use super::options::Options;

/// The name of a connection or listener; never used twice.
pub type Handle = u64;

/// The smallest packet size that every IPv4 link carries whole (RFC 791 3.2).
pub const MTU_MIN: usize = 68;

/// The first of the ports that are chosen for a caller (RFC 6335 6).
const FIRST_PORT: u16 = 49_152;

/// What came in and was dropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// No TCP segment between two unicast addresses, or cut off.
    pub ignored: u64,
    /// Hop limit below what the connection asks for (RFC 5082).
    pub hop_limit: u64,
    /// Replies that were lost because nobody polled.
    pub replies_lost: u64,
}

/// All TCP connections and listeners of one host.
///
/// Every `now` is in nanoseconds and never goes back; an earlier one counts as the last one.
pub struct Stack {
    pub(super) interface: Interface,
    pub(super) sockets: SocketSet<'static>,
    pub(super) connections: BTreeMap<Handle, Connection>,
    pub(super) listeners: BTreeMap<Handle, Listener>,
    /// Aborted connections whose reset is not sent yet.
    pub(super) aborted: Vec<SocketHandle>,
    pub(super) now: Instant,
    /// Nothing was asked since the last poll.
    pub(super) settled: bool,
    pub(super) limit: usize,
    pub(super) next_port: u16,
    next_handle: Handle,
    device: Queue,
    pub(super) events: Vec<Event>,
    counters: Counters,
    seed: u64,
}

impl Stack {
    /// A stack that sends no packet longer than `mtu` (at least 68, at most 65535, else the nearer
    /// of them) and has at most `limit` sockets. `seed` decides sequence numbers and ports.
    #[must_use]
    pub fn new(mtu: usize, seed: u64, limit: usize) -> Stack {
        let mut device = Queue::new(mtu.clamp(MTU_MIN, usize::from(u16::MAX)));
        let now = Instant::ZERO;
        Stack {
            interface: interface(&mut device, seed, now),
            sockets: SocketSet::new(Vec::new()),
            connections: BTreeMap::new(),
            listeners: BTreeMap::new(),
            aborted: Vec::new(),
            now,
            settled: true,
            limit,
            next_port: FIRST_PORT | u16::try_from(seed % (1 << 14)).unwrap_or_default(),
            next_handle: 1,
            device,
            events: Vec::new(),
            counters: Counters::default(),
            seed,
        }
    }

    /// From now on no packet is longer than `mtu`: the path carries no more (RFC 1191, 8201).
    pub fn set_mtu(&mut self, mtu: usize) {
        // smoltcp reads the size once, but sockets do not belong to an interface.
        self.device.mtu = mtu.clamp(MTU_MIN, usize::from(u16::MAX));
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        self.interface = interface(&mut self.device, self.seed, self.now);
        self.settled = false;
    }

    /// Take one whole IP packet that is for this host.
    pub fn receive(&mut self, packet: &[u8], now: i64) {
        self.advance(now);
        let Some(segment) = Segment::parse(packet) else {
            self.counters.ignored = self.counters.ignored.wrapping_add(1);
            return;
        };
        let owner = self.connection_of(&segment.flow);
        let options = self.options_of(owner, &segment.flow);
        if options.is_some_and(|it| segment.hop_limit < it.minimum_hop_limit) {
            self.counters.hop_limit = self.counters.hop_limit.wrapping_add(1);
            return;
        }
        if segment.opens && owner.is_none() {
            self.knock(&segment.flow);
        }
        self.device.put(segment.packet, options.map(|it| it.hop_limit));
        self.interface.poll_ingress_single(self.now, &mut self.device, &mut self.sockets);
        if let Some(handle) = owner {
            if let Some(connection) = self.connections.get_mut(&handle) {
                connection.heard = self.now;
            }
            self.observe(handle, Cause::Segment);
        }
        self.accept_all();
    }

    /// Let timers fire, and take the packets that are to be sent.
    pub fn poll(&mut self, now: i64) -> Vec<Vec<u8>> {
        self.advance(now);
        self.expire();
        while self.interface.poll_egress(self.now, &mut self.device, &mut self.sockets)
            == PollResult::SocketStateChanged
            && !self.device.is_full()
        {}
        let open: Vec<Handle> = self.open_connections().collect();
        open.into_iter().for_each(|handle| self.observe(handle, Cause::Timer));
        self.bury();
        self.accept_all();
        self.settled = !self.device.is_full();
        self.device.take()
    }

    /// Take what happened since the last call, in order.
    pub fn events(&mut self) -> Vec<Event> {
        mem::take(&mut self.events)
    }

    /// When to poll next, in nanoseconds; `None` while only a packet or a call can change anything.
    pub fn next_deadline(&mut self) -> Option<i64> {
        let connections = self.connections.values().filter_map(|connection| {
            connection.gives_up(self.sockets.get::<Socket<'_>>(connection.socket?))
        });
        let listeners = self.listeners.values().filter_map(Listener::next_expiry);
        let given_up = connections.chain(listeners).min();
        let timer = self.interface.poll_at(self.now, &self.sockets);
        let deadline = given_up.into_iter().chain(timer).min()?;
        // A socket that wants to be polled at once but had nothing to send must not stop the clock.
        let pause = if self.settled { Duration::from_millis(1) } else { Duration::ZERO };
        let first = self.now + pause;
        let at = if deadline > self.now { deadline } else { first };
        Some(at.total_micros().saturating_mul(1000))
    }

    /// What was dropped so far.
    #[must_use]
    pub fn counters(&self) -> Counters {
        Counters { replies_lost: self.device.lost, ..self.counters }
    }

    pub(super) fn advance(&mut self, now: i64) {
        self.now = self.now.max(Instant::from_micros(now.div_euclid(1000)));
        self.settled = false;
    }

    pub(super) fn new_handle(&mut self) -> Handle {
        let handle = self.next_handle;
        self.next_handle = handle.wrapping_add(1);
        handle
    }

    /// A port from 49152 on, one after the other (RFC 6056 3.3.1 without its chance).
    pub(super) fn new_port(&mut self) -> Option<u16> {
        for _ in FIRST_PORT..=u16::MAX {
            let port = self.next_port;
            self.next_port = port.checked_add(1).unwrap_or(FIRST_PORT);
            let is_local = |connection: &Connection| connection.flow.local.port == port;
            let is_heard = |listener: &Listener| listener.port == port;
            if !self.connections.values().any(is_local) && !self.listeners.values().any(is_heard) {
                return Some(port);
            }
        }
        None
    }

    /// Sockets that may still be made. A connection that is over counts until it is forgotten.
    pub(super) fn room(&self) -> usize {
        let half_open: usize = self.listeners.values().map(Listener::half_open).sum();
        self.limit.saturating_sub(half_open + self.connections.len() + self.aborted.len())
    }

    /// The connection between these ends that still has a socket.
    pub(super) fn connection_of(&self, flow: &Flow) -> Option<Handle> {
        let mut all = self.connections.iter();
        all.find(|(_, it)| it.socket.is_some() && it.flow == *flow).map(|(handle, _)| *handle)
    }

    pub(super) fn observe(&mut self, handle: Handle, cause: Cause) {
        let Some(connection) = self.connections.get_mut(&handle) else { return };
        let Some(socket) = connection.socket else { return };
        let it = self.sockets.get_mut::<Socket<'_>>(socket);
        if connection.observe(handle, it, cause, &mut self.events) {
            self.sockets.remove(socket);
            connection.socket = None;
        }
    }

    /// RFC 9293 3.10.8, USER TIMEOUT: the connection is deleted and the user told, not the peer.
    fn expire(&mut self) {
        for (handle, connection) in &mut self.connections {
            let Some(handle_of_socket) = connection.socket else { continue };
            let socket = self.sockets.get_mut::<Socket<'_>>(handle_of_socket);
            if connection.gives_up(socket).is_some_and(|at| at <= self.now) {
                connection.keep_rest(socket);
                connection.socket = None;
                self.sockets.remove(handle_of_socket);
                self.events.push(Event { kind: Kind::TimedOut, handle: *handle, listener: None });
            }
        }
        for listener in self.listeners.values_mut() {
            listener.expire(&mut self.sockets, self.now);
        }
    }

    /// Remove aborted sockets that have sent their reset.
    fn bury(&mut self) {
        let sockets = &mut self.sockets;
        self.aborted.retain(|handle| {
            let waits = sockets.get::<Socket<'_>>(*handle).remote_endpoint().is_some();
            if !waits {
                sockets.remove(*handle);
            }
            waits
        });
    }

    fn open_connections(&self) -> impl Iterator<Item = Handle> {
        self.connections.iter().filter(|(_, it)| it.socket.is_some()).map(|(handle, _)| *handle)
    }

    /// The options of the connection, or of the listener that may take it.
    fn options_of(&self, owner: Option<Handle>, flow: &Flow) -> Option<Options> {
        if let Some(connection) = owner.and_then(|handle| self.connections.get(&handle)) {
            return Some(connection.options);
        }
        let listener = self.listeners.values().find(|listener| listener.hears(flow));
        listener.map(|listener| listener.options)
    }
}

fn interface(device: &mut Queue, seed: u64, now: Instant) -> Interface {
    let mut config = Config::new(HardwareAddress::Ip);
    config.random_seed = seed;
    let mut interface = Interface::new(config, device, now);
    // The IP layer above decided that a packet is for us; smoltcp holds few addresses.
    interface.set_any_ip(true);
    interface
}
