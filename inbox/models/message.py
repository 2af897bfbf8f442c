"""One post in a conversation: theirs, ours, a note among us, or a system line."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from team.models import Action

from .source import Source

if TYPE_CHECKING:
    from team.models import User


CLOSED = {"private", "direct", "followers"}  # visibilities that are not for everybody


class Kind(models.TextChoices):
    INBOUND = "inbound", _("Inbound")
    OUTBOUND = "outbound", _("Outbound")
    NOTE = "note", _("Note")
    EVENT = "event", _("Event")


class Reason(models.TextChoices):
    """Why an inbound message asks for the team."""

    DIRECT = "direct", _("direct message")
    HANDLE = "handle", _("mentions us")
    REPLY_TO_TEAM = "reply_to_team", _("replies to us")
    FOLLOW_UP = "follow_up", _("wrote again")
    KEYWORD = "keyword", _("watched word")
    NEW_TOPIC = "new_topic", _("new topic")


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User) -> MessageQuerySet:
        if user.can_see_every_source:
            return self
        return self.filter(source__in=Source.objects.visible_to(user))

    def shown(self) -> MessageQuerySet:
        """Without replies whose sending was undone or cancelled."""
        return self.exclude(delivery__state="cancelled")

    def in_order(self) -> MessageQuerySet:
        return self.order_by("sent_at", "id")


class Message(models.Model):
    """`external_id` is null until the platform has it. Ids are arrival order."""

    conversation = models.ForeignKey(
        "inbox.Conversation", on_delete=models.CASCADE, related_name="messages", db_index=False
    )
    source = models.ForeignKey(
        "inbox.Source", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    external_id = models.CharField(max_length=500, null=True)  # noqa: DJ001 - null is "not yet"
    client_token = models.UUIDField(null=True, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    author = models.ForeignKey(
        "members.Identity",
        null=True,
        on_delete=models.SET_NULL,
        related_name="messages",
        db_index=False,
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    thread_ref = models.CharField(max_length=100, blank=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    parent_external_id = models.CharField(max_length=500, blank=True)
    parent_ref = models.CharField(max_length=100, blank=True)
    mention_reason = models.CharField(max_length=20, blank=True)
    keyword = models.CharField(max_length=80, blank=True)  # the watched word that was found
    handled_on_arrival = models.BooleanField(default=False)  # an old one, from a backfill
    body_source = models.TextField(blank=True)  # our own Markdown, for sending and editing
    body_html = models.TextField(blank=True)  # clean
    body_text = models.TextField(blank=True)
    content_warning = models.CharField(max_length=500, blank=True)
    attachments = models.JSONField(default=list)  # dicts of kind, url, filename, alt_text
    event = models.JSONField(default=dict)  # a system line's verb and what it needs
    language = models.CharField(max_length=16, blank=True)
    visibility = models.CharField(max_length=12, default="public")
    permalink = models.CharField(max_length=1000, blank=True)
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    version = models.CharField(max_length=100, blank=True)
    reply_ref = models.JSONField(default=dict)
    credited_at = models.DateTimeField(null=True)  # its author answered another member by it

    objects = MessageQuerySet.as_manager()
    credited_name = ""  # in a line that tells of a credit; see inbox.pages.answers

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="one_message_an_item"),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="message_kind_is_known"),
            models.CheckConstraint(
                condition=Q(mention_reason__in=["", *Reason.values]),
                name="mention_reason_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(kind="note") | Q(external_id__isnull=True, client_token__isnull=True),
                name="notes_never_leave",
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "sent_at", "id"], name="thread"),
            models.Index(fields=["author", "-sent_at"], name="authors_words"),
            models.Index(
                fields=["source", "parent_external_id"],
                condition=Q(parent__isnull=True) & ~Q(parent_external_id=""),
                name="waiting_for_a_parent",
            ),
            models.Index(fields=["language"], name="message_language"),
            models.Index(fields=["sent_at", "id"], name="messages_by_time"),
            models.Index(
                fields=["-sent_at", "-id"],
                condition=Q(kind="outbound", deleted_at__isnull=True),
                name="own_replies",
            ),
            models.Index(
                fields=["deleted_at"],
                condition=Q(deleted_at__isnull=False),
                name="deleted_messages",
            ),
        ]

    @property
    def is_closed(self) -> bool:
        """Only some may read it over there."""
        return self.visibility in CLOSED

    @property
    def is_ours(self) -> bool:
        return self.kind == Kind.OUTBOUND

    def ask_again(self) -> None:
        """This reply did not arrive: what it answers is not handled, though it may have been marked
        so when two threads became one."""
        if self.parent_id:
            answered = Message.objects.filter(pk=self.parent_id, handled_on_arrival=True)
            answered.exclude(mention_reason="").update(handled_on_arrival=False)

    def keep_its_lines_below(self) -> None:
        """The platform dates a reply later than we wrote it: what was done with it ("marked this
        as done") still stands below it, as it came of it."""
        replied = Action.objects.filter(
            object_type="inbox.conversation",
            object_id=self.conversation_id,
            verb="reply",
            after__message=self.pk,
        )
        with_it = Action.objects.filter(group__in=replied.values("group")).exclude(verb="reply")
        actions = list(with_it.values_list("pk", flat=True))
        if actions:
            lines = Message.objects.filter(conversation=self.conversation_id, kind=Kind.EVENT)
            lines.filter(event__action__in=actions, sent_at__lt=self.sent_at).update(
                sent_at=self.sent_at
            )

    @classmethod
    def event_line(
        cls,
        conversation_id: int,
        source_id: int,
        verb: str,
        *,
        by: User | None,
        at: datetime | None = None,
        facts: dict[str, object] | None = None,
    ) -> Message:
        """A line such as "Lena assigned this to Bo", not saved yet."""
        return cls(
            conversation_id=conversation_id,
            source_id=source_id,
            kind=Kind.EVENT,
            by=by,
            event={"verb": verb, **(facts or {})},
            sent_at=at or timezone.now(),
            visibility="team",
        )
