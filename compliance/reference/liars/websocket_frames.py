"""Lies about what a client's frames may be: masks, reserved bits, opcodes, lengths, control frames."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from compliance.reference.liar import liar
from compliance.reference.liars.websocket_raw import Head, Rewriting, WithFrames, shortest
from compliance.reference.websocket_frames import Frames

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


class Following(Rewriting):
    """Knows whether a message is in progress: the base of liars."""

    begun = False

    def change(self, head: Head) -> Head | None:
        """Note what a data frame begins or ends."""
        changed = self.follow(head) if head.opcode < FIRST_CONTROL else head
        if head.opcode < FIRST_CONTROL and changed is not None:
            self.begun = not head.final
        return changed

    def follow(self, head: Head) -> Head | None:
        """The head of a data frame that is judged."""
        raise NotImplementedError


@liar(catches=["test_a_message_within_a_message_fails_the_connection", *LETS_PASS])
class GoesOnWithAnything(WithFrames):
    """A new message within another goes on with that one."""

    class Frames(Following):
        """That see a continuation."""

        def follow(self, head: Head) -> Head:
            """A continuation within a message."""
            return replace(head, first=head.first & 0xF0) if self.begun else head


@liar(catches=["test_a_continuation_of_nothing_fails_the_connection", *LETS_PASS])
class BeginsWithAnything(WithFrames):
    """A continuation without a beginning is a text."""

    class Frames(Following):
        """That see a beginning."""

        def follow(self, head: Head) -> Head:
            """A text for a continuation of nothing."""
            lost = not self.begun and head.opcode == 0
            return replace(head, first=head.first | TEXT) if lost else head


@liar(
    catches=[
        "test_fragments_may_be_empty",
        "test_a_continuation_of_nothing_fails_the_connection",
        "test_any_message_with_control_frames_between_its_fragments_arrives",
    ]
)
class DropsEmptyFragments(WithFrames):
    """A continuation without content is passed over, even the last one."""

    class Frames(Rewriting):
        """That skip it."""

        def change(self, head: Head) -> Head | None:
            """Nothing for such a frame."""
            return None if head.opcode == 0 and not head.size else head


@liar(
    catches=[
        "test_a_message_may_have_any_number_of_fragments",
        "test_each_fragment_may_come_by_itself",
        "test_every_octet_of_a_text_may_be_a_fragment",
    ]
)
class FewFragments(WithFrames):
    """A message of more than eight fragments is refused."""

    class Frames(Frames):
        """With few hands."""

        async def on_part(self, event: Any) -> None:
            """Refuse the ninth."""
            if len(self.parts) == 8:
                await self.fail(1009, "too many fragments")
            else:
                await super().on_part(event)


@liar(catches=["test_messages_follow_each_other_whole_or_in_fragments"])
class KeepsTheKind(WithFrames):
    """A whole text behind a binary message in fragments is binary."""

    class Frames(Following):
        """That remember for too long."""

        kind = 0

        def follow(self, head: Head) -> Head:
            """With the kind of the fragments before it, if there were."""
            if not head.final and head.opcode:
                self.kind = head.opcode
            return replace(head, first=head.first & 0xF0 | self.kind) if head.opcode and self.kind else head


@liar(
    catches=[
        "test_the_first_fragment_says_what_kind_a_message_is",
        "test_each_fragment_may_come_by_itself",
        "test_fragments_may_be_empty",
        "test_a_message_may_have_any_number_of_fragments",
        "test_a_ping_between_fragments_is_answered_at_once",
    ]
)
class BytesInFragments(WithFrames):
    """A text in fragments is given as bytes."""

    class Frames(Frames):
        """That forget the kind."""

        pieces = 0

        async def on_part(self, event: Any) -> None:
            """Count the frames of the message."""
            self.pieces += event.frame_finished
            await super().on_part(event)

        def on_message(self, data: Any) -> None:
            """Bytes, if there was more than one."""
            pieces, self.pieces = self.pieces, 0
            super().on_message(data.encode() if pieces > 1 and isinstance(data, str) else data)


@liar(catches=["test_a_ping_between_fragments_is_answered_at_once"])
class FinishesFirst(WithFrames):
    """A ping within a message is answered behind it."""

    class Frames(Frames):
        """That do one thing at a time."""

        async def on_ping(self, event: Any) -> None:
            """Now, or never if a message is in progress."""
            if not self.parts:
                await super().on_ping(event)


@liar(catches=["test_any_message_with_control_frames_between_its_fragments_arrives"])
class PongsEndMessages(WithFrames):
    """A pong within a message is part of it."""

    class Frames(Frames):
        """That take everything."""

        async def on_pong(self, event: Any) -> None:
            """Add it to the bytes."""
            if self.parts:
                self.parts.append(bytes(event.payload))


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
