"""What is done with the tags themselves: made, edited, merged, deleted, and all of it undone.

To put a tag on something is a verb of the app whose thing it is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community_hub.lib import live
from team import actions, saved_queries
from team.actions import Changes, one_by_one, put_fields_back, verb
from team.models import Action, User

from . import trail_words
from .models import Tag
from .models.tag import hue_of, tag_name, tag_uses

ON = "members.tag"
BATCH = 1_000  # rows a statement


class NameTaken(Exception):
    """Another tag has the name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return _now("There’s already a tag “%(name)s”.") % {"name": self.name}


@one_by_one
def _undo_create(action: Action, by: User) -> bool:
    """What was tagged with it since keeps its row, as with any tag that is deleted."""
    made = Tag.objects.current().filter(pk=action.object_id)
    return bool(made.update(removed_at=timezone.now()))


@verb(
    "create",
    on=ON,
    right="can_manage_tags",
    words=_("created %(object)s"),
    undo=_undo_create,
    lead_may_undo=True,
)
def create(name: str, *, by: User) -> Changes:
    """ValueError where the name is blank, NameTaken where there is one of it."""
    name = tag_name(name)
    with transaction.atomic():
        try:
            with transaction.atomic():
                made = Tag.objects.create(name=name, colour=hue_of(name))
        except IntegrityError as error:
            raise NameTaken(name) from error
        return actions.record("create", [made], by=by, after={"name": name})


def _undo_edit(rows: Sequence[Action], by: User) -> Collection[int]:
    done = put_fields_back(rows, by)
    for row in rows:
        if row.pk in done and "name" in row.after:
            _rename_in_views(row.object_id, row.after["name"], row.before["name"])
    return done


@verb(
    "edit",
    on=ON,
    right="can_manage_tags",
    words=_("edited %(object)s"),
    undo=_undo_edit,
    lead_may_undo=True,
    details=trail_words.edited_tags,
)
def edit(tag: Tag, *, by: User, **fields: Any) -> Changes:
    """Any of name, colour and description; no Changes where nothing differs. Saved queries follow
    a new name. ValueError where it is blank, NameTaken where another has it."""
    if "name" in fields:
        fields["name"] = tag_name(fields["name"])
    with transaction.atomic():
        locked = Tag.objects.current().select_for_update().filter(pk=tag.pk).first()
        if locked is None:
            return Changes()  # somebody has just deleted it
        after = {field: value for field, value in fields.items() if getattr(locked, field) != value}
        if not after:
            return Changes()
        before = {field: getattr(locked, field) for field in after}
        try:
            with transaction.atomic():
                Tag.objects.filter(pk=tag.pk).update(**after)
        except IntegrityError as error:
            raise NameTaken(after["name"]) from error
        if "name" in after:
            _rename_in_views(tag.pk, before["name"], after["name"])
        return actions.record("edit", [locked], by=by, before=before, after=after)


def _undo_delete(rows: Sequence[Action], by: User) -> Collection[int]:
    done = put_fields_back(rows, by)
    live.publish("team", "views", {})
    return done


@verb(
    "delete",
    on=ON,
    right="can_manage_tags",
    words=_("deleted %(object)s"),
    undo=_undo_delete,
    lead_may_undo=True,
)
def delete(tag: Tag, *, by: User) -> Changes:
    """It goes from everything that carries it; Undo brings it back there."""
    with transaction.atomic():
        after = _removed_now(tag)
        if not after:
            return Changes()
        live.publish("team", "views", {})  # those that name it are counted anew
        return actions.record("delete", [tag], by=by, before={"removed_at": None}, after=after)


def remove_unused(pks: Collection[int]) -> None:
    """Of tags that were made by tagging something, which is being undone: those that nothing else
    carries, that no saved query names, and that nobody has edited since."""
    edited = Action.objects.filter(object_type=ON, object_id=OuterRef("pk"))
    made = Tag.objects.current().filter(~Exists(edited), pk__in=pks)
    for tag in made.select_for_update(of=("self",)):
        used = any(use.rows.objects.filter(tag=tag).exists() for use in tag_uses())
        if not used and not saved_queries.is_named("tag", tag.name):
            _removed_now(tag)


# Merging -----------------------------------------------------------------------------------------


@one_by_one
def _undo_merge(action: Action, by: User) -> bool:
    """The other tag goes from what it was added to by the merge, and from nothing else."""
    gone = Tag.objects.filter(pk=action.object_id, removed_at=action.after["removed_at"])
    try:
        with transaction.atomic():
            if not gone.update(removed_at=None):
                return False
    except IntegrityError:
        return False
    for use in tag_uses():
        added = action.after["added"].get(use.rows._meta.label_lower, [])
        for start in range(0, len(added), BATCH):
            rows = use.rows.objects.filter(tag=action.after["into"])
            rows.filter(**{f"{use.of}__in": added[start : start + BATCH]}).delete()
    saved_queries.put_texts_back(action.after.get("views", {}))
    return True


@verb(
    "merge",
    on=ON,
    right="can_manage_tags",
    words=_("merged %(object)s into another"),
    undo=_undo_merge,
    lead_may_undo=True,
    details=trail_words.merged_tags,
)
def merge(tag: Tag, into: Tag, *, by: User) -> Changes:
    """All that carries `tag` carries `into`, saved queries ask for it, and `tag` is gone.
    ValueError where they are one."""
    if tag.pk == into.pk:
        raise ValueError("a tag is not merged into itself")
    with transaction.atomic():
        both = Tag.objects.current().select_for_update().filter(pk__in=[tag.pk, into.pk])
        both = both.order_by("pk")
        if len(both) < 2:
            return Changes()  # somebody was faster
        added = {use.rows._meta.label_lower: _put_on(use, tag, into) for use in tag_uses()}
        names = {row.pk: row.name for row in both}
        views = _rename_in_views(tag.pk, names[tag.pk], names[into.pk])
        after = {**_removed_now(tag), "into": into.pk, "added": added, "views": views}
        return actions.record("merge", [tag], by=by, before={"removed_at": None}, after=after)


def _put_on(use: Any, tag: Tag, into: Tag) -> list[int]:
    """Give `into` to what has only `tag`; the ids of those."""
    rows, key = use.rows.objects, f"{use.of}_id"
    only = rows.filter(tag=tag).exclude(**{f"{key}__in": rows.filter(tag=into).values(key)})
    added = list(only.values_list(key, flat=True))
    rows.bulk_create(
        [use.rows(**{key: pk}, tag=into) for pk in added], ignore_conflicts=True, batch_size=BATCH
    )
    return added


# Below the verbs ---------------------------------------------------------------------------------


def _rename_in_views(pk: int, old: str, new: str) -> dict[int, tuple[str, str]]:
    """In the queries of those who may know that the tag is there."""

    def known_to(user: User) -> bool:
        return Tag.objects.visible_to(user).filter(pk=pk).exists()

    return saved_queries.rename_value("tag", old, new, known_to=known_to)


def _removed_now(tag: Tag) -> dict[str, str]:
    """As it is written down; {} where it was removed before."""
    now = timezone.now()
    done = Tag.objects.current().filter(pk=tag.pk).update(removed_at=now)
    return {"removed_at": now.isoformat()} if done else {}
