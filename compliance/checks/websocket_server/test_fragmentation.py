"""RFC 6455 section 5.4, Fragmentation: messages in parts, and what may come between the parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.expect import saw
from compliance.listener import aftermath, connected, contents
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire import violations
from compliance.wire.pace import send_pieces
from compliance.wire.violations import Violation
from compliance.wire.websocket import BINARY, PING, PONG, TEXT, Frame, encode, fragments

CONTROL = st.builds(Frame, st.sampled_from([PING, PONG]), st.binary(max_size=20))


def mixed(parts: list[bytes], between: list[Frame]) -> list[Frame]:
    """The frames of a binary message in these parts, each with a control frame after it if there is one."""
    frames: list[Frame] = []
    for number, frame in enumerate(fragments(BINARY, *parts)):
        frames += [frame, *between[number : number + 1]]
    return frames


@requirement("rfc6455.frag.received")
@pytest.mark.parametrize("count", [1, 2, 3, 100, 1000])
def test_a_message_may_have_any_number_of_fragments(server: Server, count: int) -> None:
    """A text in one frame, and one in many, are each one message."""
    parts = [b"%d " % number for number in range(count)]
    with connected(server) as exchange:
        exchange.send_frame(*fragments(TEXT, *parts))
        found = contents(exchange)
    assert found == [b"".join(parts).decode()], saw(found, f"one message of {count} parts")


@requirement("rfc6455.frag.received")
@pytest.mark.parametrize("size", [125, 126, 65535, 65536])
def test_fragments_may_have_any_length_form(server: Server, size: int) -> None:
    """Three fragments at a limit of the length forms are one message."""
    parts = [letter * size for letter in (b"a", b"b", b"c")]
    with connected(server) as exchange:
        exchange.send_frame(*fragments(BINARY, *parts))
        found = contents(exchange)
    assert found == [b"".join(parts)], saw(found, f"one message of {3 * size} octets")


@requirement("rfc6455.frag.received")
def test_each_fragment_may_come_by_itself(server: Server) -> None:
    """Ten fragments, each of which comes when the server has read the one before, are one message."""
    frames = fragments(TEXT, *[b"%d" % number for number in range(10)])
    with connected(server) as exchange:
        send_pieces(exchange.connection, [encode(frame) for frame in frames])
        found = contents(exchange)
    assert found == ["0123456789"], saw(found, "['0123456789']")


@requirement("rfc6455.frag.received")
def test_messages_follow_each_other_whole_or_in_fragments(server: Server) -> None:
    """A message in fragments between two that are whole leaves all three as they were sent."""
    frames = [Frame(TEXT, b"one"), *fragments(BINARY, b"t", b"wo"), Frame(TEXT, b"three")]
    with connected(server) as exchange:
        exchange.send_frame(*frames)
        found = contents(exchange)
    assert found == ["one", b"two", "three"], saw(found, "['one', b'two', 'three']")


@requirement("rfc6455.frag.empty_fragments")
@pytest.mark.parametrize(
    "parts",
    [
        [b"", b"text"],
        [b"te", b"", b"xt"],
        [b"text", b""],
        [b"", b"", b"text", b"", b""],
        [b"", b""],
        [b"", b"", b""],
    ],
    ids=["first", "middle", "last", "several", "both", "all three"],
)
def test_fragments_may_be_empty(server: Server, parts: list[bytes]) -> None:
    """A fragment without content adds nothing, and ends a message as well as any other."""
    expected = [b"".join(parts).decode(), "next"]
    with connected(server) as exchange:
        exchange.send_frame(*fragments(TEXT, *parts), Frame(TEXT, b"next"))
        found = contents(exchange)
    assert found == expected, saw(found, repr(expected))


@requirement("rfc6455.frag.type_from_first")
@pytest.mark.parametrize(
    ("opcode", "expected"), [(TEXT, "parts"), (BINARY, b"parts")], ids=["text", "binary"]
)
def test_the_first_fragment_says_what_kind_a_message_is(
    server: Server, opcode: int, expected: str | bytes
) -> None:
    """Continuations are of the kind that the first fragment is of."""
    with connected(server) as exchange:
        exchange.send_frame(*fragments(opcode, b"pa", b"rt", b"s"))
        found = contents(exchange)
    assert found == [expected], saw(found, repr([expected]))


@requirement("rfc6455.frag.control_between")
@pytest.mark.parametrize("begun", [[], [b"be"], [b"be", b"gun"], [b""]], ids=["none", "one", "two", "empty"])
def test_a_ping_between_fragments_is_answered_at_once(server: Server, begun: list[bytes]) -> None:
    """A ping is answered before the message that it interrupts is complete, and does the message no harm."""
    *first, last = fragments(TEXT, *begun, b"end")
    with connected(server) as exchange:
        exchange.send_frame(*first, Frame(PING, b"between"))
        frame = exchange.receive_frame()
        exchange.send_frame(last)
        found = contents(exchange)
    assert (frame.opcode, frame.payload) == (PONG, b"between"), saw(frame, "a pong with b'between'")
    assert found == [b"".join(begun).decode() + "end"], saw(found, "the message in one piece")


@requirement("rfc6455.frag.control_between")
@given(
    parts=st.lists(st.binary(max_size=40), min_size=1, max_size=6),
    between=st.lists(CONTROL, max_size=6),
    cuts=st.lists(st.integers(0, 400), max_size=4),
)
def test_any_message_with_control_frames_between_its_fragments_arrives(
    server: Server, parts: list[bytes], between: list[Frame], cuts: list[int]
) -> None:
    """However a message is cut, into frames and into segments, it is one, whatever comes between."""
    data = b"".join(map(encode, mixed(parts, between)))
    places = sorted({min(cut, len(data)) for cut in cuts})
    with connected(server) as exchange:
        for start, end in zip([0, *places], [*places, len(data)], strict=True):
            exchange.send(data[start:end])
        found = contents(exchange)
    assert found == [b"".join(parts)], saw(found, repr([b"".join(parts)]))


@requirement("rfc6455.frag.control_fragmented")
@pytest.mark.parametrize("violation", violations.FRAGMENTED_CONTROL, ids=str)
def test_a_fragmented_control_frame_fails_the_connection(server: Server, violation: Violation) -> None:
    """A control frame is whole: one that is the beginning of something ends the connection."""
    frames = aftermath(server, violation.data)
    assert not violations.goes_on(frames), saw(frames, "a Close frame, or the end of the connection")


@requirement("rfc6455.frag.no_interleave")
@pytest.mark.parametrize("violation", violations.INTERLEAVED, ids=str)
def test_a_message_within_a_message_fails_the_connection(server: Server, violation: Violation) -> None:
    """A data frame that begins a message before the one before it is complete ends the connection."""
    frames = aftermath(server, violation.data)
    assert not violations.goes_on(frames), saw(frames, "a Close frame, or the end of the connection")


@requirement("rfc6455.frag.orphan_continuation")
@pytest.mark.parametrize("violation", violations.ORPHANS, ids=str)
def test_a_continuation_of_nothing_fails_the_connection(server: Server, violation: Violation) -> None:
    """A continuation frame where no message has begun ends the connection."""
    frames = aftermath(server, violation.data)
    assert not violations.goes_on(frames), saw(frames, "a Close frame, or the end of the connection")
