"""ASGI extension http.response.zerocopysend: parts of the body that the server takes out of an open file."""

from pathlib import Path
from typing import Any

import pytest

from compliance.claims import offers
from compliance.exchange import Exchange
from compliance.expect import Observe, in_sync, saw
from compliance.guest.apps import asgi_extensions
from compliance.guest.apps.asgi_extensions import file
from compliance.guest.apps.asgi_http_response import body, start
from compliance.requirements import requirement
from compliance.server import Server

EXTENSION = "http.response.zerocopysend"
LARGE = bytes(range(256)) * 4096
SLICES = {
    "a count": ({"count": 5}, 0, b"01234"),
    "an offset and a count": ({"offset": 2, "count": 3}, 0, b"234"),
    "a count from the position": ({"count": 3}, 6, b"678"),
}
PLACES = {
    "an offset": ({"offset": 4}, 0),
    "the position": ({}, 4),
    "an offset that is not the position": ({"offset": 4}, 8),
}


@pytest.fixture
def digits(tmp_path: Path) -> str:
    """The path of a file that holds the ten digits."""
    (tmp_path / "digits").write_bytes(b"0123456789")
    return str(tmp_path / "digits")


def tried(server: Server, opens: str, *messages: Any, position: int = 0, **options: Any) -> Exchange:
    """A response that the application tries to make, with this file open at this position."""
    with_ = {"messages": messages, "opens": opens, "position": position}
    return server.open(app=asgi_extensions.tries, with_=with_, **options)


def sent(server: Server, opens: str, *messages: Any, **options: Any) -> Exchange:
    """The same for a server that announces the extension; NotApplicable for any other."""
    exchange = tried(server, opens, *messages, **options)
    offers(exchange.value("scope"), EXTENSION)
    return exchange


def content_of(exchange: Exchange) -> tuple[bytes, bool]:
    """The content of the response, and whether it came to its end."""
    response = exchange.outcome()
    return (response.body, response.complete) if response else (b"", False)


def wire(exchange: Exchange) -> bytes:
    """All that came of a response and, if its connection could be used, of the next; fails if out of step."""
    exchange.outcome()
    exchange.wait_end()
    rest = exchange.afterwards()
    assert in_sync(rest), saw(exchange.connection.everything(), "one response at the most")
    return exchange.connection.everything()


@requirement("asgi.ext.zerocopy.advertised")
def test_a_server_that_sends_files_announces_it(server: Server, digits: str) -> None:
    """Where the application's open file reaches the client, the scope lists the extension."""
    with tried(server, digits, start(), file(), body(b"answer")) as exchange:
        announced = EXTENSION in (exchange.value("scope").get("extensions") or {})
        found = content_of(exchange)
    assert announced or found[0] != b"0123456789", saw(
        found, "no file from a server that does not announce it"
    )


@requirement("asgi.ext.zerocopy.event")
@pytest.mark.parametrize("headers", [[], [(b"content-length", b"%d" % len(LARGE))]], ids=["", "length"])
def test_an_open_file_is_the_content(server: Server, tmp_path: Path, headers: Any) -> None:
    """A file of a megabyte is sent byte for byte, with a length of the application's or without."""
    (tmp_path / "large").write_bytes(LARGE)
    with sent(server, str(tmp_path / "large"), start(200, headers), file()) as exchange:
        found = content_of(exchange)
    assert found == (LARGE, True), saw(found, "the content of the file, complete")


@requirement("asgi.ext.zerocopy.offset")
@pytest.mark.parametrize(("keys", "position"), PLACES.values(), ids=PLACES.keys())
def test_a_file_is_read_from_its_offset(
    server: Server, digits: str, keys: dict[str, Any], position: int
) -> None:
    """Reading begins at offset, or at the position of the file without one."""
    with sent(server, digits, start(), file(**keys), position=position) as exchange:
        found = content_of(exchange)
    assert found == (b"456789", True), saw(found, "b'456789', complete")


@requirement("asgi.ext.zerocopy.count")
@pytest.mark.parametrize(("keys", "position", "expected"), SLICES.values(), ids=SLICES.keys())
def test_no_more_than_count_is_read(
    server: Server, digits: str, keys: dict[str, Any], position: int, expected: bytes
) -> None:
    """count limits what is sent of the file."""
    with sent(server, digits, start(), file(**keys), position=position) as exchange:
        found = content_of(exchange)
    assert found == (expected, True), saw(found, f"{expected!r}, complete")


