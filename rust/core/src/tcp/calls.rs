//! What the user of a stack asks for: the calls of RFC 9293 3.9.1.

use smoltcp::socket::tcp::{Socket, State};
use smoltcp::wire::IpEndpoint;

use super::connection::{Connection, awaits_peer};
use super::listener::Listener;
use super::{End, Flow, Handle, Options, Stack, TcpError};
use crate::addr::Ip;

impl Stack {
    /// Accept connections to `port` at `address` (`None`: at every address of both families), up to
    /// `backlog` of them half open at a time.
    pub fn listen(
        &mut self,
        port: u16,
        address: Option<Ip>,
        backlog: usize,
        options: Options,
    ) -> Result<Handle, TcpError> {
        options.check()?;
        if port == 0 || backlog == 0 || address.is_some_and(|ip| !End { ip, port }.has_unicast()) {
            let rule = "a listener needs a port, a backlog of at least 1 and a unicast address";
            return Err(TcpError::Unaddressable(rule));
        }
        let meets = |other: &Listener| {
            let apart = other.address.zip(address).is_some_and(|(one, two)| one != two);
            other.port == port && !apart
        };
        if self.listeners.values().any(meets) {
            return Err(TcpError::PortTaken(port));
        }
        if self.listeners.len() >= self.limit {
            return Err(TcpError::Full(self.limit));
        }
        let handle = self.new_handle();
        self.listeners.insert(handle, Listener::new(port, address, backlog, options));
        Ok(handle)
    }

    /// Open a connection; port 0 at the local end stands for one that is free.
    pub fn connect(
        &mut self,
        mut local: End,
        remote: End,
        options: Options,
        now: i64,
    ) -> Result<Handle, TcpError> {
        options.check()?;
        self.advance(now);
        if remote.port == 0 || !remote.has_unicast() || !local.has_unicast() {
            let rule = "both ends need a unicast address, the remote one a port";
            return Err(TcpError::Unaddressable(rule));
        }
        if remote.ip.bits() != local.ip.bits() {
            return Err(TcpError::Unaddressable("both ends must be of one address family"));
        }
        if self.room() == 0 {
            return Err(TcpError::Full(self.limit));
        }
        if local.port == 0 {
            local.port = self.new_port().ok_or(TcpError::PortsExhausted)?;
        }
        let flow = Flow { local, remote };
        if self.connection_of(&flow).is_some() || local == remote {
            return Err(TcpError::FlowTaken(flow));
        }
        let mut socket = options.socket();
        socket
            .connect(self.interface.context(), remote, IpEndpoint::from(local))
            .map_err(|_| TcpError::Unaddressable("the ends cannot be those of a connection"))?;
        let socket = self.sockets.add(socket);
        let handle = self.new_handle();
        self.connections.insert(handle, Connection::opening(socket, flow, options, self.now));
        Ok(handle)
    }

    /// Hand octets over for sending; gives how many were taken, none before the handshake is done.
    pub fn send(&mut self, handle: Handle, octets: &[u8], now: i64) -> Result<usize, TcpError> {
        self.advance(now);
        let (connection, socket) = self.live(handle)?;
        let was_waiting = awaits_peer(socket);
        let taken = match (socket.send_slice(octets), socket.state()) {
            (Ok(taken), _) => taken,
            (Err(_), State::SynSent | State::SynReceived) => 0,
            (Err(_), state) => return Err(TcpError::State(state, "this end sends no more")),
        };
        connection.blocked = taken < octets.len();
        if !was_waiting {
            self.wait_from_now(handle);
        }
        Ok(taken)
    }

    /// Take up to `limit` octets that arrived; empty when there are none at the moment.
    pub fn recv(&mut self, handle: Handle, limit: usize, now: i64) -> Result<Vec<u8>, TcpError> {
        self.advance(now);
        let connection = self.connections.get_mut(&handle).ok_or(TcpError::NoSuchHandle(handle))?;
        if connection.left.is_empty()
            && let Some(socket) = connection.socket
        {
            let socket = self.sockets.get_mut::<Socket<'_>>(socket);
            let mut octets = vec![0; socket.recv_queue().min(limit)];
            let count = socket.recv_slice(&mut octets).unwrap_or(0);
            octets.truncate(count);
            connection.waiting = socket.recv_queue();
            return Ok(octets);
        }
        let count = connection.left.len().min(limit);
        Ok(connection.left.drain(..count).collect())
    }

