"""Whom to be in contact with again: so many days after the last contact in either direction. A
member's own cadence wins over those of their tags; of these, the shortest."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    DateField,
    F,
    Field,
    Func,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Greatest, TruncDate
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from community_hub.lib import compiled_sql, prepared_sql
from team import actions
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

from . import occasions, owner_verbs
from .cadences import check_cadence
from .follow_up_checks import NotPossible, checked_day
from .follow_ups import today
from .models import Activity, ActivityKind, Member, MemberTag, Rhythm
from .models.member import MemberQuerySet
from .occasions import Found, Occasion, OccasionKind, Viewpoint

ON = "members.member"
CONTACTS = [kind.value for kind in ActivityKind if kind.is_contact or kind.value == "message"]


def rows(view: Viewpoint) -> list[Any]:
    """The longest overdue first, with the cadence and for how many days it is due; those that are
    not due come last. Mine are those of members I own. One query for those with a cadence of their
    own, one for those who have it from tags, and one for whom a hidden source saw."""
    own = Rhythm.objects.filter(cadence_days__isnull=False)
    tagged = MemberTag.objects.filter(tag__removed_at=None, tag__cadence_days__isnull=False)
    last = Greatest("member__last_seen", "member__last_contact_at")
    dated = _kept(own, view).values("member").annotate(cadence=F("cadence_days"))
    parts = [(_with_days(dated, last, "contact_due_on", view), "member")]
    by_tag = tagged.filter(member__rhythm__cadence_days=None).order_by()
    dated = (
        _kept(by_tag, view)
        .values("member", "member__last_seen", "member__last_contact_at")
        .annotate(put_off=F("member__rhythm__contact_due_on"))
        .annotate(cadence=Min("tag__cadence_days"))
    )
    parts.append((_with_days(dated, last, "put_off", view), "member"))
    partly = occasions.partly_seen_to_turn_to([tagged, own], view)
    if partly is not None:
        parts.append((_worked_out(partly, view), "pk"))
    return [
        occasions.columns(part, KEEP_IN_TOUCH.slug, member, "cadence", "days").order_by(
            "-o_second", "o_member"
        )
        for part, member in parts
    ]


def cadence_of(member: Member) -> tuple[int | None, str]:
    """In days, and the tag that it comes from, "" where it is their own."""
    own = Rhythm.objects.filter(pk=member.pk).values_list("cadence_days", flat=True).first()
    if own:
        return own, ""
    tags = MemberTag.objects.filter(
        member=member, tag__removed_at=None, tag__cadence_days__isnull=False
    )
    found = tags.order_by("tag__cadence_days").values_list("tag__cadence_days", "tag__name")
    return found.first() or (None, "")


# What is set --------------------------------------------------------------------------------------


@one_by_one
def _undo_fields(action: Action, by: User) -> bool:
    row = Rhythm.objects.filter(pk=action.object_id, **action.after)
    return bool(row.update(**action.before))


@verb(
    "cadence",
    on=ON,
    right="can_edit_members",
    words=_("changed how often to be in touch with %(object)s"),
    undo=_undo_fields,
    lead_may_undo=True,
)
def set_cadence(member: Member, days: int | None, *, by: User) -> Changes:
    """None: that of their tags, if any. NotPossible for what is no cadence."""
    if days is not None:
        try:
            check_cadence(days)
        except ValueError as error:
            raise NotPossible(str(error)) from None
    if member.user_id or member.is_bot:
        raise NotPossible(_now("Only members have a cadence, not teammates or bots."))
    return _set(member, "cadence", {"cadence_days": days}, by)


@verb(
    "put-off-contact",
    on=ON,
    right="can_edit_members",
    words=_("put off being in touch with %(object)s"),
    undo=_undo_fields,
    lead_may_undo=True,
)
def put_off(member: Member, day: date, *, by: User) -> Changes:
    """Not before that day; contact in the meantime counts anew."""
    return _set(member, "put-off-contact", {"contact_due_on": checked_day(day).isoformat()}, by)


def _set(member: Member, name: str, after: dict[str, Any], by: User) -> Changes:
    with transaction.atomic():
        Rhythm.objects.get_or_create(member=member)
        row = Rhythm.objects.select_for_update().get(pk=member.pk)
        before = {field: getattr(row, field) for field in after}
        before = {k: v.isoformat() if isinstance(v, date) else v for k, v in before.items()}
        if before == after:
            return Changes()
        Rhythm.objects.filter(pk=member.pk).update(**after)
        return actions.record(name, [member], by=by, before=before, after=after)


# Below the verbs ----------------------------------------------------------------------------------


def _kept(rows: Any, view: Viewpoint) -> Any:
    """Of rows with a `member`, those about members whose kept dates hold for this reader."""
    found = occasions.about_wholly_seen(rows, view)
    found = found if view.of_team else found.filter(member__owner=view.user)
    return found.filter(member=view.member) if view.member else found


def _worked_out(members: MemberQuerySet, view: Viewpoint) -> Any:
    """Of members whose dates are worked out for this reader; their cadence, too."""
    user = view.user
    found = members if view.of_team else members.filter(owner=user)
    found = found.filter(pk=view.member) if view.member else found
    found = found.with_seen_at(user, all_differ=True).with_contact_at(user, all_differ=True)
    by_tag = Min("tagged__tag__cadence_days", filter=Q(tagged__tag__removed_at=None))
    dated = found.annotate(cadence=Coalesce("rhythm__cadence_days", by_tag))
    last = Greatest("seen_at", "contact_at")
    return _with_days(dated, last, "rhythm__contact_due_on", view)


def _with_days(rows: Any, last: Any, put_off: str, view: Viewpoint) -> Any:
    """Since how many `days` of the hub contact is due. Worked out once for each: a condition on it
    would do so again."""
    day = TruncDate("contact_last", tzinfo=view.zone)
    due = Coalesce(Greatest(_days(day, "+", F("cadence"), DateField()), put_off), Value(view.today))
    dated = rows.annotate(contact_last=last)
    return dated.annotate(days=_days(Value(view.today), "-", due, IntegerField()))


def _days(one: Any, sign: str, other: Any, kind: Field[Any, Any]) -> Func:
    """PostgreSQL counts days with whole numbers, Django with intervals."""
    joiner = f" {sign} "
    return Func(one, other, template="(%(expressions)s)", arg_joiner=joiner, output_field=kind)


def fill(found: list[Found], user: User) -> list[Occasion]:
    """Without those that are not due. Two queries for the last contact of all of them."""
    found = sorted((row for row in found if row.second >= 0), key=lambda r: (-r.second, r.member))
    members = _with_last_lines(found, user) if found else {}
    wanted = [each.last_line for each in members.values() if each.last_line]
    known = occasions.lines_of(wanted) if wanted else {}
    return [
        _occasion(member, row.first, known.get(member.last_line), user)
        for row in found
        if (member := members[row.member])
    ]


def _with_last_lines(found: list[Found], user: User) -> dict[int, Any]:
    """By id, with the id of the `last_line` of contact that this reader may see."""
    role = user.role

    def rows(ids: str, user: int) -> QuerySet[Member]:
        lines = Activity.objects.visible_to(User(pk=user, role=role)).present()
        lines = lines.filter(kind__in=CONTACTS, member=OuterRef("pk"))
        last = lines.order_by("-occurred_at", "-pk").values("pk")[:1]
        return occasions.with_owners(ids).annotate(last_line=Subquery(last))

    pks = prepared_sql.as_array(row.member for row in found)
    key = ("last contacts of occasions", role)
    return {row.pk: row for row in compiled_sql.rows(key, rows, ids=pks, user=user.pk)}


def _occasion(member: Member, cadence: int, line: Activity | None, user: User) -> Occasion:
    owner = _now("Owner: %(name)s") % {"name": member.owner} if member.owner else _now("no owner")
    every = ngettext("every day", "every %(n)d days", cadence) % {"n": cadence}
    return Occasion(
        kind=KEEP_IN_TOUCH,
        member=member,
        key="",
        text="",
        what=_now("%(every)s; %(last)s") % {"every": every, "last": _last_words(line, user)},
        note=owner,
    )


def _last_words(line: Activity | None, user: User) -> str:
    if line is None:
        return _now("no contact yet")
    day = date_format(timezone.localtime(line.occurred_at), "j F Y")
    if line.kind == ActivityKind.MESSAGE:
        return _now("last on %(day)s, by them") % {"day": day}
    if line.actor_id == user.pk:
        return _now("last on %(day)s, by you") % {"day": day}
    if line.actor:
        return _now("last on %(day)s, by %(name)s") % {"day": day, "name": line.actor}
    return _now("last on %(day)s") % {"day": day}


def _give(occasion: Occasion, to: User, by: User) -> Changes:
    return owner_verbs.set_owner(occasion.member, to, by=by)


def _later(occasion: Occasion, day: date, by: User) -> Changes:
    return put_off(occasion.member, day, by=by)


def _skip(occasion: Occasion, _state: str, by: User) -> Changes:
    """Until the next time."""
    days, _tag = cadence_of(occasion.member)
    return put_off(occasion.member, today() + timedelta(days=days or 1), by=by)


KEEP_IN_TOUCH = occasions.register(
    OccasionKind(
        "keep-in-touch", rows, fill, can_be_dismissed=False, done=_("Skip once"),
        settle=_skip, put_off=_later, give=_give,
    )
)  # fmt: skip
SECTION = occasions.section(
    KEEP_IN_TOUCH,
    title=_("Keep in touch"),
    hint=_("longest overdue first"),
    empty=_("Nobody you own is due by the cadence of their own or of a tag."),
    place=60,
    is_due=True,
)
