"""Lies about the messages of the application."""

from __future__ import annotations

import asyncio
from typing import Any

from wsproto import events

from compliance.reference.asgi import Message
from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.errors import ApplicationError, ClientDisconnected
from compliance.reference.liar import liar
from compliance.reference.liars.websocket_raw import WithFrames, raw
from compliance.reference.websocket_frames import Frames


@liar(
    catches=[
        "test_a_str_is_sent_as_a_text_message",
        "test_the_first_frame_of_a_message_says_its_kind",
        "test_any_str_is_sent",
        "test_any_message_comes_back_from_an_echo",
        "test_a_key_of_none_is_a_missing_key",
        "test_an_empty_message_is_sent",
        "test_what_was_sent_before_the_end_arrives",
        "test_a_denial_after_accept_leaves_no_trace_on_the_wire",
    ]
)
class AllBinary(WithFrames):
    """Text is sent as binary messages."""

    class Frames(Frames):
        """Of one kind."""

        async def send_text(self, text: str) -> None:
            """As octets."""
            await self.send_bytes(text.encode())


@liar(
    catches=[
        "test_any_bytes_are_sent",
        "test_any_message_comes_back_from_an_echo",
        "test_a_key_of_none_is_a_missing_key",
        "test_an_empty_message_is_sent",
        "test_a_large_message_arrives_whole",
        "test_the_first_frame_of_a_message_says_its_kind",
    ]
)
class AllText(WithFrames):
    """Octets are sent as text messages."""

    class Frames(Frames):
        """Of the other kind."""

        async def send_bytes(self, data: bytes) -> None:
            """As characters."""
            await self.send_text(data.decode("latin-1"))


@liar(catches=["test_a_key_of_none_is_a_missing_key", "test_an_empty_message_is_sent"])
class PresenceCounts(WebSocketCycle):
    """A key that is there counts, also where it is None."""

    async def send_message(self, message: Message) -> None:
        """Refuse None."""
        if None in message.values():
            raise ApplicationError("asgi.ws.send.none_key_ignored", "None is no content")
        await super().send_message(message)


@liar(catches=["test_an_empty_message_is_sent"])
class SendsNothingEmpty(WebSocketCycle):
    """Empty messages are not sent."""

    async def send_message(self, message: Message) -> None:
        """Nothing of nothing."""
        if message.get("text") or message.get("bytes"):
            await super().send_message(message)


@liar(catches=["test_a_large_message_arrives_whole"])
class CutsLongMessages(WithFrames):
    """Of a message at most half a mebibyte is sent."""

    class Frames(Frames):
        """With a limit."""

        async def send_bytes(self, data: bytes) -> None:
            """The beginning."""
            await super().send_bytes(data[: 1 << 19])


@liar(catches=["test_what_becomes_of_a_message_of_sixteen_mebibytes"])
class Fragments(WithFrames):
    """Long messages are sent in fragments of four mebibytes."""

    class Frames(Frames):
        """In pieces."""

        async def send_bytes(self, data: bytes) -> None:
            """Piece by piece."""
            size = 4 << 20
            for start in range(0, len(data) or 1, size):
                last = start + size >= len(data)
                await self.write(events.BytesMessage(data=data[start : start + size], message_finished=last))


@liar(catches=["test_messages_are_sent_in_order", "test_messages_before_close_are_sent"])
class SwapsMessages(WithFrames):
    """The tenth message is sent after the eleventh."""

    class Frames(Frames):
        """That hold one back."""

        count = 0
        held = ""

        async def send_text(self, text: str) -> None:
            """Hold it, or send it with the one that was held."""
            self.count += 1
            if self.count == 10:
                self.held = text
                return
            await super().send_text(text)
            if self.count == 11:
                await super().send_text(self.held)


@liar(
    catches=[
        "test_messages_of_the_server_are_not_masked",
        "test_what_follows_a_refused_message_is_well_formed",
    ]
)
class MasksMessages(WithFrames):
    """Text messages of the server are masked."""

    class Frames(Frames):
        """As a client's."""

        async def send_text(self, text: str) -> None:
            """With a mask."""
            await self.stream.write(raw(1, text.encode(), mask=b"mask"))


@liar(catches=["test_reserved_bits_are_zero"])
class SetsReservedBits(WithFrames):
    """Frames of long texts say that they are compressed, without being so."""

    class Frames(Frames):
        """With a bit too much."""

        async def send_text(self, text: str) -> None:
            """With the first reserved bit."""
            if len(text) < 1000:
                await super().send_text(text)
            else:
                await self.stream.write(raw(1, text.encode(), first=0xC0))


@liar(catches=["test_frames_have_the_shortest_length_form"])
class LongForm(WithFrames):
    """The length of a binary message always has two octets more."""

    class Frames(Frames):
        """With room to spare."""

        async def send_bytes(self, data: bytes) -> None:
            """In the longer form."""
            await self.stream.write(raw(2, data, long=True))


@liar(catches=["test_a_message_waits_for_a_client_that_does_not_read"])
class NeverWaits(WithFrames):
    """send does not wait for the client."""

    class Frames(Frames):
        """With a buffer without end."""

        async def write(self, event: Any) -> None:
            """Into the buffer."""
            self.stream.raise_if_lost()
            self.stream.transport.write(self.protocol.send(event))


