"""How Hypothesis runs within checks."""

import pytest
from hypothesis.internal.conjecture import providers

from compliance import properties


def test_examples_do_not_depend_on_the_modules_that_are_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn() -> int:
        for name, fresh in (("_sys_modules_len", None), ("_seen_modules", set())):
            monkeypatch.setattr(providers, name, fresh)
        monkeypatch.setattr(providers, "_local_constants", providers.Constants())
        return len(vars(providers)["_get_local_constants"]())

    monkeypatch.setattr(providers, "is_local_module_file", lambda path: path == properties.__file__)
    assert drawn() > 0, "Hypothesis looks for constants in another way"
    properties.forget_constants()
    assert drawn() == 0
