"""The suite's own liars as subjects, to prove that the checks can fail (`pytest --liars GLOB`).

A lying server is judged by the checks of its area, and a lying bare application by the checks of frameworks
and combinations. What the lies are is said where they are told: `compliance/reference/liars/` and
`targets/frameworks/bare/liars.py`.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from compliance.reference import liar
from compliance.subjects import FOLDERS, Subject
from compliance.target import Catalogue, FrameworkSpec, Interface, TargetError


@dataclass(frozen=True)
class Lie:
    """A liar as the matrix sees it: `catches` names the checks that must fail on it, and no others may."""

    name: str
    catches: tuple[str, ...]
    folder: str
    doc: str


def subjects(catalogue: Catalogue, patterns: Sequence[str]) -> list[Subject]:
    """The liars whose names match; TargetError if none does."""
    found = [s for s in everybody(catalogue) if any(fnmatchcase(s.name, pattern) for pattern in patterns)]
    if not found:
        raise TargetError(f"--liars {' '.join(patterns)}: no liar has such a name")
    return found


def everybody(catalogue: Catalogue) -> list[Subject]:
    """All liars as subjects."""
    bare = catalogue.frameworks["bare"]
    servers = [_server(catalogue, bare, name, lie) for name, lie in sorted(liar.load_all().items())]
    return servers + [
        subject for lie in applications(bare.app) for subject in _application(catalogue, bare, lie)
    ]


def _server(catalogue: Catalogue, bare: FrameworkSpec, name: str, lie: liar.Liar) -> Subject:
    honest = catalogue.servers[f"reference-{lie.interface}"]
    *start, app = honest.command
    spec = replace(honest, name=name, command=(*start, "--liar", name, app))
    interface: Interface = "wsgi" if lie.interface == "wsgi" else "asgi"
    kind = FOLDERS[lie.area].kind
    framework = bare if kind == "combination" else None
    return Subject(kind, name, interface, spec, framework, (), name, frozenset({lie.area}))


def applications(app: Path) -> list[Lie]:
    """The liars among the bare applications, read without importing what only guests import."""
    tree = ast.parse(app.with_name("liars.py").read_text())
    return [
        Lie(f"bare.{node.name}", _catches(node), _interface(node), ast.get_docstring(node) or "")
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    ]


def _catches(node: ast.ClassDef) -> tuple[str, ...]:
    for statement in node.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "catches":
            return tuple(ast.literal_eval(statement.value))
    raise TargetError(f"the liar bare.{node.name} does not say what it catches: set `catches`")


def _interface(node: ast.ClassDef) -> str:
    return "wsgi" if any("Wsgi" in ast.unparse(base) for base in node.bases) else "asgi"


def _application(catalogue: Catalogue, bare: FrameworkSpec, lie: Lie) -> Iterator[Subject]:
    interface: Interface = "wsgi" if lie.folder == "wsgi" else "asgi"
    env = {"COMPLIANCE_BARE_LIAR": lie.name.removeprefix("bare.")}
    server = catalogue.servers[f"reference-{interface}"]
    yield Subject("framework", lie.name, interface, None, bare, (), lie.name, env=env)
    yield Subject("combination", lie.name, interface, server, bare, (), lie.name, env=env)


def catches(app: Path) -> dict[str, tuple[str, ...]]:
    """What each liar catches: its name, then the names of checks."""
    told = {name: lie.catches for name, lie in liar.load_all().items()}
    return told | {lie.name: lie.catches for lie in applications(app)}
