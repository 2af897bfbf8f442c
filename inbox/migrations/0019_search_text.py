from django.db import migrations

# Names of text search configurations that PostgreSQL 15 has, as in inbox/languages.py. One that is
# taken from a column is not immutable, so they are spelled out. A tsvector has at most 1 MB, so the
# beginning of a long body is what is found.
CONFIGURATIONS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "es": "spanish", "fi": "finnish", "fr": "french", "hi": "hindi",
    "hu": "hungarian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian",
    "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pt": "portuguese", "ro": "romanian",
    "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
LONGEST = 120_000
TEXT = f"left(hub_search_text(left(body_text, {LONGEST})), {LONGEST})"
CASES = "\n".join(
    f"        when '{code}' then to_tsvector('pg_catalog.{name}'::regconfig, {TEXT})"
    for code, name in CONFIGURATIONS.items()
)
SUBJECT = "hub_search_text(subject)"
# The table is written anew under a lock: 17 s for 200,000 messages of 40 words.
FORWARD = f"""
drop index inbox_message_search;
alter table inbox_message drop column search;
alter table inbox_message add column search tsvector generated always as (
    case lower(split_part(replace(language, '_', '-'), '-', 1))
{CASES}
        else to_tsvector('pg_catalog.simple'::regconfig, {TEXT})
    end
) stored;
create index inbox_message_search on inbox_message using gin (search);
alter table inbox_conversation add column search tsvector generated always as (
    to_tsvector('pg_catalog.simple'::regconfig, {SUBJECT})
    || to_tsvector('pg_catalog.english'::regconfig, {SUBJECT})
) stored;
create index inbox_conversation_search on inbox_conversation using gin (search);
"""
# What 0002 made.
OLD = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
OLD_CASES = "\n".join(
    f"        when '{code}' then to_tsvector('{name}'::regconfig, left(body_text, 200000))"
    for code, name in OLD.items()
)
BACKWARD = f"""
drop index inbox_conversation_search;
alter table inbox_conversation drop column search;
drop index inbox_message_search;
alter table inbox_message drop column search;
alter table inbox_message add column search tsvector generated always as (
    case left(language, 2)
{OLD_CASES}
        else to_tsvector('simple'::regconfig, left(body_text, 200000))
    end
) stored;
create index inbox_message_search on inbox_message using gin (search);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("community_hub", "0002_search_text"),
        ("inbox", "0018_saved_replies"),
    ]
    operations = [
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
