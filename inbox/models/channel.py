"""A place inside a source: a category, a hashtag, a room."""

from __future__ import annotations

from django.db import models


class Channel(models.Model):
    source = models.ForeignKey("inbox.Source", on_delete=models.CASCADE, related_name="channels")
    external_id = models.CharField(max_length=300)
    name = models.CharField(max_length=200)
    url = models.CharField(max_length=1000, blank=True)
    muted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="one_channel_an_id")
        ]

    def __str__(self) -> str:
        return self.name
