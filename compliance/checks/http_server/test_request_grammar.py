"""RFC 9112: any valid request arrives as it was sent, and no invalid one does harm."""

from dataclasses import dataclass

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from compliance.attempt import FOLLOWING, Attempt, attempt
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import chunked
from compliance.wire.pace import bytewise, cut_at
from compliance.wire.spelled import PLACE

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
PATH = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@"
without_shrinking = settings(phases=[Phase.generate])  # a failure may be silence, which takes long
VISIBLE = "".join(chr(code) for code in range(0x21, 0x7F))

NO_CONTENT = {"no length": b"", "length 0": b"Content-Length: 0\r\n"}


@dataclass(frozen=True)
class Sent:
    """A valid request: what it says, and its octets."""

    method: str
    path: str
    query: str
    fields: tuple[tuple[str, str], ...]
    body: bytes
    parts: tuple[bytes, ...] | None

    def octets(self) -> bytes:
        """The request as it is sent."""
        target = self.path + (f"?{self.query}" if self.query else "")
        framing = ("Transfer-Encoding", "chunked") if self.parts else ("Content-Length", str(len(self.body)))
        fields = [("Host", "testserver"), *self.fields, *([framing] if self.body else [])]
        head = f"{self.method} {target} HTTP/1.1\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in fields
        )
        return head.encode() + PLACE + b"\r\n" + (chunked(self.parts) if self.parts else self.body)


def names() -> st.SearchStrategy[str]:
    """Names of fields that mean nothing to a server."""
    return st.text(LETTERS + "-", min_size=1, max_size=12).map(lambda name: f"X-{name}")


def values() -> st.SearchStrategy[str]:
    """Values of fields, with whitespace inside."""
    return st.lists(st.text(VISIBLE, min_size=1, max_size=12), max_size=3).map(" ".join)


@st.composite
def requests(draw: st.DrawFn, *, coded: bool = False) -> Sent:
    """Valid requests with one body, in chunks if `coded`."""
    segments = draw(st.lists(st.text(PATH, max_size=8), min_size=1, max_size=4))
    fields = draw(st.lists(st.tuples(names(), values()), max_size=5, unique_by=lambda item: item[0].lower()))
    parts = tuple(draw(st.lists(st.binary(min_size=1, max_size=40), min_size=1, max_size=4)))
    return Sent(
        draw(st.sampled_from(["POST", "PUT", "PATCH", "GET", "DELETE"])),
        "/q" + "/".join(segments),
        draw(st.text(PATH + "/", max_size=12)),
        tuple(fields),
        b"".join(parts),
        parts if coded else None,
    )


def mutated() -> st.SearchStrategy[bytes]:
    """A request with one octet replaced, left out or put in, anywhere but in the name of its exchange."""

    def mutate(sent: Sent, place: int, octet: bytes, kind: str) -> bytes:
        data = sent.octets()
        where = place % len(data)
        inside = data.index(PLACE) <= where < data.index(PLACE) + len(PLACE)
        where = data.index(PLACE) if inside else where
        rest = data[where + (kind != "insert") * (not inside) :]
        return data[:where] + (b"" if kind == "delete" else octet) + rest

    octets = st.one_of(
        st.sampled_from([b"\0", b"\r", b"\n", b" ", b"\t", b":", b"\xff"]), st.binary(min_size=1, max_size=1)
    )
    kinds = st.sampled_from(["replace", "delete", "insert"])
    sent = st.one_of(requests(), requests(coded=True))
    return st.builds(mutate, sent, st.integers(0, 10_000), octets, kinds)


def as_sent(got: Attempt, sent: Sent) -> bool:
    """Whether the application got the request as it was sent, and the one behind it too, or a close."""
    fields = [(name.lower().encode(), value.encode()) for name, value in sent.fields]
    return got.in_step and [
        (call.method, call.path, call.query, call.body, [call.all(name) for name, _ in fields])
        for call in got.own
    ] == [(sent.method, sent.path.encode(), sent.query.encode(), sent.body, [[value] for _, value in fields])]


@requirement("rfc9112.parse.crlf")
@without_shrinking
@given(sent=requests())
def test_any_request_arrives_as_it_was_sent(server: Server, sent: Sent) -> None:
    """Method, path, query, fields and body of any valid request reach the application as they were sent."""
    got = attempt(server, sent.octets(), app="reads", in_turn=True)
    assert as_sent(got, sent), got.seen(f"{sent}")


@requirement("rfc9112.te.chunked_supported", needs=("chunked",))
@without_shrinking
@given(sent=requests(coded=True))
def test_any_chunked_request_arrives_as_it_was_sent(server: Server, sent: Sent) -> None:
    """Method, path, query, fields and body of any valid request in chunks reach the application as sent."""
    got = attempt(server, sent.octets(), app="reads", in_turn=True)
    assert as_sent(got, sent), got.seen(f"{sent}")


@requirement("rfc9112.parse.crlf")
@without_shrinking
@given(sent=requests(), place=st.integers(1, 150))
def test_a_request_in_two_pieces_arrives_as_it_was_sent(server: Server, sent: Sent, place: int) -> None:
    """A request means the same wherever its octets are split over two segments."""
    got = attempt(server, sent.octets(), app="reads", rhythm=cut_at(place), in_turn=True)
    assert as_sent(got, sent), got.seen(f"{sent}")


@requirement("rfc9112.parse.crlf")
@pytest.mark.parametrize("length", NO_CONTENT.values(), ids=NO_CONTENT.keys())
def test_a_request_without_content_is_whole_when_its_head_came_in_two_pieces(
    server: Server, length: bytes
) -> None:
    """Nothing more is waited for behind a head in two pieces, where there is no content."""
    head, end = b"POST / HTTP/1.1\r\nHost: testserver\r\n" + PLACE, length + b"\r\n"
    got = attempt(server, head + end, app="reads", rhythm=cut_at(-len(end)), in_turn=True)
    assert got.took(b""), got.seen("an empty body")


@requirement("rfc9112.te.chunked_supported", needs=("chunked",))
@without_shrinking
@given(sent=requests(coded=True), place=st.integers(-60, -1))
def test_chunks_in_two_pieces_arrive_as_they_were_sent(server: Server, sent: Sent, place: int) -> None:
    """A chunked body means the same wherever its octets are split over two segments."""
    got = attempt(server, sent.octets(), app="reads", rhythm=cut_at(place), in_turn=True)
    assert as_sent(got, sent), got.seen(f"{sent}")


@requirement("rfc9112.parse.crlf")
def test_a_request_that_comes_octet_by_octet_arrives_as_it_was_sent(server: Server) -> None:
    """A request means the same if each octet comes alone."""
    sent = Sent("POST", "/q", "a=b", (("X-A", "b c"),), b"hello", None)
    got = attempt(server, sent.octets(), app="reads", rhythm=bytewise, in_turn=True)
    assert as_sent(got, sent), got.seen(f"{sent}")


@requirement("rfc9110.req.defensive", definite=True)
@without_shrinking
@given(data=mutated())
def test_no_mutated_request_does_harm(server: Server, data: bytes) -> None:
    """One wrong octet gives no two calls and no hang, and the server answers afterwards."""
    got = attempt(server, data, app="reads", following=FOLLOWING, half_close=True)
    assert got.over, got.seen("at most one call, and an end")
    assert server.call(named=True).status == 200, got.seen("a later request served")
