"""RFC 6455 section 5.2 and 5.3, framing: masks, reserved bits, opcodes and lengths of a client's frames."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_websocket
from compliance.listener import aftermath, connected, contents
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire import violations
from compliance.wire.pace import Rhythm, bytewise, cut_at, send_pieces
from compliance.wire.violations import Violation
from compliance.wire.websocket import BINARY, CLOSE, PING, TEXT, Frame, encode, fragments

OCTETS = bytes(range(256))
MASKS = {
    "zero": bytes(4),
    "ones": b"\xff" * 4,
    "all different": b"\x01\x20\x83\xfc",
    "one octet": b"\0\0\0\1",
}
HUGE = 1 << 62


def outcome(server: Server, data: bytes) -> str:
    """In words what comes of a frame."""
    frames = aftermath(server, data)
    codes = [frame.code for frame in frames if frame.opcode == CLOSE]
    return f"closed with {codes[0]}" if codes else "accepted" if violations.goes_on(frames) else "closed"


@requirement("rfc6455.frame.unmask")
@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
def test_a_frame_is_unmasked(server: Server, mask: bytes) -> None:
    """Whatever its masking key, a frame gives what the client masked with it."""
    with connected(server) as exchange:
        exchange.send(encode(Frame(BINARY, OCTETS), mask))
        found = contents(exchange)
    assert found == [OCTETS], saw(found, "all 256 octets in order")


@requirement("rfc6455.frame.unmask")
def test_each_frame_is_unmasked_with_its_own_key(server: Server) -> None:
    """Each fragment of a message, and a ping between them, has a key that begins at its first octet."""
    first, second = fragments(TEXT, b"a" * 7, b"b" * 9)
    with connected(server) as exchange:
        frames = [(first, b"\1\2\3\4"), (Frame(PING, b"ping"), b"\5\6\7\x08"), (second, b"\xf1\xf2\xf3\xf4")]
        exchange.send(b"".join(encode(frame, mask) for frame, mask in frames))
        found = contents(exchange)
    assert found == ["a" * 7 + "b" * 9], saw(found, "seven times a, nine times b")


@requirement("rfc6455.frame.unmask")
@given(mask=st.binary(min_size=4, max_size=4), data=st.binary(min_size=1))
def test_any_frame_is_unmasked(server: Server, mask: bytes, data: bytes) -> None:
    """Whatever the masking key and the octets, the application gets the octets."""
    with connected(server) as exchange:
        exchange.send(encode(Frame(BINARY, data), mask))
        found = contents(exchange)
    assert found == [data], saw(found, repr([data]))


@requirement("rfc6455.frame.unmasked_client")
@pytest.mark.parametrize("violation", violations.UNMASKED, ids=str)
def test_an_unmasked_frame_fails_the_connection(server: Server, violation: Violation) -> None:
    """A client that does not mask a frame is not listened to any longer."""
    frames = aftermath(server, violation.data)
    assert not violations.goes_on(frames), saw(frames, "a Close frame, or the end of the connection")


@requirement("rfc6455.frame.unmasked_1002")
def test_what_answers_an_unmasked_frame(server: Server, observe: Observe) -> None:
    """Whether a Close frame answers a frame without a mask, and with which code, is recorded."""
    observe(outcome(server, violations.UNMASKED[0].data))


@requirement("rfc6455.frame.rsv_received")
@pytest.mark.parametrize("violation", violations.RESERVED_BITS, ids=str)
def test_a_reserved_bit_fails_the_connection(server: Server, violation: Violation) -> None:
    """A reserved bit to which no extension gives a meaning ends the connection."""
    frames = aftermath(server, violation.data)
    assert not violations.goes_on(frames), saw(frames, "a Close frame, or the end of the connection")


@requirement("rfc6455.frame.unknown_opcode")
@pytest.mark.parametrize("violation", violations.UNKNOWN_OPCODES, ids=str)
def test_an_unknown_opcode_fails_the_connection(server: Server, violation: Violation) -> None:
    """A frame with an opcode that has no meaning ends the connection."""
    frames = aftermath(server, violation.data)
    assert not violations.goes_on(frames), saw(frames, "a Close frame, or the end of the connection")


@requirement("rfc6455.frame.length_msb")
@pytest.mark.parametrize("violation", violations.IMPOSSIBLE_LENGTHS, ids=str)
def test_a_length_of_64_bits_fails_the_connection(server: Server, violation: Violation) -> None:
    """A length has 63 bits: one with the highest bit set ends the connection at once."""
    frames = aftermath(server, violation.data)
    assert not violations.goes_on(frames), saw(frames, "a Close frame, or the end of the connection")


@requirement("rfc6455.frame.minimal_length_received")
@pytest.mark.parametrize(
    ("opcode", "size", "octets"),
    [
        (TEXT, 0, 2),
        (TEXT, 5, 2),
        (TEXT, 125, 2),
        (TEXT, 5, 8),
        (BINARY, 126, 8),
        (BINARY, 65535, 8),
        (PING, 5, 2),
    ],
)
def test_what_becomes_of_a_length_with_more_octets_than_it_needs(
    server: Server, opcode: int, size: int, octets: int, observe: Observe
) -> None:
    """Whether a frame is accepted whose length has not the shortest form is recorded."""
    observe(outcome(server, encode(Frame(opcode, b"x" * size), octets=octets)))


@requirement("rfc6455.frame.lengths_received")
@pytest.mark.parametrize("size", [0, 1, 124, 125, 126, 127, 128, 65535, 65536, 65537])
def test_a_message_is_as_long_as_its_frame_says(server: Server, size: int) -> None:
    """Around each limit of the length forms a frame ends where it ought to: the next message is found."""
    with connected(server) as exchange:
        exchange.send_frame(Frame(BINARY, b"x" * size), Frame(BINARY, b"next"))
        found = [len(data or b"") for data in contents(exchange)]
    assert found == [size, 4], saw(found, f"messages of {size} octets and of 4")


@requirement("rfc6455.frame.split_tcp")
@pytest.mark.parametrize(
    ("size", "rhythm"),
    [
        (5, bytewise),
        *[(126, cut_at(place)) for place in (1, 2, 3, 4, 6, 8, 9, -1)],
        *[(65536, cut_at(place)) for place in (1, 2, 6, 10, 12, 14, 15, -1)],
    ],
    ids=["in octets", *[f"16 bits {n}" for n in range(8)], *[f"64 bits {n}" for n in range(8)]],
)
def test_a_frame_may_come_in_segments(server: Server, size: int, rhythm: Rhythm) -> None:
    """A frame that is cut within its head, its length, its masking key or its payload is one frame."""
    with connected(server) as exchange:
        send_pieces(exchange.connection, rhythm(encode(Frame(BINARY, b"x" * size))))
        found = [len(data or b"") for data in contents(exchange)]
    assert found == [size], saw(found, f"one message of {size} octets")


@requirement("rfc6455.frame.split_tcp")
def test_a_frame_may_come_in_many_segments(server: Server) -> None:
    """A frame of 65536 octets that comes in segments of 997 is one frame."""
    data = encode(Frame(BINARY, b"x" * 65536))
    with connected(server) as exchange:
        send_pieces(exchange.connection, [data[n : n + 997] for n in range(0, len(data), 997)])
        found = [len(data or b"") for data in contents(exchange)]
    assert found == [65536], saw(found, "one message of 65536 octets")


@requirement("rfc6455.frame.split_tcp")
def test_a_segment_may_end_within_the_next_frame(server: Server) -> None:
    """Of three frames in two segments, the second is cut: all three are messages."""
    data = b"".join(encode(Frame(TEXT, text)) for text in (b"one", b"two", b"three"))
    with connected(server) as exchange:
        send_pieces(exchange.connection, [data[:12], data[12:]])
        found = contents(exchange)
    assert found == ["one", "two", "three"], saw(found, "['one', 'two', 'three']")


@requirement("rfc6455.limits.protect")
@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=["text", "binary"])
def test_a_frame_that_is_said_to_be_huge_does_no_harm(server: Server, opcode: int) -> None:
    """A frame of which four exbioctets are announced does not keep the server from serving others."""
    with connected(server) as exchange:
        exchange.send(encode(Frame(opcode, b"x" * 1000), announced=HUGE))
        exchanges = [server.fence(asgi_websocket.answers_http) for _ in range(3)]
    statuses = [other.status for other in exchanges]
    assert statuses == [200] * 3, saw(statuses, "200 for three other requests")


@requirement("rfc6455.limits.impose")
@pytest.mark.parametrize("before", [[], [Frame(BINARY, b"begun", final=False)]], ids=["frame", "fragment"])
def test_whether_a_huge_length_is_refused_at_once(
    server: Server, before: list[Frame], observe: Observe
) -> None:
    """What answers the announcement of four exbioctets, in a frame or in a later fragment, is recorded."""
    last = encode(Frame(0 if before else BINARY, b"x"), announced=HUGE)
    with connected(server) as exchange:
        exchange.send(b"".join(map(encode, before)) + last)
        for _ in range(3):
            server.fence(asgi_websocket.answers_http)
        exchange.connection.arrived()
        observe(exchange.ending() if exchange.connection.buffer or exchange.connection.ended else "nothing")
