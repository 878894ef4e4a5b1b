"""RFC 6455 section 5.5.1 and 7, Closing the Connection: Close frames of every kind, and who ends what."""

from typing import Any

import pytest

from compliance.claims import since
from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_websocket
from compliance.guest.apps.asgi_websocket import accept, close
from compliance.guest.apps.asgi_websocket_sending import says
from compliance.listener import connected
from compliance.requirements import requirement
from compliance.server import Server
from compliance.websocket_exchange import WebSocketExchange
from compliance.wire import violations
from compliance.wire.violations import Violation
from compliance.wire.websocket import CLOSE, CONTINUATION, TEXT, Frame, close_payload

VALID = [1000, 1001, 1002, 1003, 1007, 1011, 3000, 3999, 4999]
OPEN = [1004, 1012, 1013, 1014, 1016, 1999, 2000, 2999, 5000, 65535]
NORMAL = Frame(CLOSE, close_payload(1000))
BEGUN = Frame(TEXT, b"begun", final=False)


def closing(server: Server, **more: Any) -> WebSocketExchange:
    """An accepted connection that the application closes, with these keys in the message."""
    return server.websocket("/", app=says, with_={"messages": [accept(), close(**more)]}).accepted()


def answer(server: Server, *frames: Frame) -> Frame | None:
    """The Close frame that answers these frames; None if the connection ends without one."""
    with connected(server) as exchange:
        exchange.send_frame(*frames)
        return exchange.ending()


def code_of(event: dict[str, Any]) -> Any:
    """The code of websocket.disconnect, as a plain int also where it is a member of an IntEnum."""
    return getattr(event.get("code"), "value", event.get("code"))


@requirement("rfc6455.close.empty_ok")
def test_a_close_frame_may_be_empty(server: Server) -> None:
    """A Close frame without a code is answered by one that finds nothing wrong."""
    frame = answer(server, Frame(CLOSE))
    assert frame is not None, saw(frame, "a Close frame")
    assert frame.code in {None, 1000}, saw(frame, "a Close frame without a code, or with 1000")


@requirement("rfc6455.close.valid_codes")
@pytest.mark.parametrize("code", VALID)
def test_a_code_that_exists_is_accepted(server: Server, code: int) -> None:
    """A Close frame with a code that a client may send is answered by one that finds nothing wrong."""
    frame = answer(server, Frame(CLOSE, close_payload(code, "reason")))
    assert frame is not None, saw(frame, "a Close frame")
    assert frame.code in {None, 1000, code}, saw(
        frame, f"a Close frame with {code}, with 1000 or without a code"
    )


@requirement("rfc6455.close.valid_codes")
@pytest.mark.parametrize("reason", ["", "x" * 123, "\u00fc" * 61, "\U0001f600" * 30], ids=ascii)
def test_a_reason_of_any_length_is_accepted(server: Server, reason: str) -> None:
    """A Close frame with a reason of 0 to 123 octets is answered by one that finds nothing wrong."""
    frame = answer(server, Frame(CLOSE, close_payload(1000, reason)))
    assert frame is not None, saw(frame, "a Close frame")
    assert frame.code in {None, 1000}, saw(frame, "a Close frame with 1000, or without a code")


@requirement("rfc6455.close.invalid_codes")
@pytest.mark.parametrize("code", violations.NO_CODES)
def test_a_code_that_must_not_be_sent_is_not_sent_back(server: Server, code: int) -> None:
    """A Close frame with a code that is none is no reason to send it: that would break the rule once more."""
    frame = answer(server, Frame(CLOSE, close_payload(code)))
    assert frame is None or frame.code != code, saw(frame, f"no Close frame with {code}")


@requirement("rfc6455.close.invalid_codes")
@pytest.mark.parametrize("code", OPEN)
def test_what_answers_a_code_without_a_meaning(server: Server, code: int, observe: Observe) -> None:
    """What answers a Close frame whose code the RFC keeps for later, or does not speak of, is recorded."""
    frame = answer(server, Frame(CLOSE, close_payload(code)))
    observe(frame.code if frame else "no Close frame")


@requirement("rfc6455.close.code_two_bytes", definite=True)
def test_half_a_code_is_not_sent_back(server: Server) -> None:
    """A Close frame of one octet is not answered by one that holds one octet, or a code made of it."""
    frame = answer(server, Frame(CLOSE, b"\x03"))
    assert frame is None or frame.code in {None, 1000, 1002}, saw(frame, "a Close frame with 1002")
    assert frame is None or len(frame.payload) != 1, saw(frame, "a Close frame with a code, or empty")


@requirement("rfc6455.close.reason_utf8")
@pytest.mark.parametrize("violation", violations.INVALID_REASONS, ids=str)
def test_a_reason_that_is_not_utf8_fails_the_connection(server: Server, violation: Violation) -> None:
    """A Close frame whose reason is no UTF-8 is not answered as if nothing were wrong."""
    with connected(server) as exchange:
        exchange.send(violation.data)
        frame = exchange.ending()
    assert frame is None or frame.code != 1000, saw(frame, "a Close frame with 1007, or none")


