"""Whom an invitation goes to and whom it leaves out, and what it says to each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community_hub.lib import html
from community_hub.lib.paths import path
from community_hub.lib.variables import THERE, Variable, first_word, what_is_wrong
from community_hub.lib.variables import fill as filled
from members import contact, email_identity, hooks
from members.hooks import Place, WayToReach
from members.listing import MemberListing
from members.models import Member

from . import mail_subjects, notices
from .calendar_words import public_url
from .models import Answer, Attendance, Event, Invitation, Notice
from .models.invitation import LONGEST_TEXT
from .notices import Kind
from .when_words import place_of, when_of

if TYPE_CHECKING:
    from team.models import User

MOST = 5_000  # people of one query
MAIL = "mail"
SLICE = 1_000


class NotPossible(ValueError):
    """With a sentence; `field`: of which one it is said, or ""."""

    def __init__(self, said: str, field: str = "") -> None:
        super().__init__(said)
        self.field = field


# What it says -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Facts:
    """`mine`: the address of the personal link."""

    event: Event
    member: Member
    me: User
    mine: str


VARIABLES = {
    "member.first_name": Variable(
        gettext_lazy("First name of whom you invite"),
        lambda facts: first_word(facts.member.name),
        THERE,
    ),
    "member.name": Variable(
        gettext_lazy("Name of whom you invite"), lambda facts: facts.member.name, THERE
    ),
    "me.first_name": Variable(
        gettext_lazy("Your first name"), lambda facts: facts.me.first_name, gettext_lazy("the team")
    ),
    "me.name": Variable(
        gettext_lazy("Your name"), lambda facts: facts.me.name, gettext_lazy("the team")
    ),
    "event.title": Variable(
        gettext_lazy("Title of the event"),
        lambda facts: facts.event.title,
        gettext_lazy("our event"),
    ),
    "event.when": Variable(
        gettext_lazy("When it is, in its own timezone"),
        lambda facts: str(when_of(facts.event)),
        gettext_lazy("soon"),
    ),
    "event.where": Variable(
        gettext_lazy("Where it is"),
        lambda facts: place_of(facts.event),
        gettext_lazy("online"),
    ),
    "event.link": Variable(
        gettext_lazy("Address of its public page"),
        lambda facts: public_url(facts.event) if facts.event.has_public_page else facts.mine,
        gettext_lazy("the event’s page"),
    ),
    "answer.link": Variable(
        gettext_lazy("Personal link, to answer without an account"),
        lambda facts: facts.mine,
        gettext_lazy("your personal link"),
    ),
}


def words_for(text: str, facts: Facts, way: str) -> str:
    """What one of them gets. Their personal link stands below where the text has none; a mail has a
    button for it."""
    said = filled(text, VARIABLES, facts)
    if way == MAIL or facts.mine in said:
        return said
    return f"{said.rstrip()}\n\n{_('Your answer:')} {facts.mine}"


def preview_link() -> str:
    """That of nobody: an invitation gets its own when it is sent."""
    return settings.HUB_URL + path("my-answer", "x").replace("/x/", "/…/")


def check(text: str) -> str:
    """The text as it is kept. Raises NotPossible."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise NotPossible(_("Write the invitation first."), "body")
    if len(text) > LONGEST_TEXT:
        over = len(text) - LONGEST_TEXT
        raise NotPossible(_("%(n)s characters too long.") % {"n": over}, "body")
    if wrong := what_is_wrong(text, VARIABLES):
        raise NotPossible(wrong, "body")
    return text


# To whom ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """`reason`: why they are left out; "" for who is invited."""

    member: Member
    place: str = ""
    place_name: str = ""
    reason: str = ""


@dataclass
class Audience:
    invited: list[Person] = field(default_factory=list)
    left_out: list[Person] = field(default_factory=list)


def ways(user: User) -> dict[str, Any]:
    """By slug, what it is called; those that this user may write in."""
    more = {way.slug: way.label for way in hooks.ways_to_reach if way.may(user)}
    return {MAIL: _("By email"), **more}


def way_called(slug: str) -> WayToReach | None:
    """None for mail, and for one whose app is gone."""
    return next((way for way in hooks.ways_to_reach if way.slug == slug), None)


def audience(event: Event, query: str, way: str, user: User) -> Audience:
    """Whom a query finds, of those this user may see, up to MOST. Raises Mistake, and NotPossible
    where there are more."""
    listing = MemberListing(query=query)
    members = list(listing.found(user).order_by("pk")[: MOST + 1])
    if len(members) > MOST:
        said = _("More than %(n)s members match. Invite fewer at a time.") % {"n": MOST}
        raise NotPossible(said, "q")
    ids = [member.pk for member in members]
    known, places = why_known(event, ids), places_of(way, user, ids)
    found = Audience()
    for member in members:
        place = places.get(member.pk)
        reason = why_never(member, user) or known.get(member.pk, "")
        reason = reason or ("" if place else no_way_words(way))
        if reason or place is None:
            found.left_out.append(Person(member, reason=reason))
        else:
            found.invited.append(Person(member, place.key, place.name))
    return found


def why_never(member: Member, user: User | None) -> str:
    """Why nobody invites them; "" where somebody may."""
    if member.erased_at:
        return _("The person is gone.")
    if member.user_id:
        return _("One of the team.")
    if member.is_bot:
        return _("A bot.")
    return contact.why_not(member, user)


def no_way_words(way: str) -> str:
    if way == MAIL:
        return _("No email address is known.")
    return _("No private conversation with them that you can answer in.")


def why_known(event: Event, ids: list[int]) -> dict[int, str]:
    """By member: what they answered, or that an invitation to them is waiting or was sent."""
    sent = Invitation.objects.filter(event=event, member__in=ids, state__in=["queued", "sent"])
    found = dict.fromkeys(sent.values_list("member", flat=True), _("Invited already."))
    rows = Attendance.objects.filter(event=event, member__in=ids)
    for member, answer in rows.values_list("member", "answer"):
        found[member] = words_of_answer(answer)
    return found


def words_of_answer(answer: str) -> str:
    if answer == Answer.INVITED:
        return _("Invited already.")
    return _("Answered already: %(answer)s.") % {"answer": Answer(answer).label}


def places_of(way: str, user: User, ids: list[int]) -> dict[int, Place]:
    if way == MAIL:
        found: dict[int, Place] = {}
        for start in range(0, len(ids), SLICE):
            addresses = email_identity.addresses_of(ids[start : start + SLICE])
            found |= {pk: Place("", address) for pk, address in addresses.items()}
        return found
    there = way_called(way)
    return there.places(user, ids) if there and there.may(user) else {}


def rows_of(run_id: int, event: Event, people: Iterable[Person], state: str) -> list[Invitation]:
    return [
        Invitation(
            run_id=run_id, event=event, member=person.member, state=state,
            reason=person.reason[:300], place=person.place,
        )
        for person in people
    ]  # fmt: skip


# The mail -----------------------------------------------------------------------------------------


def _is_open(notice: Notice) -> bool:
    event = notice.attendance.event
    return event.takes_answers and notice.attendance.answer == Answer.INVITED


def register_kinds() -> None:
    """By EventsConfig.ready()."""
    notices.register(
        Kind(
            "invitation",
            mail_subjects.invitation,
            is_true=_is_open,
            more=lambda notice: {
                "words": notice.data["text"],
                "html": html.from_markdown(notice.data["text"]),
            },
        )
    )
