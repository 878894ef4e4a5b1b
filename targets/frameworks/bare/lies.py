"""The registry of liars: bare applications with exactly one lie each, which prove that a check can fail."""

LIARS = {}


def liar(breaks, catches=()):
    """Register the decorated class: the requirement that it breaks, and the checks that must fail of it."""

    def register(kind):
        kind.breaks = breaks
        kind.catches = tuple(catches)
        LIARS[kind.__name__] = kind
        return kind

    return register
