"""ASGI: invalid messages raise out of `send`, and never corrupt what the client gets."""

from typing import Any

import pytest

from compliance.exchange import Exchange
from compliance.expect import in_sync, saw
from compliance.guest.apps import asgi_http_response
from compliance.guest.apps.asgi_http_response import body, start
from compliance.requirements import requirement
from compliance.server import Server

Messages = list[Any]
GOOD = [start(200, [(b"content-length", b"4")]), body(b"good")]
UNKNOWN = [
    {"type": "http.compliance.unknown"},
    {"type": "http.response"},
    {"type": "websocket.send", "text": "text"},
    {"type": "http.request", "body": b"text"},
]
UNTYPED: Messages = [{}, {"status": 200, "headers": []}, {"body": b"text"}]
NO_DICT: Messages = [None, [], "http.response.start", b"http.response.start", 5]
NO_STATUS: Messages = [{"type": "http.response.start", "headers": []}, {"type": "http.response.start"}]
WRONG_START = {
    "a status that is a str": {"status": "200"},
    "a status that is bytes": {"status": b"200"},
    "a status that is None": {"status": None},
    "a status that is a float": {"status": 200.5},
    "headers that are a str": {"headers": "x-a: 1"},
    "headers that are a number": {"headers": 5},
    "a header that is bytes": {"headers": [b"x-a"]},
    "a header of one item": {"headers": [[b"x-a"]]},
    "a header of three items": {"headers": [[b"x-a", b"1", b"2"]]},
    "a name that is a str": {"headers": [["x-a", b"1"]]},
    "a value that is a str": {"headers": [[b"x-a", "1"]]},
    "a name and value that are str": {"headers": [["x-a", "1"]]},
    "a value that is a number": {"headers": [[b"x-a", 1]]},
    "a value that is None": {"headers": [[b"x-a", None]]},
}
WRONG_BODY = {
    "a body that is a str": {"body": "text"},
    "a body that is a str beyond ASCII": {"body": "é€" * 3},
    "a body that is None": {"body": None},
    "a body that is a number": {"body": 5},
    "a body that is a list": {"body": [b"text"]},
    "a more_body that is a str": {"body": b"text", "more_body": "yes"},
}
PLACES = {
    "before the start": [],
    "after the start": [start(200, [(b"content-length", b"4")])],
    "in the body": [start(), body(b"part", True)],
}
places = pytest.mark.parametrize("before", PLACES.values(), ids=PLACES.keys())
wrong_starts = pytest.mark.parametrize("wrong", WRONG_START.values(), ids=WRONG_START.keys())
wrong_bodies = pytest.mark.parametrize("wrong", WRONG_BODY.values(), ids=WRONG_BODY.keys())
ORDERS = {
    "a second start": [start(), start(404)],
    "a start in the body": [start(), body(b"part", True), start(404)],
    "a body before the start": [body(b"early", True)],
}


def met(server: Server, messages: Messages) -> list[Any]:
    """What each of these messages met, one after the other: the raised class and its bases, or None."""
    return server.open(app=asgi_http_response.says_all, with_={"messages": messages}).values("outcome")


def assert_raises(server: Server, before: Messages, bad: Any) -> None:
    """The application that sends `before` and then `bad` gets an exception for `bad`, and only for that."""
    outcomes = met(server, [*before, bad])
    assert not any(outcomes[:-1]), saw(outcomes, "no error before the invalid message")
    assert outcomes[-1], saw(bad, "an exception out of send")


def continued(server: Server, messages: Messages) -> Exchange:
    """An exchange with an application that sends all these messages whatever send raises, read to its end."""
    exchange = server.open(app=asgi_http_response.says_all, with_={"messages": messages})
    exchange.outcome()
    exchange.wait_end()
    return exchange


def assert_sound_wire(server: Server, messages: Messages) -> None:
    """The connection holds one HTTP message at most, and what is asked for next; the server goes on."""
    exchange = continued(server, messages)
    assert exchange.answered is None or 200 <= exchange.answered <= 599, exchange.seen(
        "a status of three digits"
    )
    rest = exchange.afterwards()
    assert in_sync(rest), saw(rest, "nothing but one HTTP message on the wire")
    fence = server.fence(asgi_http_response.fine)
    assert fence.body == b"fine", fence.seen("200 fine from a server that goes on")


@requirement("asgi.core.error.send_unknown_type")
@places
@pytest.mark.parametrize("bad", UNKNOWN, ids=lambda message: message["type"])
def test_a_message_of_unknown_type_raises(server: Server, before: Messages, bad: Any) -> None:
    """A type that is no message to the server raises out of send."""
    assert_raises(server, before, bad)


@requirement("asgi.core.error.send_unknown_type", definite=True)
@places
def test_a_message_of_unknown_type_does_not_corrupt_the_wire(server: Server, before: Messages) -> None:
    """Messages of unknown types leave the response sound, or end it."""
    assert_sound_wire(server, [*before, *UNKNOWN, *GOOD])


@requirement("asgi.core.error.send_no_type")
@places
@pytest.mark.parametrize("bad", UNTYPED, ids=["empty", "start", "body"])
def test_a_message_without_a_type_raises(server: Server, before: Messages, bad: Any) -> None:
    """A message without the key type raises out of send."""
    assert_raises(server, before, bad)


@requirement("asgi.core.error.send_no_type", definite=True)
@places
def test_a_message_without_a_type_does_not_corrupt_the_wire(server: Server, before: Messages) -> None:
    """Messages without the key type leave the response sound, or end it."""
    assert_sound_wire(server, [*before, *UNTYPED, *GOOD])


