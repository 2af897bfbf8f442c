"""The picture of an account, as its platform has it, through the hub's own cache. Where there is
none, a face shows initials."""

from __future__ import annotations

from collections.abc import Iterable

from community_hub.lib.paths import path
from community_hub.lib.pictures.keeping import Use, Wanted, are_shown
from team.models import User

from .models import Identity

OWNER = "identity"


def wants_pictures(user: User) -> bool:
    """Whether this reader is shown any, faces or others."""
    return are_shown() and bool(user.prefers("pictures"))


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
