"""ASGI WebSocket, Error Handling: messages of the application that a server ought to refuse."""

import contextlib
from typing import Any

import pytest

from compliance.expect import Closed, saw
from compliance.guest.apps.asgi_websocket import accept, binary, close, text
from compliance.guest.apps.asgi_websocket_sending import tries
from compliance.requirements import requirement
from compliance.server import Server
from compliance.websocket_exchange import WebSocketExchange
from compliance.wire.websocket import BINARY, TEXT, Frame

REFUSED = "an exception out of send"
BOTH = text("x", bytes=b"y")
WRONG_TYPES = [binary("x"), text(b"x"), text(1), binary([1, 2])]
NO_EVENTS = {
    "unknown": {"type": "websocket.compliance"},
    "of HTTP": {"type": "http.response.body", "body": b"x"},
    "of receive": {"type": "websocket.receive", "text": "x"},
}
WRONG_ACCEPTS = {
    "headers of str": accept(headers=[["x-a", "1"]]),
    "headers of one item": accept(headers=[[b"x-a"]]),
    "subprotocol of int": accept(subprotocol=1),
}
UNKNOWN: dict[str, Any] = {"x-compliance": 1}


def tried(server: Server, *messages: Any) -> list[Any]:
    """What send raised for each message of an application that begins with these."""
    with server.websocket("/", app=tries, with_={"messages": messages}) as exchange:
        raised: list[Any] = exchange.value("tried")
    return raised


def goes_on(server: Server, *messages: Any) -> WebSocketExchange:
    """An accepted connection whose application tries these messages, and then sends the text "after"."""
    sent = [accept(), *messages, text("after")]
    return server.websocket("/", app=tries, with_={"messages": sent}).accepted()


def to_the_end(exchange: WebSocketExchange) -> list[Frame]:
    """The messages up to the text "after", or up to a Close frame or the end of the connection."""
    frames: list[Frame] = []
    with contextlib.suppress(Closed):
        while not frames or (frames[-1].opcode in {TEXT, BINARY} and frames[-1].payload != b"after"):
            frames.append(exchange.receive())
    return frames


@requirement("asgi.ws.send.both_none")
@pytest.mark.parametrize("message", [{"type": "websocket.send"}, text(None), text(None, bytes=None)], ids=str)
def test_a_message_without_content_raises(server: Server, message: dict[str, Any]) -> None:
    """websocket.send with neither text nor bytes is refused by send."""
    raised = tried(server, accept(), message)
    assert raised[1], saw(raised, REFUSED)


@requirement("asgi.ws.send.both_given")
def test_a_message_with_both_contents_raises(server: Server) -> None:
    """websocket.send with text and bytes is refused by send."""
    raised = tried(server, accept(), BOTH)
    assert raised[1], saw(raised, REFUSED)


@requirement("asgi.ws.send.wrong_type")
@pytest.mark.parametrize("message", WRONG_TYPES, ids=str)
def test_content_of_the_wrong_type_raises(server: Server, message: dict[str, Any]) -> None:
    """A str under bytes, bytes under text, and what is neither, are refused by send."""
    raised = tried(server, accept(), message)
    assert raised[1], saw(raised, REFUSED)


@requirement("asgi.core.error.send_unknown_type")
@pytest.mark.parametrize("message", NO_EVENTS.values(), ids=NO_EVENTS)
def test_an_event_of_no_known_type_raises(server: Server, message: dict[str, Any]) -> None:
    """An event that the application cannot send on a WebSocket is refused by send."""
    raised = tried(server, accept(), message)
    assert raised[1], saw(raised, REFUSED)


@requirement("asgi.core.error.send_unknown_type")
def test_an_unknown_event_before_accept_raises(server: Server) -> None:
    """An unknown event is refused during the handshake as well."""
    raised = tried(server, NO_EVENTS["unknown"])
    assert raised[0], saw(raised, REFUSED)


