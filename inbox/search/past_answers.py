"""Which replies of the team answered words like those that are asked now.

What is compared is both the reply and the message that it answered. The newest replies are all
looked at; older ones are found by the full-text index, by the rarest of the words. How much a word
counts is told by how few of the newest replies have it: of those to messages in the same language,
where any word of another one would be rare; and of those that the reader may see, so that an order
tells nothing of others. Words that many of them have, and those of everyday language, make no
likeness by themselves, and another one alone only where it is rare. Where words were typed, they
alone are looked for, whatever is answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from inbox.models import Conversation, Source
from inbox.models.message import CLOSED

from .everyday import is_everyday
from .limits import limited
from .terms import Term, telling

if TYPE_CHECKING:
    from team.models import User

MOST = 2_000  # of the newest replies
EACH = 500  # of the newest, of each account of a colleague's
MOST_TERMS = 20  # of the message that is answered
MOST_HITS = 1_000  # messages that the index gives
SHARE = 0.005  # of all messages: so many may have the words that the index is asked for, together
RARE = 0.001  # the share of a word that PostgreSQL's statistics do not have, at most about
GIVEN = 40  # replies, the best first
COMMON = 0.1  # of the newest replies in this language: what so many have tells nothing
SELDOM = 0.01  # of them: a word that no more have makes a likeness alone
LITTLE = 0.3  # of the weight of another word has one of everyday language
ENOUGH = 30  # of them, from which on that can be told

# A reply counts where it was answered in the open and has arrived. What it answered: its parent,
# or where that is none of a member's, the last thing that a member had said. What is "materialized"
# is worked out once: the planner takes it for a few rows, and would begin anew for each of them.
_RANKED = """
with ours as materialized (
    select i.id from members_member p join members_identity i on i.member_id = p.id
    where p.user_id is not null and not p.is_bot
    union select id from members_identity where is_us
), term as materialized (
    select at, query::tsquery as query, is_everyday
    from unnest(%(numbers)s::int[], %(queries)s::text[], %(everyday)s::bool[])
        as t(at, query, is_everyday)
), open_message as not materialized (
    select * from inbox_message
    where deleted_at is null and source_id = any(%(sources)s)
      and visibility <> all(%(closed)s) and conversation_id <> %(here)s
), outbound as materialized (
    select id, conversation_id, parent_id, sent_at, search from open_message
    where kind = 'outbound' order by sent_at desc, id desc limit %(most)s
), native as materialized (
    select m.* from ours cross join lateral (
        select id, conversation_id, parent_id, sent_at, search from open_message
        where author_id = ours.id and kind = 'inbound' order by sent_at desc limit %(each)s
    ) m limit %(most)s
), hit as materialized (
    select id, conversation_id, parent_id, sent_at, search,
        kind = 'outbound' or author_id in (select id from ours) as is_ours
    from open_message
    where search @@ %(by_index)s::tsquery and kind in ('inbound', 'outbound')
    limit %(most_hits)s
), candidate as (
    select *, true as is_new from outbound
    union all select *, true from native
    union all
    select id, conversation_id, parent_id, sent_at, search, false from hit where is_ours
    union all
    select r.*, false from hit cross join lateral (
        select id, conversation_id, parent_id, sent_at, search from open_message
        where parent_id = hit.id
          and (kind = 'outbound' or author_id in (select id from ours)) limit 5
    ) r where is_ours is not true
    union all
    select r.id, r.conversation_id, r.parent_id, r.sent_at, r.search, false
    from hit cross join lateral (
        select * from open_message where conversation_id = hit.conversation_id
          and (sent_at, id) > (hit.sent_at, hit.id) and kind in ('inbound', 'outbound')
        order by sent_at, id limit 1
    ) r
    where is_ours is not true and r.parent_id is null
      and (r.kind = 'outbound' or r.author_id in (select id from ours))
), reply as materialized (
    select distinct on (id) * from candidate order by id, is_new desc
), pair as materialized (
    select reply.id, reply.is_new, reply.search as said,
        coalesce(parent.id, before.id) as question,
        coalesce(parent.search, before.search) as asked,
        %(language)s = '' or coalesce(parent.language, before.language) = ''
            or lower(split_part(coalesce(parent.language, before.language), '-', 1))
                = %(language)s as is_alike
    from reply
    left join lateral (
        select id, search, language from open_message
        where id = reply.parent_id and kind = 'inbound'
          and (author_id is null or author_id not in (select id from ours)) offset 0
    ) parent on true
    left join lateral (
        select id, search, language from open_message
        where parent.id is null and conversation_id = reply.conversation_id
          and kind = 'inbound' and (sent_at, id) < (reply.sent_at, reply.id)
          and (author_id is null or author_id not in (select id from ours))
        order by sent_at desc, id desc limit 1
    ) before on true
    where (parent.id is not null or before.id is not null)
      and case when %(typed)s::text is null then true
          when %(is_one)s then coalesce(parent.search, before.search) @@ %(typed)s::tsquery
              or reply.search @@ %(typed)s::tsquery
          else coalesce(parent.search, before.search) || reply.search @@ %(typed)s::tsquery end
      and not exists (
        select from inbox_delivery d where d.message_id = reply.id and d.state <> 'sent')
), matched as materialized (
    select pair.id, pair.question, pair.is_new and pair.is_alike as counts, term.at,
        20 + length(pair.asked) + length(pair.said) / 2 as size,
        pair.asked @@ term.query as was_asked, pair.said @@ term.query as was_said
    from pair cross join term
    where pair.asked @@ term.query or pair.said @@ term.query
), total as materialized (
    select count(*) filter (where is_new and is_alike)::float8 as pairs from pair
), weight as materialized (
    select at, ln((pairs + 1) / (n + 0.5)) * case when is_little then %(little)s else 1 end
            as weight,
        is_typed or not is_little and (pairs < %(enough)s or n <= pairs * %(common)s) as tells,
        is_typed or not is_little
            and (pairs < %(enough)s or n <= greatest(pairs * %(seldom)s, 1)) as suffices
    from (select at, count(*) filter (where counts) as n from matched group by at) as seen
        join term using (at)
        cross join total cross join (select %(typed)s::text is not null as is_typed) as given
        cross join lateral (select is_everyday and not is_typed as is_little) as how
)
select best.*,
    (select count(*) from outbound) = %(most)s or (select count(*) from native) = %(most)s
