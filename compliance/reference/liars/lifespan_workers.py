"""Lies about the lifespan of one of several workers; a server with one worker is honest."""

from __future__ import annotations

import asyncio

from compliance.reference.asgi import Message
from compliance.reference.asgi_lifespan import Lifespan
from compliance.reference.liar import liar


@liar(
    catches=[
        "test_each_worker_has_one_lifespan",
        "test_requests_run_in_workers_that_have_a_lifespan",
        "test_shutdown_is_sent_to_the_lifespan_of_each_worker",
        "test_the_end_of_a_worker_cuts_no_other_shutdown_short",
    ]
)
class FirstWorkerOnly(Lifespan):
    """The first worker has a lifespan, the others have none."""

    async def startup(self) -> bool:
        """As if all were well."""
        return True if self.server.number else await super().startup()


@liar(
    catches=[
        "test_startup_is_delivered_once_in_each_worker",
        "test_shutdown_is_sent_to_the_lifespan_of_each_worker",
        "test_the_end_of_a_worker_cuts_no_other_shutdown_short",
    ]
)
class StartsAgain(Lifespan):
    """With several workers, startup comes again in place of shutdown."""

    def shutdown_event(self) -> Message:
        """Another one first."""
        if self.server.workers > 1:
            self.events.put_nowait(self.startup_event())
        return super().shutdown_event()


@liar(
    catches=[
        "test_shutdown_is_sent_to_the_lifespan_of_each_worker",
        "test_the_end_of_a_worker_cuts_no_other_shutdown_short",
    ]
)
class WorkersAreKilled(Lifespan):
    """Workers end without shutdown."""

    async def shutdown(self) -> bool:
        """Only a single one has it."""
        if self.server.workers == 1:
            return await super().shutdown()
        self.cancel()
        return True


@liar(catches=["test_the_end_of_a_worker_cuts_no_other_shutdown_short"])
class WorkersDoNotWait(Lifespan):
    """Workers tell the application of shutdown, and end before long."""

    async def shutdown(self) -> bool:
        """Only a single one waits."""
        if self.server.workers == 1 or self.task is None:
            return await super().shutdown()
        self.events.put_nowait(self.shutdown_event())
        for _ in range(50):
            await asyncio.sleep(0.001)
        self.cancel()
        return True
