"""Lists of known failures: what they excuse, what is wrong with them, when they must go, how they grow."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from compliance.known import Ledger
from compliance.results import Result, Run, TargetInfo, Verdict
from compliance.target.model import Known
from compliance.target.parse import known_file
from compliance.update import UpdateError, update

MUST = "asgi.http.connection.scope_per_request"
SHOULD = "asgi.http.connection.h2_distinct_scopes"
CHECK = "asgi_server/test_http_scope.py::test_each_request_has_a_scope"
TODAY = dt.date(2030, 6, 1)


def known(**changes: Any) -> Known:
    """A valid entry, changed as asked."""
    given: dict[str, Any] = {
        "requirement": MUST,
        "reason": "one scope is reused",
        "link": "https://example.org/issues/1",
        "versions": "",
        "expires": None,
        "source": "known/uvicorn.toml",
    }
    return Known(**given | changes)


def ledger(*entries: Known, versions: Mapping[str, str] | None = None) -> Ledger:
    """A ledger of one subject, uvicorn 0.35."""
    installed = {"uvicorn": "0.35.0"} if versions is None else versions
    return Ledger({"uvicorn": (entries, installed)}, today=TODAY)


def result(verdict: Verdict = "failed", check: str = CHECK, **changes: Any) -> Result:
    """A result of uvicorn."""
    given: dict[str, Any] = {"requirement": MUST, "level": "must", "target": "uvicorn", "subject": "server"}
    return Result(check=check, verdict=verdict, **given | changes)


def test_a_valid_entry_excuses_its_failure() -> None:
    """For its subject and requirement only."""
    entry = known()
    assert ledger(entry).problems() == []
    assert ledger(entry).excuse("uvicorn", MUST, CHECK) is entry
    assert ledger(entry).excuse("uvicorn", SHOULD, CHECK) is None
    assert ledger(entry).excuse("hypercorn", MUST, CHECK) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"requirement": "asgi.http.connection.scope_per_reqest"}, f"did you mean {MUST}"),
        ({"requirement": ""}, "an entry without requirement: no specification has"),
        ({"reason": " "}, "has no reason"),
        ({"link": ""}, "has no link"),
        ({"expires": TODAY - dt.timedelta(days=1)}, "expired on 2030-05-31"),
    ],
)
def test_a_faulty_entry_is_a_problem_and_excuses_nothing(changes: dict[str, Any], words: str) -> None:
    """The message names file, subject and requirement."""
    faulty = ledger(known(**changes))
    (problem,) = faulty.problems()
    assert problem.startswith("known/uvicorn.toml: uvicorn: ")
    assert words in problem
    assert faulty.excuse("uvicorn", changes.get("requirement", MUST), CHECK) is None


def test_an_entry_counts_on_the_day_it_expires() -> None:
    """Expiry is the last good day."""
    assert ledger(known(expires=TODAY)).problems() == []


def test_the_same_entry_twice_is_a_problem() -> None:
    """One of them would hide behind the other; for other versions or checks they differ."""
    (problem,) = ledger(known(), known(source="pyproject.toml")).problems()
    assert problem == f"pyproject.toml: uvicorn: {MUST}: is listed twice (also in known/uvicorn.toml)"
    assert ledger(known(versions="<1"), known(versions=">=1"), known(checks=("test_x",))).problems() == []


@pytest.mark.parametrize(
    ("versions", "installed", "applies"),
    [
        ("<1", {"uvicorn": "0.35.0"}, True),
        (">=1", {"uvicorn": "0.35.0"}, False),
        (">=1", {"uvicorn": "1.0.0rc1"}, False),
        (">=1.0.0rc1", {"uvicorn": "1.0.0rc1"}, True),
        ("<1", {}, False),
        ("", {}, True),
        ("<1", {"uvicorn": "0.35.0", "fastapi": "2.0"}, True),
    ],
)
def test_an_entry_applies_to_its_versions(versions: str, installed: dict[str, str], applies: bool) -> None:
    """Where it does not apply, it neither excuses nor is stale."""
    found = ledger(known(versions=versions), versions=installed)
    assert (found.excuse("uvicorn", MUST, CHECK) is not None) is applies
    assert bool(found.stale([result("passed")])) is applies


@pytest.mark.parametrize("name", [CHECK, f"{CHECK}[row]", "test_each_request_has_a_scope"])
def test_an_entry_may_name_its_checks(name: str) -> None:
    """In full, with a row, or by the function alone; other checks of the requirement still fail."""
    found = ledger(known(checks=(name,)))
    assert found.excuse("uvicorn", MUST, f"{CHECK}[row]") is not None
    assert found.excuse("uvicorn", MUST, "asgi_server/test_http_scope.py::test_other") is None


def test_an_entry_of_a_server_counts_for_its_combinations_where_it_names_checks() -> None:
    """And it is alive as long as one of them fails."""
    parts = {"uvicorn-fastapi": ("uvicorn", "fastapi"), "uvicorn-quart": ("uvicorn", "quart")}
    check = "combination/test_requests.py::test_scopes"
    for entry, counts in ((known(checks=("test_scopes",)), True), (known(), False)):
        found = Ledger({"uvicorn": ((entry,), {})}, parts, today=TODAY)
        assert (found.excuse("uvicorn-fastapi", MUST, check) is not None) is counts
        assert found.excuse("hypercorn-fastapi", MUST, check) is None
    listed = Ledger({"uvicorn": ((known(checks=("test_scopes",)),), {})}, parts, today=TODAY)
    passed = result("passed", check, target="uvicorn-fastapi")
    assert listed.stale([passed])
    assert not listed.stale([passed, result("known", check, target="uvicorn-quart")])


@pytest.mark.parametrize("subject", ["uvicorn", "uvicorn-fastapi"])
def test_an_entry_may_say_that_checks_harm_the_server(subject: str) -> None:
    """Also with a framework, and whatever the checks are about."""
    entry = known(harms=("test_other",), versions="<0.36")
    parts = {"uvicorn-fastapi": ("uvicorn", "fastapi")}
    listed, newer = (
        Ledger({"uvicorn": ((entry,), {"uvicorn": version})}, parts) for version in ("0.35.0", "0.36.0")
    )
    assert listed.harms(subject, "asgi_server/test_http_scope.py::test_other[row]")
    assert not listed.harms(subject, CHECK)
    assert not listed.harms("hypercorn", "test_other")
    assert not newer.harms(subject, "test_other")


@pytest.mark.parametrize(
    ("verdicts", "stale"),
    [
        (["passed"], True),
        (["passed", "passed", "not applicable"], True),
        (["observed"], True),
        (["passed", "known"], False),
        (["passed", "failed"], False),
        (["passed", "error"], False),
        (["not applicable"], False),
        ([], False),
    ],
)
def test_an_entry_whose_checks_all_pass_is_stale(verdicts: list[Verdict], stale: bool) -> None:
    """Judged over all checks and rows of the requirement; an error proves nothing."""
    found = ledger(known()).stale([result(verdict) for verdict in verdicts])
    assert bool(found) is stale
    assert all(line.startswith(f"known/uvicorn.toml: uvicorn: {MUST}: ") for line in found)
    assert all(line.endswith("; remove it") for line in found)


def test_results_of_others_do_not_make_an_entry_stale() -> None:
    """Neither another subject's nor another requirement's."""
    others = [result("passed", target="hypercorn"), result("passed", requirement=SHOULD)]
    assert ledger(known()).stale(others) == []


def test_a_selection_does_not_make_an_entry_stale() -> None:
    """The caller knows whether every check of the requirement ran."""
    asked = []

    def complete_for(subject: str, requirement: str) -> bool:
        asked.append((subject, requirement))
        return False

    assert ledger(known()).stale([result("passed")], complete_for) == []
    assert asked == [("uvicorn", MUST)]


def test_a_subject_that_broke_down_makes_no_entry_stale() -> None:
    """Some of its checks never ran."""
    broken = result("error", "(start)", requirement="", level="")
    assert ledger(known()).stale([result("passed"), broken]) == []


def test_staleness_of_an_entry_with_checks_looks_at_those() -> None:
    """A name that no check has would live forever, so it is stale too."""
    other = result("failed", "asgi_server/test_http_scope.py::test_other")
    assert ledger(known(checks=("test_each_request_has_a_scope",))).stale([result("passed"), other])
    (line,) = ledger(known(checks=("test_renamed",))).stale([result("known")])
    assert "no check of the requirement is named test_renamed" in line


# New entries


def run(*results: Result) -> Run:
    """A run of one target with these results."""
    versions = {"uvicorn": "0.35.0", "fastapi": "0.116.1", "starlette": "0.47"}
    target = TargetInfo("uvicorn-fastapi", "uvicorn", "fastapi", "asgi", "3.13.1", versions)
    return Run("0.1.0", "2030-06-01T00:00:00+00:00", targets=[target], results=list(results))


def test_new_failures_are_written_as_entries_to_be_filled_in(tmp_path: Path) -> None:
    """One for each requirement, which is read back as an entry that does not count yet."""
    rows = [result(check=f"{CHECK}[{row}]", message="\nsaw 1\x1b; expected 2") for row in "ab"]
    (done,) = update(run(*rows), tmp_path / "known")
    assert (done.subject, done.added, done.listed) == ("uvicorn", (MUST,), ())
    text = (tmp_path / "known" / "uvicorn.toml").read_text(encoding="utf-8")
    assert text == (
        f"# {CHECK}[a]\n# {CHECK}[b]\n# saw 1?; expected 2\n[[known]]\n"
        f'requirement = "{MUST}"\nreason = ""\nlink = ""\n# versions = "==0.35.0"\n'
    )
    entries = known_file(done.path)
    assert [entry.requirement for entry in entries] == [MUST]
    assert len(ledger(*entries).problems()) == 2


def test_existing_entries_and_comments_stay(tmp_path: Path) -> None:
    """New text comes after the old, also where the last line has no end."""
    path = tmp_path / "uvicorn.toml"
    old = f'# ours\n[[known]]\nrequirement = "{MUST}"\nreason = "r"  # why\nlink = "l"'
    path.write_text(old, encoding="utf-8")
    (done,) = update(run(result(), result(requirement="wsgi.callable.positional_app")), tmp_path)
    assert (done.added, done.listed) == (("wsgi.callable.positional_app",), (MUST,))
    text = path.read_text(encoding="utf-8")
    assert text.startswith(old + "\n\n# asgi_server")
    assert len(tomllib.loads(text)["known"]) == 2
    update(run(result(), result(requirement="wsgi.callable.positional_app")), tmp_path)
    assert path.read_text(encoding="utf-8") == text


def test_each_subject_has_its_own_list(tmp_path: Path) -> None:
    """Server, framework and combination; the version is that of the subject's own distribution."""
    found = [
        result(),
        result(target="fastapi", subject="framework"),
        result(target="uvicorn-fastapi", subject="combination"),
        result(target="wsgiref", subject="server"),
    ]
    update(run(*found), tmp_path)
    versions = {
        path.stem: [line for line in path.read_text(encoding="utf-8").splitlines() if "versions" in line]
        for path in tmp_path.iterdir()
    }
    assert versions == {
        "uvicorn": ['# versions = "==0.35.0"'],
        "fastapi": ['# versions = "==0.116.1"'],
        "uvicorn-fastapi": ['# versions = "==0.35.0"'],
        "wsgiref": [],
    }


