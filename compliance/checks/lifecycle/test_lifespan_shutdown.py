"""ASGI lifespan: shutdown after connections and WebSockets, and shutdown that fails."""

from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_lifespan
from compliance.life import Life, Story, lives
from compliance.requirements import requirement
from compliance.stories import stopped_while_busy, stopped_with_a_websocket

REASON = "the pool of compliance-4712 is on fire"

BUSY_AND_FAILED = Story(asgi_lifespan.shutdown_fails, {"message": REASON}, act=stopped_while_busy)
WEBSOCKET_AND_FAILED = Story(asgi_lifespan.shutdown_fails, {"held": True}, act=stopped_with_a_websocket)
RETURNS = Story(asgi_lifespan.returns, {"when": "shutdown"})
RAISES = Story(asgi_lifespan.raises, {"when": "shutdown"})


def shutdown_at(life: Life) -> float:
    """When the application got its second event, lifespan.shutdown."""
    received = [event for event in life.lifespan.events if event.name == "received"]
    assert len(received) > 1, life.seen("a second event, lifespan.shutdown")
    return received[1].at


@requirement("asgi.lifespan.shutdown.after_connections", definite=True)
@lives(BUSY_AND_FAILED)
def test_shutdown_comes_after_the_running_requests(life: Life) -> None:
    """A request that runs at SIGTERM is over, finished or cancelled, before lifespan.shutdown is sent."""
    ended = life.exchange(1).guest.events[-1]
    assert shutdown_at(life) > ended.at, life.seen(f"lifespan.shutdown after the request's {ended.name!r}")


@requirement("asgi.http.disconnect.server_shutdown")
@lives(BUSY_AND_FAILED)
def test_whether_a_running_request_is_still_answered(life: Life, observe: Observe) -> None:
    """Whether a request that runs at SIGTERM gets its response, or its connection is cut, is recorded."""
    observe("answered" if life.exchange(1).answered == 200 else "cut")


@requirement("asgi.lifespan.shutdown.failed_exit")
@lives(BUSY_AND_FAILED)
def test_the_server_terminates_when_shutdown_failed(life: Life) -> None:
    """After shutdown.failed the server terminates."""
    assert life.exit_code is not None, life.seen("that the server exits after shutdown.failed")


@requirement("asgi.lifespan.shutdown.failed_logged")
@lives(BUSY_AND_FAILED)
def test_the_message_of_a_failed_shutdown_is_logged(life: Life) -> None:
    """The message of shutdown.failed is logged or printed."""
    assert REASON in life.log, saw(life.log[-600:], f"{REASON!r} in the server's output")


@requirement("asgi.lifespan.shutdown.after_websockets", definite=True, needs=("websocket",))
@lives(WEBSOCKET_AND_FAILED)
def test_shutdown_comes_after_the_end_of_websockets(life: Life) -> None:
    """The connection of a WebSocket that is open at SIGTERM is ended before lifespan.shutdown is sent."""
    assert life.exchange(1).answered == 101, life.seen("an open WebSocket")
    assert shutdown_at(life) > life.stopping, life.seen("lifespan.shutdown behind SIGTERM")
    assert not life.told_while_open, life.seen("lifespan.shutdown after the WebSocket's end on the wire")


@requirement(asgi="rfc6455.close.going_away", needs=("websocket",))
@lives(WEBSOCKET_AND_FAILED)
def test_the_code_with_which_a_stopping_server_closes_a_websocket(life: Life, observe: Observe) -> None:
    """The code of the Close frame at SIGTERM is recorded; it is 4001 where only the client has closed."""
    assert life.exchange(1).answered == 101, life.seen("an open WebSocket")
    observe(life.closing)


@requirement("asgi.lifespan.shutdown.failed_message_optional")
@lives(WEBSOCKET_AND_FAILED)
def test_shutdown_can_fail_without_a_message(life: Life) -> None:
    """send takes shutdown.failed without a message for what it is: it does not fail for want of the key."""
    assert life.values("stumbled") == [], saw(life.values("stumbled"), "no error about the missing message")
    assert len(life.values("sending")) > 1, life.seen("that shutdown.failed was sent")


@requirement("asgi.lifespan.shutdown.exception")
@lives(RAISES)
def test_an_exception_during_shutdown_does_not_hang_the_server(life: Life) -> None:
    """If the application raises while handling shutdown, the server terminates."""
    assert life.exit_code is not None, life.seen("that the server exits")


@requirement("asgi.lifespan.shutdown.exception")
@lives(RETURNS)
def test_a_return_during_shutdown_does_not_hang_the_server(life: Life) -> None:
    """If the application returns on shutdown without an answer, the server terminates."""
    assert life.exit_code is not None, life.seen("that the server exits")
