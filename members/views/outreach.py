"""How far people have come whom the team met elsewhere."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from members.models.scopes import with_hidden_scopes_read
from members.outreach_page import counted_steps
from team.http import AuthenticatedHttpRequest


@require_GET
def outreach(request: AuthenticatedHttpRequest) -> HttpResponse:
    steps = counted_steps(with_hidden_scopes_read(request.user))
    return render(request, "members/outreach.html", {"steps": steps})
