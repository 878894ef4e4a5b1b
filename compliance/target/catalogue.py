"""All servers and frameworks, and the pairs of them that names and globs select."""

import difflib
import fnmatch
from collections.abc import Iterator, Mapping, Sequence

from compliance.target.model import FrameworkSpec, Known, ServerSpec, Target, TargetError
from compliance.target.table import closest


class Catalogue:
    """Servers and frameworks by name; `known` are listed failures by subject, pairs included."""

    def __init__(
        self,
        servers: Mapping[str, ServerSpec],
        frameworks: Mapping[str, FrameworkSpec],
        known: Mapping[str, tuple[Known, ...]] | None = None,
    ) -> None:
        """Pair each server with each framework of its interface; TargetError where two pairs share a name."""
        self.servers = dict(servers)
        self.frameworks = dict(frameworks)
        self.known = dict(known or {})
        self._targets: dict[str, Target] = {}
        for target in self._pairs():
            self._add(target)
        self._refuse_strange_lists()

    def targets(self) -> list[Target]:
        """Every target, sorted by server and then by framework."""
        return list(self._targets.values())

    def select(self, patterns: Sequence[str]) -> list[Target]:
        """The targets of names, globs and "all", each once, in the order in which they are asked for.

        TargetError where a pattern selects nothing: it says why, and what would.
        """
        chosen = {target.name: target for pattern in patterns for target in self._matches(pattern)}
        return list(chosen.values())

    def _pairs(self) -> Iterator[Target]:
        for server in sorted(self.servers.values(), key=lambda spec: spec.name):
            for framework in sorted(self.frameworks.values(), key=lambda spec: spec.name):
                if server.interface in framework.interfaces:
                    name = f"{server.name}-{framework.name}"
                    yield Target(name, server, framework, self.known.get(name, ()))

    def _add(self, target: Target) -> None:
        other = self._targets.setdefault(target.name, target)
        if other is not target:
            raise TargetError(
                f"{target.name} has two meanings: {other.server.name} ({other.server.source}) with "
                f"{other.framework.name}, and {target.server.name} ({target.server.source}) with "
                f"{target.framework.name}"
            )

    def _refuse_strange_lists(self) -> None:
        subjects = {*self.servers, *self.frameworks, *self._targets}
        for subject, entries in self.known.items():
            if subject not in subjects:
                where = entries[0].source if entries else "a list of known failures"
                raise TargetError(
                    f"{where}: {subject!r} is no server, framework or target; {closest(subject, subjects)}"
                )

    def _matches(self, pattern: str) -> list[Target]:
        if pattern == "all":
            return self.targets()
        if pattern in self._targets:
            return [self._targets[pattern]]
        found = [target for name, target in self._targets.items() if fnmatch.fnmatchcase(name, pattern)]
        if not found:
            raise TargetError(self._why_not(pattern))
        return found

    def _why_not(self, pattern: str) -> str:
        if any(character in pattern for character in "*?["):
            return f"no target matches {pattern!r}; {_some(self._near(pattern.strip('*?-[]')))}"
        for server, framework in self._splits(pattern):
            return self._mismatch(server, framework)
        if pattern in self.servers or pattern in self.frameworks:
            kind, other = ("server", "framework") if pattern in self.servers else ("framework", "server")
            return f"{pattern!r} is a {kind}, and a target names a {other} too; {_some(self._with(pattern))}"
        return f"there is no target {pattern!r}; {_some(self._near(pattern))}"

    def _splits(self, name: str) -> Iterator[tuple[ServerSpec, FrameworkSpec]]:
        parts = name.split("-")
        for cut in range(1, len(parts)):
            server, framework = "-".join(parts[:cut]), "-".join(parts[cut:])
            if server in self.servers and framework in self.frameworks:
                yield self.servers[server], self.frameworks[framework]

    def _mismatch(self, server: ServerSpec, framework: FrameworkSpec) -> str:
        speaks = " and ".join(interface.upper() for interface in framework.interfaces)
        name = f"{server.name}-{framework.name}"
        same_server, same_framework = self._with(server.name), self._with(framework.name)
        near = sorted(same_framework, key=lambda each: _likeness(each, name), reverse=True)
        return (
            f"there is no target {name!r}: {server.name} is a server of {server.interface.upper()}, and "
            f"{framework.name} a framework of {speaks}; with {framework.name} there is {_listing(near)}; "
            f"with {server.name} there is {_listing(same_server)}"
        )

    def _with(self, subject: str) -> list[str]:
        return [
            name
            for name, target in self._targets.items()
            if subject in (target.server.name, target.framework.name)
        ]

    def _near(self, name: str) -> list[str]:
        return difflib.get_close_matches(name, self._targets, n=3, cutoff=0.4)


def _likeness(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def _listing(names: Sequence[str], most: int = 4) -> str:
    more = ", …" if len(names) > most else ""
    return ", ".join(names[:most]) + more if names else "nothing"


def _some(names: Sequence[str]) -> str:
    return f"the nearest: {_listing(names)}" if names else "--list-targets shows what there is"
