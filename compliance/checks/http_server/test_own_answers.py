"""RFC 9110 section 15: the responses that a server makes by itself, and what it leaves to the application."""

import gzip

from compliance import claims
from compliance.attempt import attempt
from compliance.claims import present
from compliance.expect import Observe, saw
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Response, request

MALFORMED = b"GET / HTTP/1.1\r\nHost: testserver\r\nno field\r\n\r\n"
SECRET = b"TRACE / HTTP/1.1\r\nHost: testserver\r\nCookie: secret\r\nAuthorization: secret\r\n\r\n"


def refusal(server: Server) -> Response:
    """What a server answers by itself to a request that is none; NotApplicable if it does not."""
    return claims.refusal(attempt(server, MALFORMED))


@requirement("rfc9110.status.error_representation")
def test_a_refusal_is_explained(server: Server) -> None:
    """A 4xx response that the server makes by itself has content that says why."""
    found = refusal(server)
    assert found.body, saw(found, "some content")


@requirement("rfc9110.server.error_content_type")
def test_the_content_of_a_refusal_has_a_type(server: Server) -> None:
    """A response with content that the server makes by itself has a Content-Type."""
    found = refusal(server)
    present(found.body, "a refusal has no content")
    assert found.all("content-type"), saw(found.headers, "Content-Type")


@requirement("rfc9110.trace.reflect")
def test_what_comes_of_trace(server: Server, observe: Observe) -> None:
    """Who answers TRACE, and how."""
    got = attempt(server, SECRET)
    observe(got.outcome())


@requirement("rfc9110.trace.reflect")
def test_trace_reflects_no_secrets(server: Server) -> None:
    """A server that answers TRACE by itself does not send cookies and credentials back."""
    got = attempt(server, SECRET).answered()
    present(not got.own, "TRACE is left to the application")
    assert b"secret" not in got.answer.body, saw(got.answer.body, "no Cookie and no Authorization")


@requirement("rfc9110.head.reaches_app")
def test_head_reaches_the_application_as_head(server: Server) -> None:
    """The application is told that the method is HEAD."""
    got = attempt(server, request("HEAD", "/"), app="reads", method="HEAD", in_turn=True)
    assert [call.method for call in got.own] == ["HEAD"], got.seen("one call, HEAD")


@requirement("rfc9110.compress.te_gzip")
def test_coded_content_comes_as_it_was_sent(server: Server) -> None:
    """A request with Content-Encoding gives the application the coded bytes."""
    coded = gzip.compress(b"hello", mtime=0)
    data = request("POST", "/", [("Content-Encoding", "gzip")], coded)
    got = attempt(server, data, app="reads", in_turn=True)
    assert [call.body for call in got.own] == [coded], got.seen("the coded bytes")


@requirement("rfc9110.status.413_close")
def test_what_comes_of_a_length_that_nobody_can_mean(server: Server, observe: Observe) -> None:
    """What a server answers to an announced body of 999 petabytes, of which nothing comes."""
    head = b"POST / HTTP/1.1\r\nHost: testserver\r\nContent-Length: %d\r\n\r\n" % (999 * 10**15)
    with server.prepare() as exchange:
        exchange.send(head)
        observe("nothing" if not exchange.connection.fill(0.1) else exchange.status)
