"""Connect a source, change what it listens to and who may see it, stop and resume it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from community_hub.lib import live
from community_hub.lib.text import one_line, web_address
from inbox.connectors.base import ChannelInfo, Connector, Health
from inbox.ingest.recompute import recompute_after_staff_change
from inbox.models import Channel, Source, SourceState
from members import stale
from members.models import Identity
from members.resolve import resolve
from team import actions, saved_queries, view_counts
from team.actions import Changes, one_by_one, verb
from team.models import Action, Grant, User

from . import access, trail_words

ON = "inbox.source"


@verb("connect", on=ON, right="can_manage_sources", words=_("connected %(object)s"))
def connect(
    connector: Connector,
    health: Health,
    *,
    name: str,
    since: datetime,
    by: User,
    channels: Iterable[ChannelInfo] = (),
    keywords: Iterable[str] = (),
    new_topics: bool = True,
    is_our_place: bool = True,
) -> Source:
    """A new source, checked by the caller, that reads what was said since `since`.

    Without `channels` it listens to every place.
    """
    chosen = list(channels)
    with transaction.atomic():
        source = Source.objects.create(
            kind=connector.kind,
            name=name,
            network=connector.network(),
            config=connector.config,
            credentials=connector.credentials,
            keywords=list(keywords),
            channel_ids=[channel.external_id for channel in chosen],
            new_topics=new_topics,
            is_our_place=is_our_place,
        )
        _keep_account(source, health)
        Channel.objects.bulk_create(
            [
                Channel(
                    source=source,
                    external_id=channel.external_id,
                    name=one_line(channel.name, 200),
                    url=web_address(channel.url),
                )
                for channel in chosen
            ],
            ignore_conflicts=True,
        )
        actions.record("connect", [source], by=by)
        source.begin_backfill(since)
        live.publish("team", live.CLOSE, {})  # streams that are open would not hear of it
    return source


@one_by_one
def _undo_fields(action: Action, by: User) -> bool:
    unchanged = Source.objects.filter(pk=action.object_id, **action.after)
    _publish(action.object_id)
    done = bool(unchanged.update(**action.before))
    if done and "is_our_place" in action.after:
        stale.mark_seen_in(f"source:{action.object_id}")
    if done and "name" in action.after:
        _rename_in_views(action.object_id, action.after["name"], action.before["name"])
    return done


@verb(
    "adjust",
    on=ON,
    right="can_manage_sources",
    words=_("changed the settings of %(object)s"),
    undo=_undo_fields,
)
def adjust(source: Source, *, by: User, **fields: Any) -> Changes:
    """Change name, keywords, new_topics or is_our_place. What arrives from now on is read by
    keywords and new_topics; saved queries follow a new name."""
    with transaction.atomic():
        before = {name: getattr(source, name) for name in fields}
        source.set_fields(**fields)
        if fields.get("is_our_place", before.get("is_our_place")) != before.get("is_our_place"):
            stale.mark_seen_in(source.scope)  # who is an outsider, and how far outreach has come
        if "name" in fields:
            _rename_in_views(source.pk, before["name"], fields["name"])
        return actions.record("adjust", [source], by=by, before=before, after=fields)


def _rename_in_views(pk: int, old: str, new: str) -> None:
    """In the queries of those who may see the source, unless another one is called so still."""
    if old == new or Source.objects.filter(name__iexact=old).exclude(pk=pk).exists():
        return

    def known_to(user: User) -> bool:
        return Source.objects.visible_to(user).filter(pk=pk).exists()

    saved_queries.rename_value("source", old, new, known_to=known_to)


@verb(
    "pause",
    on=ON,
    right="can_manage_sources",
    words=_("paused %(object)s"),
    undo=_undo_fields,
)
def pause(source: Source, *, by: User) -> Changes:
    before = {"state": "active", "pause_reason": ""}
    return _move("pause", source, before, {"state": "paused", "pause_reason": "person"}, by)


@verb(
    "resume",
    on=ON,
    right="can_manage_sources",
    words=_("resumed %(object)s"),
    undo=_undo_fields,
)
def resume(source: Source, *, by: User) -> Changes:
    before = {"state": "paused", "pause_reason": source.pause_reason}
    changes = _move("resume", source, before, {"state": "active", "pause_reason": ""}, by)
    if changes:
        source.withdraw_notice()
        source.pull_now()
    return changes


@verb("sync", on=ON, right="can_manage_sources", words=_("started a sync of %(object)s"))
def sync(source: Source, *, by: User) -> Changes:
    """Due at once. Nothing where it is stopped."""
    if source.state != SourceState.ACTIVE:
        return Changes()
    changes = actions.record("sync", [source], by=by)
    source.pull_now()
    return changes


@verb("reconnect", on=ON, right="can_manage_sources", words=_("reconnected %(object)s"))
def reconnect(
    source: Source,
    config: dict[str, Any],
    credentials: dict[str, Any],
    *,
    by: User,
    health: Health | None = None,
) -> None:
    """New credentials, checked by the caller; the cursor stays, so nothing is missed.

    The access that they replace is revoked, best effort: nobody is asked to remove it by hand, as
    a platform may list it together with the new one.
    """
    with transaction.atomic():
        old = Source.objects.select_for_update().get(pk=source.pk)
        if health:
            _keep_account(source, health)
        source.set_fields(
            config=config,
            credentials=credentials,
            state=SourceState.ACTIVE,
            pause_reason="",
            failures=0,
            failing_since=None,
            last_error="",
        )
        actions.record("reconnect", [source], by=by)
    # no transaction is open while a platform is asked
    replaced = partial(access.revoke, old.kind, old.config, dict(old.credentials))
    transaction.on_commit(replaced)
    source.withdraw_notice()
    source.pull_now()


# Places ------------------------------------------------------------------------------------------


@one_by_one
def _undo_mute(action: Action, by: User) -> bool:
    muted = action.verb == "mute"
    channel = Channel.objects.filter(
        pk=action.after["channel"], source=action.object_id, muted=muted
    )
    _publish(action.object_id)
    return bool(channel.update(muted=not muted))


@verb(
    "mute",
    on=ON,
    right="can_manage_sources",
    words=_("muted a channel of %(object)s"),
    undo=_undo_mute,
    details=trail_words.channels,
)
def mute(channel: Channel, *, by: User) -> Changes:
    """Nothing changes when it was so already."""
    return _mute("mute", channel, True, by)


@verb(
    "unmute",
    on=ON,
    right="can_manage_sources",
    words=_("unmuted a channel of %(object)s"),
    undo=_undo_mute,
    details=trail_words.channels,
)
def unmute(channel: Channel, *, by: User) -> Changes:
    return _mute("unmute", channel, False, by)


def _mute(name: str, channel: Channel, muted: bool, by: User) -> Changes:
    with transaction.atomic():
        if not Channel.objects.filter(pk=channel.pk, muted=not muted).update(muted=muted):
            return Changes()
        _publish(channel.source_id)
        return actions.record(name, [channel.source], by=by, after={"channel": channel.pk})


# Who may see it ----------------------------------------------------------------------------------


@one_by_one
def _undo_restrict(action: Action, by: User) -> bool:
    source = Source.objects.get(pk=action.object_id)
    if source.audience() != action.after:
        return False
    _admit(source, action.before["users"] if action.before["restricted"] else None)
    return True


@verb(
    "restrict",
    on=ON,
    right="can_manage_sources",
    words=_("changed who may see %(object)s"),
    undo=_undo_restrict,
)
def restrict(source: Source, users: Iterable[User] | None, *, by: User) -> Changes:
    """None opens the source to the whole team."""
    with transaction.atomic():
        before = source.audience()
        _admit(source, None if users is None else [user.pk for user in users])
        return actions.record("restrict", [source], by=by, before=before, after=source.audience())


def _admit(source: Source, users: list[int] | None) -> None:
    """Every stream ends: who is not named any more may hear it still, who is named not yet."""
    source.set_fields(restricted=users is not None)
    Grant.objects.filter(scope=source.scope).delete()
    Grant.objects.bulk_create([Grant(scope=source.scope, user_id=pk) for pk in users or ()])
    live.publish("team", live.CLOSE, {})
    transaction.on_commit(view_counts.forget)


# Below the verbs ---------------------------------------------------------------------------------


def _keep_account(source: Source, health: Health) -> None:
    """Who we are there, and how long a reply of that account may be."""
    if health.account:
        known = resolve([health.account])
        mine = [account.identity_id for account in known.values()]
        if Identity.objects.filter(pk__in=mine, is_us=False).update(is_us=True):
            for account in known.values():  # their answers are the team's
                recompute_after_staff_change(account.member_id)
    source.set_fields(account_label=health.account_label[:200], max_length=health.max_length)


def _move(
    name: str, source: Source, before: dict[str, Any], after: dict[str, Any], by: User
) -> Changes:
    with transaction.atomic():
        if not Source.objects.filter(pk=source.pk, **before).update(**after):
            return Changes()
        source.refresh_from_db()
        _publish(source.pk)
        return actions.record(name, [source], by=by, before=before, after=after)


def _publish(pk: int) -> None:
    live.publish([f"source:{pk}"], "sources", {"id": pk})
