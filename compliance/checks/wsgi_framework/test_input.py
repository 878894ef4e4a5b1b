"""WSGI: how an application uses wsgi.input and wsgi.errors."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.expect import Observe, saw
from compliance.framework import Framework
from compliance.requirements import requirement
from compliance.transcript import Transcript

PARTS = st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=6)
KINDS = {
    "/echo": "text/plain",
    "/json": "application/json",
    "/form": "application/x-www-form-urlencoded",
    "/digest": "text/plain",
}


def posted(framework: Framework, target: str, **options: Any) -> Transcript:
    """The transcript of a request whose body each of these endpoints can read."""
    return framework.http("POST", target, headers=[("content-type", KINDS[target])], body=b"12", **options)


def beyond(call: dict[str, Any], length: int) -> bool:
    """Whether a call of wsgi.input asks for more than so many bytes; read() asks for those left."""
    size = call["args"][0] if call["args"] else None
    return call["method"] == "read" and size is not None and call["position"] + max(size, 0) > length


@requirement("wsgi.input.app_limit")
@pytest.mark.parametrize("target", KINDS)
def test_no_more_is_read_than_content_length_says(framework: Framework, target: str) -> None:
    """What is asked of wsgi.input ends where the body ends."""
    calls = posted(framework, target).of("input")
    wrong = [call for call in calls if beyond(call, 2)]
    assert calls, saw(calls, "a use of wsgi.input")
    assert not wrong, saw(wrong, "no read beyond two bytes")


@requirement("wsgi.input.app_limit")
@pytest.mark.parametrize("target", KINDS)
def test_a_stream_that_refuses_to_read_beyond_the_body_does(framework: Framework, target: str) -> None:
    """An application is served by a server that does not simulate the end of a file."""
    transcript = posted(framework, target, input={"beyond": "raise"})
    assert transcript.status == 200, transcript.seen("200")


@requirement("wsgi.input.app_only_listed")
@pytest.mark.parametrize("target", KINDS)
def test_only_the_listed_methods_of_the_input_are_used(framework: Framework, target: str) -> None:
    """Nothing but read, readline, readlines and iteration is asked of wsgi.input, apart from close."""
    asked = [name for name in posted(framework, target).of("input attribute") if name != "close"]
    assert not asked, saw(asked, "no other attribute of wsgi.input")


@requirement("wsgi.input.app_only_listed")
@pytest.mark.parametrize("target", KINDS)
def test_what_servers_need_not_support_is_not_used(framework: Framework, target: str) -> None:
    """A server may refuse read() without a size, and readline() with one."""
    transcript = posted(framework, target, input={"bare": True})
    assert transcript.status == 200, transcript.seen("200")


@requirement("wsgi.input.app_no_close")
@pytest.mark.parametrize("target", KINDS)
def test_the_input_is_not_closed(framework: Framework, target: str) -> None:
    """wsgi.input is left open for the server."""
    asked = posted(framework, target).of("input attribute")
    assert "close" not in asked, saw(asked, "no close()")


@requirement("wsgi.strings.bytes_type")
@given(parts=PARTS)
def test_any_bytes_of_a_body_arrive(framework: Framework, parts: list[bytes]) -> None:
    """Whatever the body holds, and however it arrives, the handler gets it."""
    transcript = framework.http("POST", "/echo", body=parts)
    assert transcript.body == b"".join(parts), transcript.seen(f"the body {b''.join(parts)!r}")


@requirement("wsgi.input.app_short_reads")
def test_what_becomes_of_a_body_that_is_read_in_pieces(framework: Framework, observe: Observe) -> None:
    """Whether the handler gets the whole if read() returns less than was asked for is recorded."""
    transcript = framework.http("POST", "/echo", body=[b"one", b"two"], input={"short": True})
    observe({"status": transcript.status, "whole": transcript.body == b"onetwo"})


@requirement("wsgi.errors.app_only_listed")
@pytest.mark.parametrize("target", ["/", "/raise", "/stream-raise", "/nowhere"])
def test_only_the_listed_methods_of_the_error_stream_are_used(framework: Framework, target: str) -> None:
    """Nothing but flush, write and writelines is asked of wsgi.errors, also while an error is logged."""
    asked = framework.http("GET", target).of("errors attribute")
    assert not asked, saw(asked, "no other attribute of wsgi.errors")


@requirement("wsgi.errors.app_flush")
def test_what_is_written_to_the_error_stream_is_flushed(framework: Framework) -> None:
    """An application that reports an error to wsgi.errors flushes it."""
    calls = [call["method"] for call in framework.http("GET", "/raise").of("errors")]
    assert calls[-1:] in ([], ["flush"]), saw(calls, "flush() at the end, or no use of wsgi.errors")
