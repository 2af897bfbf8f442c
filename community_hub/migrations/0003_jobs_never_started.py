import django.db.models.functions.datetime
from django.db import migrations, models


def forget_never_started(apps, schema_editor):
    apps.get_model("community_hub", "JobRun").objects.filter(started_at=None).delete()


class Migration(migrations.Migration):
    dependencies = [("community_hub", "0002_search_text")]
    operations = [
        migrations.AddField(
            model_name="jobrun",
            name="seen_at",
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
        ),
        migrations.AlterField(
            model_name="jobrun", name="started_at", field=models.DateTimeField(null=True)
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_never_started),
    ]
