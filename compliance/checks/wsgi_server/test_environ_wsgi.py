"""WSGI, "environ Variables": the dict, the keys of WSGI, and what they say about threads and processes."""

from typing import Any

import pytest

from compliance.exchange import Exchange
from compliance.expect import Observe, saw
from compliance.guest.apps import wsgi_environ as apps
from compliance.requirements import requirement
from compliance.server import Server

FLAGS = ("wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once")


def at_once(server: Server) -> list[Exchange]:
    """Requests that are inside the application at once: two, or one if the server promises no more."""
    promised = server.spec.concurrency.blocking or 1
    exchanges = [server.open("GET", "/", app=apps.waits) for _ in range(min(2, promised))]
    for exchange in exchanges:
        exchange.wait_gate("inside")
    return exchanges


def shared(exchanges: list[Exchange], what: str) -> bool:
    """Whether any two of these requests have been in the same process, or the same thread."""
    return len({exchange.value(what) for exchange in exchanges}) < len(exchanges)


@requirement("wsgi.environ.builtin_dict")
def test_environ_is_exactly_a_builtin_dict(server: Server) -> None:
    """The type of environ is dict, not a subclass or another mapping."""
    found = server.call("GET", "/", app=apps.kinds).value("type")
    assert found == "builtins.dict", saw(found, "builtins.dict")


@requirement("wsgi.strings.native_type")
def test_every_key_is_a_str(server: Server) -> None:
    """The names of variables are of type str."""
    found = server.call("GET", "/", app=apps.kinds, headers=[("X-A", "b")]).value("key types")
    assert found == ["builtins.str"], saw(found, "keys of type str only")


@requirement("wsgi.environ.mutable")
def test_an_application_may_empty_environ(server: Server) -> None:
    """A request whose application cleared environ is answered like any other."""
    exchange = server.call("GET", "/", app=apps.changes, with_={"clear": True})
    assert (exchange.status, exchange.body) == (200, b"hello"), exchange.seen("200 with b'hello'")


@requirement("wsgi.environ.mutable")
@pytest.mark.parametrize(
    "changed",
    [
        {"REQUEST_METHOD": "HEAD"},
        {"SERVER_PROTOCOL": "HTTP/0.9", "HTTP_CONNECTION": "close"},
        {"CONTENT_LENGTH": "1000", "HTTP_TRANSFER_ENCODING": "chunked"},
        {"wsgi.input": None, "wsgi.errors": None, "wsgi.file_wrapper": None},
        {"REQUEST_METHOD": None, "PATH_INFO": 1, "compliance.any": b"\xff"},
    ],
    ids=["method", "protocol", "content", "streams", "nonsense"],
)
def test_an_application_may_overwrite_environ(server: Server, changed: dict[str, Any]) -> None:
    """What an application puts into environ does not change how the server answers."""
    exchange = server.call("GET", "/", app=apps.changes, with_={"changed": changed})
    assert (exchange.status, exchange.body) == (200, b"hello"), exchange.seen("200 with b'hello'")


@requirement("wsgi.environ.per_request")
def test_a_key_of_one_request_is_not_in_the_next(server: Server) -> None:
    """What an application puts into environ is gone with the request."""
    server.call(
        "GET", "/", app=apps.changes, with_={"changed": {"compliance.mark": 1, "HTTP_X_MARK": "1"}}
    ).close()
    environ = server.call("GET", "/").value("environ")
    found = sorted({"compliance.mark", "HTTP_X_MARK"} & set(environ))
    assert found == [], saw(found, "neither of the keys that another request has set")


@requirement("wsgi.environ.per_request")
def test_what_one_request_took_away_is_there_in_the_next(server: Server) -> None:
    """After a request whose application cleared environ, the next one has every key."""
    with server.call("GET", "/") as first:
        before = set(first.value("environ"))
    with server.open("GET", "/", app=apps.changes, with_={"clear": True}) as second:
        second.wait_end()
    after = set(server.call("GET", "/").value("environ"))
    assert before == after, saw(sorted(before ^ after), "the same keys before and after")


@requirement("wsgi.environ.per_request")
def test_a_value_of_one_request_is_not_in_the_next(server: Server) -> None:
    """Fields, body length and type of one request do not stay behind in environ."""
    fields = [("X-First", "1"), ("Content-Type", "a/b"), ("Cookie", "a=b")]
    server.call("POST", "/first?q", headers=fields, body=b"abc").close()
    environ = server.call("GET", "/second").value("environ")
    first = {"HTTP_X_FIRST": "1", "HTTP_COOKIE": "a=b", "CONTENT_LENGTH": "3", "QUERY_STRING": "q"}
    found = first.items() & environ.items()
    assert not found, saw(found, "nothing of the request before")


