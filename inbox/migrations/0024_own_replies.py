from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the table stays open for writing while the index is built

    dependencies = [
        ('inbox', '0023_group_saved_replies'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='message',
            index=models.Index(condition=models.Q(('deleted_at__isnull', True), ('kind', 'outbound')), fields=['-sent_at', '-id'], name='own_replies'),
        ),
    ]
