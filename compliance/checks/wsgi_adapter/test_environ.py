"""ASGI, "WSGI Compatibility": the environ that an adapter makes of a scope, and where the application is."""

from typing import Any

import pytest

from compliance.expect import Observe, saw
from compliance.framework import Framework
from compliance.guest.tagged import decode
from compliance.requirements import requirement

TELLS = ("x-app", "tells")


def environ(adapter: Framework, method: str = "GET", target: str = "/", **options: Any) -> dict[str, Any]:
    """The environ that the application gets."""
    transcript = adapter.http(method, target, headers=[TELLS, *options.pop("headers", ())], **options)
    assert transcript.status == 200, transcript.seen("200, and environ in the body")
    found: dict[str, Any] = decode(transcript.body)
    return found


@requirement(wsgi="asgi.http.wsgi.threadpool")
def test_the_application_does_not_run_on_the_event_loop(adapter: Framework) -> None:
    """The application is called in another thread than that of the event loop."""
    transcript = adapter.http(headers=[("x-app", "stands")])
    assert transcript.text == "off the event loop", transcript.seen("'off the event loop'")


@requirement(wsgi="asgi.http.wsgi.request_method")
@pytest.mark.parametrize("method", ["GET", "PATCH", "X-OWN"])
def test_request_method_is_the_method(adapter: Framework, method: str) -> None:
    """REQUEST_METHOD is the scope's method."""
    found = environ(adapter, method).get("REQUEST_METHOD")
    assert found == method, saw(found, repr(method))


@requirement(wsgi="asgi.http.wsgi.script_name")
@pytest.mark.parametrize("root", ["", "/mounted", "/m/é"])
def test_script_name_is_the_root_path(adapter: Framework, root: str) -> None:
    """SCRIPT_NAME is root_path, the octets of its UTF-8 as latin-1."""
    found, expected = environ(adapter, root=root).get("SCRIPT_NAME"), root.encode().decode("latin-1")
    assert found == expected, saw(found, repr(expected))


@requirement(wsgi="asgi.http.wsgi.path_info")
@pytest.mark.parametrize("root", ["", "/mounted", "/m/é"])
def test_path_info_is_the_path_without_the_root_path(adapter: Framework, root: str) -> None:
    """PATH_INFO is what follows root_path in path, the octets of its UTF-8 as latin-1."""
    found = environ(adapter, target="/a%C3%A9", root=root).get("PATH_INFO")
    assert found == "/aÃ©", saw(found, "'/aÃ©'")


@requirement(wsgi="asgi.http.wsgi.query_string")
@pytest.mark.parametrize("query", [b"", b"a=%20b&c"])
def test_query_string_is_the_query_string(adapter: Framework, query: bytes) -> None:
    """QUERY_STRING is query_string, its octets as latin-1."""
    found = environ(adapter, scope={"query_string": query}).get("QUERY_STRING")
    assert found == query.decode("latin-1"), saw(found, repr(query.decode("latin-1")))


@requirement(wsgi="asgi.http.wsgi.content_headers")
def test_content_type_and_content_length_are_those_of_the_headers(adapter: Framework) -> None:
    """CONTENT_TYPE and CONTENT_LENGTH are the values of the header fields."""
    told = environ(adapter, "POST", headers=[("content-type", "a/b; c")], body=b"abc")
    found = told.get("CONTENT_TYPE"), told.get("CONTENT_LENGTH")
    assert found == ("a/b; c", "3"), saw(found, "'a/b; c' and '3'")


@requirement(wsgi="asgi.http.wsgi.server_name_port")
def test_server_name_and_server_port_are_the_server(adapter: Framework) -> None:
    """SERVER_NAME and SERVER_PORT are the two parts of server, both str."""
    told = environ(adapter, scope={"server": ("example.org", 8080)})
    found = told.get("SERVER_NAME"), told.get("SERVER_PORT")
    assert found == ("example.org", "8080"), saw(found, "'example.org' and '8080'")


@requirement(wsgi="asgi.http.wsgi.remote")
def test_remote_addr_is_the_client(adapter: Framework) -> None:
    """REMOTE_ADDR is the host of client."""
    found = environ(adapter, scope={"client": ("192.0.2.1", 50001)}).get("REMOTE_ADDR")
    assert found == "192.0.2.1", saw(found, "'192.0.2.1'")


@requirement(wsgi="asgi.http.wsgi.remote")
def test_remote_port_is_that_of_the_client(adapter: Framework, observe: Observe) -> None:
    """REMOTE_PORT, where there is one, is the port of client as a str."""
    found = environ(adapter, scope={"client": ("192.0.2.1", 50001)}).get("REMOTE_PORT")
    assert found in (None, "50001"), saw(found, "'50001', or no key")
    observe(found)


@requirement(wsgi="asgi.http.wsgi.remote")
def test_no_client_is_no_remote_addr(adapter: Framework) -> None:
    """A scope whose client is None gives an environ whose REMOTE_ADDR is empty or absent."""
    found = environ(adapter, scope={"client": None}).get("REMOTE_ADDR", "")
    assert found == "", saw(found, "'' or no key")


@requirement(wsgi="asgi.http.wsgi.server_protocol")
@pytest.mark.parametrize(
    ("version", "expected"), [("1.0", ("HTTP/1.0",)), ("1.1", ("HTTP/1.1",)), ("2", ("HTTP/2", "HTTP/2.0"))]
)
def test_server_protocol_is_the_version(adapter: Framework, version: str, expected: tuple[str, ...]) -> None:
    """SERVER_PROTOCOL says what http_version says."""
    found = environ(adapter, scope={"http_version": version}).get("SERVER_PROTOCOL")
    assert found in expected, saw(found, " or ".join(map(repr, expected)))


@requirement(wsgi="asgi.http.wsgi.url_scheme")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_url_scheme_is_the_scheme(adapter: Framework, scheme: str) -> None:
    """wsgi.url_scheme is the scope's scheme."""
    found = environ(adapter, scope={"scheme": scheme}).get("wsgi.url_scheme")
    assert found == scheme, saw(found, repr(scheme))


@requirement(wsgi="asgi.http.wsgi.input")
@pytest.mark.parametrize("parts", [[b"one"], [b"one", b"", b"two"]])
def test_the_input_is_the_body_of_all_messages(adapter: Framework, parts: list[bytes]) -> None:
    """wsgi.input gives the bytes of every http.request message."""
    transcript = adapter.http("POST", body=parts)
    assert transcript.body == b"".join(parts), transcript.seen("the whole body")


@requirement(wsgi="asgi.http.wsgi.errors")
def test_the_errors_can_be_written_to(adapter: Framework) -> None:
    """An application writes to wsgi.errors, flushes it, and goes on."""
    transcript = adapter.http(headers=[("x-app", "complains")])
    assert transcript.text == "complained", transcript.seen("'complained'")
