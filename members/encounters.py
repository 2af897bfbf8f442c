"""Encounters as they are read: who was there and what was attached, as far as a reader may see.

Bounded, whatever the number of people; set-based, whatever the number of lines.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from community_hub.lib import moments
from community_hub.lib.text import number
from team import files, hours
from team.models import File, User

from .models import Activity, Encounter, EncounterPerson, Member

WHEN = "l, j F Y, H:i"
NAMED = 8  # people of an encounter in a line of the log


class Person(NamedTuple):
    pk: int
    name: str

    @property
    def url(self) -> str:
        return Member(pk=self.pk).get_absolute_url()


@dataclass
class Told:
    """What a line of the log says besides. `more`: how many people are not named."""

    people: list[Person] = field(default_factory=list)
    more: int = 0
    files: list[File] = field(default_factory=list)


def with_people_told(lines: Sequence[Activity], user: User) -> Sequence[Activity]:
    """The same lines, those of encounters with `told`. Two queries where there are any."""
    by_line = {line.pk: number_of(line) for line in lines if number_of(line)}
    told = people_of(set(by_line.values()), user, most=NAMED + 1) if by_line else {}
    attached = files_of(set(by_line.values())) if by_line else {}
    for line in lines:
        pk = by_line.get(line.pk, 0)
        if pk:
            line.told = _told(line.member_id, *told.get(pk, ([], 0)), attached.get(pk, []))
    return lines


def _told(member: int, people: list[Person], total: int, attached: list[File]) -> Told:
    """Without whose log it is: they were there as well."""
    others = [person for person in people if person.pk != member][:NAMED]
    return Told(others, max(total - 1 - len(others), 0), attached)


def number_of(line: Activity) -> int:
    """Of the encounter that a line tells of; 0 for a line of another kind."""
    kind, *rest = line.key.split(":")
    return number(rest[0]) if kind == "encounter" and rest else 0


def people_of(
    encounters: Iterable[int], user: User, *, most: int
) -> dict[int, tuple[list[Person], int]]:
    """Of each the first people that this reader may see, and how many these are in all."""
    seen = EncounterPerson.objects.filter(
        encounter__in=list(encounters), member__in=Member.objects.visible_to(user)
    )
    counted = seen.annotate(
        place=Window(RowNumber(), partition_by=F("encounter"), order_by=F("pk").asc()),
        total=Window(Count("pk"), partition_by=F("encounter")),
    )
    rows = counted.filter(place__lte=most).order_by("encounter", "pk")
    found: dict[int, tuple[list[Person], int]] = {}
    for row in rows.select_related("member"):
        people, _total = found.setdefault(row.encounter_id, ([], row.total))
        people.append(Person(row.member_id, str(row.member)))
    return found


def files_of(encounters: Iterable[int]) -> dict[int, list[File]]:
    """For whoever may read these encounters."""
    found: dict[int, list[File]] = {}
    for row in files.present(*(Encounter(pk=pk).files_key for pk in encounters)):
        found.setdefault(int(row.owner.partition(":")[2]), []).append(row)
    return found


def may_read_files(user: User, pk: int) -> bool:
    return Encounter.objects.visible_to(user).present().filter(pk=pk).exists()


FILE_READER = files.Reader("encounter", may_read_files)


def in_both_zones(at: datetime, user: User) -> tuple[str, str]:
    """As histories have it, in the hub's timezone; and in the reader's, "" where that says the
    same, without its day where only the clock differs."""
    hub = at.astimezone(hours.zone_of_hub(user))
    there, here = (moments.local_moment(each, WHEN) for each in (hub, timezone.localtime(at)))
    if there == here:
        return there, ""
    is_same_day = hub.date() == timezone.localtime(at).date()
    return there, moments.moment(at, "H:i" if is_same_day else "l, H:i")
