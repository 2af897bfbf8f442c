"""All that an encounter consists of: read as JSON values, put back, hidden. No audit trail here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from team import files

from .encounter_words import remove_lines, write_lines
from .models import Encounter, EncounterPerson, Member

FIELDS = ("kind", "occurred_at", "place", "text", "visibility")


def people_of(row: Encounter) -> list[int]:
    """The ids of its members, in the order in which they were put there."""
    rows = EncounterPerson.objects.filter(encounter=row).order_by("pk")
    return list(rows.values_list("member_id", flat=True))


def put_people(row: Encounter, members: Iterable[int]) -> None:
    """These and nobody else."""
    wanted = list(dict.fromkeys(members))
    gone = set(people_of(row)) - set(wanted)
    EncounterPerson.objects.filter(encounter=row, member__in=gone).delete()
    EncounterPerson.objects.bulk_create(
        [EncounterPerson(encounter=row, member_id=pk) for pk in wanted], ignore_conflicts=True
    )
    remove_lines(row, gone)
    write_lines(row, wanted)


def state_of(row: Encounter) -> dict[str, Any]:
    """As JSON values."""
    return {
        **{name: getattr(row, name) for name in FIELDS},
        "occurred_at": row.occurred_at.isoformat(),
        "version": row.version,
        "people": people_of(row),
        "files": files.ids_of(row.files_key),
        "joined_by": sorted(row.joined_by.values_list("pk", flat=True)),
    }


def restore(row: Encounter, state: dict[str, Any]) -> None:
    """`state`: as state_of() has it. Whoever was deleted since is left out."""
    for name in FIELDS:
        setattr(row, name, state[name])
    row.occurred_at = datetime.fromisoformat(state["occurred_at"])
    row.version = state["version"]
    row.save(update_fields=[*FIELDS, "version"])
    row.joined_by.set(state["joined_by"])
    still = Member.objects.filter(pk__in=state["people"]).values_list("pk", flat=True)
    put_people(row, [pk for pk in state["people"] if pk in set(still)])
    files.restore(state["files"], row.files_key)


def hide(pk: int, **unchanged: Any) -> bool:
    """False where it is gone, or one of `unchanged`, values by field, is another by now."""
    there = Encounter.objects.present().filter(pk=pk, **unchanged)
    if not there.update(removed_at=timezone.now()):
        return False
    row = Encounter.objects.get(pk=pk)
    remove_lines(row, people_of(row))
    return True
