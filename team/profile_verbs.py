"""What everybody changes of their own profile."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from . import saved_queries
from .actions import Changes, Sentence, put_fields_back, record, verb
from .models import Action, User

WORDS_FOR_PEOPLE = {"me", "nobody"}  # in queries, whatever anybody is called


def _undo_profile(rows: Sequence[Action], by: User) -> Collection[int]:
    done = put_fields_back(rows, by)
    for row in rows:
        if row.pk in done and "name" in row.after:
            _rename_in_views(row.object_id, row.after["name"], row.before["name"])
    return done


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
        after = {field: value for field, value in fields.items() if getattr(locked, field) != value}
        if not after:
            return Changes()
        before = {field: getattr(locked, field) for field in after}
        User.objects.filter(pk=user.pk).update(**after)
        if "name" in after:
            _rename_in_views(user.pk, before["name"], after["name"])
        return record("profile", [locked], by=by, before=before, after=after)


def _rename_in_views(pk: int, old: str, new: str) -> None:
    """A query names a colleague by the whole name, or by a beginning that nobody else's has. A new
    name that would be read as somebody else's, or as a word of the language, becomes the email."""
    others = [
        name.casefold()
        for name in User.objects.active().exclude(pk=pk).values_list("name", flat=True)
    ]
    was, becomes = old.casefold(), new.casefold()

    def means_them(value: str) -> bool:
        if value == was:
            return value not in others
        still = becomes.startswith(value)
        alone = not any(name.startswith(value) for name in others)
        return was.startswith(value) and alone and not still and value not in WORDS_FOR_PEOPLE

    known = bool(new.strip()) and becomes not in {*others, *WORDS_FOR_PEOPLE}
    written = new if known else User.objects.values_list("email", flat=True).get(pk=pk)
    if old.strip():
        saved_queries.rename_value("user", means_them, written)
