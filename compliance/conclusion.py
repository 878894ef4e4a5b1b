"""Judges a run as a whole, once it is over: what no single check can know."""

from pathlib import Path

from compliance.results_file import ResultsError, write
from compliance.session import Session

_JUDGED = {"passed", "failed", "warned", "observed", "known", "error"}


def conclude(session: Session) -> list[str]:
    """Write the results file and return the problems of the run, each complete for a user."""
    problems = _known(session) + _nothing(session)
    destination = session.config.option.results
    if destination:
        try:
            write(session.run, session.config.invocation_params.dir / Path(destination))
        except ResultsError as error:
            problems.append(str(error))
    return problems


def _known(session: Session) -> list[str]:
    whole = session.run.complete and not session.run.partial
    stale = session.ledger.stale(session.run.results) if whole else []
    return session.ledger.problems() + stale


def _nothing(session: Session) -> list[str]:
    if any(result.verdict in _JUDGED for result in session.run.results):
        return []
    return ["nothing was executed: no check ran on the selected targets"]
