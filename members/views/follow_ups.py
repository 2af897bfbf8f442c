"""What the team will do for a member: planned, changed, closed. Each says what it did and can be
undone."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import trigger_client_event

from community_hub.lib import htmx
from community_hub.lib.text import number
from members import follow_up_verbs as verbs
from members import follow_ups, occasion_verbs
from members.follow_up_verbs import NotPossible, Origin
from members.forms import FollowUpForm
from members.models import FollowUp, FollowUpState, Member
from team.actions import Changes
from team.http import AuthenticatedHttpRequest
from team.models import User

from .access import visible_member

PAGE = "members/follow_up.html"
PARTS = ("follow-up-form", "follow-up-days", "follow-up-owners")


@require_http_methods(["GET", "POST"])
def follow_up_new(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """About a member, from their page."""
    return plan_for(request, visible_member(request, pk), verbs.NOWHERE, request.path)


@require_http_methods(["GET", "POST"])
def follow_up(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    row = visible(request, pk)
    verbs.reschedule.require(request.user)
    if request.method == "GET":
        form = FollowUpForm(user=request.user, follow_up=row)
        return form_page(request, form, row.member, request.path, row)
    form = FollowUpForm(request.POST, user=request.user, follow_up=row)
    if form.is_valid():
        try:
            changes = verbs.reschedule(row, by=request.user, **form.said)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            said = _("Saved. %(due)s") % {"due": due_of(row)} if changes else _("No changes.")
            return answer(request, row.member, said, changes)
    return form_page(request, form, row.member, request.path, row, status=422)


@require_http_methods(["GET", "POST"])
def due_day(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """GET: the days that are offered. POST `due_on`: another day."""
    row = visible(request, pk)
    verbs.reschedule.require(request.user)
    if request.method == "GET":
        context = {"follow_up": row, "days": follow_ups.offered_days(request.user)}
        return htmx.respond(request, PAGE, context, parts=PARTS)
    data = {**FollowUpForm(user=request.user, follow_up=row).initial, **request.POST.dict()}
    form = FollowUpForm(data, user=request.user, follow_up=row)
    if not form.is_valid():
        return answer(request, row.member, first_error(form), level="error")
    try:
        changes = verbs.reschedule(row, due_on=form.cleaned_data["due_on"], by=request.user)
    except NotPossible as error:
        return answer(request, row.member, str(error), level="error")
    return answer(request, row.member, due_of(row), changes)


@require_http_methods(["GET", "POST"])
def owner(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """GET: whom it can be given to. POST `user`: give it, "me" for taking it over."""
    row = visible(request, pk)
    verbs.reschedule.require(request.user)
    able = User.objects.who_can_triage().order_by("name", "pk")
    if request.method == "GET":
        context = {"follow_up": row, "colleagues": able.exclude(pk=row.owner_id)[:200]}
        return htmx.respond(request, PAGE, context, parts=PARTS)
    wanted = request.POST.get("user", "")
    to = request.user if wanted == "me" else get_object_or_404(able, pk=number(wanted))
    try:
        changes = verbs.reschedule(row, owner=to, by=request.user)
    except NotPossible as error:
        return answer(request, row.member, str(error), level="error")
    said = _("It’s yours.") if to == request.user else _("Given to %(name)s.") % {"name": to}
    return answer(request, row.member, said, changes)


@require_http_methods(["POST", "DELETE"])
def closure(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """POST `state`: how it ended. DELETE opens it again."""
    row = visible(request, pk)
    verbs.complete.require(request.user)
    if htmx.method(request) == "DELETE":
        return reopened(request, row)
    state = request.POST.get("state", FollowUpState.KEPT)
    if state not in row.closing_states:
        return answer(request, row.member, _("Select how it ended."), level="error")
    changes = occasion_verbs.complete(row, state, by=request.user)
    if not changes:
        return answer(request, row.member, _("A teammate was quicker: it’s closed already."))
    return answer(request, row.member, row.closed_words, changes)


# Below the views ----------------------------------------------------------------------------------


def reopened(request: AuthenticatedHttpRequest, row: FollowUp) -> HttpResponse:
    try:
        changes = verbs.reopen(row, by=request.user)
    except NotPossible as error:
        return answer(request, row.member, str(error), level="error")
    return answer(request, row.member, _("Reopened. %(due)s") % {"due": due_of(row)}, changes)


def plan_for(
    request: AuthenticatedHttpRequest,
    member: Member,
    origin: Origin,
    address: str,
    initial: dict[str, Any] | None = None,
) -> HttpResponse:
    """GET: the form. POST: what it says. `address`: where the form is sent."""
    verbs.plan.require(request.user)
    initial = {"due_on": follow_ups.usual_day(request.user), **(initial or {})}
    if request.method == "GET":
        form = FollowUpForm(user=request.user, initial=initial)
        return form_page(request, form, member, address)
    form = FollowUpForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            changes = verbs.plan(member, by=request.user, origin=origin, **form.said)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            made = FollowUp.objects.visible_to(request.user).get(pk=changes.actions[0].object_id)
            said = _("Promise noted. %(due)s") if made.is_promise else _("Follow-up added. %(due)s")
            fresh = FollowUpForm(user=request.user, initial=initial)
            blank = form_page(request, fresh, member, address)
            said = said % {"due": due_of(made)}
            return answer(request, member, said, changes, part=blank, back=origin.link)
    return form_page(request, form, member, address, status=422)


def form_page(
    request: AuthenticatedHttpRequest,
    form: FollowUpForm,
    member: Member,
    address: str,
    row: FollowUp | None = None,
    status: int = 200,
) -> HttpResponse:
    days = follow_ups.offered_days(request.user)
    context = {
        "form": form,
        "member": member,
        "address": address,
        "follow_up": row,
        "in_menu": bool(htmx.target(request)),
        "days": [follow_ups.Day(_("Today"), follow_ups.today()), *days],
    }
    return htmx.respond(request, PAGE, context, parts=PARTS, status=status)


def visible(request: AuthenticatedHttpRequest, pk: int) -> FollowUp:
    seen = FollowUp.objects.visible_to(request.user).select_related("member", "owner")
    return get_object_or_404(seen, pk=pk)


def due_of(row: FollowUp) -> str:
    words: str = follow_ups.with_days_left([row])[0].due_words
    return words[:1].upper() + words[1:] + "."


def first_error(form: FollowUpForm) -> str:
    return str(next(iter(form.errors.values()))[0])


def answer(
    request: AuthenticatedHttpRequest,
    member: Member,
    text: str,
    changes: Changes | None = None,
    *,
    level: str = "",
    part: HttpResponse | None = None,
    back: str = "",
) -> HttpResponse:
    """What shows the member or their follow-ups fetches itself again; `part` takes the place of
    the form that was sent. A plain form leads `back`, or to the member."""
    response: HttpResponse = redirect(back or member)
    if "HX-Request" in request.headers:
        response = part or HttpResponse(status=204)
        trigger_client_event(response, "hub:member")
        trigger_client_event(response, "hub:noted")
    return htmx.tell(request, response, text, undo=changes.undo_url if changes else "", level=level)
