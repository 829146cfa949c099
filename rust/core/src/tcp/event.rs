//! What happened to connections since the last look.

use super::Handle;

/// Something that happened to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub kind: Kind,
    /// To which connection.
    pub handle: Handle,
    /// The listener that took the connection; only for [`Kind::Accepted`].
    pub listener: Option<Handle>,
}

/// The kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A connection that was opened here is established.
    Connected,
    /// A listener has a new established connection.
    Accepted,
    /// More data waits to be read than before.
    Readable,
    /// After a send that did not take everything there is room again.
    Writable,
    /// The peer sends no more; what it sent can still be read.
    Ended,
    /// The connection is over, both directions were finished in order.
    Closed,
    /// The peer reset the connection (RFC 9293 3.10.7.4).
    Reset,
    /// The peer refused to open the connection (RFC 9293 3.10.7.3).
    Refused,
    /// The peer was silent for longer than the user timeout (RFC 9293 3.10.8).
    TimedOut,
}

impl Kind {
    /// A stable name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Connected => "connected",
            Kind::Accepted => "accepted",
            Kind::Readable => "readable",
            Kind::Writable => "writable",
            Kind::Ended => "ended",
            Kind::Closed => "closed",
            Kind::Reset => "reset",
            Kind::Refused => "refused",
            Kind::TimedOut => "timed-out",
        }
    }
}
