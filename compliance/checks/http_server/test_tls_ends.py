"""RFC 9112 section 9.8: how connections of TLS end."""

import contextlib

from compliance.expect import Silence, saw
from compliance.modes import mode
from compliance.requirements import requirement
from compliance.server import Server

LAST = [("Connection", "close")]


@requirement("rfc9112.tls.closure_alert")
@mode("tls")
def test_a_server_says_goodbye_in_tls(server: Server) -> None:
    """A server that closes a connection of TLS sends a closure alert first."""
    with server.open("GET", "/", headers=LAST) as exchange:
        exchange.read_body()
        with contextlib.suppress(Silence):
            exchange.connection.read_to_end()
        assert not exchange.connection.ragged, saw("the end of TCP alone", "a closure alert before it")


@requirement("rfc9112.tls.incomplete_close")
@mode("tls")
def test_a_server_survives_a_client_that_does_not_say_goodbye(server: Server) -> None:
    """A client that ends TCP without ending TLS does no harm to others."""
    with server.open("GET", "/cut") as exchange:
        exchange.read_body()
        exchange.connection.abort()
    assert server.call("GET", "/").status == 200, exchange.seen("another client served")
