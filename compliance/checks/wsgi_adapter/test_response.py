"""ASGI, "WSGI Compatibility": the messages that an adapter makes of an application's response."""

import json
from typing import Any

import pytest

from compliance.expect import saw
from compliance.framework import Framework, Transcript
from compliance.requirements import requirement

FIELDS = [["X-A", "one"], ["Set-Cookie", "a=1"], ["X-B", "two"], ["Set-Cookie", "b=2"]]


def response(adapter: Framework, **answer: Any) -> Transcript:
    """The traffic of a request that the application answers in this way."""
    return adapter.http(headers=[("x-app", "responds"), ("x-with", json.dumps(answer))])


@requirement(wsgi="asgi.http.wsgi.status")
@pytest.mark.parametrize("status", ["200 OK", "404 Nothing here", "299 A"])
def test_the_status_is_the_number(adapter: Framework, status: str) -> None:
    """The status is the code as an int, without the reason."""
    found = (response(adapter, status=status).start or {}).get("status")
    assert found == int(status[:3]), saw(found, status[:3])


@requirement(wsgi="asgi.http.wsgi.response_headers")
def test_the_headers_are_those_of_the_application(adapter: Framework) -> None:
    """Every header field is in headers, repeated ones too, in order."""
    transcript = response(adapter, headers=FIELDS)
    expected = [(name.lower().encode(), value.encode()) for name, value in FIELDS]
    found = [(name.lower(), value) for name, value in transcript.headers]
    assert found == expected, transcript.seen(str(expected))


@requirement(wsgi="asgi.http.wsgi.response_headers")
def test_a_value_of_latin1_is_its_octets(adapter: Framework) -> None:
    """A value with characters up to U+00FF, which WSGI allows, is one octet for each."""
    transcript = response(adapter, headers=[["X-Latin", "caf\xe9"]])
    assert transcript.header("x-latin") == [b"caf\xe9"], transcript.seen("the octet E9")


@requirement(wsgi="asgi.http.start.headers_lowercase_app")
def test_the_names_of_headers_are_in_lower_case(adapter: Framework) -> None:
    """An adapter is an ASGI application, whose names of header fields are in lower case."""
    transcript = response(adapter, headers=FIELDS)
    found = [name for name, _ in transcript.headers]
    assert found == [name.lower() for name in found], transcript.seen("lower case")


@requirement(wsgi="asgi.http.wsgi.yield_body")
def test_each_block_is_a_message(adapter: Framework) -> None:
    """Each block that the application yields is sent in a message of its own."""
    transcript = response(adapter, blocks=["one", "two", "three"])
    found = [block for block in transcript.blocks if block]
    assert found == [b"one", b"two", b"three"], transcript.seen("three messages")
