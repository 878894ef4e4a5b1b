"""ASGI lifespan: startup, requests and shutdown around an application that completes both."""

from typing import Any

from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_lifespan
from compliance.life import Life, Story, lives
from compliance.requirements import requirement
from compliance.stories import gated

COMPLETE = Story(asgi_lifespan.completes, act=gated)
REQUESTS = (0, 1, 2)
KEYS = {"early", "first", "second"}  # that the requests leave in their states


def asgi_of(life: Life) -> dict[str, Any]:
    """The `asgi` dict of the lifespan's scope."""
    asgi = life.event("scope").value.get("asgi")
    assert isinstance(asgi, dict), saw(asgi, "a dict under 'asgi'")
    return asgi


def values(life: Life, name: str) -> list[Any]:
    """What each of the requests noted under a name, in their order."""
    return [life.exchange(number).value(name) for number in REQUESTS]


def place(life: Life, part: int) -> tuple[Any, set[Any]]:
    """Where the lifespan ran, and where requests did: process (0), thread (1), event loop (2)."""
    return life.event("place").value[part], {where[part] for where in values(life, "place")}


def namespace(life: Life) -> dict[str, Any]:
    """What the lifespan's state holds at shutdown."""
    state = life.event("state").value
    assert isinstance(state, dict), saw(
        state, "a state in the lifespan's scope, or 'state' among what is lacking"
    )
    return state


def types(life: Life) -> list[str]:
    """The types of the lifespan's events."""
    return [event.get("type") for event in life.values("received")]


def after_startup(life: Life) -> list[str]:
    """The types of the events after the first one, but for repeated startups."""
    return [kind for kind in types(life)[1:] if kind != "lifespan.startup"]


@requirement("asgi.lifespan.run.called")
@lives(COMPLETE)
def test_the_application_is_called_with_one_lifespan_scope(life: Life) -> None:
    """A server with one worker runs the lifespan protocol once."""
    assert len(life.lifespans) == 1, life.seen("one lifespan scope")


@requirement("asgi.lifespan.run.per_process")
@lives(COMPLETE)
def test_requests_run_in_a_process_that_has_a_lifespan(life: Life) -> None:
    """The process that serves requests is the one in which the lifespan runs."""
    lifespan, requests = place(life, 0)
    assert requests == {lifespan}, saw(requests, f"the lifespan's process, {lifespan}")


@requirement("asgi.lifespan.run.per_thread")
@lives(COMPLETE)
def test_requests_run_in_a_thread_that_has_a_lifespan(life: Life) -> None:
    """The thread that serves requests is the one in which the lifespan runs."""
    lifespan, requests = place(life, 1)
    assert requests == {lifespan}, saw(requests, f"the lifespan's thread, {lifespan}")


@requirement("asgi.lifespan.run.same_loop")
@lives(COMPLETE)
def test_requests_run_in_the_event_loop_of_the_lifespan(life: Life) -> None:
    """Lifespan and requests share an event loop."""
    lifespan, requests = place(life, 2)
    assert requests == {lifespan}, saw(requests, f"the lifespan's event loop, {lifespan}")


@requirement("asgi.lifespan.scope.type")
@lives(COMPLETE)
def test_the_scopes_type_is_lifespan(life: Life) -> None:
    """The scope's type is the str "lifespan"."""
    kind = life.event("scope").value.get("type")
    assert kind == "lifespan", saw(kind, "'lifespan'")


@requirement("asgi.lifespan.scope.asgi_version")
@lives(COMPLETE)
def test_the_scope_has_the_asgi_version(life: Life) -> None:
    """The scope's `asgi` dict holds the version as a str."""
    asgi = asgi_of(life)
    assert isinstance(asgi.get("version"), str), saw(asgi, "a str under 'version'")


@requirement("asgi.lifespan.scope.spec_version")
@lives(COMPLETE)
def test_the_scopes_spec_version_is_a_str(life: Life) -> None:
    """The scope's `asgi` dict holds the version of a specification as a str, if any."""
    asgi = asgi_of(life)
    assert isinstance(asgi.get("spec_version", "1.0"), str), saw(
        asgi, "a str under 'spec_version', or nothing"
    )


@requirement("asgi.lifespan.scope.spec_version_own")
@lives(COMPLETE)
def test_which_spec_version_the_scope_has(life: Life, observe: Observe) -> None:
    """Whether the scope has a version of the lifespan specification ("1.0", "2.0") or another is recorded."""
    observe(asgi_of(life).get("spec_version"))


@requirement("asgi.lifespan.scope.lifetime")
@lives(COMPLETE)
def test_the_lifespan_call_outlives_the_requests(life: Life) -> None:
    """The application's lifespan call is still running when the last request is over."""
    ended, request = life.lifespan.events[-1].at, life.exchange(2).events[-1].at
    assert ended > request, saw((ended, request), "the lifespan's last event after that of the last request")


@requirement("asgi.lifespan.state.offered")
@lives(COMPLETE)
def test_whether_the_scope_has_a_state(life: Life, observe: Observe) -> None:
    """Whether the server implements the lifespan state is recorded."""
    observe("state" in life.event("scope").value)


