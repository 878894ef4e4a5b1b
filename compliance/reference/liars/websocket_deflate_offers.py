"""Lies about the negotiation of compression: which offers are accepted, and what the 101 says."""

from __future__ import annotations

import re
from collections.abc import Sequence

from compliance.reference.asgi_websocket import WebSocketCycle
from compliance.reference.liar import liar
from compliance.reference.liars.websocket_deflate_raw import Misspeaking, WithDeflate, added
from compliance.reference.websocket_deflate import Deflate, Parameters

Offers = Sequence[tuple[bytes, Parameters]]


@liar(catches=["test_whether_an_offer_of_compression_is_accepted"])
class DeclinesCompression(WithDeflate):
    """No offer is accepted."""

    class Compression(Deflate):
        """Without use."""

        def accept_offers(self, _offers: Offers) -> bytes | None:
            """None."""
            return None


@liar(
    catches=[
        "test_a_compression_that_nobody_knows_is_declined",
        "test_an_offer_behind_a_declined_one_is_accepted",
    ]
)
class AcceptsAnyName(WithDeflate):
    """A compression of any name is accepted."""

    class Compression(Deflate):
        """Obliging."""

        def accept_offers(self, offers: Offers) -> bytes | None:
            """What it knows, or whatever is called permessage."""
            names = [name for name, _ in offers if name.startswith(b"permessage-c")]
            return names[0] if names else super().accept_offers(offers)


@liar(
    catches=[
        "test_an_accepted_offer_has_its_name",
        "test_of_several_offers_one_is_accepted",
        "test_an_offer_with_server_no_context_takeover_is_accepted",
    ]
)
class OtherName(WithDeflate):
    """The answer calls the extension by another name."""

    class Compression(Misspeaking):
        """With a name of its own."""

        def change(self, element: bytes) -> bytes:
            """That name."""
            return element.replace(b"permessage-deflate", b"x-webkit-deflate")


@liar(
    catches=[
        "test_no_compression_is_used_without_an_offer",
        "test_no_extension_is_used_without_an_offer",
        "test_an_unknown_extension_is_passed_over",
        "test_a_compression_that_nobody_knows_is_declined",
    ]
)
class Uninvited(WebSocketCycle):
    """The 101 has permessage-deflate also where it was not offered."""

    def extension(self) -> bytes | None:
        """What was offered, or that."""
        offers = b",".join(self.request.values(b"sec-websocket-extensions"))
        return super().extension() if b"permessage-deflate" in offers else b"permessage-deflate"


@liar(catches=["test_the_first_of_two_offers_is_preferred"])
class LastOffer(WithDeflate):
    """The last offer is preferred."""

    class Compression(Deflate):
        """From behind."""

        def accept_offers(self, offers: Offers) -> bytes | None:
            """In the reverse order."""
            return super().accept_offers(offers[::-1])


@liar(catches=["test_of_several_offers_one_is_accepted", "test_the_first_of_two_offers_is_preferred"])
class AcceptsEveryOffer(WithDeflate):
    """Each offer is accepted."""

    class Compression(Deflate):
        """With as many elements."""

        def accept_offers(self, offers: Offers) -> bytes | None:
            """The elements that each would get."""
            accept = super().accept_offers
            return b", ".join(element for offer in offers if (element := accept([offer]))) or None


@liar(catches=["test_an_offer_with_an_unknown_parameter_is_declined"])
class OverlooksUnknownParameters(WithDeflate):
    """Parameters that are not defined are passed over."""

    class Compression(Deflate):
        """Tolerant of the unknown."""

        def is_valid(self, parameters: Parameters) -> bool:
            """As far as they are known."""
            return super().is_valid(
                [pair for pair in parameters if pair[0].endswith((b"_takeover", b"_bits"))]
            )

        def is_valid_value(self, name: bytes, value: bytes | None) -> bool:
            """As far as it is known."""
            known = name.startswith((b"server_", b"client_"))
            return not known or super().is_valid_value(name, value)


@liar(catches=["test_an_offer_with_an_invalid_value_is_declined"])
class OverlooksInvalidValues(WithDeflate):
    """A parameter whose value is none that it can have is passed over."""

    class Compression(Deflate):
        """Tolerant of values."""

        def answer(self, parameters: Parameters) -> Parameters:
            """Without what is invalid."""
            return super().answer(
                [pair for pair in parameters if super(type(self), self).is_valid_value(*pair)]
            )

        def is_valid_value(self, name: bytes, _value: bytes | None) -> bool:
            """Anything."""
            return name.startswith((b"server_", b"client_"))


@liar(
    catches=[
        "test_an_offer_with_a_parameter_twice_is_declined",
        "test_an_offer_behind_a_declined_one_is_accepted",
    ]
)
class OverlooksRepetition(WithDeflate):
    """Of a parameter that is there twice the last one counts."""

    class Compression(Deflate):
        """Tolerant of repetition."""

        def accept_offers(self, offers: Offers) -> bytes | None:
            """Each parameter once."""
            return super().accept_offers(
                [(name, list(dict(parameters).items())) for name, parameters in offers]
            )


@liar(catches=["test_an_offer_behind_a_declined_one_is_accepted"])
class FirstOfferOnly(WithDeflate):
    """Offers behind the first one are not looked at."""

    class Compression(Deflate):
        """Soon content."""

        def accept_offers(self, offers: Offers) -> bytes | None:
            """The first or none."""
            return super().accept_offers(offers[:1])


