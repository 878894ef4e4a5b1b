"""Autobahn's cases in our results, and whether our own checks find what they find."""

import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import suite

from compliance import autobahn
from compliance.autobahn import Autobahn, AutobahnError, Grades
from compliance.autobahn.client import _octets
from compliance.requirements import get
from compliance.verdict import NotApplicable

GROUPS: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("autobahn.toml").read_text())["groups"]
FAILING = {"failed", "warned", "known"}
JUDGED = ("daphne", "uvicorn-sansio", "gunicorn-asgi")
HONEST = "reference-asgi"
# All but most of those that send many or large messages, which take minutes.
CHOSEN = ("autobahn [1-7].*", "autobahn 9.*.1", "autobahn 10.*", "autobahn 1[23].*.[123]")


def grades(behavior: str, behavior_close: str = "OK") -> Grades:
    """Grades of a case with these words in them."""
    prose = ("send text", "text comes back", behavior, behavior_close, "events differ", "closed")
    return Grades("1.1.1", *prose, 0.01, "GET /", "HTTP/1.1 101", ["\x81\x00"], ["\x81\x00" * 1000])


def test_what_autobahn_calls_ok_passes() -> None:
    seen: list[Any] = []
    grades("OK").judge(seen.append)
    assert seen == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("NON-STRICT", "OK"), "NON-STRICT / OK"),
        (("OK", "INFORMATIONAL"), "OK / INFORMATIONAL"),
        (("INFORMATIONAL", "INFORMATIONAL"), "INFORMATIONAL"),
    ],
)
def test_what_autobahn_leaves_open_is_observed(words: tuple[str, str], expected: str) -> None:
    seen: list[Any] = []
    grades(*words).judge(seen.append)
    assert seen == [expected]


@pytest.mark.parametrize(
    "words",
    [
        ("FAILED", "OK"),
        ("OK", "FAILED"),
        ("NON-STRICT", "UNCLEAN"),
        ("OK", "WRONG CODE"),
        ("OK", "FAILED BY CLIENT"),
    ],
)
def test_what_autobahn_calls_a_failure_is_the_targets_fault(words: tuple[str, str]) -> None:
    with pytest.raises(
        AssertionError, match=r"(?s)events differ closed.*send text.*expected: text comes back"
    ):
        grades(*words).judge(print)


def test_what_is_not_implemented_does_not_apply() -> None:
    with pytest.raises(NotApplicable):
        grades("UNIMPLEMENTED").judge(print)


def test_a_case_without_a_verdict_is_an_error_of_ours() -> None:
    with pytest.raises(AutobahnError, match=r"1\.1\.1"):
        grades("ERROR").judge(print)


def test_the_octets_are_the_evidence() -> None:
    found = grades("FAILED").evidence("the log")
    assert found["sent"] == [[0.0, "GET /\r\n\r\n"], [0.0, "\x81\x00"]]
    assert (len(found["received"][1][1]), found["events"], found["log"]) == (403, [], "the log")


def test_logged_octets_are_decoded_as_far_as_they_go() -> None:
    assert [_octets("8100ff"), _octets("8100 ..."), _octets("")] == ["\x81\x00\xff", "\x81\x00 ...", ""]


def test_cases_that_cannot_be_run_say_so_once() -> None:
    def fail() -> Any:
        raise AutobahnError("no server")

    run = Autobahn(fail, ["1.1.1"])
    with pytest.raises(AutobahnError, match="no server"):
        run.grades("1.1.1")
    assert run.problem == "no server"


def test_without_kosoku_the_option_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    autobahn.cases.cache_clear()
    with pytest.raises(AutobahnError, match=r"gateway-compliance\[autobahn\]"):
        autobahn.cases()


def test_every_case_has_its_group() -> None:
    pytest.importorskip("kosoku")
    assert len(autobahn.cases()) > 500
    for case in autobahn.cases():
        assert get(f"autobahn.{case.partition('.')[0]}").section
        assert patterns(case)


def test_cases_are_in_the_results(tmp_path: Path) -> None:
    pytest.importorskip("kosoku")
    options = [
        "--target",
        "reference-asgi-bare",
        "--autobahn",
        "--check",
        "autobahn 1.1.[12]",
        "--check",
        "autobahn 7.13.1",
    ]
    outcome = suite.run(tmp_path, *options)
    assert outcome.code == 0, outcome.text
    found = {result["check"]: (result["requirement"], result["verdict"]) for result in outcome.results}
    assert found == {
        "autobahn 1.1.1": ("autobahn.1", "passed"),
        "autobahn 1.1.2": ("autobahn.1", "passed"),
        "autobahn 7.13.1": ("autobahn.7", "observed"),
    }


# Whether our own checks find what Autobahn finds


def patterns(case: str) -> list[str]:
    """Globs of our requirements that ask for what a case asks for."""
    return GROUPS[max((group for group in GROUPS if f"{case}.".startswith(f"{group}.")), key=len)]


def missed(results: list[dict[str, Any]], target: str) -> list[str]:
    """The cases that fail on a target although no check of ours for the same fails, or observes otherwise."""
    honest = {result["check"]: result["message"] for result in results if result["target"] == HONEST}
    ours = {
        result["requirement"]
        for result in results
        if result["target"] == target
        and not result["check"].startswith("autobahn ")
        and (result["verdict"] in FAILING or _differs(result, honest))
    }
    failing = [
        result["check"].removeprefix("autobahn ")
        for result in results
        if result["target"] == target
        and result["check"].startswith("autobahn ")
        and result["verdict"] in FAILING
    ]
    return [
        case for case in failing if not any(fnmatchcase(found, p) for found in ours for p in patterns(case))
    ]


def _differs(result: dict[str, Any], honest: dict[str, str]) -> bool:
    return bool(result["verdict"] == "observed" and result["message"] != honest.get(result["check"]))


@pytest.mark.slow
@pytest.mark.parametrize("target", JUDGED)
def test_our_checks_find_what_autobahn_finds(tmp_path: Path, target: str) -> None:
    """Where a case fails on a server, a check of ours fails too, or tells the server from the reference."""
    pytest.importorskip("kosoku")
    ours = ["--check", "websocket_server/*"]
    chosen = [word for glob in CHOSEN for word in ("--check", glob)]
    honest = suite.run(tmp_path, "--target", f"{HONEST}-bare", *ours)
    outcome = suite.run(tmp_path, "--target", f"{target}-bare", "--autobahn", *ours, *chosen)
    assert not [result for result in outcome.results if result["verdict"] == "error"], outcome.text
    assert missed([*honest.results, *outcome.results], target) == []
