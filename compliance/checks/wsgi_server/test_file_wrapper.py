"""WSGI, optional platform-specific file handling: wsgi.file_wrapper."""

from typing import Any

import pytest

from compliance.expect import Observe, saw
from compliance.guest.apps import wsgi_file_wrapper as apps
from compliance.requirements import requirement
from compliance.server import Server

KINDS = ["read() only", "file-like", "in memory", "on disk"]
CLOSABLE = ["file-like", "in memory", "on disk"]
CLOSE = [("Connection", "close")]
LARGE = bytes(range(256)) * 4096


@requirement("wsgi.fw.optional")
def test_whether_there_is_a_file_wrapper(server: Server, observe: Observe) -> None:
    """The server may offer wsgi.file_wrapper."""
    observe("present" if server.call(app=apps.has_one).value("present") else "absent")


@requirement("wsgi.fw.signature")
def test_a_file_wrapper_that_is_there_can_be_called(server: Server) -> None:
    """Where environ has a wsgi.file_wrapper, applications call it without looking at it."""
    exchange = server.call(app=apps.has_one)
    found = exchange.value("present"), exchange.value("callable")
    assert found in {(False, False), (True, True)}, saw(found, "no such key, or a callable under it")


@requirement("wsgi.fw.signature", needs=("file-wrapper",))
@pytest.mark.parametrize("sizes", [[], [3], [65536]], ids=["none", "3", "65536"])
def test_the_block_size_may_be_given(server: Server, sizes: list[int]) -> None:
    """The wrapper takes the file alone, or the file and a block size."""
    exchange = server.open(app=apps.sends, with_={"sizes": sizes})
    assert exchange.body == apps.CONTENT, exchange.seen("the content of the file")


@requirement("wsgi.fw.returns_iterable")
@pytest.mark.parametrize("kind", KINDS)
def test_the_wrapper_can_be_iterated(server: Server, kind: str) -> None:
    """Middleware can iterate over a wrapper and gets the content of the file."""
    exchange = server.call(app=apps.joins_the_wrapper, with_={"kind": kind})
    assert exchange.body == apps.CONTENT, exchange.seen("the content of the file")


@requirement("wsgi.fw.no_early_send")
def test_a_wrapper_that_is_not_returned_sends_nothing(server: Server) -> None:
    """Wrapping a file alone puts nothing of it on the wire."""
    exchange = server.call(app=apps.drops_the_wrapper)
    assert exchange.body == b"other", exchange.seen("the body 'other'")


@requirement("wsgi.fw.close")
@pytest.mark.parametrize("kind", CLOSABLE)
def test_the_file_is_closed_after_the_response(server: Server, kind: str) -> None:
    """When the response is over, the server has called the file's close()."""
    exchange = server.open(app=apps.sends, with_={"kind": kind})
    assert exchange.wait("close"), exchange.seen("a call of the file's close()")


@requirement("wsgi.fw.close")
@pytest.mark.parametrize("kind", CLOSABLE)
def test_closing_the_wrapper_closes_the_file(server: Server, kind: str) -> None:
    """The wrapper of a file with close() has a close() that calls it."""
    exchange = server.open(app=apps.closes_the_wrapper, with_={"kind": kind})
    assert exchange.wait("close"), exchange.seen("a call of the file's close()")


@requirement("wsgi.fw.no_close")
def test_a_file_without_close_is_sent(server: Server) -> None:
    """A file-like object needs no close()."""
    exchange = server.open(app=apps.sends, with_={"kind": "read() only"})
    assert exchange.body == apps.CONTENT, exchange.seen("the content of the file")


@requirement("wsgi.fw.read_only_object")
@pytest.mark.parametrize("kind", ["file-like", "in memory"])
def test_what_is_no_file_of_the_system_is_sent(server: Server, kind: str) -> None:
    """An object without a file descriptor is sent by its read()."""
    exchange = server.open(app=apps.sends, with_={"kind": kind})
    assert exchange.body == apps.CONTENT, exchange.seen("the content of the file")


@requirement("wsgi.fw.returns_iterable")
@pytest.mark.parametrize("kind", CLOSABLE)
def test_a_large_file_arrives_whole(server: Server, kind: str) -> None:
    """A file of a mebibyte is sent to its last octet."""
    exchange = server.open(app=apps.sends_large, with_={"kind": kind})
    assert exchange.body == LARGE, saw(len(exchange.body), f"{len(LARGE)} bytes as in the file")


@requirement("wsgi.fw.returns_iterable")
@pytest.mark.parametrize("kind", CLOSABLE)
def test_an_empty_file_is_an_empty_body(server: Server, kind: str) -> None:
    """A file without content makes a complete response without one."""
    exchange = server.open(app=apps.sends, with_={"kind": kind, "content": b"", "status": "202 Empty"})
    assert (exchange.status, exchange.body) == (202, b""), exchange.seen("202 with an empty body")


