"""What the liars about compression have in common: an object of their own that negotiates and compresses."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.websocket_deflate import Deflate, Parameters


class WithDeflate(WebSocketCycle):
    """A WebSocket that uses the class `Compression` in its own body: the base of liars."""

    def make_deflate(self) -> Deflate:
        """Such an object."""
        deflate: type[Deflate] = getattr(self, "Compression", Deflate)
        return deflate()


class Misspeaking(Deflate):
    """Compression that is announced in other words than it is done: the base of liars."""

    def accept_offers(self, offers: Sequence[tuple[bytes, Parameters]]) -> bytes | None:
        """The changed element."""
        element = super().accept_offers(offers)
        return None if element is None else self.change(element)

    def change(self, element: bytes) -> bytes:
        """What the client is told."""
        raise NotImplementedError


def added(element: bytes, name: bytes, value: bytes = b"") -> bytes:
    """The element with one more parameter, unless it has that already."""
    return element if name in element else b"; ".join([element, name + value])
