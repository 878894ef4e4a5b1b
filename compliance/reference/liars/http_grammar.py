"""Lies that only a generated request may find."""

from __future__ import annotations

from dataclasses import replace

import h11

from compliance.reference.connection import Connection
from compliance.reference.errors import RequestError
from compliance.reference.liar import liar
from compliance.reference.request import Request


@liar(
    interface="asgi",
    catches=[
        "test_any_request_arrives_as_it_was_sent",
        "test_any_chunked_request_arrives_as_it_was_sent",
        "test_chunks_in_two_pieces_arrive_as_they_were_sent",
        "test_a_request_in_two_pieces_arrives_as_it_was_sent",
    ],
)
class LosesQueries(Connection):
    """A query of more than five octets is lost."""

    def parse(self, event: h11.Request) -> Request:
        """Without such a query."""
        request = super().parse(event)
        return replace(request, query=b"") if len(request.query) > 5 else request


@liar(
    interface="wsgi",
    catches=[
        "test_a_request_in_two_pieces_arrives_as_it_was_sent",
        "test_chunks_in_two_pieces_arrive_as_they_were_sent",
        "test_a_request_that_comes_octet_by_octet_arrives_as_it_was_sent",
        "test_a_request_without_content_is_whole_when_its_head_came_in_two_pieces",
        "test_chunks_that_come_octet_by_octet_are_decoded",
    ],
)
class OneSegment(Connection):
    """A head that does not come in one piece is refused."""

    def skip_empty_lines(self, data: bytes) -> bytes:
        """What came, or what is no request."""
        rest = super().skip_empty_lines(data)
        return rest if b"\r\n\r\n" in rest or not rest else b"(\r\n\r\n"


@liar(interface="asgi", catches=["test_no_mutated_request_does_harm"])
class TriesAgain(Connection):
    """In place of a request that is none, two others are served."""

    async def refuse(self, error: RequestError) -> None:
        """Serve them."""
        if b"/again" in self._head or self.response.started:
            await super().refuse(error)
            return
        self.stream.take()
        self.stream.put_back(b"GET /again HTTP/1.1\r\nHost: testserver\r\n\r\n" * 2)
        self.begin()
        await self.run()
