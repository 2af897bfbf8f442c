"""What is done about a newcomer, thanks that are due, or somebody who goes quiet."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community_hub.lib import htmx
from community_hub.lib.text import number
from members import follow_up_verbs, follow_ups, occasion_verbs, occasions
from members.follow_up_verbs import NotPossible
from members.models import FollowUpState, Member
from members.occasions import Occasion
from team.actions import Changes
from team.http import AuthenticatedHttpRequest
from team.models import User

from .access import visible_member
from .follow_ups import answer

PAGE = "members/occasion.html"
PARTS = ("occasion-days", "occasion-owners")


@require_http_methods(["GET", "POST"])
def occasion(request: AuthenticatedHttpRequest, pk: int, slug: str) -> HttpResponse:
    """GET: days and teammates to choose from. POST `step`: one of STEPS."""
    member = visible_member(request, pk)
    follow_up_verbs.plan.require(request.user)
    kind = occasions.kind_called(slug)
    step = STEPS.get(request.POST.get("step", ""))
    if kind is None or (request.method == "POST" and step is None):
        raise Http404
    if request.method == "GET":
        return menus(request, member, slug)
    found = kind.of(member, request.user)
    if found is None:
        return answer(request, member, _("It’s taken care of already."), back="/today/")
    try:
        said, changes = step(found, request) if step else ("", None)
    except NotPossible as error:
        return answer(request, member, str(error), level="error", back="/today/")
    return answer(request, member, said, changes, back="/today/")


# Below the view -----------------------------------------------------------------------------------


def take(found: Occasion, request: AuthenticatedHttpRequest) -> tuple[str, Changes]:
    changes = occasion_verbs.take(found, by=request.user)
    return _("It’s on your list for today."), changes


def give(found: Occasion, request: AuthenticatedHttpRequest) -> tuple[str, Changes]:
    """`user`: to whom."""
    wanted = request.POST.get("user", "")
    able = User.objects.who_can_triage()
    to = request.user if wanted == "me" else get_object_or_404(able, pk=number(wanted))
    changes = occasion_verbs.take(found, by=request.user, owner=to)
    return _("Given to %(name)s.") % {"name": to}, changes


def later(found: Occasion, request: AuthenticatedHttpRequest) -> tuple[str, Changes]:
    """`due_on`: a day."""
    try:
        day = forms.DateField().clean(request.POST.get("due_on", ""))
    except forms.ValidationError:
        raise NotPossible(_("Select a day.")) from None
    changes = occasion_verbs.put_off(found, day, by=request.user)
    return _("Put off."), changes


def done(found: Occasion, request: AuthenticatedHttpRequest) -> tuple[str, Changes]:
    changes = occasion_verbs.settle(found, FollowUpState.KEPT, by=request.user)
    return f"{found.kind.done}: {found.member}", changes


def dismiss(found: Occasion, request: AuthenticatedHttpRequest) -> tuple[str, Changes]:
    if not found.kind.can_be_dismissed:
        raise NotPossible(_("Put it off instead."))
    changes = occasion_verbs.settle(found, FollowUpState.DROPPED, by=request.user)
    return _("Dismissed: %(name)s") % {"name": found.member}, changes


STEPS: dict[str, Callable[[Occasion, AuthenticatedHttpRequest], tuple[str, Changes]]] = {
    "take": take,
    "give": give,
    "later": later,
    "done": done,
    "dismiss": dismiss,
}


def menus(request: AuthenticatedHttpRequest, member: Member, slug: str) -> HttpResponse:
    context = {
        "member": member,
        "slug": slug,
        "days": follow_ups.offered_days(request.user),
        "colleagues": User.objects.who_can_triage().order_by("name", "pk")[:200],
    }
    return htmx.respond(request, PAGE, context, parts=PARTS)
