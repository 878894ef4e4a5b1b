"""WSGI, "Middleware: Components that Play Both Sides": what a middleware hands on, and when."""

import pytest

from compliance.contract import http
from compliance.expect import Observe, saw
from compliance.framework import Framework
from compliance.requirements import requirement
from compliance.transcript import Transcript

ENDPOINTS = ["written", "empty", "replaced", "fails"]
ENDS = {"to its end": {}, "after the first block": {"stop": 1}, "before any block": {"stop": 0}}


def inner(framework: Framework, name: str) -> Transcript:
    """What an endpoint that is there for middlewares does."""
    return framework.http("GET", f"/middleware/{name}")


def joined(transcript: Transcript, name: str) -> bytes:
    """All bytes of the events of one name."""
    return b"".join(transcript.of(name))


@requirement("wsgi.mw.obey_both")
def test_the_server_s_rules_are_kept_towards_the_application(framework: Framework) -> None:
    """What the application behind the middleware is given and called with is what any server owes it."""
    traffic = {**http(framework), **{name: inner(framework, name) for name in ENDPOINTS}}
    found = {asked: [str(v) for v in t.inner.violations("server")] for asked, t in traffic.items()}
    broken = {asked: violations for asked, violations in found.items() if violations}
    assert not broken, saw(broken, "no violation of a server's rules")


@requirement("wsgi.mw.obey_both")
def test_the_application_s_rules_are_kept_towards_the_server(framework: Framework) -> None:
    """What the server is given by the middleware is what any application owes it."""
    traffic = {**http(framework), **{name: inner(framework, name) for name in ENDPOINTS}}
    found = {asked: [str(v) for v in t.violations("application")] for asked, t in traffic.items()}
    broken = {asked: violations for asked, violations in found.items() if violations}
    assert not broken, saw(broken, "no violation of an application's rules")


@requirement("wsgi.mw.return_early")
def test_the_iterable_is_returned_before_the_application_yields(framework: Framework) -> None:
    """While the application's first block is not there yet, the middleware has returned already."""
    with framework.open("GET", "/middleware/late") as conversation:
        conversation.wait_gate("first")
        returned = conversation.transcript.noted("iterable")
        conversation.finish()
    assert returned, conversation.transcript.seen("the middleware's iterable before the first block")


@requirement("wsgi.mw.no_block")
def test_one_value_of_the_application_is_enough_for_one_of_the_middleware(framework: Framework) -> None:
    """When the application is asked for its second value, the middleware has yielded one, perhaps empty."""
    with framework.open("GET", "/stream/2") as conversation:
        conversation.wait_gate("part-1")
        blocks = conversation.transcript.of("block")
        conversation.finish()
    assert blocks, conversation.transcript.seen("a value before the second one is asked for")


@requirement("wsgi.mw.empty_when_accumulating")
def test_what_is_held_back_is_stood_for_by_an_empty_block(framework: Framework) -> None:
    """When the application is asked for its third value, the middleware has yielded two, perhaps empty."""
    with framework.open("GET", "/stream/3") as conversation:
        conversation.open_gate("part-1")
        conversation.wait_gate("part-2")
        blocks = conversation.transcript.of("block")
        conversation.finish()
    assert len(blocks) >= 2, conversation.transcript.seen("two values before the third one is asked for")


@requirement("wsgi.mw.yield_each")
@pytest.mark.parametrize("target", ["/stream/3", "/middleware/empty", "/large/200000"])
def test_each_value_of_the_application_gives_one(framework: Framework, target: str) -> None:
    """The middleware yields at least as many values as the application."""
    transcript = framework.http("GET", target)
    given, yielded = len(transcript.inner.of("block")), len(transcript.of("block"))
    assert yielded >= given > 0, transcript.seen(f"at least {given} values")


@requirement("wsgi.mw.no_delay")
def test_no_block_is_held_back(framework: Framework) -> None:
    """When the application is asked for its second block, the first one has been handed on whole."""
    with framework.open("GET", "/stream/2") as conversation:
        conversation.wait_gate("part-1")
        body = joined(conversation.transcript, "block")
        conversation.finish()
    assert body == b"part-0\n", conversation.transcript.seen("the first block before the second one")


@requirement("wsgi.mw.no_write_for_yielded")
def test_only_what_was_written_is_written(framework: Framework) -> None:
    """Data given to write() goes to the server's write(), and data yielded does not."""
    transcript = inner(framework, "written")
    written, yielded = joined(transcript, "write"), joined(transcript, "block")
    assert written in {b"one two ", b""}, transcript.seen("nothing of the iterable in write()")
    assert written + yielded == b"one two three", transcript.seen("the whole body, in order")


@requirement("wsgi.mw.close_propagated")
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_close_reaches_the_application(framework: Framework, end: dict[str, int]) -> None:
    """However far the server iterates, the application's iterable is closed, and once."""
    transcript = framework.http("GET", "/stream/3", **end)
    assert transcript.inner.of("close") == [None], transcript.seen("one close() of the inner iterable")


@requirement("wsgi.mw.close_propagated")
def test_close_reaches_the_application_after_an_error(framework: Framework) -> None:
    """Also if the application's iterable raises it is closed, and once."""
    transcript = framework.http("GET", "/stream-raise")
    assert transcript.inner.of("close") == [None], transcript.seen("one close() of the inner iterable")


@requirement("wsgi.mw.obey_both")
def test_exc_info_replaces_a_response_that_has_not_begun(framework: Framework) -> None:
    """The second call of start_response, with exc_info, decides what the server is told."""
    transcript = inner(framework, "replaced")
    assert transcript.status == 503, transcript.seen("the status of the second call")
    assert transcript.header("x-first") == [], transcript.seen("no header of the first call")
    assert transcript.body == b"replaced", transcript.seen("the body 'replaced'")


@requirement("wsgi.mw.exc_info_variant")
def test_what_leaves_a_middleware_once_a_response_has_begun(framework: Framework, observe: Observe) -> None:
    """Where start_response has to raise again what exc_info holds: what the server gets of it."""
    transcript = inner(framework, "too-late")
    raised = transcript.raised
    assert raised or transcript.noted("exhausted"), transcript.seen("an exception, or an end")
    observe({"raised": raised and raised["types"][0], "body": transcript.body})


@requirement("wsgi.mw.exc_info_released")
def test_no_reference_to_exc_info_is_kept(framework: Framework) -> None:
    """Once a request is over, nothing holds the frames of the traceback that start_response was given."""
    inner(framework, "fails")
    state = inner(framework, "held")
    assert state.body == b"gone", state.seen("an object in a frame of the traceback to be gone")
