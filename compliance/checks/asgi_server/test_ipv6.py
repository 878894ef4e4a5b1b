"""ASGI over IPv6: the addresses of both ends."""

import ipaddress
from typing import Any

from compliance.expect import saw
from compliance.modes import mode
from compliance.requirements import requirement
from compliance.server import Server


def is_address(host: Any) -> bool:
    """Whether this is the text of an address of IPv6."""
    try:
        return ipaddress.ip_address(host).version == 6
    except ValueError:
        return False


@requirement("asgi.http.scope.client")
@mode("ipv6")
def test_the_client_of_ipv6_is_the_address_of_the_connection(server: Server) -> None:
    """client, where a server gives it, is a host and a port, without what else an address of IPv6 has."""
    exchange = server.call()
    found = exchange.value("scope").get("client")
    name = list(exchange.connection.socket.getsockname()[:2])
    assert found is None or list(found) == name, saw(found, f"{name}, or none")


@requirement("asgi.http.scope.client_ip_literal")
@mode("ipv6")
def test_the_client_of_ipv6_is_an_address(server: Server) -> None:
    """The client's host is an address of IPv6, and no name."""
    found = (server.call().value("scope").get("client") or ["::1"])[0]
    assert is_address(found), saw(found, "an address of IPv6")


@requirement("asgi.http.scope.server")
@mode("ipv6")
def test_the_server_of_ipv6_is_the_address_that_it_listens_on(server: Server) -> None:
    """server, where a server gives it, is its listening host and port, two items."""
    found, expected = server.call().value("scope").get("server"), [server.host, server.port]
    assert found is None or list(found) == expected, saw(found, f"{expected}, or none")
