"""`--list-targets`: which targets there are, and what running them would install."""

import pytest
from rich.console import Console
from rich.table import Table

from compliance.environment import describe
from compliance.session import catalogue, wishes
from compliance.target import Target


def list_targets(config: pytest.Config) -> None:
    """Print the selected targets, or all, as a table; raises TargetError."""
    everything = catalogue(config)
    targets = everything.select(config.option.target or ["all"])
    table = Table("target", "interface", "server variant", "framework", "packages", "runs in", box=None)
    for target in targets:
        table.add_row(*_row(target, config))
    Console().print(table)


def _row(target: Target, config: pytest.Config) -> tuple[str, ...]:
    packages = ", ".join(target.requires) or "none"
    state = describe(target.requires, wishes(config))
    return target.name, target.interface, target.server.name, target.framework.name, packages, state
