"""Lies about what is text."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from compliance.reference.liar import liar
from compliance.reference.liars.websocket_frames import LETS_PASS
from compliance.reference.liars.websocket_raw import Head, Rewriting, WithFrames
from compliance.reference.websocket_frames import Frames

TEXT, BINARY = 1, 2
UTF8 = ("test_text_that_is_not_utf8_fails_the_connection", "test_any_octets_are_text_only_if_they_are_utf8")


class AsBytes(Rewriting):
    """Reads texts as bytes and decodes them itself: the base of liars."""

    def __init__(self, cycle: Any) -> None:
        """Nothing has begun."""
        super().__init__(cycle)
        self.kinds: list[int] = []  # of the messages that have begun, the oldest first

    def change(self, head: Head) -> Head:
        """A binary frame for a text."""
        if head.opcode in {TEXT, BINARY}:
            self.kinds.append(head.opcode)
        return replace(head, first=head.first + TEXT) if head.opcode == TEXT else head

    def on_message(self, data: Any) -> None:
        """Decode a text."""
        super().on_message(self.decode(bytes(data)) if self.kinds.pop(0) == TEXT else data)

    def decode(self, data: bytes) -> str:
        """The text of these bytes."""
        raise NotImplementedError


@liar(
    catches=[
        *UTF8,
        *LETS_PASS,
        "test_whether_an_invalid_fragment_is_refused_at_once",
        "test_whether_an_invalid_part_of_a_frame_is_refused_at_once",
    ]
)
class ReplacesOctets(WithFrames):
    """What is not UTF-8 is replaced in a text."""

    class Frames(AsBytes):
        """Without a judgement."""

        def decode(self, data: bytes) -> str:
            """With question marks."""
            return data.decode(errors="replace")


@liar(catches=["test_every_character_of_unicode_is_text"])
class RefusesNoncharacters(WithFrames):
    """A text with U+FFFE or U+FFFF is refused."""

    class Frames(Frames):
        """That know too much."""

        async def on_part(self, event: Any) -> None:
            """Look for them."""
            if isinstance(event.data, str) and {"\ufffe", "\uffff"} & set(event.data):
                await self.fail(1007, "no character")
            else:
                await super().on_part(event)


class Checking(AsBytes):
    """Checks whether the bytes of a part are UTF-8: the base of liars."""

    def decode(self, data: bytes) -> str:
        """Checked already."""
        return data.decode(errors="replace")

    def due(self, event: Any) -> bytes | None:
        """What has to be UTF-8 by now."""
        raise NotImplementedError

    async def on_part(self, event: Any) -> None:
        """Check what is due."""
        due = self.due(event) if self.kinds[0] == TEXT else None
        if due is None or self.is_text(due):
            await super().on_part(event)
        else:
            await self.fail(1007, "no UTF-8")

    def is_text(self, data: bytes) -> bool:
        """Whether these bytes are UTF-8."""
        return data.decode(errors="replace").encode() == data

    def whole(self, event: Any) -> bytes | None:
        """A message that is complete with this part."""
        return b"".join([*map(bytes, self.parts), bytes(event.data)]) if event.message_finished else None


@liar(
    catches=[
        "test_a_fragment_may_end_within_a_character",
        "test_every_octet_of_a_text_may_be_a_fragment",
        "test_any_fragments_of_a_text_are_one_event",
    ]
)
class WholeFragments(WithFrames):
    """Each fragment of a text must be UTF-8."""

    class Frames(Checking):
        """Fragment by fragment."""

        frame = b""

        def due(self, event: Any) -> bytes | None:
            """A frame that is complete."""
            frame = self.frame + bytes(event.data)
            self.frame = b"" if event.frame_finished else frame
            return frame if event.frame_finished else None


@liar(catches=["test_a_segment_may_end_within_a_character"])
class WholeSegments(WithFrames):
    """Each segment of a text must be UTF-8."""

    class Frames(Checking):
        """Read by read."""

        def due(self, event: Any) -> bytes | None:
            """What has come of a frame, and the whole in the end."""
            return self.whole(event) if event.frame_finished else bytes(event.data)


@liar(
    catches=[
        "test_whether_an_invalid_fragment_is_refused_at_once",
        "test_whether_an_invalid_part_of_a_frame_is_refused_at_once",
    ]
)
class PatientWithText(WithFrames):
    """A text is checked when it is complete."""

    class Frames(Checking):
        """At the end."""

        def due(self, event: Any) -> bytes | None:
            """A message that is complete."""
            return self.whole(event)


@liar(
    catches=[
        "test_text_that_is_not_utf8_fails_the_connection",
        "test_a_violation_gives_the_application_no_message",
        "test_whether_an_invalid_fragment_is_refused_at_once",
        "test_whether_an_invalid_part_of_a_frame_is_refused_at_once",
    ]
)
class TakesSurrogates(WithFrames):
    """Surrogates are characters; a text is checked when it is complete."""

    class Frames(Checking):
        """That know half a character."""

        def due(self, event: Any) -> bytes | None:
            """A message that is complete."""
            return self.whole(event)

        def is_text(self, data: bytes) -> bool:
            """Whether these bytes are UTF-8 with surrogates."""
            try:
                return bool(data.decode(errors="surrogatepass")) or not data
            except UnicodeDecodeError:
                return False
