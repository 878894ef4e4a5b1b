"""ASGI HTTP: a request body in any number of messages, messages with missing, unknown or wrong keys."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.expect import saw
from compliance.framework import AT_ONCE, NEVER, Framework
from compliance.requirements import requirement

PARTS = st.lists(st.binary(max_size=20), min_size=1, max_size=6)
KINDS = {
    "/echo": "text/plain",
    "/json": "application/json",
    "/form": "application/x-www-form-urlencoded",
    "/digest": "text/plain",
}
LAST = {"type": "http.request", "body": b"x", "more_body": False}


@requirement("asgi.http.request.app_waits_more_body")
@given(parts=PARTS)
def test_a_body_may_come_in_any_parts(framework: Framework, parts: list[bytes]) -> None:
    """However a body is split, empty parts included, the handler gets the whole."""
    transcript = framework.http("POST", "/echo", body=parts)
    assert transcript.body == b"".join(parts), transcript.seen(f"the body {b''.join(parts)!r}")


@requirement("asgi.http.request.app_waits_more_body")
def test_the_next_part_is_waited_for(framework: Framework) -> None:
    """The application does not answer before the last part of the body has come."""
    with framework.open("POST", "/echo", body=[b"one", b"two"], arrivals={1: "second"}) as conversation:
        conversation.wait("waiting")
        early = conversation.transcript.sent
        assert not early, saw(early, "nothing before the last part")
        assert conversation.finish().body == b"onetwo", conversation.transcript.seen("both parts")


@requirement("asgi.http.request.app_waits_more_body")
@pytest.mark.parametrize("target", KINDS)
def test_a_body_that_breaks_off_is_not_taken_for_the_whole(framework: Framework, target: str) -> None:
    """A request whose client leaves before the last part is not processed as if it were complete."""
    events = [{"type": "http.request", "body": b"12", "more_body": True}]
    fields = [("content-type", KINDS[target]), ("content-length", "4")]
    transcript = framework.http("POST", target, headers=fields, events=events, disconnect=AT_ONCE)
    assert transcript.status != 200, transcript.seen("no 200")


@requirement("asgi.http.request.app_processes_when_final")
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_more_is_waited_for_after_the_last_part(framework: Framework, method: str) -> None:
    """Once the request is complete it is answered, though `receive` gives nothing more."""
    target = {"GET": "/query?a=1", "POST": "/echo"}[method]
    transcript = framework.http(method, target, body=b"x", disconnect=NEVER)
    assert transcript.status == 200, transcript.seen("200")


@requirement("asgi.http.request.app_default_body")
@pytest.mark.parametrize(
    ("messages", "body"),
    [
        ([{}], b""),
        ([{"more_body": False}], b""),
        ([{"body": b"x"}], b"x"),
        ([{"more_body": True}, {"body": b"x"}], b"x"),
        ([{"body": b"x", "more_body": True}, {}], b"x"),
    ],
    ids=["no keys", "no body", "no more_body", "first without body", "last without keys"],
)
def test_body_and_more_body_may_be_missing(
    framework: Framework, messages: list[dict[str, Any]], body: bytes
) -> None:
    """A missing body is empty, and a missing more_body is false."""
    events = [{"type": "http.request", **message} for message in messages]
    transcript = framework.http("POST", "/echo", events=events)
    assert (transcript.status, transcript.body) == (200, body), transcript.seen(f"200 with {body!r}")


@requirement("asgi.core.error.extra_keys_app")
def test_unknown_keys_of_a_request_message_do_no_harm(framework: Framework) -> None:
    """A message may hold keys of which the application has never heard."""
    events = [{**LAST, "compliance.unknown": [1, {"a": None}]}]
    transcript = framework.http("POST", "/echo", events=events)
    assert transcript.body == b"x", transcript.seen("the body x")


@requirement("asgi.core.error.app_invalid_event")
@pytest.mark.parametrize(
    "message",
    [
        {"type": "http.compliance"},
        {"type": "websocket.receive", "text": "x"},
        {"body": b"x"},
        LAST | {"body": "x"},
    ],
    ids=["unknown type", "other protocol", "no type", "text for bytes"],
)
def test_an_invalid_message_is_an_error(framework: Framework, message: dict[str, Any]) -> None:
    """A message that cannot be understood makes the application raise, or answer that it failed."""
    transcript = framework.http("POST", "/echo", events=[message, LAST])
    failed = transcript.raised is not None or (transcript.status or 0) >= 500
    assert failed, transcript.seen("an exception, or an answer of the class 5xx")
