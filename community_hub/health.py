"""/healthz: whether the database, Redis, the workers and beat are alive, each named."""

import time
from collections.abc import Callable
from typing import Any

import redis
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community_hub.lib import live

# The workers write every 2 s, the one that delivers not during a call to a platform. Beat asks a
# worker every 10 s, and that one may be busy for a while.
OLDEST = {"worker": 30, "delivery": 90, "pictures": 30, "beat": 90}  # seconds


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """503 when one of the six is not well. Needs no login and tells no secret."""
    found = {
        "database": timed(ask_database),
        "redis": timed(ask_redis),
        "worker": heartbeat("worker"),
        "delivery": heartbeat("delivery"),
        "pictures": heartbeat("pictures"),
        "beat": heartbeat("beat"),
    }
    ok = all(part["ok"] for part in found.values())
    return JsonResponse({"ok": ok, **found}, status=200 if ok else 503)


def timed(ask: Callable[[], None]) -> dict[str, Any]:
    """`age` is 0 when it answered just now; `ms` says how long the answer took."""
    begun = time.perf_counter()
    try:
        ask()
    except (Error, redis.RedisError) as error:
        return {"ok": False, "age": None, "error": type(error).__name__}
    return {"ok": True, "age": 0, "ms": round((time.perf_counter() - begun) * 1000, 1)}


def ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select 1")


def ask_redis() -> None:
    live.client().ping()


def heartbeat(name: str) -> dict[str, Any]:
    """`age`: seconds since its last sign of life; null when there was none within the hour."""
    try:
        written = live.client().get(f"{live.namespace()}:heartbeat:{name}")
    except redis.RedisError as error:
        return {"ok": False, "age": None, "error": type(error).__name__}
    if not isinstance(written, bytes):
        return {"ok": False, "age": None}
    age = max(0.0, time.time() - float(written))
    return {"ok": age <= OLDEST[name], "age": round(age, 1)}
