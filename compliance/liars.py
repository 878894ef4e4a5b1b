"""The suite's own liars as subjects, to prove that the checks can fail (`pytest --liars GLOB`).

A lying server is judged by the checks of its area, and a lying application or middleware by the checks of
frameworks and combinations. What the lies are is said where they are told: `compliance/reference/liars/` and
the files `*_liars.py` of `targets/frameworks/bare` and `targets/frameworks/passthrough`.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from compliance import coverage
from compliance.reference import liar
from compliance.subjects import FOLDERS, Subject
from compliance.target import Catalogue, FrameworkSpec, Interface, TargetError

HONEST = ("bare", "passthrough")
"""The frameworks whose folders have liars."""


@dataclass(frozen=True)
class Lie:
    """A liar as the matrix sees it: `catches` names the checks that must fail on it, and no others may."""

    name: str
    catches: tuple[str, ...]
    interface: str
    doc: str


def subjects(catalogue: Catalogue, patterns: Sequence[str], *, near: bool = False) -> list[Subject]:
    """The liars whose names match; TargetError if none does.

    `near`: each is judged only in the files that hold a check which it names.
    """
    found = [s for s in everybody(catalogue) if any(fnmatchcase(s.name, pattern) for pattern in patterns)]
    if not found:
        raise TargetError(f"--liars {' '.join(patterns)}: no liar has such a name")
    return _near(found, catches(catalogue)) if near else found


def _near(found: Sequence[Subject], told: Mapping[str, Sequence[str]]) -> list[Subject]:
    files: dict[str, set[str]] = {}
    for check in coverage.checks():
        files.setdefault(check.function, set()).add(check.path)
    return [
        replace(subject, files=frozenset().union(*(files.get(name, ()) for name in told[subject.name])))
        for subject in found
    ]


def everybody(catalogue: Catalogue) -> list[Subject]:
    """All liars as subjects."""
    bare = catalogue.frameworks["bare"]
    servers = [_server(catalogue, bare, name, lie) for name, lie in sorted(liar.load_all().items())]
    return servers + [
        subject
        for framework in honest(catalogue)
        for lie in applications(framework)
        for subject in _application(catalogue, framework, lie)
    ]


def honest(catalogue: Catalogue) -> list[FrameworkSpec]:
    """The frameworks of ours that have liars."""
    return [catalogue.frameworks[name] for name in HONEST]


def _server(catalogue: Catalogue, bare: FrameworkSpec, name: str, lie: liar.Liar) -> Subject:
    honest = catalogue.servers[f"reference-{lie.interface}"]
    *start, app = honest.command
    adapter = honest.adapter and named(lie.server_class.adapter_class)
    spec = replace(honest, name=name, command=(*start, "--liar", name, app), adapter=adapter)
    interface: Interface = "wsgi" if lie.interface == "wsgi" else "asgi"
    kind = FOLDERS[lie.area].kind
    framework = bare if kind == "combination" else None
    return Subject(kind, name, interface, spec, framework, (), name, frozenset({lie.area}))


def named(cls: type) -> str:
    """A class as module:attribute."""
    return f"{cls.__module__}:{cls.__qualname__}"


def applications(framework: FrameworkSpec) -> list[Lie]:
    """The liars of a framework of ours, read without importing what only guests import.

    They are the classes with `@liar(requirement, [names of checks])` in the files `*_liars.py` beside its
    app; a file's name begins with the interface about which its liars lie.
    """
    files = sorted(framework.app.parent.glob("*_liars.py"))
    return [lie for path in files for lie in _told_in(path, framework.name)]


def _told_in(path: Path, framework: str) -> Iterator[Lie]:
    interface = path.name.partition("_")[0]
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef):
            for told in [call for call in node.decorator_list if _is_liar(call)]:
                doc = ast.get_docstring(node) or ""
                yield Lie(f"{framework}.{node.name}", _catches(told), interface, doc)


def _is_liar(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "liar"


def _catches(told: ast.expr) -> tuple[str, ...]:
    """The second argument of `@liar(requirement, [names])`."""
    if isinstance(told, ast.Call) and len(told.args) > 1:
        return tuple(ast.literal_eval(told.args[1]))
    return ()


def _application(catalogue: Catalogue, framework: FrameworkSpec, lie: Lie) -> Iterator[Subject]:
    interface: Interface = "wsgi" if lie.interface == "wsgi" else "asgi"
    env = {"COMPLIANCE_BARE_LIAR": lie.name.removeprefix(f"{framework.name}.")}
    server = catalogue.servers[f"reference-{interface}"]
    yield Subject("framework", lie.name, interface, None, framework, (), lie.name, env=env)
    yield Subject("combination", lie.name, interface, server, framework, (), lie.name, env=env)


def catches(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """What each liar catches: its name, then the names of checks."""
    told = {name: lie.catches for name, lie in liar.load_all().items()}
    return told | {lie.name: lie.catches for own in honest(catalogue) for lie in applications(own)}
