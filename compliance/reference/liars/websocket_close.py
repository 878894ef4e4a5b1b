"""Lies about Close frames, and about applications that end."""

from __future__ import annotations

from typing import Any

from wsproto.connection import ConnectionState
from wsproto.events import CloseConnection, TextMessage

from compliance.reference.asgi import Message
from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.liar import liar
from compliance.reference.liars.websocket_raw import WithFrames, raw
from compliance.reference.websocket_frames import Frames


class OtherClose(WebSocketCycle):
    """A WebSocket that changes the application's close: the base of liars."""

    async def send_close(self, message: Message) -> None:
        """The changed close, once accepted."""
        await super().send_close(message if self.frames is None else self.change(message))

    def change(self, message: Message) -> Message:
        """The message that is carried out."""
        raise NotImplementedError


@liar(
    catches=[
        "test_the_close_frame_has_the_applications_code",
        "test_a_close_without_reason_has_none",
        "test_the_code_after_the_applications_own_close",
    ]
)
class AlwaysNormal(OtherClose):
    """Every Close frame has the code 1000."""

    def change(self, message: Message) -> Message:
        """Without the code."""
        return {**message, "code": 1000}


@liar(catches=["test_the_default_code_is_1000"])
class GoesAway(OtherClose):
    """The default code is 1001."""

    def change(self, message: Message) -> Message:
        """With another default."""
        return {"code": 1001, **message}


@liar(
    catches=[
        "test_the_close_frame_has_the_applications_reason",
        "test_the_applications_close_is_a_frame_with_code_and_reason",
    ]
)
class NoReason(OtherClose):
    """The application's reason is not sent."""

    def change(self, message: Message) -> Message:
        """Without it."""
        return {**message, "reason": ""}


@liar(catches=["test_a_close_without_reason_has_none"])
class DefaultReason(OtherClose):
    """Where the application gives no reason, "closed" is sent."""

    def change(self, message: Message) -> Message:
        """With one."""
        return {**message, "reason": message.get("reason") or "closed"}


class RawClose(WithFrames):
    """A WebSocket that writes Close frames itself, legal or not: the base of liars."""

    class Frames(Frames):
        """Without a judgement."""

        async def close(self, code: int, reason: str) -> None:
            """Write the frame; the protocol need not know of another one."""
            if self.protocol.state is ConnectionState.OPEN:
                self.protocol.send(CloseConnection(code=1000))
            self.set_closed(code, reason)
            await self.stream.write(raw(8, (code % 65536).to_bytes(2) + reason.encode()))
            self.stream.wake()


@liar(catches=["test_a_reason_that_is_too_long_gives_no_illegal_frame"])
class LongReasons(RawClose):
    """A reason of any length is sent."""


@liar(catches=["test_a_reserved_code_is_not_sent", "test_a_code_that_does_not_exist_is_not_sent"])
class AnyCode(RawClose):
    """Any code is sent."""

    tolerated = (*WebSocketCycle.tolerated, "asgi.ws.app.close_code_valid")

    class Frames(RawClose.Frames):
        """With short reasons."""

        async def close(self, code: int, reason: str) -> None:
            """Write the frame, unless it would be too long."""
            await super().close(code, reason if len(reason.encode()) <= 123 else "")


@liar(catches=["test_no_message_follows_the_close_frame"])
class SpeaksOn(WithFrames):
    """Text after the application's close is sent."""

    async def send(self, message: Any) -> None:
        """Write the frame."""
        own = isinstance(self.frames, self.Frames) and self.frames.own
        if own and isinstance(message, dict) and message.get("text"):
            await self.stream.write(raw(1, message["text"].encode()))
        await super().send(message)

    class Frames(Frames):
        """That know who has closed."""

        own = False

        async def close(self, code: int, reason: str) -> None:
            """Take it down."""
            self.own = True
            await super().close(code, reason)


@liar(catches=["test_a_second_close_sends_no_second_frame"])
class ClosesAgain(WithFrames):
    """A second close sends a second Close frame."""

    async def send(self, message: Any) -> None:
        """Write the frame."""
        own = isinstance(self.frames, self.Frames) and self.frames.own
        if own and message == {"type": "websocket.close", "code": 4002}:
            await self.stream.write(raw(8, (4002).to_bytes(2)))
        await super().send(message)

    class Frames(Frames):
        """That know who has closed."""

        own = False

        async def close(self, code: int, reason: str) -> None:
            """Take it down."""
            self.own = True
            await super().close(code, reason)


@liar(
    catches=[
        "test_the_connection_ends_after_the_closing_handshake",
        "test_no_message_follows_the_close_frame",
        "test_a_second_close_sends_no_second_frame",
        "test_a_return_ends_the_connection",
        "test_an_error_ends_the_connection",
        "test_an_end_within_a_message_of_the_client_ends_the_connection",
    ]
)
class StaysOpen(WithFrames):
    """After the closing handshake the server leaves the end of the connection to the client."""

    class Frames(Frames):
        """With time."""

        closing_seconds = 1000.0

        async def on_close(self, event: Any) -> None:
            """Wait for the client to go."""
            if self.protocol.state is ConnectionState.CLOSED:
                while not self.stream.eof:
                    await self.stream.changed()
            await super().on_close(event)


