"""WSGI: how an application serves a file, and the features of HTTP that it leaves to no server."""

import gzip
from pathlib import Path
from typing import Any

import pytest

from compliance.expect import Observe, saw
from compliance.framework import Framework
from compliance.guest.channel import FILE
from compliance.requirements import requirement
from compliance.transcript import Transcript
from compliance.verdict import NotApplicable

CONTENT = Path(FILE).read_bytes()
DECODERS: dict[tuple[bytes, ...], Any] = {(): bytes, (b"identity",): bytes, (b"gzip",): gzip.decompress}
TARGETS = ["/", "/file", "/stream/2", "/large/9000", "/nowhere"]
WISHES = {
    "TE": [("te", "trailers, chunked, gzip;q=0.5"), ("connection", "te")],
    "Accept-Encoding": [("accept-encoding", "gzip, chunked, deflate, br")],
    "Transfer-Encoding": [("transfer-encoding", "chunked")],
    "keep-alive": [("connection", "keep-alive"), ("keep-alive", "timeout=5")],
}


def wrapped(framework: Framework) -> Transcript:
    """/file from a server with a file wrapper; NotApplicable where it is not used, which is allowed."""
    transcript = framework.http("GET", "/file", wrapper=True)
    if not transcript.noted("file wrapped"):
        raise NotApplicable(f"{framework.name} makes no use of wsgi.file_wrapper")
    return transcript


def validators(framework: Framework) -> dict[str, str]:
    """The validators that the response to /file has, by the names of their fields."""
    transcript = framework.http("GET", "/file")
    found = {name: transcript.header(name) for name in ("etag", "last-modified")}
    return {name: values[0].decode("latin-1") for name, values in found.items() if values}


@requirement("wsgi.fw.read_optional_size")
def test_a_file_for_the_wrapper_is_read_with_a_size_and_without(framework: Framework) -> None:
    """read(4) of a file that is given to the wrapper returns four bytes, and read() after it the rest."""
    read = wrapped(framework).of("file read")
    assert read == [CONTENT[:4], CONTENT[4:]], saw(read, "four bytes, then the rest")


@requirement("wsgi.fw.app_fallback")
def test_a_file_is_served_without_a_file_wrapper(framework: Framework) -> None:
    """A server that offers no wrapper gets the file as a plain iterable."""
    transcript = framework.http("GET", "/file")
    assert transcript.status == 200, transcript.seen("200")
    assert transcript.body == CONTENT, transcript.seen("all lines of the file")


@requirement("wsgi.fw.app_fallback")
def test_a_file_is_served_through_a_file_wrapper(framework: Framework) -> None:
    """The wrapper that a server offers is called with one or two positional arguments, if it is called."""
    wrong = [
        call for call in wrapped(framework).of("file wrapped") if call["keywords"] or call["positional"] > 2
    ]
    assert not wrong, saw(wrong, "the file and perhaps a size of blocks, by position")


@requirement("wsgi.http.content_coding_app")
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("wish", WISHES)
def test_no_wish_of_a_client_brings_a_transfer_coding(framework: Framework, wish: str, target: str) -> None:
    """Whatever the request says of codings, the application leaves the transfer coding to the server."""
    transcript = framework.http("GET", target, headers=WISHES[wish])
    assert transcript.header("transfer-encoding") == [], transcript.seen("no Transfer-Encoding")


@requirement("wsgi.http.content_coding_app")
def test_a_content_coding_is_said(framework: Framework, observe: Observe) -> None:
    """What a client that takes gzip gets is the file, coded as Content-Encoding says, which is recorded."""
    transcript = framework.http("GET", "/file", headers=[("accept-encoding", "gzip")])
    coding = tuple(transcript.header("content-encoding"))
    decode = DECODERS.get(coding)
    assert decode, saw(coding, "no coding that the client does not take")
    assert decode(transcript.body) == CONTENT, transcript.seen("the file in the coding that is said")
    observe({"content-encoding": coding})


@requirement("wsgi.http.app_own_features")
def test_an_application_s_ranges_are_right(framework: Framework, observe: Observe) -> None:
    """A range of the file comes as 206 with Content-Range, or the file comes whole; which is recorded."""
    transcript = framework.http("GET", "/file", headers=[("range", "bytes=5-14")])
    part = [b"bytes 5-14/%d" % len(CONTENT)]
    seen = (transcript.status, transcript.header("content-range"), transcript.body)
    right = [(200, [], CONTENT), (206, part, CONTENT[5:15])]
    assert seen in right, transcript.seen("206 with the ten bytes and their place, or 200 with all")
    observe({"status": transcript.status, "accept-ranges": transcript.header("accept-ranges")})


@requirement("wsgi.http.app_own_features")
@pytest.mark.parametrize(
    ("field", "validator"), [("if-none-match", "etag"), ("if-modified-since", "last-modified")]
)
def test_an_application_validates_what_it_has_validators_for(
    framework: Framework, observe: Observe, field: str, validator: str
) -> None:
    """A client that has the file gets 304 without content, or the file again; which is recorded."""
    has = validators(framework).get(validator)
    transcript = framework.http("GET", "/file", headers=[(field, has)] if has else [])
    seen = (transcript.status, transcript.body)
    assert seen in [(304, b""), (200, CONTENT)], transcript.seen("304 without content, or 200 with all")
    observe({validator: has is not None, "status": transcript.status})
