"""Who asks a query, and when: what all lists give to the query language."""

from __future__ import annotations

from django.utils import timezone

from community_hub.lib.query import Context

from . import hours
from .models import User


def context(user: User) -> Context:
    """For the queries of this user, now. One query at most."""
    return Context(user=user, now=timezone.now(), timezone=hours.zone_of_hub(user))
