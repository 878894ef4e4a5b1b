"""Lies about requests that came through TLS; without it these servers are honest."""

from __future__ import annotations

from typing import Any

from compliance.reference.liar import liar
from compliance.reference.wsgi import WSGICycle


class Encrypted(WSGICycle):
    """What all these lies look at."""

    @property
    def encrypted(self) -> bool:
        """Whether the client speaks TLS."""
        return self.connection.stream.encrypted


@liar(catches=["test_the_url_scheme_of_https_is_https"])
class SchemeOfTlsIsHttp(Encrypted):
    """wsgi.url_scheme is always "http"."""

    def interface_variables(self) -> dict[str, Any]:
        """The scheme of the socket below TLS."""
        return {**super().interface_variables(), "wsgi.url_scheme": "http"}


@liar(catches=["test_an_application_is_told_of_https"])
class NoHttpsVariable(Encrypted):
    """HTTPS is left out."""

    def tls_variables(self) -> dict[str, Any]:
        """The others."""
        return {key: value for key, value in super().tls_variables().items() if key != "HTTPS"}


@liar(catches=["test_an_application_is_told_of_the_tls_protocol"])
class NoTlsProtocol(Encrypted):
    """SSL_PROTOCOL is left out."""

    def tls_variables(self) -> dict[str, Any]:
        """The others."""
        return {key: value for key, value in super().tls_variables().items() if key != "SSL_PROTOCOL"}


@liar(catches=["test_the_variables_that_tell_of_tls_are_text"])
class TlsCipherIsTuple(Encrypted):
    """SSL_CIPHER is what Python's ssl module gives."""

    def tls_variables(self) -> dict[str, Any]:
        """A name, a protocol and a number of bits."""
        variables = super().tls_variables()
        return variables and {**variables, "SSL_CIPHER": (variables["SSL_CIPHER"], "TLSv1.3", 256)}


@liar(catches=["test_a_large_body_comes_back_whole_through_tls"])
class LosesTlsRecords(Encrypted):
    """A record of TLS that is longer than 8 KiB loses its end when the application reads the body."""

    def pull(self) -> bytes:
        """What fits."""
        data = super().pull()
        return data[:8192] if self.encrypted else data


@liar(
    catches=[
        "test_a_block_is_sent_through_tls_before_the_next_is_asked_for",
        "test_close_is_called_after_a_client_has_left_a_tls_connection",
    ]
)
class BuffersForTls(Encrypted):
    """Blocks are gathered to make one record of TLS."""

    def iterate(self, result: Any) -> None:
        """All blocks at once."""
        super().iterate([b"".join(result)] if self.encrypted else result)


@liar(catches=["test_close_is_called_after_a_client_has_left_a_tls_connection"])
class ForgetsCloseOfTls(Encrypted):
    """If a client has left a TLS connection, close() is not called."""

    def close_iterable(self, result: Any) -> None:
        """Only while the client is there."""
        if not (self.encrypted and self.connection.stream.lost):
            super().close_iterable(result)