@requirement("wsgi.environ.version")
def test_the_version_is_a_tuple(server: Server) -> None:
    """wsgi.version is the tuple (1, 0)."""
    found = server.call("GET", "/").value("environ").get("wsgi.version")
    assert (type(found), found) == (tuple, (1, 0)), saw(found, "(1, 0)")


@requirement("wsgi.environ.url_scheme")
def test_the_scheme_is_http(server: Server) -> None:
    """wsgi.url_scheme is the str "http" on a connection without TLS."""
    found = server.call("GET", "/").value("environ").get("wsgi.url_scheme")
    assert found == "http", saw(found, "'http'")


@requirement("wsgi.environ.input")
def test_the_input_stream_has_its_methods(server: Server) -> None:
    """wsgi.input has read, readline, readlines and __iter__."""
    lacking = server.call("GET", "/", app=apps.streams).value("wsgi.input")
    assert lacking == [], saw(lacking, "no method to be missing")


@requirement("wsgi.environ.errors")
def test_the_error_stream_has_its_methods(server: Server) -> None:
    """wsgi.errors has flush, write and writelines."""
    lacking = server.call("GET", "/", app=apps.streams).value("wsgi.errors")
    assert lacking == [], saw(lacking, "no method to be missing")


@requirement("wsgi.environ.multithread")
def test_multithread_is_present(server: Server) -> None:
    """The key wsgi.multithread is in environ."""
    environ = server.call("GET", "/").value("environ")
    assert "wsgi.multithread" in environ, saw(sorted(environ), "wsgi.multithread among the keys")


@requirement("wsgi.environ.multiprocess")
def test_multiprocess_is_present(server: Server) -> None:
    """The key wsgi.multiprocess is in environ."""
    environ = server.call("GET", "/").value("environ")
    assert "wsgi.multiprocess" in environ, saw(sorted(environ), "wsgi.multiprocess among the keys")


@requirement("wsgi.environ.run_once")
def test_run_once_is_present(server: Server) -> None:
    """The key wsgi.run_once is in environ."""
    environ = server.call("GET", "/").value("environ")
    assert "wsgi.run_once" in environ, saw(sorted(environ), "wsgi.run_once among the keys")


@requirement("wsgi.environ.bool_values")
def test_the_flags_are_truth_values(server: Server) -> None:
    """The three flags are booleans or numbers, not texts such as "False", which is true."""
    environ = server.call("GET", "/").value("environ")
    found = {key: environ.get(key) for key in FLAGS}
    assert all(isinstance(value, int) for value in found.values()), saw(found, "bool values")


@requirement("wsgi.environ.multithread_value")
def test_multithread_is_true_if_threads_share_a_process(server: Server) -> None:
    """wsgi.multithread is true if two requests are in different threads of one process at once."""
    exchanges = at_once(server)
    threads = shared(exchanges, "pid") and not shared(exchanges, "thread")
    found = exchanges[0].value("multithread")
    assert found or not threads, saw(found, "a true value: two requests are inside this process at once")


@requirement("wsgi.environ.multiprocess_value")
def test_multiprocess_is_true_if_there_are_processes(server: Server) -> None:
    """wsgi.multiprocess is true if two requests are in different processes at once."""
    exchanges = at_once(server)
    processes = len({exchange.value("pid") for exchange in exchanges}) > 1
    found = exchanges[0].value("multiprocess")
    assert found or not processes, saw(found, "a true value: two requests are inside two processes at once")


@requirement("wsgi.environ.multithread_value")
def test_what_the_flags_say(server: Server, observe: Observe) -> None:
    """The three flags, beside the number of requests that the server promises to let in at once."""
    environ = server.call("GET", "/").value("environ")
    observe({**{key: environ.get(key) for key in FLAGS}, "promised": server.spec.concurrency.blocking})


@requirement("wsgi.environ.run_once_value")
def test_run_once_is_false_in_a_process_that_serves_again(server: Server) -> None:
    """wsgi.run_once is false in a process that serves two requests."""
    with server.call("GET", "/") as first:
        first.wait_end()
    second = server.call("GET", "/")
    found = first.value("environ").get("wsgi.run_once")
    again = first.guest.pid == second.guest.pid
    assert not (found and again), saw(found, "a false value: the process has served a second request")
