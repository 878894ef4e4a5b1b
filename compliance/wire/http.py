"""Raw HTTP/1.1 over a socket: sends exactly the bytes it is given and reads tolerantly.

A reader that normalised would hide what is judged, so nothing is rejected here that can be read at all;
what cannot be read raises `NotHttp`. Reads wait up to a ceiling and raise `Silence`, or `Closed` when the
target ended the connection first.
"""

import contextlib
import socket
import ssl
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from compliance.expect import Closed, NotHttp, Silence, shorten
from compliance.patience import ceiling
from compliance.process import now
from compliance.ready import readable

Headers = list[tuple[bytes, bytes]]
Address = tuple[str, int] | str


@dataclass
class Response:
    """One response as it came: `headers` in order, names as sent; `body` decoded from any chunked coding.

    `complete` says whether the message ended as its framing promised, `framing` is "length", "chunked",
    "close" or "none"; `interim` holds the 1xx responses before it, `trailers` the fields after it.
    """

    version: bytes
    status: int
    reason: bytes
    headers: Headers
    framing: str = "none"
    body: bytes = b""
    complete: bool = False
    chunks: list[bytes] = field(default_factory=list)
    trailers: Headers = field(default_factory=list)
    interim: "list[Response]" = field(default_factory=list)

    def all(self, name: str) -> list[bytes]:
        """The values of a field, in order, its name in any case."""
        return [value for key, value in self.headers if key.lower() == name.lower().encode()]

    def header(self, name: str) -> bytes | None:
        """The first value of a field, or None."""
        return next(iter(self.all(name)), None)

    def says_close(self) -> bool:
        """Whether the connection option `close` is among its Connection fields."""
        return b"close" in self._options()

    def is_last(self) -> bool:
        """Whether the connection carries no other response after this one (RFC 9112 section 9.3)."""
        return self.says_close() or (self.version == b"HTTP/1.0" and b"keep-alive" not in self._options())

    def _options(self) -> list[bytes]:
        options = b",".join(self.all("connection")).lower().split(b",")
        return [option.strip() for option in options]


def request(
    method: str,
    target: str | bytes,
    headers: Sequence[tuple[str | bytes, str | bytes]] = (),
    body: bytes | None = None,
    *,
    host: str | None = "testserver",
    version: str = "1.1",
) -> bytes:
    """The bytes of a request; adds Host, and Content-Length for a body unless framing is given."""
    fields = [(_bytes(name), _bytes(value)) for name, value in headers]
    names = {name.lower() for name, _ in fields}
    if host is not None and b"host" not in names:
        fields.insert(0, (b"Host", host.encode()))
    if body is not None and not names & {b"content-length", b"transfer-encoding"}:
        fields.append((b"Content-Length", str(len(body)).encode()))
    head = b"%s %s HTTP/%s\r\n" % (method.encode("latin-1"), _bytes(target), version.encode())
    return head + b"".join(b"%s: %s\r\n" % item for item in fields) + b"\r\n" + (body or b"")


def chunked(parts: Sequence[bytes], trailers: Headers | None = None) -> bytes:
    """A chunked body of these parts (empty ones are left out) with its last chunk."""
    coded = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts if part)
    return coded + b"0\r\n" + b"".join(b"%s: %s\r\n" % item for item in trailers or []) + b"\r\n"


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1")


