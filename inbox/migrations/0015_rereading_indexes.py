import django.db.models.expressions
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False  # the table stays open for writing while the indexes are built

    dependencies = [
        ('inbox', '0014_rereading'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='conversation',
            index=models.Index(
                models.F('source'),
                models.expressions.OrderBy(models.F('checked_at'), nulls_first=True),
                condition=models.Q(('waiting_since__isnull', False)),
                name='waiting_by_check',
            ),
        ),
        AddIndexConcurrently(
            model_name='conversation',
            index=models.Index(
                fields=['source', 'last_reply_at'],
                condition=models.Q(('last_reply_at__isnull', False)),
                name='answered_by_source',
            ),
        ),
    ]
