"""RFC 7692, Negotiating: which offers of permessage-deflate a server accepts, and what its answer holds."""

import pytest

from compliance.claims import compresses
from compliance.expect import Observe, saw
from compliance.guest.apps import asgi_websocket
from compliance.requirements import requirement
from compliance.server import Server
from compliance.wire.deflate import BITS, NAME, Extension, extensions
from compliance.wire.http import Response

SNCT, CNCT = "server_no_context_takeover", "client_no_context_takeover"
SMWB, CMWB = "server_max_window_bits", "client_max_window_bits"
OFFERS = [(), (SNCT,), (CNCT,), (f"{SMWB}=10",), (CMWB,), (f"{CMWB}=10",), (SNCT, CNCT, f"{SMWB}=12", CMWB)]


def offer(*parameters: str) -> str:
    """An offer of permessage-deflate with these parameters."""
    return "; ".join([NAME, *parameters])


def answer(server: Server, *offers: str) -> Response:
    """The head that answers a handshake with these values of Sec-WebSocket-Extensions, each in its field."""
    headers = [("Sec-WebSocket-Extensions", value) for value in offers]
    with server.websocket("/", app=asgi_websocket.listens, headers=headers) as exchange:
        return exchange.read_head()


def elements(server: Server, *offers: str) -> list[Extension]:
    """The extensions in that answer, which has to be a 101: offers are declined, and not handshakes."""
    response = answer(server, *offers)
    assert response.status == 101, saw((response.status, response.headers), "101 Switching Protocols")
    return extensions(response)


def agreed(server: Server, *parameters: str) -> Extension:
    """What a server agrees to that is offered these parameters; not applicable where it declines."""
    return compresses(answer(server, offer(*parameters)))


@requirement("rfc7692.neg.optional")
def test_whether_an_offer_of_compression_is_accepted(server: Server, observe: Observe) -> None:
    """The answer to the offer that browsers make is recorded."""
    observe([str(element) for element in elements(server, offer(CMWB))])


@requirement("rfc7692.neg.declined_no_element")
def test_a_compression_that_nobody_knows_is_declined(server: Server) -> None:
    """An offer of a compression extension that does not exist leaves no trace in the 101."""
    found = elements(server, "permessage-compliance; client_max_window_bits")
    assert found == [], saw(found, "no extension")


@requirement("rfc7692.neg.accepted_name")
@pytest.mark.parametrize("parameters", OFFERS, ids="; ".join)
def test_an_accepted_offer_has_its_name(server: Server, parameters: tuple[str, ...]) -> None:
    """Whatever parameters an accepted offer has, the element of the answer is named permessage-deflate."""
    agreed(server, *parameters)
    names = [element.name for element in elements(server, offer(*parameters))]
    assert names == [NAME], saw(names, repr([NAME]))


@requirement("rfc7692.neg.only_offered")
@pytest.mark.parametrize("offers", [(), ("x-compliance",)], ids=["no extension", "another extension"])
def test_no_compression_is_used_without_an_offer(server: Server, offers: tuple[str, ...]) -> None:
    """A client that does not offer permessage-deflate does not get it."""
    found = elements(server, *offers)
    assert found == [], saw(found, "no extension")


