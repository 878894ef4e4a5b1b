"""The registry of liars: bare applications with exactly one lie each, which prove that a check can fail."""

LIARS = {}


def liar(breaks, catches=()):
    """Register the decorated class: the requirement that it breaks, and the checks that must fail of it."""

    def register(kind):
        kind.breaks = breaks
        kind.catches = tuple(catches)
        if LIARS.setdefault(kind.__name__, kind) is not kind:
            raise TypeError("two liars are named " + kind.__name__)
        return kind

    return register
