"""Lies about pings and pongs."""

from __future__ import annotations

from typing import Any

from wsproto.connection import ConnectionState
from wsproto.events import Pong

from compliance.reference.liar import liar
from compliance.reference.liars.websocket_raw import WithFrames, raw
from compliance.reference.websocket_frames import Frames


@liar(
    catches=[
        "test_a_pong_has_the_data_of_its_ping",
        "test_a_ping_is_answered",
    ]
)
class ShortPongs(WithFrames):
    """A pong has no more than 100 octets, and only UTF-8."""

    class Frames(Frames):
        """That read what they send back."""

        async def on_ping(self, event: Any) -> None:
            """Answer with text."""
            payload = bytes(event.payload)[:100].decode(errors="replace").encode()[:125]
            if self.protocol.state is ConnectionState.OPEN:
                await self.write(Pong(payload=payload))


@liar(catches=["test_a_ping_in_segments_of_one_octet_is_answered"])
class WholePings(WithFrames):
    """A ping that comes in pieces is not answered."""

    class Frames(Frames):
        """That listen to quick clients only."""

        last = b""

        async def handle(self, data: bytes) -> None:
            """Remember what came last."""
            self.last = data
            await super().handle(data)

        async def on_ping(self, event: Any) -> None:
            """Answer what came at once."""
            if b"\x89" in self.last:
                await super().on_ping(event)


@liar(catches=["test_the_last_of_many_pings_is_answered"])
class BackwardPongs(WithFrames):
    """Several pings are answered in the reverse order."""

    class Frames(Frames):
        """That begin at the end."""

        async def handle(self, data: bytes) -> None:
            """Answer when all has been read."""
            self.held: list[Any] = []
            await super().handle(data)
            for event in reversed(self.held):
                await super().on_ping(event)

        async def on_ping(self, event: Any) -> None:
            """Later."""
            self.held.append(event)


@liar(catches=["test_how_many_of_ten_pings_are_answered"])
class LatestOnly(WithFrames):
    """Of several pings only the latest is answered."""

    class Frames(Frames):
        """That save their breath."""

        async def handle(self, data: bytes) -> None:
            """Answer when all has been read."""
            self.held: list[Any] = []
            await super().handle(data)
            for event in self.held[-1:]:
                await super().on_ping(event)

        async def on_ping(self, event: Any) -> None:
            """Later."""
            self.held.append(event)


@liar(catches=["test_a_flood_of_pings_does_no_harm"])
class FearsFloods(WithFrames):
    """More than a hundred pings end the connection."""

    class Frames(Frames):
        """That count."""

        count = 0

        async def on_ping(self, event: Any) -> None:
            """Answer, or refuse."""
            self.count += 1
            await (super().on_ping(event) if self.count <= 100 else self.fail(1008, "a flood"))


@liar(catches=["test_no_pong_follows_the_close_frame"])
class PongsToTheLast(WithFrames):
    """A ping behind a Close frame is answered behind the server's own."""

    class Frames(Frames):
        """That cannot stop."""

        last = b""

        async def handle(self, data: bytes) -> None:
            """Remember what came last."""
            self.last = data
            await super().handle(data)

        async def on_close(self, event: Any) -> None:
            """Answer, and answer the ping that came with it."""
            await super().on_close(event)
            if self.last[-10:-8] == b"\x89\x84":
                await self.stream.write(raw(10, b"late"))


@liar(catches=["test_a_pong_is_not_answered"])
class PongsForPongs(WithFrames):
    """A pong is answered by a pong."""

    class Frames(Frames):
        """That never let go."""

        async def on_pong(self, event: Any) -> None:
            """Answer."""
            await self.write(Pong(payload=bytes(event.payload)))
