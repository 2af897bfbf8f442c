"""How well a teammate knows a member, and why."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from community_hub.lib import htmx
from members.bond_working import working
from team.http import AuthenticatedHttpRequest
from team.models import User

from .access import visible_member


@require_GET
def bond(request: AuthenticatedHttpRequest, pk: int, user_pk: int) -> HttpResponse:
    member = visible_member(request, pk)
    colleague = get_object_or_404(User.objects.visible_to(request.user), pk=user_pk)
    context = {
        "member": member,
        "colleague": colleague,
        "working": working(member, colleague, request.user),
    }
    return htmx.respond(request, "members/bond.html", context)
