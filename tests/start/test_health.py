"""/healthz and the task queues."""

import time
from types import SimpleNamespace

import pytest
from celery import Celery, current_app
from django.db import transaction
from django.test import Client
from structlog.testing import capture_logs

from community_hub import celery, health
from community_hub.lib import live, queue
from community_hub.runtime.workers import WORKERS

pytestmark = pytest.mark.django_db
WORKER_QUEUES = ("celery", "delivery", "pictures")


def test_healthz_is_green_when_all_six_are_alive_and_asks_for_no_login(mallory):
    celery.beat("worker")
    celery.beat("delivery")
    celery.beat("pictures")
    celery.beat("beat")
    answer = mallory.get("/healthz")
    assert answer.status_code == 200
    found = answer.json()
    assert found["ok"] is True
    for name in ("database", "redis", "worker", "delivery", "pictures", "beat"):
        assert found[name]["ok"] is True
        assert found[name]["age"] < 5


def test_a_heartbeat_that_never_came_or_is_old_turns_it_red_by_name(mallory):
    celery.beat("worker")
    live.client().set(f"{live.namespace()}:heartbeat:beat", "1000000000")
    answer = mallory.get("/healthz")
    assert answer.status_code == 503
    found = answer.json()
    assert found["worker"]["ok"] is True
    assert found["beat"]["ok"] is False
    live.client().delete(f"{live.namespace()}:heartbeat:beat")
    assert mallory.get("/healthz").json()["beat"] == {"ok": False, "age": None}


def test_a_redis_that_is_away_is_named_and_nothing_crashes(mallory, monkeypatch, settings):
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    live.client.cache_clear()
    try:
        answer = mallory.get("/healthz")
    finally:
        live.client.cache_clear()
    assert answer.status_code == 503
    assert answer.json()["redis"] == {"ok": False, "age": None, "error": "ConnectionError"}
    assert answer.json()["database"]["ok"] is True


def test_healthz_tells_no_secret(mallory, settings):
    words = mallory.get("/healthz").content.decode()
    for secret in (settings.SECRET_KEY, settings.REDIS_URL, settings.DATABASES["default"]["HOST"]):
        assert secret not in words


def test_the_heartbeat_task_is_the_one_that_beat_sends():
    celery.app.loader.import_default_modules()
    names = {entry["task"] for entry in celery.app.conf.beat_schedule.values()}
    assert "community_hub.beat_heartbeat" in names
    celery.app.tasks["community_hub.beat_heartbeat"]()
    assert health.heartbeat("beat")["ok"] is True


def test_replies_and_pictures_have_queues_and_workers_that_no_pull_can_take():
    with celery.app.connection_for_read() as connection:
        queues = {name: connection.SimpleQueue(name) for name in WORKER_QUEUES}
        for broker_queue in queues.values():
            broker_queue.clear()
        for name in ("pull_source", "deliver", "fetch_picture"):
            queue.send(f"inbox.tasks.{name}", (1,), None)
        tasks = ("pull_source", "deliver", "fetch_picture")
        for name, task in zip(WORKER_QUEUES, tasks, strict=True):
            message = queues[name].get(timeout=5)
            message.ack()
            assert message.headers["task"] == f"inbox.tasks.{task}"
            queues[name].close()
    assert [WORKERS[name]["queues"] for name in WORKERS] == [[name] for name in WORKER_QUEUES]


@pytest.mark.parametrize(
    ("hostname", "name"),
    [("worker@a", "worker"), ("delivery@b.c", "delivery"), ("pictures@d", "pictures")],
)
def test_each_worker_gives_its_own_sign_of_life(hostname, name):
    live.client().delete(f"{live.namespace()}:heartbeat:{name}")
    celery.worker_heartbeat(sender=SimpleNamespace(hostname=hostname))
    assert health.heartbeat(name)["ok"] is True


@pytest.mark.django_db(transaction=True)
def test_a_task_of_a_transaction_that_fails_is_not_queued(monkeypatch):
    rung = []
    monkeypatch.setattr(queue, "send", lambda *args: rung.append(args))
    with transaction.atomic():
        queue.enqueue("inbox.tasks.deliver", 1)
        transaction.set_rollback(True)
    assert rung == []
    with transaction.atomic():
        queue.enqueue("inbox.tasks.deliver", 2, countdown=3)
        assert rung == []
    assert rung == [("inbox.tasks.deliver", (2,), 3)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("broker", ["redis+socket:///nowhere/redis.sock", "redis://127.0.0.1:1/0"])
def test_a_broker_that_is_away_breaks_no_request(monkeypatch, broker):
    away = Celery(broker=broker, set_as_current=False)
    away.conf.broker_transport_options = current_app.conf.broker_transport_options
    begun = time.monotonic()
    monkeypatch.setattr(queue, "current_app", away)
    with capture_logs() as logged, transaction.atomic():
        queue.enqueue("inbox.tasks.deliver", 1)
    assert [line["event"] for line in logged] == ["task not queued; a sweeper will catch up"]
    assert time.monotonic() - begun < 2  # somebody waits for it


def test_a_task_is_put_on_the_queue():
    before = live.client().llen("celery")
    queue.send("community_hub.beat_heartbeat", (), None)
    assert live.client().llen("celery") == before + 1


@pytest.mark.parametrize("path", ["/healthz"])
def test_only_reading_is_possible(path):
    assert Client().post(path).status_code == 405
