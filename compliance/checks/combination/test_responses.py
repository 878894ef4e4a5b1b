"""The contract through a real server: what a handler answers is what the client gets."""

from pathlib import Path

import httpx
import pytest

from compliance.clients import http_client
from compliance.expect import saw
from compliance.guest.channel import FILE
from compliance.requirements import requirement
from compliance.server import Server


def get(server: Server, target: str) -> httpx.Response:
    """One GET of an httpx client, which follows no redirect."""
    with http_client(server) as client:
        return client.get(target)


def is_all(seen: tuple[int, bytes, bytes], *statuses: int) -> bool:
    """Whether a response had no content and one of these statuses, and only the next response follows it."""
    status, content, rest = seen
    in_step = not rest or (rest.startswith(b"HTTP/1.1 ") and rest.count(b"HTTP/1.") == 1)
    return status in statuses and content == b"" and in_step


@requirement(wsgi="wsgi.sr.status_sent", asgi="asgi.http.start.event_accepted")
@pytest.mark.parametrize("code", [200, 201, 202, 400, 403, 404, 418, 500, 503])
def test_the_status_reaches_the_client(combination: Server, code: int) -> None:
    """The status of a handler's response is that of the client's, with its body."""
    response = get(combination, f"/status/{code}")
    seen = (response.status_code, response.text)
    assert seen == (code, f"status {code}"), saw(seen, f"{code} with 'status {code}'")


@requirement("rfc9110.status.204_no_content")
def test_a_response_without_content_has_none(combination: Server) -> None:
    """A 204 ends with its header section, whether the connection can be used again or not."""
    with combination.open("GET", "/nothing", named=True) as exchange:
        seen = (exchange.status, exchange.body, exchange.afterwards())
    assert is_all(seen, 204), saw(seen, "204 without content, then the next response or the end")


@requirement("rfc9110.status.304_no_content")
def test_a_not_modified_has_no_content(combination: Server) -> None:
    """A 304 ends with its header section, whether the connection can be used again or not."""
    with combination.open("GET", "/status/304", named=True) as exchange:
        seen = (exchange.status, exchange.body, exchange.afterwards())
    assert is_all(seen, 304), saw(seen, "304 without content, then the next response or the end")


@requirement("rfc9110.head.no_content")
def test_the_answer_to_head_has_no_content(combination: Server) -> None:
    """A response to HEAD ends with its header section, whether the connection can be used again or not."""
    with combination.open("HEAD", "/inspect", named=True) as exchange:
        seen = (exchange.status, exchange.body, exchange.afterwards())
    assert is_all(seen, 200, 405), saw(
        seen, "200, or 405, without content, then the next response or the end"
    )


@requirement(
    wsgi="wsgi.sr.headers_sent", asgi="asgi.http.start.headers_duplicates", needs=("repeated-header",)
)
def test_every_value_of_a_repeated_field_is_sent(combination: Server) -> None:
    """Two fields of one name are on the wire in their order, be it as one field with both values."""
    values = get(combination, "/headers").headers.get_list("x-repeated", split_commas=True)
    assert values == ["one", "two"], saw(values, "['one', 'two']")


@requirement(wsgi="wsgi.sr.headers_sent", asgi="asgi.http.start.headers_duplicates")
def test_each_cookie_is_a_field_of_its_own(combination: Server) -> None:
    """Two cookies are two Set-Cookie fields."""
    fields = get(combination, "/cookies").headers.get_list("set-cookie")
    seen = sorted(field.partition(";")[0] for field in fields)
    assert seen == ["a=1", "b=2"], saw(fields, "one Set-Cookie for a and one for b")


@requirement(
    wsgi="wsgi.sr.header_latin1_bytes", asgi="asgi.http.start.headers_exact_bytes", needs=("latin-1-header",)
)
def test_a_latin_1_character_is_one_byte(combination: Server) -> None:
    """A field value with the character E9 has the byte E9 on the wire."""
    values = [value for name, value in get(combination, "/headers").headers.raw if name.lower() == b"x-latin"]
    assert values == [b"\xe9"], saw(values, r"[b'\xe9']")


@requirement(wsgi="wsgi.sr.headers_sent", asgi="asgi.http.start.headers_exact_bytes")
def test_a_redirect_leads_to_its_target(combination: Server) -> None:
    """The Location of a redirect, relative or not, leads the client to the target."""
    response = get(combination, "/redirect")
    target = response.url.join(response.headers.get("location", "no/location"))
    seen = (response.status_code, str(target))
    expected = (302, f"http://{combination.host}:{combination.port}/")
    assert seen == expected, saw(seen, repr(expected))


@requirement(wsgi="wsgi.iter.binary_safe", asgi="asgi.http.body.event_accepted")
def test_a_large_stream_arrives_whole(combination: Server) -> None:
    """A million streamed bytes arrive, all of them and in order."""
    content = get(combination, "/large/1000000").content
    expected = (bytes(range(256)) * 3907)[:1000000]
    assert content == expected, saw((len(content), content[:32]), "1000000 bytes, in order")


@requirement("rfc9112.conn.persistent_default")
def test_a_connection_serves_several_requests(combination: Server) -> None:
    """Three requests in a row need one connection."""
    with http_client(combination) as client:
        texts = [client.get("/").text for _ in range(3)]
    used = {id(exchange.connection) for exchange in combination.exchanges}
    assert (texts, len(used)) == (["hello"] * 3, 1), saw(
        (texts, len(used)), "three answers on one connection"
    )


@requirement("rfc9110.server.allow_405")
def test_a_wrong_method_is_answered_with_those_allowed(combination: Server) -> None:
    """A 405 names the methods that are allowed."""
    response = get(combination, "/echo")
    allowed = {method.strip() for method in response.headers.get("allow", "").split(",")}
    assert response.status_code == 405, saw(response.status_code, "405")
    assert {"POST", "PUT", "PATCH"} <= allowed, saw(sorted(allowed), "POST, PUT and PATCH in Allow")


@requirement(wsgi="wsgi.sr.status_sent", asgi="asgi.http.start.event_accepted")
def test_an_unknown_path_is_not_found(combination: Server) -> None:
    """A path that the application does not have is answered with 404."""
    status = get(combination, "/no/such/path").status_code
    assert status == 404, saw(status, "404")


@requirement(wsgi="wsgi.iter.binary_safe", asgi="asgi.http.body.event_accepted")
def test_a_file_reaches_the_client_whole(combination: Server) -> None:
    """A file that the framework serves with its own means is the content, with its type and its length."""
    response = get(combination, "/file")
    content = Path(FILE).read_bytes()
    seen = (response.headers.get("content-type", "")[:10], response.content)
    assert seen == ("text/plain", content), saw(seen, "text/plain, and all lines of the file")