from (select) as once left join (
    select id, question, array_agg(at order by weight desc) filter (where tells) as terms,
        sum(weight * case when was_asked and was_said then 1.25 when was_asked then 1 else 0.5 end)
            / ln(size) as rank
    from matched join weight using (at) group by id, question, size
    having bool_or(suffices) or count(*) filter (where tells) > 1
    order by rank desc, id desc limit %(given)s
) best on true order by rank desc, id desc
"""


@dataclass(frozen=True)
class Match:
    """`reply`, `question`: ids of messages. `terms`: those that either has and that are rare enough
    to tell something, what tells most first."""

    reply: int
    question: int
    terms: list[Term]
    rank: float


@dataclass(frozen=True)
class Found:
    """The best first. `is_bounded`: of older replies, only some were looked at."""

    matches: list[Match]
    is_bounded: bool = False


def similar(
    asked: Sequence[Term],
    typed: Sequence[Term],
    conversation: Conversation,
    user: User,
    language: str = "",
) -> Found:
    """Replies in other conversations that this user may see. With `typed` words all that have
    them, or whose question has, whatever is asked; the last may be begun. `language`: the code of
    the one that is asked in, "" where it is not known. Raises TooLong."""
    wanted = list(typed) or telling(asked, MOST_TERMS)
    if not wanted:
        return Found([])
    values: dict[str, Any] = {
        "numbers": list(range(len(wanted))),
        "queries": [term.query for term in wanted],
        "language": "" if typed else language,
        "everyday": [is_everyday(term) for term in wanted],
        "little": LITTLE,
        "common": COMMON,
        "seldom": SELDOM,
        "enough": ENOUGH,
        "typed": all_of(typed) if typed else None,
        "is_one": len(typed) == 1,
        "by_index": all_of(typed) if typed and is_rare(typed) else any_of(wanted),
        "sources": list(Source.objects.visible_to(user).values_list("pk", flat=True)),
        "closed": list(CLOSED),
        "here": conversation.pk,
        "most": MOST, "each": EACH, "most_hits": MOST_HITS, "given": GIVEN,
    }  # fmt: skip
    with limited(), connection.cursor() as cursor:
        cursor.execute(_RANKED, values)
        rows = cursor.fetchall()
    matches = [
        Match(reply, question, [wanted[number] for number in numbers], rank)
        for reply, question, numbers, rank, _bounded in rows
        if reply
    ]
    return Found(matches, any(row[-1] for row in rows))


def all_of(terms: Sequence[Term]) -> str:
    return " & ".join(f"({term.query})" for term in terms)


def is_rare(terms: Sequence[Term]) -> bool:
    return min(term.share for term in terms) <= SHARE


def any_of(terms: Sequence[Term]) -> str:
    """Of the rarest, as many as the index gives soon enough; "" where there are none."""
    chosen, share = [], 0.0
    for term in sorted(terms, key=lambda term: term.share):
        share += term.share or RARE
        if share > SHARE:
            break
        chosen.append(f"({term.query})")
    return " | ".join(chosen)
