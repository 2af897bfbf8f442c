"""How often to be in touch with a member."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from community_hub.lib import htmx
from members import keep_in_touch
from members.follow_up_verbs import NotPossible
from members.forms import CadenceForm
from team.http import AuthenticatedHttpRequest

from .access import visible_member
from .follow_ups import answer


@require_http_methods(["GET", "POST"])
def cadence(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """POST `cadence_days`; empty leaves it to the member's tags."""
    member = visible_member(request, pk)
    keep_in_touch.set_cadence.require(request.user)
    days, tag = keep_in_touch.cadence_of(member)
    form = CadenceForm(request.POST or None, initial={"cadence_days": None if tag else days})
    if form.is_valid():
        wanted = form.cleaned_data["cadence_days"]
        try:
            changes = keep_in_touch.set_cadence(member, wanted, by=request.user)
        except NotPossible as error:
            form.add_error(None, str(error))
        else:
            return answer(request, member, said_of(wanted), changes)
    context = {
        "form": form,
        "member": member,
        "tag": tag,
        "days": days,
        "in_menu": bool(htmx.target(request)),
    }
    status = 422 if form.is_bound else 200
    parts = ("cadence-form",)
    return htmx.respond(request, "members/cadence.html", context, parts=parts, status=status)


def said_of(days: int | None) -> str:
    if days is None:
        return _("No number of days of their own any more.")
    said = ngettext("In touch every day.", "In touch every %(n)d days.", days)
    return said % {"n": days}
