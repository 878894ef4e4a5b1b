"""How Hypothesis runs within checks."""

import pytest
from hypothesis.internal.conjecture import providers

from compliance import properties


def test_examples_do_not_depend_on_the_modules_that_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "is_local_module_file", lambda _path: True)
    properties.forget_constants()
    looks = vars(providers)["_get_local_constants"].__globals__["is_local_module_file"]
    assert not looks("a module of the suite")
