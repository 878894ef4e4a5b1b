"""ASGI: what open requests and WebSockets learn of the end of their server, and whether it ends."""

from compliance.expect import Observe
from compliance.guest.apps import asgi_lifespan, default
from compliance.life import Life, Story, lives
from compliance.requirements import requirement
from compliance.stories import stopped_while_streaming, stopped_with_a_websocket

STREAMING = Story(default.lifespan, act=stopped_while_streaming)
WEBSOCKET = Story(asgi_lifespan.shutdown_fails, act=stopped_with_a_websocket)


@requirement("asgi.http.disconnect.server_shutdown")
@lives(STREAMING)
def test_whether_a_running_request_is_told_that_the_server_stops(life: Life, observe: Observe) -> None:
    """Whether receive gives http.disconnect at SIGTERM, while the client still listens, is recorded."""
    observe(life.exchange(1).wait("told").at < life.leaving)


@requirement("asgi.http.disconnect.server_shutdown", definite=True)
@lives(STREAMING)
def test_an_open_response_does_not_keep_the_server_from_stopping(life: Life) -> None:
    """A server that is told to stop while a response is streamed terminates, once its client has left."""
    assert life.exit_code is not None, life.seen("that the server exits")


@requirement("rfc6455.close.going_away", needs=("websocket",))
@lives(WEBSOCKET)
def test_how_an_open_websocket_ends_when_the_server_stops(life: Life, observe: Observe) -> None:
    """The codes that the client and the application get are recorded."""
    event = life.exchange(1).wait("gone").value
    observe({"client": life.closing, "application": event.get("code")})
