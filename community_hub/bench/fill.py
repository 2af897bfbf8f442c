"""A community of any size, written straight to the tables: what the pages are measured over."""

from __future__ import annotations

import math
import random

from django.db import connection

LONG = 200  # conversations of 20 messages

# What the messages say follows Zipf's law, as words do: the word of rank r is said 1/r times as
# often as the first, of 30,000 (`word()` says the same in Python). Beside these, words whose share
# is known.
VOCABULARY = 30_000
LETTERS = str.maketrans("0123456789", "bdfgklmnrt")
HALF_A_PERCENT = "arpeggiator"
THIRTY_PERCENT = "clock"
RARE = "zephyrine"  # 5 in a million
LONG_AGO = "metronome"  # in every second of the oldest 30 %, and in none since

_STATEMENTS = (
    """
    insert into members_member (name, pronouns, place, timezone, languages, stage, stage_pinned,
        is_bot, do_not_contact, first_seen, last_seen)
    select 'Member ' || n, '', '', '', '[]', 'participant', false, false, false,
        now() - interval '400 days', now() - (n || ' minutes')::interval
    from generate_series(1, %(members)s) n
    """,
    """
    insert into members_identity (member_id, network, external_id, handle, display_name,
        profile_url, avatar_url, bio, email, links, is_us, created_at)
    select id, 'sandbox:bench', 'person-' || id, 'member' || id, name, '', '', '', '', '[]', false,
        now()
    from members_member
    """,
    """
    insert into inbox_conversation (source_id, external_id, subject, permalink, visibility,
        reply_blocked, state, handled_up_to, priority, created_at, message_count,
        participant_count, last_message_id, preview, mention_reason, mention_keyword)
    select %(source)s, 'thread-' || n, 'Question number ' || n || ' about ' || about.words,
        '', 'public', '',
        case when n %% 40 = 0 then 'open' when n %% 97 = 0 then 'snoozed' else 'done' end,
        case when n %% 40 = 0 then 0 else 9000000000 end, 0, now(), 0, 0, 0, '', '', ''
    from generate_series(1, %(conversations)s) n
    cross join lateral (
        select string_agg(translate(floor(exp(random() * ln(30000)))::int::text, '0123456789',
            'bdfgklmnrt'), ' ') as words
        from generate_series(1, 3 + 0 * n)
    ) about
    """,
    """
    insert into inbox_message (conversation_id, source_id, external_id, kind, author_id, thread_ref,
        parent_external_id, parent_ref, mention_reason, keyword, handled_on_arrival, body_source,
        body_html, body_text, content_warning, attachments, event, language, visibility, permalink,
        sent_at, received_at, version, reply_ref)
    select c.id, %(source)s, 'bench-' || n, 'inbound', i.id, '', '', '',
        case when n <= %(conversations)s then 'new_topic' else '' end, '', false, '',
        '<p>' || words.text || '</p>', words.text, '', '[]', '{}', 'en', 'public', '',
        now() - interval '1 year' * ((%(messages)s - n)::float / %(messages)s), now(), '1', '{}'
    from generate_series(1, %(messages)s) n
    join inbox_conversation c on c.external_id = 'thread-' || (1 + n %% %(conversations)s)
    join members_identity i on i.external_id = 'person-' || (1 + (n * 7919::bigint) %% %(members)s)
    cross join lateral (
        select 'Message ' || n || ' says '
            || case when number %% 200 = 7 then 'that the arpeggiator drifts, ' else '' end
            || case when number / 1000 %% 10 < 3 then 'that the clock drifts, ' else '' end
            || case when n %% 200003 = 4000 then 'zephyrine, ' else '' end
            || case when number %% 2 = 0 and n < %(messages)s * 0.3 then 'of the metronome, '
                else '' end
            || string_agg(translate(floor(exp(random() * ln(30000)))::int::text, '0123456789',
                'bdfgklmnrt'), ' ') as text
        from generate_series(1, 30 + 0 * n), abs(hashint4(n)) number
        group by number
    ) words
    order by n
    """,
    """
    insert into inbox_message (conversation_id, source_id, external_id, kind, author_id, thread_ref,
        parent_external_id, parent_id, parent_ref, mention_reason, keyword, handled_on_arrival,
        body_source, body_html, body_text, content_warning, attachments, event, language,
        visibility, permalink, sent_at, received_at, version, reply_ref)
    select root.conversation_id, %(source)s, root.external_id || '-' || n, 'inbound', i.id, '',
        root.external_id, root.id, '', '', '', false, '', root.body_html, root.body_text, '', '[]',
        '{}', 'en', 'public', 'https://forum.example/p/' || root.id || '/' || n,
        root.sent_at + n * interval '1 minute', now(), '1', '{}'
    from (
        select m.* from inbox_conversation c
        join inbox_message m on m.conversation_id = c.id and m.mention_reason <> ''
        where c.state = 'open' order by c.id limit %(long)s
    ) root
    cross join generate_series(1, 15) n
    join members_identity i on i.external_id = 'person-' || (1 + (n * root.id) %% %(members)s)
    """,
    """
    insert into inbox_message (conversation_id, source_id, external_id, kind, by_id, thread_ref,
        parent_external_id, parent_id, parent_ref, mention_reason, keyword, handled_on_arrival,
        body_source, body_html, body_text, content_warning, attachments, event, language,
        visibility, permalink, sent_at, received_at, version, reply_ref)
    select root.conversation_id, %(source)s, 'reply-' || root.id, 'outbound', %(user)s, '',
        root.external_id, root.id, '', '', '', false, words.text, '<p>' || words.text || '</p>',
        words.text, '', '[]', '{}', 'en', 'public', '', root.sent_at + interval '1 hour', now(),
        '1', '{}'
    from inbox_conversation c
    join inbox_message root on root.conversation_id = c.id and root.mention_reason <> ''
    cross join lateral (
        select string_agg(translate(floor(exp(random() * ln(30000)))::int::text, '0123456789',
            'bdfgklmnrt'), ' ') as text
        from generate_series(1, 30 + 0 * root.id)
    ) words
    where c.state = 'done' and root.id %% 2 = 0
    order by root.id
    """,
    """
    insert into inbox_delivery (message_id, state, attempts, checks, prepared, done_after,
        last_error)
    select id, 'sent', 1, 0, '{}', false, '' from inbox_message where kind = 'outbound'
    """,
    """
    insert into members_activity (member_id, identity_id, kind, occurred_at, visibility, scope,
        "where", summary, link, key)
    select i.member_id, i.id, 'message', m.sent_at, 'team', '', 'Bench', left(m.body_text, 120),
        '/conversations/' || m.conversation_id || '/', 'message:' || m.id
    from inbox_message m join members_identity i on i.id = m.author_id
    """,
)


