"""A TOML table that is read key by key, and complains with file, key and what would be right."""

import datetime as dt
import difflib
import re
import string
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from compliance.target.model import ALL, CAPABILITIES, TargetError

PLACEHOLDERS = {
    "python": "the interpreter of the target's environment",
    "bin": "the folder of its console scripts",
    "prefix": "its sys.prefix",
    "app": "the application, as module:attribute",
    "host": "the address to listen on",
    "port": "the port to listen on",
    "pythonpath": "the folder that the application is imported from",
    "tmp": "a scratch folder",
    "project": "the folder of the file that describes the target",
}

_BESIDE = re.compile(r"(?P<folder>\.{1,2}(/[^\[]*)?)(?P<extras>\[.*\])?")
_FEW = 20
_Choice = TypeVar("_Choice", bound=str)


def placeholders(text: str) -> list[str]:
    """The names in braces in a text; ValueError where braces do not match."""
    return [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]


def closest(name: str, names: Iterable[str]) -> str:
    """A half-sentence that suggests the nearest of some names, or else lists them if they are few."""
    names = sorted(names)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.6)
    if near:
        return f"did you mean {' or '.join(repr(each) for each in near)}?"
    return f"there is: {', '.join(names)}" if 0 < len(names) <= _FEW else "there is nothing like it"


