"""Who a request is from, and whom it may be about."""

from __future__ import annotations

from django.shortcuts import get_object_or_404

from members.models import Member
from team.http import AuthenticatedHttpRequest


def visible_member(request: AuthenticatedHttpRequest, pk: int) -> Member:
    """404 for who was erased or never was."""
    found = Member.objects.visible_to(request.user).select_related("owner", "backup", "user")
    return get_object_or_404(found, pk=pk)