def word(chance: random.Random) -> str:
    return str(int(math.exp(chance.random() * math.log(VOCABULARY)))).translate(LETTERS)


def fill(source_pk: int, user_pk: int, *, messages: int) -> None:
    """One member a 20 messages, one conversation a 5; one in 40 of them waits for an answer, and
    the first 200 of those have 15 answers more: the conversations of 20 that are opened. Half of
    those that are done have a reply of the user's beside these."""
    sizes = {
        "source": source_pk,
        "user": user_pk,
        "messages": messages,
        "conversations": max(messages // 5, 1),
        "members": max(messages // 20, 1),
        "long": LONG,
    }
    with connection.cursor() as cursor:
        cursor.execute("set statement_timeout = 0")
        cursor.execute("select setseed(0.42)")  # the same words each time
        cursor.execute("create index bench_threads on inbox_conversation (external_id)")
        cursor.execute("create index bench_people on members_identity (external_id)")
        for statement in _STATEMENTS:
            cursor.execute(statement, sizes)
        cursor.execute("drop index bench_threads")
        cursor.execute("drop index bench_people")
        cursor.execute("vacuum analyze")


def recompute_all() -> None:
    """The kept fields of everything, 2,000 conversations at a time."""
    from inbox.models import Conversation

    ids = list(Conversation.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), 2000):
        Conversation.objects.recompute(ids[start : start + 2000])
    with connection.cursor() as cursor:
        cursor.execute("vacuum analyze")
