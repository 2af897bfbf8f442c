"""The one-time link's page. Opening it changes nothing: mail scanners open links too."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from team import signin
from team.forms import OwnerForm, PasswordForm
from team.models import User


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def one_time_link(request: HttpRequest, token: str) -> HttpResponse:
    """A button that signs in; who has no password or no name yet gives it in the same step."""
    holder = signin.holder(token)
    if holder is None:
        return _used_up(request)
    form = _password_form(request, holder)
    if request.method == "POST" and (form is None or form.is_valid()):
        said = form.cleaned_data if form else {}
        if signin.enter(request, token, **said) is None:
            return _used_up(request)
        return redirect("home")
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "holder": holder}
    return render(request, "team/one_time_link.html", context, status=status)


def _password_form(request: HttpRequest, holder: User) -> PasswordForm | None:
    if holder.has_usable_password():
        return None
    asks = PasswordForm if holder.name else OwnerForm
    return asks(request.POST if request.method == "POST" else None, user=holder)


def _used_up(request: HttpRequest) -> HttpResponse:
    return render(request, "team/link_used_up.html", {"kind": "signin"}, status=410)
