"""Results as JSON: the schema, both ways, and files that cannot be written or read."""

import dataclasses
import http
import json
import os
import stat
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from compliance import results, results_file
from compliance.results import Result, Run, TargetInfo
from compliance.results_file import ResultsError

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "docs" / "results.schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def result(**changes: Any) -> Result:
    """A failed result with evidence, changed as asked."""
    given = Result(
        check="asgi_server/test_http_scope.py::test_x[row]",
        requirement="asgi.http.scope.type",
        level="must",
        target="uvicorn",
        subject="server",
        verdict="failed",
        message="saw 'x'; expected 'http'",
        evidence={
            "sent": [[0.0, "GET / HTTP/1.1\r\n\r\n"]],
            "received": [[0.001, "HTTP/1.1 200 OK\r\n\xff"]],
            "events": [[0.0005, "note", "scope", "{'type': 'x'}"]],
            "log": "INFO ready\n",
        },
        seconds=0.25,
        reproduce="pytest --target uvicorn-bare -k test_x",
    )
    return dataclasses.replace(given, **changes)


def run(*found: Result) -> Run:
    """A complete run of one target."""
    target = TargetInfo("uvicorn-bare", "uvicorn", "bare", "asgi", "3.13.1", {"uvicorn": "0.35"}, ["uvicorn"])
    return Run("0.1.0", "2030-01-02T03:04:05Z", 1.5, complete=True, targets=[target], results=list(found))


