"""Lies about the compressed messages of the server."""

from __future__ import annotations

import zlib
from typing import Any

from wsproto import events
from wsproto.frame_protocol import Opcode, RsvBits

from compliance.reference.liar import liar
from compliance.reference.liars.websocket_deflate_raw import WithDeflate
from compliance.reference.liars.websocket_raw import WithFrames
from compliance.reference.websocket_deflate import Deflate
from compliance.reference.websocket_frames import Frames

_TAIL = b"\x00\x00\xff\xff"
_RSV1 = RsvBits(True, False, False)


class Fragmenting(WithDeflate, WithFrames):
    """A WebSocket that sends long binary messages in parts: the base of liars."""

    class Frames(Frames):
        """In parts of 100000 octets, from 200000 on."""

        async def send_bytes(self, data: bytes) -> None:
            """Part by part."""
            if len(data) < 200_000:
                await super().send_bytes(data)
                return
            for place in range(0, len(data), 100_000):
                part, last = data[place : place + 100_000], place + 100_000 >= len(data)
                await self.write(events.BytesMessage(data=part, message_finished=last))


@liar(
    catches=[
        "test_a_message_of_the_server_inflates",
        "test_the_tail_of_a_message_is_not_sent",
        "test_a_long_message_of_the_server_inflates",
        "test_all_parameters_at_once_are_followed",
        "test_blocks_behind_a_last_one_begin_with_an_octet",
        "test_compressed_messages_come_back_under_any_parameters",
        "test_no_distance_is_longer_than_32768",
        "test_no_distance_is_longer_than_the_window_that_is_agreed",
        "test_without_takeover_each_message_stands_for_itself",
    ]
)
class SendsTail(WithDeflate):
    """The tail of a message is sent with it."""

    class Compression(Deflate):
        """Complete."""

        def without_tail(self, payload: bytes) -> bytes:
            """All of it."""
            return payload


@liar(catches=["test_a_long_message_of_the_server_inflates"])
class StripsEachFragment(Fragmenting):
    """The tail is removed from each fragment."""

    class Compression(Deflate):
        """Thorough."""

        def deflate(self, data: bytes, *, fin: bool) -> bytes:
            """Flushed and stripped each time."""
            payload = super().deflate(data, fin=fin)
            return payload if fin else self.without_tail(payload + self.deflater.flush(zlib.Z_SYNC_FLUSH))


@liar(catches=["test_rsv1_stands_on_the_first_frame_of_a_message_only"])
class RSV1OnContinuations(Fragmenting):
    """RSV1 stands on each frame of a compressed message."""

    class Compression(Deflate):
        """Generous with bits."""

        def frame_outbound(
            self, proto: Any, opcode: Opcode, rsv: RsvBits, data: bytes, fin: bool
        ) -> tuple[RsvBits, bytes]:
            """With RSV1."""
            rsv, data = super().frame_outbound(proto, opcode, rsv, data, fin)
            return (_RSV1 if opcode is Opcode.CONTINUATION else rsv), data


@liar(catches=["test_rsv1_stands_on_the_first_frame_of_a_message_only"])
class RSV1OnControlFrames(WithDeflate):
    """RSV1 stands on control frames."""

    class Compression(Deflate):
        """Generous with bits."""

        def frame_outbound(
            self, proto: Any, opcode: Opcode, rsv: RsvBits, data: bytes, fin: bool
        ) -> tuple[RsvBits, bytes]:
            """With RSV1."""
            _, data = super().frame_outbound(proto, opcode, rsv, data, fin)
            return _RSV1, data


@liar(catches=["test_which_messages_the_server_compresses"])
class ShortMessagesPlain(WithDeflate):
    """Messages of less than 50 octets are sent without compression."""

    class Compression(Deflate):
        """Lazy."""

        def frame_outbound(
            self, proto: Any, opcode: Opcode, rsv: RsvBits, data: bytes, fin: bool
        ) -> tuple[RsvBits, bytes]:
            """As they are."""
            return (rsv, data) if len(data) < 50 else super().frame_outbound(proto, opcode, rsv, data, fin)


@liar(catches=["test_no_distance_is_longer_than_32768"])
class Deflate64(WithDeflate):
    """A message of 66000 octets ends with a distance that only Deflate64 has."""

    class Compression(Deflate):
        """Enhanced."""

        def without_tail(self, payload: bytes) -> bytes:
            """With a block of fixed codes: a length of 3, and a distance of code 30."""
            enhanced = 33_000 < len(payload) < 100_000
            return payload + b"\x02\x3e\x00\x00\x00" if enhanced else super().without_tail(payload)


@liar(
    catches=[
        "test_blocks_behind_a_last_one_begin_with_an_octet",
        "test_a_message_of_the_server_inflates",
        "test_compressed_messages_come_back_under_any_parameters",
    ]
)
class PadsTwice(WithDeflate):
    """Short messages are marked as last blocks, and padded by an octet more than it takes."""

    class Compression(Deflate):
        """Generous with padding."""

        def deflate(self, data: bytes, *, fin: bool) -> bytes:
            """An octet more."""
            if len(data) > 5:
                return super().deflate(data, fin=fin)
            compressor = zlib.compressobj(wbits=-15)
            return compressor.compress(data) + compressor.flush() + b"\x00\x00"


@liar(
    catches=[
        "test_without_takeover_each_message_stands_for_itself",
        "test_all_parameters_at_once_are_followed",
        "test_compressed_messages_come_back_under_any_parameters",
    ]
)
class NeverForgets(WithDeflate):
    """server_no_context_takeover is agreed to, and not followed."""

    class Compression(Deflate):
        """With a long memory."""

        def forgets(self) -> bool:
            """Never."""
            return False


@liar(
    catches=[
        "test_no_distance_is_longer_than_the_window_that_is_agreed",
        "test_compressed_messages_come_back_under_any_parameters",
        "test_all_parameters_at_once_are_followed",
    ]
)
class IgnoresTheWindow(WithDeflate):
    """server_max_window_bits is agreed to, and not kept to."""

    class Compression(Deflate):
        """Far-sighted."""

        def make_deflater(self) -> zlib._Compress:
            """With the largest window."""
            return zlib.compressobj(wbits=-15)
