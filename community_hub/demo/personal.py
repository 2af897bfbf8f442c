"""What the demo's team knows of members as persons: interests, birthdays, what gifts need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from members import follow_ups, gift_verbs
from members import verbs as member_verbs
from members.gift_verbs import Gift
from members.models import Member
from team.models import User

from .team import BO, LENA


@dataclass(frozen=True)
class Person:
    """On the forum. `birthday_in`: days from today; the birthday itself has no year."""

    handle: str
    by: str
    interests: tuple[str, ...] = ()
    birthday_in: int | None = None
    size: str = ""
    address: str = ""
    agreed: int = 0  # days ago
    agreed_where: str = ""


PERSONS = (
    Person(
        "bramv",
        BO,
        ("repair", "documentation", "tape"),
        0,
        "XL",
        "Bram Visser\nOudegracht 900\n3511 Utrecht\nNetherlands",
        345,
        "in an email to Bo, for the thank-you parcel",
    ),
    Person("emel", BO, ("soldering", "repair", "meet-ups"), 4, "M", "", 20, "at the repair café"),
    Person("petra", LENA, ("teaching", "documentation"), 3),
    Person("inesw", LENA, ("metalwork", "ambient", "clocks"), 19),
    Person("arjun", BO, ("firmware", "DSP")),
    Person("kofi", LENA, ("accessibility", "field recording"), 57),
    Person("halvard", LENA, ("ambient", "night classes")),
    Person("nuko", BO, ("ambient", "DIY"), 121),
    Person("claire_m", LENA, ("meet-ups", "modular"), 190),
)


def describe(member: Member, person: Person, users: dict[str, User]) -> None:
    by, today = users[person.by], follow_ups.today()
    about: dict[str, Any] = {"interests": list(person.interests)}
    if person.birthday_in is not None:
        day = today + timedelta(days=person.birthday_in)
        about["birthday"] = day.month * 100 + day.day
    member_verbs.describe(member, by=by, **about)
    if person.agreed_where:
        agreed_on = today - timedelta(days=person.agreed)
        gift = Gift(person.size, person.address, agreed_on, person.agreed_where, 12)
        gift_verbs.keep(member, gift, by=by)
