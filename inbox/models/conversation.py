"""One thread as the platform has it, and what the team does with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community_hub.lib import live, queue
from inbox.models import undo
from inbox.models.access import effectively_unassigned
from inbox.models.kept_fields import recompute, recompute_in_steps
from members.models import Member, Tag
from team.models import Action

from .delivery import Delivery, DeliveryState
from .message import Message
from .personal import Draft, ReadMark
from .source import Source

if TYPE_CHECKING:
    from team.models import User


MOST_PK = 2**63 - 1  # of a bigint


class State(models.TextChoices):
    OPEN = "open", _("Open")
    SNOOZED = "snoozed", _("Snoozed")
    DONE = "done", _("Done")


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

    def unassigned(self) -> ConversationQuerySet:
        return self.filter(effectively_unassigned())

    def assigned_to(self, user: User) -> ConversationQuerySet:
        return self.filter(assignee=user)

    def snoozed(self) -> ConversationQuerySet:
        return self.filter(state=State.SNOOZED)

    def done(self) -> ConversationQuerySet:
        return self.filter(state=State.DONE)

    def of_source(self, source: Source) -> ConversationQuerySet:
        return self.filter(source=source)

    def waiting_longest_first(self) -> ConversationQuerySet:
        return self.order_by("waiting_since", "id")

    def newest_first(self) -> ConversationQuerySet:
        return self.order_by("-last_message_at", "-id")

    def count_up_to(self, most: int = 100) -> int:
        """A capped count: never reads more than `most` rows."""
        return self.order_by()[:most].count()

    def recompute(self, ids: Iterable[int]) -> None:
        recompute(ids)


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
    last_message_id = models.BigIntegerField(default=0)  # highest id of what others wrote
    preview = models.CharField(max_length=300, blank=True)
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
            models.Index(fields=["-last_message_at", "-id"], name="everything"),
            models.Index(fields=["source", "-last_message_at", "-id"], name="by_source"),
        ]

    def __str__(self) -> str:
        return self.subject or self.preview or str(_("Conversation"))

    @property
    def answered_last(self) -> bool:
        """The preview is the team's own answer, beside the name of whoever was answered."""
        if self.waiting_since or self.last_reply_at is None:
            return False
        return self.last_reply_at == self.last_message_at

    def get_absolute_url(self) -> str:
        return reverse("conversation", args=[self.pk])

    # Answering -------------------------------------------------------------------------------

    def reply(
        self,
        text: str,
        *,
        by: User,
        to: Message | None = None,
        done: bool = False,
        seen_up_to: int = 0,
    ) -> Message:
        """Put an answer in the outbox, held for the seconds in which it can be undone.

        `to` is the message that is answered; without it the one that waits, else the last.
        `seen_up_to` is the highest message id on the sender's page, for "send and done".
        The same words again to the same message, while they can still be undone, are a second
        click: one reply.
        """
        with transaction.atomic():
            self._one_at_a_time()
            if twice := self._still_held(text, by=by, to=to, done=done):
                return twice
            message = Message.reply(self, text, by=by, to=to or self.answerable())
            due = timezone.now() + timedelta(seconds=settings.UNDO_SEND_SECONDS)
            delivery = Delivery.objects.create(
                message=message, state=DeliveryState.HELD, next_try_at=due, done_after=done
            )
            Draft.keep(by, self.pk, "reply", "")
            recompute([self.pk])
            Action.record("reply", self, by=by, after={"message": message.pk})
            if done:
                self.refresh_from_db()
                self.close(by=by, seen_up_to=max(seen_up_to, 0))
            self.announce()
        queue.enqueue("inbox.tasks.deliver", delivery.pk, countdown=settings.UNDO_SEND_SECONDS)
        return message

    def note(self, text: str, *, by: User) -> Action:
        """Undo takes the note away and gives its text back as the draft."""
        with transaction.atomic():
            message = Message.note(self, text, by=by)
            Draft.keep(by, self.pk, "note", "")
            self.announce()
            return Action.record("note", self, by=by, after={"message": message.pk})

    def answerable(self) -> Message | None:
        """The message an answer goes to: what waits, else what was last said there."""
        theirs = self.messages.filter(kind="inbound", deleted_at__isnull=True)
        if self.waiting_since:
            waits = theirs.exclude(mention_reason="").filter(sent_at__gte=self.waiting_since)
            found = waits.select_related("author").in_order().first()
            if found:
                return found
        posted = self.messages.filter(external_id__isnull=False, deleted_at__isnull=True)
        newest = ("-sent_at", "-id")
        return (
            theirs.select_related("author").order_by(*newest).first()
            or posted.order_by(*newest).first()
        )

    def asker(self, pk: int) -> Message | None:
        """The message of somebody else that an answer may go to; None where it is gone."""
        theirs = self.messages.filter(kind="inbound", deleted_at__isnull=True)
        return theirs.select_related("author__member").filter(pk=pk).first() if pk else None

    # Triage: each verb locks the row, changes it, and leaves an Action to undo --------------

    def assign(self, user: User | None, *, by: User) -> Action | None:
        return self._change("assign", {"assignee_id": user.pk if user else None}, by=by)

    def snooze(self, until: datetime | None, *, by: User) -> Action | None:
        """Until a time; None: until they write again."""
        return self._change(
            "snooze",
            {"state": State.SNOOZED.value, "snoozed_until": until.isoformat() if until else None},
            by=by,
        )

    def close(self, *, by: User, seen_up_to: int) -> Action | None:
        """Done with everything up to the highest message id that the closer's page showed.

        A mention that arrived since keeps the conversation open; it was not seen. Nor can anybody
        have seen what is not there yet, whatever number a form gives.
        """
        with transaction.atomic():
            self._lock()
            handled = max(self.handled_up_to, min(seen_up_to, self.last_message_id))
            return self._change(
                "close",
                {"state": State.DONE.value, "snoozed_until": None, "handled_up_to": handled},
                by=by,
            )

    def reopen(self, *, by: User | None) -> Action | None:
        return self._change(
            "reopen",
            {"state": State.OPEN.value, "snoozed_until": None, "handled_up_to": 0},
            by=by,
        )

    def reopen_without(self, message: Message) -> None:
        """The reply on whose strength it was put away did not go out: open again, and waiting for
        what waited when that was written."""
        closing = self._first_closing_since(message)
        handled = closing.before["handled_up_to"] if closing else 0
        self._change(
            "reopen",
            {"state": State.OPEN.value, "snoozed_until": None, "handled_up_to": handled},
            by=None,
        )

    def take_back_closing(self, message: Message) -> None:
        """Undo of "send and done": as it was before, unless somebody changed it since."""
        closing = self._first_closing_since(message)
        if closing and self.take_back(closing):
            Action.objects.filter(pk=closing.pk).update(undone_at=timezone.now())

    def wake(self, now: datetime) -> bool:
        """A snooze that ran out: open again, unless somebody changed it meanwhile."""
        with transaction.atomic():
            woken = Conversation.objects.filter(
                pk=self.pk, state=State.SNOOZED, snoozed_until__lte=now
            ).update(state=State.OPEN, snoozed_until=None)
            if woken:
                Message.system(self, "wake", by=None)
                self.announce()
        return bool(woken)

    def tag(self, name: str, *, by: User) -> Action:
        """ValueError when the name is blank."""
        with transaction.atomic():
            tag = Tag.named(name)
            _row, added = ConversationTag.objects.get_or_create(conversation=self, tag=tag)
            self.announce()
            return Action.record("tag", self, by=by, after={"tag": tag.pk, "added": added})

    def untag(self, tag: Tag, *, by: User) -> Action:
        with transaction.atomic():
            ConversationTag.objects.filter(conversation=self, tag=tag).delete()
            self.announce()
            return Action.record("untag", self, by=by, before={"tag": tag.pk})

    def mark_read(self, up_to: int, *, by: User) -> None:
        ReadMark.advance(by, self.pk, up_to)

    def mark_unread(self, *, by: User) -> Action:
        mark = ReadMark.objects.filter(user=by, conversation=self).first()
        ReadMark.set(by, self.pk, 0)
        return Action.record("unread", self, by=by, before={"up_to": mark.up_to if mark else 0})

    def take_back(self, action: Action) -> bool:
        """Undo: put things back if nobody changed them since; False when somebody did."""
        return undo.take_back(self, action)

    def announce(self) -> None:
        """Ring the doorbell: whoever may see this source fetches the fragment again."""
        live.publish([f"source:{self.source_id}"], "conversation", {"ids": [self.pk]})

    # Below the verbs ---------------------------------------------------------------------------

    def _one_at_a_time(self) -> None:
        """Two requests of one click follow each other here; what is read after it is the last."""
        Conversation.objects.select_for_update(no_key=True).values_list("pk").get(pk=self.pk)

    def _still_held(self, text: str, *, by: User, to: Message | None, done: bool) -> Message | None:
        held = {"delivery__state": DeliveryState.HELD, "delivery__done_after": done}
        twins = self.messages.filter(by=by, body_source=text, **held)
        if to:  # "Thank you!" to one, and to the next
            twins = twins.filter(parent=to)
        return twins.select_related("delivery").first()

    def _lock(self) -> None:
        self.refresh_from_db(from_queryset=Conversation.objects.select_for_update(of=("self",)))

    def _change(self, verb: str, after: dict[str, Any], *, by: User | None) -> Action | None:
        """None when nothing would change."""
        with transaction.atomic():
            self._lock()
            before = {name: _plain(getattr(self, name)) for name in after}
            if before == after:
                return None
            Conversation.objects.filter(pk=self.pk).update(**after)
            recompute([self.pk])
            self.refresh_from_db()
            if self.state == State.DONE and self.waiting_since:
                Conversation.objects.filter(pk=self.pk).update(state=State.OPEN)
                self.state = after["state"] = State.OPEN
            action = Action.record(verb, self, by=by, before=before, after=after)
            Message.system(self, verb, by=by, action=action.pk, **after)
            self.announce()
        return action

    def _first_closing_since(self, message: Message) -> Action | None:
        mine = Action.objects.filter(object_type=self._meta.label_lower, object_id=self.pk)
        since = mine.filter(verb="close", at__gte=message.received_at, undone_at__isnull=True)
        return since.order_by("pk").first()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


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


def recompute_after_staff_change(member: Member) -> None:
    """A colleague's native answers count as the team's, in every thread where they wrote."""
    wrote = Message.objects.filter(author__member=member).values_list("conversation_id", flat=True)
    recompute_in_steps(wrote)
