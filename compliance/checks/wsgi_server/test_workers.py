"""WSGI, thread support: what a server says of threads and processes where it is told how many to have."""

from compliance.concurrency import excess, overlap
from compliance.exchange import Exchange
from compliance.expect import saw
from compliance.guest.apps import wsgi_concurrency
from compliance.modes import THREADS, mode
from compliance.requirements import requirement
from compliance.server import Server


def sleeps(server: Server, seconds: float) -> Exchange:
    """Begin an exchange with an app that blocks its thread asleep."""
    return server.open(app=wsgi_concurrency.blocks, with_={"seconds": seconds})


@requirement("wsgi.environ.multiprocess_value")
@mode("workers")
def test_multiprocess_is_true_in_one_of_several_processes(server: Server) -> None:
    """wsgi.multiprocess is true where another process may call the same application."""
    found = server.call("GET", "/").value("environ").get("wsgi.multiprocess")
    assert found, saw(found, "a true value: two processes serve requests")


@requirement("wsgi.environ.multithread_value")
@mode("threads")
def test_multithread_is_true_where_threads_are_asked_for(server: Server) -> None:
    """wsgi.multithread is true where another thread may call the same application."""
    found = server.call("GET", "/").value("environ").get("wsgi.multithread")
    assert found, saw(found, "a true value: several threads of this process serve requests")


@requirement("wsgi.environ.multithread_value")
@mode("threads")
def test_threads_that_are_asked_for_run_requests_at_once(server: Server) -> None:
    """What is said to be several threads can run as many requests at once."""
    found = overlap(lambda seconds: sleeps(server, seconds), THREADS)
    assert found >= THREADS, saw(found, f"{THREADS} requests inside the application at once")


@requirement("wsgi.thread.single_option")
@mode("single")
def test_the_option_for_one_thread_keeps_requests_apart(server: Server) -> None:
    """A server that is told to run one request at a time does so."""
    found = excess(lambda seconds: sleeps(server, seconds), 1)
    assert found == 1, saw(found, "one request inside the application at once")


@requirement("wsgi.environ.multithread_value")
@mode("single")
def test_multithread_is_false_where_one_thread_is_asked_for(server: Server) -> None:
    """wsgi.multithread is false where no other thread calls the application at the same time."""
    found = server.call("GET", "/").value("environ").get("wsgi.multithread")
    assert not found, saw(found, "a false value: one request at a time is served")