def test_the_schema_is_a_schema() -> None:
    """It is valid draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_dump_is_valid_and_loads_as_the_same_run() -> None:
    """Nothing is lost on the way out and in."""
    whole = run(result(), result(check="z.py::test_z", verdict="passed", evidence=None, observed={"peak": 4}))
    document = json.loads(json.dumps(results_file.dump(whole)))
    VALIDATOR.validate(document)
    assert results_file.load(document) == whole
    assert results_file.dump(results_file.load(document)) == document


@pytest.mark.parametrize("verdict", results.VERDICTS)
def test_every_verdict_is_in_the_schema(verdict: results.Verdict) -> None:
    """Schema and code name the same verdicts."""
    VALIDATOR.validate(results_file.dump(run(result(verdict=verdict))))
    assert verdict in SCHEMA["$defs"]["result"]["properties"]["verdict"]["enum"]


def test_the_schema_names_the_fields_of_the_code() -> None:
    """Schema and code name the same keys, and every key is required."""
    for name, kind in (("result", Result), ("target", TargetInfo)):
        definition = SCHEMA["$defs"][name]
        assert set(definition["required"]) == {field.name for field in dataclasses.fields(kind)}
        assert set(definition["required"]) == set(definition["properties"])


def test_the_schema_is_strict() -> None:
    """Every object of the schema refuses keys that it does not name."""
    closed = [SCHEMA, *SCHEMA["$defs"].values(), SCHEMA["properties"]["suite"], SCHEMA["properties"]["run"]]
    assert all(part["additionalProperties"] is False for part in closed if part["type"] == "object")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"a": [1, 2.5, None, True, "x"]}, {"a": [1, 2.5, None, True, "x"]}),
        (b"\xff", {"$": "bytes", "v": "\xff"}),
        ((1, 2), {"$": "tuple", "v": [1, 2]}),
        ({1: "one"}, {"$": "dict", "v": [[1, "one"]]}),
        (float("nan"), {"$": "float", "v": "nan"}),
        (http.HTTPStatus.OK, {"$": "subclass", "type": "http.HTTPStatus", "base": "int", "v": 200}),
        ({"$": "bytes", "v": "x"}, {"$": "bytes", "v": "x"}),
        (0.12345678, 0.123457),
        ("\ud800", "\ud800"),
    ],
)
def test_values_keep_what_json_can_hold_and_are_tagged_otherwise(value: Any, expected: Any) -> None:
    """`plain` is stable: what is plain stays."""
    assert results_file.plain(value) == expected
    assert results_file.plain(expected) == expected
    VALIDATOR.validate(results_file.dump(run(result(observed=value))))


def test_results_are_sorted_so_that_two_runs_compare() -> None:
    """The order of arrival does not show."""
    one, two = result(target="a"), result(target="b", check="a.py::test_a")
    assert results_file.dump(run(two, one)) == results_file.dump(run(one, two))


def test_a_single_result_travels_between_processes() -> None:
    """What a worker dumps, the controller loads."""
    whole = result(observed=[1])
    assert results_file.load_result(results_file.dump_result(whole)) == whole


def test_counts_name_every_verdict() -> None:
    """Also those that did not occur."""
    found = results.counts([result(), result(verdict="known")])
    assert list(found) == list(results.VERDICTS)
    assert (found["failed"], found["known"], found["passed"]) == (1, 1, 0)


def broken(path: str, value: Any) -> dict[str, Any]:
    """A document with one value changed; the path has dots; a value of `...` removes the key."""
    document = results_file.dump(run(result()))
    *way, last = path.split(".")
    place: Any = document
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    if value is ...:
        del place[last]
    else:
        place[int(last) if last.isdigit() else last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("schema", "gateway-compliance/results/0", "not a results file of this suite"),
        ("run", ..., "the file lacks run"),
        ("run.complete", "yes", 'run: complete is "yes", which is not true or false'),
        ("results.0.verdict", "bad", r"results\[0\]: verdict is \"bad\", which is not one of 'passed'"),
        ("results.0.extra", 1, r"results\[0\] has unknown extra"),
        ("results.0.evidence.sent", [[0, 1]], r"results\[0\]: evidence is .* not null or an object"),
        ("results.0.evidence.log", ..., r"results\[0\]: evidence is "),
        ("results.0.seconds", True, "seconds is true, which is not a number"),
        ("results.0", [], r"results\[0\] is not an object"),
        ("targets.0.versions", {"a": 1}, r"targets\[0\]: versions"),
        ("targets.0.interface", ["asgi"], r"targets\[0\]: interface"),
        ("targets", {}, "targets is {}, which is not an array"),
    ],
)
def test_a_wrong_document_is_refused_by_schema_and_code(path: str, value: Any, words: str) -> None:
    """The message says where and what."""
    document = broken(path, value)
    assert not VALIDATOR.is_valid(document)
    with pytest.raises(ResultsError, match=words):
        results_file.load(document)


def test_a_file_is_written_and_read(tmp_path: Path) -> None:
    """Folders are made, nothing is left beside the file, and its permissions are the ordinary ones."""
    path = tmp_path / "new" / "r.json"
    results_file.write(run(result()), path)
    assert results_file.read(path) == run(result())
    assert [each.name for each in path.parent.iterdir()] == ["r.json"]
    plain = tmp_path / "plain"
    plain.touch()
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_a_link_is_followed(tmp_path: Path) -> None:
    """The file that a link names is replaced, not the link."""
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "real.json")
    results_file.write(run(), link)
    assert link.is_symlink()
    assert results_file.read(tmp_path / "real.json") == run()


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk in the middle leaves what was there, and no draft."""
    path = tmp_path / "r.json"
    path.write_text("old", encoding="utf-8")

    def full(self: Path, data: bytes) -> int:
        with self.open("wb") as file:
            file.write(data[:10])
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ResultsError, match=r"cannot write results to .*r\.json: No space left on device"):
        results_file.write(run(), path)
    assert path.read_text(encoding="utf-8") == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["r.json"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_device_is_one_clear_error() -> None:
    """A device is written to, never replaced."""
    with pytest.raises(ResultsError, match="cannot write results to /dev/full: No space left on device"):
        results_file.write(run(), Path("/dev/full"))
    assert not Path("/dev/full").is_file()


def test_a_path_that_is_no_file_is_one_clear_error(tmp_path: Path) -> None:
    """A folder cannot be written or read as results."""
    with pytest.raises(ResultsError, match="Is a directory"):
        results_file.write(run(), tmp_path)
    with pytest.raises(ResultsError, match="Is a directory"):
        results_file.read(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(ResultsError, match="cannot write"):
        results_file.write(run(), tmp_path / "file" / "r.json")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[" * 100_000, b"[]", b"null"])
def test_what_is_no_results_file_is_one_clear_error(tmp_path: Path, data: bytes) -> None:
    """The message names the file."""
    path = tmp_path / "r.json"
    path.write_bytes(data)
    with pytest.raises(ResultsError, match=r"r\.json.*(is not JSON|not a results file)"):
        results_file.read(path)


def test_constraints_name_the_lowest_version_of_each_distribution() -> None:
    runs = [
        Run(
            "0.1.0",
            "2030-06-01T00:00:00+00:00",
            targets=[TargetInfo("a-bare", "a", "bare", "wsgi", "3.11", versions)],
        )
        for versions in ({"a": "2.10", "tool": "81.0"}, {"a": "2.9"})
    ]
    assert results.constraints(runs) == ["a==2.9", "tool==81.0"]


def judged(check: str, verdict: str) -> Result:
    """A server's result with this verdict."""
    return Result(check, "wsgi.environ.path_info", "must", "a", "server", verdict, "")  # type: ignore[arg-type]


def test_differences_are_those_of_verdicts() -> None:
    runs = [
        Run("0.1.0", "2030-06-01T00:00:00+00:00", results=[judged("one", "passed"), judged("two", verdict)])
        for verdict in ("passed", "known", "passed")
    ]
    assert results.differences(runs) == ["a two: passed, known, passed"]
    assert results.differences(runs[:1]) == []
