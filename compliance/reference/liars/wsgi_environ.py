"""Lies about the environ."""

from __future__ import annotations

from typing import Any

from compliance.reference.liar import liar
from compliance.reference.wsgi import WSGICycle


@liar(catches=["test_query_string_is_what_follows_the_question_mark"])
class NoQueryString(WSGICycle):
    """QUERY_STRING is always empty."""

    def query_string(self) -> str:
        """Empty."""
        return ""


@liar(catches=["test_environ_is_exactly_a_builtin_dict"])
class DictSubclass(WSGICycle):
    """environ is a subclass of dict."""

    class Environ(dict[str, Any]):
        """Not the builtin."""

    def environ(self) -> dict[str, Any]:
        """The same keys in another type."""
        return self.Environ(super().environ())
