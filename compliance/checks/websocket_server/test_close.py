"""ASGI WebSocket, Close after Accept: the Close frame that the application asks for, and what follows it."""

from typing import Any

import pytest

from compliance.claims import since
from compliance.expect import Observe, saw
from compliance.guest.apps.asgi_websocket import accept, binary, close, listens, text
from compliance.guest.apps.asgi_websocket_sending import stays, tries
from compliance.requirements import requirement
from compliance.server import Server
from compliance.websocket_exchange import WebSocketExchange
from compliance.wire.websocket import CLOSE, Frame

CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999]
LATE = [text("late"), binary(b"late")]


def closing(server: Server, *messages: dict[str, Any], **more: Any) -> WebSocketExchange:
    """An accepted connection whose application sends these messages, closes, and stays in its call."""
    sent = [accept(), *messages, close(**more)]
    return server.websocket("/", app=stays, with_={"messages": sent}).accepted()


def trying(server: Server, *messages: dict[str, Any]) -> WebSocketExchange:
    """An accepted connection whose application sends these messages, whatever send raises."""
    return server.websocket("/", app=tries, with_={"messages": [accept(), *messages]}).accepted()


def decodes(data: bytes) -> bool:
    """Whether this is UTF-8."""
    return data.decode(errors="replace").encode() == data


@requirement("asgi.ws.close.after_accept_code")
@pytest.mark.parametrize("code", CODES)
def test_the_close_frame_has_the_applications_code(server: Server, code: int) -> None:
    """The code of websocket.close is the code of the Close frame."""
    with closing(server, code=code) as exchange:
        frame = exchange.receive_close()
    assert frame.code == code, saw(frame, f"code {code}")


@requirement("asgi.ws.close.default_code")
def test_the_default_code_is_1000(server: Server) -> None:
    """Without a code the Close frame has 1000."""
    with closing(server) as exchange:
        frame = exchange.receive_close()
    assert frame.code == 1000, saw(frame, "code 1000")


@requirement("asgi.ws.close.reason")
@pytest.mark.parametrize("reason", ["bye", "auf Wiederh\u00f6ren \U0001f44b", "x" * 123], ids=ascii)
def test_the_close_frame_has_the_applications_reason(server: Server, reason: str) -> None:
    """The reason of websocket.close is the reason of the Close frame, from spec_version 2.3 on."""
    with closing(server, code=4000, reason=reason) as exchange:
        since(exchange.value("scope"), "2.3")
        frame = exchange.receive_close()
    assert frame.reason == reason, saw(frame, f"the reason {reason!r}")


@requirement("asgi.ws.close.reason")
@pytest.mark.parametrize("more", [{}, {"reason": None}, {"reason": ""}], ids=["missing", "None", "empty"])
def test_a_close_without_reason_has_none(server: Server, more: dict[str, Any]) -> None:
    """Where websocket.close has no reason, or None, the Close frame has none."""
    with closing(server, code=4000, **more) as exchange:
        frame = exchange.receive_close()
    assert frame.payload == (4000).to_bytes(2), saw(frame, "code 4000 and nothing else")


@requirement("asgi.ws.close.reason_too_long", definite=True)
@pytest.mark.parametrize(
    "reason", ["x" * 124, "x" * 1000, "\u00e9" * 62], ids=["124", "1000", "62 of two octets"]
)
def test_a_reason_that_is_too_long_gives_no_illegal_frame(
    server: Server, observe: Observe, reason: str
) -> None:
    """Whatever the server does with a reason of over 123 octets, no frame is longer than one may be."""
    with trying(server, close(code=4000, reason=reason), close()) as exchange:
        frame = exchange.parting()
    assert frame is None or (len(frame.payload) <= 125 and decodes(frame.payload[2:])), saw(
        frame, "at most 125 octets, and UTF-8 after the code"
    )
    observe(frame and [frame.code, len(frame.payload) - 2])


@requirement("rfc6455.close.reserved_not_sent", definite=True)
@pytest.mark.parametrize("code", [1005, 1006, 1015])
def test_a_reserved_code_is_not_sent(server: Server, code: int) -> None:
    """1005, 1006 and 1015 are for local use: no Close frame has them, though the application asks for it."""
    with trying(server, close(code=code), close()) as exchange:
        frame = exchange.parting()
    assert frame is None or frame.code != code, saw(frame, f"no Close frame with {code}")


