"""A middleware that hands everything on, with a method for each thing, so that a liar can replace one."""


class Passing:
    """A middleware around one application."""

    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        def started(status, headers, *exc_info):
            try:
                return self.start(start_response, status, headers, *exc_info)
            finally:
                del exc_info

        return self.answer(self.app(environ, started), started)

    def start(self, start_response, status, headers, *exc_info):
        return self.writer(start_response(status, headers, *exc_info))

    def writer(self, write):
        return write

    def answer(self, result, start_response):
        return Blocks(result)


class Blocks:
    """An iterable around another."""

    def __init__(self, result):
        self.result = result
        self.inner = iter(result)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self.inner)

    def close(self):
        if hasattr(self.result, "close"):
            self.result.close()
