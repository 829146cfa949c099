//! From a SYN that nobody knows to a connection that somebody accepted.

use smoltcp::socket::tcp::Socket;

use super::connection::{Cause, Connection};
use super::event::{Event, Kind};
use super::{Flow, Handle, Stack};

impl Stack {
    /// A SYN that belongs to nothing yet: let a listener take it.
    pub(super) fn knock(&mut self, flow: &Flow) {
        let has_room = self.room() > 0;
        let listener = self.listeners.values_mut().find(|it| it.hears(flow));
        if let Some(listener) = listener
            && has_room
            && !listener.has(&self.sockets, flow)
        {
            listener.open(&mut self.sockets, self.now);
        }
    }

    /// Hand over what listeners accepted.
    pub(super) fn accept_all(&mut self) {
        let handles: Vec<Handle> = self.listeners.keys().copied().collect();
        handles.into_iter().for_each(|listener| self.accept(listener));
    }

    fn accept(&mut self, listener: Handle) {
        let Some(it) = self.listeners.get_mut(&listener) else { return };
        let options = it.options;
        for socket in it.tend(&mut self.sockets) {
            let ends = self.sockets.get::<Socket<'_>>(socket);
            let (Some(local), Some(remote)) = (ends.local_endpoint(), ends.remote_endpoint())
            else {
                self.sockets.remove(socket);
                continue;
            };
            let flow = Flow { local: local.into(), remote: remote.into() };
            let handle = self.new_handle();
            self.connections.insert(handle, Connection::accepted(socket, flow, options, self.now));
            self.events.push(Event { kind: Kind::Accepted, handle, listener: Some(listener) });
            self.observe(handle, Cause::Segment);
        }
    }
}
