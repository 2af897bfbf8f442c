"""Where the people of the demo work, teach and play, as far as its team knows."""

from __future__ import annotations

from dataclasses import dataclass

from inbox.models import Source
from members import affiliation_verbs, loose_days, organisation_verbs
from members.models import Organisation
from team.models import User

from .apply import member_called
from .team import LENA

REPAIR_CAFE = "Repair Café International"
YOUTH_CENTRE = "MJC de Villeurbanne"


@dataclass(frozen=True)
class KnownAffiliation:
    """`since` and `until` as somebody types them."""

    site: str
    handle: str
    organisation: str
    role: str = ""
    since: str = ""
    until: str = ""


AFFILIATIONS = (
    KnownAffiliation("forum", "emel", REPAIR_CAFE, "Founder, Neukölln", "Mar 2017"),
    KnownAffiliation("forum", "bramv", REPAIR_CAFE, "Writes the guides", "2020"),
    KnownAffiliation("help", "corinne_q", REPAIR_CAFE, "Volunteer"),
    KnownAffiliation("forum", "ettore", REPAIR_CAFE, "Volunteer", "2016", "May 2023"),
    KnownAffiliation("forum", "inesw", "Werk 2", "Head of the metal workshop", "Sep 2019"),
    KnownAffiliation("forum", "inesw", "Hochschule Anhalt", "Lecturer", "2014", "Jul 2019"),
    KnownAffiliation("forum", "petra", "Göteborgs stadsbibliotek", "Librarian", "2011"),
    KnownAffiliation("social", "oluwaseun_dsp", "TU Delft", "Doctoral researcher", "Sep 2022"),
    KnownAffiliation("forum", "claire_m", YOUTH_CENTRE, "Runs the soldering workshop", "2016"),
    KnownAffiliation("forum", "julien_lac", YOUTH_CENTRE, "Volunteer"),
    KnownAffiliation("help", "m_bell", "Hilltop Primary School", "Teacher", "2008-09-01"),
    KnownAffiliation("forum", "kofi", "St Paul’s, Accra", "Organist", "2009"),
)
WEBSITES = {
    REPAIR_CAFE: "https://repaircafe.example/",
    "TU Delft": "https://delft.example/",
    "Werk 2": "https://werk2.example/",
}


def write_down(sources: dict[str, Source], users: dict[str, User]) -> None:
    by = users[LENA]
    for known in AFFILIATIONS:
        affiliation_verbs.affiliate(
            member_called(sources[known.site], known.handle),
            known.organisation,
            by=by,
            role=known.role,
            since=loose_days.read(known.since) if known.since else None,
            until=loose_days.read(known.until) if known.until else None,
        )
    for name, website in WEBSITES.items():
        there = Organisation.objects.called(name).get()
        organisation_verbs.edit(there, by=by, website=website)
