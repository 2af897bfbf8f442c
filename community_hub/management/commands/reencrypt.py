"""`manage.py reencrypt`: what has to be done before an old key can be dropped."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from community_hub.lib.crypto import is_locked
from inbox.models import Source


class Command(BaseCommand):
    help = "Encrypt the credentials of every source anew, with the first of CREDENTIAL_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        done, locked = 0, []
        for pk in Source.objects.order_by("pk").values_list("pk", flat=True):
            source = reencrypt(pk)
            if source is None:
                continue
            if is_locked(source.credentials):
                locked.append(source.name)
            else:
                done += 1
        self.stdout.write(said(done, locked))


def reencrypt(pk: int) -> Source | None:
    """Nothing changes where no key opens the credentials. None: the source is gone."""
    with transaction.atomic():  # somebody may be reconnecting it
        source = Source.objects.select_for_update(no_key=True).filter(pk=pk).first()
        if source and not is_locked(source.credentials):
            source.save(update_fields=["credentials"])
        return source


def said(done: int, locked: list[str]) -> str:
    sources = "1 source is" if done == 1 else f"{done} sources are"
    words = f"{sources} encrypted with the first of CREDENTIAL_KEYS; the others can be dropped."
    if locked:
        words += (
            f"\nNone of the keys opens these, which have to be reconnected: {', '.join(locked)}"
        )
    return words
