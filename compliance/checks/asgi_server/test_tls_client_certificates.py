"""ASGI over HTTPS: the extension "tls" of a client that has shown a certificate."""

import ssl
from typing import Any

import pytest

from compliance import certificates
from compliance.claims import offers, speaks
from compliance.expect import Observe, saw
from compliance.modes import mode
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Connection

TLS_1_2, TLS_1_3 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
versions = pytest.mark.parametrize("newest", [TLS_1_2, TLS_1_3], ids=["1.2", "1.3"])


def tls_of(server: Server, connection: Connection | None = None) -> dict[str, Any]:
    """What the extension says of a request; NotApplicable for a server without it."""
    scope = server.call(connection=connection).value("scope")
    offers(scope, "tls")
    entry: dict[str, Any] = scope["extensions"]["tls"]
    return entry


@requirement("asgi.ext.tls.present")
@mode("client-certificates")
def test_whether_a_certified_client_is_described(server: Server, observe: Observe) -> None:
    """Whether the scope of a client with a certificate has the extension is recorded."""
    found = server.call().value("scope").get("extensions") or {}
    observe(sorted(found.get("tls", {})))


@requirement("asgi.ext.tls.server_cert")
@mode("client-certificates")
def test_server_cert_is_the_certificate_that_a_certified_client_has_got(server: Server) -> None:
    """server_cert is the certificate that the client has got, in PEM, or None."""
    connection = server.connect()
    found = tls_of(server, connection).get("server_cert")
    expected = certificates.of_peer(connection.socket)
    assert found is None or certificates.decoded(found) == expected, saw(found, "this certificate, or None")


@requirement("asgi.ext.tls.server_cert_none")
@mode("client-certificates")
def test_server_cert_is_there_for_a_certified_client(server: Server) -> None:
    """A server that has no text for its certificate says None."""
    found = tls_of(server)
    assert "server_cert" in found, saw(sorted(found), "server_cert among the keys")


@requirement("asgi.ext.tls.client_cert_chain")
@mode("client-certificates")
def test_the_chain_begins_with_the_clients_certificate(server: Server) -> None:
    """client_cert_chain holds certificates in PEM, that of the client first; it may be empty."""
    found = list(tls_of(server).get("client_cert_chain", []))
    first = [certificates.decoded(pem) for pem in found[:1]]
    assert first in ([], [certificates.of_client()]), saw(found, "the client's certificate first, or none")


@requirement("asgi.ext.tls.client_cert_chain")
@mode("client-certificates")
def test_each_certificate_of_the_chain_is_text(server: Server) -> None:
    """What is in client_cert_chain are certificates in PEM, each a str."""
    found = list(tls_of(server).get("client_cert_chain", []))
    odd = [pem for pem in found if type(pem) is not str or certificates.decoded(pem) is None]
    assert not odd, saw(odd, "certificates in PEM, of type str")


@requirement("asgi.ext.tls.client_cert_name")
@mode("client-certificates")
def test_client_cert_name_spells_the_subject(server: Server) -> None:
    """client_cert_name is the subject of the client's certificate as RFC 4514 writes it, or None."""
    found = tls_of(server).get("client_cert_name")
    expected = certificates.subject(certificates.of_client())
    right = found is None or certificates.named(found) == expected
    assert right, saw(found, f"{expected.rfc4514_string()!r}, or None")


@requirement("asgi.ext.tls.client_cert_name_required")
@mode("client-certificates")
def test_a_chain_does_not_come_without_a_name(server: Server) -> None:
    """Where client_cert_chain has a certificate, client_cert_name is a str that is not empty."""
    found = tls_of(server)
    chain, name = list(found.get("client_cert_chain", [])), found.get("client_cert_name")
    assert not chain or (type(name) is str and name), saw(name, "a name, as there is a chain")


@requirement("asgi.ext.tls.client_cert_name_alone")
@mode("client-certificates")
def test_whether_there_is_a_name_without_a_chain(server: Server, observe: Observe) -> None:
    """How many certificates the chain has, and whether there is a name, is recorded."""
    found = tls_of(server)
    observe((len(list(found.get("client_cert_chain", []))), found.get("client_cert_name") is not None))


@requirement("asgi.ext.tls.client_cert_error")
@mode("client-certificates")
def test_a_verified_client_certificate_is_no_error(server: Server) -> None:
    """client_cert_error of a client whose certificate was verified is None or absent."""
    found = tls_of(server).get("client_cert_error")
    assert found is None, saw(found, "None, or no client_cert_error")


@requirement("asgi.ext.tls.tls_version")
@mode("client-certificates")
@versions
def test_tls_version_is_that_of_a_certified_connection(server: Server, newest: ssl.TLSVersion) -> None:
    """tls_version is there: the number of the version that client and server speak, or None."""
    found = tls_of(server, speaks(server, newest, certified=True)).get("tls_version", "nothing")
    assert found in (None, int(newest)), saw(found, f"{int(newest):#06x} as an int, or None")
    assert type(found) in (int, type(None)), saw(found, "an int, or None")


@requirement("asgi.ext.tls.cipher_suite")
@mode("client-certificates")
@versions
def test_cipher_suite_is_that_of_a_certified_connection(server: Server, newest: ssl.TLSVersion) -> None:
    """cipher_suite is there: the registered number of the suite in use, or None."""
    connection = speaks(server, newest, certified=True)
    found = tls_of(server, connection).get("cipher_suite", "nothing")
    expected = certificates.suite(connection.socket)
    assert found in (None, expected), saw(found, f"{expected:#06x} as an int, or None")
