"""RFC 6455 section 7.1.7, Fail the WebSocket Connection: how a server ends a connection that a client spoils.

That a violation is noticed at all is judged in the files of its topic; here it is what the application gets,
what the client is told, and what becomes of the connection.
"""

import pytest

from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_websocket
from compliance.listener import connected, heard
from compliance.requirements import requirement
from compliance.server import Server
from compliance.websocket_exchange import WebSocketExchange
from compliance.wire import violations
from compliance.wire.pace import bytewise, send_pieces
from compliance.wire.violations import Violation
from compliance.wire.websocket import CLOSE, TEXT, Frame, encode

EVERY = pytest.mark.parametrize("violation", violations.EVERY, ids=str)
_KINDS = [
    violations.UNMASKED[0],
    violations.RESERVED_BITS[0],
    violations.UNKNOWN_OPCODES[0],
    violations.FRAGMENTED_CONTROL[0],
    violations.INTERLEAVED[0],
    violations.ORPHANS[0],
    violations.LONG_CONTROL[0],
    violations.INVALID_TEXT[0],
]
ONE_OF_EACH = pytest.mark.parametrize("violation", _KINDS, ids=str)
EVERY_KIND = pytest.mark.parametrize(
    "violation",
    [
        *_KINDS,
        violations.RESERVED_BITS[4],
        violations.UNKNOWN_OPCODES[5],
        violations.IMPOSSIBLE_LENGTHS[1],
        *violations.INVALID_TEXT[-3:],
        *violations.INVALID_CLOSES,
        violations.INVALID_REASONS[0],
    ],
    ids=str,
)


def spoiled(server: Server, violation: Violation) -> WebSocketExchange:
    """An accepted connection to an application that listens, after the violation."""
    exchange = connected(server)
    exchange.send(violation.data)
    return exchange


def messages(exchange: WebSocketExchange) -> tuple[str | bytes | None, ...]:
    """What the application got in messages, once the client has gone."""
    exchange.connection.close()
    return tuple(heard(exchange))


@requirement("rfc6455.validate.input")
@EVERY
def test_a_violation_gives_the_application_no_message(server: Server, violation: Violation) -> None:
    """What breaks the protocol is no message, nor does it make one of what came before it."""
    with spoiled(server, violation) as exchange:
        violations.aftermath(exchange.connection)
        found = messages(exchange)
    assert found == violation.messages[: len(found)], saw(found, f"no message but {violation.messages}")


@requirement("rfc6455.close.fail_close_frame")
@EVERY_KIND
def test_a_violation_is_answered_by_a_close_frame(server: Server, violation: Violation) -> None:
    """Before the connection ends, the client gets a Close frame whose code says what is wrong."""
    with spoiled(server, violation) as exchange:
        frames = violations.aftermath(exchange.connection)
    codes = [frame.code for frame in frames if frame.opcode == CLOSE]
    assert codes, saw(frames, f"a Close frame with one of {violation.codes}")
    assert codes[0] in violation.codes, saw(frames, f"a Close frame with one of {violation.codes}")


@requirement("rfc6455.close.fail_closes")
@EVERY_KIND
def test_a_violation_ends_the_connection(server: Server, violation: Violation) -> None:
    """The server closes the connection on which the protocol was broken."""
    with spoiled(server, violation) as exchange:
        frames = violations.aftermath(exchange.connection)
        assert not violations.goes_on(frames), saw(frames, "a Close frame, or the end of the connection")
        exchange.connection.read_to_end()


@requirement("rfc6455.close.fail_closes")
@ONE_OF_EACH
def test_a_violation_ends_the_connection_however_slowly_it_comes(
    server: Server, violation: Violation
) -> None:
    """What breaks the protocol does so in segments of one octet as well."""
    with server.websocket("/", app=asgi_websocket.listens).accepted() as exchange:
        send_pieces(exchange.connection, bytewise(violation.data))
        frames = violations.aftermath(exchange.connection)
    assert not violations.goes_on(frames), saw(frames, "a Close frame, or the end of the connection")


@requirement("rfc6455.close.fail_no_processing")
@ONE_OF_EACH
def test_what_follows_a_violation_is_not_processed(server: Server, violation: Violation) -> None:
    """A message that comes right behind a violation does not reach the application."""
    with server.websocket("/", app=asgi_websocket.listens).accepted() as exchange:
        exchange.send(violation.data + encode(Frame(TEXT, b"behind")))
        violations.aftermath(exchange.connection)
        found = messages(exchange)
    assert "behind" not in found, saw(found, "no message from behind the violation")


@requirement("rfc6455.close.code_1006_local")
@ONE_OF_EACH
def test_the_code_that_the_application_gets_of_a_failed_connection(
    server: Server, violation: Violation, observe: Observe
) -> None:
    """Which code websocket.disconnect has after a violation is recorded; no Close frame came, so 1006."""
    with spoiled(server, violation) as exchange:
        violations.aftermath(exchange.connection)
        exchange.connection.close()
        observe(getattr(code := exchange.value("disconnected").get("code"), "value", code))


@requirement("rfc6455.close.fail_logged")
def test_whether_a_violation_is_logged(server: Server, observe: Observe) -> None:
    """Whether a server that runs with its usual log says anything of a violation is recorded."""
    with server.websocket("/", app=asgi_websocket.listens).accepted() as exchange:
        before = server.log_size()
        exchange.send(violations.RESERVED_BITS[0].data)
        violations.aftermath(exchange.connection)
        messages(exchange)
        server.fence(asgi_websocket.answers_http)
        observe(bool(server.log_since(before)))
