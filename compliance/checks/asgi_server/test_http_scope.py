"""ASGI HTTP: the connection scope that a server gives to the application."""

from hypothesis import given
from hypothesis import strategies as st

from compliance.expect import saw
from compliance.requirements import requirement
from compliance.server import Server


@requirement("asgi.http.scope.type")
def test_the_type_is_http(server: Server) -> None:
    """The scope's type is the str "http"."""
    scope = server.call("GET", "/").value("scope")
    assert scope["type"] == "http", saw(scope["type"], "'http'")


@requirement("asgi.http.scope.query_string_raw")
@given(query=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters='#"<>`\\^{|}')))
def test_any_query_arrives_untouched(server: Server, query: str) -> None:
    """Whatever follows the first question mark is given as bytes, still percent-encoded."""
    scope = server.call("GET", f"/?{query}").value("scope")
    assert scope["query_string"] == query.encode(), saw(scope["query_string"], repr(query.encode()))
