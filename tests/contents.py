"""The contents of docs/findings.md by project: which sections a maintainer may want to read.

They are made of the lists of known failures and of the headings. `python tests/contents.py` writes them anew.
"""

import re
from pathlib import Path

from compliance import target

FINDINGS = Path(__file__).parent.parent / "docs" / "findings.md"
SERVERS = FINDINGS.parent.parent / "targets" / "servers"
TITLE = "## By project"
SEVERAL = "several projects"


def slug(heading: str) -> str:
    """The anchor of a heading, as code hosts make it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def sections(text: str) -> dict[str, str]:
    """The titles of the findings by their anchors."""
    titles = [line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")]
    return {slug(title): title for title in titles}


def project_of(name: str, projects: list[str]) -> str:
    """The project of a server, a framework or a target: that whose name begins the name."""
    return next((known for known in projects if name == known or name.startswith(known + "-")), name)


def listed(catalogue: target.Catalogue, projects: list[str]) -> set[tuple[str, str]]:
    """Which project has known failures that lead to which anchor."""
    specs = [*catalogue.servers.values(), *catalogue.frameworks.values(), *catalogue.targets()]
    return {
        (project_of(spec.name, projects), entry.link.partition("#")[2])
        for spec in specs
        for entry in spec.known
        if entry.link.startswith("docs/findings.md#")
    }


def named(titles: dict[str, str], projects: list[str], found: set[str]) -> set[tuple[str, str]]:
    """Which project the title of a section names, where no list leads to it."""
    return {
        (next((name for name in projects if name in title.lower()), SEVERAL), anchor)
        for anchor, title in titles.items()
        if anchor not in found
    }


def contents(text: str) -> str:
    """The part of the page that lists its sections by project, without its title."""
    catalogue, titles = target.load(), sections(text)
    families = {path.stem for path in SERVERS.glob("*.toml")} | set(catalogue.frameworks)
    projects = sorted(families, key=lambda name: (-len(name), name))
    pairs = listed(catalogue, projects)
    pairs |= named(titles, projects, {anchor for _, anchor in pairs})
    order = {anchor: number for number, anchor in enumerate(titles)}
    rows = []
    for project in sorted({name for name, _ in pairs}, key=lambda name: (name == SEVERAL, name)):
        anchors = sorted(
            (anchor for name, anchor in pairs if name == project), key=lambda a: order.get(a, -1)
        )
        links = "\n  · ".join(f"[{titles.get(anchor, anchor)}](#{anchor})" for anchor in anchors)
        rows.append(f"* **{project}**: {links}")
    return "\n".join(rows)


def split(text: str) -> tuple[str, str, str]:
    """The page before its contents, the contents, and what follows them."""
    before, _, rest = text.partition(f"{TITLE}\n\n")
    found, _, after = rest.partition("\n\n## ")
    return before, found, after


def main() -> None:
    """Write the contents anew."""
    text = FINDINGS.read_text()
    before, _, after = split(text)
    FINDINGS.write_text(f"{before}{TITLE}\n\n{contents(text)}\n\n## {after}")


if __name__ == "__main__":
    main()
