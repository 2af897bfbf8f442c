"""The three workers, forked from one process that has loaded what they need, and that is beat
itself.

`python -m community_hub.runtime.workers --log FOLDER`, as `up` runs it. Each is started again by
itself where it ends; what none of them changes is in memory once. docker-compose.yml runs the same
four as containers of their own, with `python -m celery`.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import importlib
import os
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from community_hub.runtime.children import Stop, collect, fork, stop_all, stop_by_signal
from community_hub.runtime.left_out import leave_out
from community_hub.runtime.processes import often, open_private

# What docker-compose.yml says on the command lines.
WORKERS = {
    "worker": {"queues": ["celery"], "pool": "prefork", "concurrency": 2},
    # A process of its own, so that nothing that is read, however long it takes, holds a reply up.
    "delivery": {"queues": ["delivery"], "pool": "solo", "concurrency": 1},
    # Waits for servers that nobody chose; three at once, as most of it is waiting.
    "pictures": {"queues": ["pictures"], "pool": "threads", "concurrency": 3},
}
# What Celery would import in each of them. Not its command line, which brings a whole terminal.
MODULES = (
    "billiard.heap",
    "billiard.popen_fork",
    "billiard.sharedctypes",
    "billiard.synchronize",
    "celery.app.control",
    "celery.app.events",
    "celery.app.log",
    "celery.app.routes",
    "celery.apps.worker",
    "celery.concurrency.prefork",
    "celery.concurrency.solo",
    "celery.concurrency.thread",
    "celery.events.receiver",
    "celery.worker.autoscale",
    "celery.worker.components",
    "celery.worker.consumer",
    "celery.worker.consumer.delayed_delivery",
    "celery.worker.control",
    "celery.worker.strategy",
    "kombu.transport.redis",
    "community_hub.lib.cache",
    "community_hub.lib.http_session",
    "community_hub.runtime.beat",
    "inbox.connectors.json_values",
    "inbox.connectors.tally",
    "inbox.connectors.waits",
    "psycopg.types.json",
)
LOOK_EVERY = 0.5  # seconds
STOP_SECONDS = 10.0  # `up` gives 12
PR_SET_NAME = 15


@dataclass
class Part:
    """One of the workers, and its process (0: none)."""

    name: str
    pid: int = 0
    starts: list[float] = field(default_factory=list)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", type=Path, required=True, help="the folder of their logs")
    options = parser.parse_args()
    app = load()
    from community_hub.runtime.beat import Beat  # imports what load() leaves out

    stop_by_signal()
    parts = [Part(name) for name in WORKERS]
    beat = Beat(app, "community_hub.beat_heartbeat")
    try:
        while True:
            collect(parts, tell)
            for part in parts:
                if not part.pid:
                    if often(part.starts):
                        print(f"{part.name} keeps ending.", flush=True)
                        stop_all(parts, STOP_SECONDS)
                        return 1
                    start(part, app, options.log)
            gc.enable()  # what comes from now on is ours alone
            time.sleep(min(LOOK_EVERY, beat.tick()))
    except Stop:
        stop_all(parts, STOP_SECONDS)
        return 0
    finally:
        beat.close()


def load() -> Any:
    """Import all that they need, and tell the collector to leave it alone: looking at an
    object would copy its page. Nothing here may connect or start a thread: both break by a fork."""
    gc.disable()  # what it frees are holes in pages, and who fills one copies the page
    leave_out()
    # The checks of Django are `up`'s and `manage.py check`'s; they would load every page.
    os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community_hub.settings")
    import django

    django.setup()
    from celery import current_app

    from community_hub.lib import live
    from community_hub.lib.http import tls
    from community_hub.runtime.warm_up import warm_up_workers

    app = current_app._get_current_object()  # community_hub/celery.py, by now
    app.loader.init_worker()
    app.finalize()
    for module in MODULES:
        importlib.import_module(module)
    # Made at first use otherwise, in each process anew. None of these is in MODULES by name.
    _ = app.amqp, app.control, app.events, app.log, tls(), live.client()
    warm_up_workers()
    # Where it is imported, Celery has each new process parse C in order to call prctl: 2.6 MB.
    sys.modules.pop("cffi", None)
    if threading.active_count() > 1:
        print(f"Threads do not survive a fork: {threading.enumerate()}", flush=True)
    gc.freeze()
    return app


def start(part: Part, app: Any, log: Path) -> None:
    """Give the part a new process."""
    part.starts.append(time.monotonic())

    def do() -> int:
        name_process(f"hub-{part.name}")
        with open_private(log / f"{part.name}.log") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        gc.enable()
        return work(part.name, app)

    fork(part, do)


def work(name: str, app: Any) -> int:
    """Be that part until a signal ends it; the exit code."""
    worker = app.Worker(
        hostname=f"{name}@{socket.gethostname()}",
        loglevel="INFO",
        without_gossip=True,
        without_mingle=True,
        **WORKERS[name],
    )
    worker.start()
    return worker.exitcode or 0


def name_process(name: str) -> None:
    """What `ps -o comm` and `top` show (Linux): their command lines are alike."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode(), 0, 0, 0)


def tell(part: Part, code: int) -> None:
    print(f"{part.name} ended ({code}).", flush=True)


if __name__ == "__main__":
    sys.exit(main())
