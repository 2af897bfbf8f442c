"""What System health shows, as numbers for Prometheus: of each of its fields, all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields

from django.utils import timezone

from inbox.pages.system_health import SystemHealth

Labels = dict[str, str]
Figure = tuple[str, Labels, float]  # its name, what of, and how much: seconds, bytes, 1 for yes


def figures(health: SystemHealth) -> dict[str, list[tuple[Labels, float]]]:
    """By name. KeyError where System health has a field that nobody wrote figures for."""
    found: dict[str, list[tuple[Labels, float]]] = {}
    for field in fields(SystemHealth):
        for name, labels, value in _FIGURES[field.name](health):
            found.setdefault(name, []).append((labels, value))
    return found


def _processes(health: SystemHealth) -> Iterator[Figure]:
    for name, part in health.processes.items():
        yield "hub_process_up", {"process": name}, float(part["ok"])
        if part["age"] is not None:
            yield "hub_process_heartbeat_age_seconds", {"process": name}, float(part["age"])


def _runs(health: SystemHealth) -> Iterator[Figure]:
    now = timezone.now()
    for run in health.runs:
        job = {"job": run.job.name}
        yield "hub_job_ok", job, float(run.is_well)
        yield "hub_job_status", {**job, "status": run.status}, 1.0
        if run.started_at:
            yield "hub_job_last_start_age_seconds", job, (now - run.started_at).total_seconds()
        if run.succeeded_at:
            yield "hub_job_last_success_age_seconds", job, (now - run.succeeded_at).total_seconds()
        if run.took is not None:
            yield "hub_job_duration_seconds", job, run.took
        if run.next_at:
            yield "hub_job_next_run_timestamp_seconds", job, run.next_at.timestamp()


def _jobs(health: SystemHealth) -> Iterator[Figure]:
    jobs = [job for job, _words in health.jobs]
    yield "hub_background_jobs", {"state": "unfinished"}, float(len(jobs))
    yield "hub_background_jobs", {"state": "failing"}, float(sum(bool(j.last_error) for j in jobs))
    for job in jobs:
        which = {"kind": job.kind, "id": str(job.pk)}
        yield "hub_background_job_done", which, float(job.done)
        if job.total is not None:
            yield "hub_background_job_total", which, float(job.total)


def _queues(health: SystemHealth) -> Iterator[Figure]:
    for queue in health.queues:
        yield "hub_queue_depth", {"queue": queue.name}, float(queue.depth)
        if queue.oldest is not None:
            yield "hub_queue_oldest_seconds", {"queue": queue.name}, queue.oldest


def _others(health: SystemHealth) -> Iterator[Figure]:
    for line in health.others:
        yield "hub_part_ok", {"part": line.slug}, float(not line.is_bad)


def _sources(health: SystemHealth) -> Iterator[Figure]:
    """By their ids: a name may tell what is restricted."""
    now = timezone.now()
    for report in health.sources:
        source, which = report.source, {"source": str(report.source.pk)}
        yield "hub_source_ok", which, float(source.health == "good")
        yield "hub_source_state", {**which, "state": source.state}, 1.0
        yield "hub_source_failures", which, float(source.failures)
        if last := source.last_success_at:
            yield "hub_source_last_sync_age_seconds", which, (now - last).total_seconds()


def _deliveries(health: SystemHealth) -> Iterator[Figure]:
    for state, number in health.deliveries.items():
        yield "hub_deliveries", {"state": state}, float(number)


def _mail(health: SystemHealth) -> Iterator[Figure]:
    for state, number in health.mail.items():
        yield "hub_mail_addresses", {"state": state}, float(number)


def _versions(health: SystemHealth) -> Iterator[Figure]:
    for name, version in health.versions.items():
        yield "hub_version_info", {"component": name, "version": version}, 1.0


_FIGURES: dict[str, Callable[[SystemHealth], Iterator[Figure]]] = {
    "processes": _processes,
    "runs": _runs,
    "jobs": _jobs,
    "queues": _queues,
    "sources": _sources,
    "others": _others,
    "deliveries": _deliveries,
    "mail": _mail,
    "disk_free": lambda health: iter([("hub_disk_free_bytes", {}, float(health.disk_free))]),
    "disk_total": lambda health: iter([("hub_disk_size_bytes", {}, float(health.disk_total))]),
    "database_size": lambda health: iter(
        [("hub_database_size_bytes", {}, float(health.database_size))]
    ),
    "versions": _versions,
}
