"""Celery's beat as a part of another process's loop: what is due is sent from there.

`python -m celery beat` does the same in a process of its own, as docker-compose.yml runs it. Two at
once are safe: lib/schedule.py starts each job once.
"""

from __future__ import annotations

import logging
import time
from typing import Any

import structlog
from celery.beat import PersistentScheduler

log = structlog.get_logger(__name__)
BEGIN_AGAIN = 5.0  # seconds after something that Celery does not expect


class Beat:
    """The scheduler of an app of Celery's. `first`: the task that is sent at once."""

    def __init__(self, app: Any, first: str) -> None:
        self.app = app
        self.first = first
        self.scheduler: PersistentScheduler | None = None
        self.next = 0.0
        logging.getLogger("celery.beat").setLevel(logging.WARNING)  # else a line for each task

    def tick(self) -> float:
        """Send at most one task that is due; the seconds until the next call is of use."""
        if (left := self.next - time.monotonic()) > 0:
            return left
        try:
            if self.scheduler is None:
                self.scheduler = self.open()
                task = self.app.tasks[self.first]
                task.apply_async(producer=self.scheduler.producer, retry=False)
            wait = max(0.0, self.scheduler.tick())
        except Exception as error:  # it has no process of its own that could end
            log.exception("beat begins again", error=str(error))
            self.close()
            wait = BEGIN_AGAIN
        self.next = time.monotonic() + wait
        return wait

    def open(self) -> PersistentScheduler:
        """Its connection is its own and none of the app's pool: a process that is forked later
        would use that one too."""
        scheduler = PersistentScheduler(
            app=self.app, schedule_filename=self.app.conf.beat_schedule_filename
        )
        # Celery's own waits for Redis for as long as it takes, and nothing else would be done.
        scheduler.producer = self.app.amqp.Producer(scheduler.connection, auto_declare=False)
        return scheduler

    def close(self) -> None:
        """What was sent and when is kept in a file."""
        scheduler, self.scheduler = self.scheduler, None
        if scheduler is not None:
            try:
                scheduler.close()
            except Exception as error:  # the disk is full, say
                log.warning("schedule not written down", error=str(error))
