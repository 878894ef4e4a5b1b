"""Requests spelled line by line, so that malformed ones are written like any other."""

PLACE = b"\0the field that names the exchange\0"
"""Stands for that field, line end included: `compliance.attempt` puts it there, behind all other fields."""

HOST = b"Host: testserver"


def lines(*given: bytes, body: bytes = b"") -> bytes:
    """A request of exactly these lines, each ended by CRLF, and a body."""
    return b"".join(line + b"\r\n" for line in given) + PLACE + b"\r\n" + body


def get(*fields: bytes, target: bytes = b"/") -> bytes:
    """A GET with a Host and these field lines."""
    return lines(b"GET %s HTTP/1.1" % target, HOST, *fields)


def post(*fields: bytes, body: bytes = b"") -> bytes:
    """A POST with a Host, these field lines and this body; nothing is added that frames it."""
    return lines(b"POST / HTTP/1.1", HOST, *fields, body=body)


def coded(body: bytes, *fields: bytes) -> bytes:
    """A POST whose body is said to be chunked: these are its octets, well-formed or not."""
    return post(b"Transfer-Encoding: chunked", *fields, body=body)
