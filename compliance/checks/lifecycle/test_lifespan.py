"""ASGI lifespan: startup, requests and shutdown around an application that completes both."""

from compliance.expect import saw
from compliance.guest.apps import asgi_lifespan
from compliance.life import Life, Story, lives
from compliance.requirements import requirement
from compliance.stories import gated, stopped_while_busy, stopped_with_a_websocket

COMPLETE = Story(asgi_lifespan.completes, act=gated)
BUSY = Story(asgi_lifespan.completes_at_once, act=stopped_while_busy)
WEBSOCKET = Story(asgi_lifespan.completes_at_once, act=stopped_with_a_websocket)


def shutdown_at(life: Life) -> float:
    """When the application got its second event, lifespan.shutdown."""
    received = [event for event in life.lifespan.events if event.name == "received"]
    assert len(received) > 1, life.seen("a second event, lifespan.shutdown")
    return received[1].at


@requirement("asgi.lifespan.run.called")
@lives(COMPLETE)
def test_the_application_is_called_with_one_lifespan_scope(life: Life) -> None:
    """A server with one worker runs the lifespan protocol once."""
    assert len(life.lifespans) == 1, life.seen("one lifespan scope")


@requirement("asgi.lifespan.run.same_loop")
@lives(COMPLETE)
def test_requests_run_in_the_event_loop_of_the_lifespan(life: Life) -> None:
    """Lifespan and requests share process, thread and event loop."""
    lifespan, request = life.event("place").value, life.exchanges[-1].value("place")
    assert request == lifespan, saw(request, f"the process, thread and loop of the lifespan, {lifespan}")


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
    asgi = life.event("scope").value.get("asgi")
    assert isinstance(asgi, dict), saw(asgi, "a dict under 'asgi'")
    assert isinstance(asgi.get("version"), str), saw(asgi, "a str under 'version'")


@requirement("asgi.lifespan.scope.lifetime")
@lives(COMPLETE)
def test_the_lifespan_call_outlives_the_requests(life: Life) -> None:
    """The application's lifespan call is still running when requests are served."""
    ended, request = life.lifespan.events[-1].at, life.exchanges[-1].events[-1].at
    assert ended > request, saw((ended, request), "the lifespan's last event after that of the last request")


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
    given = [exchange.value("has state") for exchange in life.exchanges]
    assert given == [offered] * 3, saw(given, f"{offered} for each request, as in the lifespan scope")


@requirement("asgi.lifespan.state.copied", needs=("state",))
@lives(COMPLETE)
def test_each_request_gets_a_shallow_copy_of_the_state(life: Life) -> None:
    """Values are the very objects of the lifespan's namespace; the dict is another one for each request."""
    identities = [exchange.value("identities") for exchange in life.exchanges[1:]]
    assert {of_list for _, of_list in identities} == {life.event("list").value}, saw(
        identities, "the same list object"
    )


@requirement("asgi.lifespan.state.no_leak_up", needs=("state",))
@lives(COMPLETE)
def test_keys_of_one_request_do_not_reach_others(life: Life) -> None:
    """What a request adds to its state is seen by no other request, and not by the lifespan."""
    states = [exchange.value("state") for exchange in life.exchanges] + [life.event("state").value]
    added = [sorted(set(state) - {"list", "number"}) for state in states]
    assert added == [[]] * 4, saw(added, "no keys but the lifespan's own")


@requirement("asgi.lifespan.state.untouched", needs=("state",))
@lives(COMPLETE)
def test_the_namespace_still_holds_its_values_at_shutdown(life: Life) -> None:
    """The server does nothing to the namespace but copy it."""
    state = life.event("state").value
    kept = {key: state.get(key) for key in ("number", "list")}
    assert kept == {"number": "int", "list": "list"}, saw(state, "the values set at startup")


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
    """There is one lifespan.startup event in a lifespan."""
    types = [event.get("type") for event in life.values("received")]
    assert types.count("lifespan.startup") == 1, saw(types, "lifespan.startup once")


@requirement("asgi.lifespan.startup.wait_complete")
@lives(COMPLETE)
def test_no_request_is_processed_before_startup_is_complete(life: Life) -> None:
    """A request that comes early is given to the application after startup.complete was sent."""
    completed, called = life.event("sending").at, life.exchanges[0].events[0].at
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
    types = [event.get("type") for event in life.values("received")]
    assert types[1:2] == ["lifespan.shutdown"], saw(types, "lifespan.shutdown as the second event")


@requirement("asgi.lifespan.shutdown.once")
@lives(COMPLETE)
def test_shutdown_is_delivered_at_most_once(life: Life) -> None:
    """There is one lifespan.shutdown event in a lifespan."""
    types = [event.get("type") for event in life.values("received")]
    assert types.count("lifespan.shutdown") == 1, saw(types, "lifespan.shutdown once")


@requirement("asgi.lifespan.shutdown.wait_complete")
@lives(COMPLETE)
def test_the_server_waits_for_the_end_of_shutdown(life: Life) -> None:
    """The server terminates only after shutdown.complete."""
    sent = [event.get("type") for event in life.values("sent")]
    assert sent[1:] == ["lifespan.shutdown.complete"], life.seen("that shutdown.complete could be sent")


@requirement("asgi.lifespan.shutdown.after_connections", definite=True)
@lives(BUSY)
def test_shutdown_comes_after_the_running_requests(life: Life) -> None:
    """A request that finishes soon after SIGTERM is finished before lifespan.shutdown is sent."""
    answering = life.exchanges[1].wait("answering").at
    assert shutdown_at(life) > answering, life.seen("lifespan.shutdown after the request's end")


@requirement("asgi.lifespan.shutdown.after_websockets", definite=True, needs=("websocket",))
@lives(WEBSOCKET)
def test_shutdown_comes_after_the_end_of_websockets(life: Life) -> None:
    """An open WebSocket is closed before lifespan.shutdown is sent."""
    assert len(life.exchanges) > 1, life.seen("a WebSocket")
    ended = life.exchanges[1].guest.events[-1]
    assert shutdown_at(life) > ended.at, life.seen(f"lifespan.shutdown after the WebSocket's {ended.name!r}")
