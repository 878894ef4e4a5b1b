"""The lists of known failures that the suite ships: each entry is about something, and leads somewhere."""

import re

from contents import FINDINGS, contents, sections, split

from compliance import coverage, target
from compliance.known import Ledger
from compliance.target import Known

TEXT = FINDINGS.read_text()
CATALOGUE = target.load()


def entries() -> list[tuple[str, Known]]:
    """All entries with the names of their subjects."""
    listed = [*CATALOGUE.servers.values(), *CATALOGUE.frameworks.values(), *CATALOGUE.targets()]
    return [(spec.name, entry) for spec in listed for entry in spec.known]


def test_no_entry_is_faulty() -> None:
    grouped: dict[str, list[Known]] = {}
    for name, entry in entries():
        grouped.setdefault(name, []).append(entry)
    assert Ledger({name: (listed, {}) for name, listed in grouped.items()}).problems() == []


def test_every_entry_leads_to_an_issue_or_a_finding() -> None:
    found = {f"docs/findings.md#{anchor}" for anchor in sections(TEXT)}
    lost = [
        f"{name}: {entry.link}"
        for name, entry in entries()
        if entry.link not in found and not entry.link.startswith("https://")
    ]
    assert not lost, "\n".join(lost)


def test_the_checks_that_entries_name_exist() -> None:
    functions = {check.function for check in coverage.checks()}
    listed = [
        (entry.requirement, check)
        for _, entry in entries()
        for check in (*entry.checks, *entry.harms, *entry.chance)
    ]
    ours = {
        check.partition("[")[0].rpartition("::")[2] for about, check in listed if not _is_autobahns(about)
    }
    assert ours <= functions
    others = [(about, check) for about, check in listed if _is_autobahns(about)]
    assert [item for item in others if not item[1].startswith(f"{item[0].replace('.', ' ')}.")] == []


def test_the_findings_are_listed_by_project() -> None:
    """`python tests/contents.py` writes the list anew."""
    assert split(TEXT)[1] == contents(TEXT)


def test_no_two_findings_share_a_title() -> None:
    titles = [line for line in TEXT.splitlines() if line.startswith("### ")]
    assert len(sections(TEXT)) == len(titles)


def test_the_lists_that_findings_name_exist() -> None:
    named = set(re.findall(r"`(targets/known/[a-z0-9_.-]+\.toml)`", TEXT))
    assert not [name for name in named if not (FINDINGS.parent.parent / name).exists()]


def test_the_checks_that_findings_name_exist() -> None:
    functions = {check.function for check in coverage.checks()}
    named = set(re.findall(r"--check '?(test_[a-z0-9_]+)['`\n ]", TEXT))
    assert named <= functions, sorted(named - functions)


def _is_autobahns(requirement: str) -> bool:
    return requirement.startswith("autobahn.")
