"""The contract through a real server: what the client sends is what the framework gives to its handlers."""

import hashlib
import json
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.clients import http_client
from compliance.expect import saw
from compliance.requirements import requirement
from compliance.server import Server

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
SEGMENT = TEXT.filter(lambda text: "/" not in text and text not in {".", ".."})
LARGE = bytes(range(256)) * 4096


class NotJson(AssertionError):
    """The target did not answer with the JSON that the contract wants."""


def ask(server: Server, method: str, target: str, **options: object) -> httpx.Response:
    """One request of an httpx client."""
    with http_client(server) as client:
        return client.request(method, target, **options)  # type: ignore[arg-type]


def parsed(response: httpx.Response, kind: type = object) -> Any:
    """The JSON document in a response, of this type; it is the target's fault if there is none."""
    assert response.status_code == 200, saw((response.status_code, response.content), "200")
    try:
        document = response.json()
    except ValueError as error:
        raise NotJson(saw(response.content, "JSON")) from error
    assert isinstance(document, kind), saw(document, f"a {kind.__name__}")
    return document


def pairs_in(document: Any) -> list[tuple[str, ...]]:
    """The pairs of text in a list."""
    right = isinstance(document, list) and all(isinstance(pair, list) for pair in document)
    assert right, saw(document, "a list of pairs")
    return [tuple(map(str, pair)) for pair in document]


def inspect(server: Server, target: str = "/inspect", **options: object) -> dict[str, Any]:
    """What the framework tells of a request."""
    told: dict[str, Any] = parsed(ask(server, "GET", target, **options), dict)
    return told


@requirement(wsgi="wsgi.environ.request_method", asgi="asgi.http.scope.method")
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
def test_the_method_reaches_the_handler(combination: Server, method: str) -> None:
    """The framework reports the method of the request."""
    response = ask(combination, method, "/inspect")
    told = parsed(response, dict).get("method")
    assert told == method, saw(told, method)


@requirement(wsgi="wsgi.environ.path_info_bytes_as_latin1", asgi="asgi.http.scope.path_utf8_decoded")
@given(rest=st.lists(SEGMENT, min_size=1, max_size=3).map("/".join))
def test_any_path_reaches_the_handler_decoded(combination: Server, rest: str) -> None:
    """A path of any text, as UTF-8 in percent-encoding, is that text for the handler."""
    response = ask(combination, "GET", f"/path/{quote(rest)}")
    assert response.text == rest, saw((response.status_code, response.text), repr(rest))


@requirement(wsgi="wsgi.environ.query_string", asgi="asgi.http.scope.query_string_raw")
@given(pairs=st.lists(st.tuples(TEXT, TEXT), max_size=4))
def test_any_query_reaches_the_handler(combination: Server, pairs: list[tuple[str, str]]) -> None:
    """The pairs of an urlencoded query are those that the client encoded; names keep their order."""
    response = ask(combination, "GET", f"/query?{urlencode(pairs)}")
    told = sorted(pairs_in(parsed(response)))
    assert told == sorted(pairs), saw(told, repr(sorted(pairs)))


@requirement(wsgi="wsgi.environ.http_vars", asgi="asgi.http.scope.headers_complete")
def test_the_header_fields_reach_the_handler(combination: Server) -> None:
    """Fields of the request, known and unknown ones, are among those that the framework reports."""
    sent = {
        "X-Unknown": "some value, with a comma",
        "User-Agent": "compliance",
        "Authorization": "Basic eDp5",
    }
    told = pairs_in(inspect(combination, headers=sent).get("headers"))
    seen = {name: " ".join(pair[1:]) for name in sent for pair in told if pair[:1] == (name.lower(),)}
    assert seen == sent, saw(seen, repr(sent))


@requirement(wsgi="wsgi.environ.http_vars", asgi="asgi.http.scope.headers_exact_bytes")
def test_the_cookies_of_a_request_reach_the_handler(combination: Server) -> None:
    """Two cookies in one field are two cookies for the handler."""
    response = ask(combination, "GET", "/cookies/read", headers={"Cookie": "a=1; b=two"})
    cookies = parsed(response)
    assert cookies == {"a": "1", "b": "two"}, saw(cookies, "the cookies a and b")


@requirement(wsgi="wsgi.url.reconstruct", asgi="asgi.http.scope.path_percent_decoded")
def test_the_url_of_a_request_is_that_of_the_client(combination: Server) -> None:
    """The URL that the framework puts together leads to where the client sent its request."""
    seen = inspect(combination, "/inspect?a=1").get("url")
    expected = f"http://{combination.host}:{combination.port}/inspect?a=1"
    assert seen == expected, saw(seen, repr(expected))


@requirement(wsgi="wsgi.input.bytes", asgi="asgi.http.request.body_concat")
@given(body=st.binary(max_size=3000))
def test_any_body_comes_back_from_an_echo(combination: Server, body: bytes) -> None:
    """The handler reads the bytes that were sent."""
    response = ask(combination, "POST", "/echo", content=body)
    assert response.content == body, saw((response.status_code, response.content), repr(body))


@requirement("asgi.http.te.inbound_dechunk")
@given(parts=st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=5))
def test_a_body_in_any_chunks_comes_back_from_an_echo(combination: Server, parts: list[bytes]) -> None:
    """The handler reads the content of the chunks."""
    response = ask(combination, "POST", "/echo", content=iter(parts))
    assert response.content == b"".join(parts), saw(
        (response.status_code, response.content), repr(b"".join(parts))
    )


@requirement(wsgi="wsgi.input.read_size", asgi="asgi.http.request.more_body_final")
def test_a_large_body_is_read_as_a_stream(combination: Server) -> None:
    """A handler that reads a megabyte block by block reads all of it, and comes to an end."""
    response = ask(combination, "POST", "/digest", content=LARGE)
    expected = hashlib.sha256(LARGE).hexdigest()
    assert response.text == expected, saw((response.status_code, response.text), expected)


@requirement(wsgi="wsgi.environ.content_type", asgi="asgi.http.scope.headers_inner_whitespace")
@given(
    value=st.recursive(
        TEXT | st.integers(-(2**31), 2**31) | st.booleans() | st.none(), st.lists, max_leaves=5
    )
)
def test_any_json_is_parsed_by_the_handler(combination: Server, value: object) -> None:
    """A JSON document comes back from a handler that parses and encodes it."""
    fields = {"Content-Type": "application/json; charset=utf-8"}
    response = ask(combination, "POST", "/json", content=json.dumps(value).encode(), headers=fields)
    told = parsed(response)
    assert told == value, saw((response.status_code, response.text), repr(value))


@requirement(wsgi="wsgi.environ.content_length", asgi="asgi.http.request.single_completion")
@given(pairs=st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4))
def test_any_form_is_parsed_by_the_handler(combination: Server, pairs: list[tuple[str, str]]) -> None:
    """The fields of an urlencoded form are those that the client encoded."""
    fields = {"Content-Type": "application/x-www-form-urlencoded"}
    response = ask(combination, "POST", "/form", content=urlencode(pairs).encode(), headers=fields)
    told = sorted(pairs_in(parsed(response)))
    assert told == sorted(pairs), saw(told, repr(sorted(pairs)))
