"""WSGI over HTTPS: what environ says of a request that came through TLS."""

from compliance.expect import Observe, saw
from compliance.guest.apps import wsgi_close, wsgi_streaming
from compliance.modes import mode
from compliance.requirements import requirement
from compliance.server import Server


@requirement("wsgi.environ.url_scheme")
@mode("tls")
def test_the_url_scheme_of_https_is_https(server: Server) -> None:
    """wsgi.url_scheme tells an application that its URL begins with https."""
    found = server.call("GET", "/").value("environ").get("wsgi.url_scheme")
    assert found == "https", saw(found, "'https'")


@requirement("wsgi.environ.ssl_vars")
@mode("tls")
def test_an_application_is_told_of_https(server: Server) -> None:
    """HTTPS is "on" or "1" if the request came through TLS."""
    found = server.call("GET", "/").value("environ").get("HTTPS")
    assert str(found).lower() in {"on", "1"}, saw(found, "HTTPS=on")


@requirement("wsgi.environ.ssl_vars")
@mode("tls")
def test_an_application_is_told_of_the_tls_protocol(server: Server) -> None:
    """SSL_PROTOCOL names the version of TLS that the request came through."""
    found = server.call("GET", "/").value("environ").get("SSL_PROTOCOL")
    assert str(found).startswith("TLSv1."), saw(found, "SSL_PROTOCOL=TLSv1.3 or the like")


@requirement("wsgi.environ.ssl_vars")
@mode("tls")
def test_the_variables_that_tell_of_tls_are_text(server: Server, observe: Observe) -> None:
    """All variables that a server has for TLS, as Apache's mod_ssl has them, are strings."""
    environ = server.call("GET", "/").value("environ")
    found = {key: value for key, value in environ.items() if key == "HTTPS" or key.startswith("SSL_")}
    assert all(type(value) is str for value in found.values()), saw(found, "strings")
    observe(sorted(found))


@requirement("wsgi.iter.binary_safe")
@mode("tls")
def test_a_large_body_comes_back_whole_through_tls(server: Server) -> None:
    """A body of a mebibyte arrives, and leaves again, as it does without TLS."""
    body = bytes(range(256)) * 4096
    exchange = server.call("POST", "/", body=body)
    assert exchange.body == body, saw(len(exchange.body), f"the {len(body)} bytes of the request")


@requirement("wsgi.iter.unbuffered")
@mode("tls")
def test_a_block_is_sent_through_tls_before_the_next_is_asked_for(server: Server) -> None:
    """TLS holds no block back."""
    with server.open(app=wsgi_streaming.yields_in_turn) as exchange:
        assert exchange.read_body(3) == b"one", exchange.seen("'one' while the application waits")
        exchange.open_gates(["after 1", "after 2", "after 3"])
        assert exchange.read_body() == b"twothree", exchange.seen("'two' and 'three' after it")


@requirement("wsgi.iter.close_on_disconnect")
@mode("tls")
def test_close_is_called_after_a_client_has_left_a_tls_connection(server: Server) -> None:
    """A client that leaves in the middle of the body, without a farewell of TLS, ends the response."""
    exchange = server.open(app=wsgi_close.streams)
    assert exchange.read_body(5) == b"first", exchange.seen("the first block")
    exchange.connection.close()
    exchange.open_gate("left")
    assert exchange.wait("close"), exchange.seen("a call of close()")