@pytest.mark.parametrize("verdict", ["passed", "warned", "observed", "not applicable", "known", "error"])
def test_only_new_failures_are_written(tmp_path: Path, verdict: Verdict) -> None:
    """Errors never; warnings when asked for."""
    assert update(run(result(verdict)), tmp_path / "known") == []
    assert not (tmp_path / "known").exists()
    assert bool(update(run(result(verdict)), tmp_path, warned=True)) is (verdict == "warned")


@pytest.mark.parametrize("target", ["../evil", "a/b", "", "a\nb", ".hidden", "a\n"])
def test_a_strange_name_never_becomes_a_file(tmp_path: Path, target: str) -> None:
    """A results file may come from anywhere."""
    with pytest.raises(UpdateError, match="is no name of"):
        update(run(result(target=target)), tmp_path / "known")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_requirement_is_refused(tmp_path: Path) -> None:
    """An entry for it could never count."""
    with pytest.raises(UpdateError, match=r"no specification has a requirement 'x\.y'"):
        update(run(result(requirement="x.y")), tmp_path)


@pytest.mark.parametrize("text", ["known = 3", "[[known]", "known = [1]", "\x00"])
def test_a_list_that_cannot_be_read_is_not_touched(tmp_path: Path, text: str) -> None:
    """Nothing is written to any list then."""
    path = tmp_path / "uvicorn.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UpdateError, match=r"uvicorn\.toml"):
        update(run(result(), result(target="fastapi")), tmp_path)
    assert path.read_text(encoding="utf-8") == text
    assert [each.name for each in tmp_path.iterdir()] == ["uvicorn.toml"]


def test_a_folder_that_is_none_is_one_clear_error(tmp_path: Path) -> None:
    """The message names the path."""
    (tmp_path / "file").touch()
    with pytest.raises(UpdateError, match="file"):
        update(run(result()), tmp_path / "file")


def test_an_entry_may_say_that_its_failure_shows_by_chance() -> None:
    """Only in its own checks, and while it counts."""
    entry = known(chance=("test_scopes[one]",), versions="<0.36")
    listed, newer = (
        Ledger({"uvicorn": ((entry,), {"uvicorn": version})}) for version in ("0.35.0", "0.36.0")
    )
    assert listed.by_chance("uvicorn", MUST, "asgi_server/test_http_scope.py::test_scopes[one]")
    assert not listed.by_chance("uvicorn", MUST, "asgi_server/test_http_scope.py::test_scopes[two]")
    assert not listed.by_chance("uvicorn", "asgi.http.scope.path", "test_scopes[one]")
    assert not newer.by_chance("uvicorn", MUST, "test_scopes[one]")
