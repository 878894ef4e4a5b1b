"""ASGI lifespan: a startup that fails, applications without lifespan support, and events out of order."""

from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_lifespan
from compliance.life import Life, Story, lives
from compliance.requirements import requirement
from compliance.stories import asked_after_the_attempts, asked_after_the_lifespan, left_to_exit

REASON = "the database of compliance-4711 is gone"

STARTUP_FAILED = Story(asgi_lifespan.startup_fails, {"message": REASON}, act=left_to_exit)
STARTUP_FAILED_SILENTLY = Story(asgi_lifespan.startup_fails, act=left_to_exit)
STARTUP_FAILED_LOUDLY = Story(
    asgi_lifespan.startup_fails, {"message": REASON, "raises_then": True}, act=left_to_exit
)
REFUSED = Story(asgi_lifespan.refused, act=asked_after_the_attempts)
RAISES_WHEN_CALLED = Story(asgi_lifespan.raises, {"when": "called"}, act=asked_after_the_lifespan)
RAISES_ON_STARTUP = Story(asgi_lifespan.raises, {"when": "startup"}, act=asked_after_the_lifespan)
RAISES_AFTER_COMPLETE = Story(asgi_lifespan.raises, {"when": "complete"}, act=asked_after_the_lifespan)
RETURNS_WHEN_CALLED = Story(asgi_lifespan.returns, {"when": "called"}, act=asked_after_the_lifespan)
RETURNS_ON_STARTUP = Story(asgi_lifespan.returns, {"when": "startup"}, act=asked_after_the_lifespan)
RETURNS_AFTER_COMPLETE = Story(asgi_lifespan.returns, {"when": "complete"}, act=asked_after_the_lifespan)


def outcome(life: Life) -> str:
    """What became of the server, in a word."""
    if life.alone:
        return f"exited by itself with code {life.exit_code}"
    return "served requests" if life.served else "neither served nor exited"


@requirement("asgi.lifespan.startup.failed_exit")
@lives(STARTUP_FAILED)
def test_the_server_exits_when_startup_failed(life: Life) -> None:
    """After startup.failed the server exits by itself."""
    assert life.alone, life.seen("that the server exits by itself")


@requirement("asgi.lifespan.startup.failed_logged")
@lives(STARTUP_FAILED)
def test_the_message_of_a_failed_startup_is_logged(life: Life) -> None:
    """The message of startup.failed is logged or printed."""
    assert REASON in life.log, saw(life.log[-600:], f"{REASON!r} in the server's output")


@requirement("asgi.lifespan.startup.failed_no_requests")
@lives(STARTUP_FAILED)
def test_no_request_is_served_after_startup_failed(life: Life) -> None:
    """After startup.failed no connection is processed."""
    assert not life.served, life.seen("no answered request")


@requirement("asgi.lifespan.startup.failed_no_requests")
@lives(STARTUP_FAILED_LOUDLY)
def test_an_exception_after_startup_failed_changes_nothing(life: Life) -> None:
    """An application that sends startup.failed and then raises has failed; it is not one without lifespan."""
    assert not life.served, life.seen("no answered request")


@requirement("asgi.lifespan.startup.failed_message_optional")
@lives(STARTUP_FAILED_SILENTLY)
def test_startup_can_fail_without_a_message(life: Life) -> None:
    """startup.failed without a message is a failed startup too: no error of send about the missing key."""
    assert life.values("stumbled") == [], saw(life.values("stumbled"), "no error about the missing message")
    assert not life.served, life.seen("no answered request")


@requirement("asgi.lifespan.startup.failed_no_shutdown")
@lives(STARTUP_FAILED)
def test_what_follows_a_failed_startup(life: Life, observe: Observe) -> None:
    """Whether a lifespan whose startup failed still gets an event is recorded, and the server's exit code."""
    further = [event and event.get("type") for event in life.values("received")[1:]]
    observe({"further events": further, "exit code": life.exit_code})


@requirement("asgi.lifespan.unsupported.exception_on_call")
@lives(RAISES_WHEN_CALLED)
def test_an_application_that_raises_on_a_lifespan_scope_is_served(life: Life) -> None:
    """If the application raises when called with a lifespan scope, the server goes on without lifespan."""
    assert life.served, life.seen("that requests are served nevertheless") + life.problem


@requirement("asgi.lifespan.unsupported.exception_on_startup")
@lives(RAISES_ON_STARTUP)
def test_an_application_that_raises_on_startup_is_served(life: Life) -> None:
    """If the application raises on lifespan.startup, the server goes on without lifespan."""
    assert life.served, life.seen("that requests are served nevertheless") + life.problem


@requirement("asgi.lifespan.unsupported.no_more_events")
@lives(RAISES_WHEN_CALLED)
def test_an_application_without_lifespan_is_not_called_again(life: Life) -> None:
    """After the exception no further lifespan events are sent."""
    assert len(life.lifespans) == 1, life.seen("one lifespan scope")


@requirement("asgi.lifespan.unsupported.return_silently")
@lives(RETURNS_WHEN_CALLED)
def test_what_follows_a_lifespan_call_that_returns(life: Life, observe: Observe) -> None:
    """What the server does if the application returns without a word is recorded."""
    observe(outcome(life))


@requirement("asgi.lifespan.unsupported.return_silently")
@lives(RETURNS_ON_STARTUP)
def test_what_follows_a_lifespan_call_that_returns_on_startup(life: Life, observe: Observe) -> None:
    """What the server does if the lifespan call gets startup and returns without an answer is recorded."""
    observe(outcome(life))


@requirement("asgi.lifespan.running.exception_after_complete")
@lives(RAISES_AFTER_COMPLETE)
def test_what_follows_an_exception_after_startup(life: Life, observe: Observe) -> None:
    """What the server does if the lifespan call raises after startup is recorded."""
    observe(outcome(life))


@requirement("asgi.lifespan.running.exit_after_complete")
@lives(RETURNS_AFTER_COMPLETE)
def test_what_follows_a_return_after_startup(life: Life, observe: Observe) -> None:
    """What the server does if the lifespan call returns after startup is recorded."""
    observe(outcome(life))


@requirement("asgi.lifespan.error.invalid_event")
@lives(REFUSED)
def test_an_unknown_lifespan_event_raises(life: Life) -> None:
    """send raises for an event type that the lifespan protocol does not have."""
    assert life.event("unknown").value is not None, saw(None, "an exception out of send")


@requirement("asgi.lifespan.error.invalid_event")
@lives(REFUSED)
def test_an_early_shutdown_complete_raises(life: Life) -> None:
    """send raises for shutdown.complete before shutdown was asked for."""
    assert life.event("early").value is not None, saw(None, "an exception out of send")


@requirement("asgi.lifespan.error.invalid_event")
@lives(REFUSED)
def test_a_second_startup_complete_raises(life: Life) -> None:
    """send raises for startup.complete when startup is complete already."""
    assert life.event("again").value is not None, saw(None, "an exception out of send")


@requirement("asgi.lifespan.error.invalid_event")
@lives(REFUSED)
def test_a_late_startup_failed_raises(life: Life) -> None:
    """send raises for startup.failed when startup is complete already."""
    assert life.event("late").value is not None, saw(None, "an exception out of send")


@requirement("asgi.lifespan.shutdown.unsolicited_failed")
@lives(REFUSED)
def test_what_follows_a_shutdown_failed_that_nobody_asked_for(life: Life, observe: Observe) -> None:
    """What the server does if shutdown.failed comes before the shutdown event is recorded."""
    observe({"send raised": life.event("unsolicited").value, "then": outcome(life)})
