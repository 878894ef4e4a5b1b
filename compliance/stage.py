"""Brings the subjects of a run up when their checks come, ahead of time where possible, and takes them down.

A subject that does not start, or fails the pre-flight (one GET, one POST that is echoed), is unavailable:
that is one error, and its checks are not judged. One that dies is started again, unless it dies
in every check; the rows of a check count as one. Where the server's file asks for it (`fresh`), each row of
a check gets a process that nobody has used.
"""

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from compliance.adapter import driven
from compliance.concurrency import as_promised
from compliance.environment import Environment
from compliance.framework import Framework
from compliance.life import Lives, Story
from compliance.preflight import preflight, serves
from compliance.process import LaunchError, sweep
from compliance.running import StartError
from compliance.server import Server
from compliance.subjects import Subject

_DEATHS = 8
_SPARES = 1  # as many as this are started while a check runs, if the next one gets a server of its own
Say = Callable[[str], None]


class Unavailable(Exception):
    """The subject cannot be judged; the message says why."""


class NotJudged(Exception):
    """The subject is known to be unavailable: this has been reported already."""


@dataclass(frozen=True)
class Place:
    """Where a subject runs, or why it cannot."""

    environment: Environment | None
    problem: str = ""


def fresh(subject: Subject) -> bool:
    """Whether each check of the subject gets a server that nobody has used."""
    return subject.server is not None and subject.server.fresh


