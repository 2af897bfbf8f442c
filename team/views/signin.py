"""The one-time link's page. Opening it changes nothing: mail scanners open links too."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from team import signin
from team.models import User
from team.seat_forms import NewPasswordForm, OwnerForm, PasswordForm


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def one_time_link(request: HttpRequest, token: str) -> HttpResponse:
    """A button that signs in. Who has no password or no name yet gives it in the same step, and who
    lost theirs may."""
    holder = signin.holder(token)
    if holder is None:
        return _used_up(request)
    form = _password_form(request, holder)
    if request.method == "POST" and form.is_valid():
        if signin.enter(request, token, **form.cleaned_data) is None:
            return _used_up(request)
        return redirect("home")
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "holder": holder}
    return render(request, "team/one_time_link.html", context, status=status)


def _password_form(request: HttpRequest, holder: User) -> PasswordForm:
    asks: type[PasswordForm] = PasswordForm if holder.name else OwnerForm
    if holder.has_usable_password():
        asks = NewPasswordForm
    return asks(request.POST if request.method == "POST" else None, user=holder)


def _used_up(request: HttpRequest) -> HttpResponse:
    return render(request, "team/link_used_up.html", {"kind": "signin"}, status=410)
