"""`manage.py bench`: the budgets of the design, measured in a database of its own."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test.utils import override_settings

from community_hub.bench.database import database_of_its_own, filled
from community_hub.bench.figures import Figure, Machine
from community_hub.bench.happenings import happenings
from community_hub.bench.incoming import incoming
from community_hub.bench.pages import pages, today, verbs
from community_hub.bench.people import fill_people, people
from community_hub.bench.planned import fill_today
from community_hub.bench.relationships import relationships
from community_hub.bench.searching import past_answers, searches
from community_hub.bench.served import SECONDS, served
from community_hub.runtime.serve import settle_collector
from inbox.models import Source
from team.models import User

MOST_ROUNDS = 30  # of each of some 25 searches
PARTS = {
    "pages", "searches", "verbs", "http", "ingest", "relationships", "members", "today", "events",
}  # fmt: skip
PLAIN = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
OVERRIDDEN = {
    "ALLOWED_HOSTS": ["testserver"],
    "DEBUG": False,  # it logs each query, and has none prepared: half of the requests a second
    "SECURE_SSL_REDIRECT": False,
    "STORAGES": {**settings.STORAGES, "staticfiles": PLAIN},  # nothing need be collected first
}


class Command(BaseCommand):
    help = "Measure pages, verbs and ingest over a community of the size you say."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--messages", type=int, default=100_000, help="how many are there")
        parser.add_argument(
            "--members",
            type=int,
            default=50_000,
            help="how many of varied names there are; 0: none",
        )
        parser.add_argument("--incoming", type=int, default=5_000, help="how many are ingested")
        parser.add_argument("--rounds", type=int, default=100, help="how often each is timed")
        parser.add_argument("--http", action="store_true", help="through the web server too")
        parser.add_argument(
            "--seconds", type=float, default=SECONDS, help="how long each page is asked for so"
        )
        parser.add_argument(
            "--only", default="", help=f"parts with commas between them: {', '.join(sorted(PARTS))}"
        )
        parser.add_argument("--json", type=Path, help="write the figures to this file as well")
        parser.add_argument(
            "--keep", action="store_true", help="keep the filled database for the next run"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        parts_of(options["only"])  # before much is filled in
        # The running hub's workers must not hear of rows that exist only here.
        current_app.conf.update(broker_url="memory://")
        found = []
        with database_of_its_own(keep=options["keep"]), override_settings(**OVERRIDDEN):
            for figure in self.figures(options):
                self.stdout.write(str(figure))
                found.append(figure)
        if options["json"]:
            options["json"].write_text(json.dumps([one.as_json() for one in found], indent=1))
        missed = [one.name for one in found if not one.ok]
        self.stdout.write(f"Missed: {', '.join(missed)}" if missed else "Every budget is kept.")

    def figures(self, options: dict[str, Any]) -> Iterator[Figure]:
        machine = Machine.measured()
        yield from machine.figures()
        self.stdout.write(f"Filling in {options['messages']:,} messages…")
        try:
            user, source, were_there = filled(options["messages"])
        except ValueError as error:
            raise CommandError(f"{error}; run once without --keep to begin anew") from error
        if were_there:
            self.stdout.write("They were there already.")
        settle_collector()
        wanted = parts_of(options["only"])
        if "events" in wanted:
            yield from happenings(
                user, machine, options["rounds"], http=options["http"], seconds=options["seconds"]
            )
        if not options["http"]:
            wanted.discard("http")
        yield from self.inbox(wanted, user, source, machine, options)
        yield from self.members(wanted, user, source, machine, options)

    def inbox(
        self, wanted: set[str], user: User, source: Source, machine: Machine, options: Any
    ) -> Iterator[Figure]:
        rounds = options["rounds"]
        if "pages" in wanted:
            yield from pages(user, source, machine, rounds)
        if "searches" in wanted:
            yield from searches(user, machine, min(rounds, MOST_ROUNDS))
            yield from past_answers(user, source, machine, rounds)
        if "verbs" in wanted:
            yield from verbs(user, machine, rounds)
        if "http" in wanted:
            yield from served(user, source, machine, options["seconds"])
        if "ingest" in wanted:
            yield from incoming(source, machine, messages=options["incoming"])

    def members(
        self, wanted: set[str], user: User, source: Source, machine: Machine, options: Any
    ) -> Iterator[Figure]:
        manager = None
        if options["members"] and wanted & {"relationships", "members", "today"}:
            manager = fill_people(user, source, members=options["members"])
        if "relationships" in wanted:
            yield from relationships(user, source, machine)
        if manager and "members" in wanted:
            yield from people(user, manager, machine, options["rounds"])
        if manager and "today" in wanted:
            fill_today(user, source)
            for reader, who in ((user, "admin"), (manager, "manager")):
                yield from today(reader, who, machine, options["rounds"])


def parts_of(only: str) -> set[str]:
    """Those that are named, or all. CommandError for a name that there is not."""
    named = {name.strip() for name in only.split(",") if name.strip()}
    if unknown := named - PARTS:
        raise CommandError(f"--only takes {', '.join(sorted(PARTS))}, not {', '.join(unknown)}")
    return named or set(PARTS)
