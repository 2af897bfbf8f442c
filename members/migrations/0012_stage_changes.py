from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the table stays open for writing while the index is built

    dependencies = [
        ('members', '0011_stages'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='activity',
            index=models.Index(condition=models.Q(('kind', 'stage'), ('removed_at__isnull', True)), fields=['member', '-occurred_at', '-id'], name='stage_changes'),
        ),
    ]
