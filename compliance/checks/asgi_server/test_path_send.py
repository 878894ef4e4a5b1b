"""ASGI extension http.response.pathsend: a file that the server sends by itself, named by its path."""

from pathlib import Path
from typing import Any

import pytest

from compliance.claims import offers
from compliance.exchange import Exchange
from compliance.expect import Observe, in_sync, saw
from compliance.guest.apps import asgi_extensions
from compliance.guest.apps.asgi_extensions import path
from compliance.guest.apps.asgi_http_response import body, start
from compliance.requirements import requirement
from compliance.server import Server

EXTENSION = "http.response.pathsend"
LARGE = bytes(range(256)) * 4096
START = start(200, [(b"content-length", b"7")])
NO_LENGTH = start(200, [(b"content-type", b"text/plain")])


@pytest.fixture
def file(tmp_path: Path) -> str:
    """The path of a file that holds b"thefile"."""
    (tmp_path / "file").write_bytes(b"thefile")
    return str(tmp_path / "file")


def tried(server: Server, *messages: Any, app: Any = asgi_extensions.tries, **options: Any) -> Exchange:
    """A response that the application tries to make of these messages, whatever the server announces."""
    return server.open(app=app, with_={"messages": messages}, **options)


def sent(server: Server, *messages: Any, **options: Any) -> Exchange:
    """The same for a server that announces the extension; NotApplicable for any other."""
    exchange = tried(server, *messages, **options)
    offers(exchange.value("scope"), EXTENSION)
    return exchange


def wire(exchange: Exchange) -> bytes:
    """All that came of a response and, if its connection could be used, of the next; fails if out of step."""
    exchange.outcome()
    exchange.wait_end()
    rest = exchange.afterwards()
    assert in_sync(rest), saw(exchange.connection.everything(), "one response at the most")
    return exchange.connection.everything()


@requirement("asgi.ext.pathsend.advertised")
def test_a_server_that_sends_paths_announces_it(server: Server, file: str) -> None:
    """Where the file whose path the application sent reaches the client, the scope lists the extension."""
    with tried(server, START, path(file), body(b"answer!")) as exchange:
        announced = EXTENSION in (exchange.value("scope").get("extensions") or {})
        response = exchange.outcome()
    content = response.body if response else b""
    assert announced or content != b"thefile", saw(content, "no file from a server that does not announce it")


@requirement("asgi.ext.pathsend.event")
@pytest.mark.parametrize("head", [start(200, [(b"content-length", b"%d" % len(LARGE))]), NO_LENGTH])
def test_the_file_of_a_path_is_the_content(server: Server, tmp_path: Path, head: dict[str, Any]) -> None:
    """A file of a megabyte is sent byte for byte, with a length of the application's or without."""
    (tmp_path / "large").write_bytes(LARGE)
    with sent(server, head, path(str(tmp_path / "large"))) as exchange:
        content = exchange.body
    assert content == LARGE, saw(content, "the content of the file")


@requirement("asgi.ext.pathsend.event")
def test_a_path_may_have_any_characters(server: Server, tmp_path: Path) -> None:
    """Spaces, percent signs and letters beyond ASCII in a path are characters of the file's name."""
    name = tmp_path / "a b%20é€#?"
    name.write_bytes(b"thefile")
    with sent(server, START, path(str(name))) as exchange:
        found = (exchange.status, exchange.body)
    assert found == (200, b"thefile"), saw(found, "200 with the content of the file")


@requirement("asgi.ext.pathsend.event")
def test_an_empty_file_can_be_sent(server: Server, tmp_path: Path) -> None:
    """A file without content gives a response without content."""
    (tmp_path / "empty").write_bytes(b"")
    with sent(server, start(200, [(b"content-length", b"0")]), path(str(tmp_path / "empty"))) as exchange:
        found = (exchange.status, exchange.body)
    assert found == (200, b""), saw(found, "200 without content")


@requirement("asgi.ext.pathsend.after_start")
def test_a_path_before_the_start_is_no_response(server: Server, file: str) -> None:
    """A path that comes before http.response.start raises out of send, and sends no file."""
    with sent(server, path(file)) as exchange:
        outcomes = exchange.values("outcome")
        response = exchange.outcome()
    found = (bool(outcomes[0]), response.body if response else b"")
    assert found[0] and found[1] != b"thefile", saw(found, "an exception, and no file")  # noqa: PT018


