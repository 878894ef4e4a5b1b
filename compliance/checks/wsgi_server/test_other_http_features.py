"""WSGI, other HTTP features and expect/continue: what a server does on behalf of the application."""

from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.guest.apps import default
from compliance.guest.apps import wsgi_start_response as apps
from compliance.ready import readable
from compliance.requirements import requirement
from compliance.server import Server

EXPECT = [("Expect", "100-continue"), ("Content-Length", "5")]
MOMENT = 1.0  # seconds
RANGE = [("Range", "bytes=0-1")]
FRESH = [("If-None-Match", '"tag"')]


def expecting(server: Server) -> Exchange:
    """The head of a request with Expect, whose client waits a moment for 100 Continue as clients do.

    Another client waits, too: once it is answered, a server with an event loop is done with the first head.
    """
    exchange, other = (server.open("POST", app=default.wsgi, headers=EXPECT) for _ in range(2))
    readable([exchange.connection], MOMENT)
    readable([other.connection], MOMENT / 4)
    return exchange


@requirement("wsgi.expect.transparent")
def test_an_expectation_does_not_concern_the_application(server: Server) -> None:
    """The body of a request with Expect reaches the application."""
    exchange = expecting(server)
    exchange.send(b"hello")
    assert exchange.value("body") == b"hello", exchange.seen("the body inside the application")
    assert exchange.body == b"hello", exchange.seen("the body echoed")


@requirement("wsgi.expect.blocks_read")
def test_a_read_waits_for_the_expected_body(server: Server) -> None:
    """What the application reads of an expected body is all of it, also if it comes in parts."""
    exchange = expecting(server)
    exchange.send(b"hel")
    exchange.send(b"lo")
    assert exchange.value("body") == b"hello", exchange.seen("the whole body inside the application")


@requirement("wsgi.expect.methods")
def test_when_100_is_sent(server: Server, observe: Observe) -> None:
    """Whether 100 Continue comes although the application reads nothing."""
    exchange = server.open("POST", app=apps.answers, headers=EXPECT)
    first = exchange.connection.head()
    exchange.send(b"hello")
    observe("at once" if first.status == 100 else "when the application reads, if ever")


@requirement("wsgi.expect.http10")
def test_no_100_is_sent_to_a_client_of_http_1_0(server: Server) -> None:
    """An Expect of HTTP/1.0 is ignored."""
    exchange = server.open("POST", app=default.wsgi, headers=EXPECT, version="1.0")
    exchange.send(b"hello")
    assert not exchange.response.interim, saw(exchange.response.interim, "no 100 Continue")
    assert exchange.body == b"hello", exchange.seen("the body echoed")


@requirement("wsgi.http.cache_validation")
def test_whether_the_server_validates_caches(server: Server, observe: Observe) -> None:
    """What becomes of a request with If-None-Match for which the application gives that ETag."""
    exchange = server.open(app=apps.answers, with_={"headers": [("ETag", '"tag"')]}, headers=FRESH)
    observe(f"status {exchange.status}")


@requirement("wsgi.http.byte_ranges")
def test_whether_the_server_sends_ranges(server: Server, observe: Observe) -> None:
    """What becomes of a request for a range that the application does not know."""
    exchange = server.open(app=apps.answers, headers=RANGE)
    observe(f"status {exchange.status}, body {exchange.body!r}")


@requirement("wsgi.http.reencode")
def test_whether_the_server_encodes_the_body(server: Server, observe: Observe) -> None:
    """What becomes of a large text if the client accepts content codings."""
    exchange = server.open(
        app=apps.answers,
        with_={"blocks": [b"a" * 500] * 4},
        headers=[("Accept-Encoding", "gzip, deflate, br")],
    )
    coding = exchange.header("content-encoding")
    assert coding or exchange.body == b"a" * 2000, exchange.seen("the body, encoded or not")
    observe(coding or "not encoded")


@requirement("wsgi.iter.transfer_encoding_ok")
def test_how_a_body_is_transferred(server: Server, observe: Observe) -> None:
    """Which transfer codings the server applies."""
    exchange = server.open(app=apps.answers, with_={"blocks": [b"one", b"two"]})
    assert exchange.body == b"onetwo", exchange.seen("the body 'onetwo' once decoded")
    observe(exchange.header("transfer-encoding") or "none")