class Stage:
    """The running subjects of this process."""

    def __init__(self, places: Mapping[str, Place], say: Say = lambda _: None) -> None:
        """`places` maps each subject's place to where it runs; `say` shows progress."""
        self._places = places
        self._say = say
        self._servers: dict[str, Server] = {}
        self._frameworks: dict[str, Framework] = {}
        self._ready: set[str] = set()
        self._deaths: dict[str, set[str]] = {}  # the checks in which it died since it last survived one
        self._latest: dict[str, str] = {}
        self._excused: set[str] = set()  # those whose latest check was known to end in silence
        self._unavailable: dict[str, str] = {}
        self._retired: list[Server] = []
        self._spares: dict[str, list[Server]] = {}  # launched for the checks that come next
        self._lives: dict[str, Lives] = {}
        self.signs: dict[tuple[str, str], str] = {}  # of what a subject declares to lack, by its key and that

    def environment(self, subject: Subject) -> Environment:
        """Where the subject runs; raises Unavailable."""
        place = self._places[subject.place]
        if place.environment is None:
            raise Unavailable(place.problem)
        return place.environment

    def prepare(self, subject: Subject) -> None:
        """Launch the subject without waiting for it; problems are raised when it is asked for."""
        if subject.key in self._unavailable:
            return
        with contextlib.suppress(StartError, LaunchError, Unavailable):
            if subject.kind == "framework":
                self._framework(subject)
            else:
                self._launched(subject)

    def new_server(self, subject: Subject, **options: Any) -> Server:
        """A server of the subject's kind that is not started; the options are those of `Server`."""
        if subject.server is None:
            raise Unavailable(f"{subject.name} is no server")
        framework = subject.framework.app if subject.framework else None
        return Server(
            subject.server,
            self.environment(subject),
            framework=framework,
            concurrency=subject.concurrency,
            extra_env=dict(subject.env),
            **{"mode": subject.mode, **options},
        )

    def _launched(self, subject: Subject) -> Server:
        if subject.key not in self._servers:
            spares = self._spares.get(subject.key)
            if not spares:
                self._say(f"starting {subject.name}{subject.mode and f', mode {subject.mode}'}")
            self._servers[subject.key] = spares.pop(0) if spares else self.new_server(subject).launch()
        return self._servers[subject.key]

    def server(
        self, subject: Subject, check: str = "", *, silent: bool = False, harm: bool = False
    ) -> Server:
        """The subject's running server, ready for the check; raises Unavailable once, then NotJudged.

        `silent`: it is known that the check will wait for something in vain; `harm`: that no other check may
        use the server after it.
        """
        self._refuse(subject)
        try:
            if fresh(subject):
                server = self._unused(subject)
            else:
                self._bury(subject)
                server = self._brought_up(subject)
        except (StartError, Unavailable) as error:
            self._unavailable[subject.key] = str(error)
            self.retire(subject)
            raise Unavailable(str(error)) from error
        server.reset()
        server.distrusted = server.distrusted or harm
        self._latest[subject.key] = check
        (self._excused.add if silent else self._excused.discard)(subject.key)
        return server

    def _brought_up(self, subject: Subject) -> Server:
        """The subject's server, ready, and past the pre-flight."""
        server = self._launched(subject)
        if subject.key not in self._ready:
            server.wait_ready()
            preflight(server, framework=subject.kind == "combination")
            self._ready.add(subject.key)
        return server

    def _unused(self, subject: Subject) -> Server:
        """A server of the subject's that nobody has used; one before them has passed the pre-flight."""
        if subject.key not in self._ready:
            self._brought_up(subject)
        self._replace(subject)
        spares = self._spares.setdefault(subject.key, [])
        while len(spares) <= _SPARES:
            spares.append(self.new_server(subject).launch())
        return self._launched(subject).wait_ready()

    def _refuse(self, subject: Subject) -> None:
        if subject.key in self._unavailable:
            raise NotJudged(
                f"{subject.name} is unavailable: {self._unavailable[subject.key].splitlines()[0]}"
            )

    def _bury(self, subject: Subject) -> None:
        """Retire a server that died in the check before, dies, or left a client waiting.

        What made it silent may go on to harm the checks that follow; where that was known before, it stays
        if it still does what it promises. Raises StartError if it dies every time.
        """
        server = self._servers.get(subject.key)
        if server is None or subject.key not in self._ready:
            return
        silent = any(exchange.was_silent() for exchange in server.exchanges)
        well = serves(server)
        died = set() if well else {*self._deaths.get(subject.key, ()), self._latest[subject.key]}
        self._deaths[subject.key] = died
        if well and not server.distrusted and (not silent or self._stays(subject, server)):
            return
        self._drop(subject)
        if len(died) >= _DEATHS:
            last = server.log() or "(nothing)"
            raise StartError(
                f"{subject.name} died in {_DEATHS} checks in a row\nlast lines of its log:\n{last}"
            )

    def _stays(self, subject: Subject, server: Server) -> bool:
        server.reset()
        return subject.key in self._excused and as_promised(server, framework=subject.kind == "combination")

    def framework(self, subject: Subject) -> Framework:
        """The subject's driver, or its adapter's, for a check; raises Unavailable once, then NotJudged."""
        self._refuse(subject)
        try:
            return self._framework(subject).ready()
        except (StartError, LaunchError, Unavailable, AssertionError) as error:
            self._unavailable[subject.key] = str(error)
            raise Unavailable(str(error)) from error

    def _framework(self, subject: Subject) -> Framework:
        if subject.key not in self._frameworks:
            self._frameworks[subject.key] = self._driven(subject)
        return self._frameworks[subject.key]

    def _driven(self, subject: Subject) -> Framework:
        environment = self.environment(subject)
        if subject.framework is not None:
            spec, env = subject.framework, dict(subject.env)
            return Framework(spec, environment, subject.interface, extra_env=env)
        if subject.server is None or not subject.server.adapter:
            raise Unavailable(f"{subject.name} is no framework, and has no adapter")
        return driven(subject.server, environment)

    def begin(self, subject: Subject, stories: Iterable[Story]) -> None:
        """Have stories played in the background; problems are raised when their lives are asked for."""
        with contextlib.suppress(Unavailable, NotJudged):
            for story in stories:
                self.lives(subject).begin(story)

    def lives(self, subject: Subject) -> Lives:
        """The lives of servers of this kind; raises Unavailable, then NotJudged."""
        self._refuse(subject)
        if subject.key not in self._lives:
            self.environment(subject)
            self._lives[subject.key] = Lives(lambda **options: self.new_server(subject, **options))
        return self._lives[subject.key]

    def retire(self, subject: Subject) -> None:
        """Ask the subject to stop; it is waited for at the end of the run, so nobody waits for it now."""
        self._drop(subject)
        for spare in self._spares.pop(subject.key, []):
            self._dismiss(spare)
        framework = self._frameworks.pop(subject.key, None)
        if framework is not None:
            framework.stop()
        lives = self._lives.pop(subject.key, None)
        if lives is not None:
            lives.close()

    def _drop(self, subject: Subject) -> None:
        self._ready.discard(subject.key)
        self._replace(subject)

    def _replace(self, subject: Subject) -> None:
        server = self._servers.pop(subject.key, None)
        if server is not None:
            self._dismiss(server)

    def _dismiss(self, server: Server) -> None:
        """Ask a server to stop, and let go of those that have."""
        server.terminate()
        if server.distrusted and server.process is not None:
            server.process.kill()  # it may keep a core busy for as long as it lives
        self._retired.append(server)
        ended = [other for other in self._retired if other.process and not other.process.alive()]
        for other in ended:
            other.stop()
            self._retired.remove(other)

    def close(self) -> None:
        """Stop everything that still runs, and wait for it."""
        for lives in self._lives.values():
            lives.close()
        for server in self._servers.values():
            server.terminate()
        for server in (spare for spares in self._spares.values() for spare in spares):
            self._dismiss(server)
        for server in [*self._servers.values(), *self._retired]:
            server.stop()
        for framework in self._frameworks.values():
            framework.stop()
        self._servers.clear()
        self._spares.clear()
        self._retired.clear()
        self._frameworks.clear()
        sweep()
