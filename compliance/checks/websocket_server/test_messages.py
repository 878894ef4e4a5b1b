"""ASGI WebSocket, Receive: what the client sends, as the application gets it."""

import hashlib
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_websocket
from compliance.guest.apps.asgi_websocket_sending import stays
from compliance.listener import connected, contents
from compliance.requirements import requirement
from compliance.server import Server
from compliance.upload import taken
from compliance.websocket_exchange import WebSocketExchange
from compliance.wire.websocket import BINARY, CONTINUATION, PING, PONG, TEXT, Frame, encode

OCTETS = bytes(range(256))
TEXTS = ["hello", "h\u00e9llo \U0001f600", "a\x00b", '{"a": [1, 2]}\r\n', "\ufeffbom", " \t "]
SIZES = [1, 125, 126, 127, 65535, 65536]


def events(exchange: WebSocketExchange) -> list[dict[str, Any]]:
    """Every websocket.receive of the connection, once the client has closed it."""
    exchange.send_close()
    return [event for event in exchange.values("received") if event.get("type") == "websocket.receive"]


def fragments(opcode: int, data: bytes, cuts: Sequence[int]) -> list[Frame]:
    """The frames of a message that is cut at these places (modulo its size, in any order)."""
    places = sorted(cut % (len(data) + 1) for cut in cuts)
    parts = [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]
    last = len(parts) - 1
    return [Frame(CONTINUATION if n else opcode, part, final=n == last) for n, part in enumerate(parts)]


def begin(exchange: WebSocketExchange, part: bytes) -> None:
    """Send the first part of a text message, and wait until the server has it, which a pong tells."""
    exchange.send_frame(Frame(TEXT, part, final=False), Frame(PING))
    exchange.receive_frame()


def finish(exchange: WebSocketExchange, part: bytes) -> None:
    """Send the last part of a message, and wait until the server has it."""
    exchange.send_frame(Frame(CONTINUATION, part), Frame(PING))
    exchange.receive_frame()


@requirement("asgi.ws.receive.event")
def test_each_message_is_one_receive_event(server: Server) -> None:
    """A text and a binary message give two websocket.receive events."""
    with connected(server) as exchange:
        exchange.send_text("a")
        exchange.send_bytes(b"b")
        found = contents(exchange)
    assert found == ["a", b"b"], saw(found, "['a', b'b']")


@requirement("asgi.ws.receive.text")
@pytest.mark.parametrize("text", TEXTS, ids=ascii)
def test_a_text_message_arrives_as_str(server: Server, text: str) -> None:
    """The text of a message is given as str under text, and bytes is None or missing."""
    with connected(server) as exchange:
        exchange.send_text(text)
        found = [(event.get("text"), event.get("bytes")) for event in events(exchange)]
    assert found == [(text, None)], saw(found, f"text {text!r} and no bytes")


@requirement("asgi.ws.receive.text")
@given(text=st.text(min_size=1))
def test_any_text_message_arrives(server: Server, text: str) -> None:
    """Whatever characters a text message holds, the application gets them."""
    with connected(server) as exchange:
        exchange.send_text(text)
        found = contents(exchange)
    assert found == [text], saw(found, repr([text]))


@requirement("asgi.ws.receive.bytes")
def test_a_binary_message_arrives_as_bytes(server: Server) -> None:
    """The content of a binary message is given as bytes under bytes, and text is None or missing."""
    with connected(server) as exchange:
        exchange.send_bytes(OCTETS)
        found = [(event.get("bytes"), event.get("text")) for event in events(exchange)]
    assert found == [(OCTETS, None)], saw(found, "all 256 octets as bytes and no text")


@requirement("asgi.ws.receive.bytes")
@given(data=st.binary(min_size=1))
def test_any_binary_message_arrives(server: Server, data: bytes) -> None:
    """Whatever octets a binary message holds, the application gets them."""
    with connected(server) as exchange:
        exchange.send_bytes(data)
        found = contents(exchange)
    assert found == [data], saw(found, repr([data]))


