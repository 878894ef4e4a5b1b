"""Lies about messages in fragments, and about what may come between them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from compliance.reference.liar import liar
from compliance.reference.liars.websocket_frames import FIRST_CONTROL, LETS_PASS, TEXT
from compliance.reference.liars.websocket_raw import Head, Rewriting, WithFrames
from compliance.reference.websocket_frames import Frames


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
