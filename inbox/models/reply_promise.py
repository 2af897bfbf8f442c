"""A promise that stands in a reply which has not left yet: it is one once the reply is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q

from members.models.follow_up import LONGEST

from .conversation import Conversation
from .source import Source

if TYPE_CHECKING:
    from team.models import User

MOST = 5  # of one reply


class ReplyPromiseQuerySet(models.QuerySet["ReplyPromise"]):
    def visible_to(self, user: User) -> ReplyPromiseQuerySet:
        """Those of a reply that is being written are its writer's own."""
        found = self.filter(Q(user=user) | Q(message__isnull=False))
        if user.can_see_every_source:
            return found
        return found.filter(conversation__source__in=Source.objects.visible_to(user))

    def in_draft_of(self, user: User) -> ReplyPromiseQuerySet:
        return self.filter(user=user, message=None).order_by("pk")


class ReplyPromise(models.Model):
    """`message` is the reply it stands in; null while that is a draft of `user`. `due_on` is a day
    of the hub. When the reply is sent, a FollowUp takes its place."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="reply_promises"
    )
    message = models.ForeignKey(
        "inbox.Message", null=True, on_delete=models.CASCADE, related_name="promises"
    )
    member = models.ForeignKey("members.Member", on_delete=models.CASCADE, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    text = models.CharField(max_length=LONGEST)
    due_on = models.DateField()

    objects = ReplyPromiseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["user", "conversation"],
                condition=Q(message__isnull=True),
                name="promises_in_drafts",
            )
        ]

    def __str__(self) -> str:
        return self.text
