"""Packages of a Debian system that a target's own packages are built on."""

import shutil
import subprocess
from collections.abc import Sequence


def missing(packages: Sequence[str]) -> list[str]:
    """Those that are not installed; none where this is no Debian system, which may have them otherwise."""
    if not packages or shutil.which("dpkg-query") is None:
        return []
    command = ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *packages]
    found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    installed = {line.split()[0] for line in found.splitlines() if line.endswith(" installed")}
    return [package for package in packages if package not in installed]
