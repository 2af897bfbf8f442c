"""What a server must have before it faces the world. Run by `manage.py check --deploy`."""

import os
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security)
def credential_keys_are_keys(
    app_configs: Sequence[AppConfig] | None, **_: Any
) -> list[CheckMessage]:
    if not settings.CREDENTIAL_KEYS:
        return [
            Error(
                "CREDENTIAL_KEYS is empty, so no source's credentials can be kept.",
                hint="Make one with: python -c 'from cryptography.fernet import Fernet; "
                "print(Fernet.generate_key().decode())'",
                id="hub.E001",
            )
        ]
    try:
        for key in settings.CREDENTIAL_KEYS:
            Fernet(key)
    except ValueError:
        return [
            Error(
                "CREDENTIAL_KEYS holds something that is not a Fernet key.",
                hint="A key is 32 random bytes in URL-safe base64, 44 characters long.",
                id="hub.E002",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def the_world_may_come(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if not settings.SECURE:
        found.append(
            Warning(
                f"HUB_URL is {settings.HUB_URL}: sessions would travel in the open.",
                hint="Set HUB_URL=https://… to the address people type.",
                id="hub.W001",
            )
        )
    if settings.DEMO or settings.SANDBOX_ENABLED:
        found.append(
            Warning(
                "The practice sites are on: anyone may post there.",
                hint="Unset HUB_DEMO and SANDBOX_ENABLED.",
                id="hub.W002",
            )
        )
    if not settings.EMAIL_HOST:
        found.append(
            Warning(
                "There is no mail server: invitations and password letters reach nobody.",
                hint=f"Set EMAIL_HOST. Until then letters are kept in {settings.EMAIL_FILE_PATH}.",
                id="hub.W003",
            )
        )
    if "postgres" in os.environ.get("HUB_EMBEDDED", ""):
        found.append(
            Warning(
                "The database is the embedded one, and nobody backs it up for you.",
                hint="Set DATABASE_URL and REDIS_URL, or see docs/operations.md for backups.",
                id="hub.W004",
            )
        )
    return found