@liar(catches=["test_a_quoted_value_is_that_value"])
class DropsQuotedValues(WebSocketCycle):
    """Parameters with quoted values are dropped."""

    def extension(self) -> bytes | None:
        """An offer without them."""
        quoted = any(b'"' in value for value in self.request.values(b"sec-websocket-extensions"))
        return b"permessage-deflate" if quoted else super().extension()


@liar(catches=["test_the_smallest_window_is_declined_or_agreed_to"])
class RoundsUp(WithDeflate):
    """server_max_window_bits=8 is accepted, as 9."""

    class Compression(Deflate):
        """With zlib's own smallest window."""

        def accept_offers(self, offers: Offers) -> bytes | None:
            """9 for 8."""
            return super().accept_offers(
                [(name, [(key, _rounded(key, value)) for key, value in pairs]) for name, pairs in offers]
            )


def _rounded(name: bytes, value: bytes | None) -> bytes | None:
    return b"9" if (name, value) == (b"server_max_window_bits", b"8") else value


@liar(catches=["test_server_no_context_takeover_is_agreed_to"])
class SilentAboutTakeover(WithDeflate):
    """server_no_context_takeover is followed, and not said."""

    class Compression(Misspeaking):
        """Silent."""

        def change(self, element: bytes) -> bytes:
            """Without it."""
            return element.replace(b"; server_no_context_takeover", b"")


@liar(catches=["test_an_offer_with_server_no_context_takeover_is_accepted"])
class DeclinesToForget(WithDeflate):
    """Offers with server_no_context_takeover are declined."""

    class Compression(Deflate):
        """With a long memory."""

        def is_valid(self, parameters: Parameters) -> bool:
            """None that asks to forget."""
            return super().is_valid(parameters) and b"server_no_context_takeover" not in dict(parameters)


@liar(catches=["test_server_no_context_takeover_without_being_asked"])
class ForgetsUnasked(WithDeflate):
    """The context is always given up, and this is said."""

    class Compression(Misspeaking):
        """Forgetful."""

        def change(self, element: bytes) -> bytes:
            """With it."""
            return added(element, b"server_no_context_takeover")

        def forgets(self) -> bool:
            """Always."""
            return True


@liar(catches=["test_client_no_context_takeover_in_the_answer"])
class WantsForgettingClients(WithDeflate):
    """Every client has to give up its context."""

    class Compression(Misspeaking):
        """Demanding."""

        def change(self, element: bytes) -> bytes:
            """With the demand."""
            return added(element, b"client_no_context_takeover")


@liar(catches=["test_the_takeover_parameters_have_no_value"])
class TakeoverWithValue(WithDeflate):
    """server_no_context_takeover has a value in the answer."""

    class Compression(Misspeaking):
        """Talkative."""

        def change(self, element: bytes) -> bytes:
            """With a value."""
            return element.replace(b"server_no_context_takeover", b"server_no_context_takeover=1")


@liar(catches=["test_the_servers_window_is_agreed_to"])
class LargestWindow(WithDeflate):
    """Whatever window of the server is asked for, the answer says 15."""

    class Compression(Misspeaking):
        """Boastful."""

        def change(self, element: bytes) -> bytes:
            """15."""
            return re.sub(rb"server_max_window_bits=\d+", b"server_max_window_bits=15", element)


@liar(catches=["test_the_servers_window_is_a_number_from_8_to_15"])
class LeadingZero(WithDeflate):
    """The window that the server takes unasked has a leading zero."""

    class Compression(Misspeaking):
        """With one digit too many."""

        def change(self, element: bytes) -> bytes:
            """015."""
            return added(element, b"server_max_window_bits", b"=015")


@liar(catches=["test_the_servers_window_without_being_asked"])
class WindowUnasked(WithDeflate):
    """The answer always says how large the server's window is."""

    class Compression(Misspeaking):
        """Talkative."""

        def change(self, element: bytes) -> bytes:
            """15."""
            return added(element, b"server_max_window_bits", b"=15")


@liar(catches=["test_the_clients_window_is_not_limited_unasked"])
class LimitsClients(WithDeflate):
    """The answer limits the client's window also where the client has not offered that."""

    class Compression(Misspeaking):
        """Narrow."""

        def change(self, element: bytes) -> bytes:
            """With a limit."""
            return added(element, b"client_max_window_bits", b"=15")


@liar(catches=["test_the_clients_window_is_no_larger_than_offered"])
class LargestClientWindow(WithDeflate):
    """Whatever the client offers to keep to, the answer says 15."""

    class Compression(Misspeaking):
        """Generous with what is not its own."""

        def change(self, element: bytes) -> bytes:
            """15."""
            return re.sub(rb"client_max_window_bits=\d+", b"client_max_window_bits=15", element)


@liar(catches=["test_the_clients_window_in_the_answer"])
class NoClientWindow(WithDeflate):
    """The answer never limits the client's window."""

    class Compression(Misspeaking):
        """Without limits."""

        def change(self, element: bytes) -> bytes:
            """Without the parameter."""
            return re.sub(rb"; client_max_window_bits=\d+", b"", element)
