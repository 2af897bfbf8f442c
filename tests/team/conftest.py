"""Signing in a hundred times must not take a minute: here passwords are hashed cheaply."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _cheap_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
