"""The console script: its commands, exit codes, and bad input without a traceback."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from compliance.cli import main
from compliance.requirements import all_requirements
from compliance.results import Result, Run, Verdict
from compliance.results_file import write

MUST = "asgi.http.connection.scope_per_request"


def results_file(folder: Path, *verdicts: Verdict) -> str:
    """A results file with one result for each verdict."""
    results = [
        Result(f"test_{number}.py::test_x", MUST, "must", "uvicorn", "server", verdict, "saw 1; expected 2")
        for number, verdict in enumerate(verdicts)
    ]
    path = folder / "r.json"
    write(Run("0.1.0", "2030-06-01T00:00:00+00:00", complete=True, results=results), path)
    return str(path)


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        (["passed"], 0),
        (["passed", "known", "warned", "observed"], 0),
        (["failed"], 1),
        (["error"], 1),
        ([], 1),
    ],
)
@pytest.mark.parametrize("kind", ["terminal", "markdown"])
def test_a_report_has_the_status_of_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], verdicts: list[Verdict], status: int, kind: str
) -> None:
    """0 compliant, 1 not."""
    assert main(["report", results_file(tmp_path, *verdicts), "--format", kind]) == status
    assert capsys.readouterr().out


def test_strict_reports_count_warnings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And show them."""
    path = results_file(tmp_path, "warned")
    assert main(["report", path, "--strict"]) == 1
    assert "WARNED uvicorn" in capsys.readouterr().out


@pytest.mark.parametrize(
    "data", [None, b"", b"{}", b'{"schema": "gateway-compliance/results/1"}', b"\xff\xfe"]
)
@pytest.mark.parametrize("command", ["report", "update-known"])
def test_a_bad_results_file_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes | None, command: str
) -> None:
    """Exit code 2; the line names the file."""
    path = tmp_path / "r.json"
    if data is not None:
        path.write_bytes(data)
    assert main([command, str(path), *(["--directory", str(tmp_path)] if command != "report" else [])]) == 2
    error = capsys.readouterr().err
    assert error.startswith("gateway-compliance: ")
    assert "r.json" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["report"], ["requirements", "--specification", "x"]])
def test_wrong_arguments_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With argparse's own status."""
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage: gateway-compliance" in capsys.readouterr().err


def test_update_known_writes_entries_and_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second time it says that they are listed."""
    arguments = [
        "update-known",
        results_file(tmp_path, "failed", "passed"),
        "--directory",
        str(tmp_path / "known"),
    ]
    assert main(arguments) == 0
    assert (tmp_path / "known" / "uvicorn.toml").is_file()
    out = capsys.readouterr().out
    assert f"uvicorn.toml: added {MUST}\n" in out
    assert "Fill in reason and link" in out
    assert main(arguments) == 0
    assert f"{MUST} is listed already" in capsys.readouterr().out


def test_update_known_needs_a_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The default exists in a checkout only; elsewhere it is not made by surprise."""
    monkeypatch.chdir(tmp_path)
    assert main(["update-known", results_file(tmp_path, "failed")]) == 2
    assert "name the folder of the lists with --directory" in capsys.readouterr().err
    assert not (tmp_path / "targets").exists()
    (tmp_path / "targets" / "known").mkdir(parents=True)
    assert main(["update-known", results_file(tmp_path, "passed")]) == 0
    assert capsys.readouterr().out == "no new failures\n"


def test_requirements_prints_every_specification(capsys: pytest.CaptureFixture[str]) -> None:
    """With a sum."""
    assert main(["requirements"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines][:3] == ["specification", "asgi-core", "asgi-extensions"]
    every = all_requirements()
    testable = [row for row in every if row.testable]
    assert lines[-1].split()[:3] == ["all", str(len(every)), str(len(testable))]


def test_requirements_of_one_specification_lists_statements(capsys: pytest.CaptureFixture[str]) -> None:
    """Those that are covered with their checks, and those that are not."""
    assert main(["requirements", "--specification", "rfc7692", "--uncovered", "--checks"]) == 0
    out = capsys.readouterr().out
    assert "RFC 7692" in out
    assert "asgi-core" not in out


def test_requirements_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    """For machines."""
    assert main(["requirements", "--json", "--specification", "pep3333"]) == 0
    (part,) = json.loads(capsys.readouterr().out)["specifications"]
    assert part["name"] == "pep3333"
    assert part["statements"] == len([row for row in all_requirements() if row.document == "pep3333"])


def test_a_reader_that_goes_away_is_no_error() -> None:
    """As in `gateway-compliance requirements --json | head`."""
    code = "import sys; from compliance.cli import main; sys.exit(main())"
    arguments = [sys.executable, "-c", code, "requirements", "--json"]
    root = Path(__file__).parent.parent
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
