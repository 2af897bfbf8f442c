"""Where a member is or was: added on their page, changed on a page of its own."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community_hub.lib import htmx
from members import affiliation_verbs
from members.affiliation_forms import AffiliationForm, PeriodForm
from members.affiliation_verbs import AffiliationRefused
from members.models import Affiliation
from team.http import AuthenticatedHttpRequest

from .access import visible_member
from .changes import answer
from .member_page import member_page


@require_POST
def affiliations(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """`organisation` by its name, `role`, `since` and `until`."""
    found = visible_member(request, pk)
    affiliation_verbs.affiliate.require(request.user)
    form = AffiliationForm(request.POST)
    if form.is_valid():
        try:
            changes = affiliation_verbs.affiliate(found, by=request.user, **form.said)
        except AffiliationRefused as refused:
            form.add_error(refused.field, str(refused))
        else:
            said = _("Added “%(organisation)s”.") % form.said
            return answer(request, found, said, changes)
    return member_page(request, found.pk, affiliation_form=form, status=422)


@require_http_methods(["GET", "POST", "DELETE"])
def affiliation(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """POST: role and days. DELETE: as if it had never been."""
    found = visible_affiliation(request, pk)
    if request.method == "GET":
        return affiliation_page(request, found, PeriodForm(affiliation=found))
    if htmx.method(request) == "DELETE":
        changes = affiliation_verbs.remove(found, by=request.user)
        return answer(request, found.member, _("Removed “%(name)s”.") % {"name": found}, changes)
    form = PeriodForm(request.POST, affiliation=found)
    if form.is_valid():
        try:
            changes = affiliation_verbs.change(found, by=request.user, **form.said)
        except AffiliationRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            said = _("Saved.") if changes else _("No changes.")
            return answer(request, found.member, said, changes)
    return affiliation_page(request, found, form, status=422)


@require_POST
def ending(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """It ends today."""
    found = visible_affiliation(request, pk)
    try:
        changes = affiliation_verbs.end(found, by=request.user)
    except AffiliationRefused as refused:
        return answer(request, found.member, str(refused), level="error")
    said = _("“%(name)s” ended today.") if changes else _("“%(name)s” has ended already.")
    return answer(request, found.member, said % {"name": found}, changes)


# Below the views ---------------------------------------------------------------------------------


def visible_affiliation(request: AuthenticatedHttpRequest, pk: int) -> Affiliation:
    """404 for one that was removed too."""
    affiliation_verbs.change.require(request.user)
    seen = Affiliation.objects.visible_to(request.user).present()
    return get_object_or_404(seen.select_related("member", "organisation"), pk=pk)


def affiliation_page(
    request: AuthenticatedHttpRequest, found: Affiliation, form: PeriodForm, *, status: int = 200
) -> HttpResponse:
    context = {"affiliation": found, "member": found.member, "form": form}
    return render(request, "members/affiliation.html", context, status=status)
