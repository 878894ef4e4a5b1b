"""How long the host waits: in a hurry, and at ease within one."""

import pytest

from compliance.patience import ceiling, ease, hurry


@pytest.fixture(autouse=True)
def _unscaled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMPLIANCE_PATIENCE", raising=False)


def test_a_hurry_is_shorter_and_ends() -> None:
    usual = ceiling("answer")
    with hurry():
        assert ceiling("answer") < usual
    assert ceiling("answer") == usual


def test_ease_is_longer_within_a_hurry() -> None:
    with hurry():
        hurried = ceiling("answer")
        with ease():
            assert ceiling("answer") > hurried
        assert ceiling("answer") == hurried


def test_ease_is_nothing_without_a_hurry() -> None:
    usual = ceiling("answer")
    with ease():
        assert ceiling("answer") == usual