@requirement("asgi.ext.pathsend.after_start", definite=True)
def test_a_response_is_possible_after_a_path_before_the_start(server: Server, file: str) -> None:
    """Where the application goes on after its mistake, the client gets its response, or an error."""
    with sent(server, path(file), START, body(b"answer!")) as exchange:
        received = wire(exchange)
    assert b"thefile" not in received, saw(received, "nothing of the file")


@requirement("asgi.ext.pathsend.not_mixed", definite=True)
@pytest.mark.parametrize("before", [body(b"answ", True), body(b"answer!")], ids=["more", "last"])
def test_a_path_after_body_messages_sends_no_file(server: Server, file: str, before: dict[str, Any]) -> None:
    """A path after an http.response.body is refused or ignored: nothing of the file is sent."""
    with sent(server, START, before, path(file), body(b"er!")) as exchange:
        received = wire(exchange)
    assert b"thefile" not in received, saw(received, "nothing of the file")


@requirement("asgi.ext.pathsend.not_mixed", definite=True)
def test_body_messages_after_a_path_send_nothing(server: Server, file: str) -> None:
    """An http.response.body after a path is refused or ignored: the file is the whole content."""
    with sent(server, NO_LENGTH, path(file), body(b"late", True), body(b"late")) as exchange:
        received = wire(exchange)
    assert b"late" not in received, saw(received, "the file only")


@requirement("asgi.ext.pathsend.once", definite=True)
def test_a_second_path_sends_nothing(server: Server, file: str) -> None:
    """Of two paths in one response the first is sent."""
    with sent(server, NO_LENGTH, path(file), path(file)) as exchange:
        received = wire(exchange)
    assert received.count(b"thefile") <= 1, saw(received, "one file")


@requirement("asgi.ext.pathsend.completes")
def test_the_response_ends_with_the_file(server: Server, file: str) -> None:
    """The client has the whole message while the application has not returned yet."""
    with sent(server, NO_LENGTH, path(file), "leave") as exchange:
        content = exchange.body
        complete = exchange.response.complete
    assert (content, complete) == (b"thefile", True), saw((content, complete), "the content, complete")


@requirement("asgi.ext.pathsend.same_as_body", definite=True)
def test_head_gets_no_file(server: Server, file: str) -> None:
    """A response to HEAD has the headers of the application and no content."""
    with sent(server, START, path(file), method="HEAD") as exchange:
        received = wire(exchange)
        length = exchange.header("content-length")
    assert length == b"7" and b"\r\n\r\nthefile" not in received, saw(received, "a head only")  # noqa: PT018


@requirement("asgi.ext.pathsend.same_as_body")
def test_http10_gets_the_file_as_it_is(server: Server, file: str) -> None:
    """A client of HTTP/1.0 gets the content without chunks."""
    with sent(server, NO_LENGTH, path(file), version="1.0") as exchange:
        content = exchange.body
    assert content == b"thefile", saw(content, "the content of the file")


@requirement("asgi.ext.pathsend.same_as_body")
def test_a_path_for_a_client_that_has_left_does_no_harm(server: Server, file: str) -> None:
    """After the disconnect the message is a no-op, or raises an OSError, as http.response.body does."""
    with sent_late(server, START, path(file)) as exchange:
        outcomes = exchange.values("outcome")
    assert all(not met or "OSError" in met for met in outcomes), saw(outcomes, "None, or an OSError")


def sent_late(server: Server, *messages: Any) -> Exchange:
    """A response for a client that has left; NotApplicable for a server without the extension."""
    exchange = tried(server, *messages, app=asgi_extensions.leaves_late)
    exchange.guest  # noqa: B018 - waits until the application has been called
    exchange.connection.close()
    offers(exchange.value("scope"), EXTENSION)
    return exchange


@requirement("asgi.ext.pathsend.missing_file")
def test_what_a_path_without_a_file_gives(server: Server, tmp_path: Path, observe: Observe) -> None:
    """Whether send raises, and what the client gets, is recorded for a path that leads nowhere."""
    with sent(server, START, path(str(tmp_path / "nothing"))) as exchange:
        response = exchange.outcome()
        outcomes = exchange.values("outcome")
    observe((outcomes[1], response.status if response else None, response and response.complete))


@requirement("asgi.ext.pathsend.missing_file", definite=True)
def test_a_path_without_a_file_is_no_success(server: Server, tmp_path: Path) -> None:
    """A path that leads nowhere never ends as a complete response with the status of success."""
    with sent(server, NO_LENGTH, path(str(tmp_path / "nothing"))) as exchange:
        response = exchange.outcome()
    found = (response.status, response.complete) if response else None
    assert found != (200, True), saw(found, "an error, or a response that breaks off")
