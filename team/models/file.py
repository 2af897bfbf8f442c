"""A file that somebody attached to something; its bytes are under the files folder."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from community_hub.lib.paths import path


class File(models.Model):
    """Written and read by team.files. `owner` is what it belongs to, such as "encounter:12", and
    decides who may read it; "user:7" is for what that user uploaded and has not saved with anything
    yet. `scope` is where it comes from ("source:3"). `hash` is of the bytes that are kept."""

    hash = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()  # bytes
    type = models.CharField(max_length=60)  # by content, one of team.files.TYPES
    owner = models.CharField(max_length=80)
    scope = models.CharField(max_length=60, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "hash"], name="one_file_once_an_owner")
        ]
        indexes = [
            models.Index(fields=["hash"], name="files_by_hash"),
            models.Index(
                fields=["removed_at"],
                condition=models.Q(removed_at__isnull=False),
                name="files_removed",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path("file", self.pk)

    @property
    def is_picture(self) -> bool:
        return self.type.startswith("image/")
