"""Targets: which servers and frameworks there are, and which pairs of them a name or a glob asks for."""

from compliance.target.catalogue import Catalogue
from compliance.target.model import (
    ALL,
    CAPABILITIES,
    MODES,
    Concurrency,
    FrameworkSpec,
    Interface,
    Known,
    Mode,
    ServerSpec,
    Target,
    TargetError,
)
from compliance.target.sources import load, root

__all__ = [
    "ALL",
    "CAPABILITIES",
    "MODES",
    "Catalogue",
    "Concurrency",
    "FrameworkSpec",
    "Interface",
    "Known",
    "Mode",
    "ServerSpec",
    "Target",
    "TargetError",
    "load",
    "root",
]
