"""The roll-up that reports about people read: how much each person wrote on a day."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Day(models.Model):
    """What one person wrote in one source on one day of the hub's timezone; written by rollups.py
    alone. `posts`: messages, not deleted, no notes, none that failed. `replies`: those of them that
    answer another human: its parent is by somebody else, or, where it has none, somebody else wrote
    in the conversation before. `is_ours`: by the team's own account, or sent from here; `user` is
    the teammate who sent it. Whether a member is a teammate or a bot is asked when it is read."""

    day = models.DateField()
    source = models.ForeignKey(
        "inbox.Source", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    member = models.ForeignKey(
        "members.Member", null=True, on_delete=models.CASCADE, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+",
        db_index=False,
    )  # fmt: skip
    is_ours = models.BooleanField()
    posts = models.PositiveIntegerField()
    replies = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "source", "member", "user", "is_ours"],
                nulls_distinct=False,
                name="one_row_a_day_and_person",
            )
        ]


class RollUpState(models.Model):
    """How far the roll-up is; a single row, with pk 1. `message`: the highest id that was seen.
    `checked_at`: edits and deletions until then are in. `timezone`: whose days they are."""

    message = models.BigIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)
    timezone = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="there_is_one_roll_up")
        ]
