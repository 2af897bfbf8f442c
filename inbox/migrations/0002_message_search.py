from django.db import migrations

# A configuration taken from a column is not immutable, so the known languages are spelled out;
# a body of 2 MB breaks the limit of a tsvector, so its beginning is what is found.
LANGUAGES = {
    "da": "danish", "de": "german", "en": "english", "es": "spanish", "fi": "finnish",
    "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch", "no": "norwegian",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
TEXT = "left(body_text, 200000)"
CASES = "\n".join(
    f"        when '{code}' then to_tsvector('{name}'::regconfig, {TEXT})"
    for code, name in LANGUAGES.items()
)
FORWARD = f"""
alter table inbox_message add column search tsvector generated always as (
    case left(language, 2)
{CASES}
        else to_tsvector('simple'::regconfig, {TEXT})
    end
) stored;
create index inbox_message_search on inbox_message using gin (search);
create index inbox_message_thread_ref on inbox_message (conversation_id, thread_ref)
    where thread_ref <> '';
"""
BACKWARD = """
drop index inbox_message_thread_ref;
drop index inbox_message_search;
alter table inbox_message drop column search;
"""


class Migration(migrations.Migration):
    dependencies = [("inbox", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
