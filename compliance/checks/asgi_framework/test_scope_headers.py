"""ASGI HTTP: the headers of a scope in every legal form, and keys of which an application has never heard."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.expect import Observe
from compliance.framework import Framework, OneShot
from compliance.requirements import requirement

FIELDS = [(b"host", b"testserver"), (b"content-length", b"2"), (b"content-type", b"text/x-compliance")]

KIND = [b"text/x-compliance"]

FORMS = {
    "list of lists": [list(pair) for pair in FIELDS],
    "list of tuples": FIELDS,
    "tuple of lists": tuple(list(pair) for pair in FIELDS),
    "tuple of tuples": tuple(FIELDS),
}

VALUES = {"latin-1": b"\xe9", "UTF-8": "\u20ac".encode(), "no text": b"\xff\xfe"}

SIMPLE = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5) | st.binary(max_size=5)
UNKNOWN = st.dictionaries(st.text(max_size=9).map("compliance.{}".format), SIMPLE, min_size=1, max_size=4)


@requirement("asgi.http.app.headers_any_iterable", definite=True)
@pytest.mark.parametrize("form", FORMS)
def test_headers_may_be_lists_or_tuples(framework: Framework, form: str) -> None:
    """The headers are any iterable of two-item iterables."""
    transcript = framework.http("POST", "/echo", body=b"ab", scope={"headers": FORMS[form]})
    assert transcript.header("content-type") == KIND, transcript.seen("the Content-Type sent")


@requirement("asgi.http.app.headers_any_iterable")
def test_what_becomes_of_headers_that_can_be_read_once(framework: Framework, observe: Observe) -> None:
    """Whether headers that are a generator arrive is recorded."""
    transcript = framework.http("POST", "/echo", body=b"ab", scope={"headers": OneShot(FIELDS)})
    observe({"status": transcript.status, "found": transcript.header("content-type") == KIND})


@requirement("asgi.http.app.headers_mixed_case")
def test_header_names_are_found_in_any_case(framework: Framework, observe: Observe) -> None:
    """Whether a header is found whose name the server left as it came is recorded."""
    fields = [(name.title(), value) for name, value in FIELDS]
    transcript = framework.http("POST", "/echo", body=b"ab", scope={"headers": fields})
    observe({"status": transcript.status, "found": transcript.header("content-type") == KIND})


@requirement("asgi.http.app.decode_headers")
@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("name", ["x-field", "user-agent", "accept-language", "cookie"])
def test_a_value_that_is_not_ascii_does_no_harm(framework: Framework, name: str, value: str) -> None:
    """A header value is any bytes, and receiving it is no error."""
    fields = [(b"host", b"testserver"), (name.encode(), VALUES[value])]
    transcript = framework.http("GET", "/inspect", scope={"headers": fields})
    assert transcript.status == 200, transcript.seen("200")


@requirement("asgi.http.app.h2_cookies")
def test_cookies_in_several_fields_are_all_seen(framework: Framework) -> None:
    """Over HTTP/2 a client may send a field for each cookie."""
    fields = [(b"host", b"testserver"), (b"cookie", b"a=1"), (b"cookie", b"b=2")]
    transcript = framework.http("GET", "/cookies/read", scope={"http_version": "2", "headers": fields})
    assert transcript.json() == {"a": "1", "b": "2"}, transcript.seen("both cookies")


@requirement("asgi.core.error.extra_scope_keys_app")
@given(keys=UNKNOWN)
def test_unknown_keys_of_a_scope_do_no_harm(framework: Framework, keys: dict[str, Any]) -> None:
    """A scope may hold keys of which the application has never heard."""
    transcript = framework.http("GET", "/path/a", scope=keys)
    assert (transcript.status, transcript.text) == (200, "a"), transcript.seen("200 and the text a")


@requirement("asgi.core.error.extra_scope_keys_app")
def test_unknown_extensions_do_no_harm(framework: Framework) -> None:
    """A scope may offer extensions of which the application has never heard."""
    extensions = {"compliance.unknown": {"key": [1, "a"]}, "http.response.compliance": {}}
    transcript = framework.http("GET", "/path/a", scope={"extensions": extensions})
    assert (transcript.status, transcript.text) == (200, "a"), transcript.seen("200 and the text a")