    /// Finish a connection in order, or end a listener (connections that it took stay).
    pub fn close(&mut self, handle: Handle, now: i64) -> Result<(), TcpError> {
        self.advance(now);
        if self.end_listener(handle) {
            return Ok(());
        }
        let (_, socket) = self.live(handle)?;
        if socket.state() == State::SynSent {
            // RFC 9293 3.10.4: there is nobody to tell yet.
            self.drop_socket(handle);
            return Ok(());
        }
        let was_waiting = awaits_peer(socket);
        socket.close();
        if !was_waiting {
            self.wait_from_now(handle);
        }
        Ok(())
    }

    /// End a connection at once, with a reset where RFC 9293 3.10.5 wants one.
    pub fn abort(&mut self, handle: Handle, now: i64) -> Result<(), TcpError> {
        self.advance(now);
        if self.end_listener(handle) {
            return Ok(());
        }
        let (connection, socket) = self.live(handle)?;
        let quiet = [State::SynSent, State::Closing, State::LastAck, State::TimeWait];
        if quiet.contains(&socket.state()) {
            self.drop_socket(handle);
        } else {
            socket.abort();
            let resetting = connection.socket.take();
            self.aborted.extend(resetting);
        }
        Ok(())
    }

    /// Forget a connection that is over, so that its handle means nothing any more.
    pub fn forget(&mut self, handle: Handle) -> Result<(), TcpError> {
        let state = self.state(handle)?;
        if self.connections.get(&handle).is_none_or(|connection| connection.socket.is_some()) {
            return Err(TcpError::State(state, "only a connection that is over can be forgotten"));
        }
        self.connections.remove(&handle);
        Ok(())
    }

    /// The state of a connection or listener, in the names of RFC 9293 3.3.2.
    pub fn state(&self, handle: Handle) -> Result<State, TcpError> {
        if self.listeners.contains_key(&handle) {
            return Ok(State::Listen);
        }
        let connection = self.connections.get(&handle).ok_or(TcpError::NoSuchHandle(handle))?;
        let socket = connection.socket.map(|socket| self.sockets.get::<Socket<'_>>(socket));
        Ok(socket.map_or(State::Closed, Socket::state))
    }

    /// The ends of a connection.
    pub fn flow(&self, handle: Handle) -> Result<Flow, TcpError> {
        let connection = self.connections.get(&handle).ok_or(TcpError::NoSuchHandle(handle))?;
        Ok(connection.flow)
    }

    /// Octets that the peer has not acknowledged yet.
    pub fn unacknowledged(&self, handle: Handle) -> Result<usize, TcpError> {
        let connection = self.connections.get(&handle).ok_or(TcpError::NoSuchHandle(handle))?;
        let socket = connection.socket.map(|socket| self.sockets.get::<Socket<'_>>(socket));
        Ok(socket.map_or(0, Socket::send_queue))
    }

    fn live(
        &mut self,
        handle: Handle,
    ) -> Result<(&mut Connection, &mut Socket<'static>), TcpError> {
        let connection = self.connections.get_mut(&handle).ok_or(TcpError::NoSuchHandle(handle))?;
        let rule = "the connection is over";
        let socket = connection.socket.ok_or(TcpError::State(State::Closed, rule))?;
        Ok((connection, self.sockets.get_mut::<Socket<'static>>(socket)))
    }

    fn wait_from_now(&mut self, handle: Handle) {
        if let Some(connection) = self.connections.get_mut(&handle) {
            connection.heard = self.now;
        }
    }

    fn drop_socket(&mut self, handle: Handle) {
        if let Some(connection) = self.connections.get_mut(&handle)
            && let Some(socket) = connection.socket.take()
        {
            self.sockets.remove(socket);
        }
    }

    fn end_listener(&mut self, handle: Handle) -> bool {
        let Some(listener) = self.listeners.remove(&handle) else { return false };
        self.aborted.extend(listener.close(&mut self.sockets));
        true
    }
}
