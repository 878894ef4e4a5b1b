"""permessage-deflate (RFC 7692): which offer is accepted, and the compression of messages, on zlib."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

from wsproto.extensions import Extension
from wsproto.frame_protocol import CloseReason, FrameDecoder, FrameProtocol, Opcode, RsvBits

Parameters = list[tuple[bytes, bytes | None]]
_NO_CONTEXT = (b"server_no_context_takeover", b"client_no_context_takeover")
_WINDOWS = (b"server_max_window_bits", b"client_max_window_bits")
_BITS = re.compile(rb"[89]|1[0-5]")
_TAIL = b"\x00\x00\xff\xff"
_LAST = b"\x01\x00\x00\xff\xff"  # an empty stored block that is marked as the last one
_WINDOW = 1 << 15
_NONE, _RSV1 = RsvBits(False, False, False), RsvBits(True, False, False)


class Deflate(Extension):
    """The extension on one connection; `accept_offers` is asked first, and says what the 101 holds."""

    name = "permessage-deflate"
    limit = 16 << 20  # octets of a message

    def __init__(self) -> None:
        """Nothing is agreed yet."""
        self.agreed: Parameters | None = None
        self.data = self.compressed = (
            False  # whether the frame is one of a message, and the message compressed
        )
        self.opcode = Opcode.TEXT  # of the message
        self.size = 0  # octets of the message that have come
        self.window = b""  # of what the client has sent
        self.inflater = self.make_inflater()

    # Negotiating

    def accept_offers(self, offers: Sequence[tuple[bytes, Parameters]]) -> bytes | None:
        """The element that accepts the first offer that can be accepted; None if there is none."""
        for name, parameters in offers:
            if name == self.name.encode() and self.is_valid(parameters):
                self.agreed = self.answer(parameters)
                self.deflater = self.make_deflater()
                return b"; ".join([name, *(_spelled(*parameter) for parameter in self.agreed)])
        return None

    def is_valid(self, parameters: Parameters) -> bool:
        """Whether an offer has parameters that are defined, each once, with values that can be met."""
        names = [name for name, _ in parameters]
        return (
            len(names) == len(set(names))
            and all(self.is_valid_value(*parameter) for parameter in parameters)
            and dict(parameters).get(b"server_max_window_bits") != b"8"  # zlib has no such window
        )

    def is_valid_value(self, name: bytes, value: bytes | None) -> bool:
        """Whether a parameter of an offer is defined with this value, None for none."""
        if value is None:
            return name in _NO_CONTEXT or name == b"client_max_window_bits"
        return name in _WINDOWS and _BITS.fullmatch(value) is not None

    def answer(self, parameters: Parameters) -> Parameters:
        """The parameters of the answer: what the offer asks of the server, and a value for the client."""
        return [
            (name, value)
            for name, value in parameters
            if name.startswith(b"server") or (name == b"client_max_window_bits" and value is not None)
        ]

    def enabled(self) -> bool:
        """Whether an offer was accepted."""
        return self.agreed is not None

    def offer(self) -> bool | str:
        """Nothing: the client offers."""
        return False

    # In

    def make_inflater(self) -> zlib._Decompress:
        """A decompressor that goes on from what has come."""
        return zlib.decompressobj(-15, zdict=self.window)

    def frame_inbound_header(
        self, _proto: FrameDecoder | FrameProtocol, opcode: Opcode, rsv: RsvBits, _length: int
    ) -> CloseReason | RsvBits:
        """Take RSV1 for a compressed message where a message begins; no other frame may have it."""
        self.data = not opcode.iscontrol()
        if not self.data or opcode is Opcode.CONTINUATION:
            return _NONE
        self.opcode, self.compressed, self.size = opcode, rsv.rsv1, 0
        return _RSV1

    def frame_inbound_payload_data(
        self, _proto: FrameDecoder | FrameProtocol, data: bytes
    ) -> bytes | CloseReason:
        """Decompress a part of a frame."""
        return self.inflate(data) if self.data and self.compressed else data

    def frame_inbound_complete(
        self, _proto: FrameDecoder | FrameProtocol, fin: bool
    ) -> bytes | CloseReason | None:
        """Decompress the tail behind a message."""
        return self.end_message() if fin and self.data and self.compressed else None

    def end_message(self) -> bytes | CloseReason:
        """What the tail gives; the data must not break off inside a block."""
        rest = self.inflate(_TAIL)
        inflater = self.inflater.copy()
        try:
            inflater.decompress(_LAST)
        except zlib.error:
            return CloseReason.INVALID_FRAME_PAYLOAD_DATA
        return rest if inflater.eof else CloseReason.INVALID_FRAME_PAYLOAD_DATA

    def inflate(self, data: bytes) -> bytes | CloseReason:
        """The content of data; a block that is marked as the last one is followed by others all the same."""
        content = b""
        while data:
            try:
                part = self.inflater.decompress(data, self.limit - self.size + 1)
            except zlib.error:
                return CloseReason.INVALID_FRAME_PAYLOAD_DATA
            content, self.size = content + part, self.size + len(part)
            self.window = (self.window + part)[-_WINDOW:]
            if self.size > self.limit:
                return CloseReason.MESSAGE_TOO_BIG
            data = self.inflater.unused_data
            if self.inflater.eof:
                self.inflater = self.make_inflater()
        return content

    # Out

    def make_deflater(self) -> zlib._Compress:
        """A compressor with the window that was agreed."""
        bits = dict(self.agreed or []).get(b"server_max_window_bits") or b"15"
        return zlib.compressobj(wbits=-int(bits))

    def frame_outbound(
        self, _proto: FrameDecoder | FrameProtocol, opcode: Opcode, rsv: RsvBits, data: bytes, fin: bool
    ) -> tuple[RsvBits, bytes]:
        """Compress a frame of a message."""
        if opcode.iscontrol():
            return rsv, data
        return _NONE if opcode is Opcode.CONTINUATION else _RSV1, self.deflate(data, fin=fin)

    def deflate(self, data: bytes, *, fin: bool) -> bytes:
        """The payload for a part of a message."""
        payload = self.deflater.compress(data)
        if not fin:
            return payload
        payload += self.deflater.flush(zlib.Z_SYNC_FLUSH)
        if self.forgets():
            self.deflater = self.make_deflater()
        return self.without_tail(payload)

    def forgets(self) -> bool:
        """Whether no message may refer to those before it."""
        return b"server_no_context_takeover" in dict(self.agreed or [])

    def without_tail(self, payload: bytes) -> bytes:
        """What is sent of a compressed message."""
        return payload.removesuffix(_TAIL)


def _spelled(name: bytes, value: bytes | None) -> bytes:
    return name if value is None else name + b"=" + value
