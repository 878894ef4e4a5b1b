"""Lies about the messages, pings and pongs of the client."""

from __future__ import annotations

from typing import Any, ClassVar

from compliance.reference.asgi import Message
from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.liar import liar
from compliance.reference.liars.websocket_raw import WithFrames
from compliance.reference.websocket_frames import Frames


@liar(
    catches=[
        "test_each_message_is_one_receive_event",
        "test_a_binary_message_arrives_as_bytes",
        "test_any_binary_message_arrives",
        "test_a_message_of_any_length_form_arrives",
        "test_a_message_of_a_mebibyte_arrives",
        "test_an_empty_binary_message_arrives",
        "test_any_sequence_of_messages_arrives_in_order",
        "test_any_fragments_of_binary_data_are_one_event",
        "test_any_message_comes_back_from_an_echo",
        "test_which_keys_a_receive_event_has",
    ]
)
class AllText(WebSocketCycle):
    """Binary messages are given as text."""

    def receive_event(self, data: Any) -> Message:
        """Decoded as Latin-1."""
        text = data if isinstance(data, str) else data.decode("latin-1")
        return {"type": "websocket.receive", "text": text}


@liar(
    catches=[
        "test_a_text_message_arrives_as_str",
        "test_any_text_message_arrives",
        "test_any_sequence_of_messages_arrives_in_order",
        "test_any_fragments_of_a_text_are_one_event",
        "test_any_message_comes_back_from_an_echo",
    ]
)
class AsciiOnly(WebSocketCycle):
    """Characters outside ASCII are replaced by question marks."""

    def receive_event(self, data: Any) -> Message:
        """With question marks."""
        text = data.encode("ascii", "replace").decode() if isinstance(data, str) else data
        return super().receive_event(text)


@liar(
    catches=[
        "test_text_or_bytes_is_given_and_not_both",
        "test_a_text_message_arrives_as_str",
        "test_which_keys_a_receive_event_has",
    ]
)
class BothKeys(WebSocketCycle):
    """websocket.receive has bytes beside every text."""

    def receive_event(self, data: Any) -> Message:
        """Both."""
        return {"bytes": b"", **super().receive_event(data)}


@liar(catches=["test_an_empty_text_message_arrives", "test_text_or_bytes_is_given_and_not_both"])
class NoneForEmptyText(WebSocketCycle):
    """An empty text is given as None."""

    def receive_event(self, data: Any) -> Message:
        """None for "" alone."""
        return {"type": "websocket.receive", "text": None} if data == "" else super().receive_event(data)


@liar(
    catches=[
        "test_an_empty_text_message_arrives",
        "test_an_empty_binary_message_arrives",
        "test_text_or_bytes_is_given_and_not_both",
    ]
)
class DropsEmptyMessages(WithFrames):
    """Empty messages are dropped."""

    class Frames(Frames):
        """Deaf to silence."""

        def on_message(self, data: Any) -> None:
            """Nothing of nothing."""
            if data:
                super().on_message(data)


@liar(catches=["test_a_message_of_any_length_form_arrives", "test_a_message_of_a_mebibyte_arrives"])
class DropsLongMessages(WithFrames):
    """Messages of 65536 octets and more are dropped."""

    class Frames(Frames):
        """With a limit that it does not tell."""

        def on_message(self, data: Any) -> None:
            """Nothing of too much."""
            if len(data) < 1 << 16:
                super().on_message(data)


@liar(catches=["test_a_message_of_a_mebibyte_arrives"])
class SmallMessages(WithFrames):
    """Messages of more than half a mebibyte are refused."""

    class Frames(Frames):
        """With a low limit."""

        message_bytes = 1 << 19


@liar(catches=["test_a_burst_of_messages_arrives_in_order"])
class ShortQueue(WithFrames):
    """Messages beyond 64 that wait for the application are dropped."""

    class Frames(Frames):
        """With a queue that loses."""

        def on_message(self, data: Any) -> None:
            """Nothing for a full queue."""
            if len(self.cycle.events) < self.queue_length:
                super().on_message(data)


