"""Lies about the HTTP scope: versions, method, scheme, root path, addresses and state."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import h11

from compliance.reference.asgi_http import HTTPCycle
from compliance.reference.asgi_lifespan import Lifespan
from compliance.reference.connection import Connection
from compliance.reference.liar import liar
from compliance.reference.request import Request


@liar(catches=["test_the_type_is_http", "test_the_scope_of_asgi_2_means_the_same"])
class AnotherType(HTTPCycle):
    """type is "https"."""

    async def call_application(self, scope: dict[str, Any]) -> None:
        """Another protocol's name."""
        await super().call_application({**scope, "type": "https"})


@liar(catches=["test_the_version_of_asgi_is_a_str", "test_the_version_of_asgi_is_3"])
class NumericVersion(HTTPCycle):
    """asgi's version is a number."""

    def versions(self) -> dict[str, Any]:
        """A float."""
        return {"asgi": {"version": 3.0, "spec_version": "2.5"}}


@liar(catches=["test_the_spec_version_is_one_that_was_published"])
class FutureSpecVersion(HTTPCycle):
    """spec_version is one that nobody has published."""

    def versions(self) -> dict[str, Any]:
        """A version of the future."""
        return {"asgi": {"version": "3.0", "spec_version": "3.7"}}


@liar(catches=["test_spec_version_2_4_means_that_send_raises_once_the_client_is_gone"])
class SilentSend(HTTPCycle):
    """spec_version is 2.5, but send() returns when the client is gone."""

    async def send(self, message: dict[str, Any]) -> None:
        """Nothing, once the application knows that nobody listens."""
        if not self.gone:
            await super().send(message)


@liar(catches=["test_the_http_version_is_that_of_the_request"])
class ShortVersion(HTTPCycle):
    """http_version of HTTP/1.0 is "1"."""

    def http_version(self) -> str:
        """One digit for HTTP/1.0."""
        return "1.1" if self.request.modern else "1"


@liar(catches=["test_the_http_version_has_one_of_the_known_spellings"])
class AnyVersion(HTTPCycle):
    """http_version is whatever the client wrote."""

    def http_version(self) -> str:
        """As it came."""
        return self.request.version


@liar(
    catches=[
        "test_the_method_is_that_of_the_request",
        "test_an_uncommon_method_arrives_upper_case_or_is_refused",
    ]
)
class LowerCaseMethod(HTTPCycle):
    """method is lower-cased."""

    def request_line(self) -> dict[str, Any]:
        """In lower case."""
        return {**super().request_line(), "method": self.request.method.lower()}


@liar(catches=["test_an_uncommon_method_arrives_upper_case_or_is_refused"])
class UncommonMethodIsGet(HTTPCycle):
    """A method with anything but letters is GET."""

    def request_line(self) -> dict[str, Any]:
        """GET, unless it is a word."""
        method = self.request.method
        return {**super().request_line(), "method": method if method.isalpha() else "GET"}


@liar(
    catches=["test_a_lower_case_method_never_reaches_the_application"], area="asgi_server", interface="asgi"
)
class AcceptsLowerCaseMethods(Connection):
    """A method in lower case is accepted and passed on."""

    def parse(self, event: h11.Request) -> Request:
        """As if it were in upper case, but with the method as it came."""
        upper = h11.Request(
            method=event.method.upper(),
            headers=event.headers,
            target=event.target,
            http_version=event.http_version,
        )
        return replace(super().parse(upper), method=event.method.decode())


@liar(catches=["test_the_scheme_of_a_plain_connection_is_http"])
class HttpsScheme(HTTPCycle):
    """scheme is "https" without TLS."""

    def scheme(self) -> str:
        """The wrong one."""
        return "https"


@liar(catches=["test_the_root_path_is_empty_unless_one_is_set"])
class SlashAsRootPath(HTTPCycle):
    """root_path is "/" where none is set."""

    def target(self) -> dict[str, Any]:
        """Mounted at the slash."""
        return {**super().target(), "root_path": "/"}


@liar(catches=["test_the_client_is_the_other_end_of_the_connection"])
class TextualClientPort(HTTPCycle):
    """The client's port is a str."""

    def addresses(self) -> dict[str, Any]:
        """The port as text."""
        addresses = super().addresses()
        host, port = addresses["client"]
        return {**addresses, "client": [host, str(port)]}


@liar(
    catches=["test_the_client_is_the_other_end_of_the_connection", "test_the_clients_host_is_an_address"],
)
class ResolvedClient(HTTPCycle):
    """The client's host is a name."""

    def addresses(self) -> dict[str, Any]:
        """A name for the address."""
        addresses = super().addresses()
        return {**addresses, "client": ["localhost", addresses["client"][1]]}


@liar(catches=["test_the_server_is_the_address_that_it_listens_on"])
class AnyInterface(HTTPCycle):
    """The server's host is 0.0.0.0, whatever it listens on."""

    def addresses(self) -> dict[str, Any]:
        """No particular address."""
        addresses = super().addresses()
        return {**addresses, "server": ["0.0.0.0", addresses["server"][1]]}  # noqa: S104 - a lie, not a socket


@liar(catches=["test_a_server_with_lifespan_state_gives_it_to_requests"])
class NoState(HTTPCycle):
    """Requests have no state, although lifespan has one."""

    def state(self) -> dict[str, Any]:
        """Nothing."""
        return {}


@liar(catches=["test_state_is_absent_where_lifespan_has_none"], area="asgi_server")
class StateWithoutLifespan(Lifespan):
    """Requests have a state, although lifespan has none."""

    def scope(self) -> dict[str, Any]:
        """No state."""
        return {key: value for key, value in super().scope().items() if key != "state"}


@liar(catches=["test_a_scope_holds_nothing_beyond_the_specification"])
class PrivateKey(HTTPCycle):
    """The scope holds a key that no specification knows."""

    def scope(self) -> dict[str, Any]:
        """One more."""
        return {**super().scope(), "peer": "x"}