class Connection:
    """A client connection that records every byte both ways with its time."""

    def __init__(
        self, address: Address, source: str | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        """Connect, from the local address `source` if given; raises Closed if nobody listens, or speaks TLS.

        An address that is a string is the path of a Unix socket.
        """
        self.sent: list[tuple[float, bytes]] = []
        self.received: list[tuple[float, bytes]] = []
        self.buffer = b""
        self.ended = False
        self.reset = False
        self._shut = False  # the sending side
        self.ragged = False  # TLS ended without saying so
        self.silent = False  # the server said nothing up to a ceiling
        try:
            self.socket = _connect(address, source)
            if tls is not None:
                self.socket = tls.wrap_socket(
                    self.socket, server_hostname="testserver", suppress_ragged_eofs=False
                )
        except OSError as error:
            raise Closed(f"no connection to {spell(address)}: {error}") from error

    def send(self, data: bytes) -> None:
        """Send bytes; a target that has closed already is noticed by the next read."""
        self.sent.append((now(), data))
        self.socket.settimeout(ceiling("answer"))
        try:
            self.socket.sendall(data)
        except TimeoutError as error:
            raise Silence(f"the server did not take {len(data)} bytes") from error
        except OSError:
            self.reset = True

    def fill(self, seconds: float | None = None, what: str = "more bytes") -> bool:
        """Read once into the buffer; False at the end of the connection; raises Silence at the ceiling."""
        if self.ended:
            return False
        data = self._receive(ceiling("answer") if seconds is None else seconds)
        if data is None:
            self.silent = self.silent or seconds is None
            raise Silence(f"no {what} from the server; so far {shorten(self.tail())}")
        if data:
            self.received.append((now(), data))
            self.buffer += data
        else:
            self.ended = True
        return bool(data)

    def _receive(self, seconds: float) -> bytes | None:
        """What comes within this time, b"" at the end; None if nothing does."""
        deadline = now() + seconds
        while readable([self.socket], deadline - now()):
            self.socket.settimeout(0)
            try:
                return self.socket.recv(1 << 18)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):  # what came was TLS's own
                continue
            except ssl.SSLEOFError:  # the end of TCP, without a closure alert of TLS
                self.ragged = True
                return b""
            except (ConnectionResetError, ssl.SSLError):
                self.reset = True
                return b""
        return None

    def poll(self) -> bytes:
        """Read what has come until now, without waiting; returns all that nobody has taken."""
        while not self.ended and readable([self.socket], 0) and self.fill(0):
            pass
        return self.buffer

    def arrived(self) -> bytes:
        """What has come until now and was not yet taken, without waiting for more."""
        with contextlib.suppress(Silence):
            while self.fill(0):
                pass
        return self.buffer

    def everything(self) -> bytes:
        """All bytes received until now."""
        return b"".join(data for _, data in self.received)

    def tail(self) -> bytes:
        """The last bytes received."""
        return b"".join(data for _, data in self.received[-20:])[-400:]

    def need(self, what: str) -> None:
        """Read once, or raise Closed because `what` is still to come."""
        if not self.fill(what=what):
            how = "reset" if self.reset else "closed"
            raise Closed(f"the connection was {how} before {what}; received {shorten(self.tail())}")

    def exactly(self, count: int) -> bytes:
        """Read exactly `count` bytes."""
        while len(self.buffer) < count:
            self.need(f"{count} bytes")
        return self.take(count)

    def take(self, count: int) -> bytes:
        """Take bytes that are in the buffer."""
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def line(self, what: str) -> bytes:
        """Read one line without its line end (CRLF or LF)."""
        while b"\n" not in self.buffer:
            self.need(what)
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.removesuffix(b"\r")

    def head(self) -> Response:
        """Read a status line and its header section, whatever its status code."""
        status_line = self.line("a status line")
        parts = status_line.split(b" ", 2)
        if len(parts) < 2 or not parts[0].startswith(b"HTTP/") or not parts[1].isdigit():
            raise NotHttp(f"no status line: {shorten(status_line)}")
        headers = self.fields("the end of the header section")
        return Response(parts[0], int(parts[1]), parts[2] if len(parts) == 3 else b"", headers)

    def fields(self, end: str) -> Headers:
        """Read header fields, or trailer fields, to the empty line at their end."""
        headers: Headers = []
        while field_line := self.line(end):
            name, colon, value = field_line.partition(b":")
            if not colon:
                raise NotHttp(f"no header field: {shorten(field_line)}")
            headers.append((name, value.strip(b" \t")))
        return headers

    def final_head(self, method: str = "GET") -> Response:
        """Read the head of the final response; 1xx responses before it (but 101) are kept in `interim`."""
        interim: list[Response] = []
        while True:
            response = self.head()
            if response.status >= 200 or response.status == 101:
                response.interim = interim
                response.framing = framing(response, method)
                response.complete = response.framing == "none"
                return response
            interim.append(response)

    def fileno(self) -> int:
        """The file number of the connection."""
        return self.socket.fileno()

    def attend(self) -> bool:
        """Read what has come, and close behind a server that has closed; False once that is done."""
        if self.fill(0):
            return True
        self.half_close()
        return False

    def half_close(self) -> None:
        """Shut down the sending side only (FIN)."""
        if self._shut:
            return
        self._shut = True
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self.socket, socket.SHUT_WR)  # that of TLS would end the reading, too

    def close(self) -> None:
        """Close the connection (FIN)."""
        self.socket.close()
        self.ended = True

    def abort(self) -> None:
        """Reset the connection (RST)."""
        with contextlib.suppress(OSError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def read_to_end(self) -> bytes:
        """Everything until the server closes; raises Silence if it does not."""
        while self.fill(what="end of the connection"):
            pass
        return self.take(len(self.buffer))


def spell(address: Address) -> str:
    """An address as people write it."""
    return address if isinstance(address, str) else f"{address[0]}:{address[1]}"


def _connect(address: Address, source: str | None) -> socket.socket:
    if isinstance(address, tuple):
        here = (source, 0) if source else None
        connection = socket.create_connection(address, ceiling("connect"), source_address=here)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(ceiling("connect"))
    try:
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


def framing(response: Response, method: str) -> str:
    """How the end of the response is found (RFC 9112 section 6.3): none, chunked, length or close."""
    if method == "HEAD" or response.status in {204, 304} or response.status < 200:
        return "none"
    coding = response.header("transfer-encoding")
    if coding is not None and coding.lower().endswith(b"chunked"):
        return "chunked"
    return "length" if response.header("content-length") is not None else "close"
