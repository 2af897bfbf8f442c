from django.db import migrations

# Where the accounts that are there already were seen.
FILL = """
insert into members_sighting (identity_id, scope, first_seen, last_seen)
select author_id, 'source:' || source_id, min(sent_at), max(sent_at)
from inbox_message where author_id is not null and kind = 'inbound' group by author_id, source_id
on conflict (identity_id, scope) do nothing
"""


class Migration(migrations.Migration):
    dependencies = [("inbox", "0009_log_native_replies"), ("members", "0004_sightings")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
