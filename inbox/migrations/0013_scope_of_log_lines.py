from django.db import migrations

# Every line that tells of a message says in which source that was, restricted or not.
STEP = 5000
SET = """
update members_activity a set scope = 'source:' || m.source_id
from inbox_message m
where m.id > %(after)s and m.id <= %(until)s and a.scope = ''
  and a.key in ('message:' || m.id, 'reply:' || m.id)
"""
SET_EDITS = """
update members_activity a set scope = said.scope
from members_activity said
where a.kind = 'edited' and a.scope = '' and said.key = split_part(a.key, ':edited:', 1)
  and said.member_id = a.member_id
"""
# As it was: only the lines of restricted sources had one.
CLEAR = """
update members_activity a set scope = ''
from inbox_source s where a.scope = 'source:' || s.id and not s.restricted
  and a.id > %(after)s and a.id <= %(until)s
"""


def fill(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        in_steps(cursor, "inbox_message", SET)
        cursor.execute(SET_EDITS)


def clear(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        in_steps(cursor, "members_activity", CLEAR)


def in_steps(cursor, table, statement):
    cursor.execute(f"select coalesce(max(id), 0) from {table}")
    (last,) = cursor.fetchone()
    for after in range(0, last, STEP):
        cursor.execute(statement, {"after": after, "until": after + STEP})


class Migration(migrations.Migration):
    atomic = False  # each step stands by itself, and is safe to repeat

    dependencies = [("inbox", "0012_webhooks"), ("members", "0004_sightings")]
    operations = [migrations.RunPython(fill, clear)]
