from string import punctuation

from django.db import migrations

# The same as community_hub/lib/search_text.py, which says why.
ACCENTS = r"([A-Za-z\u00c0-\u024f\u0370-\u03ff])[\u0300-\u036f]+"
UNSEEN = (
    r"[\u00ad\u200b-\u200f\u2060\ufeff\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    r"\u0640\u064b-\u065f\u0670]"
)
ONE_BY_ONE = (
    r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    r"\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f\uac00-\ud7a3])"
)
PUNCTUATION = punctuation.replace("'", "''")
SPACES = " " * len(punctuation)
FORWARD = f"""
create function hub_search_text(text) returns text
language sql immutable strict parallel safe as $function$
    select translate(
        case when octet_length($1) = char_length($1) then $1 else regexp_replace(
            replace(replace(replace(replace(replace(replace(translate(
                normalize(regexp_replace(regexp_replace(
                    normalize($1, nfkd), '{ACCENTS}', '\\1', 'g'), '{UNSEEN}', '', 'g'), nfc),
                'øØłŁđĐı', 'oOlLdDi'),
                'ß', 'ss'), 'ẞ', 'ss'), 'æ', 'ae'), 'Æ', 'AE'), 'œ', 'oe'), 'Œ', 'OE'),
            '{ONE_BY_ONE}', ' \\1 ', 'g') end,
        '{PUNCTUATION}', '{SPACES}')
$function$
"""


class Migration(migrations.Migration):
    dependencies = [("community_hub", "0001_job_runs")]
    operations = [
        migrations.RunSQL(FORWARD, "drop function hub_search_text(text)", elidable=False)
    ]