@requirement("asgi.lifespan.scope.state")
@lives(COMPLETE)
def test_the_state_is_an_empty_dict(life: Life) -> None:
    """The state, if there is one, is an empty dict for the application to fill."""
    state = life.event("scope").value.get("state", {})
    assert state == {}, saw(state, "an empty dict, or no state at all")


@requirement("asgi.lifespan.state.consistent")
@lives(COMPLETE)
def test_requests_have_a_state_if_the_lifespan_has_one(life: Life) -> None:
    """The state is offered both in the lifespan scope and in request scopes, or in neither."""
    offered = "state" in life.event("scope").value
    given = values(life, "has state")
    assert given == [offered] * 3, saw(given, f"{offered} for each request, as in the lifespan scope")


@requirement("asgi.lifespan.state.copied")
@lives(COMPLETE)
def test_each_request_gets_the_objects_of_the_state(life: Life) -> None:
    """The copy is shallow: its values are the very objects that the lifespan put there."""
    lists = values(life, "list")
    assert lists == [life.event("list").value] * 3, saw(lists, "the identity of the lifespan's list")


@requirement("asgi.lifespan.state.no_leak_up")
@lives(COMPLETE)
def test_keys_of_one_request_do_not_reach_others(life: Life) -> None:
    """What a request adds to its state is seen by no other request, and not by the lifespan."""
    states = [*values(life, "state"), namespace(life)]
    leaked = [sorted(KEYS & set(state)) for state in states]
    assert leaked == [[]] * 4, saw(leaked, "no key of another request")


@requirement("asgi.lifespan.state.untouched")
@lives(COMPLETE)
def test_the_namespace_still_holds_its_values_at_shutdown(life: Life) -> None:
    """The server does nothing to the namespace but copy it."""
    state = namespace(life)
    kept = {key: state.get(key) for key in ("number", "list")}
    assert kept == {"number": 4711, "list": []}, saw(state, "the values set at startup")


@requirement("asgi.lifespan.state.late_keys")
@lives(COMPLETE)
def test_whether_requests_see_what_the_lifespan_adds_later(life: Life, observe: Observe) -> None:
    """Whether a key that the lifespan adds after startup is in the state of later requests is recorded."""
    observe(["late" in state for state in values(life, "state")[1:]])


@requirement("asgi.lifespan.startup.event")
@lives(COMPLETE)
def test_the_first_event_is_startup(life: Life) -> None:
    """The first event is of type lifespan.startup."""
    event = life.event("received").value
    assert isinstance(event, dict), saw(event, "a dict")
    assert event.get("type") == "lifespan.startup", saw(event, "lifespan.startup")


@requirement("asgi.lifespan.startup.once")
@lives(COMPLETE)
def test_startup_is_delivered_once(life: Life) -> None:
    """No second lifespan.startup follows the first event."""
    assert "lifespan.startup" not in types(life)[1:], saw(types(life), "lifespan.startup once")


@requirement("asgi.lifespan.startup.before_connections")
@lives(COMPLETE)
def test_whether_clients_can_connect_before_startup_is_complete(life: Life, observe: Observe) -> None:
    """Whether a connection is taken, if only by the kernel, while startup goes on is recorded."""
    connected = life.exchange(0).connection.sent[0][0]
    observe(connected < life.event("sending").at)


@requirement("asgi.lifespan.startup.wait_complete", definite=True)
@lives(COMPLETE)
def test_no_request_is_processed_before_startup_is_complete(life: Life) -> None:
    """A request that comes early is given to the application after startup.complete was sent."""
    completed, called = life.event("sending").at, life.exchange(0).guest.events[0].at
    assert called > completed, saw(called - completed, "a call after startup.complete, in seconds")


@requirement("asgi.lifespan.startup.complete_accepted")
@lives(COMPLETE)
def test_requests_are_served_after_startup_is_complete(life: Life) -> None:
    """After startup.complete the server serves requests."""
    assert life.served, life.seen("an answered request") + life.problem


@requirement("asgi.lifespan.shutdown.event")
@lives(COMPLETE)
def test_shutdown_follows_when_the_server_is_told_to_stop(life: Life) -> None:
    """When it stops the server sends lifespan.shutdown."""
    assert after_startup(life)[:1] == ["lifespan.shutdown"], saw(
        types(life), "lifespan.shutdown after startup"
    )


@requirement("asgi.lifespan.shutdown.once")
@lives(COMPLETE)
def test_nothing_follows_shutdown(life: Life) -> None:
    """While the application is shutting down it gets no second event, lifespan.shutdown or another."""
    assert after_startup(life)[1:] == [], saw(types(life), "lifespan.shutdown once, as the last event")


@requirement("asgi.lifespan.shutdown.wait_complete")
@lives(COMPLETE)
def test_the_server_waits_for_the_end_of_shutdown(life: Life) -> None:
    """The server terminates only after shutdown.complete."""
    sent = [event.get("type") for event in life.values("sent")]
    assert sent[1:] == ["lifespan.shutdown.complete"], life.seen("that shutdown.complete could be sent")
