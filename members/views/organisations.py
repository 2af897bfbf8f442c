"""Organisations: their list, who is at one, and what keeps them in order."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from community_hub.lib import htmx
from community_hub.lib.text import one_line, storable
from members import organisation_page, organisation_verbs
from members.affiliation_forms import OrganisationForm
from members.models import Organisation
from members.models.organisation import LONGEST_NAME
from members.organisation_verbs import NameTaken
from team.actions import Changes
from team.http import AuthenticatedHttpRequest

PAGE = 40
MOST_OFFERED = 20
MOST_OTHERS = 500  # that are offered for a merge
MOST_SHOWN = 200  # characters of a name that there is not


@require_GET
def organisation_list(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`q`: a part of the name; `before`: the cursor of the last row above."""
    text = one_line(request.GET.get("q", ""), LONGEST_NAME)
    before = request.GET.get("before", "")
    rows, page = organisation_page.listed(request.user, text, before, PAGE)
    context = {"rows": rows, "page": page, "q": text}
    parts = ("organisation-rows", "more-organisations")
    return htmx.respond(request, "members/organisations.html", context, parts=parts)


@require_GET
def names(request: AuthenticatedHttpRequest) -> HttpResponse:
    """What the box for an organisation offers for `organisation`, what was typed in it."""
    typed = storable(request.GET.get("organisation", "")).strip()[:LONGEST_NAME]
    found = organisation_page.named_like(typed, request.user)[:MOST_OFFERED]
    return htmx.respond(request, "members/tag_names.html", {"tags": found})


@require_http_methods(["GET", "POST", "DELETE"])
def organisation(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Who is and was there. DELETE: gone from everybody."""
    found = visible_organisation(request, pk)
    if request.method == "GET":
        before = request.GET.get("before", "")
        rows, page = organisation_page.people(found, request.user, before, PAGE)
        context = {
            "organisation": found,
            "people": rows,
            "page": page,
            "members_url": organisation_page.members_url(found),
        }
        parts = ("organisation", "organisation-people")
        return htmx.respond(request, "members/organisation.html", context, parts=parts)
    organisation_verbs.delete.require(request.user)
    if htmx.method(request) != "DELETE":
        return redirect(found)
    changes = organisation_verbs.delete(found, by=request.user)
    said = _("Deleted “%(name)s”.") % {"name": found}
    return htmx.tell(request, redirect("organisations"), said, undo=changes.undo_url)


@require_http_methods(["GET", "POST"])
def details(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Name and website."""
    organisation_verbs.edit.require(request.user)
    found = visible_organisation(request, pk)
    if request.method == "GET":
        return details_page(request, OrganisationForm(organisation=found))
    form = OrganisationForm(request.POST, organisation=found)
    if not form.is_valid():
        return details_page(request, form, status=422)
    try:
        changes = organisation_verbs.edit(found, by=request.user, **form.cleaned_data)
    except NameTaken as error:
        form.add_error("name", f"{error} {_('Merge the two instead.')}")
        return details_page(request, form, status=422)
    return answer(request, found, _("Saved.") if changes else _("No changes."), changes)


@require_POST
def merge(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """`into`: the name of the one that stays."""
    organisation_verbs.merge.require(request.user)
    found = visible_organisation(request, pk)
    wanted = one_line(request.POST.get("into", ""), MOST_SHOWN)
    others = organisation_page.others(found, request.user)
    into = others.called(wanted).first()
    if into is None:
        wrong = _("There’s no other organisation “%(name)s”.") % {"name": wanted}
        if not wanted:
            wrong = _("Enter the name of another organisation.")
        form = OrganisationForm(organisation=found)
        return details_page(request, form, into=wanted, wrong=wrong, status=422)
    changes = organisation_verbs.merge(found, into, by=request.user)
    said = _("Merged “%(name)s” into “%(into)s”.") % {"name": found, "into": into}
    return answer(request, into, said, changes)


# Below the views ---------------------------------------------------------------------------------


def visible_organisation(request: AuthenticatedHttpRequest, pk: int) -> Organisation:
    return get_object_or_404(Organisation.objects.visible_to(request.user).current(), pk=pk)


def details_page(
    request: AuthenticatedHttpRequest,
    form: OrganisationForm,
    *,
    into: str = "",
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    """`wrong`: what is said of `into`, the name that was typed to merge with."""
    others = organisation_page.others(form.organisation, request.user)[:MOST_OTHERS]
    context = {
        "organisation": form.organisation,
        "form": form,
        "others": others,
        "into": into,
        "wrong": wrong,
    }
    return render(request, "members/organisation_details.html", context, status=status)


def answer(
    request: AuthenticatedHttpRequest, found: Organisation, text: str, changes: Changes
) -> HttpResponse:
    return htmx.tell(request, redirect(found), text, undo=changes.undo_url)