@liar(catches=["test_a_waiting_send_ends_when_the_client_goes_away"])
class WaitsForEver(WithFrames):
    """A send that waits for the client goes on waiting when the client has gone."""

    class Frames(Frames):
        """Faithful beyond the end."""

        async def send_bytes(self, data: bytes) -> None:
            """Wait on."""
            try:
                await super().send_bytes(data)
            except ClientDisconnected:
                await asyncio.Event().wait()


class Forgiving(WebSocketCycle):
    """A WebSocket that drops what it should refuse for one reason: the base of liars."""

    forgiven: tuple[str, ...] = ()

    async def send(self, message: Any) -> None:
        """Nothing, for a message with that fault."""
        found = {problem.requirement for problem in self.conversation.judge("send", message)}
        if not found & {*self.forgiven}:
            await super().send(message)


@liar(catches=["test_a_message_without_content_raises"])
class ForgivesNoContent(Forgiving):
    """A message without content is dropped."""

    forgiven = ("asgi.ws.send.exactly_one_app",)

    async def send(self, message: Any) -> None:
        """Only without content."""
        both = isinstance(message, dict) and "text" in message and message.get("bytes") is not None
        await (WebSocketCycle.send(self, message) if both else super().send(message))


@liar(catches=["test_a_message_with_both_contents_raises"])
class ForgivesBothContents(WebSocketCycle):
    """Of a message with both contents the text is sent."""

    async def send(self, message: Any) -> None:
        """Without the octets."""
        if isinstance(message, dict) and message.get("text") is not None and message.get("bytes") is not None:
            message = {"type": "websocket.send", "text": message["text"]}
        await super().send(message)


@liar(catches=["test_a_message_with_both_contents_raises", "test_two_contents_are_not_two_messages"])
class SendsBothContents(WebSocketCycle):
    """A message with both contents is two messages."""

    async def send(self, message: Any) -> None:
        """One after the other."""
        if isinstance(message, dict) and message.get("text") is not None and message.get("bytes") is not None:
            await super().send({"type": "websocket.send", "bytes": message["bytes"]})
            message = {"type": "websocket.send", "text": message["text"]}
        await super().send(message)


@liar(catches=["test_content_of_the_wrong_type_raises"])
class ForgivesWrongTypes(Forgiving):
    """Content of the wrong type is dropped."""

    forgiven = ("asgi.ws.send.wrong_type",)


@liar(catches=["test_an_event_of_no_known_type_raises", "test_an_unknown_event_before_accept_raises"])
class ForgivesUnknownEvents(Forgiving):
    """Unknown events are dropped."""

    forgiven = ("asgi.core.error.send_unknown_type",)


@liar(catches=["test_an_event_without_a_type_raises"])
class ForgivesNoType(Forgiving):
    """Events without a type are dropped."""

    forgiven = ("asgi.core.event.type_present",)


@liar(catches=["test_an_event_that_is_no_dict_raises"])
class ForgivesOtherThanDicts(Forgiving):
    """What is no dict is dropped."""

    forgiven = ("asgi.core.event.is_dict",)


@liar(catches=["test_accept_with_values_of_wrong_types_raises"])
class ForgivesWrongAccepts(Forgiving):
    """accept with values of wrong types is dropped."""

    forgiven = ("asgi.ws.accept.headers", "asgi.ws.accept.subprotocol")


@liar(catches=["test_close_with_a_code_that_is_no_int_raises"])
class ForgivesWrongCodes(Forgiving):
    """close with a code that does not exist is dropped."""

    forgiven = ("asgi.ws.app.close_code_valid",)


@liar(catches=["test_unknown_keys_do_not_matter", "test_unknown_keys_of_a_close_do_not_matter"])
class RefusesUnknownKeys(WebSocketCycle):
    """A message with an unknown key is refused."""

    def validate(self, message: Any) -> Message:
        """Refuse it."""
        if isinstance(message, dict) and any(str(key).startswith("x-") for key in message):
            raise ApplicationError("asgi.core.error.extra_keys_server", "an unknown key")
        return super().validate(message)


@liar(catches=["test_what_follows_a_refused_message_is_well_formed"])
class WritesErrors(WebSocketCycle):
    """When content of the wrong type is refused, a frame of no known kind tells the client."""

    async def send(self, message: Any) -> None:
        """Tell everybody."""
        try:
            await super().send(message)
        except ApplicationError as error:
            if error.requirement == "asgi.ws.send.wrong_type":
                await self.stream.write(raw(1, b"error", first=0xF0))
            raise


@liar(catches=["test_a_lone_surrogate_is_not_sent"])
class SendsSurrogates(WithFrames):
    """Lone surrogates are sent as three octets."""

    class Frames(Frames):
        """That let everything pass."""

        async def send_text(self, text: str) -> None:
            """Encoded as no decoder wants it."""
            if text.isascii() or text.encode(errors="ignore").decode() == text:
                await super().send_text(text)
            else:
                await self.stream.write(raw(1, text.encode(errors="surrogatepass")))
