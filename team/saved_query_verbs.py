"""Views are saved, renamed, changed, shared, put in order and removed; each can be undone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community_hub.lib import live

from . import actions, listings, trail_nouns
from .actions import Changes, put_fields_back, verb
from .models import Action, SavedQuery, User
from .saved_queries import MOST
from .saved_query_checks import checked, clean_name, refuse_taken, unique
from .saved_query_errors import ChangedMeanwhile, TooMany
from .trail_nouns import Noun
from .verb_entry import Sentence

ON = "team.savedquery"
trail_nouns.register(
    ON,
    Noun(hidden=_("a private view"), gone=_("a deleted view"), named=_("the view “%(name)s”")),
)

# What is undone tells the navigations of others, as what is done does -----------------------------


def _put_back(rows: Sequence[Action], by: User) -> Collection[int]:
    pks = [row.object_id for row in rows]
    before = list(SavedQuery.objects.filter(pk__in=pks))
    done = put_fields_back(rows, by)
    publish([*before, *SavedQuery.objects.filter(pk__in=pks)])
    return done


def _undo_save(rows: Sequence[Action], by: User) -> Collection[int]:
    pks = [row.object_id for row in rows]
    made = SavedQuery.objects.current().filter(pk__in=pks)
    done = set(made.values_list("pk", flat=True))
    made.update(removed_at=timezone.now())
    publish(SavedQuery.objects.filter(pk__in=done))
    return {row.pk for row in rows if row.object_id in done}


def publish(views: Iterable[SavedQuery]) -> None:
    """Whoever has one of them in the navigation asks for it anew."""
    topics = {"team" if view.shared else f"user:{view.owner_id}" for view in views}
    if topics:
        live.publish(topics, "views", {})


def _renamed(batch: Sequence[Action]) -> dict[int, Sentence]:
    words = _now("renamed the view “%(from)s” to “%(to)s”")
    return {
        action.pk: Sentence(words, {"from": action.before["name"], "to": action.after["name"]})
        for action in batch
    }


# The verbs ---------------------------------------------------------------------------------------


@verb("save", on=ON, right=None, words=_("saved %(object)s"), undo=_undo_save)
def save(
    kind: str,
    name: str,
    text: str,
    order: str = "",
    *,
    by: User,
    shared: bool = False,
    options: Mapping[str, Any] | None = None,
) -> Changes:
    """A new view, the last of theirs. `options`: of ListKind.options(). LookupError for a kind that
    is not listed, ValueError where the name is blank, NameTaken, TooMany; Mistake for a query that
    finds nothing but a mistake."""
    listing = listings.find(kind)
    if listing is None:
        raise LookupError(kind)
    if shared and not by.can_share_views:
        raise PermissionDenied
    name, text = clean_name(name), checked(listing, text, by)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)  # two saved at once get two positions
        own = SavedQuery.objects.current().filter(owner=by)
        if own.count() >= MOST:
            raise TooMany
        refuse_taken(name, own)
        made = SavedQuery(
            kind=kind,
            name=name,
            text=text,
            order=listing.order(order),
            options=listing.options(options or {}),
            owner=by,
            shared=shared,
            position=(own.aggregate(last=Max("position"))["last"] or 0) + 1,
        )
        with unique(name):
            made.save()
        publish([made])
        return actions.record("save", [made], by=by, after={"name": name, "shared": shared})


@verb(
    "rename",
    on=ON,
    right=None,
    words=_("renamed %(object)s"),
    undo=_put_back,
    lead_may_undo=True,
    details=_renamed,
)
def rename(
    view: SavedQuery, name: str, *, by: User, shown: str, group: UUID | None = None
) -> Changes:
    """`shown`: the name it had where the new one was typed; `group`: undone together with others.
    ValueError where the new one is blank, NameTaken, and ChangedMeanwhile where it has a third one
    by now."""
    name = clean_name(name)
    with transaction.atomic():
        locked = _locked(view, by)
        if locked is None or locked.name == name:
            return Changes()
        if locked.name != shown:
            raise ChangedMeanwhile(locked, "name")
        others = SavedQuery.objects.current().filter(owner=locked.owner_id).exclude(pk=locked.pk)
        refuse_taken(name, others)
        return _change("rename", locked, by, {"name": name}, group)


@verb(
    "change",
    on=ON,
    right=None,
    words=_("changed the query of %(object)s"),
    undo=_put_back,
    lead_may_undo=True,
)
def change(
    view: SavedQuery,
    text: str,
    order: str,
    *,
    by: User,
    shown: str,
    group: UUID | None = None,
    options: Mapping[str, Any] | None = None,
) -> Changes:
    """Another query, order or options; without `options` they stay. `shown`: the query it had where
    this one was made of it; raises ChangedMeanwhile where it has a third one by now, and
    Mistake."""
    listing = view.listing
    if listing is None:
        return Changes()
    with transaction.atomic():
        locked = _locked(view, by)
        if locked is None:
            return Changes()
        text = text.strip()
        if locked.text not in (shown, text):
            raise ChangedMeanwhile(locked, "text")
        if locked.text != text:
            text = checked(listing, text, by, owner=locked.owner)
        wanted = {
            "text": text,
            "order": listing.order(order),
            "options": locked.options if options is None else listing.options(options),
        }
        return _change("change", locked, by, wanted, group)


@verb(
    "share",
    on=ON,
    right="can_share_views",
    words=_("shared %(object)s with the team"),
    undo=_put_back,
)
def share(view: SavedQuery, *, by: User, group: UUID | None = None) -> Changes:
    """Its owner alone does that."""
    return _set_shared("share", view, by, True, group)


@verb(
    "unshare",
    on=ON,
    right="can_share_views",
    words=_("stopped sharing %(object)s"),
    undo=_put_back,
)
def unshare(view: SavedQuery, *, by: User, group: UUID | None = None) -> Changes:
    return _set_shared("unshare", view, by, False, group)


@verb("move", on=ON, right=None, words=_("moved %(object)s"), undo=_put_back)
def move(view: SavedQuery, to: Literal["up", "down"], *, by: User) -> Changes:
    """One place among one's own; of those, each keeps a place of its own."""
    if view.owner_id != by.pk:
        raise PermissionDenied
    with transaction.atomic():
        own = SavedQuery.objects.current().filter(owner=by).in_own_order()
        rows = list(own.select_for_update())
        at = next((place for place, row in enumerate(rows) if row.pk == view.pk), None)
        other = None if at is None else at - 1 if to == "up" else at + 1
        if at is None or other is None or not 0 <= other < len(rows):
            return Changes()
        rows[at], rows[other] = rows[other], rows[at]
        return _renumber(rows, by)


