"""RFC 9112 section 3.2, RFC 9110 section 7.2: the Host field of a request."""

import pytest

from compliance.attempt import attempt, both, seen
from compliance.expect import Observe
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.spelled import get, lines

GET = b"GET / HTTP/1.1"
MULTIPLE = {
    "the same": (b"Host: testserver", b"Host: testserver"),
    "another": (b"Host: testserver", b"Host: other.example"),
    "an empty one": (b"Host: testserver", b"Host:"),
    "in other letters": (b"host: testserver", b"HOST: other.example"),
    "with a field between": (b"Host: testserver", b"X-A: b", b"Host: other.example"),
}
INVALID = {
    "space": b"a b",
    "path": b"a/b",
    "user": b"user@a",
    "scheme": b"http://a",
    "query": b"a?b",
    "fragment": b"a#b",
    "backslash": b"a\\b",
    "port": b"a:b",
    "two ports": b"a:1:2",
    "open bracket": b"[::1",
    "behind a bracket": b"[::1]a",
    "no address": b"[a b]",
    "percent": b"a%zz",
    "angle": b"<a>",
    "quote": b'"a"',
    "octet above 7F": b"caf\xe9",
}


@requirement("rfc9112.host.missing")
@pytest.mark.parametrize(
    "start", [b"GET / HTTP/1.1", b"OPTIONS * HTTP/1.1", b"GET http://testserver/ HTTP/1.1"]
)
def test_a_request_without_a_host_gets_400(server: Server, start: bytes) -> None:
    """A request of HTTP/1.1 without a Host field gets 400, whatever its target."""
    got = both(server, lines(start), in_turn=True)
    assert all(one.refused_with(400) for one in got), seen(got, "400, and no call")


@requirement("rfc9112.host.multiple")
@pytest.mark.parametrize("fields", MULTIPLE.values(), ids=MULTIPLE.keys())
def test_a_request_with_two_hosts_gets_400(server: Server, fields: tuple[bytes, ...]) -> None:
    """A request with two Host fields, alike or not, gets 400."""
    got = both(server, lines(GET, *fields), in_turn=True)
    assert all(one.refused_with(400) for one in got), seen(got, "400, and no call")


@requirement("rfc9112.host.invalid")
@pytest.mark.parametrize("host", INVALID.values(), ids=INVALID.keys())
def test_a_host_that_is_none_gets_400(server: Server, host: bytes) -> None:
    """A request whose Host is not a host with an optional port gets 400."""
    got = both(server, lines(GET, b"Host: " + host), in_turn=True)
    assert all(one.refused_with(400) for one in got), seen(got, "400, and no call")


@requirement("rfc9112.host.empty_allowed")
def test_an_empty_host(server: Server, observe: Observe) -> None:
    """What a server does with an empty Host, which a client sends for a URI without an authority."""
    observe(attempt(server, lines(GET, b"Host:"), app="reads", in_turn=True).outcome())


@requirement("rfc9112.host.http10_optional")
def test_http_1_0_needs_no_host(server: Server) -> None:
    """A request of HTTP/1.0 without a Host field is served."""
    got = attempt(server, lines(b"GET / HTTP/1.0"), app="reads", in_turn=True)
    assert got.served, got.seen("one call, and its answer")


@requirement("rfc9110.host.required")
@pytest.mark.parametrize(
    "host", [b"testserver", b"testserver:8000", b"[::1]:80", b"127.0.0.1", b"a-b.example."]
)
def test_the_host_reaches_the_application(server: Server, host: bytes) -> None:
    """The application sees the Host that the client sent."""
    got = attempt(server, lines(GET, b"Host: " + host), app="reads", in_turn=True)
    assert [call.all(b"host") for call in got.own] == [[host]], got.seen(f"one call, with the Host {host!r}")


@requirement("rfc9110.field.unknown_ignored")
def test_an_unknown_field_is_no_error(server: Server) -> None:
    """A field that nobody has defined changes nothing."""
    got = attempt(server, get(b"X-Nobody-Knows: me"), app="reads", in_turn=True)
    assert got.served, got.seen("one call, and its answer")
