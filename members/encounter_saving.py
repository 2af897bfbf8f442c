"""What the form of an encounter saves: the encounter, or what is added to a colleague's, and its
next step, under one Undo."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import ngettext

from team import hours
from team.actions import Changes
from team.models import User

from . import encounter_steps, encounter_verbs, follow_up_verbs
from .encounter_people import NAMED, NEW, People
from .models import Encounter, EncounterKind, EncounterPerson, Member, Visibility


@dataclass(frozen=True)
class NextStep:
    """`about`: a token of one of the people; the first of them where it is none."""

    text: str
    due_on: date
    about: str = ""


@dataclass(frozen=True)
class Twin:
    """What a colleague logged, which may be the same. `shared`: how many people of both."""

    encounter: Encounter
    shared: int

    @property
    def question(self) -> str:
        return {
            EncounterKind.MEETING: ngettext(
                "%(who)s logged a meeting with one of them on this day: add yours to it?",
                "%(who)s logged a meeting with %(n)d of them on this day: add yours to it?",
                self.shared,
            ),
            EncounterKind.CALL: ngettext(
                "%(who)s logged a call with one of them on this day: add yours to it?",
                "%(who)s logged a call with %(n)d of them on this day: add yours to it?",
                self.shared,
            ),
            EncounterKind.CHAT: ngettext(
                "%(who)s logged a chat with one of them on this day: add yours to it?",
                "%(who)s logged a chat with %(n)d of them on this day: add yours to it?",
                self.shared,
            ),
            EncounterKind.GIFT: ngettext(
                "%(who)s logged a gift to one of them on this day: add yours to it?",
                "%(who)s logged a gift to %(n)d of them on this day: add yours to it?",
                self.shared,
            ),
            EncounterKind.INTRODUCTION: ngettext(
                "%(who)s logged an introduction of one of them on this day: add yours to it?",
                "%(who)s logged an introduction of %(n)d of them on this day: add yours to it?",
                self.shared,
            ),
        }[EncounterKind(self.encounter.kind)] % {
            "who": self.encounter.by.first_name,
            "n": self.shared,
        }


def twin_of(said: dict[str, Any], people: Sequence[Member], user: User) -> Twin | None:
    """The one of a colleague, of the same kind, day and visibility, that has the most of these
    people. What is for the author alone has none."""
    if said["visibility"] == Visibility.AUTHOR or not people:
        return None
    zone = hours.of_hub().zone
    day = said["occurred_at"].astimezone(zone).date()
    begin = datetime.combine(day, time(), zone)
    rows = Encounter.objects.visible_to(user).present().exclude(by=user).select_related("by")
    same = rows.filter(
        kind=said["kind"],
        visibility=said["visibility"],
        occurred_at__gte=begin,
        occurred_at__lt=datetime.combine(day + timedelta(days=1), time(), zone),
    )
    shared = Count("attended", filter=Q(attended__member__in=people))
    found = same.annotate(shared=shared).filter(shared__gt=0).order_by("-shared", "pk").first()
    return Twin(found, found.shared) if found else None


def save(
    said: dict[str, Any],
    people: People,
    *,
    by: User,
    file_ids: Iterable[int] = (),
    token: uuid.UUID | None = None,
    next_step: NextStep | None = None,
    joined: Encounter | None = None,
) -> Changes:
    """`joined`: the colleague's encounter that this is added to. Raises the NotPossible of either
    kind of verb; nothing is saved then."""
    group = uuid.uuid4()
    common: dict[str, Any] = {
        "by": by,
        "new_people": people.new,
        "colleagues": people.colleagues,
        "file_ids": file_ids,
        "group": group,
    }
    with transaction.atomic():
        if joined:
            words = {"text": said["text"], "place": said["place"]}
            changes = encounter_verbs.join(joined, people.members, **words, **common)
        else:
            changes = encounter_verbs.log_encounter(
                people=people.members, token=token, **said, **common
            )
            row = (
                Encounter.objects.filter(pk=changes.actions[0].object_id).first()
                if changes
                else None
            )
        if next_step and row:
            plan(row, people, next_step, by, group)
    return changes


def plan(row: Encounter, people: People, step: NextStep, by: User, group: uuid.UUID) -> None:
    follow_up_verbs.plan(
        whom(row, people, step.about), step.text, step.due_on, by=by, group=group,
        origin=encounter_steps.origin_of(row),
    )  # fmt: skip


def whom(row: Encounter, people: People, about: str) -> Member:
    """By a token as the form has it: an id, or a name, of somebody new or of whoever has it."""
    typed = about.removeprefix(NEW).removeprefix(NAMED).strip().casefold()
    name = next((each for each in people.new if each.casefold() == typed), "")
    for member in people.members:
        if about == str(member.pk) or (not name and member.name.casefold() == typed):
            return member
    if people.members and not name:
        return people.members[0]
    name = name or people.new[0]
    there = EncounterPerson.objects.filter(encounter=row, member__name=name).select_related(
        "member"
    )
    return there.order_by("-pk")[0].member
