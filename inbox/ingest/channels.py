"""The channels of a page of items: stored, and asked whether anybody listens to them."""

from __future__ import annotations

from collections import Counter
from itertools import starmap
from typing import NamedTuple

from django.db import connection

from community_hub.lib import prepared_sql
from community_hub.lib.text import one_line, web_address
from inbox.connectors.ignored import Ignored
from inbox.ingest import threads
from inbox.ingest.items import PreparedItem, channel_key
from inbox.models import Channel, Source


class _Known(NamedTuple):
    """A row of the query below."""

    external_id: str
    pk: int
    name: str
    url: str
    muted: bool


_KNOWN = """
select external_id, id, name, url, muted from inbox_channel
where source_id = %(source)s
  and external_id = any(array(select json_array_elements_text(%(ids)s::json)))
"""


def store_channels(source: Source, ready: list[PreparedItem]) -> tuple[dict[str, int], set[str]]:
    """Channel pks by external id, and which of them are muted. What a post does not say of its
    channel is not forgotten."""
    named = {one.channel_id: one.item for one in ready if one.channel_id}
    if not named:
        return {}, set()
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(_KNOWN, {"source": source.pk, "ids": prepared_sql.as_json(list(named))})
        known = {row.external_id: row for row in starmap(_Known, cursor.fetchall())}
    changed = []
    for external_id, item in sorted(named.items()):
        old = known.get(external_id)
        name = one_line(item.channel_name, 200) or (old.name if old else one_line(external_id, 200))
        url = web_address(item.channel_url) or (old.url if old else "")
        if old is None or (old.name, old.url) != (name, url):
            changed.append(Channel(source=source, external_id=external_id, name=name, url=url))
    written = Channel.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["source", "external_id"],
        update_fields=["name", "url"],
    )
    pks = {external_id: channel.pk for external_id, channel in known.items()}
    pks |= {channel.external_id: channel.pk for channel in written}
    return pks, {channel.external_id for channel in known.values() if channel.muted}


def heard(
    source: Source, ready: list[PreparedItem], muted: set[str]
) -> tuple[list[PreparedItem], Counter[str]]:
    """Without what was said in places nobody listens to, unless it speaks to us."""
    chosen = {channel_key(external_id) for external_id in source.channel_ids}
    if not chosen and not muted:
        return ready, Counter()

    def is_heard(one: PreparedItem) -> bool:
        place = one.channel_id
        if one.item.is_own or one.reason in ("direct", "handle") or not place:
            return True
        return place not in muted and (not chosen or place in chosen)

    spoken_to = {one.thread_id for one in ready if is_heard(one)}
    known = threads.known(source, {one.thread_id for one in ready})
    kept = [one for one in ready if one.thread_id in spoken_to or one.thread_id in known]
    left_out = len(ready) - len(kept)
    return kept, Counter({Ignored.UNHEARD: left_out} if left_out else {})
