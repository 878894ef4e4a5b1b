"""WSGI, error handling: what becomes of a request, its client and its server when the application fails."""

import contextlib

import pytest

from compliance.claims import present
from compliance.exchange import App, Exchange
from compliance.expect import Closed, NotHttp, Observe, TargetDied, in_sync, saw
from compliance.guest.apps import wsgi_application_errors as apps
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Response

FAILURES = {
    "in the call": apps.raises_at_once,
    "after start_response": apps.raises_after_start,
    "in the first iteration": apps.raises_in_iteration,
    "returning None": apps.returns_none,
}
LENGTHS = {"a known length": [("Content-Length", "8")], "an unknown length": []}
HTML = [("Content-Type", "text/html")]


def failing(server: Server, app: App, **with_: object) -> Exchange:
    """An exchange with an application that fails as soon as it can."""
    exchange = server.open(app=app, with_=with_)
    exchange.open_gate("fail")
    return exchange


def answer_500(exchange: Exchange) -> Response:
    """The answer to an error, as far as it came; NotApplicable where that is no 500."""
    found = exchange.outcome()
    return present(found if exchange.answered == 500 else None, f"an error gets {exchange.answered}")


@requirement("wsgi.err.server_500")
@pytest.mark.parametrize("app", FAILURES.values(), ids=FAILURES.keys())
def test_an_error_before_any_data_is_answered_with_500(server: Server, app: App) -> None:
    """As long as nothing was sent, the client learns of the error."""
    exchange = failing(server, app)
    assert exchange.status == 500, exchange.seen("500")


@requirement("wsgi.sr.sent_at_first_nonempty")
def test_an_error_after_an_empty_block_is_answered_with_500(server: Server) -> None:
    """An empty block is no data: the client still learns of the error."""
    exchange = failing(server, apps.raises_in_iteration, before=[b""])
    assert exchange.status == 500, exchange.seen("500")


@requirement("wsgi.err.server_500", definite=True)
@pytest.mark.parametrize("app", FAILURES.values(), ids=FAILURES.keys())
def test_the_answer_to_an_error_is_a_complete_message(server: Server, app: App) -> None:
    """An answer of 500 ends as its framing promises; nobody is left waiting."""
    found = answer_500(failing(server, app))
    assert found.complete, saw(found, "a complete message")


@requirement("wsgi.err.server_500", definite=True)
def test_a_content_length_of_the_application_does_not_frame_the_error(server: Server) -> None:
    """The answer to an error has its own framing, not that of the response that failed."""
    found = answer_500(failing(server, apps.raises_after_start, headers=[("Content-Length", "1000")]))
    assert found.complete, saw(found, "a complete message")


@requirement("wsgi.err.partial_abort")
@pytest.mark.parametrize("headers", LENGTHS.values(), ids=LENGTHS.keys())
def test_an_error_in_the_body_breaks_the_response_off(server: Server, headers: list[tuple[str, str]]) -> None:
    """A body cut short by an error does not look complete; only the end of a connection can not tell."""
    exchange = server.open(app=apps.raises_in_iteration, with_={"before": [b"one"], "headers": headers})
    assert exchange.read_body(3) == b"one", exchange.seen("the block before the error")
    exchange.open_gate("fail")
    cut = exchange.is_cut_short(3)
    assert cut or exchange.response.framing == "close", exchange.seen("a response broken off")


@requirement("wsgi.err.partial_abort", definite=True)
@pytest.mark.parametrize("headers", LENGTHS.values(), ids=LENGTHS.keys())
def test_no_second_response_follows_an_error_in_the_body(
    server: Server, headers: list[tuple[str, str]]
) -> None:
    """Once a response has begun, no other status line is sent into it."""
    with_ = {"before": [b"one"], "headers": headers}
    exchange = server.open(app=apps.raises_in_iteration, with_=with_, headers=[("Connection", "close")])
    exchange.open_gate("fail")
    raw = exchange.connection.read_to_end()
    assert raw.count(b"HTTP/1.") <= 1, saw(raw, "one status line")


@requirement("wsgi.err.partial_message")
def test_what_is_added_to_a_response_that_was_broken_off(server: Server, observe: Observe) -> None:
    """Whether the server adds a message of its own to a partial text."""
    exchange = failing(server, apps.raises_in_iteration, before=[b"<p>one</p>"], headers=HTML)
    found = exchange.outcome()
    observe(found.body if found else "nothing was sent")


