"""ASGI lifespan of a server with several worker processes: each has a lifespan of its own."""

from compliance.expect import saw
from compliance.guest.apps import asgi_lifespan
from compliance.life import Life, Story, lives
from compliance.modes import WORKERS
from compliance.requirements import requirement
from compliance.stories import asked_of_workers

SEVERAL = Story(asgi_lifespan.waits_to_complete, act=asked_of_workers, mode="workers")


def processes(life: Life) -> list[int]:
    """The process of each lifespan, sorted."""
    return sorted(line.pid for line in life.lifespans)


def received(life: Life) -> list[list[str]]:
    """The types of the events of each lifespan."""
    return [
        [event.value.get("type") for event in line.events if event.name == "received"]
        for line in life.lifespans
    ]


@requirement("asgi.lifespan.run.per_process")
@lives(SEVERAL)
def test_each_worker_has_one_lifespan(life: Life) -> None:
    """There are as many lifespans as workers, each in a process of its own."""
    found = processes(life)
    assert len(found) == len(set(found)) == WORKERS, saw(found, f"{WORKERS} different processes")


@requirement("asgi.lifespan.run.per_process")
@lives(SEVERAL)
def test_requests_run_in_workers_that_have_a_lifespan(life: Life) -> None:
    """No request runs in a process whose lifespan has not started up."""
    found = {exchange.guest.pid for exchange in life.exchanges}
    assert found, life.seen("requests that were served")
    assert found <= set(processes(life)), saw(sorted(found), f"some of {processes(life)}")


@requirement("asgi.lifespan.startup.once")
@lives(SEVERAL)
def test_startup_is_delivered_once_in_each_worker(life: Life) -> None:
    """The first event of each lifespan is lifespan.startup, and no other is."""
    found = [[kind == "lifespan.startup" for kind in types] for types in received(life)]
    assert found == [[True] + [False] * (len(types) - 1) for types in found], saw(received(life), "it first")


@requirement("asgi.lifespan.shutdown.event")
@lives(SEVERAL)
def test_shutdown_is_sent_to_the_lifespan_of_each_worker(life: Life) -> None:
    """When the server is told to stop, each worker ends with lifespan.shutdown."""
    found = [types[-1:] for types in received(life)]
    assert found == [["lifespan.shutdown"]] * WORKERS, saw(found, "lifespan.shutdown in each worker")


@requirement("asgi.lifespan.shutdown.wait_complete")
@lives(SEVERAL)
def test_the_end_of_a_worker_cuts_no_other_shutdown_short(life: Life) -> None:
    """A worker whose shutdown takes longer than that of another one is waited for."""
    found = [
        [event.value["type"] for event in line.events if event.name == "sent"] for line in life.lifespans
    ]
    completed = [types[-1:] == ["lifespan.shutdown.complete"] for types in found]
    assert completed == [True] * WORKERS, saw(found, "lifespan.shutdown.complete from each worker")
