"""A sign-in at a platform that a person was sent away for: kept in their session on the server,
encrypted, for 10 minutes, and given out once. What went wrong with it waits here for the form."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from community_hub.lib.crypto import Unreadable, decrypt_json, encrypt_json
from team.http import AuthenticatedHttpRequest

KEY = "pending_authorisation"
LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True)
class PendingAuthorisation:
    """`source`: the one that is reconnected; None for a new one."""

    kind: str
    source: int | None
    config: dict[str, Any]
    kept: dict[str, Any] = field(repr=False)  # by the connector: its secrets


@dataclass(frozen=True)
class Problem:
    """Why a sign-in ended on the form again, and what had been typed there."""

    sentence: str
    config: dict[str, Any] | None


def new_state() -> str:
    """What the platform hands back with the person (RFC 6749, 10.12): not to be guessed."""
    return secrets.token_urlsafe(32)


def keep(request: AuthenticatedHttpRequest, made: PendingAuthorisation, state: str) -> None:
    """Replaces what this session had begun before."""
    request.session[KEY] = {
        "kind": made.kind,
        "source": made.source,
        "sealed": encrypt_json(
            {
                "state": state,
                "user": request.user.pk,
                "until": (timezone.now() + LIFETIME).isoformat(),
                "config": made.config,
                "kept": made.kept,
            }
        ),
    }


def take(request: AuthenticatedHttpRequest, state: str) -> PendingAuthorisation | None:
    """None for a state that this user did not begin with in this session, that is too old or that
    was given out before. One that is not ours leaves the sign-in that is waited for as it is."""
    entry = request.session.get(KEY, {})
    try:
        opened = decrypt_json(entry["sealed"])
    except (KeyError, Unreadable):
        return None
    if opened["user"] != request.user.pk or not constant_time_compare(opened["state"], state):
        return None
    kind, source = entry["kind"], entry["source"]
    request.session[KEY] = {"kind": kind, "source": source}
    # two requests at once have both read the session before either of them wrote it
    used = f"authorisation:{sha256(state.encode()).hexdigest()}"
    is_first = cache.add(used, True, LIFETIME.total_seconds())
    if not is_first or datetime.fromisoformat(opened["until"]) < timezone.now():
        return None
    return PendingAuthorisation(kind, source, opened["config"], opened["kept"])


def form_address(request: AuthenticatedHttpRequest) -> str:
    """The form from which this session last sent somebody away; else where a platform is chosen."""
    entry = request.session.get(KEY, {})
    if entry.get("source"):
        return reverse("source-credentials", args=[entry["source"]])
    if entry.get("kind"):
        return reverse("source-add-sign-in", args=[entry["kind"]])
    return reverse("source-add")


def report(request: AuthenticatedHttpRequest, problem: Problem) -> None:
    """Show it on the form at form_address() when that is opened next."""
    entry = request.session.get(KEY, {})
    said = {"problem": problem.sentence, "config": problem.config}
    request.session[KEY] = {**entry, **said}


def take_problem(
    request: AuthenticatedHttpRequest, kind: str, source: int | None = None
) -> Problem | None:
    """What is to be shown on this form, once."""
    entry = request.session.get(KEY, {})
    if "problem" not in entry or (entry["kind"], entry["source"]) != (kind, source):
        return None
    rest = {name: entry[name] for name in entry if name not in ("problem", "config")}
    request.session[KEY] = rest
    return Problem(entry["problem"], entry["config"])