@requirement("asgi.ws.close.reserved_code")
@pytest.mark.parametrize("code", [0, 1, 999, 65536 + 1000])
def test_a_code_that_does_not_exist_is_not_sent(server: Server, observe: Observe, code: int) -> None:
    """A code below 1000, or of more than two octets, gives no Close frame with a code below 1000."""
    with trying(server, close(code=code), close()) as exchange:
        frame = exchange.parting()
    assert frame is None or frame.code is None or frame.code >= 1000, saw(
        frame, "no Close frame with such a code"
    )
    observe(frame and frame.code)


@requirement("asgi.ws.close.flush_before")
def test_messages_before_close_are_sent(server: Server) -> None:
    """A hundred messages and the close after them reach the client in this order."""
    with closing(server, *[text(str(number)) for number in range(100)]) as exchange:
        frames = [exchange.receive() for _ in range(101)]
    found = [frame.payload for frame in frames if frame.opcode != CLOSE]
    assert found == [b"%d" % number for number in range(100)], saw(
        found, "the numbers from 0 to 99, then Close"
    )
    assert frames[-1].opcode == CLOSE, saw(frames[-1], "a Close frame")


@requirement("asgi.ws.close.after_close_noop")
def test_a_message_after_close_raises_nothing_unrelated(server: Server) -> None:
    """websocket.send after websocket.close does nothing, or raises an OSError."""
    with trying(server, close(), *LATE) as exchange:
        exchange.ending()
        raised = exchange.value("tried")[2:]
    assert all(kinds is None or "OSError" in kinds for kinds in raised), saw(raised, "an OSError, or nothing")


@requirement("rfc6455.close.no_data_after")
def test_no_message_follows_the_close_frame(server: Server) -> None:
    """What the application sends after websocket.close is not written."""
    with trying(server, close(), *LATE) as exchange:
        exchange.ending()
        exchange.wait("tried")
        extra = exchange.connection.read_to_end()
    assert extra == b"", saw(extra, "nothing after the Close frame")


@requirement("asgi.ws.close.twice")
def test_a_second_close_sends_no_second_frame(server: Server) -> None:
    """However often the application closes, the client gets one Close frame."""
    with trying(server, close(code=4001), close(code=4002)) as exchange:
        exchange.ending()
        exchange.wait("tried")
        extra = exchange.connection.read_to_end()
    assert extra == b"", saw(extra, "nothing after the first Close frame")


@requirement("rfc6455.close.tcp_immediately")
def test_the_connection_ends_after_the_closing_handshake(server: Server) -> None:
    """When the client has answered the Close frame, the server ends the connection at once."""
    with closing(server) as exchange:
        frame = exchange.receive_close()
        exchange.send_frame(Frame(CLOSE, frame.payload))
        extra = exchange.connection.read_to_end()
    assert extra == b"", saw(extra, "the end of the connection")


@requirement("rfc6455.close.reply")
def test_the_clients_close_is_answered(server: Server) -> None:
    """A client that closes gets a Close frame."""
    with server.websocket("/", app=listens).accepted() as exchange:
        exchange.send_close(3000, "bye")
        frame = exchange.receive()
    assert frame.opcode == CLOSE, saw(frame, "a Close frame")


@requirement("rfc6455.close.reply_soon")
def test_the_clients_close_is_answered_at_once(server: Server) -> None:
    """A client that closes gets a Close frame, though the application is elsewhere."""
    with server.websocket("/", app=stays, with_={"messages": [accept()]}).accepted() as exchange:
        exchange.send_close()
        frame = exchange.receive()
    assert frame.opcode == CLOSE, saw(frame, "a Close frame while the application does something else")


@requirement("rfc6455.close.reply_echo")
@pytest.mark.parametrize("code", [1000, 3000, 4999])
def test_the_answer_to_a_close_has_its_code(server: Server, code: int) -> None:
    """The Close frame that answers a client's has the client's code."""
    with server.websocket("/", app=listens).accepted() as exchange:
        exchange.send_close(code)
        frame = exchange.receive_close()
    assert frame.code == code, saw(frame, f"code {code}")


@requirement("rfc6455.close.reserved_not_sent", definite=True)
def test_the_answer_to_an_empty_close_has_no_reserved_code(server: Server) -> None:
    """The Close frame that answers one without a code does not say 1005."""
    with server.websocket("/", app=listens).accepted() as exchange:
        exchange.send_close(None)
        frame = exchange.receive_close()
    assert frame.code not in {1005, 1006, 1015}, saw(frame, "no reserved code")
