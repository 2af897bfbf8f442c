"""Seats that are offered, and the page on which somebody takes theirs."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from team import mail, verbs
from team.forms import InviteForm
from team.http import AuthenticatedHttpRequest
from team.models import Hub, Invitation
from team.seat_forms import AcceptForm
from team.views.people import answer, team_page

log = structlog.get_logger(__name__)


@require_POST
@never_cache
def invitations(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Make one. Its link is on this answer and nowhere else."""
    verbs.invite.require(request.user)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return team_page(request, invite_form=form, status=422)
    invitation, token = verbs.invite(
        role=form.cleaned_data["role"],
        by=request.user,
        email=form.cleaned_data["email"],
        lifetime=form.lifetime,
    )
    link = Invitation.link(token)
    return team_page(
        request, made=invitation, made_link=link, mailed=_mail(invitation, link, request)
    )


@require_POST
def revocation(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    verbs.revoke.require(request.user)
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    changes = verbs.revoke(invitation, by=request.user)
    if not changes:
        return answer(request, _("This invitation was already used or revoked."), level="error")
    return answer(
        request, _("Invitation revoked. The link no longer works."), undo=changes.undo_url
    )


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Take the seat that the link offers."""
    offered = Invitation.objects.with_token(token).select_related("by").first()
    if offered is None:
        return _used_up(request)
    form = AcceptForm(request.POST if request.method == "POST" else None, invitation=offered)
    if request.method == "POST" and request.user.is_anonymous and form.is_valid():
        return _accept(request, offered, form)
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "invitation": offered}
    return render(request, "team/invitation.html", context, status=status)


def _accept(request: HttpRequest, offered: Invitation, form: AcceptForm) -> HttpResponse:
    try:
        user = verbs.accept(
            offered,
            name=form.cleaned_data["name"],
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password"],
            timezone_name=form.cleaned_data["timezone"],
        )
    except IntegrityError:  # the same address, in another browser, a moment ago
        form.add_error("email", _("This email already has an account."))
        context = {"form": form, "invitation": offered}
        return render(request, "team/invitation.html", context, status=422)
    if user is None:
        return _used_up(request)
    login(request, user)
    return redirect("home")


def _used_up(request: HttpRequest) -> HttpResponse:
    return render(request, "team/link_used_up.html", {"kind": "invitation"}, status=410)


def _mail(invitation: Invitation, link: str, request: AuthenticatedHttpRequest) -> str:
    """ "sent", "failed", or "" where there is no address or no mail server to send with."""
    if not invitation.email:
        return ""
    hub = Hub.current()
    subject = (
        _("%(by)s invites you to %(hub)s") % {"by": request.user, "hub": hub}
        if hub
        else _("%(by)s invites you to their team’s hub") % {"by": request.user}
    )
    context = {"invitation": invitation, "link": link, "by": request.user}
    try:
        mail.send("team/email/invitation", subject, [invitation.email], context)
    except OSError as error:
        log.warning("invitation not mailed", invitation=invitation.pk, error=str(error))
        return "failed"
    # without a mail server it is only in the mailbox page
    return "sent" if settings.EMAIL_HOST else ""
