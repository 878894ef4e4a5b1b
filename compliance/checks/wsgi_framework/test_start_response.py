"""WSGI: how an application calls start_response, judged over every endpoint of the contract."""

from compliance.contract import breaches, http
from compliance.expect import saw
from compliance.framework import Framework
from compliance.requirements import requirement


@requirement("wsgi.callable.start_response_positional")
def test_start_response_is_called_with_positional_arguments(framework: Framework) -> None:
    """No argument of start_response is given by keyword."""
    broken = breaches(http(framework), "wsgi.callable.start_response_positional")
    assert not broken, saw(broken, "two or three positional arguments")


@requirement("wsgi.sr.status_form")
def test_the_status_is_a_code_and_a_reason(framework: Framework) -> None:
    """The status is a code, one space and a reason phrase, with nothing around them."""
    broken = breaches(http(framework), "wsgi.sr.status_form")
    assert not broken, saw(broken, "a status such as '404 Not Found'")


@requirement("wsgi.sr.status_no_control")
def test_the_status_has_no_control_characters(framework: Framework) -> None:
    """Neither in the status nor at its end is a control character."""
    broken = breaches(http(framework), "wsgi.sr.status_no_control")
    assert not broken, saw(broken, "a status without control characters")


@requirement("wsgi.sr.headers_list")
def test_the_headers_are_a_list_of_tuples(framework: Framework) -> None:
    """The headers are exactly a list, and each of them a tuple of name and value."""
    broken = breaches(http(framework), "wsgi.sr.headers_list")
    assert not broken, saw(broken, "a list of tuples of two")


@requirement("wsgi.strings.native_type")
def test_status_and_headers_are_native_strings(framework: Framework) -> None:
    """The status, and the name and value of each header, are exactly str."""
    broken = breaches(http(framework), "wsgi.strings.native_type")
    assert not broken, saw(broken, "str for the status, names and values")


@requirement("wsgi.strings.latin1_app")
def test_strings_hold_characters_of_latin_1_only(framework: Framework) -> None:
    """No character of the status or of a header is beyond U+00FF."""
    broken = breaches(http(framework), "wsgi.strings.latin1_app")
    assert not broken, saw(broken, "characters up to U+00FF")


@requirement("wsgi.strings.http_encoding_app", needs=("latin-1-header",))
def test_a_latin_1_header_value_stays_as_it_is(framework: Framework) -> None:
    """A header value of latin-1 characters reaches the server as those characters."""
    transcript = framework.http("GET", "/headers")
    assert transcript.header("x-latin") == [b"\xe9"], transcript.seen("x-latin with U+00E9")


@requirement("wsgi.sr.header_name_valid")
def test_header_names_are_tokens(framework: Framework) -> None:
    """Each header's name is a valid field name, without a colon or other punctuation at its end."""
    broken = breaches(http(framework), "wsgi.sr.header_name_valid")
    assert not broken, saw(broken, "names that HTTP allows")


@requirement("wsgi.sr.header_value_no_control")
def test_header_values_have_no_control_characters(framework: Framework) -> None:
    """No header's value holds a control character, neither inside nor at its end."""
    broken = breaches(http(framework), "wsgi.sr.header_value_no_control")
    assert not broken, saw(broken, "values without control characters")


@requirement("wsgi.sr.hop_by_hop_app")
def test_there_are_no_hop_by_hop_headers(framework: Framework) -> None:
    """Headers that concern one connection are left to the server."""
    broken = breaches(http(framework), "wsgi.sr.hop_by_hop_app")
    assert not broken, saw(broken, "no hop-by-hop header")


@requirement("wsgi.cl.app_no_transfer_encoding")
def test_there_is_no_transfer_coding(framework: Framework) -> None:
    """No response says that it has a transfer coding, streamed ones included."""
    broken = [asked for asked, t in http(framework).items() if t.header("transfer-encoding")]
    assert not broken, saw(broken, "no Transfer-Encoding")


@requirement("wsgi.sr.before_first_block_app")
def test_start_response_comes_before_the_first_block(framework: Framework) -> None:
    """start_response has been called when the first bytes of the body come, or the end."""
    broken = breaches(http(framework), "wsgi.sr.before_first_block_app")
    assert not broken, saw(broken, "start_response before the first block")


@requirement("wsgi.sr.app_single_call")
def test_start_response_is_called_once_unless_there_is_an_error(framework: Framework) -> None:
    """A second call of start_response is one with exc_info."""
    broken = breaches(http(framework), "wsgi.sr.app_single_call")
    assert not broken, saw(broken, "one call, or further ones with exc_info")


@requirement("wsgi.sr.exc_info_tuple")
def test_exc_info_is_a_tuple_of_sys_exc_info(framework: Framework) -> None:
    """Where exc_info is given, it is what sys.exc_info() returns."""
    broken = breaches(http(framework), "wsgi.sr.exc_info_tuple")
    assert not broken, saw(broken, "a tuple of type, exception and traceback")


@requirement("wsgi.sr.exc_info_only_error")
def test_exc_info_is_given_for_errors_only(framework: Framework) -> None:
    """An answer of no error handler comes without exc_info."""
    calls = framework.http("GET", "/").of("start_response")
    given = [call.get("exc_info") for call in calls]
    assert given == [None], saw(calls, "one call without exc_info")
