"""Members at organisations, for tests."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from inbox.models import Source
from members import affiliation_verbs, loose_days
from members.models import Affiliation, Member, Sighting
from team.models import User
from tests.make import make_identity, make_member


def at(member: Member, organisation: str, by: User, **about: Any) -> Affiliation:
    """`role`, `since` and `until` as somebody types them."""
    about = {
        name: loose_days.read(value) if name in ("since", "until") else value
        for name, value in about.items()
    }
    changes = affiliation_verbs.affiliate(member, organisation, by=by, **about)
    return Affiliation.objects.get(pk=changes.actions[0].after["affiliation"])


def seen_in(source: Source, name: str) -> Member:
    """Somebody new, whom this source alone has seen."""
    now = timezone.now()
    member = make_member(name, first_seen=now, last_seen=now)
    account = make_identity(member, network=source.network)
    Sighting.objects.create(identity=account, scope=source.scope, first_seen=now, last_seen=now)
    return member
