"""ASGI apps that give the headers of a response in every shape that an iterable of pairs can have."""

from typing import Any, Callable, Dict, List

from compliance.guest.apps.asgi_http_response import body

Send = Callable[..., Any]

PAIRS = [(b"x-first", b"1"), (b"x-second", b"2"), (b"x-first", b"3")]

SHAPES: Dict[str, Callable[[], Any]] = {
    "list of lists": lambda: [list(pair) for pair in PAIRS],
    "list of tuples": lambda: list(PAIRS),
    "tuple of tuples": lambda: tuple(PAIRS),
    "generator": lambda: (pair for pair in PAIRS),
    "iterator": lambda: iter(PAIRS),
}


async def in_shape(scope: Dict[str, Any], receive: Any, send: Send, channel: Any, shape: str) -> None:
    """Answer 200 with the pairs of PAIRS in one of the SHAPES."""
    await send({"type": "http.response.start", "status": 200, "headers": SHAPES[shape]()})
    await send(body(b"content"))


async def many(scope: Dict[str, Any], receive: Any, send: Send, channel: Any, count: int, size: int) -> None:
    """Answer 200 with `count` headers x-0, x-1, … of `size` bytes each."""
    headers: List[Any] = [(b"x-%d" % number, b"v" * size) for number in range(count)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send(body(b"content"))