@requirement("rfc6455.frame.lengths_received")
@pytest.mark.parametrize("size", SIZES)
def test_a_message_of_any_length_form_arrives(server: Server, size: int) -> None:
    """Messages at the limits of the three length forms arrive whole."""
    data = (OCTETS * (size // 256 + 1))[:size]
    with connected(server) as exchange:
        exchange.send_bytes(data)
        found = contents(exchange)
    assert found == [data], saw(found, f"one message of {size} octets")


@requirement("asgi.ws.receive.bytes")
def test_a_message_of_a_mebibyte_arrives(server: Server) -> None:
    """A binary message of one mebibyte arrives whole."""
    data = OCTETS * 4096
    with connected(server, asgi_websocket.weighs) as exchange:
        exchange.send_bytes(data)
        found = exchange.value("weight")
    assert found == [len(data), hashlib.sha256(data).hexdigest()], saw(found, "one mebibyte, unchanged")


@requirement("asgi.ws.receive.exactly_one")
@pytest.mark.parametrize("payload", [b"a", b""], ids=["content", "empty"])
@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=["text", "binary"])
def test_text_or_bytes_is_given_and_not_both(server: Server, opcode: int, payload: bytes) -> None:
    """Exactly one of text and bytes is not None."""
    with connected(server) as exchange:
        exchange.send_frame(Frame(opcode, payload))
        found = [(event.get("text"), event.get("bytes")) for event in events(exchange)]
    assert [pair.count(None) for pair in found] == [1], saw(found, "one event with text or bytes")


@requirement("asgi.ws.receive.both_keys_allowed")
def test_which_keys_a_receive_event_has(server: Server, observe: Observe) -> None:
    """The keys of websocket.receive for a text and for a binary message are recorded."""
    with connected(server) as exchange:
        exchange.send_text("a")
        exchange.send_bytes(b"b")
        observe([sorted(event) for event in events(exchange)])


@requirement("asgi.ws.receive.empty_text")
def test_an_empty_text_message_arrives(server: Server) -> None:
    """A text message without content gives the empty str."""
    with connected(server) as exchange:
        exchange.send_text("")
        found = [event.get("text") for event in events(exchange)]
    assert found == [""], saw(found, "['']")


@requirement("asgi.ws.receive.empty_bytes")
def test_an_empty_binary_message_arrives(server: Server) -> None:
    """A binary message without content gives empty bytes."""
    with connected(server) as exchange:
        exchange.send_bytes(b"")
        found = [event.get("bytes") for event in events(exchange)]
    assert found == [b""], saw(found, "[b'']")


@requirement("asgi.ws.receive.order")
def test_a_burst_of_messages_arrives_in_order(server: Server) -> None:
    """A thousand messages that come in one segment are a thousand events in their order."""
    sent = [str(number) for number in range(1000)]
    with connected(server) as exchange:
        exchange.send_frame(*[Frame(TEXT, text.encode()) for text in sent])
        found = contents(exchange)
    assert found == sent, saw(found, "the numbers from 0 to 999 in order")


@requirement("asgi.ws.receive.order")
@given(
    messages=st.lists(
        st.one_of(st.text(min_size=1, max_size=8), st.binary(min_size=1, max_size=8)), max_size=12
    )
)
def test_any_sequence_of_messages_arrives_in_order(server: Server, messages: list[str | bytes]) -> None:
    """Whatever messages a client sends, each is one event, of its kind and in its place."""
    frames = [
        Frame(BINARY, item) if isinstance(item, bytes) else Frame(TEXT, item.encode()) for item in messages
    ]
    with connected(server) as exchange:
        exchange.send_frame(*frames)
        found = contents(exchange)
    assert found == messages, saw(found, repr(messages))


@requirement("asgi.core.scope.per_connection_object")
def test_messages_of_two_connections_do_not_mix(server: Server) -> None:
    """What one client sends reaches the call that serves this client, and no other."""
    with connected(server) as one, connected(server) as two:
        begin(one, b"on")
        begin(two, b"tw")
        finish(one, b"e")
        finish(two, b"o")
        found = [contents(one), contents(two)]
    assert found == [["one"], ["two"]], saw(found, "[['one'], ['two']]")


@requirement("asgi.ws.protocol.reassembly")
def test_a_fragmented_message_is_one_event(server: Server) -> None:
    """A text in three frames, with a ping between them, is one websocket.receive."""
    with connected(server) as exchange:
        first, second, third = fragments(TEXT, b"one two three", [3, 7])
        exchange.send_frame(first, Frame(PING, b"between"), second, third)
        found = contents(exchange)
    assert found == ["one two three"], saw(found, "['one two three']")


@requirement("asgi.ws.protocol.reassembly")
@given(text=st.text(min_size=1), cuts=st.lists(st.integers(0, 1000), max_size=5))
def test_any_fragments_of_a_text_are_one_event(server: Server, text: str, cuts: list[int]) -> None:
    """However a text message is cut, inside a character too, the application gets it whole and once."""
    with connected(server) as exchange:
        exchange.send_frame(*fragments(TEXT, text.encode(), cuts))
        found = contents(exchange)
    assert found == [text], saw(found, repr([text]))


@requirement("asgi.ws.protocol.reassembly")
@given(data=st.binary(min_size=1, max_size=300), cuts=st.lists(st.integers(0, 1000), max_size=5))
def test_any_fragments_of_binary_data_are_one_event(server: Server, data: bytes, cuts: list[int]) -> None:
    """However a binary message is cut, the application gets it whole and once."""
    with connected(server) as exchange:
        exchange.send_frame(*fragments(BINARY, data, cuts))
        found = contents(exchange)
    assert found == [data], saw(found, repr([data]))


@requirement("rfc6455.frame.split_tcp")
def test_a_message_may_come_byte_by_byte(server: Server) -> None:
    """A frame that comes in segments of one byte is one message."""
    first, *rest = encode(Frame(TEXT, b"slowly"))
    with connected(server) as exchange:
        exchange.send(bytes([first]))
        server.fence(asgi_websocket.answers_http)
        exchange.send_slowly(bytes(rest))
        found = contents(exchange)
    assert found == ["slowly"], saw(found, "['slowly']")


@requirement("asgi.ws.protocol.ping_handled")
@pytest.mark.parametrize("payload", [b"", b"are you there?", OCTETS[:125]], ids=["empty", "text", "longest"])
def test_a_ping_is_answered(server: Server, payload: bytes) -> None:
    """The server itself answers a ping with a pong that has the same content."""
    with connected(server) as exchange:
        exchange.send_frame(Frame(PING, payload))
        frame = exchange.receive_frame()
    assert (frame.opcode, frame.payload) == (PONG, payload), saw(frame, f"a pong with {payload!r}")


@requirement("rfc6455.ping.soon")
def test_a_ping_is_answered_at_once(server: Server) -> None:
    """A ping is answered while the application is elsewhere, and does not call receive."""
    with connected(server, asgi_websocket.listens_late) as exchange:
        exchange.send_frame(Frame(PING, b"ping"))
        frame = exchange.receive_frame()
    assert (frame.opcode, frame.payload) == (PONG, b"ping"), saw(frame, "a pong with b'ping'")


@requirement("asgi.ws.protocol.ping_handled")
def test_a_ping_is_not_shown_to_the_application(server: Server) -> None:
    """No event comes of a ping."""
    with connected(server) as exchange:
        exchange.send_frame(Frame(PING, b"ping"))
        exchange.send_text("text")
        kinds = [(event.get("type"), event.get("text")) for event in events(exchange)]
    assert kinds == [("websocket.receive", "text")], saw(kinds, "an event for the text only")


@requirement("asgi.ws.protocol.pong_swallowed")
def test_a_pong_is_not_shown_to_the_application(server: Server) -> None:
    """No event comes of a pong that nobody asked for, and the connection goes on."""
    with connected(server) as exchange:
        exchange.send_frame(Frame(PONG, b"pong"))
        exchange.send_text("text")
        found = contents(exchange)
    assert found == ["text"], saw(found, "['text']")


@requirement("asgi.ws.receive.event")
def test_whether_messages_wait_for_an_application_that_does_not_listen(
    server: Server, observe: Observe
) -> None:
    """Whether 512 messages of 64 KiB go into a server whose application sends, but does not receive."""
    messages = [encode(Frame(BINARY, bytes(1 << 16)))] * 512
    sends = {"messages": [asgi_websocket.accept(), asgi_websocket.text("I do not listen")]}
    with server.websocket(app=stays, with_=sends).accepted() as exchange:
        observe({"wait": taken(server, exchange, messages, asgi_websocket.answers_http) < len(messages)})
