from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("team", "0014_undone_by")]
    operations = [
        migrations.AddField(
            model_name="notification",
            name="in_bell",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
