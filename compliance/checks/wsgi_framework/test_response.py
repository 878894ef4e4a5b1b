"""WSGI: the iterable that an application returns, its blocks, its end, and what it does about errors."""

from compliance.contract import breaches, http
from compliance.expect import Observe, saw
from compliance.framework import Framework
from compliance.requirements import requirement


@requirement("wsgi.iter.iterable")
def test_the_application_returns_an_iterable(framework: Framework) -> None:
    """Whatever is asked, what the application returns can be iterated."""
    raised = {
        asked: t.raised for asked, t in http(framework).items() if t.raised and t.raised["by"] == "iter"
    }
    assert not raised, saw(raised, "iterables")


@requirement("wsgi.strings.bytes_type")
def test_every_block_is_bytes(framework: Framework) -> None:
    """The blocks of every response are exactly bytes."""
    broken = breaches(http(framework), "wsgi.strings.bytes_type")
    assert not broken, saw(broken, "blocks of bytes")


@requirement("wsgi.cl.app_len_accurate")
def test_the_len_of_an_iterable_is_the_number_of_its_blocks(framework: Framework) -> None:
    """An iterable that has a length gives so many blocks."""
    found = {asked: (t.of("iterable"), len(t.of("block"))) for asked, t in http(framework).items()}
    lengths = {asked: (told[0]["len"], blocks) for asked, (told, blocks) in found.items() if told}
    wrong = {asked: pair for asked, pair in lengths.items() if pair[0] not in (None, pair[1])}
    assert not wrong, saw(wrong, "a len() that is the number of blocks, or none")


@requirement("wsgi.cl.app_as_stated")
def test_a_body_is_as_long_as_its_content_length_says(framework: Framework) -> None:
    """No response has more or less bytes than it announces."""
    broken = breaches(http(framework), "wsgi.cl.app_as_stated")
    assert not broken, saw(broken, "bodies of the length that Content-Length states")


@requirement("wsgi.iter.app_no_write_in_iter")
def test_write_is_not_called_while_iterating(framework: Framework) -> None:
    """The iterable yields what it has, and does not give it to write()."""
    broken = breaches(http(framework), "wsgi.iter.app_no_write_in_iter")
    assert not broken, saw(broken, "no write() from within the iterable")


@requirement("wsgi.iter.app_avoid_write")
def test_write_is_not_called_at_all(framework: Framework) -> None:
    """Bodies are given as iterables."""
    using = [asked for asked, t in http(framework).items() if t.noted("write")]
    assert not using, saw(using, "no use of write()")


@requirement("wsgi.iter.app_buffers")
def test_how_many_blocks_a_short_body_has(framework: Framework, observe: Observe) -> None:
    """In how many blocks five bytes come is recorded."""
    observe({"blocks": len(framework.http("GET", "/").of("block"))})


@requirement("wsgi.iter.early_close_app")
def test_a_stream_that_is_not_consumed_is_cleaned_up(framework: Framework) -> None:
    """close() after the first block ends the handler's stream."""
    transcript = framework.http("GET", "/stream/3", stop=1)
    assert transcript.noted("stream closed"), transcript.seen("the end of the handler's stream")


@requirement("wsgi.iter.early_close_app")
def test_closing_a_stream_early_is_no_error(framework: Framework) -> None:
    """close() raises nothing, whether or not a block was taken before."""
    raised = [framework.http("GET", "/stream/3", stop=number).raised for number in (0, 1, 2)]
    assert raised == [None, None, None], saw(raised, "no exceptions")


@requirement("wsgi.err.app_traps")
def test_a_handler_s_error_is_answered(framework: Framework) -> None:
    """An exception of a handler becomes a response of the class 5xx."""
    transcript = framework.http("GET", "/raise")
    assert transcript.raised is None, transcript.seen("no exception out of the application")
    assert transcript.status == 500, transcript.seen("500")


@requirement("wsgi.err.app_exc_info_always")
def test_an_error_response_after_start_response_has_exc_info(framework: Framework) -> None:
    """Where an error handler calls start_response again, it gives exc_info."""
    calls = framework.http("GET", "/raise").of("start_response")
    without = [call for call in calls[1:] if not call.get("exc_info")]
    assert not without, saw(calls, "exc_info in every call but the first")


@requirement("wsgi.sr.exc_info_app_not_trap")
def test_what_start_response_raises_is_let_through(framework: Framework) -> None:
    """If start_response raises because the head has been sent, the exception leaves the application."""
    traffic = {"GET /stream-raise": framework.http("GET", "/stream-raise")}
    broken = breaches(traffic, "wsgi.sr.exc_info_app_not_trap")
    assert not broken, saw(broken, "the exception, and nothing after it")


@requirement("wsgi.err.app_no_output_after_sent")
def test_a_stream_that_fails_gives_nothing_more(framework: Framework) -> None:
    """After a part has been sent, an exception of the stream ends the response."""
    transcript = framework.http("GET", "/stream-raise")
    assert transcript.body == b"part-0\n", transcript.seen("nothing after the first part")
    assert transcript.raised, transcript.seen("the exception out of the iterable")
