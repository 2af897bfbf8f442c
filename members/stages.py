"""How close a member is, since when and why, as a page says it. The rule itself: stage_rule.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from community_hub.lib import compiled_sql
from team.models import User

from . import stage_words
from .models import Activity, ActivityKind, Identity, Member, Stage


@dataclass(frozen=True)
class StageReason:
    """`why`: in words, "" where the reader may not know. `since`: None where nothing is written
    down, or where it is not for this reader. `by`: who set it; "" where the rule did."""

    stage: Stage
    since: datetime | None
    why: str
    by: str
    is_pinned: bool


def stage_reason(
    member: Member, user: User, identities: list[Identity] | None = None
) -> StageReason | None:
    """The member's stage and its reason, from the newest line about it; None for whoever has no
    stage. `identities`: their accounts, where the caller has read them. One query."""
    if member.user_id or member.is_bot or any(each.is_us for each in identities or ()):
        return None
    stage, is_pinned = Stage(member.stage), member.stage_pinned
    line = _last_change(member, user)
    if line is None:
        seen = {
            Stage.OUTSIDER: _("not seen in one of your places yet"),
            Stage.VISITOR: _("seen in one of your places"),
        }
        why = seen.get(stage, "")
        return StageReason(stage, None, why, "", is_pinned)
    if not line.is_readable:
        return StageReason(stage, None, "", "", is_pinned)
    why = stage_words.reason_in(line.summary)
    by = str(line.actor) if line.actor else ""
    if not why and by:
        why = _("set by %(name)s") % {"name": by}
    return StageReason(stage, line.occurred_at, why, by, is_pinned)


def _last_change(member: Member, user: User) -> Any:
    """The line, with `is_readable`; None where there is none."""
    role = user.role

    def found(member: int, user: int) -> QuerySet[Activity]:
        readable = Activity.objects.visible_to(User(pk=user, role=role)).filter(pk=OuterRef("pk"))
        lines = Activity.objects.present().filter(member=member, kind=ActivityKind.STAGE.value)
        named = lines.select_related("actor").annotate(is_readable=Exists(readable))
        return named.newest_first()[:1]

    rows = compiled_sql.rows(("last stage", role), found, member=member.pk, user=user.pk)
    return rows[0] if rows else None
