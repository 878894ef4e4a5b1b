"""Lies about what a client's frames may be: masks, reserved bits, opcodes, lengths, control frames."""

from __future__ import annotations

import os
from dataclasses import replace

from compliance.reference.liar import liar
from compliance.reference.liars.websocket_raw import Head, Rewriting, WithFrames, shortest

TEXT, PONG, FIRST_CONTROL = 1, 10, 8
LETS_PASS = (
    "test_a_violation_gives_the_application_no_message",
    "test_a_violation_is_answered_by_a_close_frame",
    "test_a_violation_ends_the_connection",
    "test_a_violation_ends_the_connection_however_slowly_it_comes",
    "test_what_follows_a_violation_is_not_processed",
)


@liar(
    catches=["test_an_unmasked_frame_fails_the_connection", "test_what_answers_an_unmasked_frame", *LETS_PASS]
)
class NeedsNoMask(WithFrames):
    """A frame without a mask is taken like any other."""

    class Frames(Rewriting):
        """That mask it with zeros."""

        def change(self, head: Head) -> Head:
            """With a mask that changes nothing."""
            return replace(head, mask=head.mask or bytes(4))


@liar(
    catches=[
        "test_each_frame_is_unmasked_with_its_own_key",
    ]
)
class FirstKey(WithFrames):
    """The masking key of the first frame unmasks all."""

    class Frames(Rewriting):
        """With one key."""

        key: bytes | None = None

        def change(self, head: Head) -> Head:
            """With the first key."""
            self.key = self.key or head.mask
            return replace(head, mask=head.mask and self.key)


@liar(
    catches=[
        "test_a_frame_is_unmasked",
        "test_any_frame_is_unmasked",
        "test_each_frame_is_unmasked_with_its_own_key",
    ]
)
class ShortKey(WithFrames):
    """The last octet of a masking key is taken to be that of the example in the RFC."""

    class Frames(Rewriting):
        """With three octets of key."""

        def change(self, head: Head) -> Head:
            """With another last octet."""
            return replace(head, mask=head.mask and head.mask[:3] + b"\x3d")


@liar(catches=["test_a_reserved_bit_fails_the_connection", *LETS_PASS])
class NoReservedBits(WithFrames):
    """Reserved bits are not looked at."""

    class Frames(Rewriting):
        """That clear them."""

        def change(self, head: Head) -> Head:
            """Without them."""
            return replace(head, first=head.first & 0x8F)


@liar(catches=["test_an_unknown_opcode_fails_the_connection", *LETS_PASS])
class AnyOpcode(WithFrames):
    """Unknown data frames are text, and unknown control frames mean nothing."""

    class Frames(Rewriting):
        """That know everything."""

        def change(self, head: Head) -> Head:
            """With an opcode that exists."""
            known = {3: TEXT, 4: TEXT, 5: TEXT, 6: TEXT, 7: TEXT} | dict.fromkeys(range(11, 16), PONG)
            return replace(head, first=head.first & 0xF0 | known.get(head.opcode, head.opcode))


@liar(
    catches=[
        "test_a_length_of_64_bits_fails_the_connection",
        "test_what_becomes_of_a_length_with_more_octets_than_it_needs",
        "test_a_violation_gives_the_application_no_message",
        "test_a_violation_is_answered_by_a_close_frame",
        "test_a_violation_ends_the_connection",
    ]
)
class AnyLength(WithFrames):
    """The highest bit of a length is ignored, and so is how many octets it needs."""

    class Frames(Rewriting):
        """With 63 bits."""

        def change(self, head: Head) -> Head:
            """With a possible length in its shortest form."""
            size = head.size & ~(1 << 63)
            return replace(head, size=size, octets=shortest(size))


@liar(
    catches=[
        "test_a_message_is_as_long_as_its_frame_says",
        "test_fragments_may_have_any_length_form",
        "test_a_message_of_any_length_form_arrives",
    ]
)
class SignedLengths(WithFrames):
    """Lengths of 32768 and more are refused, as if they were negative."""

    class Frames(Rewriting):
        """With 15 bits."""

        def change(self, head: Head) -> Head:
            """With a length that is impossible, for one that is too long."""
            return replace(head, first=head.first | 0x70) if head.size & 0x8000 else head


@liar(
    catches=[
        "test_a_frame_that_is_said_to_be_huge_does_no_harm",
        "test_whether_a_huge_length_is_refused_at_once",
    ]
)
class TrustsLengths(WithFrames):
    """The server ends when a client announces more than it could ever hold."""

    class Frames(Rewriting):
        """That make room at once."""

        def change(self, head: Head) -> Head:
            """Unchanged, if there is room."""
            if 1 << 60 < head.size < 1 << 63:
                os._exit(1)
            return head


@liar(catches=["test_whether_a_huge_length_is_refused_at_once"])
class LooksAhead(WithFrames):
    """A length that is too much is refused before what it announces has come."""

    class Frames(Rewriting):
        """That look at heads."""

        def change(self, head: Head) -> Head:
            """Unchanged; what is possible but too much is announced as impossible."""
            return replace(head, size=1 << 63) if 1 << 40 < head.size < 1 << 63 else head


@liar(catches=["test_a_fragmented_control_frame_fails_the_connection", *LETS_PASS[1:]])
class PartsOfPings(WithFrames):
    """A control frame that is not final is taken for one that is."""

    class Frames(Rewriting):
        """That end it."""

        def change(self, head: Head) -> Head:
            """Final, if it is a control frame."""
            return replace(head, first=head.first | 0x80) if head.opcode >= FIRST_CONTROL else head


@liar(
    catches=[
        "test_a_control_frame_of_over_125_octets_fails_the_connection",
        "test_a_violation_ends_the_connection_however_slowly_it_comes",
        "test_a_violation_is_answered_by_a_close_frame",
        "test_a_violation_ends_the_connection",
        "test_what_follows_a_violation_is_not_processed",
    ]
)
class IgnoresLongControl(WithFrames):
    """A control frame that is too long is passed over."""

    class Frames(Rewriting):
        """That skip it."""

        def change(self, head: Head) -> Head | None:
            """Nothing for such a frame."""
            return None if head.opcode >= FIRST_CONTROL and head.size > 125 else head


@liar(
    catches=[
        "test_a_frame_may_come_in_segments",
        "test_a_frame_may_come_in_many_segments",
        "test_a_segment_may_end_within_the_next_frame",
        "test_a_message_is_as_long_as_its_frame_says",
    ]
)
class WholeFrames(WithFrames):
    """What a segment holds beyond whole frames is lost."""

    class Frames(Rewriting):
        """That keep nothing."""

        def change(self, head: Head) -> Head:
            """Unchanged."""
            return head

        async def handle(self, data: bytes) -> None:
            """Forget what is left over; a frame has to come at once."""
            await super().handle(data)
            self.inbox = b""
            if self.left:
                await self.fail(1002, "half a frame")
