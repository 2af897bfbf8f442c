"""Encounters: what was logged by hand. Each step says what it did and can be undone."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import trigger_client_event

from community_hub.lib import htmx
from community_hub.lib.text import number, storable
from members import (
    encounter_people,
    encounter_saving,
    encounter_steps,
    encounters,
    follow_up_verbs,
    follow_ups,
)
from members import encounter_verbs as verbs
from members.encounter_checks import MOST_PEOPLE, NotPossible, checked_people
from members.encounter_forms import EncounterForm, in_words, understood
from members.encounter_people import People
from members.encounter_saving import NextStep, Twin
from members.models import Encounter, Member
from team import files
from team.actions import Changes
from team.http import AuthenticatedHttpRequest
from team.models import File

FORM = "members/encounter_form.html"
PARTS = ("encounter-form",)


@require_http_methods(["GET", "POST"])
def encounter_new(request: AuthenticatedHttpRequest) -> HttpResponse:
    """GET: the form; `person`: who was there. POST: what it says; `together`: the colleague's
    encounter that it is added to, or "no"."""
    verbs.log_encounter.require(request.user)
    if request.method == "GET":
        people = people_of(request, request.GET)
        return form_page(request, EncounterForm(user=request.user), people)
    form, people = EncounterForm(request.POST, user=request.user), people_of(request, request.POST)
    if problem := problem_of(people):
        form.add_error(None, problem)
    if not form.is_valid():
        return form_page(request, form, people, status=422)
    together = request.POST.get("together", "")
    twin = None if together else encounter_saving.twin_of(form.said, people.members, request.user)
    if twin:
        return form_page(request, form, people, twin=twin, status=422)
    return save(request, form, people, together)


@require_http_methods(["GET", "POST", "DELETE"])
def encounter(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """GET: all of it. POST: what it is from now on. DELETE removes it."""
    if request.method == "GET" and htmx.target(request) == "encounter" and is_removed(request, pk):
        return HttpResponse(status=204, headers={"HX-Redirect": after_removal(request, pk)})
    row = visible(request, pk)
    if request.method == "GET":
        return encounter_page(request, row)
    verbs.edit.require(request.user)
    if htmx.method(request) == "DELETE":
        changes = verbs.remove(row, by=request.user)
        there = redirect(after_removal(request, pk))
        return htmx.tell(request, there, said_of_removal(row, changes), undo=changes.undo_url)
    form = EncounterForm(request.POST, user=request.user, encounter=row)
    people = people_of(request, request.POST)
    if problem := problem_of(people):
        form.add_error(None, problem)
    return edit(request, form, people, row) if form.is_valid() else edit_page(request, form, people)


@require_safe
def details(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """The form of one that is there."""
    row = visible(request, pk)
    if not row.may_be_changed_by(request.user):
        raise PermissionDenied
    there = row.people.filter(pk__in=Member.objects.visible_to(request.user))
    people = People(
        members=list(there.order_by("attended__pk")),
        colleagues=list(row.joined_by.order_by("name")),
    )
    form = EncounterForm(user=request.user, encounter=row)
    return form_page(request, form, people, attached=files.present(row.files_key))


@require_safe
def when(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`when`: what is understood of it, while one types; `said_at`: when it was typed, else now."""
    given = request.GET.get("when", "")
    try:
        words, is_wrong = in_words(understood(given, request.GET.get("said_at", ""))), False
    except ValidationError as error:
        words, is_wrong = error.messages[0], True
    context = {"words": words, "is_wrong": is_wrong}
    return htmx.respond(request, "members/encounter_when.html", context)


@require_safe
def people(request: AuthenticatedHttpRequest) -> JsonResponse:
    """`q`: the beginning of a name or a handle."""
    typed = storable(request.GET.get("q", ""))
    return JsonResponse({"people": encounter_people.offered(typed, request.user)})


# Below the views ----------------------------------------------------------------------------------


def visible(request: AuthenticatedHttpRequest, pk: int) -> Encounter:
    seen = Encounter.objects.visible_to(request.user).present().select_related("by")
    return get_object_or_404(seen, pk=pk)


def is_removed(request: AuthenticatedHttpRequest, pk: int) -> bool:
    """An undo took it away while its page was open."""
    gone = Encounter.objects.visible_to(request.user).filter(pk=pk, removed_at__isnull=False)
    return gone.exists()


def after_removal(request: AuthenticatedHttpRequest, pk: int) -> str:
    """The page of the one from whose page somebody came (`from`), or of the first of its people;
    where there is none, what one did, which can be undone there."""
    there = Member.objects.visible_to(request.user).filter(attended__encounter=pk)
    came_from = there.filter(pk=number(request.POST.get("from")))
    person = came_from.first() or there.order_by("attended__pk").first()
    return person.get_absolute_url() if person else reverse("own-actions")


def came_from(request: AuthenticatedHttpRequest) -> int:
    """The member on whose page the link was; 0 where there is none."""
    try:
        found = resolve(urlsplit(request.headers.get("Referer", "")).path)
    except (Resolver404, ValueError):
        return 0
    return int(found.kwargs["pk"]) if found.url_name == "member" else 0


def said_of_removal(row: Encounter, changes: Changes) -> str:
    steps = changes.actions[0].before["steps"] if changes else []
    words = _("%(what)s and its next step removed") if steps else _("%(what)s removed")
    return words % {"what": row}


