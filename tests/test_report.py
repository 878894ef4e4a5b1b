"""Reports: what the terminal and the Markdown show of a run, and that nothing hostile gets through."""

import io
import re
from typing import Any

import pytest
from rich.console import Console

from compliance.report import print_summary, text, to_markdown
from compliance.results import Result, Run, TargetInfo

MUST = "asgi.http.connection.scope_per_request"
SHOULD = "asgi.http.connection.h2_distinct_scopes"
CHECK = "asgi_server/test_http_scope.py::test_each_request_has_a_scope"
COMMAND = "pytest --target uvicorn-fastapi --check " + "a" * 100
EVIDENCE = {
    "sent": [[0.0, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"]],
    "received": [[0.0123, "HTTP/1.1 200 OK\r\n\r\n\xff\x1b[31mred\\n"]],
    "events": [
        [0.001, "hello", "http", "{'pid': 7}"],
        [0.002, "note", "scope", "{'x': '\x1b'}"],
        [0.003, "gate", "first part read", "None"],
        [0.004, "note", "done", "None"],
    ],
    "log": "INFO ready\n\n\x1b[31mTraceback\n",
}


def result(**changes: Any) -> Result:
    """A failed result of uvicorn with evidence."""
    given: dict[str, Any] = {
        "check": CHECK,
        "requirement": MUST,
        "level": "must",
        "target": "uvicorn",
        "subject": "server",
        "verdict": "failed",
        "message": "saw 'GET'; expected 'http'",
        "evidence": EVIDENCE,
        "reproduce": COMMAND,
    }
    return Result(**given | changes)


def run(*results: Result, **changes: Any) -> Run:
    """A complete run of uvicorn-fastapi."""
    versions = {"uvicorn": "0.35.0", "fastapi": "0.116.1", "starlette": "0.47"}
    target = TargetInfo("uvicorn-fastapi", "uvicorn", "fastapi", "asgi", "3.13.1", versions)
    given: dict[str, Any] = {"seconds": 4.2, "complete": True, "targets": [target], "results": list(results)}
    return Run("0.1.0", "2030-06-01T00:00:00+00:00", **given | changes)


def shown(given: Run, verbosity: int = 0, *, width: int = 80, color: bool = False, **more: Any) -> str:
    """The summary as text."""
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=color, color_system="standard" if color else None)
    print_summary(given, console, verbosity, **more)
    return out.getvalue()


@pytest.mark.parametrize("width", [80, 200])
@pytest.mark.parametrize("color", [False, True])
def test_a_failure_shows_all_that_is_known(width: int, color: bool) -> None:
    """Check, requirement, level, section, summary, message, bytes, events, log and the command."""
    found = re.sub(r"\x1b\[[0-9;]*m", "", shown(run(result()), width=width, color=color))
    words = " ".join(found.split())
    for expected in (
        "FAILED uvicorn",
        CHECK,
        MUST,
        "MUST (implicit)",
        "section HTTP; HTTP Connection Scope",
        "The connection scope covers one request",
        "saw 'GET'; expected 'http'",
        r"0.000 --> GET / HTTP/1.1\r\n Host: x\r\n \r\n",
        r"0.012 <-- HTTP/1.1 200 OK\r\n \r\n \xff\x1b[31mred\\n",
        "0.001 app application called (http)",
        r"app scope {'x': '\x1b'}",
        "app waits at gate 'first part read'",
        "app done",
        r"log INFO ready \x1b[31mTraceback",
    ):
        assert expected in words
    assert f"reproduce   {COMMAND}\n" in found


def test_lines_fit_the_width_except_what_is_copied() -> None:
    """Only commands and lists run on."""
    long = result(message="word " * 60, check="a.py::test_a")
    lines = shown(run(long)).splitlines()
    assert [line for line in lines if len(line) > 80 and not line.startswith("reproduce")] == []


def test_without_colour_there_is_no_escape() -> None:
    """Nothing of the target's own reaches the terminal either."""
    hostile = result(
        message="\x1b[2J\x07\u202e", check="a.py::test_a[\x1b]", reproduce="pytest \x1b", target="\x1b]0;"
    )
    assert "\x1b" not in shown(run(hostile, result(verdict="known", message="\x1b")), 1, problems=["\x1b"])


def test_colour_never_comes_from_the_target() -> None:
    """With colours, the only escapes are ours."""
    found = shown(run(result(message="\x1b[2J [bold]x[/bold]")), color=True)
    assert set(re.findall(r"\x1b[^m]*m", found)) <= {
        f"\x1b[{code}m" for code in ("0", "1", "2", "3", "31", "32", "36", "1;31", "1;35")
    }
    assert "[bold]x[/bold]" in found


def test_counts_have_a_row_for_each_subject() -> None:
    """Servers first; wide terminals show the kind."""
    given = run(
        result(target="uvicorn-fastapi", subject="combination", verdict="passed"),
        result(verdict="passed"),
        result(verdict="passed"),
        result(verdict="not applicable"),
    )
    lines = [" ".join(line.split()) for line in shown(given).splitlines() if line.strip()]
    assert lines[:3] == [
        "target passed failed warned observed n/a known error",
        "uvicorn 2 - - - 1 - -",
        "uvicorn-fastapi 1 - - - - - -",
    ]
    assert "combination" in shown(given, width=120)


def test_the_last_lines_name_versions_and_totals() -> None:
    """What was judged, and how it went."""
    found = shown(run(result(verdict="passed"), result()))
    assert "uvicorn-fastapi: uvicorn 0.35.0, fastapi 0.116.1, Python 3.13.1\n" in found
    assert found.endswith("1 passed, 1 failed in 4.2 s\n")


def test_warnings_are_counted_and_shown_in_detail_when_asked() -> None:
    """With -v, and where they count as failures."""
    given = run(result(requirement=SHOULD, level="should", verdict="warned"))
    assert "WARNED" not in shown(given)
    assert "warnings in detail: -v" in shown(given)
    assert "WARNED uvicorn" in shown(given, 1)
    assert "WARNED uvicorn" in shown(given, strict=True)
    assert "in detail" not in shown(given, 1)


@pytest.mark.parametrize("verdict", ["known", "observed", "not applicable"])
def test_the_rest_is_listed_only_when_asked(verdict: str) -> None:
    """In one line each."""
    given = run(result(verdict=verdict, message="first\nsecond"))
    assert CHECK not in shown(given)
    assert f"{verdict} (1)\n  uvicorn {CHECK} {MUST} first\n" in shown(given, 1)


def test_an_error_says_why() -> None:
    """Also one that belongs to no check."""
    given = result(
        check="(start)", requirement="", level="", verdict="error", message="no\nlog", evidence=None
    )
    words = " ".join(shown(run(given)).split())
    assert "(start) why no log reproduce" in words


def test_problems_and_stamps_are_shown() -> None:
    """A stale entry, an interrupted run, a selection."""
    found = shown(run(result(verdict="passed"), complete=False, partial=True), problems=["x: remove it"])
    assert "problems of the run\n  x: remove it\n" in found
    assert (
        "interrupted: checks are missing\npartial: a selection of the checks\n1 passed, 1 problem in" in found
    )


def test_a_run_without_results_says_so() -> None:
    """No table, no failure of the report."""
    assert shown(run()).endswith("nothing was executed in 4.2 s\n")
    assert "Nothing was executed." in to_markdown(run())


def test_an_unknown_requirement_is_shown_by_its_name() -> None:
    """Results of another version of the suite can be read."""
    given = run(result(requirement="asgi.old.name"))
    assert "asgi.old.name" in shown(given)
    assert "`asgi.old.name` MUST" in to_markdown(given)


def test_a_terminal_without_the_characters_gets_escapes() -> None:
    """An encoding is never an error."""
    raw = io.BytesIO()
    console = Console(file=io.TextIOWrapper(raw, encoding="ascii"), width=80)
    print_summary(run(result(message="saw 'é'")), console)
    console.file.flush()
    assert rb"saw '\xe9'" in raw.getvalue()


# Evidence


def test_the_timeline_is_in_order_and_limited() -> None:
    """The last lines of each source stay, and the number of the others is told."""
    evidence = {
        "sent": [[index, f"line {index}\n"] for index in range(20)],
        "received": [[0.5, "a\nb\nc"]],
        "events": [[0.7, "note", "n", "None"]],
        "log": "",
    }
    moments, left_out = text.timeline(evidence, most=2)
    assert left_out == 19
    assert [(moment.at, moment.lines) for moment in moments] == [
        (0.5, (r"b\n", "c")),
        (0.7, ("n",)),
        (18, (r"line 18\n",)),
        (19, (r"line 19\n",)),
    ]


def test_bytes_in_quick_succession_are_one_line() -> None:
    """A request sent byte by byte can be read."""
    rows = [[index / 10_000, byte] for index, byte in enumerate("GET / HTTP/1.1\r\n")]
    moments, _ = text.timeline({"sent": rows, "received": [], "events": [], "log": ""})
    assert [moment.lines for moment in moments] == [(r"GET / HTTP/1.1\r\n",)]


def test_wire_text_is_unambiguous_ascii() -> None:
    """A backslash that was sent differs from one that shows a control character."""
    assert text.wire("\\r\r\t\x00é~") == r"\\r\r\t\x00\xe9~"


def test_long_lines_say_what_is_missing() -> None:
    """A line has a limit."""
    moments, _ = text.timeline({"sent": [[0, "x" * 1000]], "received": [], "events": [], "log": ""})
    assert moments[0].lines[0].endswith("x… (760 more)")


# Markdown


def test_markdown_has_counts_details_and_lists() -> None:
    """A document that stands for itself."""
    found = to_markdown(run(result(), result(verdict="known", message="r (l)"), partial=True))
    assert "| uvicorn | server |  | 1 |  |  |  | 1 |  |" in found
    assert f"## failed on uvicorn: `{CHECK}`" in found
    assert "> The connection scope covers one request" in found
    assert "```text\nsaw 'GET'; expected 'http'\n```" in found
    assert "  0.000 --> GET / HTTP/1.1\\r\\n\n            Host: x" in found
    assert f"Reproduce: `{COMMAND}`" in found
    assert "<details><summary>known (1)</summary>" in found
    assert "**partial: a selection of the checks**" in found


def test_markdown_keeps_foreign_text_in_its_place() -> None:
    """No fence, code span, table or HTML of the target's own."""
    message = "````\n<script>|`x`"
    found = to_markdown(run(result(message=message, target="<b>|", check="`a`|")))
    assert "`````text\n````\n<script>|`x`\n`````" in found
    assert r"\<b\>\|" in found
    assert "`` `a`| ``" in found
    assert "\x1b" not in to_markdown(run(result(message="\x1b", target="\x1b", reproduce="\x1b")))
