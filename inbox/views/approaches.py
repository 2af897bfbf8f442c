"""Another message to somebody who didn't ask: requested in the composer, allowed by a lead."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community_hub.lib import htmx
from inbox import approaches
from inbox.models import Message
from inbox.verbs import approaches as verbs
from members.follow_up_verbs import NotPossible
from members.models import Member
from team.http import AuthenticatedHttpRequest


@require_http_methods(["GET", "POST"])
def approach(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Whether one more message may be written to a member; POST allows it."""
    member = get_object_or_404(Member.objects.visible_to(request.user), pk=pk)
    verbs.allow.require(request.user)
    if request.method == "POST":
        response = HttpResponseRedirect(request.path)
        try:
            changes = verbs.allow(member, by=request.user)
        except NotPossible as error:
            return htmx.tell(request, response, str(error), level="error")
        said = _("Another message to %(name)s is allowed.") % {"name": member}
        return htmx.tell(request, response, said, undo=changes.undo_url)
    context = {
        "member": member,
        "is_once_only": approaches.is_once_only(member),
        "allowed": approaches.since_last_approach(approaches.ALLOWED, member),
        "requested": approaches.since_last_approach(approaches.REQUESTED, member),
    }
    return render(request, "inbox/approach.html", context)


@require_POST
def approach_request(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Ask the leads whether its author may be written to once more."""
    seen = Message.objects.visible_to(request.user).select_related("conversation", "source")
    message = get_object_or_404(seen.select_related("author__member"), pk=pk)
    response: HttpResponse = HttpResponseRedirect(message.conversation.get_absolute_url())
    if "HX-Request" in request.headers:
        response = HttpResponse(status=204)
    try:
        changes = verbs.request(message, by=request.user)
    except NotPossible as error:
        return htmx.tell(request, response, str(error))
    asked, already = _("The leads were asked. You’ll be notified."), _("A lead was asked already.")
    return htmx.tell(request, response, asked if changes else already)
