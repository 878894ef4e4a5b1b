"""What the suite needs to know of a pytest item that is a check."""

from typing import cast

import pytest

from compliance.life import story_of
from compliance.modes import mode_of
from compliance.requirements import Citation, citation
from compliance.subjects import CHECKS, FOLDERS, Subject, folder_of


def subject_of(item: pytest.Item | None) -> Subject | None:
    """The subject that a check judges; None for what is no check, or a check without a subject."""
    callspec = getattr(item, "callspec", None)
    subject = callspec.params.get("subject") if callspec is not None else None
    return subject if isinstance(subject, Subject) else None


def cited_by(item: pytest.Item) -> Citation | None:
    """What a check cites; None for what is no check."""
    if not isinstance(item, pytest.Function) or folder_of(item.path) is None:
        return None
    return citation(item.function)


def check_id(item: pytest.Item) -> str:
    """The check's name in results, "asgi_server/test_http_scope.py::test_x[row]", without its subject."""
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
