"""What everybody changes of their own profile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from . import saved_queries
from .actions import Changes, one_by_one, record, verb
from .models import Action, User
from .verb_entry import Sentence

WORDS_FOR_PEOPLE = {"me", "nobody"}  # in queries, whatever anybody is called
VIEWS = "views"  # of an action: the queries that followed, as they were and as they became


@one_by_one
def _undo_profile(action: Action, by: User) -> bool:
    """Saved queries that nobody has changed since read as they were typed; others that name them
    by the new name follow back."""
    after = {field: action.after[field] for field in action.before}
    unchanged = User.objects.filter(pk=action.object_id, **after)
    if not unchanged.update(**action.before):
        return False
    if "name" in after:
        saved_queries.put_texts_back(action.after.get(VIEWS, {}))
        _rename_in_views(action.object_id, after["name"], action.before["name"])
    return True


def _renamed(batch: Sequence[Action]) -> dict[int, Sentence]:
    words = _now("changed their name from “%(from)s” to “%(to)s”")
    return {
        action.pk: Sentence(words, {"from": action.before["name"], "to": action.after["name"]})
        for action in batch
        if "name" in action.after
    }


@verb(
    "profile",
    on="team.user",
    right=None,
    words=_("changed the profile of %(object)s"),
    undo=_undo_profile,
    details=_renamed,
)
def change(user: User, *, by: User, **fields: str) -> Changes:
    """name and timezone: everybody sets their own. Saved queries follow a new name."""
    if user.pk != by.pk:
        raise PermissionDenied
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        after: dict[str, Any] = {
            field: value for field, value in fields.items() if getattr(locked, field) != value
        }
        if not after:
            return Changes()
        before = {field: getattr(locked, field) for field in after}
        User.objects.filter(pk=user.pk).update(**after)
        if "name" in after:
            after[VIEWS] = _rename_in_views(user.pk, before["name"], after["name"])
        return record("profile", [locked], by=by, before=before, after=after)


def _rename_in_views(pk: int, old: str, new: str) -> dict[int, tuple[str, str]]:
    """A query names a colleague by the whole name; where it can name none but colleagues, also by
    a beginning that nobody else's has. A new name that would be read as somebody else's, or as a
    word of the language, becomes the email. Answers the texts before and after, by id."""
    others = [
        name.casefold()
        for name in User.objects.active().exclude(pk=pk).values_list("name", flat=True)
    ]
    was, becomes = old.casefold(), new.casefold()

    def is_their_name(value: str) -> bool:
        return value == was and value not in others

    def means_them(value: str) -> bool:
        still = becomes.startswith(value)
        alone = not any(name.startswith(value) for name in others)
        return was.startswith(value) and alone and not still and value not in WORDS_FOR_PEOPLE

    known = bool(new.strip()) and becomes not in {*others, *WORDS_FOR_PEOPLE}
    written = new if known else User.objects.values_list("email", flat=True).get(pk=pk)
    if not old.strip():
        return {}
    return saved_queries.rename_value("user", is_their_name, written, begun=means_them)
