"""The command-line options of the suite."""

import pytest


def add(parser: pytest.Parser) -> None:
    """Add the options; without --target and --list-targets the plugin does nothing."""
    group = parser.getgroup("compliance", "conformance of web servers and frameworks")
    _add_what_is_judged(group)
    _add_where_it_runs(group)
    _add_how_it_is_judged(group)


def _add_what_is_judged(group: pytest.OptionGroup) -> None:
    group.addoption(
        "--target", action="append", default=[], metavar="NAME",
        help="a target <server>-<framework>, a glob of them, or `all`; repeatable",
    )  # fmt: skip
    group.addoption("--list-targets", action="store_true", help="print the targets and exit")
    group.addoption(
        "--target-file", action="append", default=[], metavar="FILE",
        help="a TOML file that describes further servers and frameworks; repeatable",
    )  # fmt: skip
    group.addoption(
        "--check", action="append", default=[], metavar="PATTERN",
        help="only checks whose id or requirement matches this glob; repeatable",
    )  # fmt: skip
    group.addoption(
        "--autobahn", action="store_true",
        help="judge servers by Autobahn's own WebSocket cases, too, named `autobahn 6.4.2`; needs kosoku",
    )  # fmt: skip
    group.addoption(
        "--liars", action="append", default=[], metavar="GLOB",
        help="judge the suite's own liars instead of targets",
    )  # fmt: skip
    group.addoption(
        "--liars-near", action="store_true",
        help="judge each liar only in the files of the checks that it names, not by all of its kind",
    )  # fmt: skip


def _add_where_it_runs(group: pytest.OptionGroup) -> None:
    group.addoption(
        "--with", action="append", default=[], dest="with_", metavar="REQUIREMENT",
        help="a distribution the target must run with, such as uvicorn==0.30; repeatable",
    )  # fmt: skip
    group.addoption(
        "--constraint", action="append", default=[], metavar="FILE",
        help="a file of pip's constraints, which decide the versions that targets run with; repeatable",
    )  # fmt: skip
    group.addoption("--python", metavar="VERSION", help="the Python that the target runs on, such as 3.13")
    group.addoption("--isolated", action="store_true", help="never run targets in the current interpreter")
    group.addoption(
        "--installable", action="store_true",
        help="leave out targets that need Debian packages which are missing here, instead of failing",
    )  # fmt: skip
    group.addoption("--refresh", action="store_true", help="make the isolated environments anew")


def _add_how_it_is_judged(group: pytest.OptionGroup) -> None:
    group.addoption("--results", metavar="FILE", help="write the results to this JSON file")
    group.addoption("--strict-should", action="store_true", help="a SHOULD that does not hold fails the run")
    group.addoption("--explore", action="store_true", help="property checks try new and more examples")
    group.addoption(
        "--patience", type=float, metavar="FACTOR", help="scales how long a silent target is waited for"
    )


def asked_for(config: pytest.Config) -> bool:
    """Whether this run judges targets."""
    return bool(config.option.target or config.option.liars)


def quiet(config: pytest.Config) -> None:
    """Leave failures to our own summary, unless pytest's are asked for."""
    if not any(str(argument).startswith("--tb") for argument in config.invocation_params.args):
        config.option.tbstyle = "no"
    if not any(str(argument).startswith("-r") for argument in config.invocation_params.args):
        config.option.reportchars = ""