@requirement("asgi.core.error.send_not_dict")
@places
@pytest.mark.parametrize("bad", NO_DICT, ids=["None", "list", "str", "bytes", "int"])
def test_a_message_that_is_no_dict_raises(server: Server, before: Messages, bad: Any) -> None:
    """What is no dict raises out of send."""
    assert_raises(server, before, bad)


@requirement("asgi.core.error.send_not_dict", definite=True)
@places
def test_a_message_that_is_no_dict_does_not_corrupt_the_wire(server: Server, before: Messages) -> None:
    """What is no dict leaves the response sound, or ends it."""
    assert_sound_wire(server, [*before, *NO_DICT, *GOOD])


@requirement("asgi.core.error.send_missing_keys")
@pytest.mark.parametrize("bad", NO_STATUS, ids=["with headers", "without headers"])
def test_a_start_without_a_status_raises(server: Server, bad: Any) -> None:
    """An http.response.start without the key status raises out of send."""
    assert_raises(server, [], bad)


@requirement("asgi.core.error.send_missing_keys", definite=True)
def test_a_start_without_a_status_does_not_corrupt_the_wire(server: Server) -> None:
    """An http.response.start without the key status leaves the response sound, or ends it."""
    assert_sound_wire(server, [*NO_STATUS, *GOOD])


@requirement("asgi.core.error.send_wrong_types")
@wrong_starts
def test_a_start_with_a_wrong_type_raises(server: Server, wrong: dict[str, Any]) -> None:
    """An http.response.start in which one value has a wrong type raises out of send."""
    assert_raises(server, [], {**start(), **wrong})


@requirement("asgi.core.error.send_wrong_types", definite=True)
@wrong_starts
def test_a_start_with_a_wrong_type_does_not_corrupt_the_wire(server: Server, wrong: dict[str, Any]) -> None:
    """An http.response.start in which one value has a wrong type leaves the response sound, or ends it."""
    assert_sound_wire(server, [{**start(), **wrong}, *GOOD])


@requirement("asgi.core.error.send_wrong_types")
@wrong_bodies
def test_a_body_with_a_wrong_type_raises(server: Server, wrong: dict[str, Any]) -> None:
    """An http.response.body in which one value has a wrong type raises out of send."""
    assert_raises(server, [start()], {**body(b"", True), **wrong})


@requirement("asgi.core.error.send_wrong_types", definite=True)
@wrong_bodies
def test_a_body_with_a_wrong_type_does_not_corrupt_the_wire(server: Server, wrong: dict[str, Any]) -> None:
    """An http.response.body in which one value has a wrong type leaves the response sound, or ends it."""
    assert_sound_wire(server, [start(), body(b"part", True), {**body(b"", True), **wrong}, body(b"last")])


@requirement("asgi.core.error.send_out_of_order")
@pytest.mark.parametrize("messages", ORDERS.values(), ids=ORDERS.keys())
def test_a_message_out_of_order_raises(server: Server, messages: Messages) -> None:
    """A second start, or a body before the start, raises out of send."""
    assert_raises(server, messages[:-1], messages[-1])


@requirement("asgi.http.start.once")
@pytest.mark.parametrize(
    "messages", [ORDERS["a second start"], ORDERS["a start in the body"]], ids=["head", "body"]
)
def test_a_second_start_never_gives_a_second_head(server: Server, messages: Messages) -> None:
    """Whatever the application does after its second start, the client gets one head."""
    exchange = continued(server, [*messages, body(b"last")])
    wire = exchange.connection.everything()
    assert wire.count(b"HTTP/1.") <= 1, saw(wire, "one head")
    assert in_sync(exchange.afterwards()), saw(exchange.connection.everything(), "one response")


@requirement("asgi.http.start.before_body")
def test_a_body_before_the_start_stays_off_the_wire(server: Server) -> None:
    """Nothing of a body that came before the start reaches the client."""
    exchange = continued(server, [body(b"early", True), *GOOD])
    exchange.afterwards()
    wire = exchange.connection.everything()
    assert b"early" not in wire, saw(wire, "nothing of the body before the start")


@requirement("rfc9110.status.range_invalid")
@pytest.mark.parametrize("status", [-1, 99])
def test_a_status_that_http_does_not_have_stays_off_the_wire(server: Server, status: int) -> None:
    """A status below 100 never stands in a status line, and does the server no harm."""
    assert_sound_wire(server, [start(status), body(b"content")])


@requirement("asgi.core.event.int_range")
def test_a_status_of_more_than_64_bits_stays_off_the_wire(server: Server) -> None:
    """An int that no event may hold never stands in a status line, and does the server no harm."""
    assert_sound_wire(server, [start(2**70), body(b"content")])


@requirement("asgi.core.error.extra_keys_server")
@pytest.mark.parametrize("value", ["text", None, [1, 2.5], {"a": b"b"}], ids=["str", "None", "list", "dict"])
def test_unknown_keys_are_no_error(server: Server, value: Any) -> None:
    """Messages with a key that the server does not know are carried out like any others."""
    messages = [start(200, [(b"x-a", b"1")], compliance=value), body(b"content", compliance=value)]
    exchange = server.call(app=asgi_http_response.says, with_={"messages": messages})
    assert (exchange.header("x-a"), exchange.body) == (b"1", b"content"), exchange.seen("the response")
