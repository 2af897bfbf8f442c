"""What a teammate looks after, on one page, and the action that gives it to another."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from community_hub.lib import htmx
from members import follow_ups, handovers
from members.handover_forms import HandoverForm
from members.handover_verbs import hand_over
from team.http import AuthenticatedHttpRequest
from team.models import User


@require_http_methods(["GET", "POST"])
def handover(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """GET: the page, made to be printed. POST `to`: who takes all of it."""
    teammate = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    if not handovers.may_hand_over(teammate, request.user):
        raise PermissionDenied
    if request.method == "GET":
        return page(request, teammate, HandoverForm(teammate=teammate))
    form = HandoverForm(request.POST, teammate=teammate)
    if not form.is_valid():
        return page(request, teammate, form, status=422)
    to = form.cleaned_data["to"]
    changes = hand_over(teammate, to, by=request.user)
    return htmx.tell(
        request,
        redirect("handover", teammate.pk),
        said(len(changes) - 1, to)
        if changes
        else _("There’s nothing that %(name)s may take over.") % {"name": to},
        undo=changes.undo_url,
    )


# Below the view -----------------------------------------------------------------------------------


def page(
    request: AuthenticatedHttpRequest, teammate: User, form: HandoverForm, status: int = 200
) -> HttpResponse:
    context = {
        "teammate": teammate,
        "form": form,
        "sections": handovers.sections(teammate, request.user),
        "day": follow_ups.today(),
    }
    return htmx.respond(request, "members/handover.html", context, status=status)


def said(moved: int, to: User) -> str:
    words = ngettext("%(name)s has 1 thing more now.", "%(name)s has %(n)d things more now.", moved)
    return words % {"name": to, "n": moved}
