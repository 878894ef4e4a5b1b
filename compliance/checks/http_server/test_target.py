"""RFC 9112 sections 3.2 and 3.3, RFC 9110 sections 4.2, 7.1 and 7.4: the forms of the request target."""

import pytest

from compliance.attempt import attempt, both, seen
from compliance.expect import Observe
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.spelled import HOST, get, lines

ABSOLUTE = {
    "path and query": b"http://testserver/x?q=1",
    "no path": b"http://testserver",
    "port": b"http://testserver:80/x",
    "letters": b"HTTP://TestServer/x",
    "IPv6": b"http://[::1]/x",
}
PORTS = {
    "empty": b"testserver:",
    "too large": b"testserver:99999",
    "no number": b"testserver:x",
    "none": b"testserver",
}


@requirement("rfc9112.target.absolute_accepted")
@pytest.mark.parametrize("target", ABSOLUTE.values(), ids=ABSOLUTE.keys())
def test_a_target_in_absolute_form_is_served(server: Server, target: bytes) -> None:
    """A request whose target is a whole URI reaches the application."""
    got = attempt(server, get(target=target), app="reads", in_turn=True)
    assert got.served, got.seen("one call, and its answer")


@requirement("rfc9112.target.absolute_overrides_host")
def test_the_host_of_an_absolute_target_is_the_one_that_counts(server: Server) -> None:
    """With a whole URI as the target, the application does not see what the Host field says instead."""
    got = attempt(
        server,
        lines(b"GET http://real.example/x HTTP/1.1", b"Host: other.example"),
        app="reads",
        in_turn=True,
    ).answered()
    assert b"other.example" not in got.values(b"host"), got.seen(f"real.example, not {got.values(b'host')}")


@requirement("rfc9110.target.misdirected")
def test_an_https_target_without_tls(server: Server, observe: Observe) -> None:
    """What a server does with an https URI that came without TLS, from a client that may be its gateway."""
    observe(attempt(server, get(target=b"https://testserver/x"), app="reads", in_turn=True).outcome())


@requirement("rfc9110.userinfo.target")
def test_a_target_with_user_information_is_refused(server: Server) -> None:
    """A request for a URI that names a user before its host reaches no application."""
    got = both(server, get(target=b"http://user:secret@testserver/x"), in_turn=True)
    assert all(one.turned_away for one in got), seen(got, "a refusal, and no call")


@requirement("rfc9110.uri.empty_host")
@pytest.mark.parametrize("target", [b"http:///x", b"http://:80/x"])
def test_a_target_with_an_empty_host_is_refused(server: Server, target: bytes) -> None:
    """A request for a URI whose host is empty reaches no application."""
    got = both(server, get(target=target), in_turn=True)
    assert all(one.turned_away for one in got), seen(got, "a refusal, and no call")


@requirement("rfc9112.target.origin_form")
@pytest.mark.parametrize("target", [b"x", b"?q", b"x/y", b"../x"])
def test_a_target_without_a_slash_is_refused(server: Server, target: bytes) -> None:
    """A path that does not begin with a slash reaches no application."""
    got = both(server, get(target=target), in_turn=True)
    assert all(one.turned_away for one in got), seen(got, "a refusal, and no call")


@requirement("rfc9112.target.asterisk_options_only")
def test_an_asterisk_is_for_options_only(server: Server) -> None:
    """GET of `*` reaches no application."""
    got = both(server, get(target=b"*"), in_turn=True)
    assert all(one.turned_away for one in got), seen(got, "a refusal, and no call")


@requirement("rfc9112.target.authority_connect_only")
def test_an_authority_is_for_connect_only(server: Server) -> None:
    """GET of `host:port` reaches no application."""
    got = both(server, get(target=b"testserver:80"), in_turn=True)
    assert all(one.turned_away for one in got), seen(got, "a refusal, and no call")


@requirement("rfc9110.options.asterisk")
def test_options_of_the_server_as_a_whole(server: Server, observe: Observe) -> None:
    """What a server does with OPTIONS of `*`."""
    observe(attempt(server, lines(b"OPTIONS * HTTP/1.1", HOST), app="reads", in_turn=True).outcome())


@requirement("rfc9110.connect.invalid_port")
@pytest.mark.parametrize("target", PORTS.values(), ids=PORTS.keys())
def test_connect_with_an_invalid_port_is_refused(server: Server, target: bytes) -> None:
    """CONNECT without a port, or with one that is none, reaches no application."""
    got = both(server, lines(b"CONNECT %s HTTP/1.1" % target, HOST), in_turn=True)
    assert all(one.turned_away for one in got), seen(got, "a refusal, and no call")


@requirement("rfc9110.connect.not_implemented")
def test_connect_to_another_server(server: Server, observe: Observe) -> None:
    """What a server does with CONNECT."""
    observe(
        attempt(server, lines(b"CONNECT testserver:80 HTTP/1.1", HOST), app="reads", in_turn=True).outcome()
    )


@requirement("rfc9110.maxfwd.ignore")
def test_max_forwards_is_ignored_for_get(server: Server) -> None:
    """GET with Max-Forwards: 0 is served as it is without."""
    got = attempt(server, get(b"Max-Forwards: 0"), app="reads", in_turn=True)
    assert got.served, got.seen("one call, and its answer")


@requirement("rfc9112.target.reconstruct_scheme")
def test_the_scheme_without_tls_is_http(server: Server) -> None:
    """The application is told the scheme `http` on a connection without TLS."""
    got = attempt(server, get(target=b"/x"), app="reads", in_turn=True)
    assert [call.scheme for call in got.own] == ["http"], got.seen("one call, with the scheme http")
