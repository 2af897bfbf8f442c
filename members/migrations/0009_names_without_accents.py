from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Collate, Lower, LTrim

from community_hub.lib.search_text import SearchText


class Migration(migrations.Migration):
    atomic = False  # the table stays open for writing while the index is built

    dependencies = [("members", "0008_name_words")]

    operations = [
        AddIndexConcurrently(
            model_name="member",
            index=models.Index(
                Collate(Lower(LTrim(SearchText("name"))), "C"),
                models.F("id"),
                name="members_by_plain_name",
            ),
        ),
        RemoveIndexConcurrently(model_name="member", name="members_by_name"),
    ]
