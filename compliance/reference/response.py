"""One response on the wire: head, body and end, framed as HTTP asks for.

h11 chooses between Content-Length, chunks and the end of the connection, and refuses to write anything
that would break the framing. What is put here goes to the client with the next flush of the connection.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from http import HTTPStatus

import h11

from compliance.reference.errors import ApplicationError
from compliance.reference.request import Headers

_NUMBER = re.compile(rb"[0-9]+")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Response:
    """Writes one response; the rules of framing live here, those of the interfaces elsewhere."""

    # The requirements that an application breaks with a body longer or shorter than its Content-Length.
    over = "asgi.http.body.content_length_over"
    under = "asgi.http.body.content_length_under"

    def __init__(self, protocol: h11.Connection, method: str = "") -> None:
        """`method` is the request's, empty for an answer to something that was no request."""
        self.protocol = protocol
        self.method = method
        self.pending = b""  # put, not yet flushed
        self.started = False
        self.complete = False
        self.close_after = False
        self.has_body = True
        self.remaining: int | None = None  # bytes still owed to the announced Content-Length

    def put_head(
        self, status: int, headers: Headers, reason: bytes | None = None, length: int | None = None
    ) -> None:
        """Put the status line and the application's headers; raises ApplicationError for a bad length.

        `length` is that of the whole body in bytes, where it is known.
        """
        headers = self.with_length(status, headers, length)
        self.has_body = self.may_have_body(status)
        self.remaining = self.content_length(headers) if self.has_body else None
        self.write_head(status, self.complete_headers(status, headers), reason)
        self.started = True

    def put_hint(self, links: Iterable[bytes]) -> None:
        """Put an early hint, which answers no expectation of 100 (Continue)."""
        self.write_hint([(b"Link", link) for link in links])

    def put_data(self, data: bytes) -> None:
        """Put a part of the body; nothing where the response has no body."""
        if data and self.has_body:
            self.count(data)
            self.write_data(data)

    def put_end(self, trailers: Headers | None = None) -> None:
        """Put the end of the message; raises ApplicationError if bytes are still owed."""
        self.check_owed()
        self.write_end(trailers or [])
        self.complete = True

    # How the version of HTTP writes it

    def write_head(self, status: int, headers: Headers, reason: bytes | None) -> None:
        """Put the status line and these headers."""
        phrase = self.reason(status) if reason is None else reason
        self.write(h11.Response(status_code=status, headers=headers, reason=phrase))

    def write_hint(self, headers: Headers) -> None:
        """Put a 103 response with these headers."""
        waits = self.protocol.client_is_waiting_for_100_continue
        self.write(h11.InformationalResponse(status_code=103, headers=headers, reason=b"Early Hints"))
        self.protocol.client_is_waiting_for_100_continue = waits

    def write_data(self, data: bytes) -> None:
        """Put a part of the body, which is not empty."""
        self.write(h11.Data(data=data))

    def write_end(self, trailers: Headers) -> None:
        """Put the end of the message."""
        self.write(h11.EndOfMessage(headers=trailers))

    def write(self, event: h11.Event) -> None:
        """Put what h11 makes of an event."""
        self.pending += self.protocol.send(event) or b""

    # What is refused, added and left out

    def may_have_body(self, status: int) -> bool:
        """Whether a response with this status to this request has a body at all."""
        return status not in (204, 205, 304) and self.method != "HEAD"

    @property
    def ends_with_connection(self) -> bool:
        """Whether only the end of the connection marks the end of this response."""
        return self.started and self.protocol.their_http_version == b"1.0" and self.remaining is None

    @property
    def chunked(self) -> bool:
        """Whether the body goes out in chunks."""
        return self.started and self.has_body and self.remaining is None and not self.ends_with_connection

    def count(self, data: bytes) -> None:
        """Count bytes against the announced length: more than that never reaches the wire."""
        if self.remaining is None:
            return
        if len(data) > self.remaining:
            text = f"{len(data)} bytes where the Content-Length leaves {self.remaining}"
            raise ApplicationError(self.over, text)
        self.remaining -= len(data)

    def check_first(self, status: int, headers: Headers, data: bytes, *, last: bool) -> None:
        """Refuse the first part of a body, perhaps also the last, that does not fit its announced length."""
        if self.may_have_body(status):
            self.remaining = self.content_length(headers)
            self.count(data)
            if last:
                self.check_owed()

    def check_owed(self) -> None:
        """Refuse to end a body that is shorter than announced."""
        if self.remaining:
            text = f"the body ends {self.remaining} bytes short of its Content-Length"
            raise ApplicationError(self.under, text)

    def content_length(self, headers: Headers) -> int | None:
        """The announced length, None without one; raises ApplicationError for nonsense."""
        values = [value for name, value in headers if name.lower() == b"content-length"]
        if not values:
            return None
        if len(values) > 1 or not _NUMBER.fullmatch(values[0]):
            raise ApplicationError("rfc9110.cl.invalid_not_forwarded", f"Content-Length {values!r}")
        return int(values[0])

    def with_length(self, status: int, headers: Headers, length: int | None) -> Headers:
        """The headers with a Content-Length, where it is known, missing and means something.

        An empty body says nothing about HEAD: an application may have left the body out by itself.
        """
        if status == 205:
            return [
                *(item for item in headers if item[0].lower() != b"content-length"),
                (b"Content-Length", b"0"),
            ]
        if length is None or status in (204, 304) or (self.method == "HEAD" and length == 0):
            return headers
        if self.content_length(headers) is not None:
            return headers
        return [*headers, (b"Content-Length", b"%d" % length)]

    def complete_headers(self, status: int, headers: Headers) -> Headers:
        """The application's headers, with what HTTP requires and without what it forbids."""
        forbidden = self.forbidden_headers(status)
        headers = [(name, value.strip(b" \t")) for name, value in headers if name.lower() not in forbidden]
        if b"date" not in {name.lower() for name, _ in headers}:
            headers.append((b"Date", self.date()))
        if self.close_after and (b"connection", b"close") not in headers:
            headers.append((b"Connection", b"close"))
        return headers

    def forbidden_headers(self, status: int) -> Sequence[bytes]:
        """Headers of the application that do not reach the wire, in lower case."""
        return (b"transfer-encoding", b"content-length") if status == 204 else (b"transfer-encoding",)

    def date(self) -> bytes:
        """The value of Date, in the one format that HTTP lets a server generate."""
        now = time.gmtime()
        day, month = _DAYS[now.tm_wday], _MONTHS[now.tm_mon - 1]
        return time.strftime(f"{day}, %d {month} %Y %H:%M:%S GMT", now).encode()

    def reason(self, status: int) -> bytes:
        """The reason phrase where the application gives none."""
        try:
            return HTTPStatus(status).phrase.encode()
        except ValueError:
            return b""
