"""`manage.py owner`: a one-time sign-in link for whoever owns this hub."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from team.models import NO_ADDRESS, Role, User
from team.signin import link_for


class Command(BaseCommand):
    help = "Print a link that signs the owner in, once, within 15 minutes. Makes the first owner."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", default="", help="whose link; made an admin when unknown")

    def handle(self, *args: Any, **options: Any) -> str:
        user = find_or_make(options["email"].strip().lower())
        if not user.is_active:
            raise CommandError(f"{user.email} may not sign in any more. Name somebody else.")
        return link_for(user)


def find_or_make(email: str) -> User:
    """The user with this address, or the first admin; made where there is none."""
    if email:
        found = User.objects.filter(email=email).first()
    else:
        found = User.objects.active().filter(role=Role.ADMIN).order_by("pk").first()
    return found or make_owner(email or NO_ADDRESS)


def make_owner(email: str) -> User:
    try:
        validate_email(email)
    except ValidationError as error:
        raise CommandError(f"“{email}” is not an e-mail address.") from error
    return User.objects.create_user(email, name="", role=Role.ADMIN)
