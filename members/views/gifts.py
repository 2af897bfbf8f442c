"""A member's size and address for gifts: for whoever may edit members, and nobody else."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from community_hub.lib import htmx
from members import gift_verbs
from members.follow_up_verbs import NotPossible
from members.gift_form import GiftForm
from members.models import GiftDetails, Member
from team.http import AuthenticatedHttpRequest

from .access import visible_member
from .changes import answer


@sensitive_post_parameters("address", "size")
@never_cache
@require_http_methods(["GET", "POST", "DELETE"])
def gift_details(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """GET `renew`: their consent is told anew. POST: what is kept from now on. DELETE: nothing."""
    gift_verbs.keep.require(request.user)
    found = visible_member(request, pk)
    if htmx.method(request) == "DELETE":
        changes = gift_verbs.delete(found, by=request.user)
        said = _("Deleted. Undo works for a day.") if changes else _("Nothing was kept.")
        return answer(request, found, said, changes)
    kept = GiftDetails.objects.visible_to(request.user).filter(member=found).first()
    is_renewal = bool(kept) and "renew" in request.GET
    data = request.POST if request.method == "POST" else None
    form = GiftForm(data, member=found, kept=kept, is_renewal=is_renewal)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return gift_page(request, found, form, is_renewal=is_renewal, status=status)
    try:
        changes = gift_verbs.keep(found, form.gift, by=request.user)
    except NotPossible as error:
        return answer(request, found, str(error), level="error")
    return answer(request, found, _("Saved.") if changes else _("No changes."), changes)


def gift_page(
    request: AuthenticatedHttpRequest,
    found: Member,
    form: GiftForm,
    *,
    is_renewal: bool,
    status: int = 200,
) -> HttpResponse:
    context = {"member": found, "form": form, "is_renewal": is_renewal}
    return render(request, "members/gift_details.html", context, status=status)
