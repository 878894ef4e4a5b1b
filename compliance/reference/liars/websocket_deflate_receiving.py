"""Lies about the compressed messages of the client."""

from __future__ import annotations

import zlib
from typing import Any

from wsproto.frame_protocol import CloseReason, Opcode, RsvBits

from compliance.reference.liar import liar
from compliance.reference.liars.websocket_deflate_raw import WithDeflate
from compliance.reference.websocket_deflate import Deflate
from compliance.reference.websocket_frames import Frames

_TAIL = b"\x00\x00\xff\xff"


@liar(
    catches=[
        "test_a_compressed_message_arrives",
        "test_a_hint_of_the_client_does_not_end_the_context",
        "test_a_message_may_refer_to_those_before_it",
        "test_a_message_without_compression_does_not_touch_the_context",
        "test_what_any_strategy_of_zlib_makes_is_understood",
    ]
)
class CutsShort(WithDeflate):
    """Of a compressed text message only 100 octets arrive."""

    class Compression(Deflate):
        """Impatient."""

        def inflate(self, data: bytes) -> bytes | CloseReason:
            """As long as there is room."""
            before, content = self.size, super().inflate(data)
            if isinstance(content, CloseReason) or self.opcode is not Opcode.TEXT:
                return content
            return content[: max(100 - before, 0)]


@liar(
    catches=[
        "test_a_compressed_binary_message_arrives",
        "test_a_message_may_refer_to_what_is_far_back",
        "test_an_empty_compressed_message_arrives",
        "test_any_sequence_of_compressed_and_other_messages_arrives",
        "test_compressed_messages_come_back_under_any_parameters",
        "test_data_that_do_not_inflate_fail_the_connection",
    ]
)
class RawBinary(WithDeflate):
    """Compressed binary messages arrive as they come, compressed."""

    class Compression(Deflate):
        """For texts only."""

        def inflate(self, data: bytes) -> bytes | CloseReason:
            """The data themselves."""
            if self.opcode is not Opcode.BINARY:
                return super().inflate(data)
            return b"" if data == _TAIL else data


@liar(
    catches=[
        "test_a_compressed_message_in_two_frames_arrives",
        "test_a_ping_between_the_frames_of_a_compressed_message_does_not_hurt",
        "test_any_sequence_of_compressed_and_other_messages_arrives",
    ]
)
class FirstFrameOnly(WithDeflate):
    """Only the first frame of a message is decompressed."""

    class Compression(Deflate):
        """Soon tired."""

        def frame_inbound_header(self, proto: Any, opcode: Opcode, rsv: RsvBits, length: int) -> Any:
            """A continuation is not compressed."""
            self.compressed = self.compressed and opcode is not Opcode.CONTINUATION
            return super().frame_inbound_header(proto, opcode, rsv, length)


@liar(catches=["test_a_ping_between_the_frames_of_a_compressed_message_does_not_hurt"])
class PingEndsCompression(WithDeflate):
    """What follows a control frame inside a compressed message is not decompressed."""

    class Compression(Deflate):
        """Distracted."""

        def frame_inbound_header(self, proto: Any, opcode: Opcode, rsv: RsvBits, length: int) -> Any:
            """A control frame ends it."""
            self.compressed = self.compressed and not opcode.iscontrol()
            return super().frame_inbound_header(proto, opcode, rsv, length)


@liar(
    catches=[
        "test_a_compressed_message_may_come_byte_by_byte",
        "test_a_compressed_message_in_two_frames_arrives",
        "test_an_empty_compressed_message_arrives",
        "test_any_sequence_of_compressed_and_other_messages_arrives",
        "test_compressed_messages_come_back_under_any_parameters",
    ]
)
class NoSingleOctets(WithDeflate):
    """Of compressed data, a segment of one octet is lost."""

    class Compression(Deflate):
        """Deaf to whispers."""

        def frame_inbound_payload_data(self, proto: Any, data: bytes) -> bytes | CloseReason:
            """Nothing of next to nothing."""
            lost = self.compressed and len(data) == 1
            return b"" if lost else super().frame_inbound_payload_data(proto, data)


