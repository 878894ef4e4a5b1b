"""WSGI, the invocation: which callables are applications, how and how often a server calls them."""

from compliance.expect import saw
from compliance.guest.apps import default
from compliance.guest.apps import wsgi_invocation as apps
from compliance.life import Life, Story, lives
from compliance.requirements import requirement
from compliance.server import Server


def loaded(name: str) -> Story:
    """The life of a server with another application in place of the probe, which is asked once."""
    return Story(default.wsgi, entry=f"{apps.__name__}:{name}")


@requirement("wsgi.callable.no_introspection")
@lives(loaded("instance"))
def test_an_instance_with_call_is_an_application(life: Life) -> None:
    """An object with a method __call__ is called."""
    assert life.served, life.seen("a response of 200") + life.problem


@requirement("wsgi.callable.no_introspection")
@lives(loaded("method"))
def test_a_bound_method_is_an_application(life: Life) -> None:
    """A bound method is called."""
    assert life.served, life.seen("a response of 200") + life.problem


@requirement("wsgi.callable.no_introspection")
@lives(loaded("Response"))
def test_a_class_is_an_application(life: Life) -> None:
    """A class is called, and the instance that this makes is the iterable."""
    assert life.served, life.seen("a response of 200") + life.problem


@requirement("wsgi.callable.no_introspection")
@lives(loaded("partial"))
def test_a_partial_is_an_application(life: Life) -> None:
    """A functools.partial is called."""
    assert life.served, life.seen("a response of 200") + life.problem


@requirement("wsgi.callable.no_introspection")
@lives(loaded("generator"))
def test_a_generator_function_is_an_application(life: Life) -> None:
    """A generator function is called, and the generator that this makes is the iterable."""
    assert life.served, life.seen("a response of 200") + life.problem


@requirement("wsgi.callable.positional_app")
@lives(loaded("recorder"))
def test_the_application_is_called_with_two_positional_arguments(life: Life) -> None:
    """Environ and start_response are given by position, and nothing else is given."""
    exchange = life.exchange(0)
    given = (exchange.value("positional"), exchange.value("keywords"))
    assert given == (2, []), saw(given, "two arguments by position and none by keyword")


@requirement("wsgi.callable.once_per_request")
def test_the_application_is_called_once(server: Server) -> None:
    """One request makes one call."""
    exchange = server.call(app=apps.answers)
    server.fence(apps.answers)
    assert not server.has_called(exchange), exchange.seen("no second call for the same request")


@requirement("wsgi.callable.once_per_request")
def test_the_application_is_called_once_for_each_request_of_a_connection(server: Server) -> None:
    """Requests that follow each other make a call each."""
    first = server.call(app=apps.answers)
    connection = None if first.response.is_last() else first.connection
    second = server.open(app=apps.answers, connection=connection)
    assert second.outcome() is None or second.wait("called"), second.seen("a call, or a closed connection")
    server.fence(apps.answers)
    assert not server.has_called(second), second.seen("no second call for the same request")


@requirement("wsgi.callable.once_per_request")
def test_an_application_that_fails_is_not_called_again(server: Server) -> None:
    """A request whose application raises is not tried once more."""
    exchange = server.open(app=apps.fails)
    exchange.outcome()
    exchange.wait_end()
    server.fence(apps.answers)
    assert not server.has_called(exchange), exchange.seen("no second call for the same request")
