//! The sockets: one for requests, one for notifications. Nothing here but calls of the system.

use std::io;
use std::mem::size_of;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use super::answer::{Answer, answer};
use super::dump::Dump;
use super::format::{Format, dump_request, single};
use super::notice::{Notice, notices};
use super::sync::Port;
use super::wire::{Malformed, messages};

/// Room for one datagram; the kernel fills at most 32 KiB when it dumps.
const ROOM: usize = 1 << 16;
/// "No such file": the table that was asked for has no route yet.
const ENOENT: u16 = 2;
const GROUPS: [libc::c_int; 3] = [7, 11, 32]; // RTNLGRP_IPV4_ROUTE, _IPV6_ROUTE, _NEXTHOP

/// A bound netlink socket.
struct Raw {
    fd: OwnedFd,
    port: u32,
    room: Vec<u8>,
}

fn checked(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn malformed(error: Malformed) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

impl Raw {
    fn open(receive_buffer: i32) -> io::Result<Raw> {
        let kind = libc::SOCK_RAW | libc::SOCK_CLOEXEC;
        // SAFETY: no memory of ours is involved
        let fd = checked(unsafe { libc::socket(libc::AF_NETLINK, kind, libc::NETLINK_ROUTE) })?;
        // SAFETY: the descriptor is new and nobody else's
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        let mut raw = Raw { fd, port: 0, room: vec![0; ROOM] };
        let forced = raw.set(libc::SOL_SOCKET, libc::SO_RCVBUFFORCE, &receive_buffer);
        forced.or_else(|_| raw.set(libc::SOL_SOCKET, libc::SO_RCVBUF, &receive_buffer))?;
        raw.bind()?;
        Ok(raw)
    }

    fn bind(&mut self) -> io::Result<()> {
        // SAFETY: all zeros are a valid address: port and groups 0, the kernel chooses
        let mut name: libc::sockaddr_nl = unsafe { std::mem::zeroed() };
        name.nl_family = libc::AF_NETLINK as libc::sa_family_t;
        let mut length = size_of::<libc::sockaddr_nl>() as libc::socklen_t;
        let at = (&raw mut name).cast::<libc::sockaddr>();
        // SAFETY: `at` points to `length` bytes that live until the call returns
        checked(unsafe { libc::bind(self.fd.as_raw_fd(), at, length) })?;
        // SAFETY: as above, and `length` may be written
        checked(unsafe { libc::getsockname(self.fd.as_raw_fd(), at, &raw mut length) })?;
        self.port = name.nl_pid;
        Ok(())
    }

    fn set<T>(&self, level: libc::c_int, option: libc::c_int, value: &T) -> io::Result<()> {
        let (at, size) = ((&raw const *value).cast(), size_of::<T>() as libc::socklen_t);
        // SAFETY: `at` points to `size` bytes that live until the call returns
        checked(unsafe { libc::setsockopt(self.fd.as_raw_fd(), level, option, at, size) })?;
        Ok(())
    }

    fn send(&self, bytes: &[u8]) -> io::Result<()> {
        let (fd, at) = (self.fd.as_raw_fd(), bytes.as_ptr().cast());
        // SAFETY: `at` points to as many readable bytes
        let sent = unsafe { libc::send(fd, at, bytes.len(), 0) };
        match usize::try_from(sent) {
            Ok(sent) if sent == bytes.len() => Ok(()),
            Ok(_) => Err(io::ErrorKind::WriteZero.into()),
            Err(_) => Err(io::Error::last_os_error()),
        }
    }

    fn receive(&mut self) -> io::Result<&[u8]> {
        let (fd, at, room) = (self.fd.as_raw_fd(), self.room.as_mut_ptr().cast(), self.room.len());
        // SAFETY: `at` points to `room` writable bytes
        let got = unsafe { libc::recv(fd, at, room, libc::MSG_DONTWAIT) };
        match usize::try_from(got) {
            Ok(got) => Ok(self.room.get(..got).unwrap_or(&[])),
            Err(_) => Err(io::Error::last_os_error()),
        }
    }
}

/// The socket for requests.
pub struct Socket {
    raw: Raw,
    next: u32,
}

impl Socket {
    /// Open one in the network namespace of this thread.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn open(receive_buffer: i32) -> io::Result<Socket> {
        let raw = Raw::open(receive_buffer)?;
        let on: libc::c_int = 1;
        raw.set(libc::SOL_NETLINK, libc::NETLINK_EXT_ACK, &on)?;
        raw.set(libc::SOL_NETLINK, libc::NETLINK_CAP_ACK, &on)?;
        // a kernel before 4.20 does not filter dumps; whoever reads them filters as well
        let _ = raw.set(libc::SOL_NETLINK, libc::NETLINK_GET_STRICT_CHK, &on);
        Ok(Socket { raw, next: 1 })
    }

    /// The port number, by which the kernel tells whose request changed something.
    #[must_use]
    pub fn port(&self) -> u32 {
        self.raw.port
    }

    /// One request, and the errno and words that answer it; 0 where it was carried out.
    ///
    /// # Errors
    /// Whatever the system says to the call itself.
    pub fn request(&mut self, kind: u16, flags: u16, body: &[u8]) -> io::Result<(u16, String)> {
        let sequence = self.sequence(1);
        self.raw.send(&single(kind, flags, sequence, body))?;
        loop {
            for message in messages(self.raw.receive()?) {
                let message = message.map_err(malformed)?;
                if message.sequence != sequence {
                    continue;
                }
                if let Answer::Ended { errno, words } = answer(&message).map_err(malformed)? {
                    return Ok((errno, words.to_owned()));
                }
            }
        }
    }

    /// The bodies of all messages that a dump gives, and the errno with which it ended.
    ///
    /// # Errors
    /// Whatever the system says; `InvalidData` where its bytes are no messages.
    pub fn dump(&mut self, kind: u16, body: &[u8]) -> io::Result<(u16, Vec<Vec<u8>>)> {
        let sequence = self.sequence(1);
        self.raw.send(&dump_request(kind, sequence, body))?;
        let mut bodies = Vec::new();
        loop {
            for message in messages(self.raw.receive()?) {
                let message = message.map_err(malformed)?;
                if message.sequence != sequence {
                    continue;
                }
                match answer(&message).map_err(malformed)? {
                    Answer::Item => bodies.push(message.body.to_vec()),
                    Answer::Ended { errno, .. } | Answer::Done { errno } => {
                        return Ok((errno, bodies));
                    }
                }
            }
        }
    }

    /// Our routes of both families.
    ///
    /// # Errors
    /// Whatever the system says; `InvalidData` where its bytes are no messages.
    pub fn dump_routes(&mut self, format: &Format) -> io::Result<Dump> {
        let mut dump = Dump::default();
        for family in [2, 10] {
            let sequence = self.sequence(1);
            self.raw.send(&format.route_dump(family, sequence))?;
            let ended = loop {
                if let Some(errno) =
                    dump.take(self.raw.receive()?, sequence, format).map_err(malformed)?
                {
                    break errno;
                }
            };
            if ended != 0 && ended != ENOENT {
                return Err(io::Error::from_raw_os_error(ended.into()));
            }
        }
        Ok(dump)
    }
}

