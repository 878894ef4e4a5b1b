"""ASGI lifespan: what runs beside the requests, and a signal that comes early."""

from compliance.channel import Line
from compliance.expect import Observe
from compliance.guest.apps import asgi_lifespan
from compliance.life import Life, Story, lives
from compliance.requirements import requirement
from compliance.stories import asked_and_task_released, stopped_during_startup

WITH_TASK = Story(asgi_lifespan.with_task, act=asked_and_task_released)
STOPPED_EARLY = Story(asgi_lifespan.completes, act=stopped_during_startup)


def received(line: Line) -> list[str]:
    """The types of the events that a lifespan got, in order."""
    return [event.value["type"] for event in line.events if event.name == "received"]


@requirement("asgi.lifespan.scope.lifetime")
@lives(WITH_TASK)
def test_a_task_that_startup_began_runs_on(life: Life) -> None:
    """A task that the application began before startup was complete still runs after a request."""
    assert "passed task" in life.lifespan.names(), life.seen("that the task goes on") + life.problem


@requirement("asgi.lifespan.state.offered")
@lives(WITH_TASK)
def test_whether_requests_see_context_variables_of_the_lifespan(life: Life, observe: Observe) -> None:
    """Whether a context variable that the lifespan has set is set in requests is recorded."""
    observe(bool(life.exchange(0).value("variable")))


@requirement("asgi.lifespan.startup.wait_complete")
@lives(STOPPED_EARLY)
def test_what_follows_a_signal_during_startup(life: Life, observe: Observe) -> None:
    """What the application is told if SIGTERM comes during startup, and the exit code, are recorded."""
    events = received(life.lifespan)
    observe({"events": events, "served": life.served, "exit code": life.exit_code})
