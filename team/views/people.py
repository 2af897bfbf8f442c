"""The team's page: who is on it, in which role, and the seats that are offered."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from community_hub.lib import htmx
from team import mailbox, verbs
from team.actions import Changes
from team.forms import HubForm, InviteForm, RoleForm
from team.hours_forms import HoursForm
from team.http import AuthenticatedHttpRequest
from team.models import Hub, Invitation, NoAdminLeft, Role, User
from team.signin import link_for

PARTS = ("people", "invitations")


@require_safe
def team(request: AuthenticatedHttpRequest) -> HttpResponse:
    return team_page(request)


@require_POST
def name(request: AuthenticatedHttpRequest) -> HttpResponse:
    verbs.name_hub.require(request.user)
    form = HubForm(request.POST)
    if not form.is_valid():
        return answer(request, _("Enter a name of up to 80 characters."), level="error")
    verbs.name_hub(form.cleaned_data["name"], by=request.user)
    return htmx.tell(request, redirect("team"), _("Saved."))


@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Timezone, working days and hours, and holidays of the hub."""
    verbs.set_hours.require(request.user)
    hub = get_object_or_404(Hub.objects.visible_to(request.user), pk=1)
    form = HoursForm(request.POST) if request.method == "POST" else HoursForm.of(hub)
    if form.is_valid():
        changes = verbs.set_hours(hub, by=request.user, **form.cleaned_data)
        return htmx.tell(request, redirect("team"), _("Saved."), undo=changes.undo_url)
    status = 422 if form.is_bound else 200
    return render(request, "team/hours.html", {"form": form}, status=status)


@require_POST
def role(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    verbs.change_role.require(request.user)
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    form = RoleForm(request.POST)
    if not form.is_valid():
        return answer(request, _("Select a role."), level="error")
    chosen = Role(form.cleaned_data["role"])
    said = _("%(name)s is now %(role)s.") % {"name": person, "role": chosen.label}
    try:
        changes = verbs.change_role(person, chosen, by=request.user)
    except NoAdminLeft as refused:
        return answer(request, str(refused), level="error")
    return _changed(request, changes, said)


@require_POST
def deactivation(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    verbs.deactivate.require(request.user)
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    try:
        changes = verbs.deactivate(person, by=request.user)
    except NoAdminLeft as refused:
        return answer(request, str(refused), level="error")
    return _changed(request, changes, _("%(name)s is deactivated.") % {"name": person})


@require_POST
def activation(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    verbs.activate.require(request.user)
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    changes = verbs.activate(person, by=request.user)
    return _changed(request, changes, _("%(name)s is reactivated.") % {"name": person})


@require_POST
def mail_retry(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """The mail server refused their address; the admin thinks that it takes it now."""
    verbs.retry_mail.require(request.user)
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    verbs.retry_mail(person, by=request.user)
    return answer(request, _("Emails to %(name)s are sent again.") % {"name": person})


@require_POST
@never_cache
def signin_link(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """For a colleague who lost the password; shown once, to hand over."""
    verbs.note_signin_link.require(request.user)
    person = get_object_or_404(User.objects.active(), pk=pk)
    verbs.note_signin_link(person, by=request.user)
    return team_page(request, link_for=person, signin_link=link_for(person))


# Below the views --------------------------------------------------------------------------


def _changed(request: AuthenticatedHttpRequest, changes: Changes, said: str) -> HttpResponse:
    """Where nothing changed there is nothing to take back."""
    return answer(request, said, undo=changes.undo_url)


def answer(
    request: AuthenticatedHttpRequest, text: str, *, undo: str = "", level: str = ""
) -> HttpResponse:
    """The part of the page that asked, with a toast; a plain form goes back to the page."""
    if htmx.target(request) not in PARTS:
        return htmx.tell(request, redirect("team"), text, undo=undo, level=level)
    return htmx.tell(request, team_page(request), text, undo=undo, level=level)


def team_page(
    request: AuthenticatedHttpRequest, *, status: int = 200, **shown: Any
) -> HttpResponse:
    """`shown`: a form with its errors, or a link that is shown this once."""
    manages = request.user.can_manage_team
    people = User.objects.visible_to(request.user).select_related("mail_failure")
    context = {
        "people": people.order_by("-is_active", "name", "pk")[:500],
        "roles": Role.choices,
        "manages": manages,
        "has_mailbox": manages and mailbox.is_there(),
        "hub_form": HubForm(instance=Hub.current()),
        "invite_form": InviteForm(),
        "invitations": Invitation.objects.visible_to(request.user)
        .open()
        .select_related("by")
        .order_by("-pk")[:200],
        **shown,
    }
    return htmx.respond(request, "team/people.html", context, parts=PARTS, status=status)
