"""The middleware for WSGI: it finds what is wrong, of both sides, and changes nothing."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from wsgi_applications import APPLICATIONS
from wsgi_samples import BODY, TYPE, Failed, Server, Spoiled, good, returns, starts, uses
from wsgi_servers import SERVERS, NeverCloses

from compliance import requirements
from compliance.lint import LintError, LintWarning, Violation, fail, wsgi

# What it finds


@pytest.mark.parametrize("spoiled", [*APPLICATIONS, *SERVERS], ids=str)
def test_what_is_spoiled_is_found_and_nothing_else(spoiled: Spoiled) -> None:
    """One thing that is wrong is one violation, of the side that the requirement is for."""
    lint = wsgi.Lint(spoiled.app)
    spoiled.server(spoiled.changes).play(lint)
    assert tuple(violation.requirement for violation in lint.violations) == spoiled.says
    parties = {requirements.get(found.requirement).party: found.party for found in lint.violations}
    assert all(party in (by, "both") for party, by in parties.items())


def several(environ: dict[str, Any], start_response: Any) -> Any:
    environ["wsgi.input"].seek(0)
    start_response("200", [("Connection", "close"), ("X-", "y")])
    return ["a", "b"]


SEVERAL = [
    ("wsgi.environ.server_port", "server", "POST /, environ"),
    ("wsgi.environ.cgi_values_str", "server", "POST /, environ"),
    ("wsgi.input.app_only_listed", "application", "POST /, input attribute"),
    ("wsgi.sr.status_form", "application", "POST /, start_response"),
    ("wsgi.sr.header_name_valid", "application", "POST /, start_response"),
    ("wsgi.sr.hop_by_hop_app", "application", "POST /, start_response"),
    ("wsgi.strings.bytes_type", "application", "POST /, block"),
]


def brief(found: list[Violation]) -> list[tuple[str, str, str]]:
    return [(violation.requirement, violation.party, violation.place) for violation in found]


def test_all_violations_of_both_sides_are_collected() -> None:
    """The first one is not the last, and the same one is told once for a request and step."""
    lint = wsgi.Lint(several)
    Server({"SERVER_PORT": 80, "REMOTE_PORT": 1}).play(lint)
    assert brief(lint.violations) == SEVERAL
    assert str(lint.violations[3]) == (
        "POST /, start_response: the application breaks wsgi.sr.status_form: "
        "start_response: the status is '200'"
    )


def test_every_request_is_told() -> None:
    """What is wrong in two requests is found twice, until it is forgotten."""
    lint = wsgi.Lint(starts("200", TYPE))
    for path in ("/a", "/b"):
        Server({"PATH_INFO": path}).play(lint)
    assert [violation.place for violation in lint.violations] == [
        "POST /a, start_response",
        "POST /b, start_response",
    ]
    lint.clear()
    assert lint.violations == []


def test_an_environ_that_is_used_again_is_not_watched_twice() -> None:
    """A test may call the application twice with one environ."""
    lint = wsgi.Lint(uses(lambda stream: stream.seek(0)))
    environ = Server().environ()
    for _ in range(2):
        lint(environ, Server().start_response)
    assert len(lint.violations) == 2


def test_one_middleware_may_be_around_another() -> None:
    """Both see the same, and an application what it would see."""
    inner = wsgi.Lint(several)
    outer = wsgi.Lint(inner)
    Server({"SERVER_PORT": 80, "REMOTE_PORT": 1}).play(outer)
    assert brief(outer.violations) == brief(inner.violations) == SEVERAL


def test_threads_are_kept_apart() -> None:
    """Each thread's requests have their own states; nothing is lost or mixed."""
    apps = {"/bad": starts("200", TYPE), "/good": starts("200 OK", TYPE)}
    lint = wsgi.Lint(lambda environ, start: apps[environ["PATH_INFO"]](environ, start))
    both = threading.Barrier(4)

    def requests(path: str) -> None:
        both.wait()
        for _ in range(50):
            Server({"PATH_INFO": path}).play(lint)

    threads = [threading.Thread(target=requests, args=(path,)) for path in ("/bad", "/good") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = ("wsgi.sr.status_form", "application", "POST /bad, start_response")
    assert brief(lint.violations) == [expected] * 100


# What can be done about it


def test_check_raises_what_must_not_be() -> None:
    """An AssertionError has all of it, line by line."""
    lint = wsgi.Lint(several)
    Server().play(lint)
    with pytest.raises(AssertionError, match=r"(?s)seek.*'200'.*X-.*Connection.*'a'") as caught:
        lint.check()
    assert isinstance(caught.value, LintError)
    assert caught.value.violations == lint.violations


def test_check_warns_of_what_should_not_be() -> None:
    """A should is a warning, or an error if that is asked for."""
    lint = wsgi.Lint(uses(lambda stream: stream.read(len(BODY) + 1)))
    Server().play(lint)
    with pytest.warns(LintWarning, match=r"wsgi\.input\.app_limit"):
        lint.check()
    with pytest.raises(LintError):
        lint.check(strict_should=True)
    assert lint.violations[0].level == "should"


def test_a_with_block_ends_with_a_check() -> None:
    """Unless an exception is on its way already."""
    with pytest.raises(LintError), wsgi.Lint(several) as lint:
        Server().play(lint)
    with pytest.raises(Failed), wsgi.Lint(several) as lint:
        raise Server().play(lint).error or Failed
    with wsgi.Lint(good) as lint:
        Server().play(lint)


def test_a_check_finds_an_iterable_that_was_dropped_in_a_cycle() -> None:
    """An iterable without its close() is found although something refers to it in a circle."""

    class Keeps(NeverCloses):
        def iterate(self, result: Any) -> None:
            self.result = result
            self.itself = self

    def blocks() -> Iterator[bytes]:
        yield b"hello"

    with pytest.raises(LintError, match="close_called"), wsgi.Lint(returns(blocks)) as lint:
        Keeps().play(lint)


def test_requirements_can_be_ignored() -> None:
    """By globs."""
    lint = wsgi.Lint(several, ignore=["wsgi.sr.*", "wsgi.strings.bytes_type"])
    Server().play(lint)
    assert [found.requirement for found in lint.violations] == ["wsgi.input.app_only_listed"]


def test_a_hook_is_told_at_once() -> None:
    """In order, and with all that there is to know."""
    told: list[Violation] = []
    lint = wsgi.Lint(several, on_violation=told.append)
    Server().play(lint)
    assert told == lint.violations != []


def test_a_hook_can_fail_where_it_happens() -> None:
    """With `fail` for a hook, the application is stopped by the first thing that must not be."""
    server = Server().play(wsgi.Lint(several, on_violation=fail))
    assert isinstance(server.error, LintError)
    assert server.head is None
    assert Server().play(wsgi.Lint(uses(lambda stream: stream.read(9)), on_violation=fail)).error is None
