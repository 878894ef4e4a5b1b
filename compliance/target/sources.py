"""Where targets are described: the built-in folder, other distributions, a project, files of the user."""

import dataclasses
import importlib.metadata
import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from compliance.target import parse
from compliance.target.catalogue import Catalogue
from compliance.target.model import FrameworkSpec, Known, ServerSpec, TargetError
from compliance.target.table import Table, read

ENTRY_POINTS = "gateway_compliance.targets"
"""The group in which a distribution names a package of its own that holds the file below."""

ENTRY_POINT_FILE = "compliance-targets.toml"

_SECTIONS = ("servers", "frameworks", "known")

_Spec = TypeVar("_Spec", ServerSpec, FrameworkSpec)


def root() -> Path:
    """The folder of the built-in targets: inside the package when installed, beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "targets"
    return installed if installed.is_dir() else package.parent / "targets"


def load(*, files: Sequence[Path] = (), project: Path | None = None) -> Catalogue:
    """Every server and framework that is described somewhere.

    `files` are those of --target-file, `project` is a folder whose pyproject.toml may have a table
    [tool.compliance]. TargetError where one of them is wrong or two describe the same name.
    """
    found = _Found()
    _built_in(found, root())
    for path in _entry_point_files():
        _file(found, path)
    if project is not None and (project / "pyproject.toml").is_file():
        _project(found, project / "pyproject.toml")
    for path in files:
        _file(found, path)
    return found.catalogue()


class _Found:
    """What was found so far, each name once."""

    def __init__(self) -> None:
        self.servers: dict[str, ServerSpec] = {}
        self.frameworks: dict[str, FrameworkSpec] = {}
        self.known: dict[str, tuple[Known, ...]] = {}

    def server(self, spec: ServerSpec) -> None:
        self._once(self.servers, spec, "server")

    def framework(self, spec: FrameworkSpec) -> None:
        self._once(self.frameworks, spec, "framework")

    def _once(self, found: dict[str, _Spec], spec: _Spec, kind: str) -> None:
        if spec.name in found:
            first = found[spec.name].source
            raise TargetError(f"the {kind} {spec.name!r} is described twice, in {first} and in {spec.source}")
        found[spec.name] = spec

    def section(self, table: Table) -> None:
        """Take the servers, frameworks and known failures of [tool.compliance] or of a target file."""
        table.only(*_SECTIONS)
        servers, frameworks = table.table("servers"), table.table("frameworks")
        for name in servers:
            for server in parse.servers(name, servers.table(name)):
                self.server(server)
        for name in frameworks:
            self.framework(parse.framework(name, frameworks.table(name)))
        self.known.update(parse.listed(table.table("known")))

    def catalogue(self) -> Catalogue:
        """The catalogue of it all, with the lists of known failures where they belong."""
        known = _shared(self.known)
        return Catalogue(
            {name: _with_known(spec, known.get(name, ())) for name, spec in self.servers.items()},
            {name: _with_known(spec, known.get(name, ())) for name, spec in self.frameworks.items()},
            known,
        )


def _shared(known: Mapping[str, tuple[Known, ...]]) -> dict[str, tuple[Known, ...]]:
    """The lists, each with the entries of others that are about its subject too."""
    found = dict(known)
    for entries in known.values():
        for entry in entries:
            for other in entry.also:
                found[other] = (*found.get(other, ()), entry)
    return found


def _with_known(spec: _Spec, entries: tuple[Known, ...]) -> _Spec:
    return dataclasses.replace(spec, known=spec.known + entries)


def _built_in(found: _Found, folder: Path) -> None:
    for path in sorted((folder / "servers").glob("*.toml")):
        for server in parse.servers(path.stem, Table(read(path), path)):
            found.server(server)
    for path in sorted((folder / "frameworks").glob("*/framework.toml")):
        table = Table(read(path), path)
        found.framework(parse.framework(path.parent.name, table, path.parent / "app.py"))
    for path in sorted((folder / "known").glob("*.toml")):
        found.known[path.stem] = parse.known_file(path)


def _project(found: _Found, path: Path) -> None:
    tool = Table(read(path), path).table("tool")
    found.section(tool.table("compliance"))


def _file(found: _Found, path: Path) -> None:
    table = Table(read(path), path)
    if "tool" in table and "compliance" in table.table("tool"):
        table = table.table("tool").table("compliance")
    found.section(table)


def _entry_point_files() -> Iterator[Path]:
    entries = importlib.metadata.entry_points(group=ENTRY_POINTS)
    for entry in sorted(entries, key=lambda entry: entry.value):
        paths = (folder / ENTRY_POINT_FILE for folder in _folders(entry.value))
        path = next((path for path in paths if path.is_file()), None)
        if path is None:
            where = f"the entry point {entry.name} = {entry.value!r} of {ENTRY_POINTS}"
            owner = entry.dist.name if entry.dist else "a distribution"
            raise TargetError(f"{owner}: {where} has to name a package that holds {ENTRY_POINT_FILE}")
        yield path


def _folders(package: str) -> list[Path]:
    """The folders of a package, found without importing it."""
    top, *rest = package.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return []
    locations = list(spec.submodule_search_locations or ()) if spec else []
    return [Path(location, *rest) for location in locations]
