"""The contract through a real server: streams both ways, errors in them, and clients that leave."""

from compliance.exchange import Exchange
from compliance.expect import saw
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.http import request


def left_alone(server: Server) -> Exchange:
    """An exchange whose client has left after the first of 400 parts; all the gates between them are open."""
    exchange = server.open("GET", "/stream/400", named=True)
    exchange.read_body(7)
    exchange.connection.abort()
    exchange.open_gates(f"part-{number}" for number in range(1, 400))
    return exchange


def wait_startup(server: Server) -> None:
    """Wait until the framework has answered lifespan.startup; serving before that is judged elsewhere."""
    switchboard = server.switchboard
    line = switchboard.line(lambda line: line.kind == "lifespan", "the lifespan", alive=server.check_alive)
    switchboard.unclaim(line)
    line.wait("send")


@requirement(wsgi="wsgi.iter.unbuffered", asgi="asgi.http.body.flush")
def test_each_part_of_a_stream_arrives_before_the_next_is_made(combination: Server) -> None:
    """A part is with the client while the handler waits to make the next."""
    with combination.open("GET", "/stream/3", named=True) as exchange:
        for_client = [exchange.read_body(7)]
        exchange.open_gate("part-1")
        for_client.append(exchange.read_body(7))
        exchange.open_gate("part-2")
        for_client.append(exchange.read_body())
    assert for_client == [b"part-0\n", b"part-1\n", b"part-2\n"], exchange.seen("three parts, one by one")


@requirement(wsgi="wsgi.iter.close_on_disconnect")
def test_a_stream_is_closed_when_the_client_leaves(combination: Server) -> None:
    """The handler's stream is closed soon after the client has left, though parts are left."""
    with left_alone(combination) as exchange:
        assert exchange.wait("stream closed"), exchange.seen("the end of the stream")


@requirement(asgi="asgi.http.disconnect.app_ends", definite=True)
def test_a_stream_ends_when_the_client_leaves(combination: Server) -> None:
    """The call of the application ends soon after the client has left, whether parts are left or not."""
    with left_alone(combination) as exchange:
        exchange.wait_end()


@requirement("asgi.http.request.started_before_body_complete", needs=("streaming-request",))
def test_a_handler_reads_a_part_before_the_rest_is_sent(combination: Server) -> None:
    """The handler that reads a body as a stream has the first part while the client holds the rest back."""
    exchange = combination.prepare(named=True, method="POST")
    head = request("POST", "/digest", [("Content-Length", "10")])
    start, rest = head.split(b"\r\n", 1)
    exchange.send(start + b"\r\n" + exchange.field + rest + b"first")
    assert exchange.value("read") == 5, exchange.seen("five bytes read before the rest is sent")
    exchange.send(b"other")
    assert exchange.status == 200, exchange.seen("200")


@requirement(wsgi="wsgi.err.partial_abort", asgi="asgi.http.body.error_after_partial")
def test_a_stream_that_fails_does_not_look_complete(combination: Server) -> None:
    """If the handler's stream raises, the response is a 500 or breaks off; an end by closing cannot tell.

    It may break off before any of it was sent.
    """
    with combination.open("GET", "/stream-raise", named=True) as exchange:
        found = exchange.outcome()
    if found and found.status != 500 and found.framing != "close":
        assert not found.complete, saw(found, "500, or a response that breaks off")


@requirement(wsgi="wsgi.err.isolated", asgi="asgi.core.error.app_exception_isolated")
def test_a_handler_that_raises_is_answered_with_500(combination: Server) -> None:
    """The client gets a 500, and the next request its answer."""
    failed = combination.call("GET", "/raise", named=True)
    fine = combination.call("GET", "/", named=True)
    assert (failed.status, fine.body) == (500, b"hello"), saw((failed.status, fine.body), "500, then 'hello'")


@requirement("rfc9110.server.no_app_leak")
def test_the_answer_to_an_error_does_not_show_the_code(combination: Server) -> None:
    """A 500 has no traceback in it."""
    content = combination.call("GET", "/raise", named=True).body
    assert b"Traceback" not in content, saw(content, "no traceback")


@requirement("asgi.http.disconnect.after_client_close", needs=("disconnect",))
def test_a_handler_learns_that_the_client_has_left(combination: Server) -> None:
    """A handler that waits for the client's disconnect is told."""
    with combination.open("GET", "/disconnected", named=True) as exchange:
        exchange.wait("waiting for the disconnect")
        exchange.connection.close()
        assert exchange.wait("disconnected"), exchange.seen("that the handler goes on")


@requirement("asgi.core.app.lifetime_cleanup", needs=("background",))
def test_a_background_task_runs_after_the_response(combination: Server) -> None:
    """The task that a handler leaves behind runs, although the response is complete."""
    with combination.open("GET", "/background", named=True) as exchange:
        assert exchange.body == b"answered", exchange.seen("the response")
        assert exchange.wait("background"), exchange.seen("the background task")


@requirement("asgi.lifespan.startup.complete_accepted")
def test_what_the_startup_hook_stored_is_there_for_handlers(combination: Server) -> None:
    """A handler sees what the startup hook of the framework's lifespan stored."""
    wait_startup(combination)
    text = combination.call("GET", "/started", named=True).body
    assert text == b"started", saw(text, "b'started'")
