"""ASGI lifespan: what runs beside the requests, several processes, and a signal that comes early."""

from compliance.channel import Line
from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_lifespan
from compliance.life import Life, Story, lives
from compliance.modes import WORKERS
from compliance.requirements import requirement
from compliance.stories import asked_and_task_released, served_by_workers, stopped_during_startup

WITH_TASK = Story(asgi_lifespan.with_task, act=asked_and_task_released)
STOPPED_EARLY = Story(asgi_lifespan.completes, act=stopped_during_startup)
SEVERAL = Story(asgi_lifespan.placed, act=served_by_workers, mode="workers")


def process(line: Line) -> int:
    """The number of the process in which a lifespan or request ran."""
    number: int = line.wait("place").value[0]
    return number


def received(line: Line) -> list[str]:
    """The types of the events that a lifespan got, in order."""
    return [event.value["type"] for event in line.events if event.name == "received"]


@requirement("asgi.lifespan.scope.lifetime")
@lives(WITH_TASK)
def test_a_task_that_startup_began_runs_on(life: Life) -> None:
    """A task that the application began before startup was complete still runs after a request."""
    assert "passed task" in life.lifespan.names(), life.seen("that the task goes on") + life.problem


@requirement("asgi.lifespan.run.per_process")
@lives(SEVERAL)
def test_each_of_several_processes_has_its_lifespan(life: Life) -> None:
    """Each of several worker processes is started up by a lifespan of its own, and no other serves."""
    started = [process(line) for line in life.lifespans if received(line)[:1] == ["lifespan.startup"]]
    served = {process(exchange.guest) for exchange in life.exchanges}
    assert len(started) >= WORKERS, saw(started, f"startup in {WORKERS} processes") + life.problem
    assert sorted(set(started)) == sorted(started), saw(started, "one lifespan in each process")
    assert served <= set(started), saw(served, f"requests in the processes {started} only")


@requirement("asgi.lifespan.shutdown.event")
@lives(SEVERAL)
def test_each_of_several_processes_is_shut_down(life: Life) -> None:
    """When a server of several processes stops, each lifespan gets lifespan.shutdown."""
    events = [received(line) for line in life.lifespans]
    expected = [["lifespan.startup", "lifespan.shutdown"]] * len(events)
    assert events == expected, saw(events, "startup and shutdown in each process") + life.problem


@requirement("asgi.lifespan.startup.wait_complete")
@lives(STOPPED_EARLY)
def test_what_follows_a_signal_during_startup(life: Life, observe: Observe) -> None:
    """What the application is told if SIGTERM comes during startup, and the exit code, are recorded."""
    events = received(life.lifespan)
    observe({"events": events, "served": life.served, "exit code": life.exit_code})
