"""Lies about clients that offer another protocol."""

from __future__ import annotations

from compliance.reference.liar import liar
from compliance.reference.rewriting import Translating

_LENGTH = b"Content-Length: 5\r\n"
_OFFER = b"Connection: Upgrade\r\nUpgrade: websocket\r\n"


@liar(
    interface="wsgi",
    area="http_server",
    catches=["test_what_comes_of_an_unknown_protocol", "test_an_unknown_protocol_does_not_harm_the_request"],
)
class RefusesUnknownProtocols(Translating):
    """An offer of an unknown protocol is no field."""

    received = ((b"Upgrade: foo/2", b"Upgrade foo/2"),)


@liar(interface="asgi", area="http_server", catches=["test_content_behind_an_offer_is_no_request"])
class ForgetsContentOfOffers(Translating):
    """A request that offers to switch has no content."""

    def take(self) -> bytes:
        """Without its length."""
        data = super().take()
        return data.replace(b"Content-Length", b"X-Length") if b"HTTP2-Settings: " in data else data


@liar(interface="asgi", area="http_server", catches=["test_no_protocol_is_switched_to_that_was_not_offered"])
class SwitchesUnasked(Translating):
    """Half of an offer is one."""

    received = ((b"Connection: Upgrade\r\nSec-WebSocket", _OFFER + b"Sec-WebSocket"),)


@liar(interface="asgi", area="http_server", catches=["test_an_offer_of_http10_is_ignored"])
class SwitchesForOldClients(Translating):
    """An offer of HTTP/1.0 is one."""

    received = ((b"GET / HTTP/1.0\r\n", b"GET / HTTP/1.1\r\n"),)


@liar(interface="asgi", area="http_server", catches=["test_no_request_with_content_becomes_a_websocket"])
class SwitchesForPost(Translating):
    """An offer with POST is one."""

    def take(self) -> bytes:
        """As if it were a GET."""
        data = super().take()
        return data.replace(b"POST / ", b"GET / ").replace(_LENGTH, b"") if _OFFER in data else data
