"""WSGI, the start_response() callable: what a server does with a status, headers and exc_info."""

import re

import pytest

from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.guest.apps import wsgi_start_response as apps
from compliance.requirements import requirement
from compliance.server import Server

CLOSE = [("Connection", "close")]
GATES = [f"gate {number}" for number in range(20)]  # time for a server that sends from another thread


def pass_gates(exchange: Exchange, *gates: str) -> None:
    """Open each gate once the application stands at it."""
    for gate in gates:
        exchange.wait_gate(gate)
        exchange.open_gate(gate)


def unstarted(server: Server, blocks: list[bytes]) -> bytes:
    """All that the server sends for an application that gives blocks and never calls start_response."""
    exchange = server.open(app=apps.never_starts, with_={"blocks": blocks}, headers=CLOSE)
    exchange.wait_called()
    return exchange.connection.read_to_end()


@requirement("wsgi.sr.returns_write")
def test_start_response_returns_a_callable(server: Server) -> None:
    """What start_response returns can be called."""
    found = server.call(app=apps.returns).value("callable")
    assert found is True, saw(found, "a write() callable")


@requirement("wsgi.callable.start_response_optional_arg")
def test_the_third_argument_may_be_none(server: Server) -> None:
    """start_response takes None as exc_info, positionally."""
    exchange = server.call(app=apps.gives_none)
    assert exchange.status == 200, exchange.seen("200: exc_info None is no error")


@requirement("wsgi.sr.status_sent")
@pytest.mark.parametrize("code", [200, 201, 299, 418, 499, 599])
def test_the_status_code_reaches_the_client(server: Server, code: int) -> None:
    """The three digits of the status are those of the status line, registered or not."""
    exchange = server.call(app=apps.answers, with_={"status": f"{code} Any Reason"})
    assert exchange.status == code, exchange.seen(f"the status code {code}")


@requirement("wsgi.sr.reason_sent")
def test_the_reason_phrase_reaches_the_client(server: Server) -> None:
    """The status line of HTTP/1.1 carries the application's own reason phrase."""
    exchange = server.call(app=apps.answers, with_={"status": "200 As You Wish"})
    assert exchange.response.reason == b"As You Wish", saw(exchange.response.reason, "b'As You Wish'")


@requirement("wsgi.sr.not_transmitted")
def test_start_response_sends_nothing(server: Server) -> None:
    """While the application goes on after start_response, nothing is on the wire."""
    with server.open(app=apps.lingers, with_={"gates": GATES}) as exchange:
        pass_gates(exchange, *GATES[:-1])
        exchange.wait_gate(GATES[-1])
        assert exchange.connection.arrived() == b"", exchange.seen("nothing before the first block")
        exchange.open_gate(GATES[-1])
        assert exchange.body == b"data", exchange.seen("the response once there is data")


@requirement("wsgi.sr.sent_at_first_nonempty")
def test_an_empty_block_sends_no_headers(server: Server) -> None:
    """An empty block, even the first of several, puts nothing on the wire."""
    with server.open(app=apps.waits, with_={"before": [b""] * 8}) as exchange:
        pass_gates(exchange, "started", *(f"after {number}" for number in range(1, 8)))
        exchange.wait_gate("after 8")
        assert exchange.connection.arrived() == b"", exchange.seen("nothing before the first non-empty block")
        exchange.open_gate("after 8")
        assert exchange.body == b"data", exchange.seen("the response once there is data")


@requirement("wsgi.sr.required_headers_added", definite=True)
def test_a_response_without_headers_is_sent(server: Server) -> None:
    """An empty list of headers is one: the server adds what HTTP requires, and sends the response."""
    exchange = server.call(app=apps.answers, with_={"headers": []})
    assert (exchange.status, exchange.body) == (200, b"hello"), exchange.seen("200 and the body")


@requirement("wsgi.sr.content_length_zero_exception")
def test_when_headers_with_a_length_of_zero_are_sent(server: Server, observe: Observe) -> None:
    """With Content-Length: 0 the headers may be sent before the iterable is exhausted."""
    with server.open(app=apps.waits_at_the_end, with_={"headers": [("Content-Length", "0")]}) as exchange:
        exchange.wait_gate("started")
        observe("sent early" if exchange.connection.arrived() else "sent at the end")


@requirement("wsgi.sr.empty_iterable_headers")
@pytest.mark.parametrize(
    "blocks", [[], (), [b""], [b"", b""]], ids=["list", "tuple", "empty block", "empty blocks"]
)
def test_a_response_without_a_body_is_sent_at_the_end(server: Server, blocks: list[bytes]) -> None:
    """Status and headers reach the client also if no block has any bytes."""
    exchange = server.call(app=apps.answers, with_={"status": "202 Later", "blocks": blocks})
    assert (exchange.status, exchange.body) == (202, b""), exchange.seen("202 with an empty body")
    assert exchange.response.complete, exchange.seen("a complete message")


@requirement("wsgi.sr.late_call")
def test_start_response_may_be_called_by_the_first_iteration(server: Server) -> None:
    """A response begun inside the iterable's first step is sent like any other."""
    exchange = server.call(app=apps.starts_late)
    assert (exchange.status, exchange.body) == (201, b"late"), exchange.seen("201 with the body 'late'")


@requirement("wsgi.sr.late_call_after_empty")
def test_start_response_after_an_empty_block(server: Server, observe: Observe) -> None:
    """What follows if start_response is called after an empty block, before the first data."""
    exchange = server.call(app=apps.starts_late, with_={"before": [b""]})
    observe(f"status {exchange.status}")


