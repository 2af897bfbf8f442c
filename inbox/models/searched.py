"""The tables of messages and conversations with the columns that only a search reads.

PostgreSQL generates `search` from the words and their language (migration 0019). It stands in
models of its own, so that nothing else ever fetches it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from .delivery import Delivery
from .message import Kind
from .source import Source

if TYPE_CHECKING:
    from team.models import User


class SearchedMessageQuerySet(models.QuerySet["SearchedMessage"]):
    def visible_to(self, user: User) -> SearchedMessageQuerySet:
        if user.can_see_every_source:
            return self
        return self.filter(source__in=Source.objects.visible_to(user))

    def present(self) -> SearchedMessageQuerySet:
        """What people wrote, and nobody deleted or took back before it was sent."""
        cancelled = Delivery.objects.filter(message=OuterRef("pk"), state="cancelled")
        # Only of ours is looked whether it was cancelled: not a join, but row by row.
        written = Q(kind__in=[Kind.INBOUND, Kind.NOTE])
        sent = Q(kind=Kind.OUTBOUND) & ~Exists(cancelled)
        return self.filter(written | sent, deleted_at__isnull=True)


class SearchedMessage(models.Model):
    """A row of inbox_message. `search`: of its text, in the configuration of its language."""

    conversation = models.ForeignKey(
        "inbox.Conversation", on_delete=models.DO_NOTHING, related_name="searched"
    )
    source = models.ForeignKey("inbox.Source", on_delete=models.DO_NOTHING, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    author = models.ForeignKey(
        "members.Identity", null=True, on_delete=models.DO_NOTHING, related_name="+"
    )
    by = models.ForeignKey("team.User", null=True, on_delete=models.DO_NOTHING, related_name="+")
    parent = models.ForeignKey("self", null=True, on_delete=models.DO_NOTHING, related_name="+")
    body_html = models.TextField()
    body_text = models.TextField()
    language = models.CharField(max_length=16)
    sent_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    search = SearchVectorField()

    objects = SearchedMessageQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "inbox_message"


class SearchedConversationQuerySet(models.QuerySet["SearchedConversation"]):
    def visible_to(self, user: User) -> SearchedConversationQuerySet:
        if user.can_see_every_source:
            return self
        return self.filter(source__in=Source.objects.visible_to(user))


class SearchedConversation(models.Model):
    """A row of inbox_conversation. `search`: of its subject, as it stands and in English."""

    source = models.ForeignKey("inbox.Source", on_delete=models.DO_NOTHING, related_name="+")
    subject = models.CharField(max_length=500)
    last_message_id = models.BigIntegerField()
    last_message_at = models.DateTimeField(null=True)
    search = SearchVectorField()

    objects = SearchedConversationQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "inbox_conversation"
