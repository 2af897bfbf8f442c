"""Loads the demo into an empty hub: the sites first, then everything through the real ingest."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from inbox.connectors.sandbox.connector import SandboxConnector
from inbox.models import Source, SourceState
from inbox.tasks import pull_source
from inbox.verbs import sources as source_verbs
from sandbox import seed
from sandbox.models import Post, Site
from team import verbs as team_verbs
from team.models import Hub, User

from . import apply, encounters, events, organisations
from .community import Community, community
from .team import COLLEAGUES, OWNER

SEED = 7
HISTORY = timedelta(days=200)
PATIENCE = 300  # seconds for one source
Say = Callable[[str], None]


def load(say: Say | None = None, demo: Community | None = None) -> None:
    """About 400 people and 12,000 messages. The hub's web server must be running: the messages
    come over HTTP, like those of any platform. Raises RuntimeError when a site cannot be read."""
    say = say or _print
    begun = time.monotonic()
    users = colleagues()
    demo = demo or community(SEED, timezone.now())
    roots = write_sites(demo)
    say(f"Practice sites written, {_seconds(begun)}.")
    apply.introduce_staff(users)
    sources = {slug: connect(slug, users[OWNER]) for slug in roots}
    for source in sources.values():
        sync(source, say)
    with connection.cursor() as cursor:
        cursor.execute("analyze")  # autovacuum comes only after a minute
    waiting = {slug: [roots[slug][i] for i in found] for slug, found in demo.waiting.items()}
    apply.everything(sources, users, waiting)
    encounters.log_all(sources, users)
    organisations.write_down(sources, users)
    events.plan_all(sources, users)
    say(f"The demo is ready, {_seconds(begun)}.")


def colleagues() -> dict[str, User]:
    """The demo's team; an admin who is there already stays the owner."""
    users = {}
    for key, colleague in COLLEAGUES.items():
        there = User.objects.active().filter(role="admin").order_by("pk").first()
        known = there if key == OWNER else User.objects.filter(email=colleague.email).first()
        users[key] = known or User.objects.create_user(
            colleague.email,
            name=colleague.name,
            role=colleague.role,
            timezone=colleague.timezone,
        )
    if Hub.current() is None:
        owner = users[OWNER]
        team_verbs.name_hub("Polyphon", by=owner)
        team_verbs.set_hours(Hub.objects.get(), timezone=COLLEAGUES[OWNER].timezone, by=owner)
    return users


def write_sites(demo: Community) -> dict[str, list[str]]:
    """Fill the practice sites; the hub's name of each conversation there, in the demo's order."""
    sites = seed.create_sites()
    names = {}
    for slug, site in sites.items():
        threads = seed.bulk_load(site, demo.accounts[slug], demo.threads[slug])
        names[slug] = (
            _roots(threads) if site.kind == Site.Kind.MICROBLOG else list(map(str, threads))
        )
    return names


def _roots(threads: list[int]) -> list[str]:
    """The microblog names a thread by its first post."""
    first = Post.objects.filter(thread__in=threads, number=1).values_list("thread_id", "pk")
    post_of = dict(first)
    return [str(post_of[thread]) for thread in threads]


def connect(slug: str, owner: User) -> Source:
    site = Site.objects.get(slug=slug)
    connector = SandboxConnector({"site": slug}, {"token": seed.token_for(site)})
    try:
        return source_verbs.connect(
            connector,
            connector.check(),
            name=site.name,
            since=timezone.now() - HISTORY,
            by=owner,
            keywords=["manual"] if site.has_titles else [],
            new_topics=site.has_titles,
            is_our_place=site.has_titles,
        )
    finally:
        connector.close()


def sync(source: Source, say: Say) -> None:
    """Pull until the backfill is done; the worker may be doing the same, one at a time."""
    begun = time.monotonic()
    while source.is_backfilling:
        pull_source(source.pk)
        source.refresh_from_db()
        if source.state != SourceState.ACTIVE or source.failures > 5:
            raise RuntimeError(f"{source.name} could not be read. {source.last_error}")
        if source.is_backfilling:
            if time.monotonic() - begun > PATIENCE:
                raise RuntimeError(f"{source.name} is still being read after {PATIENCE} s.")
            time.sleep(0.3)
    say(f"{source.name}: {source.backfill_count} messages, {_seconds(begun)}.")


def _seconds(begun: float) -> str:
    return f"{time.monotonic() - begun:.1f} s"


def _print(words: str) -> None:
    print(words, file=sys.stdout, flush=True)