@requirement("wsgi.err.isolated")
def test_an_error_after_the_whole_body_leaves_it_intact(server: Server) -> None:
    """If the application fails when everything announced was sent, the client has the whole response."""
    exchange = failing(
        server, apps.raises_in_iteration, before=[b"one, two"], headers=[("Content-Length", "8")]
    )
    assert exchange.body == b"one, two", exchange.seen("the whole body")
    assert exchange.response.complete, exchange.seen("a complete message")


@requirement("wsgi.cl.not_exceed", definite=True)
def test_nothing_is_sent_after_the_whole_body_for_a_late_error(server: Server) -> None:
    """An error when everything announced was sent puts nothing more on the wire; sooner it may be a 500."""
    with_ = {"before": [b"one, two"], "headers": [("Content-Length", "8")]}
    exchange = server.open(app=apps.raises_in_iteration, with_=with_, headers=[("Connection", "close")])
    exchange.open_gate("fail")
    raw = exchange.connection.read_to_end()
    assert raw.endswith(b"\r\n\r\none, two") or raw[9:12] == b"500", saw(raw, "nothing after the body")


@requirement("wsgi.err.isolated")
@pytest.mark.parametrize("app", FAILURES.values(), ids=FAILURES.keys())
def test_requests_are_served_after_an_error(server: Server, app: App) -> None:
    """An error of the application ends its own request only."""
    first = failing(server, app)
    first.outcome()
    assert server.fence(apps.good).body == b"good", first.seen("a later request served")


@requirement("wsgi.err.isolated")
def test_requests_are_served_after_an_error_in_the_body(server: Server) -> None:
    """An error in the middle of a response ends its own request only."""
    first = failing(server, apps.raises_in_iteration, before=[b"one"])
    with contextlib.suppress(NotHttp):
        first.outcome()
    assert server.fence(apps.good).body == b"good", first.seen("a later request served")


@requirement("wsgi.err.isolated", definite=True)
@pytest.mark.parametrize("app", FAILURES.values(), ids=FAILURES.keys())
def test_the_connection_is_usable_or_closed_after_an_error(server: Server, app: App) -> None:
    """After the answer to an error the next request on the connection is served, or the server closes it."""
    first = failing(server, app)
    first.outcome()
    rest = first.afterwards()
    assert in_sync(rest), saw(rest, "the next response, or a closed connection")


@requirement("wsgi.err.server_traps")
@pytest.mark.parametrize("app", [apps.raises_at_once, apps.raises_after_start, apps.raises_in_iteration])
def test_an_error_is_logged(server: Server, app: App) -> None:
    """The text of an exception that aborts the application is in the server's log."""
    text = f"logged by {app.__name__}"
    failing(server, app, text=text).outcome()
    assert server.wait_log(text), saw(server.log(5), f"{text!r} in the log")


@requirement("wsgi.err.server_traps")
def test_an_error_in_the_body_is_logged(server: Server) -> None:
    """The text of an exception that breaks a response off is in the server's log."""
    failing(server, apps.raises_in_iteration, before=[b"one"], text="logged in the body").outcome()
    assert server.wait_log("logged in the body"), saw(server.log(5), "'logged in the body' in the log")


@requirement("rfc9110.server.no_app_leak")
def test_the_answer_to_an_error_tells_nothing_of_the_application(server: Server) -> None:
    """The client is not shown the application's traceback."""
    found = failing(server, apps.raises_at_once, text="a secret of the application").outcome()
    assert found is None or b"secret" not in found.body, saw(found, "an answer without the exception's text")


@requirement("wsgi.err.server_traps", definite=True)
def test_an_error_that_is_no_exception_ends_the_request(server: Server, observe: Observe) -> None:
    """If the application raises what is not derived from Exception, nobody is left waiting, now or later."""
    first = failing(server, apps.raises_at_once, kind="Severe")
    found = first.outcome()
    assert server.fence(apps.good).body == b"good", first.seen("a later request served")
    observe(f"status {found.status}" if found else "closes the connection")


@requirement("wsgi.err.server_traps", definite=True)
def test_a_system_exit_leaves_nobody_waiting(server: Server, observe: Observe) -> None:
    """A server may take SystemExit for a request to stop; clients get an answer, or see its end."""
    found, later = failing(server, apps.raises_at_once, kind="SystemExit").outcome(), None
    with contextlib.suppress(Closed, TargetDied):
        later = server.fence(apps.good).status
    server.distrusted = True  # where it ends, it may do so after the next answer
    answer = f"status {found.status}" if found else "closes the connection"
    observe(f"{answer}; then {'serves on' if later else 'ends'}")
