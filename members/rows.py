"""A page of the list of members: first whom it has, then what their rows show.

Whom it has depends on what is asked for, so its statements are made anew for each page; they read
ids and what the order goes by. What rows show is read by one statement that is compiled once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject, Lower

from community_hub.lib import keyset, prepared_sql
from team.models import User

from .columns import Column, with_dates
from .follow_ups import today_of
from .listing import MemberListing
from .models import Affiliation, Identity, Member, MemberTag
from .models.member import MemberQuerySet, has_id
from .models.scopes import rows_as_seen_by

if TYPE_CHECKING:
    from community_hub.lib.keyset import Listing

MOST = 4  # accounts and tags of one row
SHOWN = (
    *("name", "stage", "place", "languages", "interests", "birthday", "is_bot", "user_id"),
    *("owner__name", "owner__email", "backup__name", "backup__email"),
)


def page_of(
    found: Iterable[MemberQuerySet],
    wanted: MemberListing,
    columns: Iterable[Column],
    user: User,
    *,
    before: str,
    size: int,
) -> Listing[Member]:
    """`size` members of the parts that were `found`, after a cursor, as `user` sees them. Each has
    `accounts`, `tag_list` and the dates of these columns."""
    order = wanted.order
    parts = [part.values_list("pk", order.name, named=True) for part in found]
    places = keyset.page_of_parts(parts, order, before, size, filters=wanted.as_json())
    rows = with_all_shown([place.pk for place in places.rows], columns, user)
    return replace(places, rows=rows)


def with_all_shown(pks: Sequence[int], columns: Iterable[Column], user: User) -> list[Member]:
    """In this order; whoever was deleted in between is left out."""
    if not pks:
        return []
    shown = tuple(columns)
    slugs = [column.slug for column in shown]
    rows = rows_as_seen_by(
        user,
        ("member rows", *slugs),
        lambda reader, members, today=None: _rows(members, shown, reader, today),
        members=prepared_sql.as_array(pks),
        **({"today": today_of(user)} if "organisations" in slugs else {}),
    )
    by_pk = {row.pk: row for row in rows}
    return [by_pk[pk] for pk in pks if pk in by_pk]


def _rows(
    members: str, columns: Iterable[Column], user: User | None, today: date | None
) -> MemberQuerySet:
    """`members`: ids as PostgreSQL writes an array. `user`: None for who may see every source.
    `today`: the hub's day, where organisations are shown."""
    accounts = Identity.objects.visible_to(user) if user else Identity.objects.all()
    theirs = accounts.filter(member=OuterRef("pk")).order_by("network", "id")
    tags = MemberTag.objects.filter(member=OuterRef("pk"), tag__removed_at__isnull=True)
    found = with_dates(Member.objects.filter(has_id(members)), columns, user)
    if today:
        now = Affiliation.objects.current(today).filter(member=OuterRef("pk")).newest_first()
        at = JSONObject(role="role", name="organisation__name")
        found = found.annotate(organisation_list=ArraySubquery(now.values(json=at)[:MOST]))
    return (
        found.select_related("owner", "backup")
        .only(*SHOWN)
        .annotate(
            accounts=ArraySubquery(
                theirs.values(json=JSONObject(handle="handle", name="display_name"))[:MOST]
            ),
            tag_list=ArraySubquery(
                tags.order_by(Lower("tag__name")).values(
                    json=JSONObject(name="tag__name", colour="tag__colour")
                )[:MOST]
            ),
        )
    )
