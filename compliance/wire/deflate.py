"""permessage-deflate (RFC 7692) as a client sees it: what was agreed, and a codec that is stricter than zlib.

zlib overlooks distances beyond an agreed window as long as its output buffer reaches so far back, and data
that break off inside a block; `Inflater` does not. `Blocks` writes DEFLATE data as no compressor would.
"""

import random
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from compliance.expect import NotHttp, shorten
from compliance.wire.http import Response
from compliance.wire.websocket import CONTINUATION, Frame

NAME = "permessage-deflate"
RSV1 = 0b100  # among the three reserved bits of a frame
TAIL = b"\x00\x00\xff\xff"
BITS = re.compile(r"[89]|1[0-5]")
"""The values of the two parameters for windows (RFC 7692 section 7.1.2)."""
_LAST = b"\x01\x00\x00\xff\xff"  # an empty stored block that is marked as the last one
_STEP = 64  # octets given to zlib at a time


@dataclass(frozen=True)
class Extension:
    """An element of Sec-WebSocket-Extensions: parameters in order, values without quotes, None for none."""

    name: str
    parameters: tuple[tuple[str, str | None], ...] = ()

    def __str__(self) -> str:
        """As it stands in the field."""
        spelled = (name if value is None else f"{name}={value}" for name, value in self.parameters)
        return "; ".join([self.name, *spelled])

    def has(self, name: str) -> bool:
        """Whether it has a parameter."""
        return any(key == name for key, _ in self.parameters)

    def value(self, name: str) -> str | None:
        """The value of a parameter; None without one."""
        return dict(self.parameters).get(name)

    def window(self, name: str) -> int:
        """The bits of a window: those of a parameter, or 15, which holds without."""
        value = self.value(name) or ""
        return int(value) if BITS.fullmatch(value) else 15

    def deflater(self) -> "Deflater":
        """What compresses a client's messages as agreed."""
        takeover = not self.has("client_no_context_takeover")
        return Deflater(self.window("client_max_window_bits"), takeover=takeover)

    def inflater(self) -> "Inflater":
        """What decompresses a server's messages as agreed."""
        takeover = not self.has("server_no_context_takeover")
        return Inflater(self.window("server_max_window_bits"), takeover=takeover)


def extensions(response: Response) -> list[Extension]:
    """The elements of the Sec-WebSocket-Extensions fields of a response."""
    values = [value.decode("latin-1") for value in response.all("Sec-WebSocket-Extensions")]
    return [_extension(element) for value in values for element in value.split(",") if element.strip()]


def _extension(element: str) -> Extension:
    name, *parameters = (part.strip() for part in element.split(";"))
    return Extension(name, tuple(_parameter(part) for part in parameters))


def _parameter(part: str) -> tuple[str, str | None]:
    name, equals, value = part.partition("=")
    return name.strip(), value.strip().strip('"') if equals else None


class Deflater:
    """Compresses one message after the other, with a window of 2 to the power of `bits` octets."""

    def __init__(self, bits: int = 15, *, takeover: bool = True) -> None:
        """`takeover`: a message may refer to those before it."""
        # zlib has no raw window of 256 octets; without matches none is needed.
        strategy = zlib.Z_HUFFMAN_ONLY if bits < 9 else zlib.Z_DEFAULT_STRATEGY
        self._fresh = zlib.compressobj(wbits=-max(bits, 9), strategy=strategy)
        self._takeover = takeover
        self._used = self._fresh.copy()

    def message(self, content: bytes) -> bytes:
        """The payload of a message with this content."""
        compressor = self._used if self._takeover else self._fresh.copy()
        data = compressor.compress(content) + compressor.flush(zlib.Z_SYNC_FLUSH)
        return data.removesuffix(TAIL)