@liar(
    catches=[
        "test_the_clients_close_is_answered",
        "test_the_clients_close_is_answered_at_once",
        "test_the_answer_to_a_close_has_its_code",
        "test_the_answer_to_an_empty_close_has_no_reserved_code",
    ]
)
class NoAnswer(WithFrames):
    """A Close frame of the client is not answered; the connection just ends."""

    class Frames(Frames):
        """Without manners."""

        async def on_close(self, event: Any) -> None:
            """Hang up."""
            if self.protocol.state is ConnectionState.REMOTE_CLOSING:
                self.set_closed(int(event.code), event.reason or "")
                self.ended.set()
            else:
                await super().on_close(event)


@liar(catches=["test_the_clients_close_is_answered_at_once"])
class LateAnswer(WithFrames):
    """A Close frame of the client is answered when the application asks for the next event."""

    asking = False

    async def receive(self) -> Message:
        """Let the answer go."""
        self.asking = True
        self.stream.wake()
        event = await super().receive()
        self.asking = False
        return event

    class Frames(Frames):
        """That wait for the application."""

        async def on_close(self, event: Any) -> None:
            """Not before the application asks, or the client goes."""
            while self.protocol.state is ConnectionState.REMOTE_CLOSING and not (
                getattr(self.cycle, "asking", True) or self.stream.eof
            ):
                await self.stream.changed()
            await super().on_close(event)


@liar(catches=["test_the_answer_to_a_close_has_its_code"])
class NormalAnswer(WithFrames):
    """A Close frame of the client is answered with 1000."""

    class Frames(Frames):
        """Always polite."""

        async def write(self, event: Any) -> None:
            """Another code, in an answer."""
            if self.protocol.state is ConnectionState.REMOTE_CLOSING:
                event = CloseConnection(code=1000)
            await super().write(event)


@liar(catches=["test_the_answer_to_an_empty_close_has_no_reserved_code"])
class SaysNoStatus(WithFrames):
    """A Close frame without a code is answered with 1005."""

    class Frames(Frames):
        """That write what is not to be written."""

        async def on_close(self, event: Any) -> None:
            """Answer with the local code."""
            if self.protocol.state is ConnectionState.REMOTE_CLOSING and event.code == 1005:
                self.set_closed(1005, "")
                await self.stream.write(raw(8, (1005).to_bytes(2)))
                self.ended.set()
            else:
                await super().on_close(event)


class LeavesOpen(WebSocketCycle):
    """A WebSocket that can leave a connection to the client: the base of liars."""

    async def wait_for_the_client(self) -> None:
        """Until it goes, or closes."""
        while self.frames is not None and self.closed is None:
            await self.stream.changed()


@liar(
    catches=[
        "test_a_return_ends_the_connection",
        "test_the_code_of_a_return",
        "test_an_end_within_a_message_of_the_client_ends_the_connection",
    ]
)
class StaysAfterReturn(LeavesOpen):
    """The connection outlives an application that returned."""

    async def on_return(self) -> None:
        """Wait."""
        await self.wait_for_the_client()
        await super().on_return()


@liar(
    catches=[
        "test_an_error_ends_the_connection",
        "test_the_code_of_an_error",
        "test_an_end_within_a_message_of_the_client_ends_the_connection",
        "test_an_error_ends_no_other_connection",
        "test_an_error_is_noticed_after_one_at_the_accept_of_another",
    ]
)
class StaysAfterAnError(LeavesOpen):
    """The connection outlives an application that raised."""

    async def on_error(self) -> None:
        """Wait."""
        await self.wait_for_the_client()
        await super().on_error()


@liar(catches=["test_the_code_of_a_return", "test_the_code_of_an_error"])
class CodesAreSwapped(WebSocketCycle):
    """A return closes with 1011, an error with 1000."""

    return_code = 1011
    error_code = 1000


@liar(catches=["test_what_was_sent_before_the_end_arrives"])
class LosesTheLast(WithFrames):
    """What the application sent right before it ended is lost."""

    async def settle(self, error: BaseException | None) -> None:
        """Forget what was not written yet."""
        if isinstance(self.frames, LosesTheLast.Frames) and self.closed is None:
            self.frames.held = b""
        await super().settle(error)

    class Frames(Frames):
        """That write in the next turn of the event loop."""

        held = b""

        async def write(self, event: Any) -> None:
            """Hold a text for a turn; anything else takes it along."""
            self.stream.raise_if_lost()
            if isinstance(event, TextMessage):
                self.held += self.protocol.send(event)
                self.cycle.server.loop.call_soon(self.flush)
            else:
                self.flush()
                await super().write(event)

        def flush(self) -> None:
            """Write it."""
            held, self.held = self.held, b""
            if not self.stream.lost:
                self.stream.transport.write(held)


@liar(catches=["test_an_error_ends_no_other_connection"])
class EndsThemAll(WebSocketCycle):
    """When an application raises, all connections end."""

    async def on_error(self) -> None:
        """All others first."""
        for connection in list(self.server.connections - {self.connection}):
            connection.stream.abort()
        await super().on_error()
