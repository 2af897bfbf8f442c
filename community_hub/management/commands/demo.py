"""`manage.py demo`: fill an empty hub with the demo community."""

from typing import Any

from django.core.management.base import BaseCommand

from community_hub.demo.load import load
from inbox.models import Source


class Command(BaseCommand):
    help = "Load the demo community into an empty hub. The web server must be running."

    def handle(self, *args: Any, **options: Any) -> None:
        if Source.objects.exists():
            self.stdout.write("This hub has sources already; the demo was left out.")
            return
        load()
