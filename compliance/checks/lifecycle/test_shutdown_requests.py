"""ASGI HTTP: what a request that runs learns of the end of its server, and whether that ends."""

from compliance.expect import Observe
from compliance.guest.apps import default
from compliance.life import Life, Story, lives
from compliance.requirements import requirement
from compliance.stories import stopped_while_streaming

STREAMING = Story(default.lifespan, act=stopped_while_streaming)


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
