"""Who comes: added by name, changed and taken off the list by the team."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from community_hub.lib import htmx
from community_hub.lib.text import number, storable
from events.answers import Refused
from events.models import Answer, Attendance, Event, Part
from events.verbs import adding, attending, removing
from events.views.access import told, visible_attendance, visible_event
from members import encounter_people
from members.encounter_people import People
from team.actions import Changes
from team.http import AuthenticatedHttpRequest

PARTS = ("attendance",)


@require_http_methods(["GET", "POST"])
def attendances(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """GET: the form that adds people. POST: `person` (repeated) and `who`, as the people picker
    sends them, `answer`, `role` and `guests`."""
    adding.add_people.require(request.user)
    found = visible_event(request, pk)
    if request.method == "GET":
        return form_page(request, found, People())
    typed = storable(request.POST.get("who", ""))
    people = encounter_people.of_tokens(request.POST.getlist("person"), typed, request.user)
    wrong = people.problem
    if not wrong and not people.chips:
        wrong = _("Enter a name.")
    if wrong:
        return form_page(request, found, people, wrong=wrong)
    try:
        changes = adding.add_people(
            found, people.members, new_people=people.new, by=request.user, **answered(request)
        )
    except (Refused, ValueError) as error:
        return form_page(request, found, people, wrong=str(error))
    return told(request, found, said_of(changes), changes)


@require_http_methods(["GET", "POST", "DELETE"])
def attendance(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """GET: the form of one. POST: `answer`, `role` and `guests`. DELETE: off the list."""
    attending.answer.require(request.user)
    row = visible_attendance(request, pk)
    if request.method == "GET":
        return row_page(request, row)
    if htmx.method(request) == "DELETE":
        changes = removing.remove_answer(row, by=request.user)
        said = _("%(name)s is off the list.") % {"name": row.member}
        return told(request, row.event, said, changes)
    try:
        changes = change(row, by=request.user, **answered(request))
    except (Refused, ValueError) as error:
        return row_page(request, row, wrong=str(error))
    row.refresh_from_db()
    said = _("%(name)s: %(answer)s") % {"name": row.member, "answer": row.get_answer_display()}
    return told(request, row.event, said if changes else _("No changes."), changes)


# Below the views ---------------------------------------------------------------------------------


def answered(request: AuthenticatedHttpRequest) -> dict[str, Any]:
    """ValueError for what no form offers."""
    data = request.POST
    return {
        "wanted": Answer(data.get("answer") or Answer.GOING).value,
        "role": Part(data.get("role") or Part.ATTENDEE).value,
        "guests": number(data.get("guests")),
    }


def change(row: Attendance, *, by: Any, wanted: str, role: str, guests: int) -> Changes:
    """Under one Undo. Of an event that takes no answers any more, the role alone."""
    group = uuid.uuid4()
    told = Changes(group)
    with transaction.atomic():
        if wanted != row.answer or guests != row.guests:
            changes = attending.answer(
                row.event, row.member, wanted, by=by, guests=guests, role=role, group=group
            )
            told.actions.extend(changes.actions)
        elif role != row.role:
            told = attending.set_role(row, role, by=by)
    return told


def said_of(changes: Changes) -> str:
    rows = [action for action in changes.actions if action.object_type == attending.ON]
    if not rows:
        return _("They’re on the list already.")
    people = {action.object_id for action in rows}
    waiting = Attendance.objects.filter(pk__in=people, answer=Answer.WAITING).count()
    said = ngettext("%(n)d person added.", "%(n)d people added.", len(people)) % {"n": len(people)}
    if waiting:
        more = ngettext("%(n)d is on the waiting list.", "%(n)d are on the waiting list.", waiting)
        said = f"{said} {more % {'n': waiting}}"
    return said


def form_page(
    request: AuthenticatedHttpRequest, found: Event, people: People, *, wrong: str = ""
) -> HttpResponse:
    context = {
        "event": found,
        "people": people,
        "wrong": wrong,
        "answers": [(answer.value, answer.label) for answer in Answer if answer != Answer.WAITING],
        "roles": Part.choices,
        "answer": request.POST.get("answer", Answer.GOING),
        "role": request.POST.get("role", Part.ATTENDEE),
        "guests": number(request.POST.get("guests")),
        "is_over": found.state_now == "over",
        "closed": "" if found.takes_answers or found.state_now == "over" else found.state_now,
    }
    status = 422 if wrong else 200
    return htmx.respond(
        request, "events/add_people.html", context, parts=("add-people",), status=status
    )


def row_page(
    request: AuthenticatedHttpRequest, row: Attendance, *, wrong: str = ""
) -> HttpResponse:
    context = {
        "row": row,
        "event": row.event,
        "wrong": wrong,
        "answers": Answer.choices,
        "roles": Part.choices,
        "may_answer": row.event.takes_answers,
    }
    status = 422 if wrong else 200
    return htmx.respond(request, "events/attendance.html", context, parts=PARTS, status=status)
