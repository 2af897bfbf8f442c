"""Print a one-time link for somebody who cannot sign in otherwise."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from team.models import User
from team.signin import link_for


class Command(BaseCommand):
    help = "Print a link that signs a colleague in once, within the next 15 minutes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the e-mail they sign in with")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        try:
            user = User.objects.get_by_natural_key(email)
        except User.DoesNotExist as error:
            raise CommandError(f"Nobody on the team signs in as {email}.") from error
        if not user.is_active:
            raise CommandError(f"The account of {email} is deactivated. Reactivate it first.")
        self.stdout.write(link_for(user))