class Inflater:
    """Decompresses one message after the other, with a window of exactly 2 to the power of `bits` octets."""

    def __init__(self, bits: int = 15, *, takeover: bool = True) -> None:
        """`takeover`: a message may refer to those before it."""
        self._bits, self._takeover = bits, takeover
        self._window = b""
        # Any distance of DEFLATE lies in a window of 15 bits; a smaller one is kept to octet by octet only.
        self._most = 0 if bits == 15 else 1

    def content(self, frame: Frame) -> bytes:
        """The content of a whole message, compressed or not."""
        return self.message(frame.payload) if frame.reserved & RSV1 else frame.payload

    def message(self, payload: bytes) -> bytes:
        """The content of a compressed message; raises NotHttp if it has none within the window."""
        before, self._window = self._window, b""
        try:
            content = self._inflate(payload + TAIL, before)
        except zlib.error as error:
            raise NotHttp(f"a compressed message does not inflate ({error}): {shorten(payload)}") from error
        self._window = self._end_of(before + content) if self._takeover else b""
        return content

    def _end_of(self, data: bytes) -> bytes:
        return data[-1 << self._bits :]

    def _inflate(self, data: bytes, window: bytes) -> bytes:
        content = b""
        while data:
            inflater = zlib.decompressobj(-self._bits, zdict=window)
            part, data = self._stream(inflater, data)
            content, window = content + part, self._end_of(window + part)
        if not inflater.eof and (inflater.decompress(_LAST) or not inflater.eof or inflater.unused_data):
            raise zlib.error("it breaks off inside a block")
        return content

    def _stream(self, inflater: "zlib._Decompress", data: bytes) -> tuple[bytes, bytes]:
        """The content up to a block that is marked as the last one, or to the end, and the data after it."""
        content, place = bytearray(), 0
        while place < len(data) and not inflater.eof:
            piece: bytes = data[place : place + _STEP] if self._most else data
            place += len(piece)
            part = b"more"
            while (part or piece) and not inflater.eof:
                part = inflater.decompress(piece, self._most)
                piece = inflater.unconsumed_tail
                content += part
        rest = len(inflater.unused_data)
        return bytes(content), data[place - rest :] if inflater.eof else b""


def noise(size: int) -> bytes:
    """Octets that cannot be compressed, for each size always the same."""
    return random.Random(size).randbytes(size)  # noqa: S311 - nothing secret


def fragments(opcode: int, payload: bytes, cuts: Sequence[int] = ()) -> list[Frame]:
    """The frames of a compressed message that is cut at these places (modulo its size, in any order)."""
    places = sorted(cut % (len(payload) + 1) for cut in cuts)
    parts = [payload[a:b] for a, b in zip([0, *places], [*places, len(payload)], strict=True)]
    last = len(parts) - 1
    rest = [Frame(CONTINUATION, part, final=n == last) for n, part in enumerate(parts)]
    return [Frame(opcode, parts[0], final=last == 0, reserved=RSV1), *rest[1:]]


class Blocks:
    """DEFLATE data (RFC 1951), block by block; `payload` is that of a message that ends with them."""

    def __init__(self) -> None:
        """No block yet."""
        self._bits = 0
        self._count = 0

    def _put(self, value: int, count: int) -> None:
        self._bits |= value << self._count
        self._count += count

    def _code(self, code: int, count: int) -> None:
        """A Huffman code, which stands in the data with its highest bit first."""
        self._put(int(f"{code:0{count}b}"[::-1], 2), count)

    def stored(self, data: bytes, *, final: bool = False) -> Self:
        """A block without compression."""
        self._put(final, 3)
        self._count += -self._count % 8
        self._put(len(data) | (len(data) ^ 0xFFFF) << 16, 32)
        for octet in data:
            self._put(octet, 8)
        return self

    def fixed(self, *items: bytes | tuple[int, int], final: bool = False) -> Self:
        """A block with the fixed codes: octets, and pairs of a length (3 to 10) and a distance."""
        self._put(final | 1 << 1, 3)
        for item in items:
            if isinstance(item, bytes):
                self._octets(item)
            else:
                self._match(*item)
        self._code(0, 7)
        self._count += -self._count % 8 if final else 0
        return self

    def _octets(self, octets: bytes) -> None:
        for octet in octets:
            if octet < 144:
                self._code(0x30 + octet, 8)
            else:
                self._code(0x190 + octet - 144, 9)

    def _match(self, length: int, distance: int) -> None:
        self._code(length - 2, 7)
        extra = max((distance - 1).bit_length() - 2, 0)
        self._code((distance - 1 >> extra) + 2 * extra, 5)
        self._put(distance - 1 & (1 << extra) - 1, extra)

    def payload(self) -> bytes:
        """The blocks and the header of the empty one that ends a message, without its tail."""
        return self._bits.to_bytes((self._count + 3 + 7) // 8, "little")
