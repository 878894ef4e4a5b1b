"""ASGI extension http.response.early_hint: informational responses before the final one.

The text wanted the message after http.response.start, and since August 2026 wants it before; a server may
take either, and may also ignore it.
"""

from typing import Any

import pytest

from compliance.claims import offers
from compliance.exchange import Exchange
from compliance.expect import Observe, in_sync, saw
from compliance.guest.apps import asgi_extensions
from compliance.guest.apps.asgi_extensions import hint
from compliance.guest.apps.asgi_http_response import body, start
from compliance.requirements import requirement
from compliance.server import Server
from compliance.verdict import NotApplicable

EXTENSION = "http.response.early_hint"
LINKS = (b"</a.css>; rel=preload; as=style", b"</b.js>; rel=preload; as=script")
START = start(200, [(b"content-length", b"7")])
CONTENT = body(b"content")
EITHER = (hint(*LINKS), START, hint(*LINKS), CONTENT)
BOUNDS = {"a list": [LINKS[0]], "a tuple": (LINKS[0],)}


def tried(server: Server, *messages: Any, **options: Any) -> Exchange:
    """A response that the application tries to make of these messages, whatever the server announces."""
    lazy = options.pop("lazy", ())
    return server.open(app=asgi_extensions.tries, with_={"messages": messages, "lazy": lazy}, **options)


def sent(server: Server, *messages: Any, **options: Any) -> Exchange:
    """The same for a server that announces early hints; NotApplicable for any other."""
    exchange = tried(server, *messages, **options)
    offers(exchange.value("scope"), EXTENSION)
    return exchange


def hinted(exchange: Exchange) -> list[list[bytes]]:
    """The links of each early hint before the final response."""
    return [found.all("link") for found in exchange.response.interim if found.status == 103]


def unless_ignored(found: list[list[bytes]]) -> list[list[bytes]]:
    """These hints; NotApplicable if there are none."""
    if not found:
        raise NotApplicable("the server ignores early hints, which it may")
    return found


@requirement("asgi.ext.earlyhint.advertised")
def test_a_server_that_sends_early_hints_announces_them(server: Server) -> None:
    """Where the hint of the application reaches the client, the scope lists the extension."""
    with tried(server, *EITHER) as exchange:
        announced = EXTENSION in (exchange.value("scope").get("extensions") or {})
        exchange.outcome()
        wire = exchange.connection.everything()
    assert announced or b" 103" not in wire, saw(wire, "no 103 from a server that does not announce it")


@requirement("asgi.ext.earlyhint.event")
@pytest.mark.parametrize("links", BOUNDS.values(), ids=BOUNDS.keys())
@pytest.mark.parametrize("lazy", [[], ["links"]], ids=["itself", "its iterator"])
def test_links_may_be_any_iterable(server: Server, links: Any, lazy: list[str]) -> None:
    """In one place or the other the server takes the message, whatever iterable the links are in."""
    message = {"type": EXTENSION, "links": links}
    with sent(server, message, START, message, CONTENT, lazy=lazy) as exchange:
        outcomes = exchange.values("outcome")
    assert not all(outcomes[::2]), saw(outcomes, "no exception for one of the two hints")


@requirement("asgi.ext.earlyhint.timing", definite=True)
def test_no_early_hint_comes_after_the_final_head(server: Server, observe: Observe) -> None:
    """Whenever the application sends a hint, before its start or after, the response is sound."""
    parts = [body(b"con", True), hint(*LINKS), body(b"tent")]
    with sent(server, hint(*LINKS), START, hint(*LINKS), *parts) as exchange:
        response = exchange.outcome()
        rest = exchange.afterwards()
    found = (response.body if response else None, rest)
    assert found[0] == b"content" and in_sync(rest), saw(found, "b'content' as it is")  # noqa: PT018
    observe(exchange.values("outcome"))


@requirement("asgi.ext.earlyhint.response")
def test_the_links_are_those_of_the_application(server: Server) -> None:
    """A 103 response has the links in fields of their own."""
    with sent(server, *EITHER) as exchange:
        found = unless_ignored(hinted(exchange))
    assert found[0] == list(LINKS), saw(found, "both links in the first 103")


@requirement("asgi.ext.earlyhint.may_ignore")
def test_how_many_early_hints_are_sent(server: Server, observe: Observe) -> None:
    """How many of two hints reach a client of HTTP/1.1 is recorded; the response is whole in any case."""
    with sent(server, *EITHER) as exchange:
        observe(len(hinted(exchange)))
        content = exchange.body
    assert content == b"content", saw(content, "b'content'")


@requirement("asgi.ext.earlyhint.event", definite=True)
def test_early_hints_cannot_split_a_response(server: Server) -> None:
    """Line ends in a link do not become lines of their own."""
    bad = hint(b"</a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
    with sent(server, bad, START, bad, CONTENT) as exchange:
        response = exchange.outcome()
        wire = exchange.connection.everything()
    content = response.body if response else b"content"
    assert content == b"content", saw(wire, "the application's response, or none")


@requirement("asgi.ext.earlyhint.http10")
def test_http10_gets_no_early_hints(server: Server) -> None:
    """A client of HTTP/1.0 gets the final response only."""
    with sent(server, *EITHER, version="1.0") as exchange:
        statuses = [found.status for found in exchange.response.interim]
    assert not statuses, saw(statuses, "no informational response")
