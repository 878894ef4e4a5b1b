"""What the suite needs to know of a pytest item that is a check."""

from typing import Any, cast

import pytest

from compliance.life import story_of
from compliance.modes import mode_of
from compliance.requirements import Citation, citation
from compliance.results import Evidence
from compliance.subjects import CHECKS, FOLDERS, Subject, folder_of

OBSERVED = pytest.StashKey[list[Any]]()


class Case(pytest.Item):
    """A case of another suite, judged as a check is: `title` is its name in results.

    `options` are those of the command line without which there is no such case.
    """

    title: str
    options: tuple[str, ...] = ()

    def __init__(self, *, subject: Subject, cited: Citation, **more: Any) -> None:
        """A case that judges `subject`, and what it cites."""
        super().__init__(**more)
        self.subject = subject
        self.cited = cited

    def observe(self, value: Any) -> None:
        """Record a measured value."""
        self.stash.setdefault(OBSERVED, []).append(value)

    def evidence(self) -> Evidence | None:
        """What was seen, as results keep it."""
        return None


def subject_of(item: pytest.Item | None) -> Subject | None:
    """The subject that a check judges; None for what is no check, or a check without a subject."""
    if isinstance(item, Case):
        return item.subject
    callspec = getattr(item, "callspec", None)
    subject = callspec.params.get("subject") if callspec is not None else None
    return subject if isinstance(subject, Subject) else None


def cited_by(item: pytest.Item) -> Citation | None:
    """What a check cites; None for what is no check."""
    if isinstance(item, Case):
        return item.cited
    if not isinstance(item, pytest.Function) or folder_of(item.path) is None:
        return None
    return citation(item.function)


def check_id(item: pytest.Item) -> str:
    """The check's name in results, "asgi_server/test_http_scope.py::test_x[row]", without its subject."""
    if isinstance(item, Case):
        return item.title
    function = cast(pytest.Function, item)
    subject = subject_of(item)
    row = function.callspec.id.removeprefix(subject.name).removeprefix("-") if subject is not None else ""
    path = item.path.relative_to(CHECKS).as_posix()
    return f"{path}::{function.originalname}" + (f"[{row}]" if row else "")


def lacking(item: pytest.Item, subject: Subject) -> frozenset[str]:
    """The capabilities that the check needs and the subject declares to lack."""
    cited, folder = cited_by(item), folder_of(item.path)
    if cited is None or folder is None:
        return frozenset()
    return subject.lacks & (cited.capabilities(subject.interface) | FOLDERS[folder].needs)


def asked_mode(item: pytest.Item) -> str:
    """The mode in which the check wants its server, or has its story's; empty for the usual one."""
    function = getattr(item, "function", None)
    story = story_of(function)
    return story.mode if story is not None else mode_of(function)


def offers_mode(item: pytest.Item, subject: Subject) -> bool:
    """Whether the subject can be started as the check wants it."""
    wanted = asked_mode(item)
    return not wanted or (subject.server is not None and wanted in subject.server.modes)
