"""The client's side of permessage-deflate: stricter than zlib, and able to write what no compressor does."""

import pytest

from compliance.expect import NotHttp
from compliance.wire.deflate import TAIL, Blocks, Deflater, Inflater, extensions, fragments, noise
from compliance.wire.http import Response
from compliance.wire.websocket import CONTINUATION, TEXT

HELLO = bytes.fromhex("f248cdc9c90700")


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        (Blocks().fixed(b"Hello"), "f248cdc9c90700"),
        (Blocks().stored(b"Hello"), "000500faff48656c6c6f00"),
        (Blocks().fixed(b"Hello", final=True), "f348cdc9c9070000"),
        (Blocks().fixed(b"He").stored(b"").fixed(b"llo"), "f24805000000ffffcac9c90700"),
    ],
    ids=["fixed", "stored", "final", "two"],
)
def test_blocks_are_those_of_the_rfc(blocks: Blocks, expected: str) -> None:
    """The examples of RFC 7692 section 7.2.3 are written, however often, and read."""
    assert [blocks.payload().hex(), blocks.payload().hex()] == [expected] * 2
    assert Inflater().message(blocks.payload()) == b"Hello"


@pytest.mark.parametrize("distance", [1, 2, 3, 4, 5, 9, 13, 257, 1000, 24577, 32768])
def test_a_match_repeats_what_is_that_far_back(distance: int) -> None:
    """A pair of length and distance means the octets at that distance, over messages too."""
    inflater, before = Inflater(), noise(40_000)
    assert inflater.message(Blocks().stored(before).payload()) == before
    expected = (before[-distance:] * 10)[:10]
    assert inflater.message(Blocks().fixed((10, distance)).payload()) == expected


@pytest.mark.parametrize("bits", range(8, 15))
def test_a_distance_beyond_the_window_is_an_error(bits: int) -> None:
    """A window is kept to exactly: one octet further back is too far."""
    inflater = Inflater(bits)
    inflater.message(Blocks().stored(noise(20_000)).payload())
    assert len(inflater.message(Blocks().fixed((3, 1 << bits)).payload())) == 3
    with pytest.raises(NotHttp, match="too far back"):
        inflater.message(Blocks().fixed((3, (1 << bits) + 1)).payload())


@pytest.mark.parametrize("bits", range(8, 16))
def test_a_deflater_keeps_to_its_window(bits: int) -> None:
    """What a client compresses for a window inflates within that window, message after message."""
    deflater, inflater = Deflater(bits), Inflater(bits)
    for content in (noise((1 << bits) + 20) * 2, b"", b"Hello" * 100, noise((1 << bits) + 20)):
        assert inflater.message(deflater.message(content)) == content


def test_takeover_is_what_makes_the_second_message_short() -> None:
    """With takeover a repeated message refers to the first one, without it does not."""
    keeping, forgetting = Deflater(), Deflater(takeover=False)
    sizes = [[len(deflater.message(noise(1000))) for _ in range(2)] for deflater in (keeping, forgetting)]
    assert sizes[0][1] < 50
    assert sizes[1][0] == sizes[1][1]


def test_without_takeover_a_reference_is_an_error() -> None:
    """An inflater without takeover knows nothing of the message before."""
    deflater, inflater = Deflater(), Inflater(takeover=False)
    inflater.message(deflater.message(noise(1000)))
    with pytest.raises(NotHttp, match="too far back"):
        inflater.message(deflater.message(noise(1000)))


@pytest.mark.parametrize("bits", range(8, 16))
@pytest.mark.parametrize("before", [0, 40, 300], ids="{} octets before".format)
def test_a_block_may_refer_to_what_stands_before_a_last_one(bits: int, before: int) -> None:
    """The window is kept over blocks that are marked as the last one."""
    blocks = Blocks().stored(noise(before)).fixed(b"Hel", final=True).fixed((3, 3), final=True).fixed(b"lo")
    assert Inflater(bits).message(blocks.payload()) == noise(before) + b"HelHello"


@pytest.mark.parametrize("bits", [9, 15])
def test_what_is_padded_too_much_is_an_error(bits: int) -> None:
    """Behind a block that is marked as the last one the next one begins with the next octet."""
    with pytest.raises(NotHttp, match="does not inflate"):
        Inflater(bits).message(Blocks().fixed(b"a", final=True).payload() + b"\x00")


@pytest.mark.parametrize(
    "payload",
    [b"", b"\x06", HELLO[:2], HELLO[:-1], HELLO + TAIL, HELLO + b"\x00", Blocks().fixed((3, 1)).payload()],
    ids=["nothing", "reserved", "begun", "no header", "with tail", "header twice", "no window"],
)
def test_what_is_no_compressed_message_is_an_error(payload: bytes) -> None:
    """Data that do not inflate, break off, or go on behind their end are told from good ones."""
    with pytest.raises(NotHttp, match="does not inflate"):
        Inflater().message(payload)


def test_the_fields_of_a_response_become_extensions() -> None:
    """Elements of several fields are kept in order, parameters with values, quotes aside, or None."""
    fields = [(b"Sec-WebSocket-Extensions", b'a; b="1" ;c'), (b"sec-websocket-extensions", b"d,e ; f=2")]
    found = extensions(Response(b"HTTP/1.1", 101, b"", fields))
    assert [str(extension) for extension in found] == ["a; b=1; c", "d", "e; f=2"]
    assert (found[0].has("c"), found[0].value("b"), found[0].value("c")) == (True, "1", None)
    assert (found[2].window("f"), found[2].window("g")) == (15, 15)


def test_fragments_have_the_bit_on_the_first_only() -> None:
    """A message in frames has RSV1 on the first, FIN on the last, and all its data."""
    frames = fragments(TEXT, HELLO, [2, 5])
    assert [(frame.opcode, frame.reserved, frame.final) for frame in frames] == [
        (TEXT, 4, False),
        (CONTINUATION, 0, False),
        (CONTINUATION, 0, True),
    ]
    assert b"".join(frame.payload for frame in frames) == HELLO
