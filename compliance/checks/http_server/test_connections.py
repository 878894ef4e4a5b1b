"""RFC 9112 section 9: how long a connection lives, and who says so."""

import contextlib

import pytest

from compliance.attempt import Attempt, attempt
from compliance.claims import present
from compliance.concurrency import in_turn
from compliance.exchange import Exchange
from compliance.expect import Closed, Observe, saw
from compliance.neutral import neutral
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import Connection, request
from compliance.wire.pace import send_pieces

GET = b"GET / HTTP/1.1\r\nHost: testserver\r\n\r\n"
CLOSE = b"GET / HTTP/1.1\r\nHost: testserver\r\nConnection: close\r\n\r\n"
GET_10 = b"GET / HTTP/1.0\r\nHost: testserver\r\n\r\n"
KEPT_10 = b"GET / HTTP/1.0\r\nHost: testserver\r\nConnection: keep-alive\r\n\r\n"
MALFORMED = b"GET / HTTP/1.1\r\nHost: testserver\r\nno field\r\n\r\n"
MEGABYTE = 1 << 20

closing = pytest.mark.parametrize(
    "options",
    [
        b"Connection: CLOSE",
        b"Connection: foo, close",
        b"Connection: close, foo",
        b"Connection: ,close,",
        b"Connection: foo\r\nConnection: close",
    ],
)


def closes(server: Server) -> Attempt:
    """A request that asks to close, and another one behind it."""
    return attempt(server, CLOSE, app="reads")


def is_kept(got: Attempt) -> bool:
    """Whether the request that follows was answered, too."""
    return len(got.responses) > 1


def numbered(server: Server, number: int, connection: Connection) -> Exchange:
    """An exchange on this connection that has sent nothing, for a response that is told by its number."""
    app = neutral(server, "responds")
    content = b"response %d" % number
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(content))]
    return server.prepare(app, {"headers": headers, "parts": (content,)}, connection=connection)


def pipelined(server: Server, count: int, body: bytes = b"") -> list[Exchange]:
    """Exchanges whose requests were sent in one write on one connection."""
    connection = server.connect()
    exchanges = [numbered(server, number, connection) for number in range(count)]
    framing = b"Content-Length: %d\r\n" % len(body)
    connection.send(
        b"".join(
            b"PUT / HTTP/1.1\r\nHost: testserver\r\n%b%b\r\n%b" % (framing, exchange.field, body)
            for exchange in exchanges
        )
    )
    return exchanges


def answered(exchanges: list[Exchange]) -> list[bytes]:
    """The contents of the responses, in order, as long as the connection lasts."""
    bodies: list[bytes] = []
    with contextlib.suppress(Closed):
        bodies.extend(exchange.body for exchange in exchanges)  # what came before the end stays
    return bodies


def was_dropped(old: Exchange, new: Exchange) -> bool:
    """Whether the server ended the connection of an exchange before the next one, and had not said so."""
    return new.connection is not old.connection and not old.response.is_last()


@requirement("rfc9112.conn.persistent_default")
def test_a_connection_persists(server: Server) -> None:
    """A connection of HTTP/1.1 carries another request after the first response."""
    got = attempt(server, GET, app="reads", in_turn=True)
    assert got.statuses == [200, 200], got.seen("two responses on the connection")


@requirement("rfc9112.conn.no_persist_close")
def test_a_server_that_does_not_persist_says_close(server: Server) -> None:
    """A response after which the connection ends has the connection option close."""
    got = attempt(server, GET, app="reads", in_turn=True)
    assert is_kept(got) or got.answer.is_last(), got.seen("another response, or Connection: close")


@requirement("rfc9112.conn.no_persist_close")
def test_a_server_that_ends_behind_a_streamed_response_says_close(server: Server) -> None:
    """So does the response of unknown length behind which another request, sent ahead, gets none."""
    got = attempt(server, GET, app="responds", with_={"parts": (b"one;", b"two;")})
    present(got.first, f"no response comes: {got.outcome()}")
    assert len(got.responses) > 1 or got.answer.is_last(), got.seen("another response, or Connection: close")


@requirement("rfc9112.conn.close_received")
def test_close_is_obeyed(server: Server) -> None:
    """After a request with Connection: close and its response, the server closes the connection."""
    got = attempt(server, CLOSE, app="reads", following=b"")
    assert (got.statuses, got.end) == ([200], "closed"), got.seen("one response, and the end")


@requirement("rfc9112.conn.close_received", definite=True)
def test_closing_connections_does_the_server_no_harm(server: Server) -> None:
    """One that has closed twenty connections, each after its response as it was asked to, serves the next."""
    app = neutral(server, "litters")
    asked = [("Connection", "close")]
    statuses = [server.call("GET", "/let-go", app=app, headers=asked).status for _ in range(20)]
    assert statuses == [200] * 20, saw(statuses, "twenty times 200")


@requirement("rfc9112.conn.close_received_no_more")
def test_no_request_after_close_is_processed(server: Server) -> None:
    """A request behind one with Connection: close does not reach the application, however often it comes."""
    for _ in range(20):  # a server may win the race against what it has read already, but not each time
        got = closes(server).answered()
        assert got.calls == got.own, got.seen("no call for the request behind it")


@requirement("rfc9112.conn.close_received_echo")
def test_the_response_to_close_says_close(server: Server) -> None:
    """The last response to a client that asked to close has Connection: close."""
    got = attempt(server, CLOSE, app="reads", following=b"")
    assert got.answer.says_close(), saw(got.answer.headers, "Connection: close")


