"""Lies about Close frames of the client, and about the end of connections behind them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wsproto.connection import ConnectionState

from compliance.reference.liar import liar
from compliance.reference.liars.websocket_raw import Head, Rewriting, WithFrames, raw
from compliance.reference.websocket_frames import Frames

CLOSE, PONG = 8, 10
NO_STATUS, PROTOCOL_ERROR, INVALID_DATA = 1005, 1002, 1007
FAILING = "test_a_violation_is_answered_by_a_close_frame"


def is_text(data: bytes) -> bool:
    """Whether these bytes are UTF-8."""
    return data.decode(errors="replace").encode() == data


class OwnJudgement(Rewriting):
    """Judges the content of Close frames itself: the base of liars. A Close frame is read as a pong."""

    def __init__(self, cycle: Any) -> None:
        """No pong has come."""
        super().__init__(cycle)
        self.closes: list[bool] = []  # for each pong that is on its way, whether it is a Close frame

    def change(self, head: Head) -> Head:
        """A pong for a Close frame."""
        if head.opcode in {CLOSE, PONG}:
            self.closes.append(head.opcode == CLOSE)
        return replace(head, first=head.first & 0xF0 | PONG) if head.opcode == CLOSE else head

    async def on_pong(self, event: Any) -> None:
        """Deal with a Close frame."""
        if self.closes.pop(0):
            await self.closed_with(bytes(event.payload))

    async def closed_with(self, payload: bytes) -> None:
        """Answer a Close frame with itself, or fail the connection."""
        fault = self.fault(payload)
        if self.cycle.closed is None and fault:
            await self.fail(fault, "an invalid Close frame")
        elif self.cycle.closed is None:
            self.set_closed(int.from_bytes(payload[:2]) if payload else NO_STATUS, "")
            await self.stream.write(raw(CLOSE, payload))
        self.ended.set()

    def fault(self, payload: bytes) -> int:
        """The code that answers an invalid payload; 0 for a valid one."""
        code = int.from_bytes(payload[:2])
        known = 1000 <= code < 1015 and code not in {1004, 1005, 1006}
        if payload and (len(payload) == 1 or not (known or 3000 <= code < 5000)):
            return PROTOCOL_ERROR
        return 0 if is_text(payload[2:]) else INVALID_DATA


@liar(catches=["test_half_a_code_is_not_sent_back", FAILING])
class HalfACode(WithFrames):
    """A Close frame of one octet is answered by one of one octet."""

    class Frames(OwnJudgement):
        """That count to one."""

        def fault(self, payload: bytes) -> int:
            """None for one octet."""
            return 0 if len(payload) == 1 else super().fault(payload)


@liar(
    catches=[
        "test_a_code_that_must_not_be_sent_is_not_sent_back",
        "test_what_answers_a_code_without_a_meaning",
        FAILING,
    ]
)
class AnyClientCode(WithFrames):
    """Any code of a client is sent back."""

    class Frames(OwnJudgement):
        """That judge no numbers."""

        def fault(self, payload: bytes) -> int:
            """None for two octets."""
            return 0 if len(payload) == 2 else super().fault(payload)


@liar(catches=["test_a_code_that_exists_is_accepted"])
class FewCodes(WithFrames):
    """A client may close with codes below 2000 only."""

    class Frames(OwnJudgement):
        """That know one page of the RFC."""

        def fault(self, payload: bytes) -> int:
            """One for the codes of others."""
            return PROTOCOL_ERROR if int.from_bytes(payload[:2]) >= 2000 else super().fault(payload)


@liar(catches=["test_a_reason_that_is_not_utf8_fails_the_connection", FAILING])
class AnyReason(WithFrames):
    """The reason of a client may be any octets."""

    class Frames(OwnJudgement):
        """That do not read it."""

        def fault(self, payload: bytes) -> int:
            """That of the code."""
            return super().fault(payload[:2])


@liar(catches=["test_a_reason_of_any_length_is_accepted"])
class ShortReasons(WithFrames):
    """The reason of a client must not have more than 100 octets."""

    class Frames(OwnJudgement):
        """That have no patience."""

        def fault(self, payload: bytes) -> int:
            """One for a long reason."""
            return PROTOCOL_ERROR if len(payload) > 102 else super().fault(payload)


@liar(catches=["test_a_close_frame_may_be_empty", "test_an_empty_close_is_1005_for_the_application"])
class NeedsACode(WithFrames):
    """A Close frame without a code is refused."""

    class Frames(OwnJudgement):
        """That want a reason."""

        def fault(self, payload: bytes) -> int:
            """One for nothing."""
            return super().fault(payload) if payload else PROTOCOL_ERROR


@liar(
    catches=[
        "test_a_close_within_a_message_is_answered",
        "test_the_code_that_answers_a_close_within_a_message",
    ]
)
class NoCloseWithin(WithFrames):
    """A Close frame within a message is not answered."""

    class Frames(Frames):
        """That are offended."""

        async def on_close(self, event: Any) -> None:
            """Hang up, if a message is in progress."""
            if not self.parts:
                await super().on_close(event)
            self.set_closed(int(event.code), "")
            self.ended.set()


@liar(catches=["test_a_message_that_a_close_cuts_short_is_none"])
class ShortMessages(WithFrames):
    """A message that a Close frame cuts short is given to the application."""

    class Frames(Frames):
        """That waste nothing."""

        async def on_close(self, event: Any) -> None:
            """Hand over what is there."""
            if self.parts:
                self.on_message(type(self.parts[0])().join(self.parts))
            await super().on_close(event)


@liar(catches=["test_one_close_frame_answers_many"])
class AnswersEach(WithFrames):
    """Each Close frame of a client is answered."""

    class Frames(OwnJudgement):
        """That owe nobody anything."""

        answering = False

        async def handle(self, data: bytes) -> None:
            """End when all has been read."""
            await super().handle(data)
            if self.answering:
                self.ended.set()

        async def closed_with(self, payload: bytes) -> None:
            """Answer, without an end."""
            if self.fault(payload) or (self.cycle.closed is not None and not self.answering):
                await super().closed_with(payload)
                return
            self.answering = True
            self.set_closed(int.from_bytes(payload[:2]) if payload else NO_STATUS, "")
            await self.stream.write(raw(CLOSE, payload))


@liar(catches=["test_close_frames_that_cross_are_two"])
class AnswersAnAnswer(WithFrames):
    """A Close frame that crosses the server's own is answered if it has another code."""

    class Frames(Frames):
        """That have the last word."""

        async def on_close(self, event: Any) -> None:
            """Answer once more."""
            if self.protocol.state is ConnectionState.CLOSED and event.code == 3000:
                await self.stream.write(raw(CLOSE, (3000).to_bytes(2)))
            await super().on_close(event)


