"""One thread as the platform has it, and what the team does with it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from community_hub.lib.keyset import CAP, Order, counted
from community_hub.lib.paths import path
from community_hub.lib.text import shortened
from inbox.models.access import effectively_unassigned
from inbox.models.kept_fields import recompute
from members.models import Tag

from .message import Message
from .personal import Draft, ReadMark
from .source import Source

if TYPE_CHECKING:
    from team.models import User


MOST_PK = 2**63 - 1  # of a bigint
OPENING = 120  # characters of the first words


class State(models.TextChoices):
    OPEN = "open", _("Open")
    SNOOZED = "snoozed", _("Snoozed")
    DONE = "done", _("Done")


NEWEST_FIRST = Order("-last_message_at")
ANSWERED_LAST = Q(waiting_since__isnull=True, last_reply_at=F("last_message_at"))


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def visible_to(self, user: User) -> ConversationQuerySet:
        if user.can_see_every_source:
            return self
        return self.filter(source__in=Source.objects.visible_to(user))

    def called(self, pk: int) -> ConversationQuerySet:
        """By its number, or by one it had before it was found to be part of another."""
        if pk > MOST_PK:
            return self.none()
        joined = ThreadAlias.objects.filter(was=pk).values("conversation")[:1]
        return self.filter(pk=Coalesce(Subquery(joined), Value(pk)))

    # The views of the inbox, as one would say them

    def open(self) -> ConversationQuerySet:
        return self.filter(state=State.OPEN)

    def needs_reply(self) -> ConversationQuerySet:
        return self.open().filter(waiting_since__isnull=False)

    def answered(self) -> ConversationQuerySet:
        """Open, and the team spoke last."""
        return self.open().filter(ANSWERED_LAST)

    def unassigned(self) -> ConversationQuerySet:
        return self.filter(effectively_unassigned())

    def assigned_to(self, user: User) -> ConversationQuerySet:
        return self.filter(assignee=user)

    def with_draft_of(self, user: User) -> ConversationQuerySet:
        return self.filter(pk__in=Draft.objects.filter(user=user).values("conversation"))

    def snoozed(self) -> ConversationQuerySet:
        return self.filter(state=State.SNOOZED)

    def done(self) -> ConversationQuerySet:
        return self.filter(state=State.DONE)

    def of_source(self, source: Source) -> ConversationQuerySet:
        return self.filter(source=source)

    def waiting_longest_first(self) -> ConversationQuerySet:
        return self.order_by("waiting_since", "id")

    def newest_first(self) -> ConversationQuerySet:
        return self.order_by(*NEWEST_FIRST.fields)

    def count_up_to(self, most: int = CAP) -> int:
        """A capped count: never reads more than `most` rows."""
        return counted(self, most)

    def recompute(self, ids: Iterable[int]) -> list[int]:
        """See kept_fields.py."""
        return recompute(ids)


class Conversation(models.Model):
    source = models.ForeignKey(
        Source, on_delete=models.CASCADE, related_name="conversations", db_index=False
    )
    channel = models.ForeignKey(
        "inbox.Channel", null=True, on_delete=models.SET_NULL, related_name="conversations"
    )
    external_id = models.CharField(max_length=500)
    subject = models.CharField(max_length=500, blank=True)
    permalink = models.CharField(max_length=1000, blank=True)
    visibility = models.CharField(max_length=12, default="public")
    reply_blocked = models.CharField(max_length=300, blank=True)  # why nobody may answer there
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    snoozed_until = models.DateTimeField(null=True)  # null while snoozed: until they write
    handled_up_to = models.BigIntegerField(default=0)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    priority = models.SmallIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)  # its messages were last asked for again
    created_at = models.DateTimeField(auto_now_add=True)
    tags = models.ManyToManyField(Tag, through="ConversationTag", related_name="+")

    # Kept fields: functions of the messages, written by recompute() alone
    waiting_since = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    first_reply_at = models.DateTimeField(null=True)
    first_answer_at = models.DateTimeField(null=True)
    last_message_at = models.DateTimeField(null=True)
    last_mention_at = models.DateTimeField(null=True)
    last_reply_at = models.DateTimeField(null=True)
    message_count = models.PositiveIntegerField(default=0)
    participant_count = models.PositiveIntegerField(default=0)
    alternations = models.PositiveIntegerField(default=0, db_default=0)  # between team and people
    last_message_id = models.BigIntegerField(default=0)  # highest id of what others wrote
    preview = models.CharField(max_length=300, blank=True)
    opening = models.CharField(
        max_length=OPENING, blank=True, db_default=""
    )  # the first inbound words
    preview_by = models.ForeignKey(
        "members.Identity", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    mention_reason = models.CharField(max_length=20, blank=True)
    mention_keyword = models.CharField(max_length=80, blank=True)
    peer_answered_at = models.DateTimeField(null=True)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], name="one_conversation_a_thread"
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="conversation_state_is_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["waiting_since", "id"],
                condition=Q(state="open", waiting_since__isnull=False),
                name="needs_reply",
            ),
            models.Index(
                fields=["assignee", "waiting_since", "id"],
                condition=Q(state="open", waiting_since__isnull=False),
                name="needs_reply_by_assignee",
            ),
            models.Index(
                fields=["assignee", "-last_message_at", "-id"],
                condition=Q(state="open", assignee__isnull=False),
                name="assigned_and_open",
            ),
            models.Index(
                fields=["snoozed_until"], condition=Q(state="snoozed"), name="snoozed_until"
            ),
            models.Index(
                fields=["-last_message_at", "-id"], condition=Q(state="snoozed"), name="snoozed"
            ),
            models.Index(
                fields=["-last_message_at", "-id"], condition=Q(state="done"), name="done"
            ),
            models.Index(
                fields=["-last_message_at", "-id"],
                condition=Q(state="open") & ANSWERED_LAST,
                name="answered_and_open",
            ),
            models.Index(fields=["-last_message_at", "-id"], name="everything"),
            models.Index(fields=["source", "-last_message_at", "-id"], name="by_source"),
            models.Index(
                "source",
                F("checked_at").asc(nulls_first=True),
                condition=Q(waiting_since__isnull=False),
                name="waiting_by_check",
            ),
            models.Index(
                fields=["source", "last_reply_at"],
                condition=Q(last_reply_at__isnull=False),
                name="answered_by_source",
            ),
        ]

    def __str__(self) -> str:
        return self.subject or self.first_words or self.preview or str(_("Conversation"))

    @property
    def first_words(self) -> str:
        """The opening, which ends with a whole word and "…" where it was cut."""
        is_cut = len(self.opening) == OPENING
        return shortened(f"{self.opening}…", OPENING) if is_cut else self.opening

    @property
    def answered_last(self) -> bool:
        """The preview is the team's own answer, beside the name of whoever was answered."""
        if self.waiting_since or self.last_reply_at is None:
            return False
        return self.last_reply_at == self.last_message_at

    def get_absolute_url(self) -> str:
        return path("conversation", self.pk)

    # Answering -------------------------------------------------------------------------------

    def answerable(self) -> Message | None:
        """The message an answer goes to: what waits, else what asked last, else what was last
        said there. Whom one answers does not change because somebody else writes."""
        theirs = self.messages.filter(kind="inbound", deleted_at__isnull=True)
        if self.waiting_since:
            waits = theirs.exclude(mention_reason="").filter(sent_at__gte=self.waiting_since)
            found = waits.select_related("author__member").in_order().first()
            if found:
                return found
        asked = theirs.exclude(mention_reason="").filter(
            author__is_us=False, author__member__user=None, author__member__is_bot=False
        )
        if latest := asked.select_related("author__member").order_by("-sent_at", "-id").first():
            return latest
        posted = self.messages.filter(external_id__isnull=False, deleted_at__isnull=True)
        newest = ("-sent_at", "-id")
        return (
            theirs.select_related("author__member").order_by(*newest).first()
            or posted.order_by(*newest).first()
        )

    def asker(self, pk: int) -> Message | None:
        """The message of somebody else that an answer may go to; None where it is gone."""
        if not pk:
            return None
        theirs = self.messages.filter(kind="inbound", deleted_at__isnull=True)
        return theirs.select_related("author__member").filter(pk=pk).first()

    def mark_read(self, up_to: int, *, by: User) -> None:
        ReadMark.advance(by, self.pk, up_to)


class ConversationTag(models.Model):
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation", "tag"], name="one_tag_once_a_conversation"
            )
        ]


class ThreadAlias(models.Model):
    """A thread that turned out to be part of another: its id leads to the conversation now, and so
    does `was`, the number under which it was a conversation of its own."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=500)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    was = models.BigIntegerField(null=True, unique=True)

    class Meta:
        verbose_name_plural = "thread aliases"
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="one_alias_a_thread")
        ]


def visible_conversation_tags(user: User) -> models.QuerySet[ConversationTag]:
    return ConversationTag.objects.filter(conversation__in=Conversation.objects.visible_to(user))