@requirement("wsgi.sr.never_called", definite=True)
def test_a_response_that_never_starts_corrupts_no_status_line(server: Server) -> None:
    """Without a call of start_response no data goes out under a head that is none."""
    raw = unstarted(server, [b"data"])
    assert re.match(rb"HTTP/1\.[01] [1-5][0-9]{2} |$", raw), saw(raw, "a status line of HTTP, or nothing")


@requirement("wsgi.sr.never_called")
@pytest.mark.parametrize("blocks", [[b"data"], []], ids=["a block", "no block"])
def test_a_response_that_never_starts_is_an_error(server: Server, blocks: list[bytes]) -> None:
    """Without a call of start_response the client gets an error, or no response at all."""
    raw = unstarted(server, blocks)
    assert raw == b"" or raw.split(b" ")[1:2] == [b"500"], saw(raw, "500, or a closed connection")


@requirement("wsgi.sr.sent_at_first_nonempty")
def test_an_empty_block_does_not_fix_the_response(server: Server) -> None:
    """After an empty block an application can still replace its response."""
    exchange = server.call(app=apps.changes_its_mind, with_={"before": [b""]})
    assert (exchange.status, exchange.body) == (503, b"second"), exchange.seen("the second response")


@requirement("wsgi.sr.exc_info_replaces")
def test_exc_info_replaces_the_status(server: Server) -> None:
    """Until data is sent, a call with exc_info replaces the status, and the response goes on with it."""
    with server.open(app=apps.changes_its_mind) as exchange:  # whether close() is called, is not asked here
        assert (exchange.status, exchange.body) == (503, b"second"), exchange.seen("the second response")


@requirement("wsgi.sr.exc_info_replaces")
def test_exc_info_replaces_the_headers(server: Server) -> None:
    """Until data is sent, a call with exc_info replaces the headers: none of the first call's is sent."""
    with server.open(app=apps.changes_its_mind) as exchange:
        fields = (exchange.header("x-first"), exchange.header("x-second"))
    assert fields == (None, b"yes"), saw(fields, "only the headers of the second call")


@requirement("wsgi.sr.exc_info_replaces")
def test_exc_info_replaces_a_content_length(server: Server) -> None:
    """The Content-Length of the replaced headers has no effect."""
    with server.open(app=apps.changes_its_mind, with_={"first": [("Content-Length", "3")]}) as exchange:
        got = (exchange.status, exchange.body)
        assert got == (503, b"second"), exchange.seen("the whole second response")


@requirement("wsgi.sr.exc_info_raises")
def test_exc_info_raises_once_headers_are_sent(server: Server) -> None:
    """After the first data start_response with exc_info raises."""
    with server.open(app=apps.too_late) as exchange:
        assert exchange.read_body(5) == b"first", exchange.seen("the first block")
        exchange.open_gate("after 1")
        raised = exchange.value("raised")
    assert raised, saw(raised, "an exception out of start_response")


@requirement("wsgi.sr.exc_info_reraises_same")
def test_the_error_in_exc_info_is_raised_again(server: Server) -> None:
    """start_response raises the exception that it was given, with its traceback."""
    with server.open(app=apps.too_late) as exchange:
        assert exchange.read_body(5) == b"first", exchange.seen("the first block")
        exchange.open_gate("after 1")
        assert exchange.value("same") is True, exchange.seen("the exception of exc_info with its traceback")


@requirement("wsgi.sr.exc_info_released")
def test_no_reference_to_exc_info_is_kept(server: Server) -> None:
    """Once start_response has returned, nothing holds the frames of the traceback."""
    alive = server.call(app=apps.releases).value("alive")
    assert alive is False, saw(alive, "False: an object in a frame of the traceback is gone")


@requirement("wsgi.sr.second_call_without_exc_info")
def test_a_second_call_without_exc_info_raises(server: Server) -> None:
    """start_response may be called once, unless exc_info is given."""
    raised = server.open(app=apps.twice).value("raised")
    assert raised, saw(raised, "an exception out of the second call")


@requirement("wsgi.sr.second_call_after_error")
def test_a_second_call_raises_also_if_the_first_did(server: Server) -> None:
    """A first call that raised counts as a call."""
    raised = server.open(app=apps.twice, with_={"first": [("X-First", 5)]}).value("raised")
    assert raised, saw(raised, "an exception out of the second call")


@requirement("wsgi.sr.exc_info_replaces")
def test_exc_info_answers_an_error_of_start_response(server: Server) -> None:
    """After start_response itself has raised, a call with exc_info begins the response."""
    exchange = server.call(app=apps.repairs)
    assert (exchange.status, exchange.body) == (503, b"second"), exchange.seen(
        "the response of the second call"
    )


@requirement("wsgi.sr.status_sent")
def test_a_header_status_is_not_the_status(server: Server) -> None:
    """A header Status, which CGI has in place of a status line, changes nothing here."""
    exchange = server.open(app=apps.answers, with_={"headers": [("Status", "404 Not Found")]})
    found = exchange.outcome()
    exchange.wait_called()
    assert found is None or found.status in {200, 500}, saw(found, "200, or 500 for a refused header")


@requirement("wsgi.err.partial_abort")
def test_a_response_is_broken_off_where_exc_info_is_too_late(server: Server) -> None:
    """If start_response raises the error again, and the application lets it go, the body is not complete."""
    exchange = server.open(app=apps.too_late)
    exchange.open_gate("after 1")
    found, raised = exchange.outcome(), exchange.value("raised")
    whole = found is not None and found.complete and found.framing != "close" and found.status == 200
    assert not (whole and raised), saw(found, "a response broken off, or another status")
