"""Lies about the end of connections on which the client broke the protocol."""

from __future__ import annotations

from compliance.reference.liar import liar
from compliance.reference.liars.websocket_raw import WithFrames, raw
from compliance.reference.websocket_frames import Frames as Honest

CLOSE = 8
FAILING = "test_a_violation_is_answered_by_a_close_frame"


@liar(catches=[FAILING])
class FailsSilently(WithFrames):
    """A connection that has failed is closed without a Close frame."""

    class Frames(Honest):
        """Without a word."""

        async def fail(self, _code: int, _reason: str) -> None:
            """Only the end."""
            self.set_closed(1006, "")
            self.ended.set()


@liar(catches=[FAILING])
class FailsNormally(WithFrames):
    """A connection that has failed is closed with 1000."""

    class Frames(Honest):
        """That know no blame."""

        async def fail(self, _code: int, reason: str) -> None:
            """With another code."""
            await super().fail(1000, reason)


@liar(catches=["test_the_code_that_the_application_gets_of_a_failed_connection"])
class TellsTheCode(WithFrames):
    """The application gets the code with which a connection was failed."""

    class Frames(Honest):
        """That take the blame."""

        async def fail(self, code: int, reason: str) -> None:
            """Note the code first."""
            self.set_closed(code, reason)
            await super().fail(code, reason)


@liar(catches=["test_whether_a_violation_is_logged"])
class LogsNothing(WithFrames):
    """Nothing is logged of a violation."""

    class Frames(Honest):
        """That keep a secret."""

        async def fail(self, code: int, reason: str) -> None:
            """As the base, but for the log."""
            self.set_closed(1006, "")
            await self.stream.write(raw(CLOSE, code.to_bytes(2) + reason.encode()[:123]))
            self.ended.set()
