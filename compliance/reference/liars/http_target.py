"""Lies about the request target."""

from __future__ import annotations

import re
from dataclasses import replace

import h11

from compliance.reference.connection import Connection
from compliance.reference.liar import liar
from compliance.reference.request import Request
from compliance.reference.rewriting import Rewriting


@liar(interface="asgi", catches=["test_a_target_in_absolute_form_is_served"])
class PathsOnly(Rewriting):
    """A target is never a whole URI."""

    wrong = re.compile(rb"\A(\w+ )http://", re.IGNORECASE)
    instead = rb"\1http:"


@liar(interface="wsgi", catches=["test_the_host_of_an_absolute_target_is_the_one_that_counts"])
class HostFieldWins(Rewriting):
    """The host of an absolute target is dropped, and that of the field counts."""

    wrong = re.compile(rb"\A(\w+ )http://[\w.]+/")
    instead = rb"\1/"


@liar(interface="asgi", catches=["test_an_https_target_without_tls"])
class AnyScheme(Rewriting):
    """An https target is served without TLS."""

    wrong = re.compile(rb"\A(\w+ )https:")
    instead = rb"\1http:"


@liar(interface="wsgi", catches=["test_a_target_with_user_information_is_refused"])
class DropsUsers(Rewriting):
    """User information in a target is overlooked."""

    wrong = re.compile(rb"\A(\w+ http://)[\w:]+@")
    instead = rb"\1"


@liar(interface="asgi", catches=["test_a_target_with_an_empty_host_is_refused"])
class EmptyHosts(Rewriting):
    """An empty host in a target is the server's own."""

    wrong = re.compile(rb"\A(\w+ http://)(?=[:/])")
    instead = rb"\1testserver"


@liar(interface="wsgi", catches=["test_a_target_without_a_slash_is_refused"])
class AddsSlashes(Rewriting):
    """A path that begins with no slash is given one."""

    wrong = re.compile(rb"\AGET (?=[x?.])")
    instead = b"GET /"


@liar(interface="asgi", catches=["test_an_asterisk_is_for_options_only"])
class AsteriskIsRoot(Rewriting):
    """GET of `*` is GET of `/`."""

    wrong = re.compile(rb"\AGET \* ")
    instead = b"GET / "


@liar(interface="wsgi", catches=["test_an_authority_is_for_connect_only"])
class AuthorityIsRoot(Rewriting):
    """GET of an authority is GET of `/`."""

    wrong = re.compile(rb"\AGET \w+:\d+ ")
    instead = b"GET / "


@liar(interface="asgi", catches=["test_options_of_the_server_as_a_whole"])
class NoAsterisk(Rewriting):
    """OPTIONS of `*` is no request."""

    wrong = re.compile(rb"\AOPTIONS \* ")
    instead = b"( * "


@liar(
    interface="wsgi",
    catches=["test_connect_with_an_invalid_port_is_refused", "test_connect_to_another_server"],
)
class ServesConnect(Rewriting):
    """CONNECT is passed to the application, whatever it wants to connect to."""

    wrong = re.compile(rb"\ACONNECT \S+")
    instead = b"GET /"


@liar(interface="asgi", catches=["test_max_forwards_is_ignored_for_get"])
class MindsMaxForwards(Rewriting):
    """A request that must not be forwarded is refused."""

    wrong = re.compile(rb"\r\nMax-Forwards: 0")
    instead = b"\r\n("


@liar(interface="wsgi", catches=["test_the_scheme_without_tls_is_http"])
class AlwaysSecure(Connection):
    """The scheme is https for all connections."""

    def parse(self, event: h11.Request) -> Request:
        """With the scheme of TLS."""
        return replace(super().parse(event), scheme="https")
