"""Guests work wherever servers put them: other Pythons, other event loops, greenlets, forks."""

from pathlib import Path

import pytest
from suite import run

from compliance.environment import EnvironmentUnavailable, Wishes, provide

TARGETS = """
[servers.greenlets]
interface = "wsgi"
command = [
    "{python}", "-m", "gunicorn", "-c", "python:compliance.guest.launch.gunicorn_settings",
    "-k", "gevent", "-b", "{host}:{port}", "{app}",
]
requires = ["gunicorn[gevent]"]
concurrency = { blocking = "all" }

[servers.forks]
interface = "wsgi"
command = [
    "{python}", "-m", "gunicorn", "-c", "python:compliance.guest.launch.gunicorn_settings",
    "-w", "3", "-b", "{host}:{port}", "{app}",
]
requires = ["gunicorn"]
concurrency = { blocking = 3 }

[servers.trio]
interface = "asgi"
command = ["{python}", "-m", "hypercorn", "-k", "trio", "-b", "{host}:{port}", "{app}"]
requires = ["hypercorn[trio]"]
concurrency = { blocking = 1, nonblocking = "all" }

[servers.uvloop]
interface = "asgi"
command = ["{python}", "-m", "hypercorn", "-k", "uvloop", "-b", "{host}:{port}", "{app}"]
requires = ["hypercorn[uvloop]"]
concurrency = { blocking = 1, nonblocking = "all" }
"""
# Where gates, notes, threads and forks of the guest are needed, whatever the verdicts.
CHECKS = (
    "wsgi.environ.*", "wsgi.input.*", "wsgi.iter.*", "promise.*",
    "asgi.http.scope.*", "asgi.http.body.*", "asgi.http.disconnect.*", "asgi.ws.receive.*",
    "asgi.lifespan.startup.*",
)  # fmt: skip
OPTIONS = tuple(word for check in CHECKS for word in ("--check", check))


def verdicts(folder: Path, target: str, *options: str) -> list[str]:
    """The verdicts of a run of those checks; errors are ours, so there must be none."""
    (folder / "targets.toml").write_text(TARGETS)
    chosen = ("--target", target, "--target-file", "targets.toml", "--patience", "0.3")
    outcome = run(folder, *chosen, *OPTIONS, *options)
    errors = [r["check"] + ": " + r["message"] for r in outcome.results if r["verdict"] == "error"]
    assert not errors, "\n".join(errors)
    return [result["verdict"] for result in outcome.results]


@pytest.mark.slow
@pytest.mark.parametrize("server", ["greenlets", "forks", "trio", "uvloop"])
def test_guests_work_in_other_kinds_of_workers(tmp_path: Path, server: str) -> None:
    found = verdicts(tmp_path, f"{server}-bare")
    assert found.count("passed") > 50


@pytest.mark.slow
@pytest.mark.parametrize("python", ["3.8", "3.13"])
@pytest.mark.parametrize("target", ["gunicorn-gthread-bare", "hypercorn-bare"])
def test_guests_work_on_other_pythons(tmp_path: Path, target: str, python: str) -> None:
    try:
        provide([], Wishes(python=python))
    except EnvironmentUnavailable as missing:
        pytest.skip(str(missing))
    found = verdicts(tmp_path, target, "--python", python)
    assert found.count("passed") > 50
