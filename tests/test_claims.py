"""What a check asks for before it judges: a response, a call, or that a conditional statement applies."""

from typing import Any, cast

import pytest

from compliance.attempt import Attempt
from compliance.claims import present
from compliance.exchange import Exchange
from compliance.verdict import NotApplicable
from compliance.wire.http import Response

NOBODY = cast(Exchange, None)


def test_a_statement_applies_to_what_is_there() -> None:
    assert present(["a"], "nothing came") == ["a"]


@pytest.mark.parametrize("found", [None, [], b"", False])
def test_a_statement_about_nothing_is_not_applicable(found: Any) -> None:
    with pytest.raises(NotApplicable, match="nothing came"):
        present(found, "nothing came")


@pytest.mark.parametrize("end", ["closed", "reset", "silent"])
def test_an_end_without_a_word_is_no_answer_and_no_call(end: str) -> None:
    attempt = Attempt(NOBODY, end=end)
    with pytest.raises(AssertionError, match=f"{end}.*expected a response"):
        attempt.answered()
    with pytest.raises(AssertionError, match=f"{end}.*expected a call of the application"):
        attempt.called()
    assert not attempt.noticed


def test_a_response_is_an_answer_also_without_a_call() -> None:
    response = Response(b"HTTP/1.1", 400, b"Bad Request", [])
    assert Attempt(NOBODY, [response]).answered().answer is response
