"""`manage.py reencrypt`: what has to be done before an old key can be dropped."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from community_hub.lib.crypto import is_locked
from inbox.models import Source
from members.models import GiftDetails


class Command(BaseCommand):
    help = "Encrypt what is kept encrypted anew, with the first of CREDENTIAL_KEYS."

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
        addresses, unreadable = reencrypt_addresses()
        if addresses or unreadable:
            self.stdout.write(said_of_addresses(addresses, unreadable))


def reencrypt(pk: int) -> Source | None:
    """Nothing changes where no key opens the credentials. None: the source is gone."""
    with transaction.atomic():  # somebody may be reconnecting it
        source = Source.objects.select_for_update(no_key=True).filter(pk=pk).first()
        if source and not is_locked(source.credentials):
            source.save(update_fields=["credentials"])
        return source


def reencrypt_addresses() -> tuple[int, int]:
    """Those for gifts; how many, and how many no key opens, which stay as they are."""
    done, unreadable = 0, 0
    for pk in GiftDetails.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = GiftDetails.objects.select_for_update(no_key=True).filter(pk=pk).first()
            if row and is_locked(row.sealed):
                unreadable += 1
            elif row:
                row.save(update_fields=["sealed"])
                done += 1
    return done, unreadable


def said_of_addresses(done: int, unreadable: int) -> str:
    words = f"Addresses for gifts, encrypted anew: {done}."
    if unreadable:
        words += f" None of the keys opens {unreadable} more; type them again, or delete them."
    return words


def said(done: int, locked: list[str]) -> str:
    sources = "1 source is" if done == 1 else f"{done} sources are"
    words = f"{sources} encrypted with the first of CREDENTIAL_KEYS; the others can be dropped."
    if locked:
        words += (
            f"\nNone of the keys opens these, which have to be reconnected: {', '.join(locked)}"
        )
    return words
