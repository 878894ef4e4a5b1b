"""A project that is not ours runs the suite on its own server, described in its own files."""

import os
import sys
from pathlib import Path

import pytest
from suite import run

SERVER = """
interface = "wsgi"
command = [
    "{python}", "-m", "compliance.reference", "--interface", "wsgi",
    "--host", "{host}", "--port", "{port}", LIE "{app}",
]
requires = ["h11", "wsproto"]
concurrency = { blocking = "all" }
"""
LIE = '"--liar", "wsgi_environ.NoQueryString",'
KNOWN = """
[[known]]
requirement = "{requirement}"
reason = "queries are for another release"
link = "https://example.org/issues/1"
"""
# Two requirements, one of which the lie breaks: enough to see that verdicts come out.
CHECKS = (
    "--check",
    "wsgi_server/test_environ*query*",
    "--check",
    "wsgi_server/test_environ.py::test_request_method*",
)


def describe(folder: Path, header: str, *, lie: bool = False, more: str = "") -> None:
    """Write the server's description into the project's pyproject.toml."""
    table = SERVER.replace("LIE", LIE if lie else "")
    (folder / "pyproject.toml").write_text(
        f'[project]\nname = "tiny"\nversion = "1"\n\n[{header}]{table}{more}'
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a server `tiny` that conforms."""
    describe(tmp_path, "tool.compliance.servers.tiny")
    return tmp_path


def test_a_server_in_the_projects_own_pyproject_is_judged(project: Path) -> None:
    outcome = run(project, "--target", "tiny-bare", *CHECKS)
    assert outcome.code == 0, outcome.text
    assert ("server", "tiny") in {(r["subject"], r["target"]) for r in outcome.results}
    assert {r["verdict"] for r in outcome.results} == {"passed"}


def test_a_failure_fails_the_run_until_it_is_listed(tmp_path: Path) -> None:
    describe(tmp_path, "tool.compliance.servers.tiny", lie=True)
    assert run(tmp_path, "--target", "tiny-bare", *CHECKS).code == 1
    describe(tmp_path, "tool.compliance.servers.tiny", lie=True, more='known-failures = "known.toml"\n')
    (tmp_path / "known.toml").write_text(KNOWN.format(requirement="wsgi.environ.query_string"))
    outcome = run(tmp_path, "--target", "tiny-bare", *CHECKS)
    assert outcome.code == 0, outcome.text
    assert "known" in {r["verdict"] for r in outcome.results}


def test_a_stale_entry_fails_a_whole_run(tmp_path: Path) -> None:
    describe(tmp_path, "tool.compliance.servers.tiny", more='known-failures = "known.toml"\n')
    (tmp_path / "known.toml").write_text(KNOWN.format(requirement="wsgi.environ.query_string"))
    outcome = run(tmp_path, "--target", "tiny-bare")
    assert outcome.code == 1
    assert "all of its checks pass now" in outcome.text


def test_an_entry_without_reason_does_not_count(tmp_path: Path) -> None:
    describe(tmp_path, "tool.compliance.servers.tiny", lie=True, more='known-failures = "known.toml"\n')
    listed = KNOWN.format(requirement="wsgi.environ.query_string").replace(
        "queries are for another release", ""
    )
    (tmp_path / "known.toml").write_text(listed)
    outcome = run(tmp_path, "--target", "tiny-bare", *CHECKS)
    assert outcome.code == 1
    assert "has no reason" in outcome.text


def test_a_server_in_a_file_of_its_own_is_judged(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[servers.tiny]" + SERVER.replace("LIE", ""))
    outcome = run(tmp_path, "--target", "tiny-bare", "--target-file", "mine.toml", *CHECKS)
    assert outcome.code == 0, outcome.text
    assert "--target-file mine.toml" in outcome.results[0]["reproduce"]


def test_a_server_that_a_wheel_ships_is_judged(tmp_path: Path) -> None:
    site, work = tmp_path / "site", tmp_path / "work"
    package, metadata = site / "tinyserver", site / "tinyserver-1.dist-info"
    for folder in (package, metadata, work):
        folder.mkdir(parents=True)
    (package / "__init__.py").write_text(
        "raise RuntimeError('a target is found without importing its package')\n"
    )
    (package / "compliance-targets.toml").write_text("[servers.tiny]" + SERVER.replace("LIE", ""))
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: tinyserver\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[gateway_compliance.targets]\ntiny = tinyserver\n")
    env = os.environ | {"PYTHONPATH": str(site)}
    outcome = run(work, "--target", "tiny-bare", *CHECKS, env=env)
    assert outcome.code == 0, outcome.text


def test_the_projects_own_pytest_settings_do_no_harm(project: Path) -> None:
    with (project / "pyproject.toml").open("a") as file:
        file.write(
            '\n[tool.pytest.ini_options]\ntestpaths = ["mine"]\n'
            'filterwarnings = ["error"]\nxfail_strict = true\n'
        )
    (project / "mine").mkdir()
    (project / "mine" / "test_mine.py").write_text("def test_mine():\n    assert False\n")
    outcome = run(project, "--target", "tiny-bare", *CHECKS)
    assert outcome.code == 0, outcome.text
    assert (
        sys.executable in outcome.document["targets"][0]["command"][0]
        or outcome.document["targets"][0]["command"]
    )
