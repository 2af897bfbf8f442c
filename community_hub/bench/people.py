"""The list of members over a community of varied people: every order and every operator."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse

from community_hub.bench.figures import Figure, Machine
from community_hub.bench.pages import timed
from inbox.models import Source
from members import bulk, listing
from members.listing import SORTS, MemberListing
from members.models import Member, Tag
from team.models import User
from team.view_counts import CAP

BUDGET = 80  # ms, p95 of a page
BULK = 1_000  # members changed at once
BULK_SECONDS = 1.0
MOST_ROUNDS = 30  # of each of some 60 pages
MANAGER = "bench-manager@localhost"
CLOSED = "sandbox:bench-closed"

# What is asked: beginnings that many names have and one that ten of fifty thousand have, names,
# a handle, and each operator.
QUERIES = {
    "a letter": "a",
    "a common beginning": "an",
    "a rare name": "zephyrine",
    "nobody": "xyzzyx",
    "a handle": "@zephyrine_1",
    "two words": "anna lind",
    "a phrase": '"anna lindqvist"',
    "without a word": "-an",
    "one of two words": "zephyrine or quillon",
    "stage": "stage:champion",
    "tag": "tag:tag-3",
    "a rare tag": "tag:rare",
    "without a tag": "-tag:tag-3",
    "owner, you": "owner:me",
    "owner, nobody": "owner:nobody",
    "is:bot": "is:bot",
    "is:teammate": "is:teammate",
    "is:do-not-contact": "is:do-not-contact",
    "out of contact": "contact:>90d",
    "in contact": "contact:<7d",
    "last seen long ago": "last:>300d",
    "last seen lately": "last:<7d",
    "before": "before:2020-01-01",
    "on": "on:yesterday",
    "network": "network:mastodon",
    "language": "lang:de",
    "source": "source:bench",
    "without a source": "-source:bench",
    "waits": "is:waiting",
    "known by me": "bond:me",
    "known by nobody": "bond:nobody",
    "held by one": "held-by-one:yes",
    "not held by one": "-held-by-one:yes",
    "quiet": "quiet:yes",
    "not quiet": "-quiet:yes",
    "back": "back:yes",
    "at an organisation": "org:place-4",
    "at a rare one": "org:place-1999",
    "not at an organisation": "-org:place-4",
    "at none": "org:none",
    "at any": "org:any",
    "several": "stage:contributor -tag:tag-3 owner:nobody contact:>90d",
    "several and a word": "zephyrine or anna stage:contributor network:mastodon",
    "a bracket": "-(stage:visitor or is:bot or an)",
}

_FIRST = (
    "Ana Anna Anders Anke Jan Jana Hannah Ivan Bianca Dan Lian Susan Nathan Ada Bo Cleo Dora Emil "
    "Fritz Gül Håkon Ines Joost Kofi Lena Mika Noor Olga Petra Quinn Robin Sofie Tomasz Ulf Vera "
    "Wiebke Ximena Yuki Zoë Łukasz Özge Šárka Åsa Élodie Ñ"
)
_LAST = (
    "Lindqvist Okafor Nilsson Petrov Sato Wrona Brandt Montes Seidel Tape Bergström Grünwald Ito "
    "Roche Voss Tremblay Lovelace Hopper Ali Haddad Kovács Nguyen Silva Costa Novák Dvořák Müller "
    "Schäfer Jørgensen Van-Dijk O'Hara García Ibáñez 北川 さくら Иванова Παππάς"
)

_STATEMENTS = (
    """
    insert into members_member (name, pronouns, place, timezone, languages, stage, stage_pinned,
        is_bot, do_not_contact, first_seen, last_seen, last_contact_at, owner_id)
    select case when n %% 5000 = 0 then 'Zephyrine Quillon'
            else (%(first)s::text[])[1 + n %% %(firsts)s] || ' '
                || (%(last)s::text[])[1 + (n * 7919::bigint) %% %(lasts)s] end,
        '', case when n %% 4 = 0 then 'Bergen' else '' end, '',
        case when n %% 20 = 0 then '["de"]' else '["en"]' end::jsonb,
        (array['outsider', 'visitor', 'visitor', 'visitor', 'visitor', 'participant', 'participant',
            'participant', 'contributor', 'contributor'])[1 + (n * 31) %% 10],
        false, n %% 200 = 0, n %% 300 = 0,
        now() - interval '800 days' + ((n * 104729::bigint) %% 500000) * interval '1 minute',
        now() - ((n * 15485863::bigint) %% 570000) * interval '1 minute',
        case when n %% 3 = 0
            then now() - ((n * 32452843::bigint) %% 560000) * interval '1 minute' end,
        case when n %% 10 = 0 then %(user)s end
    from generate_series(1, %(members)s) n
    """,
    """
    update members_member set stage = 'champion' where id %% 50 = 0
    """,
    """
    insert into members_identity (member_id, network, external_id, handle, display_name,
        profile_url, avatar_url, bio, email, links, is_us, created_at)
    select m.id, case when k = 2 then 'mastodon' else 'sandbox:bench' end,
        'varied-' || m.id || '-' || k, lower(split_part(m.name, ' ', 1)) || '_' || m.id, m.name,
        '', '', '', '', '[]', false, now()
    from members_member m cross join generate_series(1, 2) k
    where (k = 1 or m.id %% 10 = 0)
        and not exists (select from members_identity i where i.member_id = m.id)
    """,
    """
    insert into members_sighting (identity_id, scope, first_seen, last_seen)
    select i.id, scope, m.first_seen, m.last_seen
    from members_identity i join members_member m on m.id = i.member_id
    cross join lateral (select abs(hashint8(i.id)::bigint) %% 50 as number) as drawn
    cross join lateral (values (%(scope)s, number <> 0), (%(closed)s, number < 2))
        as seen(scope, is_there)
    where seen.is_there and m.first_seen is not null
    on conflict do nothing
    """,
    """
    insert into members_membertag (member_id, tag_id)
    select m.id, t.id from members_member m join members_tag t
        on t.name = 'tag-' || m.id %% 20 or t.name = 'rare' and m.id %% 1000 = 0
    on conflict do nothing
    """,
    """
    insert into members_organisation (name, website) select 'place-' || n, ''
    from generate_series(0, 1999) n
    """,
    """
    insert into members_affiliation (member_id, organisation_id, role, since, since_precision,
        until, until_precision)
    select m.id, o.id, 'Role', date '2019-01-01', 'year',
        case when m.id %% 7 = 0 then date '2024-12-31' end, 'year'
    from members_member m join members_organisation o
        on o.name = 'place-' || case when m.id %% 3 = 0 then m.id %% 20 else m.id %% 2000 end
    where m.id %% 2 = 0
    """,
    """
    insert into members_activity (member_id, identity_id, kind, occurred_at, visibility, scope,
        "where", summary, link, key)
    select m.id, null, 'reply', m.last_contact_at, 'team',
        case when m.id %% 100 = 0 then %(closed)s else %(scope)s end, 'Bench', 'Thank you', '',
        'varied:' || m.id
    from members_member m where m.last_contact_at is not null
    on conflict do nothing
    """,
)


def fill_people(user: User, source: Source, *, members: int) -> User:
    """So many varied members beside those that are there, unless they were filled in before; a
    manager from whom a source is hidden, which saw one in 25 of their accounts."""
    found = User.objects.filter(email=MANAGER).first()
    if found:
        return found
    closed, _made = Source.objects.get_or_create(
        network=CLOSED, defaults={"kind": "sandbox", "name": "Closed", "restricted": True}
    )
    for name in ("rare", *(f"tag-{n}" for n in range(20))):
        Tag.named(name)
    first, last = _FIRST.split(), _LAST.split()
    values: dict[str, Any] = {
        "members": members, "user": user.pk, "scope": source.scope, "closed": closed.scope,
        "first": first, "firsts": len(first), "last": last, "lasts": len(last),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        for statement in _STATEMENTS:
            cursor.execute(statement, values)
        cursor.execute("vacuum analyze")
    return User.objects.create_user(MANAGER, name="Bench Manager", role="manager")


def people(user: User, manager: User, machine: Machine, rounds: int) -> Iterator[Figure]:
    """RuntimeError where a page does not answer 200, or says that a query has a mistake."""
    rounds = min(rounds, MOST_ROUNDS)
    for reader in (user, manager):
        client = Client()
        client.force_login(reader)
        for name, values in _asked(reader).items():
            yield from _page(client, f"members ({reader.role}), {name}", values, machine, rounds)
        yield from _counts(reader, machine, rounds)
    yield from _bulk(user, machine)


def _asked(reader: User) -> dict[str, dict[str, str]]:
    """By name, what stands in the address."""
    asked = {f"by {sort}": {"sort": sort} for sort in SORTS}
    for sort in ("-seen", "name", "contact"):
        order = SORTS[sort].order
        found = MemberListing(sort=sort).found(reader).order_by(*order.fields)
        middle = found[found.count() // 2]
        asked[f"by {sort}, from the middle"] = {"sort": sort, "before": order.cursor_of(middle)}
    asked |= {name: {"q": query} for name, query in QUERIES.items()}
    asked["a rare name, by name"] = {"q": "zephyrine", "sort": "name"}
    asked["out of contact, by contact"] = {"q": "contact:>90d", "sort": "contact"}
    return asked


def _page(
    client: Client, name: str, values: dict[str, str], machine: Machine, rounds: int
) -> Iterator[Figure]:
    def get(_n: int) -> None:
        response = client.get(reverse("members"), values)
        if response.status_code != 200 or b'role="alert"' in response.content:
            raise RuntimeError(f"{values} answered {response.status_code}")

    p50, p95, queries = timed(get, rounds)
    yield Figure(f"{name}, p50", p50, "ms")
    yield Figure(f"{name}, p95", p95, "ms", BUDGET * machine.scale)
    if queries > 12:
        yield Figure(f"{name}, queries", queries, "", 12)


def _counts(reader: User, machine: Machine, rounds: int) -> Iterator[Figure]:
    """Of views, as the navigation counts them: one for each query, of which the slowest decides."""

    def p95_of(text: str) -> float:
        return timed(lambda _n: listing.count(reader, text, CAP), rounds)[1]

    slowest = {name: p95_of(text) for name, text in QUERIES.items()}
    name, p95 = max(slowest.items(), key=lambda one: one[1])
    p50 = statistics.median(slowest.values())
    yield Figure(f"count of a view ({reader.role}), p95 of half of them", p50, "ms")
    yield Figure(
        f"count of a view ({reader.role}), p95 of {name}", p95, "ms", BUDGET * machine.scale
    )


def _bulk(user: User, machine: Machine) -> Iterator[Figure]:
    """Each change of many at once, and its undo, which leaves all as it was."""
    rows = Member.objects.order_by("pk")[:BULK]
    pks = list(rows.values_list("pk", flat=True))
    found = Member.objects.filter(pk__in=pks)
    for noun, value in (("tags", "bench"), ("stages", "champion"), ("owners", str(user.pk))):
        begun = time.perf_counter()
        changes = bulk.change(found, bulk.Change(noun, value, value), by=user)
        took = time.perf_counter() - begun
        begun = time.perf_counter()
        changes.undo(by=user)
        yield Figure(f"{noun} of {BULK:,} members at once", took, "s", BULK_SECONDS * machine.scale)
        yield Figure(f"undo of it ({len(changes):,})", time.perf_counter() - begun, "s",
                     BULK_SECONDS * machine.scale)  # fmt: skip
