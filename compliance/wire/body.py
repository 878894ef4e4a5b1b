"""Reading the content of a response in parts, as its framing says."""

import re

from compliance.expect import Closed, NotHttp, shorten
from compliance.wire.http import Connection, Response

_SIZE = re.compile(rb"([0-9A-Fa-f]*)(?:[ \t]*;[^\r\n]*)?[ \t]*(?:\r?\n|\r?$)")


class BodyReader:
    """Reads one response's content from a connection, piece by piece; fills `response.body` on the way."""

    def __init__(self, connection: Connection, response: Response) -> None:
        """Read the content that follows this head."""
        self._connection = connection
        self.response = response
        self._left = self._declared()
        self._open = 0  # bytes of the last chunk, whose line end is still to be read
        if self._left == 0:
            response.complete = True

    def _declared(self) -> int:
        if self.response.framing != "length":
            return -1
        value = self.response.header("content-length") or b""
        if not value.isdigit():
            raise NotHttp(f"Content-Length is {shorten(value)}")
        return int(value)

    def step(self) -> bool:
        """Read some more content; False once the message has ended, or broke off (`complete` tells)."""
        if self.response.complete:
            return False
        match self.response.framing:
            case "length":
                return self._length()
            case "chunked":
                return self._chunk()
            case _:
                return self._until_close()

    def _add(self, data: bytes) -> None:
        self.response.body += data

    def _length(self) -> bool:
        if not self._connection.buffer and not self._connection.fill(what="rest of the content"):
            return False
        data = self._connection.take(self._left)
        self._left -= len(data)
        self._add(data)
        self.response.complete = self._left == 0
        return bool(data)

    def _until_close(self) -> bool:
        data = self._connection.take(len(self._connection.buffer))
        if not data and not self._connection.fill(what="rest of the content"):
            self.response.complete = not self._connection.reset
            return False
        self._add(data)
        return True

    def _chunk(self) -> bool:
        try:
            self._end_chunk()
            size = self._size()
            data = self._connection.exactly(size)
            if size == 0:
                self.response.trailers = self._connection.fields("the end of the trailer section")
                self.response.complete = True
                return False
            self.response.chunks.append(data)
            self._add(data)
        except Closed:
            return False
        self._open = size
        return True

    def _end_chunk(self) -> None:
        """Read what ends the last chunk; some servers send it only with the next one."""
        size, self._open = self._open, 0
        if size and (ending := self._connection.line("the end of a chunk")):
            raise NotHttp(f"a chunk of {size} bytes is followed by {shorten(ending)}")

    def _size(self) -> int:
        """The size in the next line; what cannot become one is an error before the line's end has come."""
        connection = self._connection
        while _SIZE.match(connection.buffer) and b"\n" not in connection.buffer:
            connection.need("a chunk size")
        found = _SIZE.match(connection.buffer)
        if found is None or not found[1]:
            raise NotHttp(f"no chunk size: {shorten(connection.buffer[:80])}")
        connection.line("a chunk size")
        return int(found[1], 16)

    def read(self, count: int) -> bytes:
        """Read on until the content so far has at least `count` bytes, or ended; returns all so far."""
        while len(self.response.body) < count and self.step():
            pass
        return self.response.body

    def rest(self) -> bytes:
        """Read to the end of the message; returns the whole content."""
        while self.step():
            pass
        return self.response.body
