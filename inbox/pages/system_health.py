"""How the whole hub is: jobs, queues, sources, deliveries, disk, database, versions. Reads only.

The page shows what `look` finds, and /metrics tells it (system_metrics.py)."""

from __future__ import annotations

import json
import platform
import shutil
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import redis
from django.conf import settings
from django.db import connection

from community_hub import health
from community_hub.lib import live, schedule
from community_hub.lib.keyset import counted
from inbox.models import Delivery, Source
from inbox.pages.source_status import Report, reports
from team import hooks, jobs
from team.hooks import HealthLine
from team.models import BackgroundJob, MailFailure

QUEUES = ("celery", "delivery", "pictures")
# Kombu keeps a list for each priority: https://docs.celeryq.dev/en/stable/userguide/routing.html
STEPS = ("", "\x06\x163", "\x06\x166", "\x06\x169")
MOST = 100  # of what is counted


@dataclass(frozen=True)
class Queue:
    """`oldest`: seconds that its oldest task has waited; None where it is empty or not known."""

    name: str
    depth: int
    oldest: float | None


@dataclass(frozen=True)
class SystemHealth:
    processes: dict[str, dict[str, Any]]
    runs: list[schedule.Run]
    jobs: list[tuple[BackgroundJob, str]]  # unfinished, with their words
    queues: list[Queue]
    sources: list[Report]
    deliveries: dict[str, int]  # by state; capped
    others: list[HealthLine]  # of other apps
    mail: dict[str, int]  # how many addresses of colleagues are refused, or tried again later
    disk_free: int  # bytes
    disk_total: int
    database_size: int
    versions: dict[str, str]


def look() -> SystemHealth:
    """A fixed number of queries; what Redis does not tell is left out."""
    disk = shutil.disk_usage(settings.VAR_DIR if settings.VAR_DIR.exists() else "/")
    size, server = _database()
    return SystemHealth(
        processes={
            "database": health.timed(health.ask_database),
            "redis": health.timed(health.ask_redis),
            **{name: health.heartbeat(name) for name in health.OLDEST},
        },
        runs=schedule.runs(),
        jobs=[(job, jobs.words_of(job)) for job in BackgroundJob.objects.unfinished()[:MOST]],
        queues=[_queue(name) for name in QUEUES],
        sources=reports(Source.objects.order_by("name", "pk")[:200]),
        deliveries=_deliveries(),
        others=[line for lines in hooks.health_lines for line in lines()],
        mail={
            "refused": counted(MailFailure.objects.refused()),
            "delayed": counted(MailFailure.objects.delayed()),
        },
        disk_free=disk.free,
        disk_total=disk.total,
        database_size=size,
        versions={
            "Community Hub": _version("community-hub"),
            "Python": platform.python_version(),
            "Django": _version("django"),
            "Celery": _version("celery"),
            "PostgreSQL": server,
            "Redis": _redis_version(),
        },
    )


def _database() -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_database_size(current_database()), current_setting('server_version')"
        )
        size, server = cursor.fetchone()
    return size, server


def _deliveries() -> dict[str, int]:
    """Waiting, held by moderators, failed and unconfirmed; each counted up to 99+."""
    states = {
        "waiting": ["held", "queued", "sending"],
        "pending": ["pending"],
        "failed": ["failed"],
        "unconfirmed": ["unconfirmed"],
    }
    return {
        name: counted(Delivery.objects.filter(state__in=wanted)) for name, wanted in states.items()
    }


def _queue(name: str) -> Queue:
    keys = [f"{name}{step}" for step in STEPS]
    try:
        with live.client().pipeline(transaction=False) as pipe:
            for key in keys:
                pipe.llen(key)
                pipe.lindex(key, -1)
            found = pipe.execute()
    except redis.RedisError:
        return Queue(name, 0, None)
    ages = [age for raw in found[1::2] if (age := _age(raw)) is not None]
    return Queue(name, sum(found[::2]), max(ages, default=None))


def _age(raw: bytes | None) -> float | None:
    """lib/queue.py says in a header when a task was queued; beat's own do not say it."""
    if not raw:
        return None
    try:
        return max(0.0, time.time() - float(json.loads(raw)["headers"]["queued_at"]))
    except (ValueError, KeyError, TypeError):
        return None


def _redis_version() -> str:
    try:
        return str(live.client().info("server")["redis_version"])
    except (redis.RedisError, KeyError):
        return "?"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "?"
