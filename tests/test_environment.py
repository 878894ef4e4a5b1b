"""Environments: which interpreter a target gets, what is made for it, and what is said when there is none."""

import concurrent.futures
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from compliance.environment import (
    Environment,
    EnvironmentUnavailable,
    Wishes,
    describe,
    interpreter,
    isolated,
    provide,
    satisfied,
)
from compliance.environment.wishes import apply

THIS = ".".join(map(str, sys.version_info[:2]))
ISOLATED = Wishes(isolated=True)

# A build backend of its own, so that a project can be installed without an index.
BACKEND = """
import zipfile

def build_wheel(folder, config_settings=None, metadata_directory=None):
    if {broken!r}:
        raise SystemExit("the compiler is on holiday")
    name = "tiny-1.5-py3-none-any.whl"
    files = {{
        "tiny-1.5.dist-info/METADATA": "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.5\\n",
        "tiny-1.5.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        "tiny.pth": {here!r} + "\\n",
    }}
    with zipfile.ZipFile(folder + "/" + name, "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
        wheel.writestr("tiny-1.5.dist-info/RECORD", "".join(path + ",,\\n" for path in files))
    return name

build_editable = build_wheel
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, and an index that nobody can reach."""
    monkeypatch.setenv("COMPLIANCE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.delenv("COMPLIANCE_REFRESHED", raising=False)
    return tmp_path / "cache" / "environments"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the current interpreter's path, for distributions."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [*sys.path, str(folder)])
    return folder


def distribution(site: Path, name: str, version: str, *requires: str, url: str = "") -> None:
    """Install the metadata of a distribution."""
    folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir()
    lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {each}" for each in requires)]
    (folder / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", *lines, "Provides-Extra: fast", ""]))
    if url:
        (folder / "direct_url.json").write_text(f'{{"url": "{url}", "dir_info": {{}}}}')


def project(folder: Path, *, broken: bool = False) -> str:
    """A project that builds without any other distribution; the requirement that names it."""
    folder.mkdir()
    settings = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    (folder / "pyproject.toml").write_text(f'{settings}[project]\nname = "tiny"\nversion = "1.5"\n')
    (folder / "backend.py").write_text(BACKEND.format(here=str(folder), broken=broken))
    (folder / "tiny.py").write_text("answer = 42\n")
    return f"tiny @ {folder.as_uri()}"


def said_of(*requires: str, wishes: Wishes = ISOLATED, python: str = "") -> str:
    """Why an environment is unavailable."""
    with pytest.raises(EnvironmentUnavailable) as error:
        provide(requires, wishes, python=python)
    return str(error.value)


# The current interpreter


def test_the_current_interpreter_serves_where_it_satisfies(site: Path) -> None:
    distribution(site, "Tiny-Server", "1.5", "tiny_parser>=1; extra == 'fast'", "gone; python_version < '3'")
    distribution(site, "tiny-parser", "2.0rc1")
    found = provide(["tiny.server[fast]>1"], Wishes())
    assert found.python == Path(sys.executable)
    assert found.versions == {"tiny-server": "1.5", "tiny-parser": "2.0rc1"}
    assert (found.bin, found.prefix) == (Path(sysconfig.get_path("scripts")), Path(sys.prefix))


@pytest.mark.parametrize(
    ("requires", "verdict"),
    [
        ([], True),
        (["tiny"], True),
        (["tiny>=1.5,<2"], True),
        (["tiny>=2"], False),
        (["tiny", "no-such-distribution"], False),
        (["no-such-distribution; python_version < '3'"], True),
        (["tiny[fast]"], False),
        (["tiny[other]"], True),
        (["tiny @ file:///src/tiny"], True),
        (["tiny @ file:///src/other"], False),
        (["needy"], False),
        (["ring-one"], True),
    ],
)
def test_requirements_are_satisfied_with_extras_markers_and_dependencies(
    site: Path, requires: list[str], *, verdict: bool
) -> None:
    distribution(
        site, "tiny", "1.5", "no-such-parser; extra == 'fast'", "old requirement !", url="file:///src/tiny/"
    )
    distribution(site, "needy", "1", "tiny>=2")
    distribution(site, "ring-one", "1", "ring-two")
    distribution(site, "ring-two", "1", "ring-one")
    assert satisfied(requires) is verdict


def test_a_wish_for_something_else_is_isolated(cache: Path) -> None:
    assert describe([], Wishes()) == describe([], Wishes(python=THIS)) == "current"
    assert describe([], Wishes(python=sys.executable)) == describe([], Wishes(refresh=True)) == "current"
    assert describe([], ISOLATED) == describe([], Wishes(python="3.99")) == "to be installed"
    assert describe([], Wishes(with_=("h11",))) == "to be installed"
    assert not cache.exists()


@pytest.mark.parametrize(
    ("wishes", "requires"),
    [
        ([], ("a[x]>1", "b")),
        (["a==3"], ("a[x]==3", "b")),
        (["A[y]<2", "c"], ("A[x,y]<2", "b", "c")),
        (["b", "b==2"], ("a[x]>1", "b==2")),
    ],
)
def test_with_replaces_what_is_required_and_adds_the_rest(
    wishes: list[str], requires: tuple[str, ...]
) -> None:
    assert apply(["a[x]>1", "b"], wishes) == requires


def test_with_takes_requirements_only() -> None:
    assert said_of(wishes=Wishes(with_=("h11=0.14",))).startswith(
        "--with h11=0.14: not a requirement such as"
    )


def test_the_version_of_python_has_to_suit_the_target() -> None:
    said = said_of(wishes=Wishes(), python=">=3.99")
    assert said.startswith(f"it needs Python >=3.99, and this is Python {THIS}.")
    assert said_of(python=">=3.99") == said


# Isolated environments


def test_an_isolated_environment_is_made_once() -> None:
    said: list[str] = []
    made = provide([], ISOLATED, say=said.append)
    assert provide([], ISOLATED, say=said.append) == made
    assert describe([], ISOLATED) == "cached"
    assert said[0] == f"installing no packages for Python {THIS} …"
    assert said[1].startswith(f"installed no packages for Python {THIS} in ")
    assert said[2:] == [f"runs in an isolated environment: no packages for Python {THIS}"]
    assert (made.isolated, made.versions, made.bin) == (True, {}, made.python.parent)
    assert running(made, "import sys; print(sys.prefix)") == str(made.prefix)


def running(environment: Environment, code: str) -> str:
    """What some code prints in an environment."""
    command = [str(environment.python), "-I", "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_a_folder_is_installed_so_that_its_changes_count(tmp_path: Path) -> None:
    requirement = project(tmp_path / "src")
    made = provide([requirement], ISOLATED)
    assert made.versions == {"tiny": "1.5"}
    (tmp_path / "src" / "tiny.py").write_text("answer = 43\n")
    assert running(provide([requirement], ISOLATED), "import tiny; print(tiny.answer)") == "43"


@pytest.mark.parametrize("broken", ["bin/python", "compliance.json"])
def test_a_broken_environment_is_made_anew(broken: str) -> None:
    made = provide([], ISOLATED)
    (made.prefix / broken).unlink()
    assert describe([], ISOLATED) == "to be installed"
    assert running(provide([], ISOLATED), "print('up')") == "up"


def test_refresh_makes_an_environment_anew_once_a_run() -> None:
    made = provide([], ISOLATED)
    (made.prefix / "old").touch()
    provide([], Wishes(isolated=True, refresh=True))
    assert not (made.prefix / "old").exists()
    (made.prefix / "new").touch()
    provide([], Wishes(isolated=True, refresh=True))
    assert (made.prefix / "new").exists()


def test_a_failed_refresh_leaves_the_environment_as_it_was(tmp_path: Path) -> None:
    requirement = project(tmp_path / "src")
    made = provide([requirement], ISOLATED)
    (tmp_path / "src" / "backend.py").write_text("raise SystemExit('broken since')")
    assert "broken since" in said_of(requirement, wishes=Wishes(isolated=True, refresh=True))
    assert provide([requirement], ISOLATED) == made


def test_several_that_want_the_same_environment_make_it_once(cache: Path) -> None:
    said: list[str] = []
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda _: provide([], ISOLATED, say=said.append), range(3)))
    assert len({each.python for each in made}) == 1
    assert sum(line.startswith("installing") for line in said) == 1
    assert [path.name for path in cache.iterdir() if path.is_dir()] == [made[0].prefix.name]


def test_places_differ_by_requirements_and_python_and_have_readable_names(cache: Path) -> None:
    wishes = [([], None), (["h11"], None), (["h11>0"], None), (["h11"], "3.8"), (["h11"], "/opt/python3.8")]
    places = [isolated.Place.of(requires, python).folder for requires, python in wishes]
    assert len(set(places)) == len(places)
    assert places[1].name.startswith(f"h11-py{THIS}-")
    assert places[3].name.startswith("h11-py3.8-")
    assert {place.parent for place in places} == {cache}
    assert isolated.Place.of(["a", "b"], THIS) == isolated.Place.of(["a", "b"], None)


# What cannot be had


def test_no_network_and_no_cached_environment_is_said() -> None:
    assert said_of("h11>=0.14", "wsproto") == (
        f"h11>=0.14, wsproto for Python {THIS}: not installed here, no cached environment exists, and the "
        "package index was not reachable: Connection refused (os error 111)"
    )


def test_a_failed_build_shows_the_end_of_its_output(tmp_path: Path, cache: Path) -> None:
    said = said_of(project(tmp_path / "src", broken=True))
    assert "for Python 3." in said.splitlines()[0]
    assert said.splitlines()[0].endswith(": cannot be installed:")
    assert "the compiler is on holiday" in said
    assert not any(path.is_dir() for path in cache.iterdir())


def test_a_cache_folder_that_cannot_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("COMPLIANCE_CACHE", str(tmp_path / "file"))
    assert f"Not a directory: '{tmp_path}/file/environments'" in said_of()


@pytest.mark.parametrize(
    ("python", "said"),
    [
        ("3.99", "there is no Python 3.99 on this machine"),
        ("/nowhere/python", "--python /nowhere/python: does not exist"),
        (__file__, f"--python {__file__}: does not run as a Python interpreter"),
    ],
)
def test_a_missing_interpreter_is_named(python: str, said: str) -> None:
    assert said_of(wishes=Wishes(python=python)).startswith(said)


# Interpreters


def fake(path: Path, executable: Path, version: str) -> None:
    """A program that answers as another interpreter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho \'["{executable}", "{version}"]\'\n')
    path.chmod(0o755)


def test_pyenv_s_newest_version_is_found_and_no_shim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    for version in ("3.98.2", "3.98.10"):
        python = tmp_path / "versions" / version / "bin" / "python"
        fake(python, python, version)
    found = interpreter.find("3.98")
    assert (found.version, found.path.parts[-3]) == ("3.98.10", "3.98.10")
    assert interpreter.find("3.98.2").version == "3.98.2"


def test_a_program_on_path_is_asked_for_its_own_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, shim = tmp_path / "real" / "python", tmp_path / "shims" / "python3.98"
    fake(shim, real, "3.98.1")
    monkeypatch.setenv("PATH", f"{shim.parent}{os.pathsep}{os.environ['PATH']}")
    assert interpreter.find("3.98").path == real
    assert interpreter.find(str(shim)).path == real


# Constraints


def test_constraints_are_part_of_a_place_and_keep_the_current_interpreter_out(tmp_path: Path) -> None:
    constraint = tmp_path / "constraints.txt"
    places = set()
    for text in ("h11==0.14.0\n", "h11==0.16.0\n"):
        constraint.write_text(text)
        places.add(isolated.Place.of(["h11"], None, [constraint]).folder)
    assert len(places) == 2
    assert describe([], Wishes(constraints=(constraint,))) == "to be installed"


def test_constraints_that_are_missing_are_named(tmp_path: Path) -> None:
    missing = tmp_path / "gone.txt"
    assert said_of(wishes=Wishes(constraints=(missing,))).startswith(
        f"--constraint {missing}: cannot be read"
    )


# With an index


@pytest.mark.slow
def test_an_environment_holds_what_the_index_has(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_CACHE_DIR"):
        monkeypatch.delenv(name)
    made = provide(["h11"], Wishes(with_=("h11==0.14.0",)))
    assert made.versions == {"h11": "0.14.0"}
    assert running(made, "import h11; print(h11.__version__)") == "0.14.0"
    assert "there is no version of h11==99" in said_of("h11==99")


@pytest.mark.slow
def test_constraints_decide_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_CACHE_DIR"):
        monkeypatch.delenv(name)
    constraint = tmp_path / "constraints.txt"
    constraint.write_text("h11==0.14.0\nwsproto==1.2.0\n")
    assert provide(["wsproto"], Wishes(constraints=(constraint,))).versions == {
        "h11": "0.14.0",
        "wsproto": "1.2.0",
    }
