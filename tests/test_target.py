"""Targets: what the files of the suite and of others describe, what a name selects, and what is refused."""

import dataclasses
import datetime as dt
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from compliance.target import ALL, Catalogue, Concurrency, Target, TargetError, load, root

# fmt: off
SERVERS = {
    "reference-asgi", "reference-wsgi", "uvicorn", "uvicorn-h11", "hypercorn", "daphne", "granian",
    "granian-wsgi", "gunicorn", "gunicorn-gthread", "gunicorn-asgi", "gunicorn-uvicorn", "uwsgi", "waitress",
    "wsgiref", "werkzeug",
}
# fmt: on
FRAMEWORKS = {"bare", "fastapi", "starlette", "flask", "quart", "django", "channels"}

MINE = """
[tool.compliance.servers.mine]
interface = "asgi"
command = ["{python}", "{project}/serve.py", "{host}:{port}", "{app}"]
requires = ["mine[fast]>=2", "click"]
lacks = ["websocket"]
concurrency = { blocking = 1, nonblocking = "all" }
note = "ours"
modes.tls.options = ["--cert", "{cert}"]
modes.unix.command = ["{python}", "{project}/serve.py", "{socket}", "{app}"]

[tool.compliance.servers.mine.variants.wsgi]
interface = "wsgi"
command = ["{bin}/mine", "--port={port}", "{{}}"]
env = { HOME = "{tmp}" }
lacks = []
"""


@pytest.fixture(scope="module")
def built_in() -> Catalogue:
    """The catalogue of the suite alone."""
    return load()


