"""Credentials that no key opens any more: what a connector is given in their place."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from inbox.connectors.base import AuthExpired


class LostCredentials(dict[str, Any]):
    """Empty, and says why to whoever looks something up: to a pull or a reply that is like an
    expired key, while a connector that needs none (a feed's, or a reply's length) works on."""

    def __getitem__(self, name: str) -> Any:
        raise AuthExpired(
            _(
                "None of the hub’s CREDENTIAL_KEYS decrypts this source’s key or token. Enter it"
                " again, or restore the old CREDENTIAL_KEYS, restart and reconnect."
            )
        )

    def get(self, name: str, default: Any = None) -> Any:
        return self[name]
