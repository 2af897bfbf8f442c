"""Credentials at rest: encrypted with the newest of CREDENTIAL_KEYS, readable with any of them."""

import json
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.utils.functional import cached_property


class Unreadable(Exception):
    """None of our keys opens this text."""


def box() -> MultiFernet:
    if not settings.CREDENTIAL_KEYS:
        raise ImproperlyConfigured("Set CREDENTIAL_KEYS: without a key no credential can be kept.")
    return MultiFernet([Fernet(key) for key in settings.CREDENTIAL_KEYS])


def encrypt_json(value: Any) -> str:
    return box().encrypt(json.dumps(value, separators=(",", ":")).encode()).decode()


def decrypt_json(text: str) -> Any:
    """Raises Unreadable when the key that wrote `text` is gone from CREDENTIAL_KEYS."""
    try:
        return json.loads(box().decrypt(text.encode()))
    except InvalidToken as error:
        raise Unreadable(
            "The stored credentials cannot be read: the key they were written with is missing from "
            "CREDENTIAL_KEYS. Put it back, or connect the source again."
        ) from error


class Sealed(dict[str, Any]):
    """A dict that never shows its values: not in logs, not in tracebacks, not in a template.

    Where none of our keys opens what is stored, it is empty and `locked` holds the ciphertext:
    the row can be read and saved, and the key may come back.
    """

    locked: str = ""

    def __repr__(self) -> str:
        return f"<sealed: {len(self)} values>"

    __str__ = __repr__


def opened(text: str) -> Sealed:
    """Never raises for a key that is gone: every page that shows the row would fail."""
    try:
        return Sealed(decrypt_json(text))
    except Unreadable:
        sealed = Sealed()
        sealed.locked = text
        return sealed


def is_locked(value: dict[str, Any]) -> bool:
    """Whether it is stored and none of our keys opens it. What was just made is a plain dict."""
    return isinstance(value, Sealed) and bool(value.locked)


if TYPE_CHECKING:
    TextField = models.TextField[dict[str, Any], Sealed]
else:
    TextField = models.TextField


class EncryptedJSONField(TextField):
    """A dict in a text column that holds only ciphertext. Saved and read, never searched."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    @cached_property
    def validators(self) -> list[Any]:
        return []

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Sealed:
        return opened(value) if value else Sealed()

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Sealed) else Sealed(value or {})

    def get_prep_value(self, value: Any) -> str:
        if isinstance(value, Sealed) and value.locked:
            return value.locked
        return encrypt_json(value or {})

    def get_lookup(self, lookup_name: str) -> Any:
        """None: ciphertext differs each time, so a comparison would silently find nothing."""
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        return None
