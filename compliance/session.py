"""One run of the suite inside pytest: its subjects, where they run, what was found out about them.

The controller selects and provides; with pytest-xdist each worker selects the same again and is told where
the subjects run. Results travel with pytest's reports and are gathered by the controller.
"""

import datetime as dt
import os
import time
from collections.abc import Mapping
from fnmatch import fnmatchcase
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from compliance import autobahn, liars, target
from compliance.environment import (
    Environment,
    EnvironmentUnavailable,
    SystemPackagesMissing,
    Wishes,
    provide,
)
from compliance.items import asked_mode, check_id, cited_by, lacking, offers_mode, subject_of
from compliance.known import Ledger
from compliance.life import Story, story_of
from compliance.results import Run, TargetInfo
from compliance.server import Server
from compliance.stage import Place, Stage, fresh
from compliance.subjects import Subject, subjects_of

_AHEAD = 20  # checks before its own, a subject is started: some keep a core busy while they wait


def is_worker(config: pytest.Config) -> bool:
    """Whether this process is an xdist worker."""
    return hasattr(config, "workerinput")


def catalogue(config: pytest.Config) -> target.Catalogue:
    """All targets that this invocation can name; raises TargetError."""
    folder = config.invocation_params.dir
    return target.load(files=[folder / name for name in config.option.target_file], project=folder)


def wishes(config: pytest.Config) -> Wishes:
    """What the command line asks of environments."""
    option = config.option
    constraints = tuple(config.invocation_params.dir / name for name in option.constraint)
    return Wishes(tuple(option.with_), constraints, option.python, option.isolated, option.refresh)


def _select(config: pytest.Config) -> list[Subject]:
    if config.option.patience is not None:
        os.environ["COMPLIANCE_PATIENCE"] = str(config.option.patience)
    everything = catalogue(config)
    if config.option.liars:
        return liars.subjects(everything, config.option.liars, near=config.option.liars_near)
    return subjects_of(everything.select(config.option.target))


def for_controller(config: pytest.Config) -> "Session":
    """The session of the process that the user started; raises TargetError."""
    return Session(config, _select(config), places={})


def for_worker(config: pytest.Config) -> "Session":
    """The session of an xdist worker, told by its controller where the subjects run."""
    told = config.workerinput["compliance"]  # type: ignore[attr-defined]
    places = {key: Place(_environment(value), problem) for key, (value, problem) in told.items()}
    return Session(config, [s for s in _select(config) if s.place in places], places=places)


def _is_partial(config: pytest.Config) -> bool:
    """Whether the command line leaves out some checks of its targets."""
    narrowing = ("check", "keyword", "markexpr", "deselect", "ignore", "ignore_glob", "lf", "stepwise")
    chosen = any(getattr(config.option, name, None) for name in narrowing)
    return chosen or config.args_source is pytest.Config.ArgsSource.ARGS


def _environment(value: dict[str, Any] | None) -> Environment | None:
    return Environment(**value | {"python": Path(value["python"])}) if value else None


def _plain(environment: Environment | None) -> dict[str, Any] | None:
    if environment is None:
        return None
    return {
        "python": str(environment.python),
        "version": environment.version,
        "versions": dict(environment.versions),
        "isolated": environment.isolated,
    }


