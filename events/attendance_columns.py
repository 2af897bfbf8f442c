"""Which column of an exported list is what, and what its words mean.

What Meetup, Luma and Eventbrite write is known by the names of their columns; in other lists the
columns are told by hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from dateutil import parser
from django.utils.translation import gettext_lazy as _

from .models import Answer

COLUMNS = {
    "email": _("Email"),
    "account": _("ID of the account"),
    "name": _("Name"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "answer": _("Answer"),
    "guests": _("Guests"),
    "checked_in": _("Checked in"),
    "answered_at": _("Answered on"),
}
KEYS = ("email", "account")  # one of them has to be there: names match nobody


@dataclass(frozen=True)
class Source:
    """`signs`: columns that only its exports have. `columns`: their names, in lower case, by ours.
    `network`: whose accounts the ids are."""

    slug: str
    label: str
    signs: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    network: str = ""


SOURCES = (
    Source(
        "meetup",
        "Meetup",
        ("user id", "rsvp"),
        {
            "account": ("user id",),
            "email": ("email", "email address"),
            "name": ("name",),
            "answer": ("rsvp",),
            "guests": ("guests",),
            "checked_in": ("attended", "attendance", "checked in"),
            "answered_at": ("rsvped on", "rsvp'd on"),
        },
        "meetup",
    ),
    Source(
        "luma",
        "Luma",
        ("approval_status", "email"),
        {
            "email": ("email",),
            "name": ("name",),
            "first_name": ("first_name",),
            "last_name": ("last_name",),
            "answer": ("approval_status",),
            "checked_in": ("checked_in_at",),
            "answered_at": ("created_at",),
        },
    ),
    Source(
        "eventbrite",
        "Eventbrite",
        ("attendee status",),
        {
            "email": ("email", "attendee email", "email address"),
            "name": ("attendee name", "name"),
            "first_name": ("first name", "attendee first name"),
            "last_name": ("last name", "surname", "attendee surname"),
            "answer": ("attendee status",),
            "checked_in": ("checked in", "check-in date", "check in date"),
            "answered_at": ("order date",),
        },
    ),
)
PLAIN = {
    "email": ("email", "e-mail", "email address", "e-mail address", "mail", "e-mail-adresse"),
    "name": ("name", "full name", "attendee"),
    "first_name": ("first name", "vorname", "given name"),
    "last_name": ("last name", "surname", "nachname", "family name"),
    "answer": ("answer", "rsvp", "status", "response"),
    "guests": ("guests", "plus ones", "additional guests"),
    "checked_in": ("checked in", "attended", "check-in", "present"),
    "answered_at": ("answered on", "registered on", "created at", "date"),
}

CAME = "came"  # an answer that says that they were there
_ANSWERS = {
    Answer.GOING: (
        "", "yes", "going", "approved", "attending", "confirmed", "registered", "accepted", "ja",
        "host", "organizer",
    ),
    CAME: ("checked in", "checked_in", "attended", "came", "present"),
    Answer.MAYBE: ("maybe", "tentative", "interested"),
    Answer.WAITING: (
        "waiting", "waitlist", "waiting list", "waitlisted", "wait list", "pending",
        "pending_approval", "pending approval",
    ),
    Answer.DECLINED: (
        "no", "not going", "declined", "not attending", "cancelled", "canceled", "refunded",
        "deleted", "removed", "nein", "transferred",
    ),
    Answer.INVITED: ("invited", "no response", "not responded"),
}  # fmt: skip
ANSWERS = {word: answer for answer, words in _ANSWERS.items() for word in words}
_THERE = {
    "yes", "y", "true", "x", "✓", "ja", "checked in", "attended", "did attend", "came", "present",
    "here", "show", "showed up",
}  # fmt: skip
_NOT_THERE = {
    "", "no", "n", "false", "-", "–", "nein", "absent", "no show", "not checked in", "checked out",
    "not attended", "did not attend", "didn't attend", "did not come", "not present", "not here",
}  # fmt: skip


def recognise(header: Sequence[str]) -> tuple[str, dict[str, int]]:
    """The slug of whose export it is, "" for another, and which column is what, from 0."""
    names = [name.strip().lower() for name in header]
    for source in SOURCES:
        if all(sign in names for sign in source.signs):
            return source.slug, _found(names, source.columns)
    return "", _found(names, PLAIN)


def network_of(slug: str) -> str:
    """Whose accounts the ids of its lists are; of a list by hand, ids match within such lists."""
    return next((it.network for it in SOURCES if it.slug == slug and it.network), "imported")


def answer_of(text: str) -> str | None:
    """One of Answer, or CAME; None for a word that is not known."""
    return ANSWERS.get(" ".join(text.strip().lower().split()))


def was_there(text: str, zone: tzinfo) -> bool | None:
    """Whether a column such as "checked in" says so: by a word, how often, or the time of it. None
    for a word that is not known."""
    words = " ".join(text.lower().replace("_", " ").replace("-", " ").replace("’", "'").split())
    if words in _THERE:
        return True
    if words in _NOT_THERE or text.strip() in _NOT_THERE:
        return False
    if words.isdecimal():
        return int(words) > 0
    return True if moment_of(text, zone) else None


def moment_of(text: str, zone: tzinfo) -> datetime | None:
    """`zone`: of one that names none. None for what is no moment."""
    if not any(letter.isdigit() for letter in text[:60]) or len(text) > 60:
        return None
    try:
        found = parser.parse(text)
    except (ValueError, OverflowError, TypeError):
        return None
    if not 2000 <= found.year <= 2100 or len(text.strip()) < 6:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _found(names: Sequence[str], wanted: dict[str, tuple[str, ...]]) -> dict[str, int]:
    found = {}
    for ours, theirs in wanted.items():
        for name in theirs:
            if name in names:
                found[ours] = names.index(name)
                break
    return found
