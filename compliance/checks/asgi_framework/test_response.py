"""ASGI HTTP: the messages with which an application responds, judged over every endpoint of the contract."""

from compliance.contract import breaches, http
from compliance.expect import saw
from compliance.framework import Framework
from compliance.requirements import requirement


@requirement("asgi.http.start.status_int")
def test_the_status_is_an_int(framework: Framework) -> None:
    """The status of every response is an int."""
    broken = breaches(http(framework), "asgi.http.start.status_int")
    assert not broken, saw(broken, "an int in every http.response.start")


@requirement("asgi.http.start.headers_type_app")
def test_header_names_and_values_are_bytes(framework: Framework) -> None:
    """The headers of every response are pairs of bytes."""
    broken = breaches(http(framework), "asgi.http.start.headers_type_app")
    assert not broken, saw(broken, "pairs of bytes in every http.response.start")


@requirement("asgi.http.start.headers_lowercase_app")
def test_header_names_of_a_response_are_lower_case(framework: Framework) -> None:
    """The header names of every response are in lower case."""
    broken = breaches(http(framework), "asgi.http.start.headers_lowercase_app")
    assert not broken, saw(broken, "names in lower case in every http.response.start")


@requirement("asgi.http.start.no_pseudo_app")
def test_there_are_no_pseudo_headers(framework: Framework) -> None:
    """No response has a header whose name begins with a colon."""
    broken = breaches(http(framework), "asgi.http.start.no_pseudo_app")
    assert not broken, saw(broken, "no name that begins with a colon")


@requirement("asgi.http.start.trailers_flag_type")
def test_the_trailers_flag_is_a_bool(framework: Framework) -> None:
    """Where a response says whether trailers come, it says so with a bool."""
    broken = breaches(http(framework), "asgi.http.start.trailers_flag_type")
    assert not broken, saw(broken, "a bool, or no `trailers`, in every http.response.start")


@requirement("asgi.http.start.once")
def test_each_response_starts_once(framework: Framework) -> None:
    """There is one http.response.start for each request."""
    broken = breaches(http(framework), "asgi.http.start.once")
    assert not broken, saw(broken, "one http.response.start for each request")


@requirement("asgi.http.start.before_body")
def test_each_response_starts_before_its_body(framework: Framework) -> None:
    """No http.response.body comes before http.response.start."""
    broken = breaches(http(framework), "asgi.http.start.before_body")
    assert not broken, saw(broken, "http.response.start first")


@requirement("asgi.http.start.body_must_follow")
def test_a_body_message_follows_each_start(framework: Framework) -> None:
    """No call ends between http.response.start and the first http.response.body."""
    broken = breaches(http(framework), "asgi.http.start.body_must_follow")
    assert not broken, saw(broken, "an http.response.body after every http.response.start")


@requirement("asgi.http.body.body_type_app")
def test_the_body_is_bytes(framework: Framework) -> None:
    """The body of every http.response.body is bytes."""
    broken = breaches(http(framework), "asgi.http.body.body_type_app")
    assert not broken, saw(broken, "bytes in every http.response.body")


@requirement("asgi.http.body.more_body_type_app")
def test_more_body_of_a_response_is_a_bool(framework: Framework) -> None:
    """Where a body message says whether more comes, it says so with a bool."""
    broken = breaches(http(framework), "asgi.http.body.more_body_type_app")
    assert not broken, saw(broken, "a bool, or no `more_body`, in every http.response.body")


@requirement("asgi.http.body.app_final")
def test_every_response_is_completed(framework: Framework) -> None:
    """No call returns before a body message without more to come: plain, streamed, empty, HEAD or error."""
    broken = breaches(http(framework), "asgi.http.body.app_final")
    assert not broken, saw(broken, "a last http.response.body without more_body in every call that returns")


@requirement("asgi.http.start.set_cookie_app")
def test_each_cookie_has_a_header_of_its_own(framework: Framework) -> None:
    """Two cookies are two set-cookie headers."""
    transcript = framework.http("GET", "/cookies")
    values = sorted(value.partition(b";")[0] for value in transcript.header("set-cookie"))
    assert values == [b"a=1", b"b=2"], transcript.seen("one set-cookie for a=1 and one for b=2")


@requirement("asgi.core.ext.only_when_advertised")
def test_no_extension_is_used_that_was_not_offered(framework: Framework) -> None:
    """Without extensions in the scope, no message of an extension is sent."""
    broken = breaches(http(framework), "asgi.core.ext.only_when_advertised")
    assert not broken, saw(broken, "no message of an extension")