def read(path: Path) -> dict[str, Any]:
    """The contents of a TOML file; TargetError where it cannot be read or is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TargetError(f"{path}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise TargetError(f"{path}: is not UTF-8: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise TargetError(f"{path}: is not valid TOML: {error}") from error


class Table:
    """One table of a file; every method names the offending key when the value is not what it has to be."""

    def __init__(self, data: Any, file: Path, path: str = "") -> None:
        """Take a parsed value that stands in a file under a dotted path; TargetError unless it is a table."""
        self.file = file
        self.path = path
        self.data: dict[str, Any] = {}
        if not isinstance(data, dict):
            raise self.error("", f"must be a table, not {_kind(data)}")
        self.data = data

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def error(self, key: str, message: str) -> TargetError:
        """An error about a key of this table, or about the table itself when the key is empty."""
        where = ".".join(filter(None, (self.path, key)))
        return TargetError(f"{self.file}: {where}: {message}" if where else f"{self.file}: {message}")

    def only(self, *keys: str) -> None:
        """Refuse every key but these."""
        for key in self.data:
            if key not in keys:
                raise self.error(key, f"unknown key; {closest(key, keys)}")

    def table(self, key: str) -> "Table":
        """The table under a key, empty where there is none."""
        return Table(self.data.get(key, {}), self.file, ".".join(filter(None, (self.path, key))))

    def tables(self, key: str) -> list["Table"]:
        """The list of tables under a key, empty where there is none."""
        values = self.data.get(key, [])
        if not isinstance(values, list):
            raise self.error(key, f"must be a list of tables, not {_kind(values)}")
        path = ".".join(filter(None, (self.path, key)))
        return [Table(value, self.file, f"{path}[{place}]") for place, value in enumerate(values)]

    def text(self, key: str, default: str | None = None) -> str:
        """The string under a key."""
        if key not in self.data and default is None:
            raise self.error(key, "is missing")
        value = self.data.get(key, default)
        if not isinstance(value, str):
            raise self.error(key, f"must be a string, not {_kind(value)}")
        return value

    def flag(self, key: str) -> bool:
        """The boolean under a key, false where there is none."""
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            raise self.error(key, f"must be true or false, not {_kind(value)}")
        return value

    def texts(self, key: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """The list of strings under a key."""
        value = self.data.get(key, list(default))
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.error(key, f"must be a list of strings, not {_kind(value)}")
        return tuple(value)

    def choice(self, key: str, choices: tuple[_Choice, ...]) -> _Choice:
        """The string under a key, which is one of some."""
        return self._one_of(key, self.text(key), choices)

    def choices(self, key: str, choices: tuple[_Choice, ...]) -> tuple[_Choice, ...]:
        """The list of strings under a key, each of which is one of some."""
        return tuple(self._one_of(key, value, choices) for value in self.texts(key))

    def _one_of(self, key: str, value: str, choices: tuple[_Choice, ...]) -> _Choice:
        for choice in choices:
            if value == choice:
                return choice
        raise self.error(key, f"{value!r} is unknown; {closest(value, choices)}")

    def capabilities(self, key: str) -> frozenset[str]:
        """The list of capability names under a key."""
        return frozenset(self.choices(key, tuple(CAPABILITIES)))

    def command(self, key: str, more: Iterable[str] = ()) -> tuple[str, ...]:
        """The argument list under a key that starts a server; see `arguments`."""
        if key not in self.data:
            raise self.error(key, "is missing: the arguments that start the server, as a list of strings")
        arguments = self.arguments(key, more)
        if not arguments:
            raise self.error(key, "is empty")
        return arguments

    def arguments(self, key: str, more: Iterable[str] = ()) -> tuple[str, ...]:
        """The list of arguments under a key, with known placeholders only and those that `more` names."""
        if isinstance(self.data.get(key), str):
            raise self.error(key, "must be a list of arguments, not a string: no shell reads it")
        known = (*PLACEHOLDERS, *more)
        return tuple(self._placeholders(key, argument, known) for argument in self.texts(key))

    def environment(self, key: str) -> Mapping[str, str]:
        """The table of strings under a key, with known placeholders only."""
        table = self.table(key)
        return {name: table._placeholders(name, table.text(name)) for name in table}  # noqa: SLF001

    def _placeholders(self, key: str, argument: str, known: Iterable[str] = PLACEHOLDERS) -> str:
        try:
            names = placeholders(argument)
        except ValueError as error:
            raise self.error(key, f"{argument!r}: {error}; a literal brace is written twice") from error
        for name in names:
            if name not in known:
                raise self.error(key, f"{argument!r}: unknown placeholder; {closest(name, known)}")
        folder = str(self.file.parent.resolve()).replace("{", "{{").replace("}", "}}")
        return argument.replace("{project}", folder)

    def requirements(self, key: str) -> tuple[str, ...]:
        """The PEP 508 requirements under a key; "." or "./path[extra]" is a project beside the file."""
        return tuple(self._requirement(key, text) for text in self.texts(key))

    def _requirement(self, key: str, text: str) -> str:
        beside = _BESIDE.fullmatch(text)
        if beside:
            text = self._project(key, self.file.parent / beside["folder"], beside["extras"] or "")
        try:
            return str(Requirement(text))
        except InvalidRequirement as error:
            reason = str(error).splitlines()[0]
            raise self.error(key, f"{text!r} is not a requirement: {reason}") from error

    def _project(self, key: str, folder: Path, extras: str) -> str:
        path = folder.resolve() / "pyproject.toml"
        if not path.is_file():
            raise self.error(key, f"there is no {path}")
        return f"{Table(read(path), path).table('project').text('name')}{extras} @ {path.parent.as_uri()}"

    def specifier(self, key: str) -> str:
        """The PEP 440 specifier under a key, empty where there is none."""
        value = self.text(key, "")
        try:
            SpecifierSet(value)
        except InvalidSpecifier as error:
            raise self.error(key, f"{value!r} is not a version specifier such as '>=3.9'") from error
        return value

    def date(self, key: str) -> dt.date | None:
        """The date under a key, if there is one."""
        value = self.data.get(key)
        if value is not None and (isinstance(value, dt.datetime) or not isinstance(value, dt.date)):
            raise self.error(key, f"must be a date such as 2030-12-31, not {_kind(value)}")
        return value

    def promise(self, key: str) -> int | None:
        """The number of requests at once under a key; "all" is ALL, and no key is no promise."""
        value = self.data.get(key)
        if value is None:
            return None
        if value == "all":
            return ALL
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self.error(key, f'must be a number from 1 on or "all", not {_kind(value)}')
        return value


def _kind(value: Any) -> str:
    names = {bool: "a boolean", int: "a number", float: "a number", str: "a string", dict: "a table"}
    if isinstance(value, list):
        kinds = sorted({_kind(each) for each in value if not isinstance(each, str)})
        return f"a list with {' and '.join(kinds)}" if kinds else "a list"
    return f"{names.get(type(value), 'a date or time')} ({value!r})"
