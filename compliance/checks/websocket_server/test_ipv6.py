"""ASGI WebSocket over IPv6: the addresses of both ends."""

from compliance.expect import saw
from compliance.guest.apps import asgi_websocket
from compliance.modes import mode
from compliance.requirements import requirement
from compliance.server import Server


@requirement("asgi.ws.scope.client")
@mode("ipv6")
def test_the_client_of_a_websocket_over_ipv6_is_the_address_of_the_connection(server: Server) -> None:
    """client, where a server gives it, is a host and a port."""
    with server.websocket("/", app=asgi_websocket.listens) as exchange:
        found = exchange.value("scope").get("client")
        name = list(exchange.connection.socket.getsockname()[:2])
    assert found is None or list(found) == name, saw(found, f"{name}, or none")


@requirement("asgi.ws.scope.server")
@mode("ipv6")
def test_the_server_of_a_websocket_over_ipv6_is_the_address_that_it_listens_on(server: Server) -> None:
    """server, where a server gives it, is its listening host and port."""
    with server.websocket("/", app=asgi_websocket.listens) as exchange:
        found = exchange.value("scope").get("server")
    expected = [server.host, server.port]
    assert found is None or list(found) == expected, saw(found, f"{expected}, or none")
