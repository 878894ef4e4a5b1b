"""ASGI WebSocket, Send: what the application sends, as the client gets it."""

import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_websocket
from compliance.guest.apps.asgi_websocket import accept, binary, text
from compliance.guest.apps.asgi_websocket_sending import BLOCK, floods, stays
from compliance.requirements import requirement
from compliance.server import Server
from compliance.websocket_exchange import WebSocketExchange
from compliance.wire.websocket import BINARY, CLOSE, CONTINUATION, TEXT, Frame

MIB = 1 << 20
TEXTS = ["hello", "h\u00e9llo \U0001f600", "a\x00b", "\ufeffbom"]


def saying(server: Server, *messages: Any) -> WebSocketExchange:
    """An accepted connection whose application sends these messages, and stays in its call."""
    return server.websocket("/", app=stays, with_={"messages": [accept(), *messages]}).accepted()


def flooding(server: Server, count: int, size: int) -> WebSocketExchange:
    """An accepted connection whose application sends that many binary messages of that size."""
    return server.websocket("/", app=floods, with_={"count": count, "size": size}).accepted()


def noted(exchange: WebSocketExchange, name: str) -> bool:
    """Whether the application has noted this until now."""
    exchange.guest.pump(0)
    return exchange.guest.find(name) is not None


def one_message(exchange: WebSocketExchange) -> list[Frame]:
    """The frames up to the end of a message, or up to a Close frame."""
    frames = [exchange.receive_frame()]
    while not frames[-1].final:
        frames.append(exchange.receive_frame())
    return frames


def content(frame: Frame) -> tuple[int, bytes]:
    """Kind and content of a message."""
    return frame.opcode, frame.payload


def length_form(exchange: WebSocketExchange) -> tuple[int, int]:
    """How many octets more the next frame takes for its length, and this length."""
    first = exchange.connection.exactly(2)[1] & 0x7F
    octets = {126: 2, 127: 8}.get(first, 0)
    return octets, int.from_bytes(exchange.connection.exactly(octets)) if octets else first


@requirement("asgi.ws.send.text")
@pytest.mark.parametrize("data", TEXTS, ids=ascii)
def test_a_str_is_sent_as_a_text_message(server: Server, data: str) -> None:
    """text becomes one text message in UTF-8."""
    with saying(server, text(data)) as exchange:
        frame = exchange.receive()
    assert content(frame) == (TEXT, data.encode()), saw(frame, f"the text {data!r}")


@requirement("asgi.ws.send.text")
@given(data=st.text(min_size=1))
def test_any_str_is_sent(server: Server, data: str) -> None:
    """Whatever characters the application sends, the client gets them."""
    with saying(server, text(data)) as exchange:
        frame = exchange.receive()
    assert content(frame) == (TEXT, data.encode()), saw(frame, f"the text {data!r}")


@requirement("asgi.ws.send.bytes")
@given(data=st.binary(min_size=1))
def test_any_bytes_are_sent(server: Server, data: bytes) -> None:
    """bytes becomes one binary message, whatever octets they are."""
    with saying(server, binary(data)) as exchange:
        frame = exchange.receive()
    assert content(frame) == (BINARY, data), saw(frame, f"the octets {data!r}")


@requirement("asgi.ws.send.bytes")
@given(message=st.one_of(st.text(min_size=1), st.binary(min_size=1)))
def test_any_message_comes_back_from_an_echo(server: Server, message: str | bytes) -> None:
    """A message that the application sends back as it came is the message that the client sent."""
    sent = Frame(BINARY, message) if isinstance(message, bytes) else Frame(TEXT, message.encode())
    with server.websocket("/", app=asgi_websocket.echoes).accepted() as exchange:
        exchange.send_frame(sent)
        frame = exchange.receive()
    assert content(frame) == content(sent), saw(frame, repr(sent))


@requirement("asgi.ws.send.none_key_ignored")
@pytest.mark.parametrize(
    ("message", "expected"),
    [(text("x", bytes=None), (TEXT, b"x")), (binary(b"x", text=None), (BINARY, b"x"))],
    ids=["bytes None", "text None"],
)
def test_a_key_of_none_is_a_missing_key(
    server: Server, message: dict[str, Any], expected: tuple[int, bytes]
) -> None:
    """text beside bytes None, and bytes beside text None, are sent."""
    with saying(server, message) as exchange:
        frame = exchange.receive()
    assert content(frame) == expected, saw(frame, repr(expected))


@requirement("asgi.ws.send.empty")
@pytest.mark.parametrize(
    ("message", "opcode"),
    [
        (text(""), TEXT),
        (text("", bytes=None), TEXT),
        (binary(b""), BINARY),
        (binary(b"", text=None), BINARY),
    ],
    ids=["text", "text beside None", "bytes", "bytes beside None"],
)
def test_an_empty_message_is_sent(server: Server, message: dict[str, Any], opcode: int) -> None:
    """An empty str and empty bytes are messages."""
    with saying(server, message, text("next")) as exchange:
        frame = exchange.receive()
    assert content(frame) == (opcode, b""), saw(frame, "an empty message of its kind")