class Session:
    """The subjects of a run and the means to judge them."""

    def __init__(self, config: pytest.Config, subjects: list[Subject], places: dict[str, Place]) -> None:
        """`places` is empty in the controller until `provide`."""
        self.config = config
        self.subjects = subjects
        self.places = places
        self.stage = Stage(places, self.say)
        self.run = Run(version("gateway-compliance"), dt.datetime.now(dt.UTC).isoformat(timespec="seconds"))
        self.run.partial = _is_partial(config)
        self._clock = time.monotonic()
        self._heralds: dict[str, list[Subject]] = {}  # what to start ahead when a check's turn comes
        self._stories: dict[str, list[Story]] = {}
        self._modes: dict[str, list[Subject]] = {}  # the subjects that a subject is in its other modes
        self._ledger: Ledger | None = None

    def say(self, text: str) -> None:
        """Show progress on the terminal, where there is one."""
        reporter = self.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None and not is_worker(self.config):
            reporter.ensure_newline()
            reporter.write_line(text)

    # Environments

    def provide(self) -> None:
        """Provide every subject's environment; one that cannot be had is a problem of that subject only.

        With --installable, one that is built on what this machine has not got is no subject.
        """
        for subject in self.subjects:
            place = self._provide(subject)
            if place is not None:
                self.places[subject.place] = place
        self.subjects = [subject for subject in self.subjects if subject.place in self.places]
        self.run.targets = [info for subject in self.subjects if (info := self._info(subject)) is not None]

    def _provide(self, subject: Subject) -> Place | None:
        def say(text: str) -> None:
            self.say(f"{subject.name}: {text}")

        try:
            wished = wishes(self.config)
            found = provide(subject.requires, wished, python=subject.python, debian=subject.debian, say=say)
            return Place(found)
        except EnvironmentUnavailable as error:
            if isinstance(error, SystemPackagesMissing) and self.config.option.installable:
                say(f"left out: {error}")
                return None
            return Place(None, f"{subject.name} cannot be provided: {error}")

    def _info(self, subject: Subject) -> TargetInfo | None:
        environment = self.places[subject.place].environment
        if subject.server is None or subject.framework is None or environment is None:
            return None
        return TargetInfo(
            name=subject.name,
            server=subject.server.name,
            framework=subject.framework.name,
            interface=subject.interface,
            python=environment.version,
            versions=dict(environment.versions),
            command=Server(subject.server, environment).command(),
        )

    def for_workers(self) -> dict[str, Any]:
        """Where the subjects run, as plain values for `for_worker`."""
        return {key: (_plain(place.environment), place.problem) for key, place in self.places.items()}

    @property
    def ledger(self) -> Ledger:
        """The known failures of the subjects; `provide` comes first, as their versions matter."""
        if self._ledger is None:
            known = {s.name: (s.known, self._versions(s)) for s in self.subjects}
            parts = {
                s.name: (s.server.name, s.framework.name) for s in self.subjects if s.server and s.framework
            }
            self._ledger = Ledger(known, parts)
        return self._ledger

    def _versions(self, subject: Subject) -> Mapping[str, str]:
        """What decides which known failures apply; the distribution "python" is the interpreter itself."""
        environment = self.places[subject.place].environment
        found = {"python": environment.version, **environment.versions} if environment is not None else {}
        return {name: found[name] for name in subject.distributions if name in found}

    # Collecting

    def judged_by(self, folder: str) -> list[Subject]:
        """The subjects that the checks of a folder judge."""
        return [subject for subject in self.subjects if subject.judged_by(folder)]

    def echoing(self, subject: Subject) -> Server:
        """A server of the subject's kind, not started, that echoes for the clients of other suites."""
        return self.stage.new_server(subject, entry=autobahn.ENTRY)

    def arrange(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """Order items by subject, in place; returns the checks that were not chosen."""
        chosen = [item for item in items if self._chosen(item)]
        dropped = [item for item in items if not self._chosen(item) and subject_of(item)]
        place = {id(subject): number for number, subject in enumerate(self.subjects)}
        items[:] = sorted(chosen, key=lambda item: place.get(id(subject_of(item)), len(place)))
        for number, item in enumerate(items):
            subject = subject_of(item)
            if subject is not None and subject is not subject_of(items[number - 1]):
                self._heralds.setdefault(items[max(number - _AHEAD, 0)].nodeid, []).append(subject)
            if subject is not None and not lacking(item, subject) and offers_mode(item, subject):
                self._plan(item, subject)
        return dropped

    def _plan(self, item: pytest.Item, subject: Subject) -> None:
        """Note what can be started ahead of a check: the story that it looks at, or its server's mode."""
        story = story_of(getattr(item, "function", None))
        if story is not None:
            self._stories.setdefault(subject.key, []).append(story)
            return
        modes = self._modes.setdefault(subject.key, [])
        wanted = asked_mode(item)
        if wanted not in {"", *(other.mode for other in modes)}:
            modes.append(subject.started(wanted))

    def _chosen(self, item: pytest.Item) -> bool:
        cited, patterns = cited_by(item), self.config.option.check
        if cited is None:
            return True
        if subject_of(item) is None or not patterns:
            return subject_of(item) is not None
        name = check_id(item)
        whole = name.partition("[")[0]
        names = (name, whole, name.rpartition("::")[2], whole.rpartition("::")[2], *cited.ids())
        return any(fnmatchcase(name, pattern) for name in names for pattern in patterns)

    # Running

    def before(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Launch the subjects of this check and, ahead of time, those that come next."""
        subject = subject_of(item)
        ahead = [subject_of(nextitem)] if is_worker(self.config) else self._heralds.get(item.nodeid, ())
        for wanted in (subject, *ahead):
            if wanted is not None:
                self.stage.prepare(wanted)
        if subject is not None and subject.key in self._stories:
            self.stage.begin(subject, self._stories.pop(subject.key))

    def after(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        """Retire a subject whose checks are over, or launch its other modes, now that itself is ready."""
        subject = subject_of(item)
        if subject is None:
            return
        others = self._modes.get(subject.key, [])
        if subject_of(nextitem) is subject:
            for other in others if not fresh(subject) else ():
                self.stage.prepare(other)
            return
        for each in (subject, *others):
            self.stage.retire(each)

    def finish(self, *, complete: bool) -> None:
        """The run is over: note how long it took and whether it was interrupted."""
        self.run.seconds = round(time.monotonic() - self._clock, 3)
        self.run.complete = complete

    def close(self) -> None:
        """Stop everything that this session started."""
        self.stage.close()


SESSION = pytest.StashKey[Session]()
"""Under which a run with targets keeps its session in pytest's configuration."""
