"""ASGI over HTTPS: the scheme, the events, and the extension "tls" of a client without a certificate."""

import ssl
from typing import Any

import pytest

from compliance import certificates
from compliance.claims import offers, speaks
from compliance.expect import Observe, built_in, saw
from compliance.guest.apps import asgi_http_disconnect, asgi_http_response
from compliance.modes import mode
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Connection

TLS_1_2, TLS_1_3 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
versions = pytest.mark.parametrize("newest", [TLS_1_2, TLS_1_3], ids=["1.2", "1.3"])


def extensions_of(server: Server, connection: Connection | None = None) -> dict[str, Any]:
    """The extensions that the scope of a request lists."""
    return server.call(connection=connection).value("scope").get("extensions") or {}


def tls_of(server: Server, connection: Connection | None = None) -> dict[str, Any]:
    """What the extension says of a request; NotApplicable for a server without it."""
    extensions = extensions_of(server, connection)
    offers({"extensions": extensions}, "tls")
    entry: dict[str, Any] = extensions["tls"]
    return entry


@requirement("asgi.http.scope.scheme_https")
@mode("tls")
def test_the_scheme_of_https_is_https(server: Server) -> None:
    """scheme tells an application that its URL begins with https."""
    found = server.call().value("scope").get("scheme", "http")
    assert found == "https", saw(found, "'https'")


@requirement("asgi.ext.tls.events_unchanged")
@mode("tls")
def test_a_large_body_passes_through_tls(server: Server) -> None:
    """A body of a mebibyte arrives, and leaves again, as it does without TLS."""
    sent = bytes(range(256)) * 4096
    exchange = server.call("POST", "/", body=sent)
    assert exchange.body == sent, saw(len(exchange.body), f"the {len(sent)} bytes of the request")


@requirement("asgi.ext.tls.events_unchanged")
@mode("tls")
def test_a_part_is_sent_through_tls_before_send_returns(server: Server) -> None:
    """TLS holds no part of a body back."""
    with server.open(app=asgi_http_response.two_parts_with_a_gate) as exchange:
        assert exchange.read_body(3) == b"one", exchange.seen("the first part before the gate opens")
        exchange.open_gate("first part read")
        assert exchange.read_body() == b"two", exchange.seen("the second part after the gate")


@requirement("asgi.ext.tls.events_unchanged")
@mode("tls")
def test_the_disconnect_of_a_tls_connection_is_told(server: Server) -> None:
    """A client that leaves without a farewell of TLS is an http.disconnect."""
    exchange = server.open(app=asgi_http_disconnect.waits)
    exchange.wait("waiting")
    exchange.connection.close()
    message = exchange.value("received")
    assert message.get("type") == "http.disconnect", saw(message, "http.disconnect")


@requirement("asgi.ext.tls.only_tls")
def test_a_connection_without_tls_has_no_tls_extension(server: Server) -> None:
    """The extension is for connections of TLS only."""
    found = extensions_of(server)
    assert "tls" not in found, saw(found, "no extension 'tls'")


@requirement("asgi.ext.tls.present")
@mode("tls")
def test_whether_a_tls_connection_is_described(server: Server, observe: Observe) -> None:
    """Whether the scope of a request over TLS has the extension is recorded; if so, it is a dict."""
    found = extensions_of(server).get("tls", {})
    assert built_in(found) == "dict", saw(found, "a dict as extension 'tls'")
    observe(sorted(found))


@requirement("asgi.ext.tls.server_cert")
@mode("tls")
def test_server_cert_is_the_certificate_of_the_server(server: Server) -> None:
    """server_cert is the certificate that the client has got, in PEM, or None."""
    connection = server.connect()
    found = tls_of(server, connection).get("server_cert")
    expected = certificates.of_peer(connection.socket)
    assert found is None or certificates.decoded(found) == expected, saw(found, "this certificate, or None")


@requirement("asgi.ext.tls.server_cert_none")
@mode("tls")
def test_server_cert_is_there_for_a_client_without_a_certificate(server: Server) -> None:
    """A server that has no text for its certificate says None."""
    found = tls_of(server)
    assert "server_cert" in found, saw(sorted(found), "server_cert among the keys")


@requirement("asgi.ext.tls.client_cert_chain")
@mode("tls")
def test_no_client_certificate_is_an_empty_chain(server: Server) -> None:
    """client_cert_chain of a client without a certificate is empty or absent."""
    found = list(tls_of(server).get("client_cert_chain", []))
    assert found == [], saw(found, "no certificate")


@requirement("asgi.ext.tls.client_cert_name")
@mode("tls")
def test_no_client_certificate_is_no_name(server: Server) -> None:
    """client_cert_name of a client without a certificate is None or absent."""
    found = tls_of(server).get("client_cert_name")
    assert found is None, saw(found, "None, or no client_cert_name")


@requirement("asgi.ext.tls.client_cert_error")
@mode("tls")
def test_no_client_certificate_is_no_error(server: Server) -> None:
    """client_cert_error of a client without a certificate is None or absent."""
    found = tls_of(server).get("client_cert_error")
    assert found is None, saw(found, "None, or no client_cert_error")


@requirement("asgi.ext.tls.tls_version")
@mode("tls")
@versions
def test_tls_version_is_that_of_the_connection(server: Server, newest: ssl.TLSVersion) -> None:
    """tls_version is there: the number of the version that client and server speak, or None."""
    found = tls_of(server, speaks(server, newest)).get("tls_version", "nothing")
    assert found in (None, int(newest)), saw(found, f"{int(newest):#06x} as an int, or None")
    assert type(found) in (int, type(None)), saw(found, "an int, or None")


@requirement("asgi.ext.tls.cipher_suite")
@mode("tls")
@versions
def test_cipher_suite_is_that_of_the_connection(server: Server, newest: ssl.TLSVersion) -> None:
    """cipher_suite is there: the registered number of the suite in use, or None."""
    connection = speaks(server, newest)
    found = tls_of(server, connection).get("cipher_suite", "nothing")
    expected = certificates.suite(connection.socket)
    assert found in (None, expected), saw(found, f"{expected:#06x} as an int, or None")
