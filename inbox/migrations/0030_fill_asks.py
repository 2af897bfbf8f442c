from django.db import migrations
from django.utils import timezone


def start(apps, schema_editor):
    """A job works out the asks of what is there already: it may take minutes."""
    if apps.get_model("inbox", "Conversation").objects.exists():
        apps.get_model("team", "BackgroundJob").objects.get_or_create(
            kind="fill-asks", about="asks", finished_at=None, defaults={"run_at": timezone.now()}
        )


class Migration(migrations.Migration):
    dependencies = [("inbox", "0029_asks"), ("team", "0017_mail_failures")]
    operations = [migrations.RunPython(start, migrations.RunPython.noop)]
