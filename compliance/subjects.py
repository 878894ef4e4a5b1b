"""Which subjects a selection of targets gives, and which checks judge which subject.

The folder of a check says what it judges. A server or framework that several selected targets share is one
subject, judged once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from compliance.results import SubjectKind
from compliance.target import Concurrency, FrameworkSpec, Interface, Known, ServerSpec, Target

CHECKS = Path(__file__).with_name("checks")


@dataclass(frozen=True)
class Folder:
    """What a folder of checks judges: a kind of subject, on some interfaces, perhaps only some of those.

    Those are `middleware`s, or servers with an `adapter`. `needs` are capabilities without which nothing in
    it applies.
    """

    kind: SubjectKind
    interfaces: tuple[Interface, ...]
    middleware: bool = False
    adapter: bool = False
    needs: frozenset[str] = frozenset()


FOLDERS = {
    "wsgi_server": Folder("server", ("wsgi",)),
    "wsgi_adapter": Folder("server", ("wsgi",), adapter=True),
    "asgi_server": Folder("server", ("asgi",)),
    "http_server": Folder("server", ("wsgi", "asgi")),
    "websocket_server": Folder("server", ("asgi",), needs=frozenset({"websocket"})),
    "lifecycle": Folder("server", ("wsgi", "asgi")),
    "wsgi_framework": Folder("framework", ("wsgi",)),
    "wsgi_middleware": Folder("framework", ("wsgi",), middleware=True),
    "asgi_framework": Folder("framework", ("asgi",)),
    "combination": Folder("combination", ("wsgi", "asgi")),
}


@dataclass(frozen=True, eq=False)
class Subject:
    """A server, a framework on one interface, or a combination of both."""

    kind: SubjectKind
    name: str
    interface: Interface
    server: ServerSpec | None
    framework: FrameworkSpec | None
    known: tuple[Known, ...]
    target: str
    folders: frozenset[str] | None = None  # None: every folder of its kind and interface
    files: frozenset[str] | None = None  # None: every file of those, else paths below the folder of checks
    env: Mapping[str, str] = field(default_factory=dict)
    mode: str = ""

    def started(self, mode: str) -> "Subject":
        """The same with its server started in this mode."""
        return replace(self, mode=mode) if mode else self

    def judged_by(self, folder: str) -> bool:
        """Whether the checks of this folder judge it."""
        rule = FOLDERS.get(folder)
        if (
            rule is None
            or (rule.middleware and not self.is_middleware)
            or (self.folders is not None and folder not in self.folders)
        ):
            return False
        adapts = self.server is not None and bool(self.server.adapter)
        return rule.kind == self.kind and self.interface in rule.interfaces and (adapts or not rule.adapter)

    @property
    def is_middleware(self) -> bool:
        """Whether it is a middleware around an application of ours."""
        return self.framework is not None and self.framework.middleware

    def judged_in(self, path: Path) -> bool:
        """Whether the checks of this file judge it, if those of its folder do."""
        return self.files is None or path.relative_to(CHECKS).as_posix() in self.files

    @property
    def key(self) -> str:
        """A name that no other subject of the run has."""
        return f"{self.place} {self.mode}".rstrip()

    @property
    def place(self) -> str:
        """What it shares with the same in other modes: where it runs."""
        return f"{self.kind} {self.name} {self.interface}"

    @property
    def requires(self) -> tuple[str, ...]:
        """The distributions that its environment holds."""
        parts = [spec.requires for spec in (self.server, self.framework) if spec is not None]
        return tuple(dict.fromkeys(requirement for part in parts for requirement in part))

    @property
    def python(self) -> str:
        """The specifier of the Python versions that it runs on; empty for any."""
        return ",".join(
            spec.python for spec in (self.server, self.framework) if spec is not None and spec.python
        )

    @property
    def debian(self) -> tuple[str, ...]:
        """The packages of the system that it needs."""
        return self.server.debian if self.server is not None else ()

    @property
    def lacks(self) -> frozenset[str]:
        """The capabilities that it declares to lack."""
        server = self.server.lacks if self.server else frozenset()
        return server | (self.framework.lacks[self.interface] if self.framework else frozenset())

    @property
    def concurrency(self) -> Concurrency | None:
        """What a combination promises, or a server alone; None for a framework."""
        if self.server is None or self.framework is None:
            return self.server.concurrency if self.server is not None else None
        return Target(self.name, self.server, self.framework).concurrency

    @property
    def distributions(self) -> tuple[str, ...]:
        """The distributions whose versions decide which known failures apply."""
        return tuple(
            spec.distribution for spec in (self.server, self.framework) if spec and spec.distribution
        )


@cache
def folder_of(path: Path) -> str | None:
    """The name of the folder of checks that a file or folder is in; None for what is no check."""
    if not path.is_relative_to(CHECKS) or path == CHECKS:
        return None
    name = path.relative_to(CHECKS).parts[0]
    return name if name in FOLDERS else None


def subjects_of(targets: Iterable[Target]) -> list[Subject]:
    """The subjects of the selected targets, each once: servers, frameworks, then combinations."""
    found: dict[str, Subject] = {}
    for target in targets:
        for subject in _of(target):
            found.setdefault(subject.key, subject)
    order = ("server", "framework", "combination")
    return sorted(found.values(), key=lambda subject: order.index(subject.kind))


def _of(target: Target) -> list[Subject]:
    server, framework, interface = target.server, target.framework, target.interface
    return [
        Subject("server", server.name, interface, server, None, server.known, target.name),
        Subject("framework", framework.name, interface, None, framework, framework.known, target.name),
        Subject("combination", target.name, interface, server, framework, target.known, target.name),
    ]
