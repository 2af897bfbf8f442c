"""Teammates as the values of operators, such as `owner:` and `assignee:`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from django.db.models import Q
from django.utils.translation import gettext as _

from community_hub.lib.query import Context, Mistake, no_such
from team.models import User

MOST_OFFERED = 10
MOST_NAMES = 500  # that a name which nobody has is compared with


def colleague(value: str, context: Context) -> User:
    """Who is meant: `me`, an email, or a name or its beginning, where only one has it; somebody who
    was deactivated where nobody else has it, for what is still theirs."""
    if value.lower() == "me":
        user: User = context.user
        return user
    same = Q(email__iexact=value) | Q(name__iexact=value)
    begun = Q(name__istartswith=value)
    for is_meant, is_active in product((same, begun), (True, False)):
        if found := list(User.objects.filter(is_meant, is_active=is_active)[:2]):
            break
    else:
        names = User.objects.order_by("name").values_list("name", flat=True)[:MOST_NAMES]
        raise no_such(_("There’s no teammate “%(name)s”."), value, names)
    if len(found) > 1:
        said = _("“%(name)s” could be several teammates. Write the email.")
        raise Mistake(said % {"name": value})
    return found[0]


def colleagues(_user: User, beginning: str) -> Iterable[tuple[str, str]]:
    words = {"me": _("You"), "nobody": _("Nobody")}
    offered = [(word, label) for word, label in words.items() if word.startswith(beginning.lower())]
    team = User.objects.filter(name__istartswith=beginning).order_by("-is_active", "name", "pk")
    return [*offered, *map(_offer, team[: MOST_OFFERED - len(offered)])]


def _offer(user: User) -> tuple[str, str]:
    if user.is_active:
        return user.name, user.email
    return user.name, _("%(email)s, deactivated") % {"email": user.email}
