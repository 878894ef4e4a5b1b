"""How pytest-xdist shares out the checks: a subject's checks stay on one worker, so it is started once."""

from collections.abc import Iterable
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from compliance.subjects import FOLDERS


class SubjectScheduling(LoadScopeScheduling):
    """Load scheduling whose scope is the subject that a check's node id names."""

    def __init__(self, config: pytest.Config, log: Any, names: Iterable[str]) -> None:
        """`names` are the subjects' names, as they stand in node ids; `log` is xdist's own."""
        super().__init__(config, log)
        self._names = sorted(names, key=len, reverse=True)

    def _split_scope(self, nodeid: str) -> str:
        path, _, rest = nodeid.partition("::")
        parameters = rest.partition("[")[2].removesuffix("]")
        for name in self._names:
            if parameters == name or parameters.startswith(f"{name}-"):
                return f"{_kind(path)} {name}"
        return str(super()._split_scope(nodeid))


def _kind(path: str) -> str:
    """The kind of subject that the check's folder judges, with its interface where that tells them apart."""
    folder = next((part for part in reversed(path.split("/")) if part in FOLDERS), "")
    if not folder:
        return ""
    kind = FOLDERS[folder].kind
    return folder if kind == "framework" else kind