@verb(
    "delete",
    on=ON,
    right=None,
    words=_("removed %(object)s"),
    undo=_put_back,
    lead_may_undo=True,
)
def remove(view: SavedQuery, *, by: User) -> Changes:
    with transaction.atomic():
        locked = _locked(view, by)
        if locked is None:
            return Changes()
        now = timezone.now()
        SavedQuery.objects.filter(pk=locked.pk).update(removed_at=now)
        publish([locked])
        before, after = {"removed_at": None}, {"removed_at": now.isoformat()}
        return actions.record("delete", [locked], by=by, before=before, after=after)


# Below the verbs ---------------------------------------------------------------------------------


def _locked(view: SavedQuery, by: User) -> SavedQuery | None:
    """None where somebody has just removed it. PermissionDenied where it is not theirs to change,
    as it is now."""
    locked = SavedQuery.objects.current().select_for_update().filter(pk=view.pk).first()
    if locked and not locked.can_be_edited_by(by):
        raise PermissionDenied
    return locked


def _change(
    name: str, locked: SavedQuery, by: User, wanted: dict[str, Any], group: UUID | None
) -> Changes:
    """All of `wanted` is written down, so that undo leaves it alone where a colleague has changed
    any of it since."""
    before = {field: getattr(locked, field) for field in wanted}
    if before == wanted:
        return Changes()
    with unique(str(wanted.get("name", ""))):
        SavedQuery.objects.filter(pk=locked.pk).update(**wanted)
    publish([locked])
    return actions.record(name, [locked], by=by, before=before, after=wanted, group=group)


def _set_shared(name: str, view: SavedQuery, by: User, shared: bool, group: UUID | None) -> Changes:
    if not view.can_be_shared_by(by):
        raise PermissionDenied
    with transaction.atomic():
        changed = SavedQuery.objects.current().filter(pk=view.pk, shared=not shared)
        if not changed.update(shared=shared):
            return Changes()
        live.publish("team", "views", {})
        before, after = {"shared": not shared}, {"shared": shared}
        return actions.record(name, [view], by=by, before=before, after=after, group=group)


def _renumber(rows: list[SavedQuery], by: User) -> Changes:
    """Places from 1 on, in this order; one action for each row that has another by that."""
    moved = [(row, place) for place, row in enumerate(rows, 1) if row.position != place]
    before = {row.pk: {"position": row.position} for row, _place in moved}
    for row, place in moved:
        row.position = place
    SavedQuery.objects.bulk_update([row for row, _place in moved], ["position"])
    live.publish(f"user:{by.pk}", "views", {})
    return actions.record(
        "move",
        [row for row, _place in moved],
        by=by,
        before=lambda row: before[row.pk],
        after=lambda row: {"position": row.position},
    )
