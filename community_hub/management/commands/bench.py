"""`manage.py bench`: the budgets of the design, measured in a database of its own."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection
from django.test.utils import override_settings

from community_hub.bench import fill, measure
from inbox.models import Source
from team.models import Hub, User

PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
OVERRIDDEN = {
    "ALLOWED_HOSTS": ["testserver"],
    "SECURE_SSL_REDIRECT": False,
    "STORAGES": {**settings.STORAGES, "staticfiles": PLAIN},  # nothing need be collected first
}


class Command(BaseCommand):
    help = "Measure pages, verbs and ingest over a community of the size you say."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--messages", type=int, default=100_000, help="how many are there")
        parser.add_argument("--incoming", type=int, default=5_000, help="how many are ingested")
        parser.add_argument("--rounds", type=int, default=100, help="how often each is timed")

    def handle(self, *args: Any, **options: Any) -> None:
        # The running hub's workers must not hear of rows that exist only here.
        current_app.conf.update(broker_url="memory://")
        name = str(settings.DATABASES["default"]["NAME"])
        connection.settings_dict["TEST"]["NAME"] = f"{name}_bench"
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            with override_settings(**OVERRIDDEN):
                self._measure(options["messages"], options["incoming"], options["rounds"])
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)

    def _measure(self, messages: int, incoming: int, rounds: int) -> None:
        user = User.objects.create_user("bench@localhost", name="Bench", role="admin")
        Hub.objects.create(name="Bench")
        source = Source.objects.create(kind="sandbox", name="Bench", network="sandbox:bench")
        self.stdout.write(f"Filling in {messages:,} messages…")
        fill.fill(source.pk, messages=messages)
        fill.recompute_all()
        results = measure.pages(user, source, rounds)
        results += measure.verbs(user, rounds)
        results.append(measure.road_in(source, messages=incoming))
        for result in results:
            self.stdout.write(_line(result))
        missed = [result.what for result in results if not result.kept]
        self.stdout.write(f"Missed: {', '.join(missed)}" if missed else "Every budget is kept.")


def _line(result: measure.Result) -> str:
    figures = (
        f"{result.rate:8.0f} messages/s"
        if result.rate
        else f"p50 {result.p50:6.1f} ms  p95 {result.p95:6.1f} ms  {result.queries:2d} queries"
    )
    mark = "kept  " if result.kept else "MISSED"
    return f"{mark}  {result.what:28s} {figures}   (budget: {result.budget})"
