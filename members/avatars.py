"""The picture of an account, as its platform has it, through the hub's own cache. Where there is
none, a face shows initials."""

from __future__ import annotations

from collections.abc import Iterable

from community_hub.lib.paths import path
from community_hub.lib.pictures.keeping import Use, Wanted

from .models import Identity

OWNER = "identity"


def avatar_wanted(identity: Identity) -> Wanted | None:
    if not identity.avatar_url:
        return None
    return Wanted(f"{OWNER}-{identity.pk}", identity.avatar_url, Use.FACE)


def avatar_path(identity: Identity | None) -> str:
    """Where a browser finds it; "" where the account has none."""
    wanted = avatar_wanted(identity) if identity else None
    return path("avatar", identity.pk, wanted.name) if identity and wanted else ""


def first_avatar_path(identities: Iterable[Identity]) -> str:
    """Of a member with several accounts."""
    return next(filter(None, map(avatar_path, identities)), "")
