"""ASGI, Applications and Legacy Applications: the callables that a server may be told to serve."""

from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_core, default
from compliance.life import Life, Story, lives
from compliance.requirements import requirement
from compliance.server import Server

MODULE = asgi_core.__name__
CALLS = ["dict", True, True]


def get_and_post(server: Server, life: Life) -> None:
    """Make one request without a body and one with; wait for the end of those that are answered with 200."""
    server.wait_ready()
    for method, body in (("GET", None), ("POST", b"content")):
        exchange = server.open(method, "/legacy%20path?q", body=body)
        life.exchanges.append(exchange)
        response = exchange.outcome()
        if response is not None and response.status == 200:
            exchange.wait_end()


def story(name: str) -> Story:
    """What happens when the server is told to load this attribute of our module."""
    return Story(default.lifespan, act=get_and_post, entry=f"{MODULE}:{name}")


FUNCTION, INSTANCE, METHOD, PARTIAL, RENAMED = map(
    story, ("function", "instance", "method", "partial", "renamed")
)
LEGACY, LEGACY_FUNCTION = map(story, ("Legacy", "legacy"))


def answers(life: Life) -> list[bytes | None]:
    """The contents of the responses with status 200, None for all others."""
    return [exchange.body if exchange.answered == 200 else None for exchange in life.exchanges]


@requirement("asgi.core.app.called_with_three")
@lives(FUNCTION)
def test_the_application_is_called_with_scope_receive_and_send(life: Life) -> None:
    """A server calls an application with a dict and two callables, and with no other arguments."""
    call = life.exchanges[0].value("call") if life.served else life.problem
    assert call == ["dict", True, True, 0, []], saw(call, "a dict, two callables, and nothing else")


@requirement("asgi.core.app.called_with_three")
@lives(RENAMED)
def test_whether_the_names_of_parameters_matter(life: Life, observe: Observe) -> None:
    """Whether an application is served whose parameters have other names is recorded: the text is silent."""
    observe({"served whatever the names": answers(life) == [b"", b"content"]})


@requirement("asgi.core.app.called_with_three")
@lives(INSTANCE)
def test_an_instance_is_an_application(life: Life) -> None:
    """An object whose class has an async __call__ is served as an application."""
    assert answers(life) == [b"", b"content"], life.seen("two requests that were served")


@requirement("asgi.core.app.called_with_three")
@lives(METHOD)
def test_a_bound_method_is_an_application(life: Life) -> None:
    """An async method of an object is served as an application."""
    assert answers(life) == [b"", b"content"], life.seen("two requests that were served")


@requirement("asgi.core.app.called_with_three")
@lives(PARTIAL)
def test_a_partial_is_an_application(life: Life) -> None:
    """An async function some of whose arguments are given already is served as an application."""
    assert answers(life) == [b"", b"content"], life.seen("two requests that were served")


@requirement("asgi.core.legacy.supported")
@lives(LEGACY)
def test_a_class_of_asgi_2_is_served(life: Life, observe: Observe) -> None:
    """A class that takes the scope, and whose instances take receive and send, is an application too."""
    observe(answers(life) == [b"", b"content"])
    assert answers(life) == [b"", b"content"], life.seen("two requests that were served")


@requirement("asgi.core.legacy.supported")
@lives(LEGACY_FUNCTION)
def test_a_function_of_asgi_2_is_served(life: Life, observe: Observe) -> None:
    """A function that takes the scope, and returns what takes receive and send, is an application too."""
    observe(answers(life) == [b"", b"content"])
    assert answers(life) == [b"", b"content"], life.seen("two requests that were served")


@requirement("asgi.core.legacy.first_sync")
@lives(LEGACY)
def test_an_application_of_asgi_2_is_called_twice(life: Life) -> None:
    """If it is served, it is called with the scope, and what that gives with receive and send."""
    calls = life.exchanges[0].value("call") if life.served else CALLS
    assert calls == CALLS, saw(calls, "a call with the scope, then one with receive and send")


@requirement("asgi.core.legacy.same_meaning")
@lives(LEGACY)
def test_the_scope_of_asgi_2_means_the_same(life: Life) -> None:
    """If an application of ASGI 2 is served, its scope describes the request as any other does."""
    scope = life.exchanges[0].value("scope") if life.served else {"type": "http", "path": "/legacy path"}
    found = [scope.get("type"), scope.get("path")]
    assert found == ["http", "/legacy path"], saw(found, "['http', '/legacy path']")


@requirement("asgi.core.legacy.version_reported")
@lives(LEGACY)
def test_which_version_an_application_of_asgi_2_is_told(life: Life, observe: Observe) -> None:
    """Whether asgi's version is that of the application or that of the server is recorded."""
    scope = life.exchanges[0].value("scope") if life.served else {}
    observe(scope.get("asgi", {}).get("version"))
