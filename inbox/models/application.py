"""What a platform knows the hub by, where people sign in there: registered once a server."""

from __future__ import annotations

from typing import Any

from django.db import models

from community_hub.lib.crypto import EncryptedJSONField


class PlatformApplication(models.Model):
    """`place`: "mastodon.social". `callback_url`: where people are sent back to; an application is
    registered for one, and the hub's own address may change."""

    kind = models.CharField(max_length=40)
    place = models.CharField(max_length=300)
    callback_url = models.CharField(max_length=500)
    credentials = EncryptedJSONField(default=dict)
    registered_at = models.DateTimeField(auto_now=True)

    objects: models.Manager[PlatformApplication] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "place", "callback_url"], name="one_application_a_place"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.place}"

    @classmethod
    def known(cls, kind: str, place: str, callback_url: str) -> dict[str, Any]:
        """{} where there is none, or none of our keys opens it."""
        found = cls.objects.filter(kind=kind, place=place, callback_url=callback_url).first()
        return dict(found.credentials) if found else {}

    @classmethod
    def keep(cls, kind: str, place: str, callback_url: str, credentials: dict[str, Any]) -> None:
        cls.objects.update_or_create(
            kind=kind,
            place=place,
            callback_url=callback_url,
            defaults={"credentials": credentials},
        )
