"""Whether a server can be judged at all, and whether it is still well after a check."""

from compliance.running import StartError
from compliance.server import Server


def preflight(server: Server, *, framework: bool) -> None:
    """One GET and one POST that must come back; raises StartError."""
    target, body = (f"{server.root}echo" if framework else server.root), b"pre-flight"
    try:
        got = server.call("GET", server.root)
        assert got.status == 200, got.seen(f"200 to GET {server.root}")  # noqa: S101 - a judgement
        posted = server.call("POST", target, body=body, headers=[("Content-Type", "text/plain")])
        assert posted.body == body, posted.seen(f"{body!r} echoed to POST {target}")  # noqa: S101
    except AssertionError as error:
        log = server.log() or "(nothing)"
        raise StartError(
            f"{server.name} fails the pre-flight: {error}\nlast lines of its log:\n{log}"
        ) from error


def serves(server: Server) -> bool:
    """Whether a server is alive and, if the check before left a response unfinished, still answers.

    A server whose worker has crashed may be seconds from its own end; the next check must not suffer from it.
    """
    if server.process is None or not server.process.alive():
        return False
    if all(exchange.answered and exchange.response.complete for exchange in server.exchanges):
        return True
    server.reset()
    try:
        return server.call("GET", server.root).answered is not None
    except AssertionError:
        return False
