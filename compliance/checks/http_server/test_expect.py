"""RFC 9110 section 10.1.1: clients that wait for 100 (Continue) before they send their content."""

import contextlib

import pytest

from compliance.attempt import FOLLOWING, Attempt, attempt
from compliance.claims import present
from compliance.exchange import Exchange
from compliance.expect import Closed, Observe, Silence, saw
from compliance.neutral import neutral
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Response

FRAMING = {b"content-length", b"transfer-encoding"}
HIDDEN = b"GET /hidden HTTP/1.1\r\nHost: testserver\r\n\r\n"

endpoints = pytest.mark.parametrize("app", ["reads", "ignores"])


def post(server: Server, app: str, expectation: bytes = b"100-continue") -> Exchange:
    """A POST of which only the head is sent, with an expectation."""
    exchange = server.prepare(neutral(server, app))
    exchange.send(
        b"POST / HTTP/1.1\r\nHost: testserver\r\n%bContent-Length: 5\r\nExpect: %b\r\n\r\n"
        % (exchange.field, expectation)
    )
    return exchange


def sent_at_once(
    server: Server, app: str, version: bytes = b"1.1", expect: bytes = b"100-continue"
) -> Attempt:
    """A POST whose content follows without waiting, and another request behind it, if that may be."""
    following = FOLLOWING if version == b"1.1" else b""
    framing = b"Host: testserver\r\nContent-Length: %d\r\nExpect: %b" % (len(HIDDEN), expect)
    data = b"POST / HTTP/%b\r\n%b\r\n\r\n%b" % (version, framing, HIDDEN)
    return attempt(server, data, app=app, following=following)


def final_status(exchange: Exchange) -> int:
    """The final status once the content was asked for and sent; NotApplicable if it was not asked for."""
    first = exchange.connection.head().status
    present(first == 100, f"the content is not asked for: {first}")
    exchange.send(b"hello")
    return exchange.status


def interim(exchange: Exchange) -> Response:
    """The 100 (Continue) that a client waits for; NotApplicable if something else comes, or nothing."""
    found = None
    with contextlib.suppress(Closed, Silence):
        found = exchange.connection.head()
    return present(found if found and found.status == 100 else None, "the content is not asked for")


def behind(server: Server, exchange: Exchange) -> bytes:
    """What follows an early response that does not end the connection, if the content is sent after all.

    By then the application is done, and the server has had its time to close: so it would not be too late.
    """
    present(exchange.connection.head().status != 100, "the content is asked for")
    exchange.connection.buffer = exchange.connection.everything()
    if exchange.response.is_last():
        return b"HTTP/1.1 200 is not needed"
    exchange.open_gate("answered")
    exchange.finish()
    server.settle(neutral(server, "ignores"))
    exchange.send(b"hello")
    return exchange.afterwards()


@requirement("rfc9110.expect.100_or_final")
@endpoints
def test_a_client_that_waits_is_answered(server: Server, app: str) -> None:
    """A client that waits gets 100 (Continue) or a final status, whether its content is read or not."""
    with post(server, app) as exchange:
        first = exchange.connection.head().status
        assert first == 100 or first >= 200, saw(first, "100, or a final status")


@requirement("rfc9110.expect.no_wait")
def test_an_application_that_reads_gets_the_content(server: Server) -> None:
    """The server asks for the content before it has come: an application that reads it is not stuck."""
    with post(server, "reads") as exchange:
        first = exchange.connection.head().status
        exchange.send(b"hello")
        assert first >= 400 or exchange.value("body") == b"hello", exchange.seen("100, and the content read")


@requirement("rfc9110.expect.final_follows")
def test_a_final_status_follows_the_100(server: Server) -> None:
    """After 100 (Continue) and the content a final status comes."""
    with post(server, "reads") as exchange:
        status = final_status(exchange)
        assert status >= 200, saw(status, "a final status")


@requirement("rfc9110.expect.case_insensitive")
@pytest.mark.parametrize("expectation", [b"100-Continue", b"100-CONTINUE"])
def test_an_expectation_is_known_in_any_case(server: Server, expectation: bytes) -> None:
    """100-continue in another case is the same expectation."""
    with post(server, "reads", expectation) as exchange:
        first = exchange.connection.head().status
        assert first == 100 or first >= 200, saw(first, "100, or a final status")


@requirement("rfc9110.expect.http10_ignored")
@endpoints
def test_an_expectation_of_http10_is_ignored(server: Server, app: str) -> None:
    """A client of HTTP/1.0 gets no 100 (Continue)."""
    interim = [response.status for response in sent_at_once(server, app, version=b"1.0").answer.interim]
    assert not interim, saw(interim, "no interim response")


@requirement("rfc9110.status.1xx_http10")
def test_no_interim_response_goes_to_http10(server: Server) -> None:
    """Whatever a client of HTTP/1.0 says, its first response is the final one."""
    got = sent_at_once(server, "reads", version=b"1.0").answered()
    assert not any(response.interim for response in got.responses), got.seen("no interim response")


@requirement("rfc9110.expect.once")
@endpoints
def test_no_more_than_one_100_is_sent(server: Server, app: str) -> None:
    """There is one 100 (Continue) at most, and it comes before the final response."""
    got = sent_at_once(server, app).answered()
    interim = [response.status for final in got.responses for response in final.interim]
    assert interim in ([], [100]), saw(interim, "100 once, or not at all")


@requirement("rfc9110.status.1xx_no_content")
def test_a_100_ends_with_its_head(server: Server) -> None:
    """A 100 (Continue) has no framing fields, and behind its head stands no content, only other responses."""
    with post(server, "reads") as exchange:
        names = {name.lower() for name, _ in interim(exchange).headers} & FRAMING
        rest = exchange.connection.arrived()
        right = not names and (not rest or rest.startswith(b"HTTP/1."))
        assert right, saw((names, rest), "no framing fields, and no content")


@requirement("rfc9110.expect.may_omit")
@endpoints
def test_whether_100_is_sent_for_content_that_has_come(server: Server, observe: Observe, app: str) -> None:
    """Whether 100 (Continue) is sent although the content came with the head."""
    got = sent_at_once(server, app)
    observe([[response.status for response in final.interim] for final in got.responses[:1]])


@requirement("rfc9110.expect.may_omit", definite=True)
@endpoints
def test_content_that_did_not_wait_is_no_request(server: Server, app: str) -> None:
    """The content of a client that did not wait for 100 (Continue) is not taken for another request."""
    got = sent_at_once(server, app).answered()
    assert all(call.path != b"/hidden" for call in got.calls), got.seen("no call for what is in the content")


@requirement("rfc9110.expect.early_final_close")
def test_a_final_status_without_100_leaves_no_doubt(server: Server) -> None:
    """An early final status says close, or the content and another request may still be sent."""
    with post(server, "stays") as exchange:
        rest = behind(server, exchange)
        assert rest.startswith(b"HTTP/1.1 200"), saw(rest, "Connection: close, or the next one answered")


@requirement("rfc9110.expect.unknown_417")
@pytest.mark.parametrize("expectation", [b"magic", b"100-continue, magic", b"200-ok"])
def test_what_comes_of_an_unknown_expectation(server: Server, observe: Observe, expectation: bytes) -> None:
    """What a server makes of an expectation that it does not know."""
    observe(sent_at_once(server, "reads", expect=expectation).outcome())
