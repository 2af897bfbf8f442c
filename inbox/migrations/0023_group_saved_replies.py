from collections import defaultdict

from django.db import migrations
from django.db.models import Sum

# Until now a reply in two languages was two rows of one title. They become one with two texts.


def group(apps, schema_editor):
    replies = apps.get_model("inbox", "SavedReply").objects.filter(removed_at__isnull=True)
    grouped = set(replies.filter(variant_of__isnull=False).values_list("variant_of", flat=True))
    named = defaultdict(list)
    for reply in replies.filter(variant_of__isnull=True).exclude(pk__in=grouped).order_by("pk"):
        named[reply.owner_id, reply.folder, reply.title].append(reply)
    for rows in named.values():
        by_language = {row.language: row for row in reversed(rows)}
        first = by_language.get("", rows[0])
        variants = [row for row in by_language.values() if row is not first]
        if not variants:
            continue
        used = [row.last_used_at for row in (first, *variants) if row.last_used_at]
        replies.filter(pk__in=[row.pk for row in variants]).update(variant_of=first.pk)
        replies.filter(pk=first.pk).update(
            used_count=first.used_count + sum(row.used_count for row in variants),
            last_used_at=max(used, default=None),
        )


def part(apps, schema_editor):
    replies = apps.get_model("inbox", "SavedReply").objects
    variants = replies.filter(variant_of__isnull=False)
    for first, used in variants.values_list("variant_of").annotate(Sum("used_count")):
        reply = replies.get(pk=first)
        replies.filter(pk=first).update(used_count=max(0, reply.used_count - used))
    variants.update(variant_of=None)


class Migration(migrations.Migration):
    dependencies = [("inbox", "0022_saved_reply_variants")]
    operations = [migrations.RunPython(group, part)]
