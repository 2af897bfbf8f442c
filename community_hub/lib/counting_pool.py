"""A thread pool that shows whether its threads get on."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

Result = TypeVar("Result")


class CountingPool(ThreadPoolExecutor):
    """Threads that count the jobs they have ended."""

    ended = 0

    def submit(self, fn: Callable[..., Result], /, *args: Any, **kwargs: Any) -> Future[Result]:
        future = super().submit(fn, *args, **kwargs)
        future.add_done_callback(self._count)
        return future

    def _count(self, future: Future[Any]) -> None:
        if not future.cancelled():  # whoever waited in the queue and gave up ended nothing
            self.ended += 1  # two at once may count as one: all that matters is that it changes
