"""The examples of docs/lint.md do what is said of them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compliance.lint import LintError

TEXT = (Path(__file__).parents[1] / "docs" / "lint.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.fixture
def example() -> dict[str, Any]:
    """The names that the examples define, read one after the other."""
    names: dict[str, Any] = {}
    for code in EXAMPLES:
        exec(compile(code, "docs/lint.md", "exec"), names)  # noqa: S102 - our own documentation
    return names


def test_the_tests_in_the_examples_pass(example: dict[str, Any]) -> None:
    """Those of WSGI and of ASGI."""
    tests = [function for name, function in example.items() if name.startswith("test_")]
    assert len(tests) == 2
    for function in tests:
        function()


def test_the_failure_that_is_shown_is_what_is_raised(example: dict[str, Any]) -> None:
    """Word for word."""

    def spoiled(environ: Any, start_response: Any) -> Iterator[Any]:  # noqa: ARG001
        start_response("200", [("Content-Type", "text/plain")])
        yield "hello"

    with pytest.raises(LintError) as caught, example["wsgi"].Lint(spoiled) as app, pytest.raises(TypeError):
        example["ask"](app, "GET", "/")
    shown = re.search(r"collecting\.LintError: (.*?)\n\n", TEXT, re.DOTALL)
    assert shown is not None
    assert str(caught.value) == re.sub("(?m)^    ", "", shown[1])
