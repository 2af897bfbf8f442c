"""What the team writes down about a member. Each change says what it did and can be undone."""

from __future__ import annotations

import zoneinfo

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import trigger_client_event

from community_hub.lib import htmx
from members import details_saving, verbs
from members.details_form import DetailsForm
from members.forms import NoteForm
from members.log import own_notes
from members.models import Member, Stage, Visibility
from members.models.tag import tag_name
from members.stage_verbs import unpin_stage
from team.actions import Changes
from team.http import AuthenticatedHttpRequest

from .access import visible_member
from .member_page import member_page


@require_POST
def tags(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = visible_member(request, pk)
    verbs.tag.require(request.user)
    try:
        name = tag_name(request.POST.get("name", ""))
    except ValueError as error:
        return answer(request, found, str(error), level="error")
    changes = verbs.tag(found, name, by=request.user)
    return answer(request, found, _("Tagged “%(name)s”.") % {"name": name}, changes)


@require_http_methods(["POST", "DELETE"])
def tag(request: AuthenticatedHttpRequest, pk: int, tag_pk: int) -> HttpResponse:
    found = visible_member(request, pk)
    verbs.untag.require(request.user)
    if htmx.method(request) != "DELETE":
        raise Http404
    gone = get_object_or_404(found.tags, pk=tag_pk)
    changes = verbs.untag(found, gone, by=request.user)
    return answer(request, found, _("Removed “%(name)s”.") % {"name": gone.name}, changes)


@require_http_methods(["POST", "DELETE"])
def stage(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """POST `stage`: set by hand, to stay. DELETE: the milestones decide again."""
    found = visible_member(request, pk)
    verbs.set_stage.require(request.user)
    if found.user_id or found.is_bot:
        return answer(request, found, _("Teammates and bots have no stage."), level="error")
    if htmx.method(request) == "DELETE":
        changes = unpin_stage(found, by=request.user)
        found.refresh_from_db()
        said = _("The milestones decide: %(stage)s") % {"stage": found.get_stage_display()}
        return answer(request, found, said, changes)
    wanted = request.POST.get("stage", "")
    if wanted not in Stage.values:
        return answer(request, found, _("Select a stage."), level="error")
    if wanted == found.stage and found.stage_pinned:
        return answer(request, found, _("That’s already their stage."))
    changes = verbs.set_stage(found, wanted, by=request.user)
    label = Stage(wanted).label
    return answer(
        request, found, _("%(name)s: %(stage)s") % {"name": found, "stage": label}, changes
    )


@require_POST
def notes(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    found = visible_member(request, pk)
    verbs.add_note.require(request.user)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return member_page(request, found.pk, note_form=form, status=422)
    changes = verbs.add_note(found, by=request.user, **form.cleaned_data)
    readers = {
        Visibility.TEAM: _("Note added for the whole team."),
        Visibility.LEADS: _("Note added for leads and you."),
        Visibility.AUTHOR: _("Note added for you only."),
    }
    return answer(request, found, readers[form.cleaned_data["visibility"]], changes)


@require_http_methods(["POST", "DELETE"])
def note(request: AuthenticatedHttpRequest, pk: int, note_pk: int) -> HttpResponse:
    """Only one's own can be taken away; anybody else's is not found."""
    found = visible_member(request, pk)
    verbs.remove_note.require(request.user)
    if htmx.method(request) != "DELETE":
        raise Http404
    mine = own_notes(found, request.user)
    changes = verbs.remove_note(found, get_object_or_404(mine, pk=note_pk), by=request.user)
    return answer(request, found, _("Note deleted."), changes)


@require_http_methods(["GET", "POST"])
def details(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """The page with all that can be corrected by hand: one form, saved at once."""
    found = visible_member(request, pk)
    verbs.describe.require(request.user)
    if request.method == "GET":
        return details_page(request, found, DetailsForm(member=found, user=request.user))
    form = DetailsForm(request.POST, member=found, user=request.user)
    if not form.is_valid():
        return details_page(request, found, form, status=422)
    changes = details_saving.save(found, form.changed, by=request.user)
    if not changes:
        return answer(request, found, _("No changes."))
    return answer(request, found, _("Saved %(name)s.") % {"name": found}, changes)


# Below the views --------------------------------------------------------------------------------


def details_page(
    request: AuthenticatedHttpRequest,
    found: Member,
    form: DetailsForm,
    status: int = 200,
) -> HttpResponse:
    context = {
        "member": found,
        "form": form,
        "timezones": sorted(zoneinfo.available_timezones()),
    }
    return render(request, "members/details.html", context, status=status)


def answer(
    request: AuthenticatedHttpRequest,
    found: Member,
    text: str,
    changes: Changes | None = None,
    *,
    level: str = "",
) -> HttpResponse:
    """The member as they are now, where that part of the page was asked for; else their page."""
    response: HttpResponse = redirect(found)
    if htmx.target(request):
        response = member_page(request, found.pk)
        trigger_client_event(response, "hub:member")  # the parts that were not asked for follow
        if htmx.target(request) != "person":
            trigger_client_event(response, "hub:noted")
    return htmx.tell(request, response, text, undo=changes.undo_url if changes else "", level=level)