impl Port for Socket {
    fn sequence(&mut self, n: u32) -> u32 {
        let first = self.next;
        self.next = first.wrapping_add(n);
        first
    }

    fn send(&mut self, messages: &[u8]) -> io::Result<()> {
        self.raw.send(messages)
    }

    fn receive(&mut self) -> io::Result<&[u8]> {
        self.raw.receive()
    }
}

/// The socket for notifications of routes and nexthop objects.
pub struct Listener(Raw);

impl Listener {
    /// Listen in the network namespace of this thread to what others than `port` do.
    ///
    /// # Errors
    /// Whatever the system says.
    pub fn open(receive_buffer: i32, port: u32) -> io::Result<Listener> {
        let raw = Raw::open(receive_buffer)?;
        raw.ignore(port)?;
        for group in GROUPS {
            // a kernel without nexthop objects has no group for them
            let joined = raw.set(libc::SOL_NETLINK, libc::NETLINK_ADD_MEMBERSHIP, &group);
            joined.or_else(|error| if group == 32 { Ok(()) } else { Err(error) })?;
        }
        Ok(Listener(raw))
    }

    /// What to wait on.
    #[must_use]
    pub fn fd(&self) -> RawFd {
        self.0.fd.as_raw_fd()
    }

    /// What one datagram says; `None` where there is none now.
    ///
    /// # Errors
    /// `ENOBUFS` where notifications were lost; whatever else the system says; `InvalidData` where
    /// its bytes are no messages.
    pub fn read(&mut self, format: &Format) -> io::Result<Option<Vec<Notice>>> {
        match self.0.receive() {
            Ok(datagram) => notices(datagram, format).map(Some).map_err(malformed),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Raw {
    /// Have the kernel drop what the requests of `port` lead to, before it fills the buffer.
    fn ignore(&self, port: u32) -> io::Result<()> {
        // a filter loads in network order what the header has in the machine's
        let port = u32::from_be_bytes(port.to_ne_bytes());
        let op = |code: u32, jt, jf, k| libc::sock_filter { code: code as u16, jt, jf, k };
        let mut program = [
            op(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 12), // the header's port
            op(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, 0, 1, port),
            op(libc::BPF_RET | libc::BPF_K, 0, 0, 0),
            op(libc::BPF_RET | libc::BPF_K, 0, 0, u32::MAX),
        ];
        let filter = libc::sock_fprog { len: 4, filter: program.as_mut_ptr() };
        self.set(libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, &filter)
    }
}
