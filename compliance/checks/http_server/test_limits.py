"""RFC 9110 and 9112: how large the parts of a request may be, which is for servers to choose: observed."""

from collections.abc import Callable, Sequence
from typing import Any

from compliance.attempt import attempt
from compliance.expect import Observe
from compliance.guest.apps import asgi_http, wsgi_http
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.pace import Rhythm, cut_at
from compliance.wire.spelled import coded, get

SIZES = [1 << power for power in range(11, 21)]  # 2 KiB to 1 MiB
COUNTS = [1 << power for power in range(5, 13)]  # 32 to 4096
CLOSE = b"Connection: close"
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
    """The largest of these sizes with which a request is served, 0 if none is, and the answer to the next."""
    served = 0
    for size in sizes:
        got = attempt(server, make(size), app="answers", rhythm=rhythm(size), following=b"")
        if not got.served or got.end == "silent":
            return {"served": served, "beyond": got.statuses[0] if got.responses else got.end}
        served = size
    return {"served": served}


def refuses(server: Server, length: int) -> bool:
    """Whether 413 answers a client that announces a body of this length, and ends before it has begun."""
    app = wsgi_http.reads if server.interface == "wsgi" else asgi_http.reads
    with server.prepare(app) as exchange:
        exchange.send(b"POST / HTTP/1.1\r\nHost: testserver\r\nContent-Length: %d\r\n" % length)
        exchange.send(exchange.field + b"\r\n")
        exchange.connection.half_close()
        server.wait_noticed(exchange)
        return exchange.connection.arrived().startswith(b"HTTP/1.1 413")


def refused_length(server: Server) -> int | None:
    """The first of LENGTHS that is refused when it is announced; None if not even the last one is."""
    found = refuses(server, LENGTHS[-1])
    return next(length for length in LENGTHS if refuses(server, length)) if found else None


@requirement("rfc9112.reqline.uri_too_long")
def test_how_long_a_request_line_may_be(server: Server, observe: Observe) -> None:
    """The longest request line, in octets without its line end, that is served."""
    rest = len(b"GET /? HTTP/1.1")
    observe(
        largest(
            server, SIZES, lambda size: get(CLOSE, target=b"/?" + b"q" * (size - rest)), within_the_first_line
        )
    )


@requirement("rfc9110.field.too_large_4xx")
def test_how_long_a_field_may_be(server: Server, observe: Observe) -> None:
    """The longest field line, in octets without its line end, that is served."""
    observe(largest(server, SIZES, lambda size: get(CLOSE, b"X-A: " + b"a" * (size - 5))))


@requirement("rfc9110.field.too_large_4xx")
def test_how_long_a_header_section_may_be(server: Server, observe: Observe) -> None:
    """The longest header section of lines of 1 KiB, in octets without a few other fields, that is served."""
    line = b"X-A: " + b"a" * (1024 - 7)
    observe(largest(server, SIZES, lambda size: get(CLOSE, *[line] * (size // 1024))))


@requirement("rfc9110.field.too_large_4xx")
def test_how_many_fields_there_may_be(server: Server, observe: Observe) -> None:
    """The largest number of short fields, without a few others, that is served."""
    observe(
        largest(server, COUNTS, lambda count: get(CLOSE, *[b"X-%d: a" % number for number in range(count)]))
    )


@requirement("rfc9112.chunk.trailers_invalid", needs=("chunked",))
def test_how_long_a_trailer_may_be(server: Server, observe: Observe) -> None:
    """The longest line of a trailer field, in octets without its line end, that is served."""
    start = b"5\r\nhello\r\n0\r\nX-A: "
    observe(largest(server, SIZES, lambda size: coded(start + b"a" * (size - 5) + b"\r\n\r\n", CLOSE)))


@requirement("rfc9112.chunk.trailers_invalid", needs=("chunked",))
def test_how_many_trailers_there_may_be(server: Server, observe: Observe) -> None:
    """The largest number of short trailer fields that is served."""
    start = b"5\r\nhello\r\n0\r\n"
    observe(largest(server, COUNTS, lambda count: coded(start + b"X-A: a\r\n" * count + b"\r\n", CLOSE)))


@requirement("rfc9110.status.413_close")
def test_which_length_of_a_body_is_too_large(server: Server, observe: Observe) -> None:
    """The smallest of some lengths that are refused with 413 as soon as they are announced."""
    observe(refused_length(server))
