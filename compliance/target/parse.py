"""TOML tables to servers, frameworks and known failures."""

import re
from collections.abc import Mapping
from pathlib import Path

from packaging.requirements import Requirement

from compliance.target.model import MODES, Concurrency, FrameworkSpec, Interface, Known, Mode, ServerSpec
from compliance.target.table import Table, placeholders, read

INTERFACES: tuple[Interface, ...] = ("wsgi", "asgi")

_NAME = re.compile(r"[a-z0-9_.]+(-[a-z0-9_.]+)*")
_SHARED = ("requires", "lacks", "concurrency", "python", "distribution", "note", "known", "known-failures")
_SERVER = ("interface", "command", "env", "debian", "modes", "adapter", "fresh", *_SHARED)
_FRAMEWORK = ("interfaces", "app", "middleware", *_SHARED)
_OF_ONE_VARIANT = ("variants", "known", "known-failures")


def servers(name: str, table: Table) -> list[ServerSpec]:
    """A family's servers: the one of its own keys, if they have a command, and one for each variant.

    A variant has the keys of the family, each replaced by its own; known failures are not inherited.
    """
    _check(name, table)
    table.only(*_SERVER, "variants")
    variants = table.table("variants")
    found = [] if "variants" in table and "command" not in table else [_server(name, table)]
    inherited = {key: value for key, value in table.data.items() if key not in _OF_ONE_VARIANT}
    for suffix in variants:
        variant = variants.table(suffix)
        _check(suffix, variant)
        variant.only(*_SERVER)
        variant.data = {**inherited, **variant.data}
        found.append(_server(f"{name}-{suffix}", variant))
    return found


def _check(name: str, table: Table) -> None:
    if not _NAME.fullmatch(name):
        raise table.error("", f"{name!r} is no name: lower-case letters, digits, dots and single dashes")


def _server(name: str, table: Table) -> ServerSpec:
    requires = table.requirements("requires")
    return ServerSpec(
        name=name,
        interface=table.choice("interface", INTERFACES),
        command=table.command("command"),
        requires=requires,
        env=table.environment("env"),
        lacks=table.capabilities("lacks"),
        concurrency=_concurrency(table.table("concurrency")),
        python=table.specifier("python"),
        distribution=table.text("distribution", _first(requires)),
        known=known(table),
        source=str(table.file),
        note=table.text("note", ""),
        debian=table.texts("debian"),
        modes=_modes(table.table("modes")),
        adapter=table.text("adapter", ""),
        fresh=_fresh(table),
    )


def _fresh(table: Table) -> bool:
    fresh = table.flag("fresh")
    if fresh and not table.text("note", ""):
        raise table.error("fresh", "costs a start for each check: say in `note` why it has to be")
    return fresh


def _modes(table: Table) -> Mapping[str, Mode]:
    table.only(*MODES)
    return {name: _mode(name, table.table(name)) for name in table}


def _mode(name: str, table: Table) -> Mode:
    table.only("command", "options")
    own = placeholders(MODES[name])
    if "command" in table and "options" in table:
        raise table.error("", "has a command of its own, so no options for the usual one")
    if "command" in table:
        return Mode(command=table.command("command", own))
    return Mode(options=table.arguments("options", own))


def framework(name: str, table: Table, app: Path | None = None) -> FrameworkSpec:
    """A framework; `app` is its application's file where the table need not name one."""
    _check(name, table)
    table.only(*_FRAMEWORK)
    requires = table.requirements("requires")
    return FrameworkSpec(
        name=name,
        interfaces=_interfaces(table),
        app=app if app is not None and "app" not in table else _app(table),
        requires=requires,
        lacks=_lacks(table),
        concurrency=_promises(table.table("concurrency")),
        python=table.specifier("python"),
        distribution=table.text("distribution", _first(requires)),
        known=known(table),
        source=str(table.file),
        note=table.text("note", ""),
        middleware=table.flag("middleware"),
    )


def _interfaces(table: Table) -> tuple[Interface, ...]:
    interfaces = table.choices("interfaces", INTERFACES)
    if not interfaces:
        raise table.error("interfaces", 'is missing: ["wsgi"], ["asgi"] or both')
    return interfaces


def _lacks(table: Table) -> Mapping[Interface, frozenset[str]]:
    """What a framework lacks on each of its interfaces: one list for all, or a table of lists."""
    interfaces = _interfaces(table)
    if not isinstance(table.data.get("lacks"), dict):
        return dict.fromkeys(interfaces, table.capabilities("lacks"))
    lacks = table.table("lacks")
    lacks.only(*interfaces)
    return {name: lacks.capabilities(name) for name in interfaces}


def _app(table: Table) -> Path:
    app = table.file.parent / table.text("app")
    if not app.is_file():
        raise table.error("app", f"{app} is not a file")
    return app


def _first(requires: tuple[str, ...]) -> str:
    return Requirement(requires[0]).name if requires else ""


def _concurrency(table: Table) -> Concurrency:
    table.only("blocking", "nonblocking")
    return Concurrency(table.promise("blocking"), table.promise("nonblocking"))


def _promises(table: Table) -> Mapping[Interface, Concurrency]:
    table.only(*INTERFACES)
    return {name: _concurrency(table.table(name)) for name in INTERFACES if name in table}


def known(table: Table) -> tuple[Known, ...]:
    """The known failures that a subject's table lists itself, and those of the file that it names."""
    entries = [_entry(entry) for entry in table.tables("known")]
    if "known-failures" in table:
        entries += known_file(table.file.parent / table.text("known-failures"))
    return tuple(entries)


def known_file(path: Path) -> tuple[Known, ...]:
    """The known failures of a file of [[known]] tables."""
    table = Table(read(path), path)
    table.only("known")
    return tuple(_entry(entry) for entry in table.tables("known"))


def _entry(table: Table) -> Known:
    optional = ("versions", "expires", "checks", "silent", "harms", "chance", "also", "dies")
    table.only("requirement", "reason", "link", *optional)
    return Known(
        requirement=table.text("requirement"),
        reason=table.text("reason"),
        link=table.text("link"),
        versions=table.specifier("versions"),
        expires=table.date("expires"),
        source=str(table.file),
        checks=table.texts("checks"),
        silent=table.texts("silent"),
        harms=table.texts("harms"),
        chance=table.texts("chance"),
        also=table.texts("also"),
        dies=table.text("dies", ""),
    )


def listed(table: Table) -> dict[str, tuple[Known, ...]]:
    """Known failures by subject: each key is a subject, its value a list of tables or the path of a file."""
    return {subject: _listed(table, subject) for subject in table}


def _listed(table: Table, subject: str) -> tuple[Known, ...]:
    if isinstance(table.data[subject], str):
        return known_file(table.file.parent / table.text(subject))
    return tuple(_entry(entry) for entry in table.tables(subject))
