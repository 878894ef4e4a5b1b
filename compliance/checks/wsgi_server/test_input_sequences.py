"""WSGI, "Input and Error Streams": any sequence of calls of wsgi.input gives exactly the body."""

import re
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from compliance.expect import saw
from compliance.guest.apps import wsgi_input as apps
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import chunked

Call = tuple[Any, ...]

# A stream that hangs does so for each example that is tried: one is enough.
without_shrinking = settings(phases=[Phase.explicit, Phase.generate])

BODIES = st.lists(st.sampled_from([b"a", b"\r", b"bcd", b"\x00\xff\n", b"\n", b"\r\n"]), max_size=12).map(
    b"".join
)
# Calls that need not look beyond the end of a body that ends with a newline.
CAREFUL = st.lists(
    st.tuples(st.just("read"), st.integers(1, 12)) | st.sampled_from([("readline",), ("next",)]), max_size=12
)
SIZED = st.lists(st.tuples(st.sampled_from(["read", "readline"]), st.integers(0, 12)), max_size=8)
ANY = st.lists(
    st.tuples(st.sampled_from(["read", "readlines"]), st.integers(1, 12))
    | st.sampled_from([("readline",), ("next",), ("readlines",), ("iterate",)]),
    max_size=6,
)


def mistake(body: bytes, calls: list[Call], results: list[Any]) -> str:
    """What is wrong with the first result that no stream of this body would give; "" if none is."""
    position = 0
    for (name, *sizes), result in zip(calls, results, strict=False):
        parts, rest = result if isinstance(result, list) else [result], body[position:]
        if any(type(part) is not bytes for part in parts) or not fits(rest, name, parts, *sizes):
            return f"{name}{tuple(sizes)} gave {result!r} of {rest!r}"
        position += sum(map(len, parts))
    return "" if position == len(body) else f"{len(body) - position} bytes of {len(body)} did not come"


def fits(rest: bytes, name: str, parts: list[bytes], size: int | None = None) -> bool:
    """Whether a method may give these parts of `rest`, the body that is left."""
    count, lines = sum(map(len, parts)), re.findall(rb"[^\n]*\n|[^\n]+", rest)
    if name in {"readlines", "iterate"}:  # whole lines: all of them, or with a hint as many as hold it
        return parts == lines or bool(size and count >= size and parts == lines[: len(parts)])
    if name in {"readline", "next"}:
        return parts == [(lines or [b""])[0][:size]]
    least = len(rest) if size is None else min(1, size, len(rest))  # read(size) may give less than it could
    return least <= count <= len(rest[:size]) and rest.startswith(parts[0])


@requirement("wsgi.environ.input")
@given(text=BODIES, calls=CAREFUL)
def test_reads_within_the_body_give_it_in_parts(server: Server, text: bytes, calls: list[Call]) -> None:
    """Reading by size and by line, but never beyond the end, gives every byte of the body in its order."""
    body = text + b"\n"
    with_ = {"calls": calls, "length": len(body)}
    with server.call("POST", "/", app=apps.reads_within, with_=with_, body=body) as exchange:
        found = exchange.values("got")
    wrong = mistake(body, [*calls, *[("read", len(body))] * len(body)], found)
    assert not wrong, saw(found, f"{body!r} in parts: {wrong}")


@requirement("wsgi.input.readline_size", needs=("end-of-input",))
@without_shrinking
@given(body=BODIES, calls=SIZED)
def test_sizes_are_kept_in_any_order(server: Server, body: bytes, calls: list[Call]) -> None:
    """read(size) and readline(size) may be mixed, and each goes on where the one before it has ended."""
    wrong = failure(server, body, [*calls, ("read",)])
    assert not wrong, saw(wrong, f"{body!r} in parts")


@requirement("wsgi.environ.input", needs=("end-of-input",))
@without_shrinking
@given(body=BODIES, calls=ANY)
def test_any_reads_give_the_body_in_parts(server: Server, body: bytes, calls: list[Call]) -> None:
    """All methods may be mixed, also at the end of the body, and give every byte of it in its order."""
    wrong = failure(server, body, [*calls, ("iterate",)])
    assert not wrong, saw(wrong, f"{body!r} in parts")


@requirement("wsgi.environ.input", needs=("chunked",))
@without_shrinking
@given(parts=st.lists(BODIES.filter(bool), max_size=4), calls=ANY)
def test_any_reads_of_chunks_give_the_body_in_parts(
    server: Server, parts: list[bytes], calls: list[Call]
) -> None:
    """The methods do the same with a body that came in chunks, wherever these end."""
    headers, reads = [("Transfer-Encoding", "chunked")], [*calls, ("iterate",)]
    with_ = {"calls": reads}
    with server.open(
        "POST", "/", app=apps.reads, with_=with_, headers=headers, body=chunked(parts)
    ) as exchange:
        wrong = mistake(b"".join(parts), reads, exchange.finish().values("got"))
    assert not wrong, saw(wrong, f"the content of {parts!r} in parts")


def failure(server: Server, body: bytes, calls: list[Call]) -> str:
    """What is wrong with what these calls give of a body; "" if nothing is."""
    with server.call("POST", "/", app=apps.reads, with_={"calls": calls}, body=body) as exchange:
        return mistake(body, calls, exchange.values("got"))
