"""WSGI: an environ may lack much, and an application may be called again and again."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.framework import ABSENT, Framework
from compliance.requirements import requirement

# What PEP 3333 lets a server leave out: empty CGI variables, and all that are not in its list.
OPTIONAL = (
    "SCRIPT_NAME",
    "QUERY_STRING",
    "CONTENT_TYPE",
    "CONTENT_LENGTH",
    "REMOTE_ADDR",
    "HTTP_HOST",
    "HTTP_COOKIE",
)
OTHERS = {
    "REMOTE_USER": "somebody",
    "REMOTE_PORT": "1",
    "HTTPS": "on",
    "SERVER_SOFTWARE": "\xe9",
    "compliance.unknown": 1,
    "HTTP_X_UNKNOWN": "\xff",
}


@requirement("wsgi.environ.app_minimal_omitted")
@pytest.mark.parametrize("name", ["SCRIPT_NAME", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH"])
@pytest.mark.parametrize("target", ["/inspect", "/query"])
def test_an_empty_variable_may_be_missing(framework: Framework, target: str, name: str) -> None:
    """A variable that would be empty may be left out."""
    transcript = framework.http("GET", target, environ={name: ABSENT})
    assert transcript.status == 200, transcript.seen("200")


@requirement("wsgi.environ.app_minimal_omitted")
def test_an_empty_path_info_may_be_missing(framework: Framework) -> None:
    """Where the application is mounted and nothing follows, PATH_INFO may be left out."""
    transcript = framework.http("GET", "/", environ={"SCRIPT_NAME": "/mount", "PATH_INFO": ABSENT})
    assert transcript.status is not None, transcript.seen("an answer")
    assert transcript.status < 500, transcript.seen("an answer, or a redirect")


@requirement("wsgi.environ.app_minimal_omitted")
@pytest.mark.parametrize("target", ["/echo", "/digest", "/form", "/json"])
def test_a_request_without_content_length_has_no_body(framework: Framework, target: str) -> None:
    """A POST without CONTENT_TYPE and CONTENT_LENGTH has an empty body, and is answered."""
    missing = {"CONTENT_TYPE": ABSENT, "CONTENT_LENGTH": ABSENT}
    transcript = framework.http("POST", target, environ=missing)
    assert transcript.status is not None, transcript.seen("an answer")
    assert transcript.status < 500, transcript.seen("an answer of no server error")


@requirement("wsgi.environ.app_checks")
@given(missing=st.sets(st.sampled_from(OPTIONAL)), others=st.sets(st.sampled_from(sorted(OTHERS))))
def test_any_legal_environ_is_served(framework: Framework, missing: set[str], others: set[str]) -> None:
    """Whichever optional variables there are, the request is answered."""
    environ = {name: OTHERS[name] for name in others} | dict.fromkeys(missing, ABSENT)
    transcript = framework.http("GET", "/path/a", headers=[("cookie", "a=1")], environ=environ)
    assert (transcript.status, transcript.text) == (200, "a"), transcript.seen("200 and the text a")


@requirement("wsgi.environ.app_checks")
@pytest.mark.parametrize("target", ["/inspect", "/redirect"])
def test_the_least_that_a_server_gives_is_enough(framework: Framework, target: str) -> None:
    """SERVER_NAME and SERVER_PORT stand in for Host, and nothing else is needed."""
    transcript = framework.http("GET", target, environ=dict.fromkeys(OPTIONAL, ABSENT))
    assert transcript.status in (200, 302), transcript.seen("the endpoint's own answer")


@requirement("wsgi.callable.reinvocable")
def test_the_application_can_be_called_again(framework: Framework) -> None:
    """The second call of an endpoint is answered as the first."""
    answers = [framework.http("GET", "/sleep/0").text for _ in range(3)]
    assert answers == ["slept"] * 3, framework.http("GET", "/sleep/0").seen("three equal answers")


@requirement("wsgi.environ.run_once_app")
def test_run_once_is_no_promise(framework: Framework) -> None:
    """An application that is told that it runs once is called again, and answers."""
    once: dict[str, Any] = {"wsgi.run_once": True, "wsgi.multithread": False}
    with framework.fresh() as instance:
        answers = [instance.http("GET", "/sleep/0", environ=once) for _ in range(2)]
    assert answers[1].text == "slept", answers[1].seen("an answer to the second request")


@requirement("wsgi.http.hop_by_hop_app_ignores")
def test_a_transfer_coding_of_the_request_is_none_of_the_application_s_business(framework: Framework) -> None:
    """A body that the server has decoded is read as it is, whatever HTTP_TRANSFER_ENCODING says."""
    fields = [("transfer-encoding", "chunked"), ("content-length", "7"), ("connection", "close, te")]
    transcript = framework.http("POST", "/echo", headers=fields, body=b"3\r\nabc\n")
    assert transcript.body == b"3\r\nabc\n", transcript.seen("the body as wsgi.input gives it")
