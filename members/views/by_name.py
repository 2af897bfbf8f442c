"""Members whom somebody names in the command palette."""

from __future__ import annotations

from django.db.models import F, Prefetch
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from community_hub.lib import htmx
from community_hub.lib.text import storable
from members.by_name import members_named
from members.models import Identity, Member
from team.http import AuthenticatedHttpRequest

FEWEST = 2  # characters: a single one begins too many names
MOST = 6  # members


@require_safe
def named(request: AuthenticatedHttpRequest) -> HttpResponse:
    """`q`: the beginnings of words of a name or a handle. Those seen last come first."""
    typed = storable(request.GET.get("q", "")).strip().removeprefix("@")
    found = Member.objects.none()
    if len(typed) >= FEWEST:
        accounts = Identity.objects.visible_to(request.user).exclude(handle="").order_by("pk")
        found = members_named(typed.split(), request.user).with_seen_at(request.user)
        found = found.order_by(F("seen_at").desc(), "-pk")
        found = found.prefetch_related(Prefetch("identities", accounts))[:MOST]
    return htmx.respond(request, "members/named.html", {"found": found})
