"""From a pytest report of a check to a result that travels with it."""

import shlex
from dataclasses import replace
from typing import Any

import pytest

from compliance.evidence import gather
from compliance.expect import Closed
from compliance.items import OBSERVED, Case, check_id, cited_by, subject_of
from compliance.known import Ledger
from compliance.profiling import add
from compliance.requirements import Citation, get
from compliance.results import Evidence, Result
from compliance.results_file import dump_result
from compliance.running import DYING
from compliance.server import Server
from compliance.stage import Unavailable
from compliance.subjects import Subject
from compliance.verdict import judge

PROPERTY = "compliance"
_STATUS: dict[str, tuple[str, str, str]] = {
    "passed": ("passed", ".", "PASSED"),
    "failed": ("failed", "F", "FAILED"),
    "warned": ("warned", "w", "WARNED"),
    "observed": ("observed", "o", "OBSERVED"),
    "not applicable": ("not applicable", "n", "NOT APPLICABLE"),
    "known": ("known", "k", "KNOWN"),
    "error": ("error", "E", "ERROR"),
}


def travelling(report: pytest.TestReport | pytest.CollectReport) -> dict[str, Any] | None:
    """The result that travels with a report, as plain JSON values, or None."""
    properties: list[tuple[str, Any]] = getattr(report, "user_properties", [])  # a failed collection has none
    return next((value for name, value in properties if name == PROPERTY), None)


def status(report: pytest.TestReport | pytest.CollectReport) -> tuple[str, str, str] | None:
    """How pytest shows a report that carries a verdict: category, letter, word."""
    found = travelling(report)
    return None if found is None else _STATUS[found["verdict"]]


def judge_report(
    item: pytest.Item,
    call: pytest.CallInfo[None],
    error: BaseException | None,
    report: pytest.TestReport,
    ledger: Ledger,
) -> None:
    """Turn one phase of a check into a verdict, put the result into its report and set pytest's outcome.

    `error` is what the phase raised, for which pytest may have put something of its own into `call`.
    """
    if call.when == "call":
        add("exchanges", call.duration)
    cited, subject = cited_by(item), subject_of(item)
    if cited is None or subject is None or (call.when != "call" and error is None):
        return
    if isinstance(error, pytest.skip.Exception):  # not judged: its subject's error has been reported
        return
    result = _result(item, cited, subject, error, item.stash.get(OBSERVED, []))
    if result.verdict == "error" and not isinstance(error, Unavailable):
        result = replace(result, message=f"{result.message}\n{report.longreprtext}")
    result = replace(_excused(subject, result, ledger), seconds=round(call.duration, 6))
    report.user_properties.append((PROPERTY, dump_result(result)))
    _show(report, result, strict=item.config.option.strict_should)


def _result(
    item: pytest.Item, cited: Citation, subject: Subject, error: BaseException | None, observed: list[Any]
) -> Result:
    if isinstance(error, Unavailable):
        return Result(
            "(start)",
            "",
            "",
            subject.name,
            subject.kind,
            "error",
            str(error),
            reproduce=_command(item, subject),
        )
    requirement = get(cited.id_for(subject.interface))
    judgement = judge(cited, subject.interface, error, observed)
    died = _death(item, error) if judgement.verdict not in {"passed", "not applicable"} else ""
    return Result(
        check=check_id(item),
        requirement=requirement.id,
        level=requirement.level,
        target=subject.name,
        subject=subject.kind,
        verdict=judgement.verdict,
        message=judgement.message + died,
        observed=observed[-1] if observed else None,
        evidence=None if judgement.verdict in {"passed", "not applicable"} else _evidence(item),
        reproduce=_command(item, subject, check_id(item)),
    )


def _excused(subject: Subject, result: Result, ledger: Ledger) -> Result:
    if result.verdict not in {"failed", "warned"}:
        return result
    entry = ledger.excuse(subject.name, result.requirement, result.check)
    if entry is None:
        return result
    return replace(result, verdict="known", message=f"{entry.reason} ({entry.link})\n{result.message}")


def _listed_as(item: pytest.Item) -> tuple[str, str, str] | None:
    """The subject, the requirement and the check of an item, as lists of known failures name them."""
    cited, subject = cited_by(item), subject_of(item)
    if cited is None or subject is None:
        return None
    return subject.name, cited.id_for(subject.interface), check_id(item)


def expects_silence(item: pytest.Item, ledger: Ledger) -> bool:
    """Whether what is listed about a check is that its subject never answers."""
    names = _listed_as(item)
    return names is not None and ledger.silences(*names)


def expects_harm(item: pytest.Item, ledger: Ledger) -> bool:
    """Whether it is listed that a check harms its subject's process for those that follow."""
    subject = subject_of(item)
    return subject is not None and ledger.harms(subject.name, check_id(item))


def is_excused(item: pytest.Item, ledger: Ledger) -> bool:
    """Whether a failure of a check is listed, so that nothing that its subject does can make it pass."""
    names = _listed_as(item)
    return names is not None and ledger.excuse(*names) is not None


def fails_by_chance(item: pytest.Item, ledger: Ledger) -> bool:
    """Whether a failure of a check is listed that shows by chance."""
    names = _listed_as(item)
    return names is not None and ledger.by_chance(*names)


def server_of(item: pytest.Item) -> Server | None:
    """The server that a check judges, alone or in a combination; None if it judges none that runs."""
    arguments: dict[str, Any] = getattr(item, "funcargs", {})
    found = arguments.get("server") or arguments.get("combination")
    return found if isinstance(found, Server) else None


def _death(item: pytest.Item, error: BaseException | None) -> str:
    """What to add to the message of a check in which the server's process ended."""
    server = server_of(item)
    process = server.process if server is not None else None
    if process is None:
        return ""
    # The connections of a process that ends are closed a moment before it has ended.
    code = process.wait(DYING if isinstance(error, Closed) else 0)
    return "" if code is None else f"\nthe server's process ended with code {code}"


def _evidence(item: pytest.Item) -> Evidence | None:
    if isinstance(item, Case):
        return item.evidence()
    server = server_of(item)
    if server is not None:
        return gather(server.exchanges, server.log())
    arguments = getattr(item, "funcargs", {})
    framework = arguments.get("framework") or arguments.get("adapter")
    found: Evidence | None = framework.evidence() if framework is not None else None
    return found


def _command(item: pytest.Item, subject: Subject, check: str = "") -> str:
    """The command that reproduces just this check."""
    option = item.config.option
    words = ["pytest", "--target", subject.target]
    words += ["--check", check.replace("[", "[[]")] if check else []
    words += item.options if isinstance(item, Case) else ()
    words += [word for wish in option.with_ for word in ("--with", wish)]
    words += [word for name in option.constraint for word in ("--constraint", name)]
    words += ["--python", option.python] if option.python else []
    words += ["--isolated"] if option.isolated else []
    words += [word for name in option.target_file for word in ("--target-file", name)]
    return shlex.join(words)


def _show(report: pytest.TestReport, result: Result, *, strict: bool) -> None:
    bad = result.verdict in {"failed", "error"} or (result.verdict == "warned" and strict)
    if bad:
        report.outcome = "failed"
        report.longrepr = f"{result.requirement or result.target}: {result.message}"
    elif report.when == "setup":  # anything but "passed" keeps pytest from going on to the call
        path, line, _ = report.location
        report.outcome, report.longrepr = "skipped", (path, line or 0, result.message)
    else:
        report.outcome, report.longrepr = "passed", None
