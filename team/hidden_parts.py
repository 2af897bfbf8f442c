"""What a shared view names and not everybody may see, such as a restricted source.

Its values are hidden from such a reader wherever they meet the view. They are not told whether that
is hidden or gone: of what they may not see, nobody should learn that it is there.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy

from community_hub.lib.query import Context, with_values_hidden

from .models import SavedQuery, User
from .query_context import context

MOST_ASKED = 200  # colleagues for whom is looked whether they may see what a view names


def as_seen_by(views: Iterable[SavedQuery], user: User) -> list[SavedQuery]:
    """The views of which this user may see all, and copies of the others, without these values and
    with `is_partly_hidden`. Asks what each query names once."""
    seen: dict[tuple[str, str], str] = {}
    asked: Context | None = None
    found = []
    for view in views:
        if not may_hide_from(view, user):
            found.append(view)
            continue
        key = (view.kind, view.text)
        if key not in seen:
            asked = asked or context(user)
            seen[key] = _without_hidden(view, asked)
        found.append(view if seen[key] == view.text else _hidden(view, seen[key]))
    return found


def may_hide_from(view: SavedQuery, user: User) -> bool:
    """Not from whom it belongs to, nor from whoever sees everything, nor if it names nothing."""
    return view.owner_id != user.pk and not user.can_see_every_source and ":" in view.text


def is_hidden_from_some(view: SavedQuery) -> bool:
    """Does a view name what its owner may see, and some colleague may not?"""
    if view.listing is None or _without_hidden(view, context(view.owner)) != view.text:
        return False
    colleagues = User.objects.active().exclude(pk=view.owner_id).order_by("pk")
    return any(
        may_hide_from(view, colleague) and _without_hidden(view, context(colleague)) != view.text
        for colleague in colleagues[:MOST_ASKED]
    )


def _without_hidden(view: SavedQuery, asked: Context) -> str:
    listing = view.listing
    return with_values_hidden(listing.language, view.text, asked) if listing else view.text


def _hidden(view: SavedQuery, text: str) -> SavedQuery:
    seen = copy(view)
    seen.text, seen.is_partly_hidden = text, True
    return seen
