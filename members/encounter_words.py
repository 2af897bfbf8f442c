"""What is said of an encounter: a line in the log of each of its people."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from . import log
from .log import Line
from .models import ActivityKind, Encounter, Visibility

SUMMARY = 2000  # characters of what was said; the encounter has all of it


def write_lines(encounter: Encounter, members: Iterable[int]) -> None:
    """Written again, they are brought up to date."""
    kind = ActivityKind(encounter.kind)
    log.rewrite(
        Line(
            member_id=pk,
            kind=kind,
            summary=encounter.text[:SUMMARY] or empty_words(kind),
            key=encounter.line_key(pk),
            scope="",
            occurred_at=encounter.occurred_at,
            actor_id=encounter.by_id,
            visibility=Visibility(encounter.visibility),
            where=encounter.place,
            link=encounter.get_absolute_url(),
        )
        for pk in members
    )


def remove_lines(encounter: Encounter, members: Iterable[int]) -> None:
    log.remove(encounter.line_key(pk) for pk in members)


def empty_words(kind: ActivityKind) -> str:
    """Of one about which nothing was written down."""
    return {
        ActivityKind.CALL: _("Had a call"),
        ActivityKind.MEETING: _("Met"),
        ActivityKind.CHAT: _("Had a chat"),
        ActivityKind.GIFT: _("Gave them a gift"),
        ActivityKind.INTRODUCTION: _("Introduced"),
    }[kind]
