from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

from members.models.name_words import Joined, WordsVector


class Migration(migrations.Migration):
    atomic = False  # the tables stay open for writing while the indexes are built

    dependencies = [
        ("community_hub", "0002_search_text"),
        ("members", "0007_our_accounts"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="identity",
            index=GinIndex(
                WordsVector(Joined(models.F("handle"), models.F("display_name"))),
                name="account_name_words",
            ),
        ),
        AddIndexConcurrently(
            model_name="member",
            index=GinIndex(WordsVector(models.F("name")), name="member_name_words"),
        ),
    ]
