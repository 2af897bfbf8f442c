"""What the demo's team logged by hand: calls, meetings, gifts."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from inbox.models import Source
from members import encounter_verbs
from members.models import Encounter
from team import files
from team.models import User

from .apply import member_called
from .team import BO, LENA, OWNER


@dataclass(frozen=True)
class LoggedEncounter:
    """`people`: (site, handle); `ago`: days. `joined`: a colleague who added their words to it.
    `notes`: a text file that is attached."""

    kind: str
    by: str
    ago: int
    people: tuple[tuple[str, str], ...]
    text: str
    place: str = ""
    new_people: tuple[str, ...] = ()
    visibility: str = "team"
    joined: tuple[str, str] = ("", "")
    notes: str = ""


ENCOUNTERS = (
    LoggedEncounter(
        "call", BO, 1, (("forum", "inesw"),),
        "Looked at the drift together for half an hour. It starts once both outputs are patched; "
        "she sends us a recording. She would test a beta firmware.",
    ),
    LoggedEncounter(
        "call", BO, 9, (("help", "m_bell"),),
        "Twelve pupils, Tuesdays. They have one unit between four of them and would take loans "
        "until the summer.",
    ),
    LoggedEncounter(
        "meeting", LENA, 33, (("forum", "petra"), ("forum", "ettore"), ("forum", "kofi")),
        "The autumn meet-up: 14 came, three brought what they had built. Petra showed the manual’s "
        "new chapter. They want one again in spring.",
        place="Kiezwerkstatt, Berlin", new_people=("Noor Haddad",),
        joined=(BO, "Kofi asked for the schematics of the output board."),
        notes="Autumn meet-up\n\n- 14 people, 5 of them new\n- spring: a Saturday in April\n",
    ),
    LoggedEncounter(
        "gift", LENA, 20, (("forum", "petra"),), "A front panel with her name, for the chapter.",
    ),
    LoggedEncounter(
        "introduction", BO, 45, (("forum", "halvard"), ("forum", "bramv")),
        "Both teach in the evening: they wanted to compare how they begin.",
    ),
    LoggedEncounter(
        "chat", OWNER, 70, (("social", "joss"),),
        "Stopped at our table, had seen the posts and never built anything. Took a kit’s leaflet.",
        place="Superbooth, Berlin",
    ),
    LoggedEncounter(
        "call", LENA, 12, (("forum", "sable"),),
        "Disappointed that the date for the stereo fix passed without a word. Thinks about "
        "selling. Said thank you for calling.",
        visibility="leads",
    ),
)  # fmt: skip


def log_all(sources: dict[str, Source], users: dict[str, User]) -> None:
    """As if each had been logged when it was."""
    for each in ENCOUNTERS:
        by, at = users[each.by], timezone.now() - timedelta(days=each.ago)
        at = at.replace(hour=14, minute=each.ago % 2 * 30, second=0, microsecond=0)
        kept = []
        if each.notes:
            data = io.BytesIO(each.notes.encode())
            kept.append(files.keep(data, f"{each.kind}.txt", by=by).pk)
        made = encounter_verbs.log_encounter(
            each.kind, [member_called(sources[site], handle) for site, handle in each.people],
            by=by, occurred_at=at, place=each.place, text=each.text, visibility=each.visibility,
            new_people=each.new_people, file_ids=kept,
        )  # fmt: skip
        row = Encounter.objects.get(pk=made.actions[0].object_id)
        Encounter.objects.filter(pk=row.pk).update(created_at=at)
        colleague, words = each.joined
        if colleague:
            encounter_verbs.join(row, [], by=users[colleague], text=words)
