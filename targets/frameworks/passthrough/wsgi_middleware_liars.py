"""Middlewares with one lie each."""

import sys

from lies import liar
from passing import Blocks, Passing

KEPT = []


@liar("wsgi.mw.obey_both", ["test_the_server_s_rules_are_kept_towards_the_application"])
class TakesErrorsAway(Passing):
    """The application gets no wsgi.errors."""

    def __call__(self, environ, start_response):
        environ.pop("wsgi.errors")
        return super().__call__(environ, start_response)


@liar("wsgi.mw.obey_both", ["test_the_application_s_rules_are_kept_towards_the_server"])
class SaysKeepAlive(Passing):
    """Every response gets a header that is for the server to set."""

    def start(self, start_response, status, headers, *exc_info):
        return super().start(start_response, status, [*headers, ("Keep-Alive", "timeout=5")], *exc_info)


@liar("wsgi.mw.obey_both", ["test_exc_info_replaces_a_response_that_has_not_begun"])
class KeepsTheFirstHead(Passing):
    """Of several calls of start_response the first one counts."""

    def __call__(self, environ, start_response):
        self.first = None
        return super().__call__(environ, start_response)

    def start(self, start_response, status, headers, *exc_info):
        self.first = self.first or (status, headers)
        return super().start(start_response, *self.first, *exc_info)


@liar("wsgi.mw.return_early", ["test_the_iterable_is_returned_before_the_application_yields"])
class LooksAhead(Passing):
    """Returns when the first block is there."""

    class Ahead(Blocks):
        def __init__(self, result):
            super().__init__(result)
            self.first = [next(self.inner)]

        def __next__(self):
            return self.first.pop() if self.first else super().__next__()

    def answer(self, result, start_response):
        try:
            return self.Ahead(result)
        except StopIteration:
            return []


class Held(Blocks):
    """Yields b"" in place of a block, and the block with the next one."""

    def __init__(self, result):
        super().__init__(result)
        self.held = None

    def __next__(self):
        try:
            block = super().__next__()
        except StopIteration:
            if self.held is None:
                raise
            block, self.held = self.held, None
            return block
        last, self.held = self.held, block
        return last or b""


@liar(
    "wsgi.mw.no_delay",
    [
        "test_a_stream_is_closed_when_the_client_leaves",
        "test_each_part_of_a_stream_arrives_before_the_next_is_made",
        "test_no_block_is_held_back",
    ],
)
class SendsLate(Passing):
    """Each block goes out with the one behind it."""

    def answer(self, result, start_response):
        return Held(result)


@liar(
    "wsgi.mw.no_block",
    [
        "test_one_value_of_the_application_is_enough_for_one_of_the_middleware",
        "test_each_value_of_the_application_gives_one",
        "test_no_block_is_held_back",
        "test_what_is_held_back_is_stood_for_by_an_empty_block",
        "test_each_part_of_a_stream_arrives_before_the_next_is_made",
        "test_a_stream_is_closed_when_the_client_leaves",
    ],
)
class TakesTwo(Passing):
    """Asks for two blocks to yield one, the first time."""

    class Two(Blocks):
        joined = False

        def __next__(self):
            block = super().__next__()
            if not self.joined:
                self.joined = True
                block += next(self.inner, b"")
            return block

    def answer(self, result, start_response):
        return self.Two(result)


@liar(
    "wsgi.mw.empty_when_accumulating",
    [
        "test_what_is_held_back_is_stood_for_by_an_empty_block",
        "test_each_value_of_the_application_gives_one",
    ],
)
class LeavesOutTheSecond(Passing):
    """Waits for the third block before it yields the second."""

    class Second(Blocks):
        count = 0

        def __next__(self):
            self.count += 1
            block = super().__next__()
            return block + next(self.inner, b"") if self.count == 2 else block

    def answer(self, result, start_response):
        return self.Second(result)


@liar("wsgi.mw.yield_each", ["test_each_value_of_the_application_gives_one"])
class DropsEmptyBlocks(Passing):
    """An empty block of the application gives none."""

    class Full(Blocks):
        def __next__(self):
            return next(block for block in self.inner if block)

    def answer(self, result, start_response):
        return self.Full(result)


@liar("wsgi.mw.no_write_for_yielded", ["test_only_what_was_written_is_written"])
class WritesEverything(Passing):
    """After a call of write(), what the application yields is written too."""

    def __call__(self, environ, start_response):
        self.write = None
        return super().__call__(environ, start_response)

    def writer(self, write):
        def taking(data):
            self.write = write
            write(data)

        return taking

    def answer(self, result, start_response):
        if self.write is None:
            return super().answer(result, start_response)
        for block in result:
            self.write(block)
        return []


@liar(
    "wsgi.mw.close_propagated",
    [
        "test_close_reaches_the_application",
        "test_close_reaches_the_application_after_an_error",
        "test_a_stream_that_is_not_consumed_is_cleaned_up",
    ],
)
class ClosesNothing(Passing):
    """The application's iterable is not closed."""

    class Open(Blocks):
        def __init__(self, result):
            super().__init__(result)
            KEPT.append(result)

        def close(self):
            pass

    def answer(self, result, start_response):
        return self.Open(result)


@liar(
    "wsgi.mw.close_propagated",
    [
        "test_close_reaches_the_application_after_an_error",
        "test_the_server_s_rules_are_kept_towards_the_application",
    ],
)
class ClosesTwiceAfterAnError(Passing):
    """The application's iterable is closed when it raises, and again by the server."""

    class Twice(Blocks):
        def __next__(self):
            try:
                return super().__next__()
            except RuntimeError:
                self.close()
                raise

    def answer(self, result, start_response):
        return self.Twice(result)


@liar("wsgi.mw.exc_info_variant", ["test_what_leaves_a_middleware_once_a_response_has_begun"])
class RaisesItsOwn(Passing):
    """What start_response raises becomes an exception of the middleware's."""

    def start(self, start_response, status, headers, *exc_info):
        try:
            return super().start(start_response, status, headers, *exc_info)
        except RuntimeError as error:
            raise LookupError(str(error)) from error


@liar("wsgi.mw.exc_info_released", ["test_no_reference_to_exc_info_is_kept"])
class KeepsExcInfo(Passing):
    """What start_response got last is remembered."""

    def start(self, start_response, status, headers, *exc_info):
        if exc_info:
            KEPT.append(sys.exc_info())
        return super().start(start_response, status, headers, *exc_info)