@requirement("rfc6455.close.reply")
@pytest.mark.parametrize(
    "payload", [b"", close_payload(1000), close_payload(4000, "bye")], ids=["empty", "code", "reason"]
)
def test_a_close_within_a_message_is_answered(server: Server, payload: bytes) -> None:
    """A client may close in the middle of a message, and gets a Close frame."""
    frame = answer(server, BEGUN, Frame(CLOSE, payload))
    assert frame is not None, saw(frame, "a Close frame")


@requirement("rfc6455.frag.control_between")
def test_the_code_that_answers_a_close_within_a_message(server: Server, observe: Observe) -> None:
    """Which code answers a Close frame with 4000 that comes in the middle of a message is recorded."""
    frame = answer(server, BEGUN, Frame(CLOSE, close_payload(4000)))
    observe(frame.code if frame else "no Close frame")


@requirement("asgi.ws.protocol.reassembly")
def test_a_message_that_a_close_cuts_short_is_none(server: Server) -> None:
    """What a client has sent of a message when it closes does not reach the application."""
    with connected(server) as exchange:
        exchange.send_frame(BEGUN, NORMAL, Frame(CONTINUATION, b"late"))
        exchange.ending()
        kinds = [event.get("type") for event in exchange.values("received")]
    assert "websocket.receive" not in kinds, saw(kinds, "no message")


@requirement("rfc6455.close.reply")
def test_one_close_frame_answers_many(server: Server) -> None:
    """A client that sends its Close frame twice gets one."""
    with connected(server) as exchange:
        exchange.send_frame(NORMAL, NORMAL)
        exchange.ending()
        extra = exchange.connection.read_to_end()
    assert extra == b"", saw(extra, "nothing behind the Close frame")


@requirement("rfc6455.close.reply")
def test_close_frames_that_cross_are_two(server: Server) -> None:
    """A server that has sent a Close frame does not answer the client's, though it has another code."""
    with closing(server, code=4000) as exchange:
        exchange.receive_close()
        exchange.send_close(3000)
        extra = exchange.connection.read_to_end()
    assert extra == b"", saw(extra, "nothing behind the first Close frame")


@requirement("rfc6455.close.start_with_code")
@pytest.mark.parametrize(
    ("code", "reason"), [(1000, ""), (1000, "bye"), (3000, "b\u00fc"), (4999, "x" * 123)], ids=ascii
)
def test_the_applications_close_is_a_frame_with_code_and_reason(
    server: Server, code: int, reason: str
) -> None:
    """websocket.close sends a Close frame with two octets of code, and the reason in UTF-8."""
    with closing(server, code=code, reason=reason) as exchange:
        since(exchange.value("scope"), "2.3")
        frame = exchange.receive_close()
    assert frame.payload == close_payload(code, reason), saw(frame, f"code {code} and reason {reason!r}")


@requirement("rfc6455.close.wait_for_peer")
def test_the_server_waits_for_the_clients_close_frame(server: Server) -> None:
    """A server that has sent a Close frame keeps the connection for the client's answer."""
    with closing(server) as exchange:
        exchange.receive_close()
        for _ in range(3):
            server.fence(asgi_websocket.answers_http)
        exchange.connection.arrived()
        assert not exchange.connection.ended, exchange.seen(
            "a connection that waits for the client's Close frame"
        )


@requirement("rfc6455.close.server_first")
def test_the_server_ends_the_connection_first(server: Server) -> None:
    """When the client has closed and got its answer, it sees the end of the connection without ending it."""
    with connected(server) as exchange:
        exchange.send_close()
        exchange.receive_close()
        extra = exchange.connection.read_to_end()
    assert extra == b"", saw(extra, "the end of the connection behind the Close frame")


@requirement("rfc6455.close.clean_tcp")
def test_the_connection_ends_without_a_reset(server: Server) -> None:
    """After the closing handshake the connection ends in order (FIN), and not by a reset (RST)."""
    with connected(server) as exchange:
        exchange.send_close()
        exchange.receive_close()
        exchange.connection.read_to_end()
        assert not exchange.connection.reset, exchange.seen("the end of the connection without a reset")


@requirement("rfc6455.close.code_1005_local")
@pytest.mark.parametrize(
    "before", [[], [Frame(TEXT, b"text")], [BEGUN]], ids=["alone", "after a message", "within"]
)
def test_an_empty_close_is_1005_for_the_application(server: Server, before: list[Frame]) -> None:
    """Wherever a client closes without a code, the application is told 1005."""
    with connected(server) as exchange:
        exchange.send_frame(*before, Frame(CLOSE))
        event = exchange.value("disconnected")
    assert code_of(event) == 1005, saw(event, "code 1005")


@requirement("rfc6455.close.code_1006_local")
@pytest.mark.parametrize(
    "data",
    [b"", b"\x81", b"\x81\x85\0\0\0\0ab", b"\x01\x81\0\0\0\0a"],
    ids=["frames", "head", "frame", "message"],
)
def test_the_code_of_a_connection_lost_within_something(
    server: Server, data: bytes, observe: Observe
) -> None:
    """Which code the application gets of a client that is lost somewhere is recorded; RFC 6455 says 1006."""
    with connected(server) as exchange:
        exchange.send(data)
        exchange.connection.close()
        observe(code_of(exchange.value("disconnected")))