@requirement("asgi.core.error.send_no_type")
def test_an_event_without_a_type_raises(server: Server) -> None:
    """A dict without the key type is refused by send."""
    raised = tried(server, accept(), {"text": "x"})
    assert raised[1], saw(raised, REFUSED)


@requirement("asgi.core.error.send_not_dict")
@pytest.mark.parametrize("message", [None, "websocket.close", ["websocket.close"]], ids=str)
def test_an_event_that_is_no_dict_raises(server: Server, message: object) -> None:
    """What is no dict is refused by send."""
    raised = tried(server, accept(), message)
    assert raised[1], saw(raised, REFUSED)


@requirement("asgi.core.error.send_wrong_types")
@pytest.mark.parametrize("message", WRONG_ACCEPTS.values(), ids=WRONG_ACCEPTS)
def test_accept_with_values_of_wrong_types_raises(server: Server, message: dict[str, Any]) -> None:
    """Headers that are no pairs of bytes, and a subprotocol that is no str, are refused by send."""
    raised = tried(server, message)
    assert raised[0], saw(raised, REFUSED)


@requirement("asgi.core.error.send_wrong_types")
@pytest.mark.parametrize("code", ["1000", b"1000", 1000.5], ids=repr)
def test_close_with_a_code_that_is_no_int_raises(server: Server, code: object) -> None:
    """A close code that is no int is refused by send."""
    raised = tried(server, accept(), close(code=code))
    assert raised[1], saw(raised, REFUSED)


@requirement("asgi.core.error.extra_keys_server")
@pytest.mark.parametrize(
    "messages", [[accept(**UNKNOWN)], [accept(), text("x", **UNKNOWN)]], ids=["accept", "send"]
)
def test_unknown_keys_do_not_matter(server: Server, messages: list[Any]) -> None:
    """A key that the specification does not know is no reason to refuse a message."""
    raised = tried(server, *messages)
    assert raised[-1] is None, saw(raised, "no exception")


@requirement("asgi.core.error.extra_keys_server")
def test_unknown_keys_of_a_close_do_not_matter(server: Server) -> None:
    """A key that the specification does not know is no reason to refuse a websocket.close."""
    messages = [accept(), close(**UNKNOWN)]
    with server.websocket("/", app=tries, with_={"messages": messages}).accepted() as exchange:
        exchange.ending()
        raised = exchange.value("tried")
    assert raised[-1] is None, saw(raised, "no exception")


@requirement("asgi.ws.send.both_given", definite=True)
def test_two_contents_are_not_two_messages(server: Server) -> None:
    """Of a websocket.send with text and bytes at most one reaches the client."""
    with goes_on(server, BOTH) as exchange:
        frames = to_the_end(exchange)
    sent = [frame.payload for frame in frames if frame.payload in {b"x", b"y"}]
    assert len(sent) <= 1, saw(sent, "at most one message")


@requirement("asgi.ws.send.wrong_type", definite=True)
@pytest.mark.parametrize("message", [*WRONG_TYPES, *NO_EVENTS.values(), {"type": "websocket.send"}], ids=str)
def test_what_follows_a_refused_message_is_well_formed(server: Server, message: dict[str, Any]) -> None:
    """After a message that is no legal one come whole frames of the server, or the end of the connection."""
    with goes_on(server, message) as exchange:
        frames = to_the_end(exchange)
    odd = [frame for frame in frames if frame.reserved or frame.masked or not frame.final]
    assert not odd, saw(odd, "frames without reserved bits and masks, or an end")


@requirement("rfc6455.data.utf8_sent")
@pytest.mark.parametrize("data", ["\ud800", "a\udfffb"], ids=ascii)
def test_a_lone_surrogate_is_not_sent(server: Server, data: str) -> None:
    """Text that UTF-8 cannot carry never becomes a text message that is no UTF-8."""
    with goes_on(server, text(data)) as exchange:
        frames = to_the_end(exchange)
    texts = [frame.payload for frame in frames if frame.opcode == TEXT]
    assert all(
        payload.isascii() or payload.decode(errors="replace").encode() == payload for payload in texts
    ), saw(texts, "text messages in UTF-8")
