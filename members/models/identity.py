"""A member's account on one network. Handles and names change: shown, never keyed on."""

from __future__ import annotations

from django.db import models


class Identity(models.Model):
    member = models.ForeignKey(
        "members.Member", on_delete=models.CASCADE, related_name="identities"
    )
    network = models.CharField(max_length=200)
    external_id = models.CharField(max_length=500)
    handle = models.CharField(max_length=200, blank=True)
    display_name = models.CharField(max_length=200, blank=True)
    profile_url = models.CharField(max_length=1000, blank=True)
    avatar_url = models.CharField(max_length=1000, blank=True)
    bio = models.TextField(blank=True)
    email = models.EmailField(blank=True)  # verified by the platform
    links = models.JSONField(default=list, blank=True)
    is_us = models.BooleanField(default=False)  # the account a source is signed in as
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(
                fields=["network", "external_id"], name="one_identity_an_account"
            )
        ]

    def __str__(self) -> str:
        return self.display_name or self.handle or self.member.name

    @property
    def at_handle(self) -> str:
        return f"@{self.handle.lstrip('@')}" if self.handle else ""
