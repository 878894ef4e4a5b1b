"""Servers that misbehave get one clear error each, no traceback of ours, and leave no process."""

import re
from pathlib import Path

import pytest
from suite import bad_project, gone, run

GET = ("--target", "mine-bare", "--check", "wsgi.environ.request_method")


@pytest.mark.parametrize(
    ("way", "patience", "expected"),
    [
        (
            "exits",
            "1",
            r"mine exited with code 1 before it listened(.|\n)*config error: no such worker class",
        ),
        ("hangs", "0.01", r"mine did not listen on 127\.\S+(.|\n)*still thinking"),
        ("elsewhere", "0.02", r"mine did not listen on 127\.\S+"),
        ("silent", "0.02", r"mine fails the pre-flight: no a status line from the server"),
    ],
)
def test_a_server_that_does_not_start_is_one_error(
    tmp_path: Path, way: str, patience: str, expected: str
) -> None:
    outcome = run(bad_project(tmp_path, way), *GET, "--patience", patience)
    assert outcome.code == 1
    assert re.search(expected, outcome.text), outcome.text
    assert "Traceback" not in outcome.text
    servers = [result for result in outcome.results if result["subject"] == "server"]
    assert [result["verdict"] for result in servers] == ["error"]


def test_a_server_that_dies_is_started_again_a_few_times(tmp_path: Path) -> None:
    outcome = run(bad_project(tmp_path, "dies"), *GET[:2], "--check", "wsgi.environ.*", "--patience", "0.1")
    judged = [result for result in outcome.results if result["subject"] == "server"]
    assert sum(result["verdict"] == "error" for result in judged) == 1, outcome.text
    failing = [result for result in judged if result["verdict"] in {"failed", "warned"}]
    assert len(failing) > 8, outcome.text  # for the rows of a check count as one
    assert len({result["check"].partition("[")[0] for result in failing}) == 8, outcome.text
    assert "the server's process ended with code 7" in outcome.text
    assert "fatal: out of luck" in outcome.text


def test_a_server_that_is_long_in_dying_has_died(tmp_path: Path) -> None:
    check = "*test_unusual_targets[[]no UTF-8]"
    outcome = run(bad_project(tmp_path, "fades"), *GET[:2], "--check", check)
    judged = [result["verdict"] for result in outcome.results if result["subject"] == "server"]
    assert judged == ["failed"], outcome.text  # a value would only be observed
    assert "ended with code 7 while it was in use" in outcome.text


def test_a_server_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    outcome = run(bad_project(tmp_path, "stubborn"), *GET, "--patience", "0.05")
    assert outcome.code == 1
    assert "Traceback" not in outcome.text


def test_children_that_left_their_group_are_ended(tmp_path: Path) -> None:
    outcome = run(bad_project(tmp_path, "parent"), *GET, "--patience", "0.05")
    logs = [result["evidence"]["log"] for result in outcome.results if result.get("evidence")]
    child = int(re.findall(r"left (\d+)", logs[0])[0])
    assert gone(child)


def test_a_flooded_log_is_kept_short(tmp_path: Path) -> None:
    outcome = run(bad_project(tmp_path, "floods"), *GET, "--patience", "0.05")
    assert outcome.code == 1
    assert len(outcome.text) < 100_000
