"""RFC 9112 section 9.5: clients that end their connections at any time."""

import pytest

from compliance.requirements import requirement
from compliance.server import Server

ROUNDS = 40
FEW = 4  # than which no server's queue of connections is shorter
WORDS = {
    "nothing": b"",
    "a part of a head": b"GET / HTTP/1.1\r\nHost: testserver\r\n",
    "a request": b"GET / HTTP/1.1\r\nHost: testserver\r\n\r\n",
}


def reset_many(server: Server, sent: bytes) -> None:
    """Open connections and reset them at once, a few at a time, and let the server deal with those."""
    for _ in range(ROUNDS):
        for _ in range(FEW):
            connection = server.connect()
            connection.send(sent)
            connection.abort()
        server.call()


@requirement("rfc9112.conn.monitor_close", definite=True)
@pytest.mark.parametrize("sent", WORDS.values(), ids=WORDS.keys())
def test_many_resets_are_no_reason_to_stop_serving(server: Server, sent: bytes) -> None:
    """Requests are answered when many connections have been reset, whatever was said on them."""
    reset_many(server, sent)
    exchange = server.call()
    assert exchange.status == 200, exchange.seen("200")
