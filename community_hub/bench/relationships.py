"""Bonds, rhythms and stages: of everybody at once, and what a day changes."""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.db import connection

from community_hub.bench.figures import Figure, Machine
from inbox.models import Source
from members import bond_pass, derived, stage_rule
from members.models import Activity, DerivedRun, Milestones
from team.models import User

NIGHTLY = 60  # seconds
CHECK = 3  # seconds until the page of stages says who would move
DAYS = 365  # over which fill.py spreads the messages

# The replies that fill.py wrote as lines of the log, the varied members' as this teammate's; and
# one in 30 of these wrote every five days until 40 days ago.
_STATEMENTS = (
    """
    insert into members_activity (member_id, identity_id, kind, occurred_at, actor_id, visibility,
        scope, "where", summary, link, key)
    select i.member_id, i.id, 'reply', m.sent_at, m.by_id, 'team', %(scope)s, 'Bench',
        left(m.body_text, 120), '/conversations/' || m.conversation_id || '/', 'reply:' || m.id
    from inbox_message m join inbox_message asked on asked.id = m.parent_id
    join members_identity i on i.id = asked.author_id
    where m.kind = 'outbound' and m.by_id is not null
    on conflict do nothing
    """,
    """
    update members_activity set actor_id = %(user)s
    where key like 'varied:%%' and actor_id is null
    """,
    """
    insert into members_activity (member_id, kind, occurred_at, visibility, scope, "where",
        summary, link, key)
    select m.id, 'message', now() - (40 + 5 * n) * interval '1 day', 'team', %(scope)s, 'Bench',
        'Hello', '', 'weekly:' || m.id || ':' || n
    from members_member m cross join generate_series(0, 6) n
    where m.id %% 30 = 0
    on conflict do nothing
    """,
)


def relationships(user: User, source: Source, machine: Machine) -> Iterator[Figure]:
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        for statement in _STATEMENTS:
            cursor.execute(statement, {"user": user.pk, "scope": source.scope})
        cursor.execute("vacuum analyze members_activity")
    begun = time.perf_counter()
    members = derived.rebuild()
    took = time.perf_counter() - begun
    yield Figure(f"derived rows of all {members:,} members", took, "s", NIGHTLY * machine.scale)
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze members_bond, members_rhythm, members_solecontact")
    yield from _a_day(machine)
    begun = time.perf_counter()
    moving = stage_rule.would_move(Milestones(participant_activities=5, contributor_activities=20))
    took = time.perf_counter() - begun
    yield Figure("check of other milestones", took, "s", CHECK * machine.scale)
    yield Figure("members who would move by it", len(moving), "")


def _a_day(machine: Machine) -> Iterator[Figure]:
    """As if a day's share of all lines were new, all at once."""
    newest = Activity.objects.order_by("-pk").values_list("pk", flat=True)
    seen = newest[Activity.objects.count() // DAYS]
    DerivedRun.objects.filter(name=derived.NAME).update(through_before=seen)
    begun = time.perf_counter()
    members = derived.update()
    bond_pass.work_out_sole_contacts()
    took = time.perf_counter() - begun
    yield Figure("nightly pass of bonds and rhythms", took, "s", NIGHTLY * machine.scale)
    yield Figure("members in it", members, "")
