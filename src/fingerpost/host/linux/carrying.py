"""What an instance asks of the host's sockets, given to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fingerpost.protocol.events import (
    AppendFile,
    CloseStream,
    FinishFile,
    GiveBackPort,
    JoinGroup,
    LeaveGroup,
    ListenOn,
    ListenStream,
    OpenStream,
    SendDatagram,
    SendPacket,
    SendStream,
    StopListening,
    StopListeningStream,
)

if TYPE_CHECKING:
    from fingerpost.host.linux.endpoints import Endpoints
    from fingerpost.host.linux.streams import Streams
    from fingerpost.protocol.events import Output


def carry(endpoints: Endpoints, instance: str, asked: Output) -> bool:
    """Do what an instance asks of its sockets; False for what is no affair of theirs."""
    match asked:
        case SendPacket():
            endpoints.send_packet(instance, asked)
        case SendDatagram():
            endpoints.send(instance, asked)
        case JoinGroup():
            endpoints.join(instance, asked)
        case LeaveGroup():
            endpoints.leave(instance, asked)
        case ListenOn():
            endpoints.listen(instance, asked)
        case StopListening():
            endpoints.stop_listening(instance, asked)
        case GiveBackPort():
            endpoints.give_back(instance, asked)
        case AppendFile():
            endpoints.files.append(asked)
        case FinishFile():
            endpoints.files.finish(asked)
        case _:
            return carry_stream(endpoints.streams, instance, asked)
    return True


def carry_stream(streams: Streams, instance: str, asked: Output) -> bool:
    """Do what an instance asks of its streams; False for what is no affair of theirs."""
    match asked:
        case SendStream():
            streams.send(instance, asked)
        case OpenStream():
            streams.open(instance, asked)
        case CloseStream():
            streams.close_stream(instance, asked)
        case ListenStream():
            streams.listeners.listen(instance, asked)
        case StopListeningStream():
            streams.listeners.stop_listening(instance, asked)
        case _:
            return False
    return True
