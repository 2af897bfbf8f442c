from django.db import migrations

# What was there before: the first inbound words of each conversation, and a line in the log of
# whoever was answered for each reply that a colleague wrote on the platform itself.
STEP = 5000
OPENINGS = """
update inbox_conversation c set opening = left(regexp_replace(first.said, '\\s+', ' ', 'g'), 120)
from (
    select distinct on (conversation_id) conversation_id, left(body_text, 300) as said
    from inbox_message
    where kind = 'inbound' and deleted_at is null and body_text <> ''
      and conversation_id > %(after)s and conversation_id <= %(until)s
    order by conversation_id, sent_at, id
) first
where c.id = first.conversation_id and c.opening = ''
"""
REPLIES = """
insert into members_activity (member_id, identity_id, kind, occurred_at, actor_id, visibility,
                              scope, "where", summary, link, key)
select person.id, answered.author_id, 'reply', m.sent_at, writer.user_id, 'team',
       case when s.restricted then 'source:' || s.id else '' end, s.name,
       regexp_replace(left(m.body_text, 200), '\\s+', ' ', 'g'),
       '/conversations/' || m.conversation_id || '/#message-' || m.id, 'reply:' || m.id
from inbox_message m
join inbox_source s on s.id = m.source_id
join members_identity account on account.id = m.author_id
join members_member writer on writer.id = account.member_id
cross join lateral (
    select coalesce(
        (select p.author_id from inbox_message p where p.id = m.parent_id),
        (select a.author_id from inbox_message a
         where m.parent_id is null and a.conversation_id = m.conversation_id
           and a.mention_reason <> '' and (a.sent_at, a.id) < (m.sent_at, m.id)
         order by a.sent_at desc, a.id desc limit 1)) as author_id
) answered
join members_identity theirs on theirs.id = answered.author_id and not theirs.is_us
join members_member person on person.id = theirs.member_id and person.user_id is null
where m.id > %(after)s and m.id <= %(until)s and m.kind = 'inbound' and m.deleted_at is null
  and (writer.user_id is not null or account.is_us)
on conflict (key) do nothing
"""
CONTACTS = """
update members_member p set last_contact_at = greatest(p.last_contact_at, latest.at)
from (select member_id, max(occurred_at) as at from members_activity
      where kind = 'reply' and removed_at is null group by member_id) latest
where p.id = latest.member_id
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for table, statement in (("inbox_conversation", OPENINGS), ("inbox_message", REPLIES)):
            cursor.execute(f"select coalesce(max(id), 0) from {table}")
            (last,) = cursor.fetchone()
            for after in range(0, last, STEP):
                cursor.execute(statement, {"after": after, "until": after + STEP})
        cursor.execute(CONTACTS)


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0008_follow_ups_and_openings"),
        ("members", "0002_no_index_twice"),
    ]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