@liar(
    catches=[
        "test_what_any_strategy_of_zlib_makes_is_understood",
        "test_a_compressed_binary_message_arrives",
        "test_any_sequence_of_compressed_and_other_messages_arrives",
        "test_compressed_messages_come_back_under_any_parameters",
    ]
)
class NoDynamicCodes(WithDeflate):
    """A message that begins with a block of dynamic codes fails the connection."""

    class Compression(Deflate):
        """Fixed."""

        def inflate(self, data: bytes) -> bytes | CloseReason:
            """No such block."""
            if self.size == 0 and data[:1] and data[0] >> 1 & 3 == 2:
                return CloseReason.INVALID_FRAME_PAYLOAD_DATA
            return super().inflate(data)


@liar(catches=["test_blocks_of_any_kind_are_understood"])
class LastBlockEndsMessage(WithDeflate):
    """What follows a block that is marked as last is lost, up to the end of the message."""

    class Compression(Deflate):
        """Soon content."""

        def inflate(self, data: bytes) -> bytes | CloseReason:
            """Up to that block."""
            ended = getattr(self, "ended", False)
            inflater = self.inflater
            content = b"" if ended and data != _TAIL else super().inflate(data)
            if inflater.eof and isinstance(content, bytes):
                content = content[: len(content) - self.lost(inflater)]
            self.ended = data != _TAIL and (ended or inflater.eof)
            return content

        def lost(self, inflater: zlib._Decompress) -> int:
            """How much of the content stands behind the block."""
            rest = zlib.decompressobj(-15, zdict=self.window)
            return len(rest.decompress(inflater.unused_data))


@liar(
    catches=[
        "test_a_message_behind_a_block_that_is_marked_as_last_arrives",
        "test_blocks_of_any_kind_are_understood",
    ]
)
class LastBlockEndsAll(WithDeflate):
    """Nothing is decompressed after a block that is marked as last, in this message and all others."""

    class Compression(Deflate):
        """As zlib does by itself."""

        def make_inflater(self) -> zlib._Decompress:
            """The one and only."""
            return getattr(self, "inflater", None) or super().make_inflater()

        def inflate(self, data: bytes) -> bytes | CloseReason:
            """Nothing after the end."""
            if not self.inflater.eof:
                return super().inflate(data)
            return b""


@liar(
    catches=[
        "test_an_empty_compressed_message_arrives",
        "test_compressed_messages_come_back_under_any_parameters",
    ]
)
class RefusesNothing(WithDeflate):
    """A compressed message without content fails the connection."""

    class Compression(Deflate):
        """In want of something."""

        def end_message(self) -> bytes | CloseReason:
            """Not without content."""
            return super().end_message() if self.size else CloseReason.PROTOCOL_ERROR


@liar(
    catches=[
        "test_a_message_without_compression_arrives",
        "test_a_message_without_compression_does_not_touch_the_context",
        "test_any_sequence_of_compressed_and_other_messages_arrives",
    ]
)
class RefusesPlainText(WithDeflate):
    """Where compression is agreed, a text message without it fails the connection."""

    class Compression(Deflate):
        """Strict where nothing asks for it."""

        def frame_inbound_header(self, proto: Any, opcode: Opcode, rsv: RsvBits, length: int) -> Any:
            """No text without RSV1."""
            if opcode is Opcode.TEXT and not rsv.rsv1:
                return CloseReason.PROTOCOL_ERROR
            return super().frame_inbound_header(proto, opcode, rsv, length)


@liar(catches=["test_a_message_without_compression_does_not_touch_the_context"])
class PlainTextEndsContext(WithDeflate):
    """A message without compression ends the context."""

    class Compression(Deflate):
        """Forgetful."""

        def frame_inbound_header(self, proto: Any, opcode: Opcode, rsv: RsvBits, length: int) -> Any:
            """Forget."""
            if opcode in {Opcode.TEXT, Opcode.BINARY} and not rsv.rsv1:
                self.window = b""
                self.inflater = self.make_inflater()
            return super().frame_inbound_header(proto, opcode, rsv, length)


