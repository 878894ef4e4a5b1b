"""ASGI HTTP: what becomes of `send` after the client has left."""

from collections.abc import Callable
from typing import Any

import pytest

from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_http_disconnect, asgi_http_response
from compliance.guest.apps.asgi_http_response import body, start
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Connection

PART = [start(), body(b"part", True)]
LATE = {
    "in the middle": (PART, [body(b"late", True), body(b"late", True), body(b"late")]),
    "before the start": ([], [start(), body(b"late", True), body(b"late")]),
}
late_messages = pytest.mark.parametrize(("before", "late"), LATE.values(), ids=LATE.keys())


def left(server: Server, app: Callable[..., Any], before: list[dict[str, Any]], **more: Any) -> Exchange:
    """A finished exchange with an application whose client leaves; it sends after it was told of that."""
    exchange = server.open(app=app, with_={"before": before, **more})
    exchange.wait("waiting")
    exchange.connection.abort()
    exchange.wait_end()
    return exchange


def outcomes(server: Server, before: list[dict[str, Any]], late: list[dict[str, Any]]) -> list[Any]:
    """What each late message met: the names of the raised class and its bases, or None."""
    return left(server, asgi_http_disconnect.sends_afterwards, before, late=late).values("outcome")


def first_names(met: list[Any]) -> list[Any]:
    """The name of the class that each message met, or None."""
    return [names and names[0] for names in met]


@requirement("asgi.http.send.after_disconnect_raises")
def test_whether_send_raises_after_a_disconnect(server: Server, observe: Observe) -> None:
    """From spec_version 2.4 on send raises an OSError to a client that has left: what it did is recorded."""
    before, late = LATE["in the middle"]
    exchange = left(server, asgi_http_disconnect.sends_afterwards, before, late=late)
    version, met = exchange.value("spec_version"), exchange.values("outcome")
    seen = {"spec_version": version, "raised": first_names(met)}
    raises = all(names and "OSError" in names for names in met)
    assert raises or version < "2.4", saw(seen, "an OSError, since spec_version is 2.4 or later")
    observe(seen)


@requirement("asgi.core.error.send_after_close_noop")
def test_whether_send_does_nothing_after_a_disconnect(server: Server, observe: Observe) -> None:
    """Before spec_version 2.4 send to a client that has left does nothing: what it did is recorded."""
    before, late = LATE["in the middle"]
    exchange = left(server, asgi_http_disconnect.sends_afterwards, before, late=late)
    version, met = exchange.value("spec_version"), exchange.values("outcome")
    seen = {"spec_version": version, "raised": first_names(met)}
    assert not any(met) or version >= "2.4", saw(seen, "no error, since spec_version is below 2.4")
    observe(seen)


@requirement("asgi.http.send.after_disconnect_not_other")
@late_messages
def test_send_raises_nothing_but_an_oserror_after_a_disconnect(
    server: Server, before: list[dict[str, Any]], late: list[dict[str, Any]]
) -> None:
    """After the disconnect send does nothing, or raises an OSError: no other error."""
    met = outcomes(server, before, late)
    assert all(names is None or "OSError" in names for names in met), saw(
        first_names(met), "None or an OSError"
    )


@requirement("asgi.http.send.after_disconnect_subclass")
@late_messages
def test_an_error_after_a_disconnect_is_of_the_server_s_own_class(
    server: Server, before: list[dict[str, Any]], late: list[dict[str, Any]]
) -> None:
    """If send raises an OSError, it is of a subclass, not OSError itself."""
    met = outcomes(server, before, late)
    assert "OSError" not in first_names(met), saw(first_names(met), "a subclass of OSError")


@requirement("asgi.core.send.completes")
@late_messages
def test_send_returns_after_a_disconnect(
    server: Server, before: list[dict[str, Any]], late: list[dict[str, Any]]
) -> None:
    """Each send after the disconnect returns or raises: none waits for a client that is gone."""
    met = outcomes(server, before, late)
    assert len(met) == len(late), saw(first_names(met), f"{len(late)} calls of send that came to an end")


@requirement("asgi.http.send.caught_by_server")
@pytest.mark.parametrize("before", [[], PART], ids=["before the response", "in the middle of it"])
def test_the_server_goes_on_when_its_error_leaves_the_application(
    server: Server, before: list[dict[str, Any]]
) -> None:
    """What send raises after a disconnect may leave the application: the server serves the next request."""
    left(server, asgi_http_disconnect.sends_until_it_raises, before)
    fence = server.fence(asgi_http_response.fine)
    assert fence.body == b"fine", fence.seen("200 fine")


@requirement("asgi.core.error.send_error_caught")
def test_many_errors_of_send_leave_the_server_unharmed(server: Server) -> None:
    """Twenty applications that let pass what send raises after a disconnect do not end the server's work."""
    seen = [left(server, asgi_http_disconnect.sends_until_it_raises, PART).events for _ in range(20)]
    fence = server.fence(asgi_http_response.fine)
    assert fence.body == b"fine", fence.seen(f"200 fine after {len(seen)} errors")


@requirement("asgi.http.send.not_logged_as_error")
def test_the_server_does_not_log_its_own_error(server: Server) -> None:
    """No traceback tells of an error that send raised after a disconnect and the application let pass."""
    size = server.log_size()
    raised = left(server, asgi_http_disconnect.sends_until_it_raises, PART).values("raised")
    server.fence(asgi_http_response.fine)
    logged = server.log_since(size)
    assert "Traceback" not in logged, saw(logged, f"no traceback of {raised}")


@requirement("asgi.http.send.errors_before_disconnect_event")
@pytest.mark.parametrize("leave", [Connection.close, Connection.abort], ids=["FIN", "RST"])
def test_whether_send_fails_before_receive_tells(
    server: Server, observe: Observe, leave: Callable[[Connection], None]
) -> None:
    """An application that only sends may see an error before the disconnect: what it saw is recorded."""
    arguments = {"before": PART, "count": 20}
    with server.open(app=asgi_http_disconnect.sends_without_listening, with_=arguments) as exchange:
        assert exchange.read_body(4) == b"part", exchange.seen("the first part")
        leave(exchange.connection)
        server.fence(asgi_http_response.fine)
        exchange.open_gate("left")
        seen = exchange.value("sent")
        assert exchange.value("received") == {"type": "http.disconnect"}, exchange.seen("http.disconnect")
        observe(seen)
