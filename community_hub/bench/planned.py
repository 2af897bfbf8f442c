"""What Today looks through: follow-ups, credits, rhythms and cadences of a large community."""

from __future__ import annotations

from django.db import connection

from inbox.models import Source
from team.models import User

_STATEMENTS = (
    """
    insert into members_followup (member_id, owner_id, kind, text, due_on, state, origin, scope,
        place, link, created_by_id, created_at, closed_at)
    select m.id, %(user)s,
        (array['follow-up', 'promise', 'welcome', 'thanks'])[1 + m.id %% 4], 'Send the fix',
        current_date - (m.id %% 30)::int + 15, case when m.id %% 20 = 0 then 'open' else 'kept' end,
        'bench:' || m.id, %(scope)s, '', '', %(user)s, now() - interval '20 days',
        case when m.id %% 20 = 0 then null else now() end
    from members_member m where m.id %% 3 = 0 and m.user_id is null
    on conflict do nothing
    """,
    """
    insert into members_activity (member_id, kind, occurred_at, visibility, scope, "where", summary,
        link, key)
    select m.id, 'credit', now() - (m.id %% 100) * interval '1 day', 'team', %(scope)s, 'Bench',
        'Answered someone', '', 'bench-credit:' || m.id
    from members_member m where m.id %% 10 = 0
    on conflict do nothing
    """,
    """
    insert into members_rhythm (member_id, active_days, median_gap, last_active_on, quiet_since,
        came_back_on, cadence_days)
    select m.id, 8, 5, current_date - 30, case when m.id %% 12 = 0 then current_date - 30 end,
        case when m.id %% 12 = 1 then current_date - (m.id %% 40)::int end,
        case when m.id %% 50 = 0 then 30 end
    from members_member m where m.id %% 4 < 2
    on conflict (member_id) do update set quiet_since = excluded.quiet_since,
        came_back_on = excluded.came_back_on, cadence_days = excluded.cadence_days
    """,
    """
    insert into members_bond (member_id, user_id, scope, score, last_at, exchanges, meetings,
        events)
    select m.id, %(user)s, %(scope)s, m.id %% 90, now(), 1, 0, 0
    from members_member m where m.id %% 4 = 0
    on conflict do nothing
    """,
    """
    update members_tag set cadence_days = 60 where name in ('rare', 'tag-3')
    """,
)


def fill_today(user: User, source: Source) -> None:
    values: dict[str, int | str] = {"user": user.pk, "scope": source.scope}
    with connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(statement, values)
        cursor.execute("analyze members_followup")
        cursor.execute("analyze members_rhythm")
        cursor.execute("analyze members_activity")
        cursor.execute("analyze members_bond")
