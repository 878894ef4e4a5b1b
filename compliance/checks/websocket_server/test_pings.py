"""ASGI WebSocket: the server keeps a silent connection alive."""

from compliance.expect import saw
from compliance.guest.apps import asgi_websocket
from compliance.modes import mode
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire import websocket


@requirement("asgi.ws.protocol.keepalive_ping")
@mode("pings")
def test_a_silent_client_gets_a_ping(server: Server) -> None:
    """Where neither side has anything to say, the server sends a PING by itself."""
    with server.websocket("/", app=asgi_websocket.listens) as exchange:
        frame = exchange.accepted().receive_frame()
    assert frame.opcode == websocket.PING, saw(frame, "a PING")


@requirement("asgi.ws.protocol.keepalive_ping")
@mode("pings")
def test_a_client_that_answers_pings_stays_connected(server: Server) -> None:
    """After a PING and its PONG messages still pass."""
    with server.websocket("/", app=asgi_websocket.echoes) as exchange:
        ping = exchange.accepted().receive_frame()
        exchange.send_frame(websocket.Frame(websocket.PONG, ping.payload))
        exchange.send_text("still here")
        found = exchange.receive().payload
    assert found == b"still here", saw(found, "the message, echoed")
