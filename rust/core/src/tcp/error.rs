//! What a caller of the stack got wrong.

use std::fmt;

use smoltcp::socket::tcp::State;

use super::{Flow, Handle};

/// Why a call was refused; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TcpError {
    /// Nothing has this handle.
    NoSuchHandle(Handle),
    /// The port is taken for this address.
    PortTaken(u16),
    /// A connection between these two ends exists.
    FlowTaken(Flow),
    /// No port from 49152 on is free.
    PortsExhausted,
    /// As many sockets as the stack may have.
    Full(usize),
    /// The addresses and ports cannot be those of a connection.
    Unaddressable(&'static str),
    /// The connection sends no more, or is not over yet.
    State(State, &'static str),
    /// An option is out of its range.
    Option(&'static str),
}

impl fmt::Display for TcpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TcpError::NoSuchHandle(handle) => write!(f, "no connection or listener {handle}"),
            TcpError::PortTaken(port) => write!(f, "port {port} is listened to already"),
            TcpError::FlowTaken(flow) => write!(f, "the connection {flow} exists already"),
            TcpError::PortsExhausted => f.write_str("no port from 49152 to 65535 is free"),
            TcpError::Full(limit) => write!(f, "the stack has its {limit} sockets already"),
            TcpError::Unaddressable(rule) => f.write_str(rule),
            TcpError::State(state, rule) => write!(f, "in state {state}: {rule}"),
            TcpError::Option(rule) => f.write_str(rule),
        }
    }
}

impl std::error::Error for TcpError {}
