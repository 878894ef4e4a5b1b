"""ASGI WebSocket over a Unix socket."""

from compliance.claims import since
from compliance.expect import saw
from compliance.guest.apps import asgi_websocket
from compliance.modes import mode
from compliance.requirements import requirement
from compliance.server import Server


@requirement("asgi.ws.scope.server_unix_socket")
@mode("unix")
def test_the_server_of_a_websocket_on_a_unix_socket_is_its_path(server: Server) -> None:
    """server, where a server gives it, is the path of the socket, and None in place of a port."""
    with server.websocket("/", app=asgi_websocket.listens) as exchange:
        scope = exchange.value("scope")
    since(scope, "2.2")
    found, expected = scope.get("server"), [server.way.address(0), None]
    assert found is None or list(found) == expected, saw(found, f"{expected}, or none")
