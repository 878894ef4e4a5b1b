"""Lies about the Host field."""

from __future__ import annotations

import re
from dataclasses import replace

import h11

from compliance.reference.connection import Connection
from compliance.reference.liar import liar
from compliance.reference.request import Request
from compliance.reference.rewriting import Rewriting


@liar(interface="asgi", catches=["test_a_request_without_a_host_gets_400"])
class NeedsNoHost(Rewriting):
    """A request without a Host is served."""

    wrong = re.compile(rb"\A(\S+ \S+ HTTP/1\.1\r\n)(?!(?:[^\r]+\r\n)*Host:)", re.IGNORECASE)
    instead = rb"\1Host: testserver\r\n"


@liar(interface="wsgi", catches=["test_a_request_with_two_hosts_gets_400"])
class LastHostCounts(Rewriting):
    """Of two Host fields the last one counts."""

    wrong = re.compile(rb"\r\nHost: [^\r\n]*(?=\r\nHost:)")


@liar(interface="asgi", catches=["test_a_host_that_is_none_gets_400"])
class AnyHost(Rewriting):
    """What is no host is taken for one."""

    wrong = re.compile(rb"\r\nHost: [^\r\n]*[ /?#@][^\r\n]*")
    instead = b"\r\nHost: testserver"


@liar(interface="wsgi", catches=["test_an_empty_host"])
class NoEmptyHost(Rewriting):
    """An empty Host is refused."""

    wrong = re.compile(rb"\r\nHost:\r\n")
    instead = b"\r\nHost: @\r\n"


@liar(interface="asgi", catches=["test_http_1_0_needs_no_host"])
class AlwaysNeedsHost(Rewriting):
    """A request of HTTP/1.0 without a Host is refused, too."""

    wrong = re.compile(rb"\A(\S+ \S+ HTTP/1\.0\r\n)(?!Host)")
    instead = rb"\1(\r\n"


@liar(interface="wsgi", catches=["test_the_host_reaches_the_application"])
class HidesHost(Connection):
    """The application does not learn the port of a Host."""

    def parse(self, event: h11.Request) -> Request:
        """Without the port."""
        request = super().parse(event)
        headers = [
            (name, value.partition(b":80")[0] if name == b"host" else value)
            for name, value in request.headers
        ]
        return replace(request, headers=headers)


@liar(interface="asgi", catches=["test_an_unknown_field_is_no_error"])
class KnownFieldsOnly(Rewriting):
    """A field that is not known is an error."""

    wrong = re.compile(rb"\r\nX-Nobody")
    instead = b"\r\n("
