"""Calendars that are imported: added, paused, removed."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from community_hub.lib import queue
from community_hub.lib.text import one_line, typed_line, web_address
from events.models import Feed, Visibility
from events.models.calendars import LONGEST_NAME, LONGEST_URL
from team import actions, trail_nouns
from team.actions import Changes, one_by_one, verb
from team.models import Action, User

ON = "events.feed"
MOST = 50
trail_nouns.register(
    ON,
    trail_nouns.Noun(
        hidden=_("an imported calendar"), gone=_("a deleted calendar"),
        named=_("the imported calendar “%(name)s”"),
    ),
)  # fmt: skip


class NotAdded(ValueError):
    """With a sentence; `field`: of which one it is said."""

    def __init__(self, said: str, field: str) -> None:
        super().__init__(said)
        self.field = field


@one_by_one
def _undo_add(action: Action, by: User) -> bool:
    there = Feed.objects.present().filter(pk=action.object_id)
    return bool(there.update(removed_at=timezone.now()))


@verb("add", on=ON, right="can_edit_events", words=_("added %(object)s"),
      undo=_undo_add, lead_may_undo=True)  # fmt: skip
def add(url: str, name: str, visibility: str, *, by: User) -> Changes:
    """Read for the first time at once. Undo stops it; what was imported by then stays. Raises
    NotAdded, and TooLong for a name."""
    url = address_of(url)
    name = typed_line(name, LONGEST_NAME) or one_line(url.split("/")[2], LONGEST_NAME)
    if Feed.objects.present().count() >= MOST:
        raise NotAdded(_now("Remove a calendar first: there are too many."), "url")
    try:
        with transaction.atomic():
            row = Feed.objects.create(
                url=url, name=name, visibility=Visibility(visibility), created_by=by
            )
            queue.enqueue("events.tasks.pull_feed", row.pk)
            return actions.record("add", [row], by=by)
    except IntegrityError:
        raise NotAdded(_now("This calendar is imported already."), "url") from None


def address_of(typed: str) -> str:
    """As it can be asked for. Raises NotAdded."""
    url = typed.strip()
    for scheme in ("webcal://", "webcals://"):
        if url.lower().startswith(scheme):
            url = "https://" + url[len(scheme) :]
    if len(url) > LONGEST_URL:
        raise NotAdded(_now("This address is too long."), "url")
    if web_address(url, LONGEST_URL) != url or not url.partition("://")[2].strip("/"):
        said = _now("Enter the address of a calendar, such as https://example.org/events.ics.")
        raise NotAdded(said, "url")
    return url


def _undo_with(name: str) -> Any:
    """By setting `name` to what it was."""

    @one_by_one
    def undo(action: Action, by: User) -> bool:
        is_set = action.before[name]
        rows = Feed.objects.filter(pk=action.object_id, **{f"{name}__isnull": is_set})
        try:
            with transaction.atomic():
                return bool(rows.update(**{name: timezone.now() if is_set else None}))
        except IntegrityError:  # its address was added again since
            return False

    return undo


@verb("pause", on=ON, right="can_edit_events", words=_("paused %(object)s"),
      undo=_undo_with("paused_at"), lead_may_undo=True)  # fmt: skip
def pause(feed: Feed, *, by: User) -> Changes:
    return _set(feed, "pause", "paused_at", True, by)


@verb("resume", on=ON, right="can_edit_events", words=_("resumed %(object)s"),
      undo=_undo_with("paused_at"), lead_may_undo=True)  # fmt: skip
def resume(feed: Feed, *, by: User) -> Changes:
    """Read again at once."""
    changes = _set(feed, "resume", "paused_at", False, by)
    if changes:
        sync(feed, by=by)
    return changes


@verb("remove", on=ON, right="can_edit_events", words=_("removed %(object)s"),
      undo=_undo_with("removed_at"), lead_may_undo=True)  # fmt: skip
def remove(feed: Feed, *, by: User) -> Changes:
    """Its events stay, and change no more."""
    return _set(feed, "remove", "removed_at", True, by)


@verb("sync", on=ON, right="can_edit_events", words=_("synced %(object)s"))
def sync(feed: Feed, *, by: User) -> Changes:
    """Read at once, also where nothing seems to be new. Changes nothing that could be undone."""
    Feed.objects.filter(pk=feed.pk).update(next_pull_at=timezone.now(), read_on=None)
    queue.enqueue("events.tasks.pull_feed", feed.pk)
    return Changes()


def _set(feed: Feed, name: str, field: str, wanted: bool, by: User) -> Changes:
    """No Changes where it is so already."""
    with transaction.atomic():
        rows = Feed.objects.filter(pk=feed.pk, **{f"{field}__isnull": wanted})
        if not rows.update(**{field: timezone.now() if wanted else None}):
            return Changes()
        return actions.record(name, [feed], by=by, before={field: not wanted})
