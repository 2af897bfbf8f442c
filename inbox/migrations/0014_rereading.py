from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inbox', '0013_scope_of_log_lines'),
    ]

    operations = [
        migrations.AddField(
            model_name='conversation',
            name='checked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='source',
            name='reread_at',
            field=models.DateTimeField(null=True),
        ),
    ]
