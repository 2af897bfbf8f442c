"""What may be said of an encounter: a check answers what is stored, or raises NotPossible."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import ngettext

from community_hub.lib.text import TooLong, one_line, storable, typed_line

from .models import Identity, Member
from .models.encounter import PLACE_LENGTH

MOST_PEOPLE = 500
NAME_LENGTH = 200
LONGEST = 10_000  # characters of what was said
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(minutes=5)


class NotPossible(ValueError):
    """Refused, with a sentence that says what to do instead."""


def checked_moment(at: datetime) -> datetime:
    if at > timezone.now() + CLOCKS_DIFFER:
        raise NotPossible(_now("That’s in the future. For what is still to come, add a follow-up."))
    if at < EARLIEST:
        raise NotPossible(_now("That’s before 1970. Check the year."))
    return at


def checked_text(text: str) -> str:
    text = storable(text).strip()
    if len(text) > LONGEST:
        raise NotPossible(str(TooLong(len(text) - LONGEST, LONGEST)))
    return text


def checked_place(place: str) -> str:
    try:
        return typed_line(place, PLACE_LENGTH)
    except TooLong as error:
        raise NotPossible(str(error)) from error


def checked_people(people: Iterable[Member], new_people: Sequence[str]) -> list[int]:
    """The ids of those who are known, each once."""
    found = {member.pk: member for member in people}
    total = len(found) + len(new_people)
    if not total:
        raise NotPossible(_now("Say who was there."))
    if total > MOST_PEOPLE:
        said = _now("That’s %(n)d people. Log at most %(most)d at once.")
        raise NotPossible(said % {"n": total, "most": MOST_PEOPLE})
    too_long = next((name for name in new_people if len(name) > NAME_LENGTH), "")
    if too_long:
        over = TooLong(len(too_long) - NAME_LENGTH, NAME_LENGTH)
        raise NotPossible(f"“{one_line(too_long, 40)}”: {over}")
    ours = Identity.objects.filter(member__in=found, is_us=True).values_list("member", flat=True)
    not_theirs = {pk for pk, it in found.items() if it.user_id or it.is_bot} | set(ours)
    if not_theirs:
        names = ", ".join(str(found[pk]) for pk in sorted(not_theirs)[:5])
        raise NotPossible(
            ngettext(
                "%(names)s is a teammate, a bot or one of your accounts. Leave them out.",
                "%(names)s are teammates, bots or your accounts. Leave them out.",
                len(not_theirs),
            )
            % {"names": names}
        )
    return list(found)
