"""Whether a member may be written to: asked before anything is written to a person, and again
before it leaves the hub. Higher apps add guards of their own to `hooks.contact_guards`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from . import hooks
from .models import Member

if TYPE_CHECKING:
    from team.models import User


def why_not(member: Member, user: User | None) -> str:
    """Why `user` may not write to this member: a sentence that says what to do; else "". None for
    a user who is no more."""
    return next((said for ask in hooks.contact_guards if (said := ask(member, user))), "")


def asked_not_to_be(member: Member, _user: User | None) -> str:
    if not member.do_not_contact:
        return ""
    said = _(
        "%(name)s asked not to be contacted. If they have changed their mind, turn off "
        "“Do not contact” in their details, then send again."
    )
    return said % {"name": member}
