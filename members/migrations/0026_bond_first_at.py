"""Since when a teammate and a member know each other: worked out with everything that is derived."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("members", "0025_accounts_by_email")]

    operations = [
        migrations.AddField(
            model_name="bond",
            name="first_at",
            field=models.DateTimeField(null=True),
        ),
        # Without it, the next run works out everybody.
        migrations.RunSQL("delete from members_derivedrun", migrations.RunSQL.noop),
    ]
