"""What a colleague sets for themselves."""

from __future__ import annotations

from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from community_hub.lib import htmx
from team import notifications, profile_verbs
from team.hours_forms import WEEKDAYS, OwnHoursForm
from team.http import AuthenticatedHttpRequest
from team.preference_forms import NotificationForm, PreferencesForm, ProfileForm


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if form.is_valid():
        changes = profile_verbs.change(request.user, by=request.user, **form.cleaned_data)
        return htmx.tell(request, redirect("profile"), _("Saved."), undo=changes.undo_url)
    status = 422 if form.is_bound else 200
    return profile_page(request, form, status=status)


def profile_page(
    request: AuthenticatedHttpRequest, form: ProfileForm, *, status: int = 200
) -> HttpResponse:
    user = request.user
    kinds = [
        (kind, *(notifications.wants(user, kind.slug, way) for way in ("bell", "mail")))
        for kind in notifications.kinds()
    ]
    own_days = {str(day) for day in user.prefers("work_days")}
    weekdays = [(value, name, value in own_days) for value, name in WEEKDAYS]
    context = {
        "form": form,
        "notification_kinds": kinds,
        "weekdays": weekdays,
        "today_mail": user.prefers("today_mail"),
    }
    return render(request, "team/profile.html", context, status=status)


@require_POST
def own_hours(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = OwnHoursForm(request.POST)
    if not form.is_valid():
        said = str(next(iter(form.errors.values()))[0])
        return htmx.tell(request, redirect("profile"), said, level="error")
    request.user.prefer(**form.chosen())
    return htmx.tell(request, redirect("profile"), _("Saved."))


@require_POST
def notification_settings(request: AuthenticatedHttpRequest) -> HttpResponse:
    form = NotificationForm(request.POST)
    if not form.is_valid():
        said = str(next(iter(form.errors.values()))[0])
        return htmx.tell(request, redirect("profile"), said, level="error")
    request.user.prefer(**form.chosen())
    return htmx.tell(request, redirect("profile"), _("Saved."))


@require_POST
def preferences(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Saves those that were sent: the menu sends all of them, a script may send one."""
    form = PreferencesForm(request.POST)
    if not form.is_valid():
        words = _("Unknown option. Reload the page and try again.")
        return HttpResponse(words, status=422, content_type="text/plain")
    request.user.prefer(**form.chosen())
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204)
    return htmx.tell(request, redirect("profile"), _("Saved."))


@require_POST
def sessions(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    request.user.end_sessions()
    update_session_auth_hash(request, request.user)
    return htmx.tell(request, redirect("profile"), _("Signed out of all other sessions."))