def written(folder: Path, text: str, name: str = "pyproject.toml") -> Path:
    """A file of a project, in its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder


def refusal(folder: Path, text: str) -> str:
    """What is said of a project with this pyproject.toml."""
    with pytest.raises(TargetError) as error:
        load(project=written(folder, text))
    assert str(folder / "pyproject.toml") in str(error.value)
    return str(error.value)


def names(targets: list[Target]) -> list[str]:
    """The names of some targets."""
    return [target.name for target in targets]


# What there is


def test_the_built_in_servers_and_frameworks_are_there(built_in: Catalogue) -> None:
    assert set(built_in.servers) >= SERVERS
    assert set(built_in.frameworks) >= FRAMEWORKS


def test_every_built_in_framework_has_its_application(built_in: Catalogue) -> None:
    assert [spec.name for spec in built_in.frameworks.values() if not spec.app.is_file()] == []


def test_the_built_in_folder_is_found() -> None:
    assert (root() / "servers" / "uvicorn.toml").is_file()


def test_a_variant_has_the_keys_of_its_family_and_its_own(built_in: Catalogue) -> None:
    base, variant = built_in.servers["gunicorn"], built_in.servers["gunicorn-gthread"]
    assert (variant.interface, variant.requires) == (base.interface, base.requires)
    assert "gthread" in variant.command
    assert variant.concurrency == Concurrency(blocking=4)


def test_a_family_without_a_command_has_variants_only(built_in: Catalogue) -> None:
    assert "reference" not in built_in.servers
    assert built_in.servers["reference-wsgi"].python == ">=3.11"


def test_every_pair_whose_interfaces_match_is_a_target(built_in: Catalogue) -> None:
    found = {target.name: target for target in built_in.targets()}
    assert len(found) == sum(
        server.interface in framework.interfaces
        for server in built_in.servers.values()
        for framework in built_in.frameworks.values()
    )
    assert found["daphne-django"].interface == "asgi"
    assert found["uwsgi-django"].interface == "wsgi"


def test_a_target_requires_what_both_require_once(built_in: Catalogue) -> None:
    server = dataclasses.replace(built_in.servers["uvicorn"], requires=("a", "b"), python=">=3.9")
    framework = dataclasses.replace(built_in.frameworks["bare"], requires=("b", "c"), python="<4")
    target = Target("x", server, framework)
    assert (target.requires, target.python) == (("a", "b", "c"), ">=3.9,<4")


def test_a_framework_that_promises_nothing_leaves_it_to_the_server(built_in: Catalogue) -> None:
    threads, flask, fastapi = built_in.select(["gunicorn-gthread-flask", "waitress-flask", "uvicorn-fastapi"])
    assert threads.concurrency.blocking == 4
    assert flask.concurrency.blocking == 4
    assert fastapi.concurrency == Concurrency(blocking=40, nonblocking=ALL)


# What is selected


def test_names_globs_and_all_select_each_target_once_in_order(built_in: Catalogue) -> None:
    chosen = names(built_in.select(["waitress-flask", "uvicorn-h11-*", "uvicorn-h11-bare", "waitress-*"]))
    assert chosen[:2] == ["waitress-flask", "uvicorn-h11-bare"]
    assert chosen[-1].startswith("waitress-")
    assert len(chosen) == len(set(chosen))
    assert names(built_in.select(["all"])) == names(built_in.targets())


def test_a_server_name_with_dashes_is_split_where_the_names_are_known(built_in: Catalogue) -> None:
    target = built_in.select(["gunicorn-uvicorn-fastapi"])[0]
    assert (target.server.name, target.framework.name) == ("gunicorn-uvicorn", "fastapi")


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("uvicorn-fastpi", "there is no target 'uvicorn-fastpi'; the nearest: uvicorn-fastapi"),
        ("uvicorn", "'uvicorn' is a server, and a target names a framework too; the nearest: uvicorn-bare"),
        ("flask", "'flask' is a framework, and a target names a server too; the nearest: a2wsgi-flask"),
        ("uvcorn-*", "no target matches 'uvcorn-*'; the nearest: uvicorn-"),
        ("!", "there is no target '!'; --list-targets shows what there is"),
        (
            "gunicorn-fastapi",
            "gunicorn is a server of WSGI, and fastapi a framework of ASGI; with fastapi there is ",
        ),
        ("gunicorn-fastapi", "gunicorn-asgi-fastapi"),
        ("gunicorn-fastapi", "with gunicorn there is gunicorn-bare, gunicorn-django, gunicorn-flask"),
    ],
)
def test_a_name_that_selects_nothing_gets_the_reason_and_the_nearest(
    built_in: Catalogue, pattern: str, said: str
) -> None:
    with pytest.raises(TargetError) as error:
        built_in.select(["waitress-flask", pattern])
    assert said in str(error.value)


# Third parties


def test_a_project_describes_a_server_in_its_own_pyproject(tmp_path: Path) -> None:
    catalogue = load(project=written(tmp_path, MINE))
    server, variant = catalogue.servers["mine"], catalogue.servers["mine-wsgi"]
    assert server.command[1] == f"{tmp_path}/serve.py"
    assert (server.distribution, server.requires) == ("mine", ("mine[fast]>=2", "click"))
    assert (set(server.lacks), set(variant.lacks)) == ({"websocket"}, set())
    assert (variant.note, variant.env, variant.command[2]) == ("ours", {"HOME": "{tmp}"}, "{{}}")
    assert names(catalogue.select(["mine-bare", "mine-wsgi-flask"])) == ["mine-bare", "mine-wsgi-flask"]


def test_a_server_that_is_started_for_each_check_says_why(tmp_path: Path) -> None:
    mine = MINE.replace('note = "ours"', 'fresh = true\nnote = "ours"')
    assert load(project=written(tmp_path, mine)).servers["mine-wsgi"].fresh
    assert not load(project=written(tmp_path, MINE)).servers["mine"].fresh
    said = refusal(tmp_path, mine.replace('note = "ours"', ""))
    assert "servers.mine.fresh: costs a start for each check: say in `note` why it has to be" in said


def test_a_server_is_started_in_a_mode_with_options_or_another_command(tmp_path: Path) -> None:
    catalogue = load(project=written(tmp_path, MINE))
    server, variant = catalogue.servers["mine"], catalogue.servers["mine-wsgi"]
    assert server.command_in("") == server.command
    assert server.command_in("tls") == (*server.command, "--cert", "{cert}")
    assert variant.command_in("tls") == (*variant.command, "--cert", "{cert}")
    assert variant.command_in("unix") == server.command_in("unix")
    assert server.command_in("unix")[2] == "{socket}"


def test_a_target_file_needs_no_prefix(tmp_path: Path) -> None:
    path = written(tmp_path, MINE.replace("tool.compliance.", ""), "targets.toml") / "targets.toml"
    assert "mine-wsgi" in load(files=[path]).servers
    assert "mine" in load(files=[written(tmp_path, MINE) / "pyproject.toml"]).servers


def test_a_project_without_a_pyproject_or_a_table_describes_nothing(tmp_path: Path) -> None:
    assert load(project=tmp_path).servers.keys() == load().servers.keys()
    assert load(project=written(tmp_path, "[tool.other]\nx = 1")).servers.keys() == load().servers.keys()


def test_a_framework_of_a_project_names_its_application(tmp_path: Path) -> None:
    table = '[tool.compliance.frameworks.ours]\ninterfaces = ["asgi"]\napp = "tests/app.py"'
    written(tmp_path / "tests", "", "app.py")
    framework = load(project=written(tmp_path, table)).frameworks["ours"]
    assert framework.app == tmp_path / "tests" / "app.py"
    (tmp_path / "tests" / "app.py").unlink()
    assert f"frameworks.ours.app: {tmp_path}/tests/app.py is not a file" in refusal(tmp_path, table)


@pytest.mark.parametrize(
    ("lacks", "wsgi", "asgi"),
    [
        ("", set(), set()),
        ('lacks = ["state"]', {"state"}, {"state"}),
        ('lacks = { asgi = ["state", "websocket"] }', set(), {"state", "websocket"}),
        ('lacks = { wsgi = ["background"], asgi = ["state"] }', {"background"}, {"state"}),
    ],
)
def test_a_framework_lacks_things_on_all_its_interfaces_or_on_one(
    tmp_path: Path, lacks: str, wsgi: set[str], asgi: set[str]
) -> None:
    table = f'[tool.compliance.frameworks.ours]\ninterfaces = ["wsgi", "asgi"]\napp = "app.py"\n{lacks}'
    written(tmp_path, "", "app.py")
    catalogue = load(project=written(tmp_path, table))
    assert catalogue.frameworks["ours"].lacks == {"wsgi": wsgi, "asgi": asgi}
    assert catalogue.select(["waitress-ours"])[0].lacks >= wsgi
    assert catalogue.select(["uvicorn-ours"])[0].lacks == asgi


def test_a_framework_lacks_nothing_on_an_interface_that_it_has_not(tmp_path: Path) -> None:
    table = '[tool.compliance.frameworks.ours]\ninterfaces = ["asgi"]\napp = "app.py"\nlacks = '
    written(tmp_path, "", "app.py")
    said = refusal(tmp_path, table + '{ wsgi = ["state"] }')
    assert "frameworks.ours.lacks.wsgi: unknown key; did you mean 'asgi'?" in said
    assert "lacks.asgi: 'sate' is unknown; did you mean 'state'" in refusal(
        tmp_path, table + '{ asgi = ["sate"] }'
    )


def test_a_requirement_may_be_the_project_itself(tmp_path: Path) -> None:
    server = '[tool.compliance.servers.x]\ninterface = "wsgi"\ncommand = ["x"]\nrequires = [".[fast]"]\n'
    server += '[project]\nname = "x-server"'
    (required,) = map(Requirement, load(project=written(tmp_path, server)).servers["x"].requires)
    assert (required.name, required.extras, required.url) == ("x-server", {"fast"}, tmp_path.as_uri())
    assert "servers.x.requires: there is no" in refusal(tmp_path, server.replace(".[fast]", "./gone"))


def test_known_failures_stand_in_the_table_or_in_a_file_of_their_own(tmp_path: Path) -> None:
    entry = 'requirement = "asgi.x"\nreason = "why"\nlink = "https://example.org"\n'
    written(
        tmp_path,
        f"[[known]]\n{entry}expires = 2030-01-31\nversions = '<2'\nchecks = ['test_x']",
        "known.toml",
    )
    text = f'{MINE}known-failures = "known.toml"\n[[tool.compliance.servers.mine.known]]\n{entry}'
    catalogue = load(project=written(tmp_path, text))
    (own,), (listed,) = catalogue.servers["mine"].known, catalogue.servers["mine-wsgi"].known
    assert (own.requirement, own.expires, own.source) == ("asgi.x", None, str(tmp_path / "pyproject.toml"))
    assert (listed.expires, listed.versions, listed.checks) == (dt.date(2030, 1, 31), "<2", ("test_x",))


def test_known_failures_of_any_subject_may_be_listed_by_its_name(tmp_path: Path) -> None:
    entry = '{requirement = "asgi.x", reason = "", link = ""}'
    text = f"[tool.compliance.known]\nuvicorn = [{entry}]\ndjango = [{entry}]\nuvicorn-fastapi = 'k.toml'"
    written(tmp_path, "", "k.toml")
    catalogue = load(project=written(tmp_path, text))
    assert [known.requirement for known in catalogue.servers["uvicorn"].known] == ["asgi.x"]
    assert [known.requirement for known in catalogue.frameworks["django"].known] == ["asgi.x"]
    assert catalogue.select(["uvicorn-fastapi"])[0].known == ()
    said = refusal(tmp_path, text.replace("django", "djagno"))
    assert "'djagno' is no server, framework or target; did you mean 'django'" in said


def test_a_distribution_ships_its_own_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "shipped" / "inner"
    written(package, MINE.replace("tool.compliance.", ""), "compliance-targets.toml")
    written(package, "raise RuntimeError('imported')", "__init__.py")
    written(package.parent, "raise RuntimeError('imported')", "__init__.py")
    metadata = tmp_path / "shipped-1.0.dist-info"
    written(metadata, "Metadata-Version: 2.1\nName: shipped\nVersion: 1.0\n", "METADATA")
    written(metadata, "[gateway_compliance.targets]\nmine = shipped.inner\n", "entry_points.txt")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert load().servers["mine"].source == str(package / "compliance-targets.toml")
    (package / "compliance-targets.toml").unlink()
    with pytest.raises(TargetError, match=r"shipped: the entry point mine = 'shipped\.inner' .* has to name"):
        load()


def test_a_name_that_two_describe_is_refused_with_both(tmp_path: Path) -> None:
    said = refusal(tmp_path, MINE.replace("servers.mine", "servers.uvicorn"))
    assert f"the server 'uvicorn' is described twice, in {root()}/servers/uvicorn.toml and in " in said


def test_a_name_with_two_meanings_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "", "app.py")
    text = '[tool.compliance.frameworks.h11-bare]\ninterfaces = ["asgi"]\napp = "app.py"'
    with pytest.raises(TargetError, match="uvicorn-h11-bare has two meanings"):
        load(project=written(tmp_path, text))


# What is refused


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("lacks = [", "laks = [", "servers.mine.laks: unknown key; did you mean 'lacks'"),
        ('"websocket"', '"websockets"', "lacks: 'websockets' is unknown; did you mean 'websocket'"),
        ('"asgi"', '"agsi"', "servers.mine.interface: 'agsi' is unknown; did you mean 'asgi'"),
        ('"asgi"', "3", "servers.mine.interface: must be a string, not a number (3)"),
        ("{host}", "{hots}", "command: '{hots}:{port}': unknown placeholder; did you mean 'host'"),
        ("{host}", "{}", "servers.mine.command: '{}:{port}': unknown placeholder; there is: app, bin, "),
        ("{host}", "{host", "a literal brace is written twice"),
        ("{tmp}", "{temp}", "servers.mine.variants.wsgi.env.HOME: '{temp}': unknown placeholder; did"),
        ("blocking = 1,", "blocking = 0,", 'concurrency.blocking: must be a number from 1 on or "all"'),
        ("blocking = 1,", "blocking = true,", 'concurrency.blocking: must be a number from 1 on or "all"'),
        ("blocking = 1,", "bloking = 1,", "concurrency.bloking: unknown key; did you mean 'blocking'"),
        ('"click"', '"click=8"', "servers.mine.requires: 'click=8' is not a requirement"),
        ('"click"', "8", "servers.mine.requires: must be a list of strings, not a list with a number (8)"),
        ('note = "ours"', 'python = "3+"', "servers.mine.python: '3+' is not a version specifier"),
        ('note = "ours"', "known = 1", "servers.mine.known: must be a list of tables, not a number (1)"),
        ('note = "ours"', "known = [{}]", "servers.mine.known[0].requirement: is missing"),
        ('note = "ours"', "env = ['x']", "servers.mine.env: must be a table, not a list"),
        ("modes.tls", "modes.tsl", "servers.mine.modes.tsl: unknown key; did you mean 'tls'"),
        ("{cert}", "{socket}", "servers.mine.modes.tls.options: '{socket}': unknown placeholder"),
        ("unix.command", "unix.option", "modes.unix.option: unknown key; did you mean 'options'"),
        ("unix.command", "tls.command", "servers.mine.modes.tls: has a command of its own, so no options"),
        ("servers.mine]", "server.mine]", "tool.compliance.server: unknown key; did you mean 'servers'"),
        ("servers.mine]", "servers.'my server']", "'my server' is no name"),
        ("[tool", "[tool\n[tool", "is not valid TOML"),
    ],
)  # fmt: skip
def test_a_wrong_table_is_refused_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in MINE
    assert said in refusal(tmp_path, MINE.replace(old, new, 1))


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("", "servers.x.command: is missing"),
        (
            'command = "serve {port}"',
            "servers.x.command: must be a list of arguments, not a string: no shell",
        ),
        ("command = []", "servers.x.command: is empty"),
        ("variants = 1", "servers.x.variants: must be a table, not a number (1)"),
    ],
)
def test_a_server_without_a_list_of_arguments_is_refused(tmp_path: Path, command: str, said: str) -> None:
    assert said in refusal(tmp_path, f'[tool.compliance.servers.x]\ninterface = "wsgi"\n{command}')


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            'reason = ""\nlink = ""\nexpires = "2030-01-01"',
            "known[0].expires: must be a date such as 2030-12-31",
        ),
        ('reason = ""\nlink = ""\nexpires = 2030-01-01T00:00:00', "known[0].expires: must be a date"),
        ('reason = ""\nlink = ""\nuntil = 2030-01-01', "known[0].until: unknown key"),
        ('reason = ""', "known[0].link: is missing"),
    ],
)
def test_a_wrong_known_failure_is_refused_with_its_place(tmp_path: Path, line: str, said: str) -> None:
    entry = f'[[tool.compliance.servers.mine.known]]\nrequirement = "asgi.x"\n{line}'
    assert said in refusal(tmp_path, MINE + entry)


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match=r"gone\.toml: cannot be read: No such file or directory"):
        load(files=[tmp_path / "gone.toml"])
    (tmp_path / "latin.toml").write_bytes(b"x = '\xff'")
    with pytest.raises(TargetError, match=r"latin\.toml: is not UTF-8"):
        load(files=[tmp_path / "latin.toml"])