@requirement("asgi.ext.zerocopy.count")
def test_what_a_count_beyond_the_end_gives(server: Server, digits: str, observe: Observe) -> None:
    """What the client gets where the file is shorter than count is recorded: the text is silent on it."""
    with sent(server, digits, start(), file(count=50)) as exchange:
        observe(content_of(exchange))


@requirement("asgi.ext.zerocopy.more_body")
def test_a_file_ends_the_response_unless_more_is_to_come(server: Server, digits: str) -> None:
    """Without more_body the client has the whole message before the application has returned."""
    with sent(server, digits, start(), file(count=3), "leave") as exchange:
        found = content_of(exchange)
    assert found == (b"012", True), saw(found, "b'012', complete")


@requirement("asgi.ext.zerocopy.more_body")
def test_more_may_follow_a_file(server: Server, digits: str) -> None:
    """With more_body the response goes on."""
    with sent(server, digits, start(), file(count=3, more_body=True), body(b"end")) as exchange:
        found = content_of(exchange)
    assert found == (b"012end", True), saw(found, "b'012end', complete")


@requirement("asgi.ext.zerocopy.mixed")
def test_files_and_body_messages_can_be_mixed(server: Server, digits: str) -> None:
    """Parts from files and parts in messages reach the client in the order in which they were sent."""
    parts = [body(b"a", True), file(offset=0, count=2, more_body=True), body(b"b", True)]
    with sent(server, digits, start(), *parts, file(offset=5)) as exchange:
        found = content_of(exchange)
    assert found == (b"a01b56789", True), saw(found, "b'a01b56789', complete")


@requirement("asgi.ext.zerocopy.timing")
def test_a_file_before_the_start_is_no_response(server: Server, digits: str) -> None:
    """A file that comes before http.response.start raises out of send, and is not sent."""
    with sent(server, digits, file()) as exchange:
        outcomes = exchange.values("outcome")
        content, _ = content_of(exchange)
    assert outcomes[0] and content != b"0123456789", saw((outcomes, content), "an exception, no file")  # noqa: PT018


@requirement("asgi.ext.zerocopy.timing", definite=True)
def test_a_file_after_the_end_is_not_sent(server: Server, digits: str) -> None:
    """A file that comes after the last body message leaves no trace on the wire."""
    with sent(server, digits, start(200, [(b"content-length", b"3")]), body(b"end"), file()) as exchange:
        received = wire(exchange)
    assert b"0123456789" not in received, saw(received, "nothing of the file")


@requirement("asgi.ext.zerocopy.same_as_body", definite=True)
def test_head_gets_nothing_of_a_file(server: Server, digits: str) -> None:
    """A response to HEAD has the headers of the application and no content."""
    head = start(200, [(b"content-length", b"10")])
    with sent(server, digits, head, file(), method="HEAD") as exchange:
        received = wire(exchange)
    assert b"0123456789" not in received, saw(received, "a head only")


@requirement("asgi.ext.zerocopy.same_as_body")
def test_http10_gets_a_file_without_chunks(server: Server, digits: str) -> None:
    """A client of HTTP/1.0 gets the content as it is."""
    with sent(server, digits, start(), file(), version="1.0") as exchange:
        found = content_of(exchange)
    assert found[0] == b"0123456789", saw(found, "b'0123456789'")


@requirement("asgi.ext.zerocopy.same_as_body", definite=True)
def test_a_file_beyond_the_content_length_stays_off_the_wire(server: Server, digits: str) -> None:
    """Of a file that is longer than the Content-Length of the application, no more than that is sent."""
    with sent(server, digits, start(200, [(b"content-length", b"4")]), file()) as exchange:
        received = wire(exchange)
    assert b"4567" not in received, saw(received, "nothing beyond the first four bytes")


@requirement("asgi.ext.zerocopy.server_not_closing")
def test_whether_the_file_is_still_open_afterwards(server: Server, digits: str, observe: Observe) -> None:
    """Whether the server has closed the application's file when send has returned is recorded."""
    with sent(server, digits, start(), file(more_body=True), body()) as exchange:
        observe(exchange.value("open"))