@requirement("rfc9112.conn.close_token_list")
@closing
def test_close_is_found_in_a_list_and_in_any_case(server: Server, options: bytes) -> None:
    """The option close counts in any case, among others, and on a second line."""
    data = b"GET / HTTP/1.1\r\nHost: testserver\r\n%b\r\n\r\n" % options
    got = attempt(server, data, app="reads", in_turn=True).answered()
    assert got.ended_after_first, got.seen("one response, and the end")


@requirement(asgi="rfc9112.conn.close_sent_closes")
def test_a_close_of_the_application_is_obeyed(server: Server) -> None:
    """After a response of the application with Connection: close, no request is processed."""
    headers = [(b"connection", b"close"), (b"content-length", b"7")]
    got = attempt(server, GET, app="responds", with_={"headers": headers}).called()
    assert got.ended_after_first, got.seen("one response, and the end")


@requirement("rfc9112.conn.close_option_sent")
def test_a_refusal_that_ends_the_connection_says_close(server: Server) -> None:
    """If the connection ends with the answer to a malformed request, that says close."""
    got = attempt(server, MALFORMED)
    present(got.refused and not is_kept(got), f"no refusal ends the connection: {got.outcome()}")
    assert got.answer.is_last(), saw(got.answer.headers, "Connection: close")


@requirement("rfc9112.conn.http10_close")
def test_a_connection_of_http10_ends_with_its_response(server: Server) -> None:
    """A request of HTTP/1.0 that does not ask to keep the connection is the last one on it."""
    got = attempt(server, GET_10, app="reads", in_turn=True).answered()
    assert got.ended_after_first, got.seen("one response, and the end")


@requirement("rfc9112.conn.http10_keepalive")
def test_what_keep_alive_is_for_http10(server: Server, observe: Observe) -> None:
    """Whether a client of HTTP/1.0 may keep its connection, and what the response says."""
    got = attempt(server, KEPT_10, app="reads", in_turn=True)
    observe({"kept": is_kept(got), "says": got.answer.all("connection") if got.responses else []})


@requirement("rfc9112.conn.http10_keepalive", definite=True)
def test_a_kept_connection_of_http10_has_framed_responses(server: Server) -> None:
    """A response to HTTP/1.0 after which the connection goes on is delimited by its length."""
    got = attempt(server, KEPT_10, app="reads", in_turn=True).answered()
    present(is_kept(got), "the connection ends, though the client asked to keep it")
    assert got.answer.framing == "length", got.seen("Content-Length")


@requirement("rfc9112.conn.pipeline_order")
@pytest.mark.parametrize("body", [b"", b"some content"])
def test_pipelined_requests_are_answered_in_order(server: Server, body: bytes) -> None:
    """Five requests in one write get their own responses, in order, as long as the connection lasts."""
    got = answered(pipelined(server, 5, body))
    expected = [b"response %d" % number for number in range(max(len(got), 1))]
    assert got == expected, saw(got, "0, 1, 2, 3, 4")


@requirement("rfc9112.conn.close_option_sent")
@pytest.mark.parametrize("body", [b"", b"some content"], ids=["nothing to read", "content that nobody reads"])
def test_no_pipelined_request_is_dropped_without_a_word(server: Server, body: bytes) -> None:
    """Five requests in one write are all answered, unless a response says that it is the last one."""
    exchanges = pipelined(server, 5, body)
    count = len(answered(exchanges))
    last = exchanges[max(count, 1) - 1].response
    assert count == 5 or last.is_last(), saw(f"{count} responses", "5, or Connection: close in the last one")


@requirement("rfc9112.conn.pipeline_parallel")
def test_how_many_pipelined_requests_are_answered(server: Server, observe: Observe) -> None:
    """How many of five requests in one write get a response."""
    observe(len(answered(pipelined(server, 5))))


@requirement("rfc9112.conn.sustain")
def test_connections_are_kept_beside_each_other(server: Server) -> None:
    """Five connections carry three requests each, in turn, unless a response says that it is the last one."""

    def make(number: int, connection: Connection | None) -> Exchange:
        exchange = numbered(server, number, connection or server.connect())
        exchange.send(b"GET / HTTP/1.1\r\nHost: testserver\r\n" + exchange.field + b"\r\n")
        return exchange

    done = in_turn(make, connections=5, rounds=3)

    dropped = [old for old, new in zip(done, done[5:], strict=False) if was_dropped(old, new)]
    assert not dropped, saw(f"{len(dropped)} connections ended unannounced", "none")


@requirement("rfc9112.conn.lingering_close")
@pytest.mark.parametrize("close", [[], [("Connection", "close")]])
def test_how_a_large_upload_ends_that_nobody_reads(
    server: Server, observe: Observe, close: list[tuple[str | bytes, str | bytes]]
) -> None:
    """Whether a client that sends all of a large body can read the early response, or is reset."""
    app = neutral(server, "ignores")
    with server.open("POST", "/", app=app, headers=close, body=bytes(MEGABYTE)) as exchange:
        came = exchange.outcome()
        exchange.afterwards()
        observe({"response": came.body if came else None, "reset": exchange.connection.reset})


@requirement("rfc9112.conn.half_close")
@pytest.mark.parametrize("app", ["reads", "ignores"])
def test_what_comes_of_a_half_closed_connection(server: Server, observe: Observe, app: str) -> None:
    """What a client that has shut down its sending side once its request was read gets."""
    with server.prepare(neutral(server, app)) as exchange:
        start, rest = request("GET", "/").split(b"\r\n", 1)
        send_pieces(exchange.connection, [start + b"\r\n" + exchange.field + rest])
        exchange.connection.half_close()
        came = exchange.outcome()
    observe("nothing" if came is None else came.status)
