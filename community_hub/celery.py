"""The Celery application and the two heartbeats that /healthz reads."""

import gc
import os
import signal
import time
from datetime import timedelta
from typing import Any

import redis
import structlog
from celery import Celery
from celery.signals import (
    beat_init,
    heartbeat_sent,
    import_modules,
    worker_before_create_process,
    worker_process_init,
    worker_ready,
)
from django.utils.translation import gettext_lazy as _

from community_hub.lib import broker, live, schedule
from community_hub.runtime.children import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community_hub.settings")

broker.register()
app = Celery("community_hub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@import_modules.connect
def fill_schedule(**_: Any) -> None:
    """Beat runs what the apps have marked as scheduled; autodiscovery listens first."""
    app.conf.beat_schedule = schedule.beat_schedule()


log = structlog.get_logger(__name__)
KEPT = 3600  # seconds: long enough to say how old a missing heartbeat is


def node_name(sender: Any) -> str:
    """Celery sends its Heart with one signal and its Consumer with the other."""
    hostname = getattr(sender, "hostname", "") or getattr(
        getattr(sender, "eventer", None), "hostname", ""
    )
    name = str(hostname or "").partition("@")[0]
    return name if name in {"worker", "delivery", "pictures"} else "worker"


def beat(name: str) -> None:
    """Write down that `name` was alive now."""
    live.client().set(f"{live.namespace()}:heartbeat:{name}", str(time.time()), ex=KEPT)


@schedule.scheduled(
    every=timedelta(seconds=10),
    name="community_hub.beat_heartbeat",
    label=_("Check that the scheduler is running"),
    timeout=schedule.SHORT,
)
def beat_heartbeat() -> None:
    """Sent by beat, run by a worker: when it arrives, both are alive and connected."""
    beat("beat")


@beat_init.connect
def first_beat(**_: Any) -> None:
    """At once, so that a hub that has just started need not wait for the first round."""
    beat_heartbeat.apply_async(retry=False)


@worker_before_create_process.connect
def share_memory(**_: Any) -> None:
    """What is loaded by now stays; the collector looking at it would copy its pages."""
    gc.collect()
    gc.freeze()


@worker_process_init.connect
def end_with_worker(**_: Any) -> None:
    """A worker that is killed takes its processes along: they would wait for ever for work, since
    each holds the others' pipes open."""
    end_with_parent(signal.SIGKILL)


@worker_ready.connect
@heartbeat_sent.connect
def worker_heartbeat(sender: Any = None, **_: Any) -> None:
    """Celery's workers send heartbeats of their own every few seconds; ours go along, under the
    name before the @ of the worker's: "worker", "delivery" or
    "pictures"."""
    try:
        beat(node_name(sender))
    except redis.RedisError as error:
        log.warning("worker heartbeat not written", error=str(error))
