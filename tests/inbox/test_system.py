"""The health page shows every schedule, and Prometheus reads the same figures with a token."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta

import pytest
from django.utils import timezone

from community_hub.models import JobRun
from inbox.pages import system_metrics
from inbox.pages.system_health import SystemHealth
from team.models import BackgroundJob, MailFailure
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
    with django_assert_max_num_queries(22):
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


def test_metrics_tell_what_the_page_shows(client, alice, bob, settings) -> None:
    """Each figure of the page, as the page has it at the same moment."""
    settings.METRICS_TOKEN = "a long secret"
    source = make_source()
    source.last_success_at = timezone.now() - timedelta(minutes=9)
    source.save()
    make_reply(make_conversation(source), by=bob, state="unconfirmed")
    MailFailure.objects.note(bob, 550, b"5.1.1 No such user", final=True)
    begun = timezone.now().replace(microsecond=0) - timedelta(minutes=2)
    JobRun.objects.create(
        name="inbox.tasks.check_kept_fields", started_at=begun, succeeded_at=begun, took=1.5,
        token="00000000-0000-0000-0000-000000000001",
    )  # fmt: skip
    job = BackgroundJob.objects.create(
        kind="none", about="x", run_at=timezone.now(), done=5, total=9
    )
    client.force_login(alice)
    shown = client.get("/system/").context["health"]
    text = client.get(
        "/metrics", headers={"Authorization": "Bearer a long secret"}
    ).content.decode()
    told = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
            for line in text.splitlines() if not line.startswith("#")}  # fmt: skip

    for name in shown.processes:
        assert f'hub_process_up{{process="{name}"}}' in told
    for run in shown.runs:
        assert told[f'hub_job_status{{job="{run.job.name}",status="{run.status.value}"}}'] == 1
    nightly = next(run for run in shown.runs if run.job.name == "inbox.tasks.check_kept_fields")
    of_it = '{job="inbox.tasks.check_kept_fields"}'
    assert told[f"hub_job_next_run_timestamp_seconds{of_it}"] == nightly.next_at.timestamp()
    assert told[f"hub_job_duration_seconds{of_it}"] == 1.5
    assert told[f"hub_job_last_start_age_seconds{of_it}"] == pytest.approx(120, abs=30)
    assert told[f"hub_job_last_success_age_seconds{of_it}"] == pytest.approx(120, abs=30)
    assert told[f'hub_background_job_done{{id="{job.pk}",kind="none"}}'] == 5
    assert told[f'hub_background_job_total{{id="{job.pk}",kind="none"}}'] == 9
    for state, number in shown.deliveries.items():
        assert told[f'hub_deliveries{{state="{state}"}}'] == number
    assert shown.mail == {"refused": 1, "delayed": 0}
    assert told['hub_mail_addresses{state="refused"}'] == 1
    at = f'{{source="{source.pk}"}}'
    assert told[f"hub_source_last_sync_age_seconds{at}"] == pytest.approx(540, abs=30)
    assert told[f'hub_source_state{{source="{source.pk}",state="active"}}'] == 1
    assert told['hub_part_ok{part="event-mails"}'] == 1
    assert told["hub_disk_size_bytes"] == shown.disk_total
    for name, number in shown.versions.items():
        assert told[f'hub_version_info{{component="{name}",version="{number}"}}'] == 1


def test_a_field_of_system_health_without_figures_is_an_error() -> None:
    assert {field.name for field in fields(SystemHealth)} == set(system_metrics._FIGURES)
