"""Runs as a whole: what they write, how they end, and what they refuse."""

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from suite import bad_project, command, run

SCHEMA = json.loads((Path(__file__).parent.parent / "docs" / "results.schema.json").read_text())
FEW = ("--check", "wsgi.environ.*")


def test_the_results_are_those_of_the_published_schema(tmp_path: Path) -> None:
    outcome = run(tmp_path, "--target", "reference-wsgi-bare", *FEW)
    assert outcome.code == 0, outcome.text
    jsonschema.validate(outcome.document, SCHEMA)
    assert outcome.document["run"]["complete"]
    assert outcome.document["run"]["partial"]
    assert outcome.document["targets"][0]["name"] == "reference-wsgi-bare"


def test_two_workers_give_the_same_verdicts_as_none(tmp_path: Path) -> None:
    chosen = (
        "--target",
        "reference-wsgi-bare",
        "--target",
        "reference-asgi-bare",
        "--check",
        "*environ*",
        "--check",
        "*scope*",
    )
    alone = run(tmp_path, *chosen, "-n", "0")
    together = run(tmp_path, *chosen, "-n", "2")
    assert alone.code == together.code == 0, alone.text + together.text
    assert alone.verdicts() == together.verdicts()
    assert len(alone.verdicts()) > 50


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let SIGINT end what is started, also where these tests run in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_still_writes_its_results_and_leaves_nothing(
    tmp_path: Path, number: signal.Signals
) -> None:
    bad_project(tmp_path, "hangs")
    destination = tmp_path / "results.json"
    chosen = (
        "--target",
        "reference-wsgi-bare",
        "--target",
        "mine-bare",
        "--check",
        "wsgi.environ.request_method",
    )
    arguments = [*command(*chosen, "-s"), "--results", str(destination)]
    with subprocess.Popen(arguments, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        while not running.stdout.readline().startswith("starting mine"):
            assert running.poll() is None
        running.send_signal(number)
        rest = running.stdout.read()
    assert running.returncode == 2, rest
    document = json.loads(destination.read_text())
    jsonschema.validate(document, SCHEMA)
    assert not document["run"]["complete"]
    assert "Traceback" not in rest


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--target", "uvicron-bare"), "uvicorn-bare"),
        (("--target", "gunicorn-fastapi"), "gunicorn"),
        (("--target", "nothing-*"), "nothing-*"),
        (("--target", "reference-wsgi-bare", "--target-file", "absent.toml"), "absent.toml"),
        (("--target", "reference-wsgi-bare", "--target-file", "wrong.toml"), "wrong.toml"),
    ],
)
def test_a_wrong_target_is_a_usage_error_with_a_hint(
    tmp_path: Path, options: tuple[str, ...], expected: str
) -> None:
    (tmp_path / "wrong.toml").write_text("[servers.x]\ncomand = []\n")
    outcome = run(tmp_path, *options)
    assert outcome.code == 4, outcome.text
    assert expected in outcome.text
    assert "Traceback" not in outcome.text
    assert "INTERNALERROR" not in outcome.text


def test_a_missing_interpreter_is_one_error(tmp_path: Path) -> None:
    outcome = run(tmp_path, "--target", "waitress-bare", "--python", "3.5", *FEW)
    assert outcome.code == 1, outcome.text
    assert "3.5" in outcome.text
    assert "Traceback" not in outcome.text


NEEDY = """
[tool.compliance.servers.needy]
interface = "wsgi"
command = ["{python}"]
debian = ["no-such-package"]
"""


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="only Debian can say what is missing")
@pytest.mark.parametrize(
    ("options", "code"), [((), 1), (("--installable",), 0), (("--installable", "-n", "2"), 0)], ids=str
)
def test_a_target_that_lacks_packages_of_the_system_can_be_left_out(
    tmp_path: Path, options: tuple[str, ...], code: int
) -> None:
    (tmp_path / "pyproject.toml").write_text(NEEDY)
    targets = ("--target", "needy-bare", "--target", "reference-wsgi-bare")
    outcome = run(tmp_path, *targets, "--check", "wsgi.environ.request_method", *options)
    assert outcome.code == code, outcome.text
    assert "no-such-package" in outcome.text
    assert ("left out" in outcome.text) == bool(options)


def test_results_that_cannot_be_written_are_said_and_cost_no_summary(tmp_path: Path) -> None:
    finished = subprocess.run(
        [*command("--target", "reference-wsgi-bare", *FEW), "--results", "/dev/full"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert finished.returncode == 1
    assert "/dev/full" in finished.stdout
    assert "reference-wsgi" in finished.stdout
    assert "Traceback" not in finished.stdout + finished.stderr


def test_a_run_that_executes_nothing_fails(tmp_path: Path) -> None:
    outcome = run(tmp_path, "--target", "reference-wsgi-bare", "--check", "no.such.requirement")
    assert outcome.code == 1, outcome.text
    assert "nothing was executed" in outcome.text


def test_the_table_of_targets_names_what_would_be_installed(tmp_path: Path) -> None:
    finished = subprocess.run(
        command("--list-targets", "--target", "reference-*"),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout
    assert "reference-asgi-fastapi" in finished.stdout
    assert "asgi" in finished.stdout


def test_without_a_target_the_plugin_does_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text("def test_mine():\n    pass\n")
    outcome = run(tmp_path)
    assert outcome.code == 0, outcome.text
    assert not outcome.document
