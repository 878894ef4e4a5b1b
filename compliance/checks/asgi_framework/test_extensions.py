"""ASGI extensions of HTTP responses: what a framework makes of those that a server offers."""

from pathlib import Path
from typing import Any

from compliance.contract import Traffic, breaches, http, sent
from compliance.expect import saw
from compliance.framework import Framework
from compliance.guest.channel import FILE
from compliance.requirements import requirement
from compliance.transcript import Transcript
from compliance.verdict import NotApplicable

PATH = "http.response.pathsend"
ZERO_COPY = "http.response.zerocopysend"
TRAILERS = "http.response.trailers"
PUSH = "http.response.push"
DEBUG = "http.response.debug"
CONTENT = Path(FILE).read_bytes()


def offer(*extensions: str) -> dict[str, Any]:
    """The overrides of a scope that offers these extensions."""
    return {"extensions": {name: {} for name in extensions}}


def types(transcript: Transcript) -> list[Any]:
    """The types of the messages that the framework sent."""
    return [message.get("type") for message in transcript.sent if isinstance(message, dict)]


def using(framework: Framework, extension: str) -> Traffic:
    """The traffic of the contract with an extension, where it is used; NotApplicable if it is nowhere."""
    traffic = http(framework, scope=offer(extension))
    used = {asked: found for asked, found in traffic.items() if extension in types(found)}
    if not used:
        raise NotApplicable(f"{framework.name} makes no use of {extension!r}")
    return used


def file_by(framework: Framework, extension: str) -> Transcript:
    """What /file is answered with by this extension; NotApplicable if that is not used."""
    found = framework.http("GET", "/file", scope=offer(extension))
    if extension not in types(found):
        raise NotApplicable(f"{framework.name} makes no use of {extension!r}")
    return found


def undeclared(transcript: Transcript) -> list[Any]:
    """The names of trailers that no Trailer field of the response names."""
    declared = b",".join(transcript.header("trailer")).lower().replace(b" ", b"").split(b",")
    trailers = [message for message in transcript.sent if message.get("type") == TRAILERS]
    return [name for message in trailers for name, _ in message["headers"] if name.lower() not in declared]


@requirement("asgi.ext.pathsend.app_headers")
def test_the_headers_of_a_path_are_the_application_s(framework: Framework) -> None:
    """Before a path the application sends Content-Type and the Content-Length of the file."""
    found = file_by(framework, PATH)
    kinds, lengths = found.header("content-type"), found.header("content-length")
    assert lengths == [b"%d" % len(CONTENT)], saw(lengths, f"a content-length of {len(CONTENT)}")
    assert [kind[:10] for kind in kinds] == [b"text/plain"], saw(kinds, "a content-type of text/plain")


@requirement("asgi.ext.pathsend.absolute")
def test_a_path_is_absolute(framework: Framework) -> None:
    """The path is text, absolute, and leads to the file."""
    found = file_by(framework, PATH)
    broken = breaches({"GET /file": found}, "asgi.ext.pathsend.absolute")
    assert not broken, saw(broken, "an absolute path")
    assert found.of("file")[:1] == [CONTENT], found.seen("the path of the file that is served")


@requirement("asgi.ext.pathsend.after_start")
def test_a_path_comes_after_the_start(framework: Framework) -> None:
    """No http.response.pathsend comes before http.response.start."""
    broken = breaches(using(framework, PATH), "asgi.ext.pathsend.after_start")
    assert not broken, saw(broken, "http.response.start first")


@requirement("asgi.ext.pathsend.not_mixed")
def test_nothing_is_mixed_with_a_path(framework: Framework) -> None:
    """A response that is sent by its path has no other body message, before or after."""
    broken = breaches(using(framework, PATH), "asgi.ext.pathsend.not_mixed")
    assert not broken, saw(broken, "no other body messages")


@requirement("asgi.ext.pathsend.once")
def test_a_path_is_sent_once(framework: Framework) -> None:
    """A response has one http.response.pathsend at the most."""
    broken = breaches(using(framework, PATH), "asgi.ext.pathsend.once")
    assert not broken, saw(broken, "one path in a response")


@requirement("asgi.ext.zerocopy.real_fd")
def test_an_open_file_has_a_descriptor(framework: Framework) -> None:
    """What is sent with http.response.zerocopysend is a file that the operating system knows."""
    found = file_by(framework, ZERO_COPY)
    descriptors = found.of("descriptor")
    assert all(descriptors), saw(descriptors, "a file with a descriptor")
    assert found.of("file")[:1] == [CONTENT], found.seen("the file that is served")


@requirement("asgi.ext.zerocopy.app_closes")
def test_the_application_closes_its_file(framework: Framework) -> None:
    """When the call is over, the file that was sent is closed."""
    open_files = file_by(framework, ZERO_COPY).of("left open")
    assert open_files == [0], saw(open_files, "no file left open")


@requirement("asgi.ext.zerocopy.timing")
def test_an_open_file_comes_after_the_start(framework: Framework) -> None:
    """No http.response.zerocopysend comes before http.response.start."""
    broken = breaches(using(framework, ZERO_COPY), "asgi.ext.zerocopy.timing")
    assert not broken, saw(broken, "http.response.start first")


@requirement("asgi.ext.trailers.start_flag")
def test_trailers_are_promised_at_the_start(framework: Framework) -> None:
    """A response with trailers says so in http.response.start."""
    broken = breaches(using(framework, TRAILERS), "asgi.ext.trailers.start_flag")
    assert not broken, saw(broken, "trailers in http.response.start")


@requirement("asgi.ext.trailers.names_app")
def test_the_names_of_trailers_are_lower_case(framework: Framework) -> None:
    """The names of trailers are in lower case, and none begins with a colon."""
    broken = breaches(using(framework, TRAILERS), "asgi.ext.trailers.names_app")
    assert not broken, saw(broken, "names in lower case, and no pseudo-headers")


@requirement("asgi.ext.trailers.app_trailer_header")
def test_trailers_are_declared(framework: Framework) -> None:
    """A Trailer field among the headers names each trailer."""
    found = {asked: undeclared(transcript) for asked, transcript in using(framework, TRAILERS).items()}
    assert not any(found.values()), saw(found, "the names of all trailers in a Trailer field")


@requirement("asgi.ext.push.event")
def test_a_push_has_a_path_and_headers(framework: Framework) -> None:
    """A push names a path as text and its headers as pairs of bytes."""
    broken = breaches(using(framework, PUSH), "asgi.ext.push.event", "asgi.core.event.is_dict")
    assert not broken, saw(broken, "a path, and headers")


@requirement("asgi.ext.push.timing")
def test_a_push_comes_after_the_start(framework: Framework) -> None:
    """A push comes after http.response.start, and before the last http.response.body."""
    broken = breaches(using(framework, PUSH), "asgi.ext.push.timing")
    assert not broken, saw(broken, "http.response.start first")


@requirement("asgi.ext.debug.event")
def test_a_debug_message_comes_once_and_first(framework: Framework) -> None:
    """Debug information is a dict, and is sent once, before http.response.start."""
    broken = breaches(using(framework, DEBUG), "asgi.ext.debug.event")
    assert not broken, saw(broken, "one message with a dict, before http.response.start")


@requirement("asgi.ext.debug.app_gate")
def test_no_debug_message_is_sent_unless_offered(framework: Framework) -> None:
    """To a server that does not offer it, and none should, no debug information is sent."""
    found = [asked for asked, message in sent(http(framework)) if message.get("type") == DEBUG]
    assert not found, saw(found, "no http.response.debug")
