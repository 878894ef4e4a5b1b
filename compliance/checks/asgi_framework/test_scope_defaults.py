"""ASGI HTTP: a scope may lack each of its optional keys, and an application takes the documented default."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.expect import saw
from compliance.framework import ABSENT, Framework
from compliance.requirements import requirement

# An old client, which sends no Host field: what the application knows of the server is in the scope alone.
WITHOUT_HOST = {"http_version": "1.0", "headers": []}

SHAPES = st.fixed_dictionaries(
    {},
    optional={
        "asgi": st.sampled_from([{"version": "3.0"}, {"version": "3.0", "spec_version": "2.0"}]),
        "http_version": st.sampled_from(["1.0", "1.1", "2"]),
        "scheme": st.sampled_from([ABSENT, "http", "https"]),
        "raw_path": st.sampled_from([ABSENT, None]),
        "root_path": st.sampled_from([ABSENT, ""]),
        "headers": st.sampled_from([((b"host", b"a"),), [[b"Host", b"a:1"], (b"x", b"\xe9")]]),
        "client": st.sampled_from([ABSENT, None, ["::1", 1]]),
        "server": st.sampled_from([ABSENT, None, ["/run/s", None], ("a", 80)]),
        "state": st.just(ABSENT),
        "extensions": st.sampled_from([ABSENT, None, {"compliance": {}}]),
    },
)


@requirement("asgi.http.app.default_scheme")
def test_the_scheme_is_http_if_there_is_none(framework: Framework) -> None:
    """Without a scheme, the application builds URLs of http."""
    got = framework.http("GET", "/inspect", scope={"scheme": ABSENT}).json()
    assert got["scheme"] == "http", saw(got, "the scheme http")
    assert got["url"].startswith("http://testserver"), saw(got, "a URL of http")


@requirement("asgi.http.app.default_raw_path")
@pytest.mark.parametrize("raw_path", [ABSENT, None], ids=repr)
def test_raw_path_may_be_missing(framework: Framework, raw_path: Any) -> None:
    """Without the raw path, requests are routed by the path."""
    transcript = framework.http("GET", "/path/a%20b", scope={"raw_path": raw_path})
    assert (transcript.status, transcript.text) == (200, "a b"), transcript.seen("200 and the text 'a b'")


@requirement("asgi.http.app.default_root_path")
def test_the_root_path_is_empty_if_there_is_none(framework: Framework) -> None:
    """Without a root path, the application is mounted at the top."""
    got = framework.http("GET", "/inspect", scope={"root_path": ABSENT}).json()
    assert got["root"] == "", saw(got, "an empty root path")
    assert got["path"] == "/inspect", saw(got, "the path as it is")


@requirement("asgi.http.app.default_client")
@pytest.mark.parametrize("client", [ABSENT, None], ids=repr)
def test_the_client_may_be_unknown(framework: Framework, client: Any) -> None:
    """A request of which nobody knows the client's address is served."""
    transcript = framework.http("GET", "/inspect", scope={"client": client})
    assert transcript.status == 200, transcript.seen("200")


@requirement("asgi.http.app.default_server")
@pytest.mark.parametrize("address", [ABSENT, None, ("/run/s", None)], ids=["ABSENT", "None", "unix socket"])
@pytest.mark.parametrize("target", ["/inspect", "/redirect"])
def test_the_server_s_address_may_be_unknown(framework: Framework, target: str, address: Any) -> None:
    """Neither Host nor a server's host and port are needed to answer a request."""
    transcript = framework.http("GET", target, scope={**WITHOUT_HOST, "server": address})
    assert transcript.status in (200, 302), transcript.seen("the endpoint's own answer")


@requirement("asgi.http.app.default_state")
def test_state_may_be_missing(framework: Framework) -> None:
    """A request without the namespace of the lifespan is served."""
    transcript = framework.http("GET", "/", scope={"state": ABSENT})
    assert transcript.status == 200, transcript.seen("200")


@requirement("asgi.http.app.default_extensions")
@pytest.mark.parametrize("extensions", [ABSENT, None], ids=repr)
def test_extensions_may_be_missing(framework: Framework, extensions: Any) -> None:
    """A scope that speaks of no extensions is served."""
    transcript = framework.http("GET", "/stream/2", scope={"extensions": extensions})
    assert transcript.body == b"part-0\npart-1\n", transcript.seen("two parts")


@requirement("asgi.http.app.default_spec_version")
def test_the_version_of_the_specification_may_be_missing(framework: Framework) -> None:
    """A scope that does not say which version of the message format it follows is served."""
    transcript = framework.http("GET", "/stream/2", scope={"asgi": {"version": "3.0"}})
    assert transcript.body == b"part-0\npart-1\n", transcript.seen("two parts")


@requirement("asgi.http.app.defaults")
@given(shape=SHAPES)
def test_any_legal_shape_of_a_scope_is_served(framework: Framework, shape: dict[str, Any]) -> None:
    """Whichever of the optional keys are missing or None, the request is answered."""
    transcript = framework.http("GET", "/path/a", scope=shape)
    assert (transcript.status, transcript.text) == (200, "a"), transcript.seen("200 and the text a")


@requirement("asgi.http.app.root_path_in_path")
@pytest.mark.parametrize("root", ["/mount", "/path", "/pa"])
def test_a_route_is_found_below_a_root_path(framework: Framework, root: str) -> None:
    """An application that is mounted somewhere routes by what follows the root path."""
    transcript = framework.http("GET", "/path/a", root=root)
    assert (transcript.status, transcript.text) == (200, "a"), transcript.seen("200 and the text a")


@requirement("asgi.http.app.root_path_in_path")
def test_the_root_path_stands_in_urls_once(framework: Framework) -> None:
    """The URL of a request is built from a path that includes the root path."""
    got = framework.http("GET", "/inspect", root="/mount").json()
    assert got["url"] == "http://testserver/mount/inspect", saw(got, "http://testserver/mount/inspect")
