"""`manage.py rebuild_derived`: drop what is derived of members, and make it anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from members import derived


class Command(BaseCommand):
    help = "Drop bonds, rhythms and stages by rule, and work them out anew from what happened."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Worked out {derived.rebuild():,} members.")
