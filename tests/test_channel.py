"""The line between guest and host."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from compliance.channel import Switchboard
from compliance.expect import Silence
from compliance.guest.channel import Channel


def test_a_guest_never_waits_for_the_host_to_read(tmp_path: Path) -> None:
    """However much it reports, the application goes on, and everything arrives in order."""
    board = Switchboard(tmp_path, "line")
    guest = Channel("e1", "http", board.address)
    for number in range(20_000):
        guest.note("count", number)
    guest.end()
    line = board.line(lambda line: line.exchange == "e1", "e1")
    line.wait_end()
    assert [event.value for event in line.events if event.name == "count"] == list(range(20_000))
    line.close()
    board.close()


def test_what_is_too_large_for_the_line_needs_no_thread_of_the_guest(tmp_path: Path) -> None:
    """A large note is whole as soon as it is reported, and leaves no file."""
    board = Switchboard(tmp_path, "line")
    guest = Channel("e1", "http", board.address)
    threads = threading.active_count()
    for _ in range(5):
        guest.note("body", b"x" * 1_000_000)
    assert threading.active_count() == threads
    guest.end()
    line = board.line(lambda line: line.exchange == "e1", "e1")
    line.wait_end()
    assert [len(event.value) for event in line.events[1:]] == [1_000_000] * 5
    assert [path.name for path in tmp_path.iterdir()] == ["line"]
    line.close()
    board.close()


class Gone:
    """A connection that this side has closed."""

    def fileno(self) -> int:
        return -1

    def attend(self) -> bool:
        return True


class Pairs(Sequence[Any]):
    """A sequence of a class of its own, as some servers give for headers."""

    def __getitem__(self, index: Any) -> Any:
        return [(b"host", b"a")][index]

    def __len__(self) -> int:
        return 1


def test_a_sequence_of_any_class_arrives_with_its_items(tmp_path: Path) -> None:
    """What the application could go through, a check can."""
    board = Switchboard(tmp_path, "line")
    guest = Channel("e1", "http", board.address)
    guest.note("headers", Pairs())
    guest.end()
    line = board.line(lambda line: line.exchange == "e1", "e1")
    found = line.wait("headers").value
    assert (list(found), len(found), found.base) == ([(b"host", b"a")], 1, "object")
    line.close()
    board.close()


def test_what_was_closed_beside_a_line_is_let_go(tmp_path: Path) -> None:
    """A line can be read to its end though the connection that was to be attended to is closed."""
    board = Switchboard(tmp_path, "line")
    guest = Channel("e1", "http", board.address)
    line = board.line(lambda line: line.exchange == "e1", "e1")
    line.beside = Gone()
    guest.end()
    line.wait_end()
    assert line.beside is None
    line.close()
    board.close()


def test_the_host_does_not_wait_for_ever_for_a_guest_that_reads_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A guest that takes no gates is silent."""
    monkeypatch.setenv("COMPLIANCE_PATIENCE", "0.01")
    board = Switchboard(tmp_path, "line")
    guest = Channel("e1", "http", board.address)
    line = board.line(lambda line: line.exchange == "e1", "e1")
    with pytest.raises(Silence, match="took no more gates"):
        line.open_gates(["x" * 1000] * 10_000)
    guest.end()
    line.close()
    board.close()


def test_what_a_guest_said_before_its_end_is_heard(tmp_path: Path) -> None:
    """A guest whose process has ended has called nevertheless."""

    def dead() -> None:
        raise Silence("the process has ended")

    board = Switchboard(tmp_path, "line")
    guest = Channel("e1", "http", board.address)
    guest.note("raised", "an error")
    guest.end()
    line = board.line(lambda line: line.exchange == "e1", "e1", alive=dead)
    assert line.wait("raised").value == "an error"
    with pytest.raises(Silence, match="the process has ended"):
        board.line(lambda line: line.exchange == "e2", "e2", alive=dead)
    line.close()
    board.close()
