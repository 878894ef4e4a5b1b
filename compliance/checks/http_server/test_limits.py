"""RFC 9110 and 9112: how large the parts of a request may be, which is for servers to choose: observed."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from compliance.expect import NotHttp, Observe, Silence
from compliance.neutral import neutral
from compliance.ready import readable
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.pace import Rhythm, cut_at, send_pieces
from compliance.wire.spelled import PLACE, coded, get

SIZES = [1 << power for power in range(11, 21)]  # 2 KiB to 1 MiB
COUNTS = [1 << power for power in range(5, 13)]  # 32 to 4096
AT_ONCE = 0.2  # seconds
LENGTHS = [1 << power for power in (20, 24, 27, 30, 31, 32, 40)]  # 1 MiB to 1 TiB


def before_the_end(_: int) -> Rhythm:
    """The last line end comes by itself, so that a limit on what is incomplete counts."""
    return cut_at(-2)


def within_the_first_line(size: int) -> Rhythm:
    """The same for a request line of this size."""
    return cut_at(size - len(" HTTP/1.1"))


def largest(
    server: Server,
    sizes: Sequence[int],
    make: Callable[[int], bytes],
    rhythm: Callable[[int], Rhythm] = before_the_end,
) -> dict[str, Any]:
    """The largest of these sizes with which a request is served, 0 if none is, and what the next one got."""
    served = 0
    for size in sizes:
        got = answer(server, make(size), rhythm(size))
        if got != 200:
            return {"served": served, "beyond": got}
        served = size
    return {"served": served}


def answer(server: Server, data: bytes, rhythm: Rhythm) -> int | str:
    """The status of the response to a request; in words what came if there was none."""
    with server.prepare(neutral(server, "answers")) as exchange:
        send_pieces(exchange.connection, rhythm(data.replace(PLACE, exchange.field)))
        try:
            came = exchange.outcome()
        except Silence:
            return "silent"
        except NotHttp:
            return "no HTTP"
        return came.status if came else "reset" if exchange.connection.reset else "closed"


def refusal(server: Server, length: int) -> bytes:
    """The status of 4xx with which a body of this length is refused before any of it has come, or nothing."""
    with server.prepare(neutral(server, "answers")) as exchange:
        exchange.send(b"POST / HTTP/1.1\r\nHost: testserver\r\nContent-Length: %d\r\n" % length)
        exchange.send(exchange.field + b"\r\n")
        readable([exchange.connection], AT_ONCE)
        return b"".join(re.findall(rb"\AHTTP/1\.\d (4\d\d)", exchange.connection.arrived()))


def refused_length(server: Server) -> dict[str, Any] | None:
    """The first of LENGTHS that is refused when it is announced, and how; None if the last one is not."""
    longest = LENGTHS[-1]
    status = refusal(server, longest)
    if not status:
        return None
    first = next((length for length in LENGTHS[:-1] if refusal(server, length)), longest)
    return {"length": first, "status": int(status)}


@requirement("rfc9112.reqline.uri_too_long")
def test_how_long_a_request_line_may_be(server: Server, observe: Observe) -> None:
    """The longest request line, in octets without its line end, that is served."""
    rest = len(b"GET /? HTTP/1.1")
    observe(
        largest(server, SIZES, lambda size: get(target=b"/?" + b"q" * (size - rest)), within_the_first_line)
    )


@requirement("rfc9110.field.too_large_4xx")
def test_how_long_a_field_may_be(server: Server, observe: Observe) -> None:
    """The longest field line, in octets without its line end, that is served."""
    observe(largest(server, SIZES, lambda size: get(b"X-A: " + b"a" * (size - 5))))


@requirement("rfc9110.field.too_large_4xx")
def test_how_long_a_header_section_may_be(server: Server, observe: Observe) -> None:
    """The longest header section of lines of 1 KiB, in octets without a few other fields, that is served."""
    line = b"X-A: " + b"a" * (1024 - 7)
    observe(largest(server, SIZES, lambda size: get(*[line] * (size // 1024))))


@requirement("rfc9110.field.too_large_4xx")
def test_how_many_fields_there_may_be(server: Server, observe: Observe) -> None:
    """The largest number of short fields, without a few others, that is served."""
    observe(largest(server, COUNTS, lambda count: get(*[b"X-%d: a" % number for number in range(count)])))


@requirement("rfc9112.chunk.trailers_invalid", needs=("chunked",))
def test_how_long_a_trailer_may_be(server: Server, observe: Observe) -> None:
    """The longest line of a trailer field, in octets without its line end, that is served."""
    start = b"5\r\nhello\r\n0\r\nX-A: "
    observe(largest(server, SIZES, lambda size: coded(start + b"a" * (size - 5) + b"\r\n\r\n")))


@requirement("rfc9112.chunk.trailers_invalid", needs=("chunked",))
def test_how_many_trailers_there_may_be(server: Server, observe: Observe) -> None:
    """The largest number of short trailer fields that is served."""
    start = b"5\r\nhello\r\n0\r\n"
    observe(largest(server, COUNTS, lambda count: coded(start + b"X-A: a\r\n" * count + b"\r\n")))


@requirement("rfc9110.status.413_close")
def test_which_length_of_a_body_is_too_large(server: Server, observe: Observe) -> None:
    """The smallest of some lengths that are refused as soon as they are announced."""
    observe(refused_length(server))
