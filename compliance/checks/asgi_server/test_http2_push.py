"""ASGI extension http.response.push: responses that nobody has asked for, over HTTP/2."""

from typing import Any

from compliance.claims import offers
from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_extensions, asgi_http_response
from compliance.guest.apps.asgi_extensions import push
from compliance.guest.apps.asgi_http_response import body, start
from compliance.http2 import Client, StreamExchange
from compliance.modes import mode
from compliance.requirements import requirement
from compliance.server import Server

EXTENSION = "http.response.push"
START = start(200, [(b"content-length", b"7")])
CONTENT = body(b"content")


def sent(client: Client, *messages: Any, **options: Any) -> StreamExchange:
    """A response of these messages; NotApplicable for a server that does not announce server push."""
    exchange = client.open(app=asgi_extensions.tries, with_={"messages": messages}, **options)
    offers(exchange.value("scope"), EXTENSION)
    return exchange


def pushing(client: Client, path: str = "/pushed", **options: Any) -> StreamExchange:
    """A whole response, in the middle of which the application pushes this path."""
    return sent(client, START, push(path), CONTENT, **options).finish()


def pushed_call(server: Server, client: Client) -> Exchange:
    """The application's account of the request that was pushed, which names no exchange."""
    return server.prepare(connection=client.connection)


@requirement("asgi.ext.push.advertised")
@mode("http2")
def test_a_server_that_pushes_over_http2_announces_it(server: Server) -> None:
    """Where a push of the application reaches the client, the scope lists the extension."""
    with Client(server, push=True) as client:
        messages = [START, push("/pushed"), CONTENT]
        exchange = client.open(app=asgi_extensions.tries, with_={"messages": messages})
        announced = EXTENSION in (exchange.value("scope").get("extensions") or {})
        exchange.outcome()
        promised = client.session.pushed()
    assert announced or not promised, saw(promised, "no promise from a server that does not announce it")


@requirement("asgi.ext.push.attempt")
@mode("http2")
def test_a_push_is_promised_to_the_client(server: Server) -> None:
    """The client gets a promise of a GET of the path, before the response is complete."""
    with Client(server, push=True) as client:
        pushing(client)
        found = [dict(stream.promise) for stream in client.session.pushed()]
    requests = [(promise.get(b":method"), promise.get(b":path")) for promise in found]
    assert requests == [(b"GET", b"/pushed")], saw(found, "one promise of a GET of '/pushed'")


@requirement("asgi.ext.push.authority")
@mode("http2")
def test_a_promise_has_the_authority_of_the_request(server: Server) -> None:
    """:authority of the promise is that of the request which made the application push."""
    with Client(server, push=True) as client:
        pushing(client, authority="example.com:8443")
        found = [dict(stream.promise).get(b":authority") for stream in client.session.pushed()]
    assert found == [b"example.com:8443"], saw(found, "[b'example.com:8443']")


@requirement("asgi.ext.push.new_instance")
@mode("http2")
def test_a_push_calls_the_application_for_its_path(server: Server) -> None:
    """The application is called with a scope of the pushed path, as if the client had asked for it."""
    with Client(server, push=True) as client:
        pushing(client)
        scope = pushed_call(server, client).value("scope")
    found = scope.get("method"), scope.get("path"), scope.get("http_version")
    assert found == ("GET", "/pushed", "2"), saw(found, "('GET', '/pushed', '2')")


@requirement("asgi.ext.push.new_instance")
@mode("http2")
def test_what_is_pushed_is_the_response_of_the_application(server: Server) -> None:
    """On the promised stream comes what the application answers to a request of that path."""
    with Client(server, push=True) as client:
        pushing(client)
        pushed_call(server, client).wait_end()
        found = [client.whole(stream).body for stream in client.session.pushed()]
    assert found == [b"no body"], saw(found, "the answer of the application on one promised stream")


@requirement("asgi.ext.push.event")
@mode("http2")
def test_the_path_of_a_push_is_text(server: Server) -> None:
    """The path of the message is decoded, so the scope of the pushed request has the same."""
    with Client(server, push=True) as client:
        pushing(client, "/caf\xe9 a")
        found = pushed_call(server, client).value("scope").get("path")
    assert found == "/caf\xe9 a", saw(found, "'/caf\xe9 a'")


@requirement("asgi.ext.push.client_disabled")
@mode("http2")
def test_a_push_does_no_harm_to_a_client_that_wants_none(server: Server) -> None:
    """A client that has switched server push off gets the response and no promise."""
    with Client(server) as client:
        exchange = pushing(client)
        found = exchange.body, exchange.response.complete, client.session.pushed()
    assert found == (b"content", True, []), saw(found, "b'content', and no promise")


@requirement("asgi.ext.push.timing")
@mode("http2")
def test_what_a_push_before_the_start_meets(server: Server, observe: Observe) -> None:
    """What comes of a push before the response begins is recorded; the response is sound in any case."""
    with Client(server, push=True) as client:
        exchange = sent(client, push("/early"), START, CONTENT)
        observe((exchange.values("outcome")[0] is not None, len(client.session.pushed())))
        response = exchange.outcome()
    found = response.body if response else b"content"
    assert found == b"content", saw(found, "b'content', or no response")


@requirement("asgi.core.ext.advertised_works", definite=True)
@mode("http2")
def test_a_connection_outlives_a_push(server: Server) -> None:
    """After a push the connection serves the next request."""
    with Client(server, push=True) as client:
        pushing(client)
        found = client.call(app=asgi_http_response.fine).body
    assert found == b"fine", saw(found, "b'fine' on the same connection")
