"""The registry of requirements, and what a check cites."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from compliance import requirements
from compliance.requirements import Citation, UnknownRequirement, consequence, get, requirement
from compliance.target import CAPABILITIES

SPEC = Path(requirements.__file__).with_name("spec")


def test_every_id_is_unique_and_found_by_its_own_name() -> None:
    """The prefix of an id leads to its file."""
    every = requirements.all_requirements()
    assert len(every) >= 1000
    assert len({row.id for row in every}) == len(every)
    assert [row for row in every if get(row.id) is not row] == []


def test_the_files_are_well_formed() -> None:
    """Levels, parties, ambiguities and capabilities are those that exist; the counts are right."""
    ambiguities = tomllib.loads((SPEC / "ambiguities.toml").read_text(encoding="utf-8"))["ambiguity"]
    known = {row["id"] for row in ambiguities}
    for row in requirements.all_requirements():
        assert re.fullmatch(r"[a-z0-9]+(\.[a-z0-9_]+)+", row.id)
        assert row.level in {"must", "should", "may"}, row.id
        assert row.party in {"server", "application", "both"}, row.id
        assert set(row.ambiguity) <= known, row.id
        assert set(row.needs) <= CAPABILITIES.keys(), row.id
        assert set(row.observe) <= {"interface", "wire", "lifecycle"}, row.id
        assert row.summary, row.id
        assert row.testable or row.why, row.id


@pytest.mark.parametrize("document", requirements.documents())
def test_each_file_counts_its_own_rows(document: str) -> None:
    """`count` in [meta] is the number of requirements."""
    table = tomllib.loads((SPEC / f"{document}.toml").read_text(encoding="utf-8"))
    assert table["meta"]["count"] == len(table["requirement"])


def test_one_requirement_tells_all_about_itself() -> None:
    """Keys of the row and of [meta] arrive."""
    row = get("asgi.lifespan.run.called")
    assert row.document == "asgi-lifespan"
    assert row.specification.startswith("ASGI lifespan protocol")
    assert (row.section, row.level, row.party) == ("Introduction", "should", "server")
    assert row.ambiguity == ("AMB-27",)
    assert row.needs == ("lifespan",)


@pytest.mark.parametrize(
    "name", ["asgi.http.body.flash", "asgi.http", "nothing", "", "../results", "rfc9112.x/y"]
)
def test_an_unknown_id_is_refused(name: str) -> None:
    """Whatever is asked for, the answer is one exception."""
    with pytest.raises(UnknownRequirement, match=re.escape(repr(name))):
        get(name)


def test_an_unknown_id_gets_the_closest_ones() -> None:
    """A slip of the pen is answered with what was meant."""
    with pytest.raises(UnknownRequirement, match=r"did you mean .*wsgi\.environ\.request_method"):
        get("wsgi.environ.request_metod")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("asgi.http.connection.scope_per_request", "failed"),
        ("asgi.http.connection.h2_distinct_scopes", "warned"),
        ("rfc7692.neg.optional", "observed"),
        ("asgi.lifespan.run.called", "observed"),
    ],
)
def test_the_level_decides_the_consequence(name: str, expected: str) -> None:
    """MUST fails, SHOULD warns, MAY and doubt are observed; a definite failure always fails."""
    assert consequence(get(name)) == expected
    assert consequence(get(name), definite=True) == "failed"


def test_a_check_cites_one_requirement() -> None:
    """The citation is on the function, which is otherwise untouched."""

    @requirement("wsgi.environ.request_method", definite=True, needs=("keep-alive",))
    def check() -> None:
        """A check."""

    cited = requirements.citation(check)
    assert cited == Citation("wsgi.environ.request_method", None, None, definite=True, needs=("keep-alive",))
    assert cited.id_for("wsgi") == cited.id_for("asgi") == "wsgi.environ.request_method"
    assert cited.interfaces() == ("wsgi",)
    assert cited.capabilities("wsgi") == {"keep-alive"}
    assert requirements.citation(len) is None


def test_a_check_cites_one_requirement_for_each_interface() -> None:
    """Capabilities come with the requirement of the interface in use."""

    @requirement(wsgi="wsgi.environ.request_method", asgi="asgi.http.scope.state", needs=("tls",))
    def check() -> None:
        """A check."""

    cited = requirements.citation(check)
    assert cited is not None
    assert cited.ids() == ("wsgi.environ.request_method", "asgi.http.scope.state")
    assert cited.capabilities("wsgi") == {"tls"}
    assert cited.capabilities("asgi") == {"tls", "lifespan", "state"}


def test_a_citation_may_leave_out_an_interface() -> None:
    """A check for one interface has no id for the other."""
    cited = Citation(None, "wsgi.environ.request_method", None, definite=False, needs=())
    assert cited.interfaces() == ("wsgi",)
    with pytest.raises(LookupError, match="no requirement for asgi"):
        cited.id_for("asgi")


@pytest.mark.parametrize("ids", [{}, {"id": "a.b", "wsgi": "c.d"}])
def test_a_citation_of_nothing_or_of_both_kinds_is_refused(ids: dict[str, str]) -> None:
    """There is one way to read a citation."""
    with pytest.raises(TypeError, match="either one requirement"):
        requirement(**ids)  # type: ignore[arg-type]


def test_the_registry_does_not_bring_pytest() -> None:
    """The reference server and the lint import it inside targets' tools."""
    code = "import sys, compliance.requirements; sys.exit('pytest' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