def encounter_page(request: AuthenticatedHttpRequest, row: Encounter) -> HttpResponse:
    found = encounters.people_of([row.pk], request.user, most=MOST_PEOPLE)
    context = {
        "encounter": row,
        "people": found.get(row.pk, ([], 0))[0],
        "files": files.present(row.files_key),
        "joined_by": row.joined_by.order_by("name"),
        "may_change": row.may_be_changed_by(request.user),
        "from": came_from(request),
        "steps": encounter_steps.next_steps(row, request.user),
        "when": encounters.in_both_zones(row.occurred_at, request.user),
    }
    return htmx.respond(request, "members/encounter.html", context, parts=("encounter",))


def people_of(request: AuthenticatedHttpRequest, data: Any) -> People:
    typed = storable(data.get("who", ""))
    return encounter_people.of_tokens(data.getlist("person"), typed, request.user)


def problem_of(people: People) -> str:
    """What the verb would refuse, beside the other mistakes of the form."""
    if people.problem:
        return people.problem
    try:
        checked_people(people.members, people.new)
    except NotPossible as error:
        return str(error)
    return ""


def form_page(
    request: AuthenticatedHttpRequest,
    form: EncounterForm,
    people: People,
    *,
    attached: Any = None,
    twin: Twin | None = None,
    status: int = 200,
) -> HttpResponse:
    row = form.encounter
    bound = form.is_bound and "when" in getattr(form, "cleaned_data", {})
    days = [] if row else follow_ups.offered_days(request.user)
    context = {
        "form": form,
        "people": people,
        "attached": attached if attached is not None else sent_files(request, row),
        "encounter": row,
        "twin": twin,
        "together": request.POST.get("together", ""),
        "understood": in_words(form.cleaned_data["when"]) if bound else "",
        "next_for": request.POST.get("next_for", ""),
        "days": days,
        "most_bytes": files.MOST_BYTES,
        "address": request.path if not row else row.get_absolute_url(),
    }
    return htmx.respond(request, FORM, context, parts=PARTS, status=status)


def sent_files(request: AuthenticatedHttpRequest, row: Encounter | None) -> list[File]:
    """Those that this user may attach, of what the form names."""
    owners = [files.owner_of(request.user), *([row.files_key] if row else [])]
    return list(files.present(*owners).filter(pk__in=file_ids(request)))


def file_ids(request: AuthenticatedHttpRequest) -> list[int]:
    return [
        pk for value in request.POST.getlist("file")[: files.MOST_FILES] if (pk := number(value))
    ]


def uploaded(request: AuthenticatedHttpRequest) -> list[int]:
    """Those that were sent with a plain form, besides those that were uploaded before. Raises
    NotKept."""
    given = request.FILES.getlist("upload")[: files.MOST_FILES]
    kept = [files.keep(each, each.name or "", by=request.user).pk for each in given]
    return [*file_ids(request), *kept]


def save(
    request: AuthenticatedHttpRequest, form: EncounterForm, people: People, together: str
) -> HttpResponse:
    said, data = form.said, form.cleaned_data
    words, about = data["next_text"].strip(), request.POST.get("next_for", "")
    joined = visible(request, number(together)) if number(together) else None
    try:
        changes = encounter_saving.save(
            said, people, by=request.user, file_ids=uploaded(request), token=data["token"],
            next_step=NextStep(words, data["next_on"], about) if words else None, joined=joined,
        )  # fmt: skip
    except (NotPossible, follow_up_verbs.NotPossible, files.NotKept) as error:
        form.add_error(None, str(error))
        return form_page(request, form, people, status=422)
    said_now = said_of(changes, joined)
    if changes and words:
        said_now += " · " + encounter_steps.planned_for(data["next_on"])
    return saved(request, changes, said_now)


def edit(
    request: AuthenticatedHttpRequest, form: EncounterForm, people: People, row: Encounter
) -> HttpResponse:
    hidden = row.people.exclude(pk__in=Member.objects.visible_to(request.user))  # they stay
    try:
        changes = verbs.edit(
            row, by=request.user, people=[*people.members, *hidden], new_people=people.new,
            colleagues=people.colleagues, file_ids=uploaded(request), **form.said,
        )  # fmt: skip
    except (NotPossible, files.NotKept) as error:
        form.add_error(None, str(error))
        return edit_page(request, form, people)
    return saved(request, changes, _("Saved") if changes else _("No changes."), row)


def edit_page(
    request: AuthenticatedHttpRequest, form: EncounterForm, people: People
) -> HttpResponse:
    return form_page(request, form, people, status=422)


def said_of(changes: Changes, joined: Encounter | None) -> str:
    if not changes:
        return _("It was saved already.")
    if joined:
        return _("Added to what %(name)s logged") % {"name": joined.by.first_name}
    row = Encounter.objects.get(pk=changes.actions[0].object_id)
    number_of_people = row.attended.count()
    said = ngettext("%(kind)s logged", "%(kind)s with %(n)d people logged", number_of_people)
    return said % {"kind": row.get_kind_display(), "n": number_of_people}


def saved(
    request: AuthenticatedHttpRequest, changes: Changes, text: str, row: Encounter | None = None
) -> HttpResponse:
    """In the dialog, what shows the people fetches itself again; a page leads to the encounter."""
    pk = row.pk if row else changes.actions[0].object_id if changes else None
    page = redirect("encounter", pk) if pk else redirect("members")
    if "HX-Request" not in request.headers:
        return htmx.tell(request, page, text, undo=changes.undo_url)
    if request.POST.get("in_dialog"):
        response = HttpResponse(status=204)
        for event in ("hub:member", "hub:noted"):
            trigger_client_event(response, event)
        htmx.tell(request, response, text, undo=changes.undo_url)
    else:
        htmx.tell(request, page, text, undo=changes.undo_url)
        response = HttpResponse(status=204, headers={"HX-Redirect": page["Location"]})
    return trigger_client_event(response, "hub:encounter-saved")
