"""The results file: a run as JSON both ways (`docs/results.schema.json`)."""

import contextlib
import json
import math
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

from compliance.guest import tagged
from compliance.results import LEVELS, SUBJECTS, VERDICTS, Result, Run, TargetInfo

SCHEMA: Final = "gateway-compliance/results/1"
_EVIDENCE: Final = frozenset({"sent", "received", "events", "log"})


class ResultsError(Exception):
    """Results cannot be read or written; the message is complete for a user."""


def plain(value: Any) -> Any:
    """Return `value` as JSON can hold it; never raises.

    Objects with text keys, lists, text, numbers, booleans and None stay; whatever else occurs is tagged as in
    `compliance.guest.tagged`, so bytes, tuples and subclasses remain visible.
    """
    kind = type(value)
    if kind is dict and all(type(key) is str for key in value):
        return {key: plain(item) for key, item in value.items()}
    if kind is list:
        return [plain(item) for item in value]
    if kind is float and math.isfinite(value):
        return round(value, 6)
    if value is None or kind in (bool, int, str):
        return value
    return json.loads(tagged.encode(value))


def _fields(value: Any) -> dict[str, Any]:
    return {item.name: plain(getattr(value, item.name)) for item in fields(value)}


def dump_result(result: Result) -> dict[str, Any]:
    """Return one result as plain JSON values, for `load_result` in another process."""
    return _fields(result)


def dump(run: Run) -> dict[str, Any]:
    """Return the run as the document of the schema; results are sorted by target and check."""
    ordered = sorted(run.results, key=lambda result: (result.target, result.check, result.verdict))
    return {
        "schema": SCHEMA,
        "suite": {"version": run.suite},
        "run": {
            "started": run.started,
            "seconds": plain(run.seconds),
            "complete": run.complete,
            "partial": run.partial,
        },
        "targets": [_fields(target) for target in run.targets],
        "results": [_fields(result) for result in ordered],
    }


# Reading: every object is described by its keys, each with a test of the value and words for what it must be.

_Rule = tuple[Callable[[Any], bool], str]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_versions(value: Any) -> bool:
    return isinstance(value, dict) and _is_texts(list(value.values()))


def _is_rows(value: Any, texts: int) -> bool:
    return isinstance(value, list) and all(
        isinstance(row, list) and len(row) == texts + 1 and _is_number(row[0]) and _is_texts(row[1:])
        for row in value
    )


def _is_evidence(value: Any) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, dict)
        and value.keys() == _EVIDENCE
        and _is_rows(value["sent"], 1)
        and _is_rows(value["received"], 1)
        and _is_rows(value["events"], 3)
        and isinstance(value["log"], str)
    )


def _one_of(words: Iterable[str]) -> _Rule:
    allowed = tuple(words)
    return lambda value: value in allowed, f"one of {', '.join(repr(word) for word in allowed)}"


_TEXT: Final[_Rule] = (lambda value: isinstance(value, str), "text")
_FLAG: Final[_Rule] = (lambda value: isinstance(value, bool), "true or false")
_NUMBER: Final[_Rule] = (_is_number, "a number")
_ARRAY: Final[_Rule] = (lambda value: isinstance(value, list), "an array")
_OBJECT: Final[_Rule] = (lambda value: isinstance(value, dict), "an object")
_TEXTS: Final[_Rule] = (_is_texts, "an array of texts")
_SUITE: Final = {"version": _TEXT}
_RUN: Final = {"started": _TEXT, "seconds": _NUMBER, "complete": _FLAG, "partial": _FLAG}
_DOCUMENT: Final = {
    "schema": _one_of([SCHEMA]),
    "suite": _OBJECT,
    "run": _OBJECT,
    "targets": _ARRAY,
    "results": _ARRAY,
}
_TARGET: Final = {
    **dict.fromkeys(("name", "server", "framework", "python"), _TEXT),
    "interface": _one_of(["wsgi", "asgi"]),
    "versions": (_is_versions, "an object of texts"),
    "command": _TEXTS,
}
_RESULT: Final = {
    **dict.fromkeys(("check", "requirement", "target", "message", "reproduce"), _TEXT),
    "level": _one_of((*LEVELS, "")),
    "subject": _one_of(SUBJECTS),
    "verdict": _one_of(VERDICTS),
    "observed": (lambda _: True, "anything"),
    "evidence": (_is_evidence, "null or an object of sent, received, events and log"),
    "seconds": _NUMBER,
}


def _object(value: Any, rules: Mapping[str, _Rule], where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ResultsError(f"{where} is not an object")
    for problem, keys in (
        ("lacks", rules.keys() - value.keys()),
        ("has unknown", value.keys() - rules.keys()),
    ):
        if keys:
            raise ResultsError(f"{where} {problem} {', '.join(sorted(keys))}")
    for key, (right, words) in rules.items():
        if not right(value[key]):
            raise ResultsError(f"{where}: {key} is {json.dumps(value[key])[:60]}, which is not {words}")
    return value


def load_result(value: Any, where: str = "the result") -> Result:
    """Undo `dump_result`; raises ResultsError that begins with `where`."""
    return Result(**_object(value, _RESULT, where))


def load(document: Any) -> Run:
    """Undo `dump`; values that were tagged stay tagged. Raises ResultsError."""
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ResultsError(f"not a results file of this suite (its schema is not {SCHEMA!r})")
    top = _object(document, _DOCUMENT, "the file")
    return Run(
        suite=_object(top["suite"], _SUITE, "suite")["version"],
        targets=[
            TargetInfo(**_object(row, _TARGET, f"targets[{index}]"))
            for index, row in enumerate(top["targets"])
        ],
        results=[load_result(row, f"results[{index}]") for index, row in enumerate(top["results"])],
        **_object(top["run"], _RUN, "run"),
    )


def read(path: Path) -> Run:
    """Read a results file; raises ResultsError, which names the file."""
    try:
        return load(json.loads(path.read_bytes()))
    except OSError as error:
        raise ResultsError(f"cannot read results {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise ResultsError(f"{path} is not JSON: {error}") from error
    except ResultsError as error:
        raise ResultsError(f"{path}: {error}") from error


def write(run: Run, path: Path) -> None:
    """Write the run to `path`, whole or not at all; folders are made. Raises ResultsError."""
    data = json.dumps(dump(run), indent=1).encode("ascii") + b"\n"
    try:
        path = path.resolve()
        if path.exists() and not path.is_file():
            path.write_bytes(data)  # a pipe or a device cannot be replaced
        else:
            _replace(path, data)
    except OSError as error:
        raise ResultsError(f"cannot write results to {path}: {error.strerror or error}") from error


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
