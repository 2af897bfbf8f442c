"""What a member did by a message, in the words in which the reason of a stage says it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from community_hub.lib import prepared_sql
from community_hub.lib.text import shortened

LONGEST = 100  # characters of a subject

_DEEDS = """
select m.id, c.subject, concat_ws(' · ', s.name, ch.name), first.id = m.id,
       opener.member_id is not distinct from writer.member_id
from inbox_message m
join inbox_conversation c on c.id = m.conversation_id
join inbox_source s on s.id = m.source_id
left join inbox_channel ch on ch.id = c.channel_id
left join members_identity writer on writer.id = m.author_id
cross join lateral (
    select f.id, f.author_id from inbox_message f
    where f.conversation_id = m.conversation_id and f.kind in ('inbound', 'outbound')
    order by f.sent_at, f.id limit 1
) first
left join members_identity opener on opener.id = first.author_id
where m.id = any(%(ids)s::bigint[])
"""


class _Deed(NamedTuple):
    message: int
    subject: str
    place: str
    is_first: bool
    is_openers: bool

    @property
    def words(self) -> str:
        """Only a subject is quoted: words of a message may be deleted later."""
        if not self.subject:
            return _("wrote in %(place)s") % {"place": self.place}
        said = _("answered “%(subject)s”")
        if self.is_first:
            said = _("started “%(subject)s”")
        elif self.is_openers:
            said = _("wrote in “%(subject)s”")
        return said % {"subject": shortened(self.subject, LONGEST)}


def of_messages(keys: Sequence[str]) -> dict[str, str]:
    """By the keys of the log's lines about them; see members.hooks.deeds."""
    kinds = [key.split(":") for key in keys]
    ids = [int(parts[1]) for parts in kinds if parts[0] == "message" and len(parts) == 2]
    if not ids:
        return {}
    with prepared_sql.cursor(connection) as cursor:
        cursor.execute(_DEEDS, {"ids": prepared_sql.as_array(ids)})
        found = [_Deed(*row) for row in cursor.fetchall()]
    return {f"message:{deed.message}": deed.words for deed in found}
