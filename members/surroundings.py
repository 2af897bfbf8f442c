"""A member as their page needs them, with what stands around: tags, names of sources, whether
something is done to them in the background. Read at once, since each page asks for all of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Exists, JSONField, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat, JSONObject, Lower

from team import hours
from team.models import BackgroundJob, User

from . import hooks
from .models import GiftDetails, Member, Tag
from .models.scopes import rows_as_seen_by

MOST_TAGS = 50


@dataclass(frozen=True)
class Surroundings:
    """`scopes`: names of those that this reader may see. `zone`: in which the hub's days begin.
    `has_job`: something is done to this member in the background."""

    tags: list[dict[str, Any]]
    scopes: dict[str, str]
    zone: tzinfo
    has_job: bool


def read_member(pk: int, user: User) -> tuple[Member, Surroundings] | None:
    """None for whom this reader may not see, who was erased or never was. One query."""
    role = user.role

    def found(reader: User | None, member: int) -> QuerySet[Member]:
        return _with_surroundings(member, reader or User(role=role))

    rows: list[Any] = rows_as_seen_by(user, ("a member's page", role), found, member=pk)
    if not rows:
        return None
    member = rows[0]
    scopes = {each["scope"]: each["name"] for each in member.scopes_seen}
    zone = hours.zone(getattr(user, "hub_timezone", None) or "UTC")
    return member, Surroundings(member.tags_shown, scopes, zone, member.has_job)


def _with_surroundings(pk: int, user: User) -> QuerySet[Member]:
    tags = Tag.objects.current().filter(members=OuterRef("pk")).order_by(Lower("name"), "pk")
    tag = JSONObject(pk="pk", name="name", colour="colour")
    scopes: Any = Value([], JSONField())
    if hooks.scope_names:
        named = hooks.scope_names[0](user)
        scopes = ArraySubquery(named.values(json=JSONObject(scope="as_scope", name="name")))
    about = Concat(Value("member:"), Cast(OuterRef("pk"), CharField()))
    found = Member.objects.visible_to(user).select_related("owner", "backup", "user", "rhythm")
    return found.filter(pk=pk).annotate(
        tags_shown=ArraySubquery(tags.values(json=tag)[:MOST_TAGS]),
        scopes_seen=scopes,
        has_job=Exists(BackgroundJob.objects.unfinished().filter(about=about)),
        **hooks.glance_columns(OuterRef("pk")),
        has_gift_details=Exists(GiftDetails.objects.current().filter(member=OuterRef("pk"))),
    )
