"""The demo’s events and who comes to them. Plain data; see events.py for how it comes about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .team import BO, LENA, OWNER, SURI

ZONE = "Europe/Berlin"
WORKSHOP = {"venue": "Kiezwerkstatt", "address": "Weserstraße 900, Berlin"}
CAFE = {"venue": "Repair Café Neukölln", "address": "Karl-Marx-Straße 900, Berlin"}
FORUM, SOCIAL, HELP = "forum", "social", "help"
People = tuple[tuple[str, str], ...]  # site, handle


@dataclass(frozen=True)
class PlannedEvent:
    """`hour`, `minutes`: when it begins in Berlin and how long it takes. `linked`: how subjects of
    conversations on the forum begin. `fields`: more of what the form has."""

    title: str
    purpose: str
    host: str
    hour: int
    minutes: int
    fields: dict[str, Any]
    co_host: str = ""
    tags: tuple[str, ...] = ()
    linked: tuple[str, ...] = ()


# Addresses that people gave when they said they would come
EMAILS = (
    (FORUM, "petra", "petra@bibliotek.example"),
    (FORUM, "inesw", "ines@werk2.example"),
    (FORUM, "arjun", "arjun@tea-towel.example"),
    (FORUM, "emel", "emel@repaircafe.example"),
    (FORUM, "bramv", "bram@repaircafe.example"),
    (FORUM, "claire_m", "claire@mjc.example"),
    (FORUM, "kofi", "kofi@organ-loft.example"),
)

# The workshop in summer: so long ago, and who was there beside some others ---------------------

SUMMER_AGO, SUMMER_OTHERS = 158, 6
SUMMER = PlannedEvent(
    "Summer workshop",
    "Build a Six from the kit in one day. Tools are there, so is somebody who has done it before.",
    LENA, 11, 360, {**WORKSHOP, "capacity": 24}, SURI, ("meet-up",),
)  # fmt: skip
SUMMER_CAME: People = tuple(
    (FORUM, name) for name in ("inesw", "petra", "emel", "kofi", "ettore", "bramv")
)

# The meet-up in autumn: 14 came, five of them for the first time -------------------------------

AUTUMN_AGO = 33
AUTUMN = PlannedEvent(
    "Autumn meet-up",
    "Show what you have built, hear what others have, stay for soup.",
    LENA, 14, 300,
    {**WORKSHOP, "capacity": 30, "notes": "Three projects on stage, 15 minutes each."},
    BO, ("meet-up",),
)  # fmt: skip
AUTUMN_SPEAKERS: People = ((FORUM, "petra"),)
AUTUMN_BACK: People = tuple((FORUM, name) for name in ("petra", "kofi", "ettore", "emel", "bramv"))
AUTUMN_ALL_BACK = 9  # with others of summer
AUTUMN_NEW: People = ((FORUM, "stefan_k"), (FORUM, "lotte_b"))
AUTUMN_OTHERS_NEW = 2
AUTUMN_WALK_IN = "Noor Haddad"  # whom the meeting's entry in the log made
AUTUMN_NO_SHOWS: People = ((HELP, "yusuf_k"), (FORUM, "duarte"))
AUTUMN_OTHERS_NO_SHOW = 2
AUTUMN_DECLINED: People = ((FORUM, "inesw"), (FORUM, "claire_m"), (FORUM, "haruka"))

# The evenings: every second Tuesday of a month -------------------------------------------------

EVENING = PlannedEvent(
    "Repair evening",
    "Bring what is broken. We look at it together, and most of it works again at nine.",
    BO, 19, 150, {**CAFE, "capacity": 16, "reminders": ["day"]}, "", ("repair",),
)  # fmt: skip
EVENINGS_BACK = 3  # that are over, at least
EVENING_REGULARS: People = ((FORUM, "emel"), (FORUM, "bramv"), (HELP, "corinne_q"))
EVENING_OTHERS = 3  # each time, and three others the next
EVENING_GOING = 5

# The next meet-up: every seat is taken ---------------------------------------------------------

BERLIN_AHEAD = 12  # the Saturday next to it
BERLIN = PlannedEvent(
    "Berlin meet-up",
    "An afternoon around the soldering stations, with talks, cake and a very loud kettle.\n\n"
    "- **14:00** doors\n- **15:00** the filter board, explained without drawing it\n"
    "- **16:00** soldering, six to a table\n",
    LENA, 14, 360,
    {**CAFE, "capacity": 40, "reminders": ["week", "day"], "cover_words": "Bring what you built"},
    BO, ("meet-up",), ("Berlin, in two weeks",),
)  # fmt: skip
BERLIN_ROLES = (
    (FORUM, "emel", "host"),
    (FORUM, "arjun", "speaker"),
    (FORUM, "inesw", "volunteer"),
    (FORUM, "stefan_k", "volunteer"),
)
BERLIN_GOING: People = (
    (FORUM, "petra"), (FORUM, "kofi"), (FORUM, "bramv"), (FORUM, "lotte_b"), (SOCIAL, "joss"),
)  # fmt: skip
BERLIN_MAYBE: People = ((FORUM, "claire_m"), (SOCIAL, "tomask"))
BERLIN_DECLINED: People = ((FORUM, "haruka"),)
BERLIN_WAITING = 3  # whom the team put on the list
# Nobody knew these before they answered on the public page
BERLIN_STRANGERS = (("Mara Quist", "mara@quist.example"), ("Teo Albrecht", "teo@albrecht.example"))

# Online, and what the team made ----------------------------------------------------------------

STREAM_AHEAD = 5
STREAM = PlannedEvent(
    "Live: one drone, four hands",
    "Two of us patch the same drone from two cities. Ask in the chat while we do.",
    OWNER, 20, 90,
    {"kind": "online", "link": "https://stream.polyphon.example/live", "reminders": ["hour"]},
    "", ("ambient",), ("One drone, handed round",),
)  # fmt: skip
STREAM_OTHERS, STREAM_MAYBE = 9, 4

AMA = PlannedEvent(
    "Ask us anything: firmware 2.4",
    "The firmware team answers on the forum for two hours.",
    BO, 17, 120,
    {"kind": "content", "content": "ama", "link": "https://forum.polyphon.example/ama-24"},
    "", ("firmware",), ("Firmware 2.4 is here", "A change nobody asked for"),
)  # fmt: skip
AMA_AGO = 6

SPRING_AHEAD = 130
SPRING = PlannedEvent(
    "Spring meet-up",
    "They want one again in spring: a Saturday in April, if the workshop has room.",
    BO, 14, 300,
    {**WORKSHOP, "capacity": 30, "notes": "Ask Petra whether she shows the finished manual."},
    LENA, ("meet-up",),
)  # fmt: skip

LINKED = (BERLIN, STREAM, AMA)  # to conversations
NAMED: People = (
    *SUMMER_CAME, *AUTUMN_BACK, *AUTUMN_NEW, *AUTUMN_NO_SHOWS, *AUTUMN_DECLINED, *EVENING_REGULARS,
    *BERLIN_GOING, *BERLIN_MAYBE, *BERLIN_DECLINED, *(each[:2] for each in BERLIN_ROLES),
)  # fmt: skip

# Of 5, what was best, what to change; as those who came to the autumn meet-up answered
AUTUMN_FEEDBACK = (
    (5, "Seeing the insides of somebody else’s build, and being allowed to touch it.", ""),
    (4, "The talk about clock drift.", "The soldering tables were in the loudest corner."),
    (5, "I came alone and knew six people by the end.", "Name tags with handles, please."),
    (3, "Good people.", "It started forty minutes late. Trains do not."),
    (5, "Petra’s patch explained from the first knob.", "A second date for who works Saturdays."),
)
