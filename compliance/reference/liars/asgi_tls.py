"""Lies in the extension "tls"."""

from __future__ import annotations

from typing import Any

from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.liar import liar

Entry = dict[str, Any]
ANOTHER = "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n"


class Described(HTTPCycle):
    """What most of these lies change; without TLS they are honest."""

    def tls(self) -> Entry:
        """The extension with the lie in it."""
        found = super().tls()
        return {"tls": self.lie(found["tls"])} if found else {}

    def lie(self, entry: Entry) -> Entry:
        """The entry in place of the true one."""
        raise NotImplementedError


@liar(catches=["test_a_connection_without_tls_has_no_tls_extension"])
class AlwaysDescribed(HTTPCycle):
    """The extension is there without TLS, with nothing but None."""

    def tls(self) -> Entry:
        """Also for nothing."""
        return super().tls() or {"tls": {"server_cert": None, "tls_version": None, "cipher_suite": None}}


@liar(catches=["test_a_websocket_without_tls_has_no_tls_extension"])
class WebSocketAlwaysDescribed(WebSocketCycle):
    """A WebSocket has the extension without TLS."""

    def tls(self) -> Entry:
        """Also for nothing."""
        return super().tls() or {"tls": {"server_cert": None, "tls_version": None, "cipher_suite": None}}


@liar(
    catches=[
        "test_a_websocket_is_described_as_requests_are",
        "test_a_websocket_of_a_certified_client_is_described_as_requests_are",
    ]
)
class OnlyRequestsDescribed(WebSocketCycle):
    """WebSockets have no extension, although requests have."""

    def tls(self) -> Entry:
        """None."""
        return {}


@liar(
    catches=[
        "test_server_cert_is_the_certificate_of_the_server",
        "test_server_cert_is_the_certificate_that_a_certified_client_has_got",
    ]
)
class AnotherCertificate(Described):
    """server_cert is some other certificate."""

    def lie(self, entry: Entry) -> Entry:
        """In PEM at least."""
        return {**entry, "server_cert": ANOTHER}


@liar(
    catches=[
        "test_server_cert_is_there_for_a_client_without_a_certificate",
        "test_server_cert_is_there_for_a_certified_client",
    ]
)
class NoServerCert(Described):
    """server_cert is left out."""

    def lie(self, entry: Entry) -> Entry:
        """The others."""
        return {key: value for key, value in entry.items() if key != "server_cert"}


@liar(
    catches=[
        "test_no_client_certificate_is_an_empty_chain",
        "test_the_chain_begins_with_the_clients_certificate",
    ]
)
class ChainOfTheServer(Described):
    """client_cert_chain begins with the certificate of the server."""

    def lie(self, entry: Entry) -> Entry:
        """One too many."""
        return {**entry, "client_cert_chain": [self.server.certificate, *entry["client_cert_chain"]]}


@liar(catches=["test_each_certificate_of_the_chain_is_text"])
class ChainOfBytes(Described):
    """The certificates of the chain behind the first one are bytes."""

    def lie(self, entry: Entry) -> Entry:
        """Not as text."""
        chain = entry["client_cert_chain"]
        return {**entry, "client_cert_chain": [*chain, *(pem.encode() for pem in chain)]}


@liar(catches=["test_client_cert_name_spells_the_subject"])
class NameForwards(Described):
    """client_cert_name has the parts of the name in the order of the certificate."""

    def lie(self, entry: Entry) -> Entry:
        """Not reversed."""
        name = entry["client_cert_name"]
        return {**entry, "client_cert_name": name and ",".join(name.split(",")[::-1])}


@liar(catches=["test_no_client_certificate_is_no_name"])
class Anonymous(Described):
    """A client without a certificate is called CN=anonymous."""

    def lie(self, entry: Entry) -> Entry:
        """A name that nobody has."""
        return {**entry, "client_cert_name": entry["client_cert_name"] or "CN=anonymous"}


@liar(catches=["test_a_chain_does_not_come_without_a_name"])
class Nameless(Described):
    """client_cert_name is left out although there is a chain."""

    def lie(self, entry: Entry) -> Entry:
        """The others."""
        return {key: value for key, value in entry.items() if key != "client_cert_name"}


@liar(catches=["test_no_client_certificate_is_no_error", "test_a_verified_client_certificate_is_no_error"])
class EmptyError(Described):
    """client_cert_error is an empty str where there is none."""

    def lie(self, entry: Entry) -> Entry:
        """As in C."""
        return {**entry, "client_cert_error": ""}


@liar(
    catches=[
        "test_tls_version_is_that_of_the_connection",
        "test_tls_version_is_that_of_a_certified_connection",
    ]
)
class VersionInWords(Described):
    """tls_version is the name of the version."""

    def lie(self, entry: Entry) -> Entry:
        """As the ssl module says."""
        return {**entry, "tls_version": f"TLSv1.{entry['tls_version'] - 0x0301}"}


@liar(
    catches=[
        "test_cipher_suite_is_that_of_the_connection",
        "test_cipher_suite_is_that_of_a_certified_connection",
    ]
)
class SuiteOfOpenSSL(Described):
    """cipher_suite is OpenSSL's own number."""

    def lie(self, entry: Entry) -> Entry:
        """With the bits above."""
        return {**entry, "cipher_suite": 0x03000000 | entry["cipher_suite"]}


@liar(catches=["test_whether_a_tls_connection_is_described", "test_whether_a_certified_client_is_described"])
class DescribedWithMore(Described):
    """The extension has a key of the server's own."""

    def lie(self, entry: Entry) -> Entry:
        """One more."""
        return {**entry, "cipher_name": "of OpenSSL"}


@liar(catches=["test_whether_there_is_a_name_without_a_chain"])
class NoChain(Described):
    """client_cert_chain is always empty."""

    def lie(self, entry: Entry) -> Entry:
        """The name only."""
        return {**entry, "client_cert_chain": []}