class Forgetful(Deflate):
    """Compression that forgets the client's context after a message, at times: the base of liars."""

    def end_message(self) -> bytes | CloseReason:
        """Forget."""
        rest = super().end_message()
        if self.has_to_forget():
            self.window = b""
            self.inflater = self.make_inflater()
        return rest

    def has_to_forget(self) -> bool:
        """Always."""
        return True


@liar(
    catches=[
        "test_a_message_may_refer_to_those_before_it",
        "test_a_hint_of_the_client_does_not_end_the_context",
        "test_a_message_may_refer_to_what_is_far_back",
        "test_a_message_without_compression_does_not_touch_the_context",
        "test_compressed_messages_come_back_under_any_parameters",
    ]
)
class ForgetsTheClient(WithDeflate):
    """Each message of the client is decompressed on its own, without an agreement."""

    Compression = Forgetful


@liar(
    catches=[
        "test_a_hint_of_the_client_does_not_end_the_context",
        "test_compressed_messages_come_back_under_any_parameters",
    ]
)
class TakesHints(WithDeflate):
    """Each message is decompressed on its own if the client has offered that, although it was not agreed."""

    class Compression(Forgetful):
        """Quick to believe."""

        def is_valid(self, parameters: Any) -> bool:
            """Remember what was offered."""
            self.hinted = b"client_no_context_takeover" in dict(parameters)
            return super().is_valid(parameters)

        def has_to_forget(self) -> bool:
            """If the client has said so."""
            return self.hinted


@liar(catches=["test_a_message_may_refer_to_what_is_far_back"])
class HalfWindow(WithDeflate):
    """The window for decompression has 16384 octets."""

    class Compression(Deflate):
        """Short-sighted."""

        def make_inflater(self) -> zlib._Decompress:
            """With half a window."""
            return zlib.decompressobj(-14, zdict=self.window)


@liar(catches=["test_what_is_no_utf8_fails_the_connection"])
class MendsText(WithDeflate):
    """An octet FF in a compressed text becomes a question mark."""

    class Compression(Deflate):
        """Helpful."""

        def inflate(self, data: bytes) -> bytes | CloseReason:
            """Text at any price."""
            content = super().inflate(data)
            if isinstance(content, CloseReason) or self.opcode is not Opcode.TEXT:
                return content
            return content.replace(b"\xff", b"?")


@liar(catches=["test_rsv1_on_another_frame_fails_the_connection"])
class AnyRSV1(WithDeflate):
    """RSV1 may stand on any frame."""

    class Compression(Deflate):
        """Tolerant."""

        def frame_inbound_header(self, proto: Any, opcode: Opcode, rsv: RsvBits, length: int) -> Any:
            """Allow it."""
            super().frame_inbound_header(proto, opcode, rsv, length)
            return RsvBits(True, False, False)


@liar(catches=["test_data_that_do_not_inflate_fail_the_connection"])
class OverlooksBrokenData(WithDeflate):
    """What does not inflate is an empty message."""

    class Compression(Deflate):
        """Tolerant."""

        def inflate(self, data: bytes) -> bytes | CloseReason:
            """As much as there is."""
            return self.mended(super().inflate(data))

        def end_message(self) -> bytes | CloseReason:
            """As much as there is."""
            return self.mended(super().end_message())

        def mended(self, content: bytes | CloseReason) -> bytes | CloseReason:
            """Nothing in place of an error, and a new beginning."""
            if content is not CloseReason.INVALID_FRAME_PAYLOAD_DATA:
                return content
            self.inflater = self.make_inflater()
            return b""


@liar(catches=["test_what_becomes_of_data_that_break_off"])
class OverlooksUnfinishedData(WithDeflate):
    """A message whose last block is not complete is as good as another."""

    class Compression(Deflate):
        """As zlib is."""

        def end_message(self) -> bytes | CloseReason:
            """Without a look at the end."""
            return self.inflate(_TAIL)


@liar(catches=["test_what_becomes_of_a_message_that_inflates_to_20_mebibytes"])
class NoLimit(WithDeflate):
    """Messages may be as long as they like."""

    class Compression(Deflate):
        """Without a limit."""

        limit = 1 << 30

    def make_frames(self) -> Frames:
        """Frames without a limit."""
        frames = super().make_frames()
        frames.message_bytes = 1 << 30
        return frames