@liar(catches=["test_the_server_waits_for_the_clients_close_frame"])
class HangsUp(WithFrames):
    """The server closes the connection right after its own Close frame."""

    class Frames(Frames):
        """Without patience."""

        async def close(self, code: int, reason: str) -> None:
            """Send, and close."""
            await super().close(code, reason)
            self.stream.close()


@liar(
    catches=[
        "test_the_server_ends_the_connection_first",
        "test_the_connection_ends_without_a_reset",
        "test_one_close_frame_answers_many",
    ]
)
class AfterYou(WithFrames):
    """When a client has closed, the server leaves the end of the connection to it."""

    class Frames(Frames):
        """With manners."""

        async def on_close(self, event: Any) -> None:
            """Answer, and wait for the client to go."""
            if self.protocol.state is ConnectionState.REMOTE_CLOSING:
                self.set_closed(int(event.code), event.reason or "")
                await self.write(event.response())
                self.stream.wake()
                while not self.stream.eof:
                    await self.stream.changed()
            await super().on_close(event)


@liar(catches=["test_the_connection_ends_without_a_reset"])
class ResetsAtTheEnd(WithFrames):
    """After the closing handshake the connection is reset."""

    class Frames(Frames):
        """That slam the door."""

        async def on_close(self, event: Any) -> None:
            """Answer, and reset."""
            await super().on_close(event)
            self.stream.reset()


@liar(catches=["test_a_violation_ends_the_connection"])
class StaysAfterFailure(WithFrames):
    """A client that sends half a code is told so, and nothing more happens."""

    class Frames(OwnJudgement):
        """That rest."""

        async def closed_with(self, payload: bytes) -> None:
            """Wait for the client to go, if it knows half a code."""
            if len(payload) != 1:
                await super().closed_with(payload)
                return
            self.set_closed(1006, "")
            await self.stream.write(raw(CLOSE, PROTOCOL_ERROR.to_bytes(2)))
            while not self.stream.eof:
                self.stream.take()
                await self.stream.changed()
