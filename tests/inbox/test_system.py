"""The health page shows every schedule, and Prometheus reads the same figures with a token."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from community_hub.models import JobRun
from tests.make import make_conversation, make_reply, make_source

pytestmark = pytest.mark.django_db


def test_admins_see_jobs_queues_sources_and_deliveries(client, alice, bob) -> None:
    source = make_source(name="A forum of makers")
    make_reply(make_conversation(source), by=bob, state="failed")
    JobRun.objects.create(
        name="inbox.tasks.deliver_due",
        started_at=timezone.now() - timedelta(hours=1),
        error="OperationalError: gone",
        token="00000000-0000-0000-0000-000000000001",
    )
    client.force_login(alice)
    page = client.get("/system/").content.decode()
    for words in ("Send replies that are due", "OperationalError: gone", "A forum of makers"):
        assert words in page
    assert "inbox.tasks." not in page
    assert "Queue “delivery”" in page
    assert client.get("/system/").context["health"].deliveries["failed"] == 1
    client.force_login(bob)
    assert client.get("/system/").status_code == 403


def test_the_page_costs_the_same_for_many_sources(
    client, alice, django_assert_max_num_queries
) -> None:
    for _ in range(12):
        make_source()
    client.force_login(alice)
    with django_assert_max_num_queries(20):
        client.get("/system/")


def test_metrics_want_their_token(client, settings) -> None:
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "a long secret"
    assert client.get("/metrics").status_code == 401
    wrong = {"Authorization": "Bearer another"}
    assert client.get("/metrics", headers=wrong).status_code == 401
    answer = client.get("/metrics", headers={"Authorization": "Bearer a long secret"})
    assert answer.status_code == 200
    text = answer.content.decode()
    assert 'hub_deliveries{state="failed"} 0.0' in text
    assert "hub_database_size_bytes" in text
    assert 'hub_queue_depth{queue="delivery"}' in text