@requirement("wsgi.fw.after_return")
def test_middleware_can_change_what_a_wrapper_yields(server: Server) -> None:
    """If not the wrapper itself is returned, the server sends what is."""
    exchange = server.call(app=apps.wraps_the_wrapper)
    assert exchange.body == b"01234five6789", exchange.seen("the body '01234five6789'")


@requirement("wsgi.fw.current_position")
@pytest.mark.parametrize("kind", KINDS)
def test_sending_begins_where_the_file_stands(server: Server, kind: str) -> None:
    """What was read of a file before is not sent."""
    exchange = server.open(app=apps.sends, with_={"kind": kind, "position": 4})
    assert exchange.body == b"456789", exchange.seen("the body '456789'")


@requirement("wsgi.fw.current_position")
@pytest.mark.parametrize("kind", KINDS)
def test_sending_a_part_of_known_length_begins_where_the_file_stands(server: Server, kind: str) -> None:
    """The same with a Content-Length, as for a byte range."""
    with_ = {"kind": kind, "position": 4, "headers": [("Content-Length", "3")]}
    exchange = server.open(app=apps.sends, with_=with_)
    assert exchange.body == b"456", exchange.seen("the body '456'")


@requirement("wsgi.fw.content_length_limit")
@pytest.mark.parametrize("kind", KINDS)
def test_sending_ends_at_the_content_length(server: Server, kind: str) -> None:
    """Of a file that is longer than announced, the rest never reaches the wire."""
    with_ = {"kind": kind, "headers": [("Content-Length", "4")]}
    raw = server.open(app=apps.sends, with_=with_, headers=CLOSE).connection.read_to_end()
    assert raw.endswith(b"\r\n\r\n0123"), saw(raw, "four bytes of content")


@requirement("wsgi.cl.too_little_closes", needs=("file-wrapper",), definite=True)
@pytest.mark.parametrize("kind", ["file-like", "on disk"])
def test_the_connection_is_closed_if_the_file_is_too_short(server: Server, kind: str) -> None:
    """If a file is shorter than announced, the server corrects that, or no later response comes behind it."""
    exchange = server.open(app=apps.sends, with_={"kind": kind, "headers": [("Content-Length", "20")]})
    rest = exchange.after_a_short_body(10)
    exchange.wait_called()
    assert b"HTTP/1." not in rest, saw(rest, "a closed connection behind the file")


@requirement("wsgi.fw.assume_file_semantics", needs=("file-wrapper",))
def test_what_is_sent_of_an_object_that_has_a_file_number(server: Server, observe: Observe) -> None:
    """Whether an object is sent by its read(), or by the file whose number its fileno() gives."""
    observe(server.open(app=apps.sends, with_={"kind": "two-faced"}).body)


@requirement("wsgi.fw.content_length_generated")
def test_how_a_file_of_unknown_length_is_framed(server: Server, observe: Observe) -> None:
    """A server can learn the length of a file; what it announces is what it sends."""
    exchange = server.open(app=apps.sends, with_={"position": 4})
    assert exchange.body == b"456789", exchange.seen("the body '456789'")
    observe(exchange.response.framing)


@requirement("wsgi.iter.close_on_disconnect", needs=("file-wrapper",))
@pytest.mark.parametrize("kind", CLOSABLE)
def test_the_file_is_closed_after_a_client_disconnect(server: Server, kind: str) -> None:
    """A client that leaves in the middle of a file ends its sending, and the file is closed."""
    exchange = server.open(app=apps.sends_much, with_={"kind": kind})
    assert exchange.read_body(5), exchange.seen("the beginning of the file")
    exchange.connection.abort()
    assert exchange.wait("close"), exchange.seen("a call of the file's close()")


@requirement("rfc9110.head.no_content", needs=("file-wrapper",))
@pytest.mark.parametrize("kind", KINDS)
def test_no_file_is_sent_in_answer_to_head(server: Server, kind: str) -> None:
    """The head alone answers HEAD, also if the application returns a file."""
    with_: dict[str, Any] = {"kind": kind, "headers": [("Content-Length", "10")]}
    exchange = server.open("HEAD", app=apps.sends, with_=with_, headers=CLOSE)
    assert exchange.status == 200, exchange.seen("200")
    rest = exchange.connection.read_to_end()
    assert rest == b"", saw(rest, "nothing after the head")


@requirement("rfc9110.status.304_no_content", needs=("file-wrapper",))
@pytest.mark.parametrize("kind", KINDS)
def test_no_file_is_sent_with_304(server: Server, kind: str) -> None:
    """The head alone makes a 304, also if the application returns a file; or that is an error."""
    with_: dict[str, Any] = {"kind": kind, "status": "304 Not Modified", "headers": []}
    exchange = server.open(app=apps.sends, with_=with_, headers=CLOSE)
    assert exchange.status in {304, 500}, exchange.seen("304, or 500 for a file where none may be")
    rest = exchange.connection.read_to_end()
    assert rest == b"" or exchange.status == 500, saw(rest, "nothing after the head")
