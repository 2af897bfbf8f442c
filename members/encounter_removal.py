"""What goes with an encounter: its next step, and whoever was made a member by it alone.

They are taken along as JSON values, which an undo brings back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.core import serializers
from django.db.models import Exists, Model, OuterRef, QuerySet

from team.models import Action

from . import log
from .encounter_state import people_of, put_people
from .encounter_steps import steps_of
from .follow_up_words import log_planned, owner_need_not_know, planned_key
from .models import Activity, Encounter, EncounterPerson, FollowUp, Member
from .models.member import MemberQuerySet

# What is worked out from everything else says nothing of its own about a member.
DERIVED = ("Bond", "SoleContact", "StaleMember", "Outreach", "Rhythm")


def take_along(row: Encounter) -> dict[str, Any]:
    """Of an encounter whose lines are hidden already: what goes with it, and who was there."""
    people, steps = people_of(row), list(steps_of(row).open().select_related("owner"))
    state = {"people": people, "steps": _dumped(steps)}
    log.remove(planned_key(step.pk) for step in steps)
    for step in steps:
        owner_need_not_know(step)
    FollowUp.objects.filter(pk__in=[step.pk for step in steps]).delete()
    made = only_made(_made_by(row) & set(people))
    state["made"] = _dumped(list(made))
    made.delete()
    return state


def bring_back(row: Encounter, state: dict[str, Any]) -> None:
    """`state`: as take_along() has it, {} where nothing was taken along."""
    _load(state.get("made", []))
    people = state.get("people") or people_of(row)
    still = set(Member.objects.filter(pk__in=people).values_list("pk", flat=True))
    put_people(row, [pk for pk in people if pk in still])
    steps = [step for step in state.get("steps", []) if step["fields"]["member"] in still]
    _load(steps)
    for step in FollowUp.objects.filter(pk__in=[step["pk"] for step in steps]):
        log_planned(step)


def forget_unused(made: Iterable[int]) -> None:
    """Of those who were made by their names, whoever nothing else is known of."""
    only_made(made).delete()


def only_made(pks: Iterable[int]) -> MemberQuerySet:
    """Of these members, those of whom there is a name and nothing else: no account, no line of the
    log, no encounter, and nothing that anybody wrote down or decided about them."""
    pks = list(pks)
    touched = Action.objects.filter(object_type="members.member", undone_at__isnull=True)
    found = Member.objects.filter(
        pk__in=pks, owner__isnull=True, backup__isnull=True, user__isnull=True
    ).exclude(pk__in=touched.filter(object_id__in=pks).values("object_id"))
    for relation in Member._meta.related_objects:
        if relation.many_to_many or relation.related_model.__name__ in DERIVED:
            continue
        about = _present(relation.related_model)
        found = found.exclude(Exists(about.filter(**{relation.field.name: OuterRef("pk")})))
    return found


# Below ------------------------------------------------------------------------------------------


def _present(model: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = model._base_manager.all()
    if model is Activity:
        return rows.filter(removed_at__isnull=True)
    if model is EncounterPerson:
        return rows.filter(encounter__removed_at__isnull=True)
    return rows


def _made_by(row: Encounter) -> set[int]:
    """Who was made a member when it was logged or changed."""
    taken = Action.objects.filter(object_type="members.encounter", object_id=row.pk)
    return {pk for action in taken for pk in action.after.get("made", [])}


def _dumped(rows: list[Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(serializers.serialize("json", rows))
    return found


def _load(rows: list[dict[str, Any]]) -> list[Model]:
    """A field that is no more is left out."""
    found = list(serializers.deserialize("python", rows, ignorenonexistent=True))
    for each in found:
        each.save()
    return [each.object for each in found]
