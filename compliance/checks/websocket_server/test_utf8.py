"""RFC 6455 section 5.6 and 8.1: text is UTF-8, wherever it is cut, and what is not ends the connection."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_websocket
from compliance.listener import aftermath, connected, contents
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire import violations
from compliance.wire.pace import send_pieces
from compliance.wire.violations import Violation
from compliance.wire.websocket import TEXT, Frame, encode, fragments

# One character of each length in octets, the longest at the end.
SAMPLE = "a\u00fc\u20ac\U0001f600"
LAST = [
    "\x7f",
    "\u0080",
    "\u07ff",
    "\u0800",
    "\ud7ff",
    "\ue000",
    "\ufffd",
    "\ufffe",
    "\uffff",
    "\U00010000",
    "\U0010ffff",
]


def ended(frames: list[Frame]) -> str:
    """In words whether these frames, up to a pong or the end, show a connection that has failed."""
    return "goes on" if violations.goes_on(frames) else "failed"


@requirement("rfc6455.data.utf8_valid")
@pytest.mark.parametrize("violation", violations.INVALID_TEXT, ids=str)
def test_text_that_is_not_utf8_fails_the_connection(server: Server, violation: Violation) -> None:
    """A text message whose octets are no UTF-8 ends the connection."""
    frames = aftermath(server, violation.data)
    assert not violations.goes_on(frames), saw(frames, "a Close frame, or the end of the connection")


@requirement("asgi.ws.receive.text")
@pytest.mark.parametrize("character", LAST, ids=ascii)
def test_every_character_of_unicode_is_text(server: Server, character: str) -> None:
    """The first and the last characters of each length, and those without a meaning, are text."""
    with connected(server) as exchange:
        exchange.send_text(character)
        found = contents(exchange)
    assert found == [character], saw(found, ascii([character]))


@requirement("rfc6455.data.utf8_split")
@pytest.mark.parametrize("place", range(1, len(SAMPLE.encode())))
def test_a_fragment_may_end_within_a_character(server: Server, place: int) -> None:
    """A text in two frames is valid as a whole, wherever it is cut."""
    data = SAMPLE.encode()
    with connected(server) as exchange:
        exchange.send_frame(*fragments(TEXT, data[:place], data[place:]))
        found = contents(exchange)
    assert found == [SAMPLE], saw(found, ascii([SAMPLE]))


@requirement("rfc6455.data.utf8_split")
def test_every_octet_of_a_text_may_be_a_fragment(server: Server) -> None:
    """A text in frames of one octet is valid as a whole."""
    with connected(server) as exchange:
        exchange.send_frame(*fragments(TEXT, *[bytes([octet]) for octet in SAMPLE.encode()]))
        found = contents(exchange)
    assert found == [SAMPLE], saw(found, ascii([SAMPLE]))


@requirement("rfc6455.data.utf8_split")
@pytest.mark.parametrize("place", [7, 8, 9, 11, 13, 14, 15])
def test_a_segment_may_end_within_a_character(server: Server, place: int) -> None:
    """A text whose frame comes in two segments is valid as a whole, wherever it is cut."""
    data = encode(Frame(TEXT, SAMPLE.encode()))
    with connected(server) as exchange:
        send_pieces(exchange.connection, [data[:place], data[place:]])
        found = contents(exchange)
    assert found == [SAMPLE], saw(found, ascii([SAMPLE]))


@requirement("rfc6455.data.utf8_valid")
@given(data=st.binary(min_size=1, max_size=8))
def test_any_octets_are_text_only_if_they_are_utf8(server: Server, data: bytes) -> None:
    """A text message of any octets reaches the application exactly if they are UTF-8."""
    expected = [data.decode()] if data.decode(errors="replace").encode() == data else []
    with connected(server) as exchange:
        exchange.send_frame(Frame(TEXT, data))
        violations.aftermath(exchange.connection)
        found = contents(exchange)
    assert found == expected, saw(found, ascii(expected))


@requirement("rfc6455.data.utf8_fail_fast")
@pytest.mark.parametrize(
    "part", [b"\xff", b"\xed\xa0", b"\xf4\x90"], ids=["FF", "half a surrogate", "too high"]
)
def test_whether_an_invalid_fragment_is_refused_at_once(
    server: Server, part: bytes, observe: Observe
) -> None:
    """Whether the connection ends before the last fragment of a text whose first is invalid is recorded."""
    with connected(server) as exchange:
        exchange.send_frame(Frame(TEXT, part, final=False))
        observe(ended(violations.aftermath(exchange.connection)))


@requirement("rfc6455.data.utf8_fail_fast")
def test_whether_an_invalid_part_of_a_frame_is_refused_at_once(server: Server, observe: Observe) -> None:
    """Whether the connection ends before the last octet of a frame whose first is invalid is recorded."""
    data = encode(Frame(TEXT, b"\xff" + b"x" * 200))
    with connected(server) as exchange:
        exchange.send(data[:100])
        for _ in range(3):
            server.fence(asgi_websocket.answers_http)
        observe("failed" if exchange.connection.arrived() or exchange.connection.ended else "goes on")
