"""ASGI extensions of HTTP responses: a server announces what it can do, and refuses what it cannot."""

from pathlib import Path
from typing import Any

import pytest

from compliance.claims import offers, omits
from compliance.exchange import Exchange
from compliance.expect import in_sync, saw
from compliance.guest.apps import asgi_extensions, asgi_http_response
from compliance.guest.apps.asgi_extensions import debug, file, hint, path, push, trailers
from compliance.guest.apps.asgi_http_response import body, start
from compliance.requirements import requirement
from compliance.server import Server

START = start(200, [(b"content-length", b"7")])
LINK = b"</a.css>; rel=preload; as=style"
PLACE = "the place of the file"  # of the path that only a check knows
MESSAGES: dict[str, list[dict[str, Any]]] = {
    "http.response.trailers": [start(), body(b"con", True), trailers((b"x-a", b"extension"))],
    "http.response.early_hint": [hint(b"</extension>; rel=preload")],
    "http.response.zerocopysend": [START, file(more_body=True)],
    "http.response.pathsend": [START, path(PLACE)],
    "http.response.push": [START, push("/extension")],
    "http.response.debug": [debug()],
}
WORKING: dict[str, list[dict[str, Any]]] = {
    "http.response.trailers": [start(trailers=True), body(b"content"), trailers((b"x-a", b"1"))],
    "http.response.zerocopysend": [START, file()],
    "http.response.pathsend": [START, path(PLACE)],
}
OWN = {
    "http.response.informational": {"status": 103, "headers": [[b"link", LINK]]},
}
unannounced = pytest.mark.parametrize(("extension", "messages"), MESSAGES.items(), ids=MESSAGES.keys())


@pytest.fixture
def opens(tmp_path: Path) -> str:
    """The path of a file that holds b"content"."""
    (tmp_path / "file").write_bytes(b"content")
    return str(tmp_path / "file")


def tried(server: Server, opens: str, *messages: Any) -> Exchange:
    """A response that the application tries to make of these messages, with this file open."""
    placed = [{**message, "path": opens} if message.get("path") == PLACE else message for message in messages]
    with_ = {"messages": placed, "opens": opens}
    return server.open(
        app=asgi_extensions.tries, with_=with_, headers=[("TE", "trailers"), ("Connection", "TE")]
    )


def extensions_of(exchange: Exchange) -> dict[str, Any]:
    """The extensions that the scope announces."""
    return exchange.value("scope").get("extensions") or {}


@requirement("asgi.core.ext.unadvertised_event_rejected")
@unannounced
def test_a_message_of_an_unannounced_extension_raises(
    server: Server, opens: str, extension: str, messages: list[Any]
) -> None:
    """A server that does not announce an extension refuses its messages."""
    with tried(server, opens, *messages) as exchange:
        omits(exchange.value("scope"), extension)
        outcomes = exchange.values("outcome")
    assert outcomes[-1] and not any(outcomes[:-1]), saw(outcomes, "an exception for the last message only")  # noqa: PT018


@requirement("asgi.core.ext.unadvertised_event_rejected", definite=True)
@unannounced
def test_a_message_of_an_unannounced_extension_leaves_the_wire_sound(
    server: Server, opens: str, extension: str, messages: list[Any]
) -> None:
    """Whatever a server makes of messages whose extension it does not announce, the client gets HTTP."""
    with tried(server, opens, *messages, START, body(b"answer!")) as exchange:
        omits(exchange.value("scope"), extension)
        exchange.outcome()
        exchange.wait_end()
        rest = exchange.afterwards()
        wire = exchange.connection.everything()
    assert in_sync(rest) and b"extension" not in wire, saw(wire, "one sound response at the most")  # noqa: PT018


@requirement("asgi.core.ext.entry_present")
@pytest.mark.parametrize(("kind", "keys"), OWN.items(), ids=OWN.keys())
def test_what_a_server_adds_to_the_specification_is_announced(
    server: Server, kind: str, keys: dict[str, Any]
) -> None:
    """A message of a server's own, if the server acts on it, is in the scope as an extension."""
    with tried(server, "/dev/null", {"type": kind, **keys}, START, body(b"content")) as exchange:
        announced = kind in extensions_of(exchange)
        response = exchange.outcome()
    acted = bool(response and response.interim)
    assert announced or not acted, saw(kind, "an entry in extensions for a message that is carried out")


@requirement("asgi.core.ext.advertised_works")
@pytest.mark.parametrize(("extension", "messages"), WORKING.items(), ids=WORKING.keys())
def test_an_announced_extension_works(
    server: Server, opens: str, extension: str, messages: list[Any]
) -> None:
    """The messages of an extension that the server announces are taken, and make a response."""
    with tried(server, opens, *messages) as exchange:
        offers(exchange.value("scope"), extension)
        outcomes = exchange.values("outcome")
        response = exchange.outcome()
    found = (outcomes, response.body if response else b"", bool(response and response.complete))
    assert found == ([None] * len(messages), b"content", True), saw(found, "b'content', and no exception")


@requirement("asgi.core.ext.advertised_works")
def test_server_push_is_not_announced_over_http11(server: Server) -> None:
    """HTTP/1.1 has no server push, so that nobody can honour the extension there."""
    found = extensions_of(server.call())
    assert "http.response.push" not in found, saw(found, "no http.response.push over HTTP/1.1")


@requirement("asgi.ext.push.advertised")
def test_a_server_that_pushes_announces_it(server: Server) -> None:
    """Where a push makes the server call the application again, the scope lists the extension."""
    with tried(server, "/dev/null", START, push("/pushed"), body(b"content")) as exchange:
        announced = "http.response.push" in extensions_of(exchange)
        exchange.wait_end()
        server.fence(asgi_http_response.fine)
        pushed = server.has_called(server.prepare())
    assert announced or not pushed, saw("a second call of the application", "none, or an announced extension")


@requirement("asgi.ext.debug.not_implemented")
def test_debug_messages_are_not_offered(server: Server) -> None:
    """The extension for debugging is for test clients; a server does not announce it."""
    found = extensions_of(server.call())
    assert "http.response.debug" not in found, saw(found, "no http.response.debug")
