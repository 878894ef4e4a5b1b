"""Makes every target a tox environment (`tox -e uvicorn-fastapi`): tox reads this file by itself."""

import sys
from collections.abc import Iterable
from pathlib import Path

from tox.plugin import impl

sys.path.append(str(Path(__file__).parent))  # tox runs in an environment of its own, without the suite


@impl
def tox_extend_envs() -> Iterable[str]:
    """The names of all targets."""
    from compliance import target

    return [found.name for found in target.load().targets()]
