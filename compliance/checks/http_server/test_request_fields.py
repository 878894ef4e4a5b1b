"""RFC 9112 section 5: the fields of a request."""

import pytest

from compliance.attempt import attempt
from compliance.requirements import requirement
from compliance.server import Server

endpoints = pytest.mark.parametrize("app", ["reads", "ignores"])


def post(*fields: bytes, body: bytes = b"") -> bytes:
    """A POST with these field lines and this body."""
    return b"".join(line + b"\r\n" for line in (b"POST / HTTP/1.1", b"Host: testserver", *fields, b"")) + body


@requirement("rfc9112.field.space_before_colon")
@endpoints
@pytest.mark.parametrize("line", [b"X-A : a", b"X-A\t: a", b"Content-Length : 3"])
def test_whitespace_before_a_colon_is_refused(server: Server, line: bytes, app: str) -> None:
    """A request with whitespace between a field name and its colon gets 400."""
    got = attempt(server, post(line), app=app)
    assert got.refused_with(400), got.seen("400, and no call")
