"""The list of members as a file: those that match, or those that were selected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib.paths import path
from community_hub.lib.query import Mistake
from team import exports, hours
from team.actions import Changes
from team.exports import ExportKind
from team.models import BackgroundJob, Export, User

from . import day_of_year, hooks
from .columns import (
    Column,
    named,
    shown_in,
    with_columns,
)
from .listing import MemberListing, shown_when_sorted
from .models import Identity, Member

MEMBERS = "members"
MOMENTS = ("contact", "seen", "first")  # columns; the heading names the timezone


def begin(listing: MemberListing, *, by: User, picked: Sequence[int] = ()) -> Changes:
    """`picked`: ids, where only those are wanted. Raises Mistake, TooMany, PermissionDenied."""
    exports.begin.require(by)
    listing.found(by)
    chosen = shown_in(listing.columns, by)
    columns = shown_when_sorted(chosen, listing)
    params: dict[str, Any] = {
        "listing": listing.as_json(),
        "columns": [column.slug for column in columns],
    }
    if picked:
        params["picked"] = list(picked)
    return exports.begin(MEMBERS, params, name_of(listing, len(picked)), by=by)


def begun_from(listing: MemberListing, begun: Iterable[BackgroundJob]) -> list[Export]:
    """Of a user's jobs, the exports of these members that the list shows, in whatever order."""

    def is_same(export: Export) -> bool:
        of = MemberListing.parse(export.params["listing"])
        return (of.query, of.stage) == (listing.query, listing.stage)

    return exports.of_jobs(begun, MEMBERS, wanted=is_same)


def name_of(listing: MemberListing, picked: int) -> str:
    if picked:
        return _("%(n)s selected members") % {"n": picked}
    asked = " ".join(filter(None, (listing.query, f"stage:{listing.stage}" * bool(listing.stage))))
    return _("Members: %(query)s") % {"query": asked} if asked else _("All members")


def ids(export: Export) -> Iterable[int]:
    """In the order of the list. Nobody, where the query names what is not there any more."""
    listing = MemberListing.parse(export.params["listing"])
    try:
        found = listing.found(export.by)
    except Mistake:
        return ()
    if picked := export.params.get("picked"):
        found = found.filter(pk__in=picked)
    return found.order_by(*listing.order.fields).values_list("pk", flat=True).iterator()


def header(export: Export) -> Sequence[Any]:
    zone = hours.of_hub().zone
    columns = (
        f"{column.label} ({zone})" if column.slug in MOMENTS else column.label
        for column in _columns(export)
    )
    return [_("Name"), _("Accounts"), *columns, _("Page")]


def rows(export: Export, pks: Sequence[int]) -> Iterable[Sequence[Any]]:
    """Whoever is not there any more, or not for this reader, is left out."""
    columns, zone = _columns(export), hours.of_hub().zone
    found = Member.objects.visible_to(export.by).filter(pk__in=pks)
    by_pk = {row.pk: row for row in with_columns(found, columns, export.by)}
    for row in (by_pk[pk] for pk in pks if pk in by_pk):
        accounts = (_called(account) for account in row.identities.all())
        yield [
            row.name,
            ", ".join(accounts),
            *(_value(row, column, zone) for column in columns),
            f"{settings.HUB_URL}{path('member', row.pk)}",
        ]


def _called(account: Identity) -> str:
    """By its name, where it has no handle, as in the list."""
    called = account.handle or account.display_name
    return f"{hooks.network_name(account.network)}: {called}"


def _columns(export: Export) -> list[Column]:
    return named(export.params["columns"])


def _value(row: Any, column: Column, zone: Any) -> Any:
    """Moments in the hub's timezone."""
    if column.slug in MOMENTS:
        at = getattr(row, f"{column.slug}_at")
        return at and at.astimezone(zone)
    return {
        "tags": lambda: ", ".join(tag.name for tag in row.tags.all()),
        "stage": lambda: "" if row.user_id or row.is_bot else row.get_stage_display(),
        "owner": lambda: str(row.owner) if row.owner else "",
        "backup": lambda: str(row.backup) if row.backup else "",
        "organisations": lambda: ", ".join(map(str, row.affiliations.all())),
        "place": lambda: row.place,
        "languages": lambda: ", ".join(row.languages),
        "interests": lambda: ", ".join(row.interests),
        "birthday": lambda: day_of_year.words(row.birthday) if row.birthday else "",
    }[column.slug]()


exports.register(ExportKind(MEMBERS, gettext_lazy("Members"), ids, header, rows))
