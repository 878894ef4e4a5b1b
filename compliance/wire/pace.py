"""In which pieces bytes are sent, and whether the other end has read them: without waiting by the clock.

Linux tells how many bytes stand in the receive queue of the peer's socket (sock_diag(7)); where that cannot
be asked, nothing is waited for, and pieces may reach the server together.
"""

import socket
import struct
import time
from collections.abc import Callable, Iterable, Sequence

from compliance.wire.http import Connection

_DIAG, _BY_FAMILY, _REQUEST, _ANY = 4, 20, 1, 0xFFFFFFFF
_HEADER, _ADDRESSED = struct.Struct("=IHHII"), struct.Struct("=BBBxI")
_QUEUES = struct.Struct("=II")  # bytes to read, bytes to send
_QUEUES_AT = _HEADER.size + 4 + 48 + 4
_PATIENCE = 0.3  # a server that is busy with something else does not read on
_PAUSE = 0.0002


Rhythm = Callable[[bytes], Sequence[bytes]]
"""How bytes are sent: cuts them into pieces, each of which the server reads before the next is sent."""


def whole(data: bytes) -> Sequence[bytes]:
    """In one write."""
    return [data]


def bytewise(data: bytes) -> Sequence[bytes]:
    """Byte by byte."""
    return [data[place : place + 1] for place in range(len(data))]


def cut_at(place: int) -> Rhythm:
    """In two writes, of which the first has `place` bytes (from the end, if negative)."""
    return lambda data: [data[:place], data[place:]]


def unread(connection: socket.socket) -> int:
    """How many bytes the peer's kernel holds that the peer has not read; 0 if nobody can tell."""
    try:
        query = _query(connection)
        with socket.socket(getattr(socket, "AF_NETLINK"), socket.SOCK_RAW, _DIAG) as kernel:  # noqa: B009
            kernel.send(query)
            answer = kernel.recv(4096)
    except (OSError, AttributeError, ValueError):
        return 0
    if len(answer) < _QUEUES_AT + _QUEUES.size or _HEADER.unpack_from(answer)[1] != _BY_FAMILY:
        return 0
    return int(_QUEUES.unpack_from(answer, _QUEUES_AT)[0])


def _query(connection: socket.socket) -> bytes:
    """A request for the peer's end of a connection over IP."""
    family = connection.family
    there, here = connection.getpeername()[:2], connection.getsockname()[:2]
    ports = struct.pack("!HH", there[1], here[1])
    hosts = b"".join(socket.inet_pton(family, host).ljust(16, b"\0") for host in (there[0], here[0]))
    message = _ADDRESSED.pack(family, socket.IPPROTO_TCP, 0, _ANY) + ports + hosts
    message += struct.pack("=III", 0, _ANY, _ANY)
    return _HEADER.pack(_HEADER.size + len(message), _BY_FAMILY, _REQUEST, 1, 0) + message


def wait_read(connection: socket.socket) -> bool:
    """Return when the peer has read what was sent; False if it reads nothing for a moment."""
    deadline = time.monotonic() + _PATIENCE
    while unread(connection):
        if time.monotonic() > deadline:
            return False
        time.sleep(_PAUSE)  # the peer may need the processor
    return True


def send_pieces(connection: Connection, pieces: Iterable[bytes]) -> None:
    """Send each piece when the peer has read the one before it; at once, when it has ceased to read."""
    reading = True
    for piece in pieces:
        connection.send(piece)
        reading = reading and wait_read(connection.socket)
