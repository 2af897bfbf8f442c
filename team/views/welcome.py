"""The first page: on to the inbox, or through naming the team where it has no name yet."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from team import verbs
from team.forms import HubForm
from team.http import AuthenticatedHttpRequest
from team.models import Hub


@require_safe
def home(request: AuthenticatedHttpRequest) -> HttpResponse:
    if request.user.can_manage_team and Hub.current() is None:
        return redirect("welcome")
    return redirect("inbox")


@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Name the team, once; then on to the first source."""
    verbs.name_hub.require(request.user)
    if Hub.current() is not None:
        return redirect("home")
    form = HubForm(request.POST or None)
    if form.is_valid():
        verbs.name_hub(form.cleaned_data["name"], by=request.user)
        return redirect("source-add")
    return render(request, "team/welcome.html", {"form": form})