@requirement("rfc7692.neg.preference")
@pytest.mark.parametrize(
    ("first", "second"),
    [((SNCT,), (f"{SMWB}=10",)), ((f"{SMWB}=10",), (SNCT,))],
    ids=["takeover first", "window first"],
)
def test_the_first_of_two_offers_is_preferred(
    server: Server, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    """Of two offers that the server supports it accepts the one that the client prefers."""
    expected, _ = agreed(server, *first), agreed(server, *second)
    found = elements(server, f"{offer(*first)}, {offer(*second)}")
    assert found == [expected], saw(found, f"the answer to the first one alone, {expected}")


@requirement("rfc7692.neg.single_accept")
@pytest.mark.parametrize(
    "offers",
    [(offer(), offer()), (f"{offer()}, {offer(SNCT)}, {offer(CMWB)}",), (offer(SNCT), offer(CNCT))],
    ids=["twice the same", "three in one field", "two in two fields"],
)
def test_of_several_offers_one_is_accepted(server: Server, offers: tuple[str, ...]) -> None:
    """However often permessage-deflate is offered, the answer has it at most once."""
    compresses(answer(server, *offers))
    names = [element.name for element in elements(server, *offers)]
    assert names == [NAME], saw(names, "one permessage-deflate")


@requirement("rfc7692.neg.decline_unknown_param")
@pytest.mark.parametrize(
    "parameter", ["compliance", "compliance=1", "no_context_takeover", "max_window_bits=10"]
)
def test_an_offer_with_an_unknown_parameter_is_declined(server: Server, parameter: str) -> None:
    """An offer with a parameter that is not defined is declined; the connection goes on."""
    found = elements(server, offer(parameter))
    assert found == [], saw(found, "no extension")


@requirement("rfc7692.neg.decline_invalid_value")
@pytest.mark.parametrize(
    "parameter",
    [
        *[
            f"{name}={value}"
            for name in (SMWB, CMWB)
            for value in ("7", "16", "08", "010", "0", "x", "10.0", "-9")
        ],
        SMWB,
        f"{SNCT}=1",
        f"{SNCT}=true",
        f"{CNCT}=1",
    ],
)
def test_an_offer_with_an_invalid_value_is_declined(server: Server, parameter: str) -> None:
    """An offer whose parameter has a value that it cannot have is declined; the connection goes on."""
    found = elements(server, offer(parameter))
    assert found == [], saw(found, "no extension")


@requirement("rfc7692.neg.decline_duplicate_param")
@pytest.mark.parametrize(
    "parameters",
    [(SNCT, SNCT), (CNCT, CNCT), (f"{SMWB}=10", f"{SMWB}=12"), (CMWB, CMWB), (CMWB, f"{CMWB}=10")],
    ids="; ".join,
)
def test_an_offer_with_a_parameter_twice_is_declined(server: Server, parameters: tuple[str, ...]) -> None:
    """An offer that repeats a parameter is declined; the connection goes on."""
    found = elements(server, offer(*parameters))
    assert found == [], saw(found, "no extension")


@requirement("rfc7692.neg.fallback_offer")
@pytest.mark.parametrize(
    "declined",
    ["permessage-compliance", offer("compliance"), offer(f"{SMWB}=16"), offer(SNCT, SNCT)],
    ids=["another extension", "unknown parameter", "invalid value", "parameter twice"],
)
def test_an_offer_behind_a_declined_one_is_accepted(server: Server, declined: str) -> None:
    """An offer that has to be declined does not hinder the next one."""
    expected = agreed(server)
    found = elements(server, f"{declined}, {offer()}")
    assert found == [expected], saw(found, f"the answer to the second one alone, {expected}")


@requirement("rfc7692.neg.quoted_value")
@pytest.mark.parametrize("name", [SMWB, CMWB])
def test_a_quoted_value_is_that_value(server: Server, name: str) -> None:
    """A parameter value in quotes means what it means without them, where the offer is accepted."""
    expected = agreed(server, f"{name}=10")
    found = agreed(server, f'{name}="10"')
    assert found == expected, saw(found, f"the answer to the value without quotes, {expected}")


@requirement("rfc7692.neg.decline_unsupported")
def test_the_smallest_window_is_declined_or_agreed_to(server: Server) -> None:
    """Where server_max_window_bits=8 is not declined, the answer has 8."""
    found = elements(server, offer(f"{SMWB}=8"))
    values = [element.value(SMWB) for element in found]
    assert values in ([], ["8"]), saw(found, "no extension, or server_max_window_bits=8")


@requirement("rfc7692.snct.accept")
@pytest.mark.parametrize("more", [(), (CNCT,), (CMWB,)], ids=["alone", CNCT, CMWB])
def test_server_no_context_takeover_is_agreed_to(server: Server, more: tuple[str, ...]) -> None:
    """A server that accepts an offer with server_no_context_takeover has it in its answer."""
    found = agreed(server, SNCT, *more)
    assert found.has(SNCT), saw(found, SNCT)


@requirement("rfc7692.snct.supported")
def test_an_offer_with_server_no_context_takeover_is_accepted(server: Server) -> None:
    """A server that compresses at all can do so without context takeover."""
    agreed(server)
    found = elements(server, offer(SNCT))
    assert [element.name for element in found] == [NAME], saw(found, "permessage-deflate")


@requirement("rfc7692.snct.unsolicited")
def test_server_no_context_takeover_without_being_asked(server: Server, observe: Observe) -> None:
    """Whether the server gives up its context unasked is recorded."""
    observe(agreed(server, CMWB).has(SNCT))


@requirement("rfc7692.cnct.respond")
@pytest.mark.parametrize("parameters", [(), (CNCT,)], ids=["unasked", "hinted"])
def test_client_no_context_takeover_in_the_answer(
    server: Server, observe: Observe, parameters: tuple[str, ...]
) -> None:
    """Whether the server has the client give up its context, hinted by the offer or not, is recorded."""
    observe(agreed(server, *parameters).has(CNCT))


@requirement("rfc7692.cnct.no_value")
@pytest.mark.parametrize("parameters", [(SNCT,), (CNCT,), (SNCT, CNCT)], ids="; ".join)
def test_the_takeover_parameters_have_no_value(server: Server, parameters: tuple[str, ...]) -> None:
    """server_no_context_takeover and client_no_context_takeover stand in an answer without a value."""
    found = agreed(server, *parameters)
    values = [value for name, value in found.parameters if name in {SNCT, CNCT}]
    assert values == [None] * len(values), saw(found, "parameters without values")


@requirement("rfc7692.smwb.respond")
@pytest.mark.parametrize("bits", range(9, 16))
def test_the_servers_window_is_agreed_to(server: Server, bits: int) -> None:
    """A server that accepts server_max_window_bits has it in its answer, with no larger value."""
    found = agreed(server, f"{SMWB}={bits}")
    assert found.has(SMWB), saw(found, SMWB)
    assert found.window(SMWB) <= bits, saw(found, f"a value of at most {bits}")


@requirement("rfc7692.smwb.grammar")
@pytest.mark.parametrize(
    "parameters", [(), (CMWB,), *[(f"{SMWB}={bits}",) for bits in range(9, 16)]], ids="; ".join
)
def test_the_servers_window_is_a_number_from_8_to_15(server: Server, parameters: tuple[str, ...]) -> None:
    """Where server_max_window_bits stands in an answer, it is a number from 8 to 15 without leading zeros."""
    found = agreed(server, *parameters)
    values = [value or "" for name, value in found.parameters if name == SMWB]
    assert all(BITS.fullmatch(value) for value in values), saw(found, "8 to 15")


@requirement("rfc7692.smwb.unsolicited")
def test_the_servers_window_without_being_asked(server: Server, observe: Observe) -> None:
    """The window that the server takes unasked is recorded."""
    observe(agreed(server).value(SMWB))


@requirement("rfc7692.cmwb.only_if_offered")
@pytest.mark.parametrize("parameters", [(), (SNCT,), (CNCT,), (f"{SMWB}=10",)], ids="; ".join)
def test_the_clients_window_is_not_limited_unasked(server: Server, parameters: tuple[str, ...]) -> None:
    """An answer has client_max_window_bits only if the offer has it."""
    found = agreed(server, *parameters)
    assert not found.has(CMWB), saw(found, "no client_max_window_bits")


@requirement("rfc7692.cmwb.value")
@pytest.mark.parametrize(("value", "most"), [("", 15), *[(f"={bits}", bits) for bits in range(8, 16)]])
def test_the_clients_window_is_no_larger_than_offered(server: Server, value: str, most: int) -> None:
    """Where client_max_window_bits stands in an answer, it is a number from 8 to what the client can do."""
    found = agreed(server, CMWB + value)
    values = [value or "" for name, value in found.parameters if name == CMWB]
    assert all(BITS.fullmatch(value) and int(value) <= most for value in values), saw(found, f"8 to {most}")


@requirement("rfc7692.cmwb.may_respond")
@pytest.mark.parametrize("parameter", [CMWB, f"{CMWB}=10"])
def test_the_clients_window_in_the_answer(server: Server, observe: Observe, parameter: str) -> None:
    """What the server makes of the client's offer to limit its window is recorded."""
    observe(agreed(server, parameter).value(CMWB))
