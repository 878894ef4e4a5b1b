"""The line between guest and host."""

from pathlib import Path

from compliance.channel import Switchboard
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