@requirement("asgi.ws.send.large")
def test_a_large_message_arrives_whole(server: Server) -> None:
    """A binary message of one mebibyte reaches the client unchanged."""
    with flooding(server, 1, MIB) as exchange:
        frame = exchange.receive()
    found = (frame.opcode, len(frame.payload), hashlib.sha256(frame.payload).hexdigest())
    expected = (BINARY, MIB, hashlib.sha256(BLOCK * (MIB // 256)).hexdigest())
    assert found == expected, saw(found, "a binary message of one mebibyte, unchanged")


@requirement("rfc6455.frag.sent_any")
def test_what_becomes_of_a_message_of_sixteen_mebibytes(server: Server, observe: Observe) -> None:
    """In how many frames a message of sixteen mebibytes comes is recorded, or the code of a refusal."""
    with flooding(server, 1, 16 * MIB) as exchange:
        frames = one_message(exchange)
    last = frames[-1]
    observe({"frames": len(frames), "close": last.code if last.opcode == CLOSE else None})


@requirement("asgi.ws.send.bytes")
def test_messages_are_sent_in_order(server: Server) -> None:
    """A hundred messages are a hundred messages in their order."""
    sent = [text(str(number)) for number in range(100)]
    with saying(server, *sent) as exchange:
        found = [exchange.receive().payload for _ in sent]
    assert found == [b"%d" % number for number in range(100)], saw(found, "the numbers from 0 to 99")


@requirement("rfc6455.data.opcode_sent")
@pytest.mark.parametrize("length", [1, 5000])
@pytest.mark.parametrize(("kind", "opcode"), [(text, TEXT), (binary, BINARY)], ids=["text", "binary"])
def test_the_first_frame_of_a_message_says_its_kind(
    server: Server, kind: Any, opcode: int, length: int
) -> None:
    """The opcode of a message's first frame is that of its kind, all others are continuations up to FIN."""
    data = "x" * length if opcode == TEXT else b"x" * length
    with saying(server, kind(data)) as exchange:
        found = [frame.opcode for frame in one_message(exchange)]
    assert found == [opcode, *[CONTINUATION] * (len(found) - 1)], saw(found, f"{opcode}, then continuations")


@requirement("rfc6455.frame.server_not_masked")
@pytest.mark.parametrize("message", [text("x"), binary(b"x")], ids=["text", "binary"])
def test_messages_of_the_server_are_not_masked(server: Server, message: dict[str, Any]) -> None:
    """No message frame of a server has a mask."""
    with saying(server, message) as exchange:
        frame = exchange.receive_frame()
    assert not frame.masked, saw(frame, "a frame that is not masked")


@requirement("rfc6455.frame.rsv_zero_sent")
def test_reserved_bits_are_zero(server: Server) -> None:
    """Where no extension was agreed on, the reserved bits of a frame are 0."""
    with saying(server, text("x" * 1000)) as exchange:
        frame = exchange.receive_frame()
    assert frame.reserved == 0, saw(frame.reserved, "reserved bits of 0")


@requirement("rfc6455.frame.minimal_length_sent")
@pytest.mark.parametrize("length", [1, 125, 126, 65535, 65536])
def test_frames_have_the_shortest_length_form(server: Server, length: int) -> None:
    """Seven bits hold a length up to 125, sixteen more one up to 65535, and only beyond there are 64."""
    with flooding(server, 1, length) as exchange:
        octets, size = length_form(exchange)
    shortest = 0 if size < 126 else 2 if size < 65536 else 8
    assert octets == shortest, saw((size, octets), f"{shortest} octets more for the length of a frame")


@requirement("asgi.core.send.completes")
def test_a_message_waits_for_a_client_that_does_not_read(server: Server) -> None:
    """Of 64 mebibytes for a client that reads nothing, not all are taken: send waits."""
    with flooding(server, 64, MIB) as exchange:
        exchange.wait("sending")
        server.count_at_rest(exchange, "sent", asgi_websocket.answers_http)
        assert not noted(exchange, "all sent"), saw(
            "64 sends that returned", "that send waits for the client"
        )


@requirement("asgi.core.send.completes")
def test_a_waiting_send_ends_when_the_client_goes_away(server: Server) -> None:
    """The application is not held by a client that stopped reading and then went away."""
    with flooding(server, 64, MIB) as exchange:
        exchange.wait("sending")
        server.fence(asgi_websocket.answers_http)
        exchange.connection.abort()
        exchange.wait_end()