@liar(catches=["test_messages_of_two_connections_do_not_mix"])
class SharedParts(WithFrames):
    """The parts of unfinished messages of all connections are kept in one place."""

    class Frames(Frames):
        """With one place for all."""

        heap: ClassVar[list[Any]] = []

        async def on_part(self, event: Any) -> None:
            """Add it to the heap."""
            self.heap.append(event.data)
            if event.message_finished:
                parts = [part for part in self.heap if type(part) is type(event.data)]
                self.heap.clear()
                self.on_message(type(event.data)().join(parts))

        async def run(self) -> None:
            """Tidy up at the end."""
            await super().run()
            self.heap.clear()


@liar(
    catches=[
        "test_a_fragmented_message_is_one_event",
        "test_each_fragment_may_come_by_itself",
        "test_fragments_may_have_any_length_form",
        "test_a_message_may_have_any_number_of_fragments",
        "test_a_ping_between_fragments_is_answered_at_once",
        "test_any_message_with_control_frames_between_its_fragments_arrives",
        "test_fragments_may_be_empty",
        "test_messages_follow_each_other_whole_or_in_fragments",
        "test_the_first_fragment_says_what_kind_a_message_is",
        "test_any_fragments_of_a_text_are_one_event",
        "test_any_fragments_of_binary_data_are_one_event",
        "test_messages_of_two_connections_do_not_mix",
        "test_a_connection_lost_inside_a_message_is_reported",
    ]
)
class EachFragment(WithFrames):
    """Each fragment is an event of its own."""

    class Frames(Frames):
        """Without patience."""

        async def on_part(self, event: Any) -> None:
            """The parts of a frame are a message."""
            self.parts.append(event.data)
            if event.frame_finished:
                parts, self.parts = self.parts, []
                self.on_message(type(event.data)().join(parts))


@liar(catches=["test_a_message_may_come_byte_by_byte", "test_a_frame_may_come_in_segments"])
class NoSingleBytes(WithFrames):
    """A segment of one octet is passed over."""

    class Frames(Frames):
        """Deaf to whispers."""

        async def handle(self, data: bytes) -> None:
            """Nothing of next to nothing."""
            if len(data) > 1:
                await super().handle(data)


@liar(
    catches=[
        "test_a_ping_is_answered",
        "test_a_ping_is_answered_at_once",
        "test_messages_of_two_connections_do_not_mix",
    ]
)
class NoPongs(WithFrames):
    """Pings are not answered."""

    class Frames(Frames):
        """Without pongs."""

        async def on_ping(self, event: Any) -> None:
            """Nothing."""


@liar(catches=["test_a_ping_is_answered_at_once"])
class LatePongs(WithFrames):
    """Pings are answered when the application asks for the next event."""

    asking = False

    async def receive(self) -> Message:
        """Answer what has been left."""
        self.asking = True
        if isinstance(self.frames, LatePongs.Frames):
            await self.frames.answer()
        event = await super().receive()
        self.asking = False
        return event

    class Frames(Frames):
        """With pongs that wait."""

        def __init__(self, cycle: Any) -> None:
            """Nothing waits yet."""
            super().__init__(cycle)
            self.left: list[Any] = []

        async def on_ping(self, event: Any) -> None:
            """Later, unless the application is asking."""
            self.left.append(event)
            if getattr(self.cycle, "asking", False):
                await self.answer()

        async def answer(self) -> None:
            """Now."""
            left, self.left = self.left, []
            for event in left:
                await super().on_ping(event)


@liar(
    catches=[
        "test_a_ping_is_not_shown_to_the_application",
        "test_a_fragmented_message_is_one_event",
        "test_messages_of_two_connections_do_not_mix",
    ]
)
class ShowsPings(WithFrames):
    """Pings are given to the application as binary messages."""

    class Frames(Frames):
        """That tell all."""

        async def on_ping(self, event: Any) -> None:
            """Answer and tell."""
            await super().on_ping(event)
            self.on_message(bytes(event.payload))


@liar(catches=["test_a_pong_is_not_shown_to_the_application"])
class RefusesPongs(WithFrames):
    """A pong that nobody asked for fails the connection."""

    class Frames(Frames):
        """Suspicious of answers without a question."""

        async def on_pong(self, _event: Any) -> None:
            """Refuse."""
            await self.fail(1002, "nobody asked")


@liar(catches=["test_whether_messages_wait_for_an_application_that_does_not_listen"])
class ReadsAhead(WithFrames):
    """Messages are read and kept, however many they are."""

    class Frames(Frames):
        """Never full."""

        def has_room(self) -> bool:
            """Always."""
            return True
