"""One member whom the team knows for long: 5,000 lines in their log."""

from __future__ import annotations

from django.db import connection

from inbox.models import Source
from members.models import Member
from team.models import User

LINES = 5_000
NAME = "Bench of a long history"
# Over five years: a day in three, a conversation of five lines; one line in ten is a reply of the
# user's, one in fifty a note.
_FILL = """
insert into members_activity (member_id, identity_id, kind, occurred_at, actor_id, visibility,
    scope, "where", summary, link, key)
select %(member)s, null,
    case when n %% 50 = 0 then 'note' when n %% 10 = 5 then 'reply' else 'message' end,
    now() - n / 5 * interval '44 hours' - n %% 5 * interval '7 minutes',
    case when n %% 50 = 0 or n %% 10 = 5 then %(user)s::bigint end, 'team', %(scope)s, 'Bench',
    'What somebody said or asked, number ' || n || ', in as many words as people use',
    '/conversations/' || (select min(id) from inbox_conversation) + n / 5 || '/#message-' || n,
    'bench-history:' || n
from generate_series(1, %(lines)s) n
"""


def member_with_history(source: Source, user: User) -> Member:
    """The one of an earlier run where the database was kept."""
    found, is_new = Member.objects.get_or_create(name=NAME)
    if is_new:
        values: dict[str, int | str] = {
            "member": found.pk,
            "user": user.pk,
            "scope": source.scope,
            "lines": LINES,
        }
        with connection.cursor() as cursor:
            cursor.execute(_FILL, values)
            cursor.execute("analyze members_activity")
    return found
