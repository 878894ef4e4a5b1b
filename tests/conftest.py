"""Leaves out the tests that take minutes unless `-m` asks for them: `pytest tests -m slow`."""

import pytest

_LONG = ("slow", "matrix", "bugs")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect slow tests where no marker expression was given."""
    if config.option.markexpr:
        return
    slow = [item for item in items if any(item.get_closest_marker(name) for name in _LONG)]
    config.hook.pytest_deselected(items=slow)
    items[:] = [item for item in items if item not in slow]
