"""RFC 6455 section 4.2.2 and 10.6: WebSockets over TLS."""

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
