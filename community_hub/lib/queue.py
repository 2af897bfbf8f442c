"""Enqueue a task by name, once the transaction is committed. The database row is the truth.

Without a broker nothing is queued and no request breaks: the sweepers find whatever is due.
"""

import time

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def enqueue(task_name: str, *args: int | str, countdown: float | None = None) -> None:
    """Queue the task `task_name` when the transaction commits, `countdown` seconds later."""
    transaction.on_commit(lambda: send(task_name, args, countdown), robust=True)


def send(task_name: str, args: tuple[int | str, ...], countdown: float | None) -> None:
    try:
        headers = {"queued_at": time.time()}
        current_app.send_task(
            task_name, args=args, countdown=countdown, headers=headers, retry=False
        )
    except OperationalError as error:
        log.warning("task not queued; a sweeper will catch up", task=task_name, error=str(error))
