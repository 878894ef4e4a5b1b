"""WebSockets over TLS: the scheme, the messages, and the extension "tls" as requests have it."""

from typing import Any

from compliance.claims import offers
from compliance.expect import saw
from compliance.guest.apps import asgi_websocket
from compliance.modes import mode
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.websocket import TEXT, Frame


@requirement("rfc6455.tls.supported")
@mode("tls")
def test_a_websocket_is_opened_over_tls(server: Server) -> None:
    """A handshake that comes through TLS gets 101."""
    with server.websocket("/", app=asgi_websocket.listens) as exchange:
        assert exchange.status == 101, exchange.seen("101 Switching Protocols")


@requirement("rfc6455.hs.tls_inside")
@mode("tls")
def test_messages_go_through_tls_after_the_handshake(server: Server) -> None:
    """What both sides send after a handshake that came through TLS goes through TLS as well."""
    with server.websocket("/", app=asgi_websocket.echoes).accepted() as exchange:
        exchange.send_frame(Frame(TEXT, b"secret"))
        frame = exchange.receive()
    assert (frame.opcode, frame.payload) == (TEXT, b"secret"), saw(frame, "the text 'secret'")


def scope_of(server: Server) -> dict[str, Any]:
    """The scope that the application gets for a handshake."""
    with server.websocket("/", app=asgi_websocket.listens) as exchange:
        scope: dict[str, Any] = exchange.value("scope")
    return scope


@requirement("asgi.ws.scope.scheme_wss")
@mode("tls")
def test_the_scheme_of_a_websocket_over_tls_is_wss(server: Server) -> None:
    """scheme tells an application that its URL begins with wss."""
    found = scope_of(server).get("scheme", "ws")
    assert found == "wss", saw(found, "'wss'")


@requirement("asgi.ext.tls.events_unchanged")
@mode("tls")
def test_messages_pass_through_tls(server: Server) -> None:
    """A large message comes back through TLS as it was sent."""
    sent = bytes(range(256)) * 1024
    with server.websocket("/", app=asgi_websocket.echoes) as exchange:
        exchange.accepted().send_bytes(sent)
        found = exchange.receive().payload
    assert found == sent, saw(len(found), f"the {len(sent)} bytes that were sent")


@requirement("asgi.ext.tls.only_tls")
def test_a_websocket_without_tls_has_no_tls_extension(server: Server) -> None:
    """The extension is for connections of TLS only."""
    found = scope_of(server).get("extensions") or {}
    assert "tls" not in found, saw(found, "no extension 'tls'")


@requirement("asgi.ext.tls.present")
@mode("tls")
def test_a_websocket_is_described_as_requests_are(server: Server) -> None:
    """A server that has the extension for requests has it for WebSockets."""
    offers(server.call().value("scope"), "tls")
    found = scope_of(server).get("extensions") or {}
    assert "tls" in found, saw(found, "an extension 'tls', which requests have")


@requirement("asgi.ext.tls.present")
@mode("client-certificates")
def test_a_websocket_of_a_certified_client_is_described_as_requests_are(server: Server) -> None:
    """A server that has the extension for requests of this client has it for its WebSockets."""
    offers(server.call().value("scope"), "tls")
    found = scope_of(server).get("extensions") or {}
    assert "tls" in found, saw(found, "an extension 'tls', which requests have")
