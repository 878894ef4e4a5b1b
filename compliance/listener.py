"""A WebSocket application that listens: connections to it, what it has heard, and how violations end."""

from compliance.claims import compresses
from compliance.exchange import App
from compliance.guest.apps import asgi_websocket
from compliance.server import Server
from compliance.websocket_exchange import WebSocketExchange
from compliance.wire import violations
from compliance.wire.deflate import NAME
from compliance.wire.websocket import Frame


def connected(server: Server, app: App = asgi_websocket.listens) -> WebSocketExchange:
    """An accepted connection to an application that listens."""
    return server.websocket("/", app=app).accepted()


def compressing(server: Server, *parameters: str, app: App = asgi_websocket.listens) -> WebSocketExchange:
    """An accepted connection that compresses, with these parameters; NotApplicable without that."""
    headers = [("Sec-WebSocket-Extensions", "; ".join([NAME, *parameters]))]
    exchange = server.websocket("/", app=app, headers=headers)
    compresses(exchange.response)
    return exchange


def heard(exchange: WebSocketExchange) -> list[str | bytes | None]:
    """What the websocket.receive events held by the end of the application: text if any, else bytes."""
    events = [event for event in exchange.values("received") if event.get("type") == "websocket.receive"]
    return [event.get("bytes") if event.get("text") is None else event["text"] for event in events]


def contents(exchange: WebSocketExchange) -> list[str | bytes | None]:
    """What the websocket.receive events hold, in order, once the client has closed the connection."""
    exchange.send_close()
    return heard(exchange)


def aftermath(server: Server, data: bytes) -> list[Frame]:
    """What comes of these octets on a connection, up to a pong, a Close frame or the end."""
    with connected(server) as exchange:
        exchange.send(data)
        return violations.aftermath(exchange.connection)
